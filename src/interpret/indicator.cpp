#include <algorithm>

#include <fmt/format.h>

#include "base/text.h"
#include "interpret/evaluation.h"

namespace zs::interpret {

using plan::Expression;
using plan::Grain;
using plan::Indicator;
using plan::IndicatorValue;
using plan::is_null;
using plan::Period;
using plan::Value;

/// A row of results without its value, of the label that holds `month`.
IndicatorValue Evaluation::blank(const Indicator& indicator, const std::string& division,
                                 const std::string& codes, base::Month month) const {
    IndicatorValue row;
    row.indicator = indicator.name;
    row.period = plan::text(indicator.period);
    row.label = label_text(indicator.period, month, model_.calendar);
    row.whole = plan::period_of(indicator.period, month, model_.calendar).last <= month_;
    const plan::Level* level = model_.level_of_code(division);
    row.level = division == "00" ? "nation" : level != nullptr ? level->name : "";
    row.division = division;
    if (const plan::Division* place = places_.find(division)) row.name = place->name;
    row.codes = codes;
    row.unit = indicator.unit;
    return row;
}

/// Whole subjects only: no argument or filter of an aggregate may be NULL.
bool Evaluation::is_known(const Indicator& indicator, const Context& context) {
    bool known = true;
    for (const plan::ExpressionPtr& side : {indicator.value, indicator.per}) {
        if (!side) continue;
        plan::visit(*side, [&](const Expression& e) {
            if (e.node != Expression::Node::aggregate) return;
            for (const plan::ExpressionPtr& argument : e.operands)
                known = known && !is_null(value(*argument, context));
            if (e.filter) known = known && !is_null(value(*e.filter, context));
        });
    }
    return known;
}

/// The subjects for which `where` is not false.
std::vector<Evaluation::Counted> Evaluation::counted(const Indicator& indicator,
                                                     const Seen& window) {
    const Grain& grain = *model_.grain(indicator.grain);
    const bool of_the_day =
        !grain.every && (grain.form == Grain::Form::registry || grain.form == Grain::Form::level);
    std::vector<Counted> all;
    for (const Thing& subject : of_the_day ? subjects(grain) : subjects_in(grain, window, false)) {
        Counted one{subject, grain.every ? own_window(subject) : window, false, {}, std::nullopt};
        const std::string place =
            indicator.place.empty()
                ? division_of(subject)
                : division_of(subject, indicator.way_to_place, indicator.place_field);
        doing_place_ = place;
        const Context context{.row = &one.subject,
                              .subject = &one.subject,
                              .row_window = one.window,
                              .subject_window = one.window};
        const Value where = indicator.where ? value(*indicator.where, context) : Value(true);
        if (!is_null(where) && !std::get<bool>(where)) continue;
        one.known = !is_null(where) && is_known(indicator, context);
        if (!place.empty()) one.places = places_.roll_up(place);
        std::vector<std::string> codes;
        for (std::size_t i = 0; i < indicator.split.size(); ++i) {
            const Value code = value(*indicator.split[i], context);
            if (!is_null(code)) codes.push_back(indicator.split_names[i] + "=" + plan::text(code));
        }
        if (!codes.empty() && codes.size() == indicator.split.size())
            one.codes = base::join(codes, ",");
        all.push_back(std::move(one));
    }
    doing_place_.clear();
    return all;
}

IndicatorValue Evaluation::rolled_value(const Indicator& indicator, const std::string& division,
                                        const std::string& codes,
                                        const std::vector<const Counted*>& subjects) {
    IndicatorValue row = blank(indicator, division, codes, month_);
    std::vector<Context> known;
    for (const Counted* one : subjects)
        if (one->known)
            known.push_back({.row = &one->subject,
                             .subject = &one->subject,
                             .row_window = one->window,
                             .subject_window = one->window});
    row.known = static_cast<std::int64_t>(known.size());
    row.unknown = static_cast<std::int64_t>(subjects.size() - known.size());
    if (indicator.min_known && !subjects.empty()) {
        const auto needed = base::multiply(
            *indicator.min_known, base::Decimal{static_cast<base::Wide>(subjects.size()), 0});
        row.no_data = base::Decimal{*row.known, 0} < *needed;
    }
    if (!indicator.owed.empty()) {
        const Owing owing = owing_at(*model_.ledger(indicator.owed), division,
                                     seen(plan::to_date(indicator.period), month_).months);
        row.undelivered = owing.late;
        const base::Decimal come{static_cast<base::Wide>(owing.all - owing.late), 0};
        const bool none_owe = owing.all == 0 && *indicator.min_delivered != base::Decimal{0, 0};
        row.no_data = row.no_data || none_owe ||
                      come < *base::multiply(*indicator.min_delivered,
                                             base::Decimal{static_cast<base::Wide>(owing.all), 0});
    }
    if (row.no_data) return row;
    doing_place_ = division;
    const Context over{.row_window = {},
                       .subject_window = {},
                       .many = &known,
                       .over = Context::Over::subjects,
                       .place = &division};
    row.value = exact(fitted(value(*indicator.value, over), indicator.value->type), "the value");
    if (indicator.per) {
        row.numerator = row.value;
        row.denominator = exact(fitted(value(*indicator.per, over), indicator.per->type), "'per'");
        row.value = exact(calculated("/", row.numerator, row.denominator, plan::floating_type()),
                          "the value");
    }
    doing_place_.clear();
    return row;
}

/// An indicator over subjects: one row for every division in force at its levels, and for each
/// combination of codes that occurs there.
std::vector<IndicatorValue> Evaluation::rolled_up(const Indicator& indicator) {
    const std::vector<Counted> all =
        counted(indicator, seen(plan::to_date(indicator.period), month_));
    std::vector<IndicatorValue> rows;
    for (const plan::Level& level : model_.levels) {
        if (!indicator.levels.empty() && std::find(indicator.levels.begin(), indicator.levels.end(),
                                                   level.name) == indicator.levels.end())
            continue;
        for (const std::string& division : places_.of_level(level.name, month_)) {
            std::map<std::string, std::vector<const Counted*>> groups;
            groups[""];
            for (const Counted& one : all) {
                if (std::find(one.places.begin(), one.places.end(), division) == one.places.end())
                    continue;
                groups[""].push_back(&one);
                if (one.codes) groups[*one.codes].push_back(&one);
            }
            for (const auto& [codes, subjects] : groups)
                rows.push_back(rolled_value(indicator, division, codes, subjects));
        }
    }
    return rows;
}

/// What this run publishes of an indicator; of given ones nothing.
const std::vector<IndicatorValue>& Evaluation::own_values(const Indicator& indicator) {
    if (const auto found = own_.find(&indicator); found != own_.end()) return found->second;
    const std::string before = doing_;
    doing_ = fmt::format("indicator '{}'", indicator.name);
    std::vector<IndicatorValue> rows;
    if (!indicator.given)
        rows = indicator.grain.empty() ? derived(indicator) : rolled_up(indicator);
    doing_ = before;
    return own_[&indicator] = std::move(rows);
}

std::vector<IndicatorValue> Evaluation::indicator_values(const Indicator& indicator) {
    return own_values(indicator);
}

}  // namespace zs::interpret
