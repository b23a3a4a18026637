#include "run/targets.h"

#include <algorithm>

#include "base/failure.h"

namespace zs::run {

using base::Decimal;
using plan::Bound;
using plan::Period;
using plan::Target;
using plan::TargetState;
using plan::Value;

namespace {

/// What of a bound is due, as parts of a whole.
struct Share {
    Decimal parts{1, 0}, whole{1, 0};
};

Share share_due(const Target& target, const Bound& bound, int months_gone) {
    if (!bound.constant) return {};
    if (target.linear) return {{months_gone, 0}, {12, 0}};
    if (target.pace.empty()) return {};
    if (months_gone == 0) return {{0, 0}, {1, 0}};
    return {target.pace[static_cast<std::size_t>(months_gone) - 1], {1, 0}};
}

[[noreturn]] void too_large(const Target& target, const std::string& division) {
    throw base::Failure(
        base::Fault::input,
        base::said("目标“{}”判断不了：有个数位数太多，存不下",
                   "target '{}' cannot be judged: a figure has more digits than can be kept",
                   target.name),
        base::said("区划 {}", "division {}", division),
        base::said("找找离谱的数", "look for a figure far out of range"));
}

plan::Type type_of(const Value& a, const Value& b) {
    const auto* left = std::get_if<Decimal>(&a);
    const auto* right = std::get_if<Decimal>(&b);
    if (std::holds_alternative<double>(a) || std::holds_alternative<double>(b))
        return plan::floating_type();
    return plan::decimal_type(38, std::max(left ? left->scale : 0, right ? right->scale : 0));
}

Value difference(const Target& target, const std::string& division, const Value& a,
                 const Value& b) {
    const plan::Calculated result = plan::calculated("-", a, b, type_of(a, b));
    if (!result) too_large(target, division);
    return *result;
}

bool is_nearer(const Value& a, const Value& b) {
    const auto size = [](const Value& gap) {
        return std::holds_alternative<double>(gap)
                   ? Value(std::abs(std::get<double>(gap)))
                   : Value(std::get<Decimal>(gap).units < 0 ? base::negate(std::get<Decimal>(gap))
                                                            : std::get<Decimal>(gap));
    };
    return plan::compared(size(a), size(b)) < 0;
}

/// Nothing is rounded: instead of bound × parts ÷ whole, value × whole is set against bound ×
/// parts.
Value times(const Target& target, const std::string& division, const Value& value,
            const Decimal& factor) {
    if (const auto* number = std::get_if<double>(&value)) return *number * base::to_double(factor);
    const auto product = base::multiply(*plan::as_decimal(value), factor);
    if (!product) too_large(target, division);
    return *product;
}

/// Two ends between which something lies.
struct Ends {
    Value low, high;
};

/// Whether the comparison holds wherever the value and the bound lie between their ends, and
/// whether it holds anywhere there.
struct Verdict {
    bool surely = false, possibly = false;
};

Verdict verdict(const std::string& comparison, const Ends& value, const Ends& low,
                const Ends& high) {
    const auto order = [](const Value& a, const Value& b) { return plan::compared(a, b); };
    if (comparison == ">=")
        return {order(value.low, low.high) >= 0, order(value.high, low.low) >= 0};
    if (comparison == ">") return {order(value.low, low.high) > 0, order(value.high, low.low) > 0};
    if (comparison == "<=")
        return {order(value.high, low.low) <= 0, order(value.low, low.high) <= 0};
    if (comparison == "<") return {order(value.high, low.low) < 0, order(value.low, low.high) < 0};
    // `=` is between one bound and itself.
    return {order(value.low, low.high) >= 0 && order(value.high, high.low) <= 0,
            order(value.high, low.low) >= 0 && order(value.low, high.high) <= 0};
}

/// The calendar by which a target counts years: over months and terms calendar years.
Period years_of(const plan::Indicator& indicator) {
    return indicator.period == Period::year ? Period::year : Period::calendar_year;
}

/// What is set against each other, each with how far it could move.
struct Sides {
    Leeway value, low, high;

