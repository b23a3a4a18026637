#include "ask/column_title.h"

namespace zs::ask {

std::string title_of(const plan::Model& model, const compile::WideColumn& column) {
    const plan::Feature* feature = model.feature(column.grain, column.feature);
    if (feature == nullptr || feature->title.empty() || column.known) return "";
    if (!column.code) return feature->title;
    std::string title = *column.code;
    if (const plan::CodeList* list = model.code_list(feature->code_list))
        for (const plan::Code& code : list->codes)
            if (code.code == *column.code && !code.title.empty()) title = code.title;
    return feature->title + "[" + title + "]";
}

}  // namespace zs::ask
