#include <algorithm>

#include <fmt/format.h>

#include "base/failure.h"
#include "interpret/evaluation.h"

namespace zs::interpret {

using base::Month;
using plan::is_null;
using plan::Parameter;
using plan::ParameterValue;
using plan::Value;

namespace {

/// The value in force in a month among those of one division, code and step; nothing where none is.
const ParameterValue* latest_in_force(const std::vector<const ParameterValue*>& values,
                                      Month month) {
    const ParameterValue* latest = nullptr;
    for (const ParameterValue* value : values)
        if (value->from <= month && (latest == nullptr || latest->from < value->from))
            latest = value;
    return latest;
}

}  // namespace

/// At the nearest division that has a value in force, from `division` upwards, then everywhere.
/// With steps: the nearest with any step in force; below its first step there is none (ADR 1, 21).
std::optional<Value> Evaluation::parameter_value(const Parameter& parameter,
                                                 const std::string& division,
                                                 const std::string& item, const Value& step,
                                                 Month month) {
    std::vector<std::string> chain =
        division.empty() ? std::vector<std::string>{} : places_.statutory(division);
    chain.emplace_back();
    for (const std::string& place : chain) {
        std::vector<const ParameterValue*> here;
        for (const ParameterValue& value : parameter.values)
            if (value.division == place && value.item == item && value.from <= month)
                here.push_back(&value);
        if (here.empty()) continue;
        if (!parameter.steps) return latest_in_force(here, month)->value;
        const ParameterValue* highest = nullptr;
        for (const ParameterValue* one : here) {
            std::vector<const ParameterValue*> same_step;
            std::copy_if(here.begin(), here.end(), std::back_inserter(same_step),
                         [&](const ParameterValue* other) { return *other->at == *one->at; });
            const ParameterValue* latest = latest_in_force(same_step, month);
            if (compared(Value(*latest->at), step) <= 0 &&
                (highest == nullptr || *highest->at < *latest->at))
                highest = latest;
        }
        if (highest == nullptr) return std::nullopt;
        return highest->value;
    }
    return std::nullopt;
}

Value Evaluation::parameter(const plan::Expression& e, const Context& context) {
    const Parameter& parameter = *model_.parameter(e.name);
    // Figures are of a label: so is the month in which a parameter is read beside them.
    Month month = context.figures != nullptr ? std::min(context.figures->month, month_) : month_;
    if (e.at_month) {
        const Value at = value(*e.at_month, context);
        if (is_null(at)) return {};
        month = std::get<Month>(at);
    }
    const Value item = e.key ? value(*e.key, context) : Value(std::string());
    const Value step = e.step ? value(*e.step, context) : Value(std::int64_t{0});
    if (is_null(item) || is_null(step)) return {};
    if (const auto replaced = data_.parameters.find(e.name); replaced != data_.parameters.end())
        return exact(fitted(replaced->second, parameter.type), "a parameter");
    const Thing* thing = context.row != nullptr ? context.row : context.subject;
    const std::string division = context.place != nullptr ? *context.place
                                 : thing != nullptr       ? division_of(*thing)
                                                          : "";
    if (const auto found = parameter_value(parameter, division, plan::text(item), step, month))
        return exact(fitted(*found, parameter.type), "a parameter");
    if (parameter.fallback)
        return exact(fitted(*parameter.fallback, parameter.type), "a parameter");
    if (parameter.optional) return {};
    throw base::Failure(base::Fault::input,
                        base::Said::as_is(fmt::format(
                            "parameter '{}' has no value for {}{}{}", parameter.name,
                            base::text(month), division.empty() ? "" : " at division ", division)),
                        doing_, base::Said::as_is("give it a value or a default"));
}

}  // namespace zs::interpret
