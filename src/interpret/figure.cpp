#include <algorithm>
#include <tuple>

#include "interpret/evaluation.h"

namespace zs::interpret {

using base::Month;
using plan::Expression;
using plan::Indicator;
using plan::IndicatorValue;
using plan::Period;
using plan::Value;

namespace {

bool is_yearly(Period period) { return period == Period::year || period == Period::calendar_year; }

}  // namespace

/// The codes of its split among those that a figure is published under; nothing where the figure is
/// another's.
static std::optional<std::string> own_codes(const Indicator& indicator,
                                            const plan::Figure& figure) {
    if (figure.indicator == indicator.name && indicator.family.empty()) return figure.codes;
    if (figure.indicator != indicator.family || indicator.family.empty()) return std::nullopt;
    return indicator.split_of(figure.codes);
}

/// Where the figure stands that is named: of labels before, of a place above.
FigurePlace Evaluation::moved(const Expression& e, FigurePlace place) {
    const Indicator& indicator = *model_.indicator(e.name);
    if (e.at == "nation")
        place.division = "00";
    else if (!e.at.empty()) {
        const auto above =
            place.division == "00" ? std::nullopt : model_.ancestor(place.division, e.at);
        place.division = above.value_or("");
    }
    if (e.prior > 0) {
        // Of a figure to date: what was known of the earlier label when as many of its months had
        // gone.
        const int back = e.prior * months_in(place.period);
        const auto now = figure(indicator, place);
        if (now && now->whole)
            place.as_of.reset();
        else if (now && now->run_month)
            place.as_of = now->run_month->plus(-back);
        else if (place.as_of)
            place.as_of = place.as_of->plus(-back);
        place.month = place.month.plus(-back);
    }
    return place;
}

/// Only a whole figure is set against a whole one: of a figure to date nothing stands for the
/// earlier one.
std::optional<Value> Evaluation::stand_in(const Expression& e, const FigurePlace& place) {
    if (e.operands.empty()) return std::nullopt;
    const Indicator& indicator = *model_.indicator(e.name);
    Expression own = e;
    own.prior = 0;
    const auto now = figure(indicator, moved(own, place));
    const auto before = figure(indicator, moved(e, place));
    const bool there = before && !plan::is_null(before->value);
    if (now && now->whole) {
        if (there && before->whole) return std::nullopt;
        bool whole = true;
        FigurePlace inner = place;
        inner.all_whole = &whole;
        const Value other = value(
            *e.operands[0],
            {.row_window = {}, .subject_window = {}, .place = &inner.division, .figures = &inner});
        return whole ? other : Value();
    }
    return there ? std::nullopt : std::optional<Value>(Value());
}

/// The figure named, of this place, label and codes, or of labels before and places above.
Value Evaluation::read_figure(const Expression& e, const Context& context) {
    if (const auto other = stand_in(e, *context.figures))
        return exact(fitted(*other, e.type), "a figure");
    const Indicator& indicator = *model_.indicator(e.name);
    const auto found = figure(indicator, moved(e, *context.figures));
    // What is not there is not read, and leaves whole what is.
    if (context.figures->all_whole != nullptr && found && !found->whole)
        *context.figures->all_whole = false;
    if (!found) return {};
    const Value read = exact(fitted(found->value, indicator.type), "a figure");
    return e.operands.empty() ? read : exact(fitted(read, e.type), "a figure");
}

/// A figure by the label of the reader; nothing where the indicator's labels are of another kind.
std::optional<Evaluation::Found> Evaluation::figure(const Indicator& indicator,
                                                    const FigurePlace& asked) {
    FigurePlace place = asked;
    if (place.division.empty()) return std::nullopt;
    if (indicator.period != place.period) {
        if (is_yearly(indicator.period) && is_yearly(place.period)) {
            const std::int64_t label = plan::label_of(place.period, place.month, model_.calendar);
            const plan::Months months =
                plan::months_of_label(indicator.period, label, model_.calendar);
            if (months.first > month_)
                return indicator.given ? published(indicator, {.division = place.division,
                                                               .month = months.first,
                                                               .period = indicator.period,
                                                               .codes = place.codes,
                                                               .as_of = std::nullopt})
                                       : std::nullopt;
            place.month = std::min(months.last, month_);
        } else if (!place.by_year) {
            return std::nullopt;
        }
        place.period = indicator.period;
    }
    if (indicator.given) return published(indicator, place);
    return indicator.grain.empty() ? derived_figure(indicator, place)
                                   : own_figure(indicator, place);
}

/// Of this run for its own label, else what was published.
std::optional<Evaluation::Found> Evaluation::own_figure(const Indicator& indicator,
                                                        const FigurePlace& place) {
    const std::string label = label_text(place.period, place.month, model_.calendar);
    const bool own = label == label_text(indicator.period, month_, model_.calendar) &&
                     (!place.as_of || *place.as_of == month_);
    if (!own) return published(indicator, place);
    for (const IndicatorValue& row : own_values(indicator))
        if (row.division == place.division && row.codes == place.codes)
            return Found{row.value,
                         row.whole,
                         month_,
                         true,
                         row.known.value_or(0),
                         row.unknown.value_or(0),
                         row.numerator,
                         row.denominator};
    return std::nullopt;
}

/// Of several for a label the whole one, then the one of the latest month, then the latest
/// published.
std::optional<Evaluation::Found> Evaluation::published(const Indicator& indicator,
                                                       const FigurePlace& place) {
    const std::string label = label_text(place.period, place.month, model_.calendar);
    const plan::Figure* best = nullptr;
    for (const plan::Figure& figure : data_.figures) {
        if (figure.division != place.division || figure.label != label ||
            own_codes(indicator, figure) != place.codes)
            continue;
        if (!indicator.given &&
            (month_ < figure.run_month || (place.as_of && figure.run_month != *place.as_of)))
            continue;
        const auto rank = [](const plan::Figure& f) {
            return std::tuple(f.whole, f.run_month, f.order);
        };
        if (best == nullptr || rank(*best) < rank(figure)) best = &figure;
    }
    if (best == nullptr) return std::nullopt;
    if (indicator.given) {
        Found given;
        given.value = best->value;
        given.whole = best->whole;
        return given;
    }
    return Found{best->value,
                 best->whole,
                 best->run_month,
                 true,
                 best->known.value_or(0),
                 best->unknown.value_or(0),
                 best->numerator,
                 best->denominator};
}

/// Computed anew for every label of the plan so far; of an earlier one only what was published.
std::optional<Evaluation::Found> Evaluation::derived_figure(const Indicator& indicator,
                                                            const FigurePlace& place) {
    if (plan::period_of(place.period, place.month, model_.calendar).last < model_.first)
        return published(indicator, place);
    if (place.division == "00" ? !reads_given(indicator)
                               : !places_.in_force(place.division, month_))
        return std::nullopt;
    const plan::Level* level = model_.level_of_code(place.division);
    const bool listed =
        indicator.levels.empty() || place.division == "00" ||
        (level != nullptr && std::find(indicator.levels.begin(), indicator.levels.end(),
                                       level->name) != indicator.levels.end());
    if (!listed) return std::nullopt;
    bool whole = true;
    FigurePlace inner = place;
    inner.all_whole = &whole;
    inner.by_year = false;
    const Value found = value(
        *indicator.value,
        {.row_window = {}, .subject_window = {}, .place = &inner.division, .figures = &inner});
    Found derived;
    derived.value = exact(fitted(found, indicator.type), "the value");
    derived.whole = whole;
    derived.run_month = place.as_of.value_or(std::min(place.month, month_));
    return derived;
}

bool Evaluation::reads_given(const Indicator& indicator) const {
    bool found = false;
    if (indicator.value && indicator.grain.empty())
        plan::visit(*indicator.value, [&](const Expression& e) {
            if (e.node != Expression::Node::indicator || found) return;
            const Indicator& read = *model_.indicator(e.name);
            found = read.given || reads_given(read);
        });
    return found;
}

/// The combinations of codes of what the indicator reads at its own place and label; all together
/// always.
std::set<std::string> Evaluation::codes_at(const Indicator& indicator, const std::string& division,
                                           Month month, Period period) {
    std::set<std::string> codes{""};
    const std::string label = label_text(period, month, model_.calendar);
    plan::visit(*indicator.value, [&](const Expression& e) {
        if (e.node != Expression::Node::indicator || e.prior > 0 || !e.at.empty()) return;
        const Indicator& read = *model_.indicator(e.name);
        if (read.grain.empty() && !read.given) {
            codes.merge(codes_at(read, division, month, period));
        } else if (!read.given && label == label_text(read.period, month_, model_.calendar)) {
            for (const IndicatorValue& row : own_values(read))
                if (row.division == division) codes.insert(row.codes);
        } else {
            for (const plan::Figure& figure : data_.figures)
                if (const auto own = own_codes(read, figure);
                    own && figure.division == division && figure.label == label &&
                    (read.given || figure.run_month <= month_))
                    codes.insert(*own);
        }
    });
    return codes;
}

/// An indicator over indicators, for every label of the plan so far.
std::vector<IndicatorValue> Evaluation::derived(const Indicator& indicator) {
    std::vector<std::string> divisions;
    if (reads_given(indicator)) divisions.emplace_back("00");
    for (const plan::Level& level : model_.levels) {
        if (!indicator.levels.empty() && std::find(indicator.levels.begin(), indicator.levels.end(),
                                                   level.name) == indicator.levels.end())
            continue;
        for (const std::string& code : places_.of_level(level.name, month_))
            divisions.push_back(code);
    }
    std::vector<IndicatorValue> rows;
    for (Month first = plan::period_of(indicator.period, model_.first, model_.calendar).first;
         first <= month_; first = first.plus(months_in(indicator.period))) {
        const Month month =
            std::min(plan::period_of(indicator.period, first, model_.calendar).last, month_);
        for (const std::string& division : divisions)
            for (const std::string& codes :
                 codes_at(indicator, division, month, indicator.period)) {
                doing_place_ = division;
                const auto found = derived_figure(indicator, {.division = division,
                                                              .month = month,
                                                              .period = indicator.period,
                                                              .codes = codes,
                                                              .as_of = std::nullopt});
                IndicatorValue row = blank(indicator, division, codes, month);
                row.value = found ? found->value : Value();
                row.whole = found && found->whole;
                rows.push_back(std::move(row));
            }
    }
    doing_place_.clear();
    return rows;
}

}  // namespace zs::interpret
