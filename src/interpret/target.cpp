#include <algorithm>

#include <fmt/format.h>

#include "interpret/evaluation.h"

namespace zs::interpret {

using base::Decimal;
using base::Month;
using plan::Bound;
using plan::is_null;
using plan::Period;
using plan::Target;
using plan::TargetState;
using plan::Value;

namespace {

bool is_exact(const Value& v) { return !std::holds_alternative<double>(v); }

/// The type in which a figure and a bound are set against each other: exact where both are.
plan::Type common_type(const Value& a, const Value& b) {
    if (!is_exact(a) || !is_exact(b)) return plan::floating_type();
    return plan::decimal_type(38, std::max(as_decimal(a)->scale, as_decimal(b)->scale));
}

/// How much of a year's bound is due after `months` of its months, as parts of a whole.
struct Share {
    Decimal part{1, 0}, of{1, 0};
};

Share share_due(const Target& target, const Bound& bound, int months) {
    if (!bound.constant) return {};
    if (target.linear) return {{months, 0}, {12, 0}};
    if (target.pace.empty()) return {};
    if (months < 1) return {{0, 0}, {1, 0}};
    return {target.pace[static_cast<std::size_t>(months - 1)], {1, 0}};
}

}  // namespace

/// Nothing is rounded: value × of is compared with bound × part.
static Calculated times(const Value& value, const Decimal& factor) {
    if (!is_exact(value)) return Value(as_double(value) * base::to_double(factor));
    const auto product = base::multiply(*as_decimal(value), factor);
    return product ? Calculated(Value(*product)) : std::nullopt;
}

/// Whether the target speaks of the place; NULL where that is not known.
Value Evaluation::placed(const Target& target, const std::string& division) {
    if (!target.where) return true;
    const Thing place{model_.grain(target.grain()), nullptr, nullptr, {Value(division)}, false};
    return value(*target.where, context_of(place));
}

/// The target's status at the place, of the latest year judged; `none` where it does not speak of
/// it.
Value Evaluation::target_column(const Target& target, const Thing& place) {
    const std::string doing = doing_, doing_place = doing_place_;
    if (!target_states_.contains(target.name)) target_states_[target.name] = target_states(target);
    doing_ = doing;
    doing_place_ = doing_place;
    Value status = std::string("none");
    for (const TargetState& state : target_states_.at(target.name))
        if (Value(state.division) == place.key[0]) status = state.status;
    return status;
}

TargetState Evaluation::target_state(const Target& target, const Bound& bound, int year,
                                     const std::string& division) {
    TargetState state{target.name, division, std::to_string(year), {}, {}, {}, "no_data"};
    const plan::Indicator& indicator = *model_.indicator(target.indicator);
    const Period period = indicator.period == Period::year ? Period::year : Period::calendar_year;
    const plan::Months months = plan::months_of_label(period, year, model_.calendar);
    bool whole = true;
    FigurePlace place{.division = division,
                      .month = std::min(months.last, month_),
                      .period = period,
                      .codes = "",
                      .as_of = std::nullopt,
                      .all_whole = &whole,
                      .by_year = true};
    if (const auto found = figure(indicator, place)) {
        state.value = exact(fitted(found->value, indicator.type), "a figure");
        whole = found->whole;
    }
    const Context context{
        .row_window = {}, .subject_window = {}, .place = &division, .figures = &place};
    const Value low = value(*bound.low, context),
                high = bound.high ? value(*bound.high, context) : low;
    state.bound = low;
    if (is_null(state.value) || is_null(low) || is_null(high)) return state;

    const auto distance = [&](const Value& end) {
        return exact(calculated("-", state.value, end, common_type(state.value, end)), "a gap");
    };
    const auto size = [](const Value& gap) {
        return compared(gap, Value(std::int64_t{0})) < 0 ? *times(gap, Decimal{-1, 0}) : gap;
    };
    if (compared(size(distance(high)), size(distance(low))) < 0) state.bound = high;
    state.gap = distance(state.bound);

    const bool yearly = months_in(indicator.period) == 12;
    const bool closed = whole && (yearly || months.last <= month_);
    place.all_whole = nullptr;
    state.status = target_status(target, bound, place,
                                 std::min(12, month_.index - months.first.index + 1), closed);
    return state;
}

/// The status with what is unknown counted against it, and for it: where these differ it cannot be
/// told.
std::string Evaluation::target_status(const Target& target, const Bound& bound,
                                      const FigurePlace& place, int months_gone, bool closed) {
    const Span figure = span(*model_.indicator(target.indicator), place);
    const Span low = span(*bound.low, place), high = bound.high ? span(*bound.high, place) : low;
    const double most = base::to_double(target.unknown_max);
    if (figure.outside > most || low.outside > most || high.outside > most) return "no_data";

    const Share due = closed ? Share{} : share_due(target, bound, months_gone);
    const auto value_at = [&](const Value& v) { return exact(times(v, due.of), "a figure"); };
    const auto bound_at = [&](const Value& v) { return exact(times(v, due.part), "a bound"); };
    /// Of the value's end and the bound's end that are farthest apart one way: -1, 0, 1.
    const auto order = [&](const Value& v, const Value& b) {
        const auto found = compared(value_at(v), bound_at(b));
        return found < 0 ? -1 : found > 0 ? 1 : 0;
    };
    const int worst = order(figure.least, low.most), best = order(figure.most, low.least);
    const int lowest = order(figure.least, low.least), highest = order(figure.most, low.most);
    bool always = false, ever = false;
    const std::string& sign = bound.comparison;
    if (sign == ">=" || sign == ">") {
        always = sign == ">" ? worst > 0 : worst >= 0;
        ever = sign == ">" ? best > 0 : best >= 0;
    } else if (sign == "<=" || sign == "<") {
        // The value at its most against the bound at its least, and the other way round.
        always = sign == "<" ? best < 0 : best <= 0;
        ever = sign == "<" ? worst < 0 : worst <= 0;
    } else if (sign == "=") {
        always = worst == 0 && best == 0 && lowest == 0 && highest == 0;
        ever = best >= 0 && worst <= 0;
    } else {
        always = worst >= 0 && order(figure.most, high.least) <= 0;
        ever = best >= 0 && order(figure.least, high.most) <= 0;
    }
    if (always != ever) return "no_data";
    return closed ? (always ? "met" : "missed") : always ? "on_track" : "behind";
}

/// Every year of the plan up to now, at every place of the target.
std::vector<TargetState> Evaluation::target_states(const Target& target) {
    std::vector<TargetState> states;
    doing_ = fmt::format("target '{}'", target.name);
    const plan::Indicator* indicator = model_.indicator(target.indicator);
    const Period period = indicator->period == Period::year ? Period::year : Period::calendar_year;
    const std::int64_t now = plan::label_of(period, month_, model_.calendar);
    for (const std::string& division : places_.of_level(target.at_level, month_)) {
        if (!division.starts_with(data_.home)) continue;  // only a part of it is here
        const Value here = placed(target, division);
        if (here == Value(false)) continue;
        doing_place_ = division;
        for (const auto& [year, bound] : target.years) {
            if (year > now) continue;
            states.push_back(target_state(target, bound, year, division));
            if (!is_null(here)) continue;
            states.back().status = "no_data";
            states.back().gap = {};
        }
    }
    doing_place_.clear();
    return states;
}

}  // namespace zs::interpret
