#include "intake/row_expression.h"

#include "plan/function.h"
#include "plan/value_in_force.h"
#include "plan/say.h"
#include "plan/window.h"

namespace zs::intake {

using plan::Expression;
using plan::is_null;
using plan::Value;

namespace {

class Evaluator {
public:
    explicit Evaluator(const RowValues& row) : row_(row) {}

    Value value(const Expression& e) const {
        switch (e.node) {
            case Expression::Node::literal:
                return plan::fitted(e.value, e.type).value_or(Value());
            case Expression::Node::field:
                return field(e);
            case Expression::Node::attribute:
                return attribute(e);
            case Expression::Node::parameter:
                return parameter(e);
            case Expression::Node::run:
                return run(e);
            case Expression::Node::call:
                return call(e);
            default:
                return {};
        }
    }

private:
    Value field(const Expression& e) const {
        if (!e.path.empty()) return {};
        const auto place = row_.ledger.index_of(e.name);
        return place ? row_.values.at(*place) : Value();
    }

    Value attribute(const Expression& e) const {
        const Value operand = value(*e.operands.at(0));
        const plan::CodeList* list = row_.model.code_list(e.operands[0]->type.of);
        if (is_null(operand) || list == nullptr) return {};
        for (const plan::Code& code : list->codes)
            if (code.code == std::get<std::string>(operand)) {
                const auto found = code.attributes.find(e.name);
                return found == code.attributes.end() ? Value() : found->second;
            }
        return {};
    }

    Value run(const Expression& e) const {
        if (!row_.month) return {};
        if (e.name == "month") return *row_.month;
        if (e.name == "term") return base::Term::of_month(*row_.month);
        if (e.name == "year") return std::int64_t{row_.month->year()};
        if (e.name == "accounting_year")
            return plan::label_of(plan::Period::year, *row_.month, row_.model.calendar);
        return base::last_day(*row_.month);
    }

    Value parameter(const Expression& e) const {
        const plan::Parameter* parameter = row_.model.parameter(e.name);
        const Value month = e.at_month   ? value(*e.at_month)
                            : row_.month ? Value(*row_.month)
                                         : Value();
        const Value item = e.key ? value(*e.key) : Value(std::string());
        const Value step = e.step ? value(*e.step) : Value(std::int64_t{0});
        if (parameter == nullptr || is_null(month) || is_null(item) || is_null(step)) return {};
        std::optional<Value> found =
            plan::value_in_force(row_.model, *parameter, row_.division, plan::text(item), step,
                                 std::get<base::Month>(month));
        if (!found) found = parameter->fallback;
        return found ? plan::fitted(*found, parameter->type).value_or(Value()) : Value();
    }

    Value call(const Expression& e) const {
        if (e.name == "case") return case_of(e);
        if (e.name == "age" && !row_.month) return {};
        std::vector<Value> operands;
        for (const plan::ExpressionPtr& operand : e.operands) operands.push_back(value(*operand));
        const base::Date day = row_.month ? base::last_day(*row_.month) : base::Date{};
        return plan::called(e.name, operands, e.type, day).value_or(Value());
    }

    Value case_of(const Expression& e) const {
        std::size_t i = 0;
        for (; i + 1 < e.operands.size(); i += 2) {
            const Value holds = value(*e.operands[i]);
            if (is_null(holds)) return {};
            if (std::get<bool>(holds)) break;
        }
        const std::size_t chosen = i + 1 < e.operands.size() ? i + 1 : i;
        if (chosen >= e.operands.size()) return {};
        return plan::fitted(value(*e.operands[chosen]), e.type).value_or(Value());
    }

    const RowValues& row_;
};

}  // namespace

Value evaluated(const Expression& expression, const RowValues& row) {
    return Evaluator(row).value(expression);
}

std::string sentence(const std::vector<plan::SayPart>& parts, const RowValues& row) {
    return plan::sentence(row.model, parts, [&](const Expression& e) {
        Value value = evaluated(e, row);
        if (e.type.kind == plan::Kind::token && !is_null(value)) value = std::string("…");
        return value;
    });
}

}  // namespace zs::intake
