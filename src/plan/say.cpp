#include "plan/say.h"

#include "base/text.h"
#include "plan/number.h"

namespace zs::plan {

namespace {

std::string title_of(const CodeList* list, const std::string& code) {
    if (list != nullptr)
        for (const Code& one : list->codes)
            if (one.code == code) return one.title;
    return code;
}

/// `12.50%`: a share times 100 with two decimals, half away from zero.
std::string percent(const Value& share) {
    if (const auto* number = std::get_if<double>(&share)) {
        const auto hundredfold = rounded_double(*number, 4);
        return hundredfold ? base::text(base::Decimal{hundredfold->units, 2}) + "%"
                           : base::text(*number * 100) + "%";
    }
    const base::Decimal hundredths = base::round(*as_decimal(share), 4);
    return base::text(base::Decimal{hundredths.units, 2}) + "%";
}

/// A value as a sentence shows it: codes by title, truths as 是 and 否, NULL as 未知.
std::string shown(const Model& model, const Value& value, const Type& type) {
    if (is_null(value)) return "未知";
    if (const auto* truth = std::get_if<bool>(&value)) return *truth ? "是" : "否";
    if (type.kind == Kind::code) return title_of(model.code_list(type.of), text(value));
    if (type.kind == Kind::codes) {
        std::vector<std::string> titles;
        for (const std::string& code : std::get<CodeSet>(value))
            titles.push_back(title_of(model.code_list(type.of), code));
        return base::join(titles, "、");
    }
    if (const auto* months = std::get_if<MonthSet>(&value)) {
        std::vector<std::string> texts;
        for (const base::Month month : *months) texts.push_back(base::text(month));
        return base::join(texts, "、");
    }
    return text(value);
}

}  // namespace

std::string sentence(const Model& model, const std::vector<SayPart>& parts,
                     const std::function<Value(const Expression&)>& value_of) {
    std::string said;
    for (const SayPart& part : parts) {
        if (!part.expression) {
            said += part.text;
            continue;
        }
        const Value value = value_of(*part.expression);
        said += part.percent && !is_null(value) ? percent(value)
                                                : shown(model, value, part.expression->type);
    }
    return said;
}

}  // namespace zs::plan