    /// The largest share of unknown subjects that no ends account for.
    double beside() const { return std::max({value.beside, low.beside, high.beside}); }
};

/// Against the unknown: a status stands only if it still would with every unknown subject counted
/// against it.
std::string status_of(const Target& target, const Bound& bound, const std::string& division,
                      const Sides& sides, const Share& due, bool is_closed) {
    if (sides.beside() > base::to_double(target.unknown_max)) return "no_data";
    const auto scaled = [&](const Leeway& side, const Decimal& factor) {
        return Ends{times(target, division, side.low, factor),
                    times(target, division, side.high, factor)};
    };
    const Verdict found = verdict(bound.comparison, scaled(sides.value, due.whole),
                                  scaled(sides.low, due.parts), scaled(sides.high, due.parts));
    if (found.surely) return is_closed ? "met" : "on_track";
    if (found.possibly) return "no_data";
    return is_closed ? "missed" : "behind";
}

TargetState judged(const plan::Model& model, base::Month now, const Target& target,
                   const Bound& bound, int year, const std::string& division,
                   FigureReader& figures) {
    TargetState state{target.name, division, std::to_string(year), {}, {}, {}, "no_data"};
    const plan::Indicator& indicator = *model.indicator(target.indicator);
    const plan::Months months = plan::months_of_label(years_of(indicator), year, model.calendar);
    FigureAt at;
    at.division = division;
    at.month = std::min(months.last, now);
    at.period = years_of(indicator);
    at.by_year = true;
    bool whole = true;
    if (const auto figure = figures.figure(indicator, at)) {
        const plan::Calculated value = plan::fitted(figure->value, indicator.type);
        if (!value) too_large(target, division);
        state.value = *value;
        whole = figure->whole;
    }
    const Value low = figures.value(*bound.low, at, whole);
    const Value high = bound.high ? figures.value(*bound.high, at, whole) : low;
    state.bound = low;
    if (plan::is_null(state.value) || plan::is_null(low) || plan::is_null(high)) return state;

    state.gap = difference(target, division, state.value, low);
    if (const Value to_high = difference(target, division, state.value, high);
        is_nearer(to_high, state.gap)) {
        state.bound = high;
        state.gap = to_high;
    }
    const bool is_closed = whole && (plan::months_in(indicator.period) == 12 || months.last <= now);
    const Share due =
        is_closed ? Share{}
                  : share_due(target, bound, std::min(12, now.index - months.first.index + 1));
    const Leeway low_side = figures.leeway(*bound.low, at);
    const Sides sides{figures.leeway(indicator, at), low_side,
                      bound.high ? figures.leeway(*bound.high, at) : low_side};
    state.status = status_of(target, bound, division, sides, due, is_closed);
    return state;
}

}  // namespace

std::vector<TargetState> target_states(const plan::Model& model, const FigureSources& sources,
                                       const Target& target, FigureReader& figures) {
    ZS_INVARIANT(!target.where || sources.placed != nullptr,
                 "where a target is placed was computed before it is judged");
    std::vector<TargetState> states;
    const std::int64_t now =
        plan::label_of(years_of(*model.indicator(target.indicator)), sources.month, model.calendar);
    for (const auto& [year, bound] : target.years) {
        if (year > now) continue;
        for (const compile::DivisionRow& row : figures.divisions()) {
            if (!row.in_force || row.level != target.at_level) continue;
            // Of a place that reaches beyond the home only a part of the subjects is here.
            if (!row.code.starts_with(sources.home)) continue;
            const auto placed =
                target.where
                    ? sources.placed->find({target.name, row.code})
                    : std::map<std::pair<std::string, std::string>, Value>::const_iterator();
            if (target.where && placed == sources.placed->end()) continue;
            states.push_back(judged(model, sources.month, target, bound, year, row.code, figures));
            if (!target.where || !plan::is_null(placed->second)) continue;
            states.back().status = "no_data";
            states.back().gap = {};
        }
    }
    return states;
}

}  // namespace zs::run
