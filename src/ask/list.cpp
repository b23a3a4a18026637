#include "ask/list.h"

#include <algorithm>

#include "base/failure.h"

namespace zs::ask {

namespace {

/// A field's kind in an answer: identity is masked text.
List::Kind kind_of(const plan::Field& field) {
    if (field.is_identity()) return List::Kind::text;
    if (plan::is_number(field.type)) return List::Kind::number;
    return field.type.kind == plan::Kind::boolean ? List::Kind::boolean : List::Kind::text;
}

}  // namespace

List::Column::Column(const plan::Model& model, const plan::Field& field)
    : name(field.name),
      kind(kind_of(field)),
      word(field.type.kind == plan::Kind::division ? Word::place : Word::plain),
      title(field.title.empty() ? field.name : field.title) {
    const bool coded = field.type.kind == plan::Kind::code || field.type.kind == plan::Kind::codes;
    const plan::CodeList* list = coded ? model.code_list(field.type.of) : nullptr;
    if (list != nullptr)
        for (const plan::Code& code : list->codes) codes[code.code] = code.title;
}

bool List::has(std::string_view column) const {
    return std::any_of(columns.begin(), columns.end(),
                       [&](const Column& one) { return one.name == column; });
}

std::size_t List::at(std::string_view column) const {
    const auto found = std::find_if(columns.begin(), columns.end(),
                                    [&](const Column& one) { return one.name == column; });
    ZS_INVARIANT(found != columns.end(), "a list has the column asked for");
    return static_cast<std::size_t>(found - columns.begin());
}

std::string List::cell(std::size_t row, std::string_view column) const {
    return rows[row][at(column)].value_or("");
}

}  // namespace zs::ask
