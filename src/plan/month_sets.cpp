#include <algorithm>

#include <fmt/format.h>

#include "plan/builder.h"
#include "plan/example.h"
#include "plan/month_set.h"
#include "plan/window.h"

namespace zs::plan {

namespace {

using Node = Expression::Node;

/// The aggregate of a feature's value that makes a set of months; null where none does.
const Expression* set_made(const Feature& feature) {
    const Expression* found = nullptr;
    if (feature.value && !feature.from.empty())
        visit(*feature.value, [&](const Expression& e) {
            if (e.node == Node::aggregate && e.name == "month_set") found = &e;
        });
    return found;
}

std::vector<ExpressionPtr> parts_of(const Feature& feature) {
    std::vector<ExpressionPtr> parts{feature.where, feature.value};
    parts.insert(parts.end(), feature.peers.begin(), feature.peers.end());
    return parts;
}

std::vector<ExpressionPtr> parts_of(const Rule& rule) {
    std::vector<ExpressionPtr> parts{rule.where,    rule.when,     rule.eligible, rule.amount,
                                     rule.received, rule.due_on,   rule.paid_on,  rule.wrongful,
                                     rule.score,    rule.severity, rule.risk};
    for (const SayPart& part : rule.say) parts.push_back(part.expression);
    return parts;
}

std::optional<Window> own_window(const Grain* grain) {
    if (grain == nullptr || !grain->every) return std::nullopt;
    return to_date(*grain->every);
}

}  // namespace

/// Whether a window, seen in some month of the plan by some subject of a grain, begins before the
/// months that a set can hold.
bool Builder::is_cut(const Window& window, const Grain* seen_at, const Ledger* ledger) const {
    for (base::Month month = model.first; month <= model.last; month = month.plus(1)) {
        const base::Month first_held = month.plus(1 - set_months_max);
        base::Month anchor = month;
        if (seen_at != nullptr && seen_at->every) {
            const Months over = months_of(seen_at->over, month, model.calendar, first_held);
            anchor = std::min(month, period_of(*seen_at->every, over.first, model.calendar).last);
        }
        const base::Month ever_first =
            ledger != nullptr && ledger->delivery ? ledger->delivery->from : first_held.plus(-1);
        if (months_of(window, anchor, model.calendar, ever_first).first < first_held) return true;
    }
    return false;
}

/// The feature, this one or one to which it passes its window on, whose set of months is cut.
const Feature* Builder::cut_set(const Feature& feature, const Window& window, const Grain* seen_at,
                                int depth) const {
    if (depth > 100) return nullptr;
    if (set_made(feature) != nullptr && is_cut(window, seen_at, source_ledger(feature)))
        return &feature;
    const Grain* source = feature.from_grain ? model.grain(feature.from) : nullptr;
    const Feature* found = nullptr;
    for (const ExpressionPtr& part : parts_of(feature)) {
        if (!part) continue;
        visit(*part, [&](const Expression& e) {
            if (found != nullptr || e.node != Node::feature || e.window) return;
            const Feature* read = model.feature(e.grain, e.name);
            const bool has_own_period =
                own_window(source) && e.scope == Scope::row && e.path.empty();
            if (read != nullptr && !read->over && !has_own_period)
                found = cut_set(*read, window, seen_at, depth + 1);
        });
    }
    return found;
}

/// A set of months holds the last 63 up to the run's: a window that begins before them is an error
/// where it is constant, and `ever` a warning, once for each set (PACK.md, 4).
void Builder::check_month_sets() {
    const auto check = [&](const Feature& read, const Window& window, const Grain* seen_at,
                           const Place& at, int length) {
        const Feature* cut = cut_set(read, window, seen_at, 0);
        if (cut == nullptr) return;
        const Expression& set = *set_made(*cut);
        if (window.unit == Window::Unit::ever)
            report.warning(
                "month-set", set.place, set.length,
                fmt::format("over 'ever' this keeps the last {} months only", set_months_max));
        else
            report.error("month-set", at, length,
                         fmt::format("'{}.{}' keeps the months of the last {} only, and '{}' "
                                     "begins before them",
                                     cut->grain, cut->name, set_months_max, text(window)),
                         "count or add up what is so long ago, or read a later window");
    };
    const auto check_edge = [&](const Expression& e, const Grain* seen_at) {
        if (!is_cut(*e.window, seen_at, nullptr)) return;
        if (e.window->unit == Window::Unit::ever)
            report.warning(
                "month-set", e.place, e.length,
                fmt::format("'ever' stands for the last {} months here", set_months_max));
        else
            report.error("month-set", e.place, e.length,
                         fmt::format("a set of months holds the last {} only, and '{}' begins "
                                     "before them",
                                     set_months_max, text(*e.window)));
    };
    const auto check_reads = [&](const ExpressionPtr& whole, const Grain* owner,
                                 const std::optional<Window>& given) {
        if (!whole) return;
        visit(*whole, [&](const Expression& e) {
            if (e.node == Node::window_months) check_edge(e, owner);
            const Feature* read =
                e.node == Node::feature ? model.feature(e.grain, e.name) : nullptr;
            if (read == nullptr || read->over || (e.at_month && e.window)) return;
            if (e.window)
                check(*read, *e.window, model.grain(e.grain), e.place, e.length);
            else if (given)
                check(*read, *given, owner, e.place, e.length);
        });
    };
    for (const Feature& feature : model.features) {
        if (!feature.value) continue;
        const Grain* grain = model.grain(feature.grain);
        if (const auto window = feature.over ? feature.over : own_window(grain))
            check(feature, *window, grain, feature.value->place, feature.value->length);
        for (const ExpressionPtr& part : parts_of(feature)) check_reads(part, grain, std::nullopt);
    }
    for (const Rule& rule : model.rules) {
        const Grain* grain = model.grain(rule.grain);
        for (const ExpressionPtr& part : parts_of(rule))
            check_reads(part, grain, own_window(grain));
    }
    for (const Indicator& indicator : model.indicators) {
        const Grain* grain = model.grain(indicator.grain);
        if (grain == nullptr) continue;
        const auto given = grain->every ? own_window(grain) : to_date(indicator.period);
        std::vector<ExpressionPtr> parts{indicator.where, indicator.value, indicator.per};
        parts.insert(parts.end(), indicator.split.begin(), indicator.split.end());
        for (const ExpressionPtr& part : parts) check_reads(part, grain, given);
    }
    for (const Target& target : model.targets)
        check_reads(target.where, model.grain(target.grain()), std::nullopt);
    for (const Example& example : model.examples)
        if (const Feature* tested = model.feature(example.grain, example.name);
            example.what == Example::What::feature && tested != nullptr && example.window)
            check(*tested, *example.window, model.grain(example.grain), example.place, 1);
}

}  // namespace zs::plan
