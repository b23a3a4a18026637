#include <algorithm>
#include <cmath>

#include "interpret/evaluation.h"

namespace zs::interpret {

using plan::Expression;
using plan::Indicator;
using plan::is_null;
using plan::Value;

namespace {

/// A share that no target allows: nothing can be said.
constexpr double beyond_all = 2;

bool is_equal(const Value& a, const Value& b) {
    if (is_null(a) || is_null(b)) return is_null(a) && is_null(b);
    return compared(a, b) == 0;
}

/// Names of calls that give their extremes where what they calculate with is extreme.
bool has_extremes_at_ends(const std::string& name) {
    for (const char* other :
         {"+", "-", "*", "/", "negate", "round", "floor", "ceil", "greatest", "least"})
        if (name == other) return true;
    return false;
}

std::int64_t count_in(const Value& value) {
    return static_cast<std::int64_t>(base::round(*as_decimal(value), 0).units);
}

}  // namespace

/// Of an indicator over indicators what its expression gives; of one over subjects see `tallied`.
Evaluation::Span Evaluation::span(const Indicator& indicator, const FigurePlace& place) {
    const auto found = figure(indicator, place);
    if (!found) return {};
    Span made =
        found->is_rolled_up ? tallied(indicator, *found) : Span{found->value, found->value, 0, 0};
    if (!found->is_rolled_up && !indicator.given && indicator.grain.empty()) {
        FigurePlace inner = place;
        inner.by_year = false;
        inner.period = indicator.period;
        if (months_in(indicator.period) == 12 && months_in(place.period) == 12) {
            const std::int64_t label = plan::label_of(place.period, place.month, model_.calendar);
            inner.month = std::min(
                plan::months_of_label(indicator.period, label, model_.calendar).last, month_);
        }
        if (indicator.period == place.period) inner.month = place.month;
        if (model_.first <= plan::period_of(inner.period, inner.month, model_.calendar).last)
            return span(*indicator.value, inner);
    }
    for (Value* end : {&made.least, &made.most})
        if (const auto typed = fitted(*end, indicator.type)) *end = *typed;
    return made;
}

/// Of a count each unknown subject is one more at most; of a share it may count on both sides, on
/// one, or not at all; of anything else only how many are unknown can be said.
Evaluation::Span Evaluation::tallied(const Indicator& indicator, const Found& found) const {
    Span made{found.value, found.value, 0, 0};
    if (found.unknown == 0) return made;
    made.unknown =
        static_cast<double>(found.unknown) / static_cast<double>(found.known + found.unknown);
    made.outside = made.unknown;
    if (is_null(found.value)) return made;
    using Tally = Indicator::Tally;
    const std::int64_t more = found.unknown;
    if (indicator.tally == Tally::count) {
        const base::Decimal value = *as_decimal(found.value);
        const auto least = base::add(value, base::Decimal{-more * indicator.counts_taken, 0});
        const auto most = base::add(value, base::Decimal{more * indicator.counts_added, 0});
        if (least && most) return {*least, *most, 0, made.unknown};
    }
    if (indicator.tally != Tally::share && indicator.tally != Tally::known_share) return made;
    std::int64_t counted = 0, of = found.known;
    if (indicator.tally == Tally::known_share) {
        counted = std::llround(as_double(found.value) * static_cast<double>(of));
    } else if (!is_null(found.numerator) && !is_null(found.denominator)) {
        counted = count_in(found.numerator);
        of = count_in(found.denominator);
    } else {
        return made;
    }
    if (of <= 0) return made;
    const std::int64_t of_at_most = indicator.share_of_same ? of + more : of;
    return {Value(static_cast<double>(counted) / static_cast<double>(of + more)),
            Value(static_cast<double>(counted + more) / static_cast<double>(of_at_most)), 0,
            made.unknown};
}

/// Of an expression over figures and parameters.
Evaluation::Span Evaluation::span(const Expression& e, const FigurePlace& place) {
    if (e.node == Expression::Node::call) return span_of_call(e, place);
    FigurePlace quiet = place;
    quiet.all_whole = nullptr;
    const Value here = value(
        e, {.row_window = {}, .subject_window = {}, .place = &quiet.division, .figures = &quiet});
    if (e.node != Expression::Node::indicator) return {here, here, 0, 0};
    if (const auto other = stand_in(e, quiet))
        return is_null(*other) ? Span{} : span(*e.operands[0], quiet);
    const Span found = span(*model_.indicator(e.name), moved(e, quiet));
    return found.unknown == 0 && is_equal(found.least, found.most) ? Span{here, here, 0, 0} : found;
}

Evaluation::Span Evaluation::span_of_call(const Expression& e, const FigurePlace& place) {
    FigurePlace quiet = place;
    quiet.all_whole = nullptr;
    const Value here = value(
        e, {.row_window = {}, .subject_window = {}, .place = &quiet.division, .figures = &quiet});
    Span whole{here, here, 0, 0};
    std::vector<Span> parts;
    std::vector<std::size_t> wide;
    for (const plan::ExpressionPtr& operand : e.operands) {
        const Span part = span(*operand, quiet);
        whole.outside = std::max(whole.outside, part.outside);
        whole.unknown = std::max(whole.unknown, part.unknown);
        if (!is_null(part.least) && !is_null(part.most) && !is_equal(part.least, part.most))
            wide.push_back(parts.size());
        parts.push_back(part);
    }
    const bool at_ends = has_extremes_at_ends(e.name);
    if (is_null(here) || !at_ends || (!wide.empty() && (wide.size() > 4 || parts.size() > 8))) {
        whole.outside = whole.unknown;
        return whole;
    }
    if (wide.empty()) return whole;
    if (e.name == "/" && compared(parts[1].least, Value(std::int64_t{0})) <= 0 &&
        compared(parts[1].most, Value(std::int64_t{0})) >= 0) {
        whole.outside = beyond_all;
        return whole;
    }
    for (unsigned ends = 0; ends < (1u << wide.size()); ++ends) {
        std::vector<Value> operands;
        for (const Span& part : parts) operands.push_back(part.least);
        for (std::size_t i = 0; i < wide.size(); ++i)
            if (((ends >> i) & 1u) != 0) operands[wide[i]] = parts[wide[i]].most;
        const Value made = exact(called(e.name, operands, e.type, day_), "a figure");
        if (is_null(made)) {
            whole.outside = beyond_all;
            return whole;
        }
        if (compared(made, whole.least) < 0) whole.least = made;
        if (compared(made, whole.most) > 0) whole.most = made;
    }
    return whole;
}

}  // namespace zs::interpret
