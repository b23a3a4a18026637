#include <functional>
#include <tuple>

#include "interpret/evaluation.h"

namespace zs::interpret {

using plan::Expression;
using plan::Feature;
using plan::Grain;
using plan::Months;

/// The windows in which a combination grain is in use: those in which its features, or features
/// `from` it, are read by rules, indicators, targets and features, and those of indicators over it
/// (ADR 1, 25 and 44); every month up to the run's where there is none.
std::vector<Months> Evaluation::windows_in_use(const Grain& grain) {
    const plan::Ledger* ledger = model_.ledger(grain.ledger);
    std::vector<Months> found;
    if (grain.has_over) return {months_for(seen(grain.over, month_), ledger)};
    std::set<std::tuple<const Feature*, bool, Months>> visited;
    using Reader = const Feature*;
    const std::function<void(const plan::ExpressionPtr&, const Seen&, bool, Reader)> walk =
        [&](const plan::ExpressionPtr& whole, const Seen& around, bool windowed, Reader reader) {
            if (!whole) return;
            const Grain* source =
                reader != nullptr && reader->from_grain ? model_.grain(reader->from) : nullptr;
            const bool of_periods = source != nullptr && source->every.has_value();
            plan::visit(*whole, [&](const Expression& e) {
                if (e.node != Expression::Node::feature &&
                    e.node != Expression::Node::feature_unknown)
                    return;
                const Feature& read = *model_.feature(e.grain, e.name);
                const bool own = of_periods && e.scope == plan::Scope::row && e.path.empty();
                const bool given = e.window.has_value() || read.over.has_value() || own;
                const auto at = e.at_month ? seen_at(e) : std::nullopt;
                if (e.at_month && !at) return;
                const Seen inner = at          ? *at
                                   : e.window  ? seen(*e.window, month_)
                                   : read.over ? seen(*read.over, month_)
                                   : own       ? seen(source->over, month_)
                                               : around;
                if (!visited.insert({&read, given || windowed, inner.months}).second) return;
                const bool of_it = read.grain == grain.name && !read.timeless;
                if ((of_it || read.from == grain.name) && (given || windowed))
                    found.push_back(months_for(inner, ledger));
                walk(read.where, inner, given || windowed, &read);
                walk(read.value, inner, given || windowed, &read);
                for (const plan::ExpressionPtr& column : read.peers)
                    walk(column, inner, given || windowed, &read);
            });
        };
    for (const plan::Rule& rule : model_.rules) {
        const Grain& at = *model_.grain(rule.grain);
        const Seen around = at.every ? seen(at.over, month_) : Seen{std::nullopt, {month_, month_}};
        for (const plan::ExpressionPtr& part :
             {rule.where, rule.when, rule.score, rule.eligible, rule.amount, rule.received,
              rule.due_on, rule.paid_on, rule.wrongful, rule.severity, rule.risk})
            walk(part, around, at.every.has_value(), nullptr);
        for (const plan::SayPart& part : rule.say)
            walk(part.expression, around, at.every.has_value(), nullptr);
    }
    for (const plan::Indicator& indicator : model_.indicators) {
        if (indicator.grain.empty()) continue;
        const Seen around{
            std::nullopt,
            {plan::period_of(indicator.period, month_, model_.calendar).first, month_}};
        if (indicator.grain == grain.name) found.push_back(around.months);
        for (const plan::ExpressionPtr& part : {indicator.where, indicator.value, indicator.per})
            walk(part, around, true, nullptr);
        for (const plan::ExpressionPtr& column : indicator.split)
            walk(column, around, true, nullptr);
    }
    for (const plan::Target& target : model_.targets)
        walk(target.where, Seen{std::nullopt, {month_, month_}}, false, nullptr);
    if (found.empty()) found.push_back({base::Month{0}, month_});
    return found;
}

}  // namespace zs::interpret
