#include "intake/reason.h"

#include "plan/model.h"

namespace zs::intake {

std::string told(const plan::Model& model, const base::Said& say) {
    return say.in(base::language_of(model.locale));
}

std::string told(const plan::Model& model, const plan::Field& field, const base::Said& say) {
    const bool english = base::language_of(model.locale) == base::Language::english;
    // The title of a key is its grain's.
    const bool chinese_title = field.built_in && field.type.kind != plan::Kind::key;
    const bool by_name = field.title.empty() || (english && chinese_title);
    return told(model, base::said("{}：{}", "{}: {}", by_name ? field.name : field.title, say));
}

base::Said held_whole() {
    return base::said("同一文件中有错误的行，按要求整份未接收",
                      "other rows of the file are faulty and, as asked, none of it was taken");
}

}  // namespace zs::intake
