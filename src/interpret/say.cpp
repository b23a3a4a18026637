#include "base/text.h"
#include "interpret/evaluation.h"

namespace zs::interpret {

using plan::is_null;
using plan::Kind;
using plan::Value;

namespace {

std::string title_of(const plan::CodeList* list, const std::string& code) {
    if (list != nullptr)
        for (const plan::Code& one : list->codes)
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

}  // namespace

/// A value as a sentence shows it: codes by title, truths as 是 and 否, NULL as 未知.
std::string Evaluation::shown(const Value& value, const plan::Type& type) const {
    if (is_null(value)) return "未知";
    if (const auto* truth = std::get_if<bool>(&value)) return *truth ? "是" : "否";
    if (type.kind == Kind::code) return title_of(model_.code_list(type.of), plan::text(value));
    if (type.kind == Kind::codes) {
        std::vector<std::string> titles;
        for (const std::string& code : std::get<plan::CodeSet>(value))
            titles.push_back(title_of(model_.code_list(type.of), code));
        return base::join(titles, "、");
    }
    if (const auto* months = std::get_if<plan::MonthSet>(&value)) {
        std::vector<std::string> texts;
        for (const base::Month month : *months) texts.push_back(base::text(month));
        return base::join(texts, "、");
    }
    return plan::text(value);
}

std::string Evaluation::sentence(const std::vector<plan::SayPart>& parts, const Context& context) {
    std::string said;
    for (const plan::SayPart& part : parts) {
        if (!part.expression) {
            said += part.text;
            continue;
        }
        const Value shown_value = value(*part.expression, context);
        said += part.percent && !is_null(shown_value) ? percent(shown_value)
                                                      : shown(shown_value, part.expression->type);
    }
    return said;
}

}  // namespace zs::interpret
