#include <fmt/format.h>

#include "base/failure.h"
#include "interpret/aggregate.h"
#include "interpret/evaluation.h"
#include "plan/function.h"
#include "plan/month_set.h"

namespace zs::interpret {

using plan::Expression;
using plan::is_null;
using plan::Value;

Evaluation::Evaluation(const plan::Model& model, const plan::Dataset& dataset)
    : model_(model),
      data_(dataset),
      places_(model, dataset),
      month_(dataset.month),
      day_(base::last_day(dataset.month)) {}

void Evaluation::fail(const std::string& what, const std::string& remedy) const {
    const std::string where = doing_place_.empty() ? "" : " at division " + doing_place_;
    throw base::Failure(base::Fault::input, base::Said::as_is(what),
                        fmt::format("{} in {}{}", doing_, base::text(month_), where),
                        base::Said::as_is(remedy));
}

Value Evaluation::exact(const Calculated& result, const char* what) {
    if (!result)
        fail(fmt::format("{} has more digits than can be kept", what),
             "look for a figure far out of range in what it reads");
    return *result;
}

bool Evaluation::holds(const plan::ExpressionPtr& e, const Context& context) {
    const Value truth = value(*e, context);
    return !is_null(truth) && std::get<bool>(truth);
}

const Thing& Evaluation::start(const Expression& e, const Context& context) const {
    const Thing* thing = e.scope == plan::Scope::row ? context.row : context.subject;
    ZS_INVARIANT(thing != nullptr, "a name stands only where what it is said of is known");
    return *thing;
}

Value Evaluation::value(const Expression& e, const Context& context) {
    switch (e.node) {
        case Expression::Node::literal:
            return is_null(e.value) ? e.value : exact(fitted(e.value, e.type), "a figure");
        case Expression::Node::field: {
            const auto thing = follow(e.path, start(e, context));
            return thing ? exact(fitted(field_at(*thing, e.name), e.type), "a field") : Value();
        }
        case Expression::Node::attribute:
            return attribute(e, context);
        case Expression::Node::feature:
        case Expression::Node::feature_unknown:
            return read_feature(e, context);
        case Expression::Node::outcome:
        case Expression::Node::score: {
            const auto thing = follow(e.path, start(e, context));
            if (!thing) return {};
            const plan::Rule& rule = *model_.rule(e.name);
            return e.node == Expression::Node::outcome ? outcome_column(rule, *thing)
                                                       : score_column(rule, *thing);
        }
        case Expression::Node::target: {
            const auto thing = follow(e.path, start(e, context));
            return thing ? target_column(*model_.target(e.name), *thing) : Value();
        }
        case Expression::Node::parameter:
            return parameter(e, context);
        case Expression::Node::run:
            return of_run(e.name);
        case Expression::Node::window_start:
        case Expression::Node::window_end:
        case Expression::Node::window_months:
            return window_edge(e, context);
        case Expression::Node::call:
            return call(e, context);
        case Expression::Node::aggregate:
            return aggregate(e, context);
        case Expression::Node::indicator:
            return read_figure(e, context);
    }
    return {};
}

Value Evaluation::of_run(const std::string& name) const {
    if (name == "month") return month_;
    if (name == "year") return std::int64_t{month_.year()};
    if (name == "accounting_year")
        return plan::label_of(plan::Period::year, month_, model_.calendar);
    if (name == "term") return base::Term::of_month(month_);
    return day_;
}

Value Evaluation::attribute(const Expression& e, const Context& context) {
    const Value code = value(*e.operands[0], context);
    const plan::CodeList* list = model_.code_list(e.operands[0]->type.of);
    if (is_null(code) || list == nullptr) return {};
    for (const plan::Code& one : list->codes)
        if (one.code == plan::text(code))
            if (const auto found = one.attributes.find(e.name); found != one.attributes.end())
                return exact(fitted(found->second, e.type), "an attribute");
    return {};
}

/// `start_of`, `end_of`, `months_of`, seen from where the subject stands.
Value Evaluation::window_edge(const Expression& e, const Context& context) {
    const Thing* thing = context.subject != nullptr ? context.subject : context.row;
    const base::Month from = thing != nullptr ? anchor(*thing) : month_;
    plan::Months months = seen(*e.window, from).months;
    if (e.window->unit == plan::Window::Unit::ever) months.first = month_.plus(-62);
    if (e.node == Expression::Node::window_start) return months.first;
    if (e.node == Expression::Node::window_end) return months.last;
    plan::MonthSet set;
    for (base::Month month = std::max(months.first, month_.plus(-62)); month <= months.last;
         month = month.plus(1))
        set.insert(month);
    return set;
}

Value Evaluation::call(const Expression& e, const Context& context) {
    if (e.name == "reached") return reached(e, context);
    if (e.name == "case") {
        for (std::size_t i = 0; i + 1 < e.operands.size(); i += 2) {
            const Value truth = value(*e.operands[i], context);
            if (is_null(truth)) return {};
            if (std::get<bool>(truth))
                return exact(fitted(value(*e.operands[i + 1], context), e.type), "'case'");
        }
        return exact(fitted(value(*e.operands.back(), context), e.type), "'case'");
    }
    std::vector<Value> operands;
    for (const plan::ExpressionPtr& operand : e.operands)
        operands.push_back(value(*operand, context));
    return exact(called(e.name, operands, e.type, day_), e.name.c_str());
}

Value Evaluation::aggregate(const Expression& e, const Context& context) {
    ZS_INVARIANT(context.many != nullptr, "an aggregate stands only over many");
    if (e.name == "peer_rank") return peer_rank(e, context);
    // A set cannot hold the months with which such a window begins.
    const Seen& seen_in = context.row_window;
    if (e.name == "month_set" && context.over == Context::Over::rows && seen_in.window &&
        !seen_in.ever() && seen_in.months.first < month_.plus(1 - plan::set_months_max))
        return {};
    std::vector<Passing> passing;
    std::size_t known = 0;
    for (const Context& one : *context.many) {
        // With count(*) every peer is known, whether or not it passes the filter.
        if (e.operands.empty()) ++known;
        Context as_is = one;
        as_is.known = false;
        if (e.filter && !holds(e.filter, as_is)) continue;
        Passing row;
        for (const plan::ExpressionPtr& argument : e.operands)
            row.arguments.push_back(value(*argument, one));
        if (one.row->ledger != nullptr)
            row.order = order_of_row(*one.row->ledger, *one.row->row);
        else if (one.row->grain != nullptr && one.row->grain->every)
            row.order = own_period(*one.row).first.index;
        if (e.name == "month_set" && e.operands.empty() && one.row->ledger != nullptr)
            row.arguments.emplace_back(months_in_force(
                *one.row->ledger, *one.row->row, months_for(one.row_window, one.row->ledger)));
        known += !e.operands.empty() && !is_null(row.arguments[0]) ? 1 : 0;
        passing.push_back(std::move(row));
    }
    if (context.over == Context::Over::peers && known < static_cast<std::size_t>(context.at_least))
        return {};
    if (context.over == Context::Over::subjects && context.many->empty() && e.name != "count" &&
        e.name != "count_if")
        return {};
    const Aggregate wanted{e.name, e.distinct, e.operands.empty(), e.type, month_};
    const Value result = exact(aggregated(wanted, passing), e.name.c_str());
    return exact(fitted(result, e.type), e.name.c_str());
}

/// The share of the other known peers that lie below this one.
Value Evaluation::peer_rank(const Expression& e, const Context& context) {
    const Expression& argument = *e.operands[0];
    const Value mine = value(argument, context);
    std::int64_t known = 0, below = 0, others = 0;
    for (const Context& one : *context.many) {
        Context as_is = one;
        as_is.known = false;
        if (e.filter && !holds(e.filter, as_is)) continue;
        const Value theirs = value(argument, one);
        if (is_null(theirs)) continue;
        ++known;
        if (key_identity(one.row->key) == key_identity(context.row->key)) continue;
        ++others;
        if (!is_null(mine) && compared(theirs, mine) < 0) ++below;
    }
    if (is_null(mine) || known < context.at_least || others == 0) return {};
    return static_cast<double>(below) / static_cast<double>(others);
}

}  // namespace zs::interpret
