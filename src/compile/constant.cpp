#include <fmt/format.h>

#include "compile/compiler.h"
#include "plan/function.h"
#include "plan/value_in_force.h"

namespace zs::compile {

using plan::Expression;
using plan::Value;

/// The value of an expression over the run and parameters without divisions.
Compiler::Constant Compiler::constant(const Expression& e) const {
    switch (e.node) {
        case Expression::Node::literal:
            return {e.value};
        case Expression::Node::run:
            if (e.name == "month") return {request_.month};
            if (e.name == "year") return {std::int64_t{request_.month.year()}};
            if (e.name == "accounting_year")
                return {plan::label_of(plan::Period::year, request_.month, model_.calendar)};
            if (e.name == "term") return {base::Term::of_month(request_.month)};
            return {base::last_day(request_.month)};
        case Expression::Node::parameter:
            return constant_parameter(e);
        case Expression::Node::call:
            return constant_call(e);
        default:
            cannot(base::said("各对象不同的月份", "a month that is not the same for all subjects"),
                   e.place.file);
    }
}

Compiler::Constant Compiler::constant_parameter(const Expression& e) const {
    const plan::Parameter& parameter = *model_.parameter(e.name);
    const auto part = [&](const plan::ExpressionPtr& written, Value otherwise) {
        return written ? constant(*written) : Constant{std::move(otherwise)};
    };
    const Constant month = part(e.at_month, request_.month);
    const Constant item = part(e.key, std::string());
    const Constant step = part(e.step, std::int64_t{0});
    for (const Constant* asked : {&month, &item, &step})
        if (plan::is_null(asked->value)) return {{}, asked->lack, asked->too_large};
    if (const auto replaced = request_.parameters.find(e.name);
        replaced != request_.parameters.end())
        return {replaced->second};
    const auto at = std::get<base::Month>(month.value);
    const std::string code = plan::text(item.value);
    const auto found = plan::value_in_force(model_, parameter, "", code, step.value, at);
    if (found) return {*found};
    if (parameter.fallback) return {*parameter.fallback};
    if (parameter.optional) return {};
    return {{},
            fmt::format("{}'{}'{} in {}", lack_words, e.name, code.empty() ? "" : " of " + code,
                        base::text(at))};
}

Compiler::Constant Compiler::constant_call(const Expression& e) const {
    if (e.name == "case") {
        for (std::size_t i = 0; i + 1 < e.operands.size(); i += 2) {
            const Constant holds = constant(*e.operands[i]);
            if (plan::is_null(holds.value)) return holds;
            if (std::get<bool>(holds.value)) return constant(*e.operands[i + 1]);
        }
        return constant(*e.operands.back());
    }
    std::vector<Value> operands;
    Constant result;
    for (const plan::ExpressionPtr& operand : e.operands) {
        const Constant one = constant(*operand);
        result.lack = result.lack.empty() ? one.lack : result.lack;
        result.too_large = result.too_large || one.too_large;
        operands.push_back(one.value);
    }
    if (!result.lack.empty() || result.too_large) return result;
    const auto calculated = plan::called(e.name, operands, e.type, base::last_day(request_.month));
    result.too_large = !calculated.has_value();
    if (calculated) result.value = *calculated;
    return result;
}

}  // namespace zs::compile
