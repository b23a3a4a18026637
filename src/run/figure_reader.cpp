#include "run/figure_reader.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "base/failure.h"
#include "plan/function.h"
#include "plan/number.h"
#include "plan/value_in_force.h"

namespace zs::run {

using plan::Expression;
using plan::Indicator;
using plan::Period;
using plan::Value;

namespace {

bool is_yearly(Period period) { return plan::months_in(period) == 12; }

}  // namespace

FigureReader::FigureReader(const plan::Model& model, const FigureSources& sources,
                           const std::vector<plan::IndicatorValue>& own)
    : model_(model),
      sources_(sources),
      divisions_(compile::division_rows(model, *sources.divisions, sources.month)) {
    for (const compile::DivisionRow& row : divisions_) by_code_[row.code] = &row;
    for (const plan::IndicatorValue& row : own) {
        const Indicator& indicator = *model.indicator(row.indicator);
        own_[{&indicator, row.division,
              plan::label_text(indicator.period, sources.month, model.calendar)}][row.codes] = {
            row.value, row.numerator, row.denominator, row.known.value_or(0),
            row.unknown.value_or(0)};
    }
    for (const plan::Figure& figure : *sources.figures)
        if (const Indicator* indicator = model.published_indicator(figure.indicator, figure.codes))
            published_[{indicator, figure.division, figure.label}]
                      [indicator->split_of(figure.codes).value_or(figure.codes)]
                          .push_back({{figure.value, figure.numerator, figure.denominator,
                                       figure.known.value_or(0), figure.unknown.value_or(0)},
                                      figure.given || figure.whole,
                                      figure.run_month,
                                      figure.order});
}

std::string FigureReader::label_of(const FigureAt& at) const {
    return plan::label_text(at.period, at.month, model_.calendar);
}

bool FigureReader::is_this_runs(const Indicator& indicator, const FigureAt& at) const {
    return !indicator.given &&
           label_of(at) == plan::label_text(indicator.period, sources_.month, model_.calendar);
}

bool FigureReader::reads_given(const Indicator& indicator) const {
    bool found = false;
    if (indicator.value && indicator.grain.empty())
        plan::visit(*indicator.value, [&](const Expression& e) {
            if (e.node != Expression::Node::indicator) return;
            const Indicator& read = *model_.indicator(e.name);
            found = found || read.given || reads_given(read);
        });
    return found;
}

/// At which divisions an indicator has rows, the nation not among them.
bool FigureReader::is_listed(const Indicator& indicator, const std::string& division) const {
    const auto found = by_code_.find(division);
    if (found == by_code_.end() || !found->second->in_force) return false;
    const auto& levels = indicator.levels;
    return levels.empty() ||
           std::find(levels.begin(), levels.end(), found->second->level) != levels.end();
}

/// The reader's label in the periods of the indicator: 2024 of a year and of a calendar year are
/// one label, a month or term has none in years. Nothing where there is none, or not yet.
std::optional<FigureAt> FigureReader::in_labels_of(const Indicator& indicator, FigureAt at) const {
    if (indicator.period == at.period) return at;
    if (is_yearly(indicator.period) && is_yearly(at.period)) {
        const plan::Months months = plan::months_of_label(
            indicator.period, plan::label_of(at.period, at.month, model_.calendar),
            model_.calendar);
        if (months.first > sources_.month) {
            if (!indicator.given) return std::nullopt;
            at.month = months.first;
            at.as_of.reset();
        } else {
            at.month = std::min(months.last, sources_.month);
        }
    } else if (!at.by_year) {
        return std::nullopt;
    }
    at.period = indicator.period;
    return at;
}

std::optional<FoundFigure> FigureReader::figure(const Indicator& indicator, const FigureAt& asked) {
    const std::optional<FigureAt> at = in_labels_of(indicator, asked);
    if (!at || at->division.empty()) return std::nullopt;
    if (indicator.given) return published(indicator, *at);
    return indicator.grain.empty() ? derived(indicator, *at) : own(indicator, *at);
}

/// Of this run for its own label, else what was published.
std::optional<FoundFigure> FigureReader::own(const Indicator& indicator, const FigureAt& at) const {
    if (!is_this_runs(indicator, at) || (at.as_of && *at.as_of != sources_.month))
        return published(indicator, at);
    const auto place = own_.find({&indicator, at.division, label_of(at)});
    if (place == own_.end()) return std::nullopt;
    const auto found = place->second.find(at.codes);
    if (found == place->second.end()) return std::nullopt;
    return FoundFigure{
        found->second.value,
        plan::period_of(indicator.period, sources_.month, model_.calendar).last == sources_.month,
        sources_.month, &found->second};
}

/// Of several the whole one, then the one of the latest month, then the latest published.
std::optional<FoundFigure> FigureReader::published(const Indicator& indicator,
                                                   const FigureAt& at) const {
    const auto place = published_.find({&indicator, at.division, label_of(at)});
    if (place == published_.end()) return std::nullopt;
    const auto of_codes = place->second.find(at.codes);
    if (of_codes == place->second.end()) return std::nullopt;
    const Published* best = nullptr;
    for (const Published& one : of_codes->second) {
        if (!indicator.given &&
            (one.run_month > sources_.month || (at.as_of && one.run_month != *at.as_of)))
            continue;
        const auto rank = [](const Published& p) {
            return std::tuple(p.whole, p.run_month, p.order);
        };
        if (best == nullptr || rank(*best) < rank(one)) best = &one;
    }
    if (best == nullptr) return std::nullopt;
    return FoundFigure{best->tallied.value, best->whole,
                       indicator.given ? std::nullopt : std::optional(best->run_month),
                       indicator.given ? nullptr : &best->tallied};
}

/// An indicator over indicators: computed for labels of the plan, of earlier ones what was
/// published.
std::optional<FoundFigure> FigureReader::derived(const Indicator& indicator, const FigureAt& at) {
    if (plan::period_of(at.period, at.month, model_.calendar).last < model_.first)
        return published(indicator, at);
    const bool has_rows =
        at.division == "00" ? reads_given(indicator) : is_listed(indicator, at.division);
    if (!has_rows) return std::nullopt;
    const auto key = std::tuple(&indicator, at.division, at.codes, at.month.index,
                                at.as_of ? at.as_of->index : INT32_MIN);
    if (const auto known = derived_.find(key); known != derived_.end()) return known->second;
    FigureAt inner = at;
    inner.by_year = false;
    bool whole = true;
    const Value raw = value(*indicator.value, inner, whole);
    const FoundFigure found{exact(plan::fitted(raw, indicator.type), *indicator.value, at), whole,
                            at.as_of.value_or(std::min(at.month, sources_.month)), nullptr};
    return derived_[key] = found;
}

/// So many labels before: of a figure to date, what was known when as many months had gone.
FigureAt FigureReader::before(const Indicator& indicator, FigureAt at, int labels) {
    const int months = labels * plan::months_in(at.period);
    const std::optional<FoundFigure> now = figure(indicator, at);
    if (now && now->whole)
        at.as_of.reset();
    else if (now && now->run_month)
        at.as_of = now->run_month->plus(-months);
    else if (at.as_of)
        at.as_of = at.as_of->plus(-months);
    at.month = at.month.plus(-months);
    return at;
}

FigureAt FigureReader::place_read(const Expression& e, FigureAt at) {
    if (e.at == "nation")
        at.division = "00";
    else if (!e.at.empty())
        at.division = at.division == "00" ? "" : model_.ancestor(at.division, e.at).value_or("");
    if (e.prior > 0) at = before(*model_.indicator(e.name), at, e.prior);
    return at;
}

/// Where there is no earlier figure to set against this one, what `else` gives; a whole figure is
/// set against a whole one only (ADR 1, 89).
FigureReader::Instead FigureReader::instead(const Expression& e, const FigureAt& at) {
    if (e.operands.empty()) return {};
    const Indicator& indicator = *model_.indicator(e.name);
    Expression present = e;
    present.prior = 0;
    const auto now = figure(indicator, place_read(present, at));
    const auto earlier = figure(indicator, place_read(e, at));
    const bool is_whole = now && now->whole;
    if (earlier && !plan::is_null(earlier->value) && (!is_whole || earlier->whole)) return {};
    if (!is_whole) return {true, {}};
    bool whole = true;
    const Value other = value(*e.operands[0], at, whole);
    return {true, whole ? other : Value()};
}

Value FigureReader::read(const Expression& e, const FigureAt& at, bool& whole) {
    if (const Instead other = instead(e, at); other.is_taken)
        return exact(plan::fitted(other.value, e.type), e, at);
    const Indicator& indicator = *model_.indicator(e.name);
    const std::optional<FoundFigure> found = figure(indicator, place_read(e, at));
    if (!found) return {};
    whole = whole && found->whole;
    const Value as_figure = exact(plan::fitted(found->value, indicator.type), e, at);
    return e.operands.empty() ? as_figure : exact(plan::fitted(as_figure, e.type), e, at);
}

/// Beside figures a parameter is of the label's last month, or the run's where that is earlier.
Value FigureReader::parameter(const Expression& e, const FigureAt& at, bool& whole) {
    const plan::Parameter& parameter = *model_.parameter(e.name);
    base::Month month = std::min(at.month, sources_.month);
    if (e.at_month) {
        const Value asked = value(*e.at_month, at, whole);
        if (plan::is_null(asked)) return {};
        month = std::get<base::Month>(asked);
    }
    const Value item = e.key ? value(*e.key, at, whole) : Value(std::string());
    const Value step = e.step ? value(*e.step, at, whole) : Value(std::int64_t{0});
    if (plan::is_null(item) || plan::is_null(step)) return {};
    std::optional<Value> found;
    if (const auto replaced = sources_.parameters->find(e.name);
        replaced != sources_.parameters->end())
        found = replaced->second;
    if (!found)
        found = plan::value_in_force(model_, parameter, at.division, plan::text(item), step, month);
    if (!found) found = parameter.fallback;
    if (found) return exact(plan::fitted(*found, parameter.type), e, at);
    if (parameter.optional) return {};
    throw base::Failure(base::Fault::input,
                        base::said("参数“{}”在 {} 没有值", "parameter without value: '{}' in {}",
                                   parameter.name, base::text(month)),
                        base::said("区划 {}", "division {}", at.division),
                        base::said("给它写上这个区划、这个月的值，或缺省值",
                                   "give it a value for this division and month, or a default"));
}

Value FigureReader::call(const Expression& e, const FigureAt& at, bool& whole) {
    if (e.name == "case") {
        std::size_t branch = 1;
        for (; branch < e.operands.size(); branch += 2) {
            const Value holds = value(*e.operands[branch - 1], at, whole);
            if (plan::is_null(holds)) return {};
            if (std::get<bool>(holds)) break;
        }
        return exact(
            plan::fitted(value(*e.operands[std::min(branch, e.operands.size() - 1)], at, whole),
                         e.type),
            e, at);
    }
    std::vector<Value> operands;
    for (const plan::ExpressionPtr& operand : e.operands)
        operands.push_back(value(*operand, at, whole));
    return exact(plan::called(e.name, operands, e.type, base::last_day(sources_.month)), e, at);
}

Value FigureReader::value(const Expression& e, const FigureAt& at, bool& whole) {
    switch (e.node) {
        case Expression::Node::literal:
            return exact(plan::fitted(e.value, e.type), e, at);
        case Expression::Node::indicator:
            return read(e, at, whole);
        case Expression::Node::parameter:
            return parameter(e, at, whole);
        case Expression::Node::call:
            return call(e, at, whole);
        case Expression::Node::run:
            if (e.name == "month") return sources_.month;
            if (e.name == "year") return std::int64_t{sources_.month.year()};
            if (e.name == "accounting_year")
                return plan::label_of(Period::year, sources_.month, model_.calendar);
            if (e.name == "term") return base::Term::of_month(sources_.month);
            return base::last_day(sources_.month);
        default:
            throw base::Failure(
                base::Fault::input,
                base::said(
                    "建在指标上的指标只能用数和参数来算",
                    "an indicator over indicators can only calculate with figures and parameters"),
                base::said("{} 第 {} 行", "{} line {}", e.place.file, e.place.line),
                base::said("其余的写成某个粒度上的特征", "state the rest with a grain"));
    }
}

namespace {

Leeway fixed(const Value& value) { return {value, value, 0, 0}; }

bool is_fixed(const Leeway& leeway) {
    const bool same = plan::is_null(leeway.low) || plan::is_null(leeway.high)
                          ? plan::is_null(leeway.low) && plan::is_null(leeway.high)
                          : plan::compared(leeway.low, leeway.high) == 0;
    return same && leeway.share == 0;
}

/// A count with so many more, or fewer.
Value moved(const Value& count, std::int64_t by) {
    const auto number = plan::as_decimal(count);
    const auto sum = number ? base::add(*number, base::Decimal{by, 0}) : std::nullopt;
    return sum ? Value(*sum) : count;
}

/// A share with some of its unknown counted: above the line, below it.
Value share_with(std::int64_t above, std::int64_t below) {
    return static_cast<double>(above) / static_cast<double>(below);
}

/// Nothing where the sides of a share were not kept.
std::optional<std::int64_t> whole_number(const Value& value) {
    if (plan::is_null(value)) return std::nullopt;
    const auto number = plan::as_decimal(value);
    return number ? std::optional(static_cast<std::int64_t>(base::round(*number, 0).units))
                  : std::nullopt;
}

/// Every unknown subject may count above the line or not, and below it.
Leeway leeway_of_share(const Indicator& indicator, const Tallied& figure, double share) {
    std::optional<std::int64_t> above = whole_number(figure.numerator),
                                below = whole_number(figure.denominator);
    if (indicator.tally == Indicator::Tally::known_share) {
        below = figure.known;
        above = std::llround(plan::as_double(figure.value) * static_cast<double>(figure.known));
    }
    if (!above || !below || *below <= 0) return {figure.value, figure.value, share, share};
    return {share_with(*above, *below + figure.unknown),
            share_with(*above + figure.unknown,
                       indicator.share_of_same ? *below + figure.unknown : *below),
            0, share};
}

Leeway leeway_of_tallied(const Indicator& indicator, const Tallied& figure) {
    if (figure.unknown == 0) return fixed(figure.value);
    const double share =
        static_cast<double>(figure.unknown) / static_cast<double>(figure.known + figure.unknown);
    if (plan::is_null(figure.value) || indicator.tally == Indicator::Tally::other)
        return {figure.value, figure.value, share, share};
    if (indicator.tally == Indicator::Tally::count)
        return {moved(figure.value, -figure.unknown * indicator.counts_taken),
                moved(figure.value, figure.unknown * indicator.counts_added), 0, share};
    return leeway_of_share(indicator, figure, share);
}

}  // namespace

Leeway FigureReader::leeway(const Indicator& indicator, const FigureAt& asked) {
    const std::optional<FigureAt> at = in_labels_of(indicator, asked);
    const std::optional<FoundFigure> found = figure(indicator, asked);
    if (!found || !at) return {};
    const bool is_computed =
        found->tallied == nullptr && !indicator.given && indicator.grain.empty() &&
        plan::period_of(at->period, at->month, model_.calendar).last >= model_.first;
    if (is_computed) {
        FigureAt inner = *at;
        inner.by_year = false;
        return leeway(*indicator.value, inner);
    }
    Leeway result = found->tallied != nullptr ? leeway_of_tallied(indicator, *found->tallied)
                                              : fixed(found->value);
    for (Value* end : {&result.low, &result.high})
        if (const auto fits = plan::fitted(*end, indicator.type)) *end = *fits;
    return result;
}

Leeway FigureReader::leeway(const Expression& e, const FigureAt& at) {
    if (e.node == Expression::Node::call) return leeway_of_call(e, at);
    bool whole = true;
    const Value read = value(e, at, whole);
    if (e.node != Expression::Node::indicator) return fixed(read);
    if (const Instead other = instead(e, at); other.is_taken)
        return plan::is_null(other.value) ? fixed({}) : leeway(*e.operands[0], at);
    Leeway result = leeway(*model_.indicator(e.name), place_read(e, at));
    if (is_fixed(result)) return fixed(read);
    return result;
}

/// Sums, products and the like of what lies between bounds lie between what their corners give; of
/// anything else only the share of unknown subjects is known.
Leeway FigureReader::leeway_of_call(const Expression& e, const FigureAt& at) {
    static const std::set<std::string> by_corners{"+",     "-",     "*",    "/",        "negate",
                                                  "round", "floor", "ceil", "greatest", "least"};
    constexpr double unbounded = 2;
    bool whole = true;
    const Value here = value(e, at, whole);
    Leeway result = fixed(here);
    std::vector<Leeway> operands;
    std::size_t moving = 0;
    for (const plan::ExpressionPtr& operand : e.operands) {
        operands.push_back(leeway(*operand, at));
        result.share = std::max(result.share, operands.back().share);
        result.beside = std::max(result.beside, operands.back().beside);
        const bool is_still = plan::is_null(operands.back().low) ||
                              plan::is_null(operands.back().high) ||
                              plan::compared(operands.back().low, operands.back().high) == 0;
        if (!is_still) ++moving;
    }
    if (moving == 0 || plan::is_null(here)) {
        if (plan::is_null(here)) result.beside = result.share;
        return by_corners.contains(e.name) ? result
                                           : Leeway{here, here, result.share, result.share};
    }
    if (!by_corners.contains(e.name) || moving > 4 || operands.size() > 8)
        return {here, here, result.share, result.share};
    if (e.name == "/" && plan::compared(operands[1].low, Value(std::int64_t{0})) <= 0 &&
        plan::compared(operands[1].high, Value(std::int64_t{0})) >= 0) {
        result.beside = unbounded;
        return result;
    }
    for (std::size_t corner = 0; corner < (std::size_t{1} << operands.size()); ++corner) {
        std::vector<Value> values;
        for (std::size_t i = 0; i < operands.size(); ++i)
            values.push_back(((corner >> i) & 1u) != 0 ? operands[i].high : operands[i].low);
        const Value made =
            exact(plan::called(e.name, values, e.type, base::last_day(sources_.month)), e, at);
        if (plan::is_null(made)) {
            result.beside = unbounded;
            return result;
        }
        if (plan::compared(made, result.low) < 0) result.low = made;
        if (plan::compared(made, result.high) > 0) result.high = made;
    }
    return result;
}

namespace {

/// The indicator or target in which an expression stands.
std::string owner_of(const plan::Model& model, const Expression& e) {
    const auto holds = [&](const plan::ExpressionPtr& whole) {
        bool found = false;
        if (whole)
            plan::visit(*whole, [&](const Expression& part) { found = found || &part == &e; });
        return found;
    };
    for (const Indicator& indicator : model.indicators)
        if (holds(indicator.value)) return indicator.name;
    for (const plan::Target& target : model.targets)
        for (const auto& [year, bound] : target.years)
            if (holds(bound.low) || holds(bound.high)) return target.name;
    return {};
}

}  // namespace

Value FigureReader::exact(const plan::Calculated& calculated, const Expression& e,
                          const FigureAt& at) const {
    if (!calculated)
        throw base::Failure(
            base::Fault::input,
            base::said("“{}”在区划 {}、{} 的数位数太多，存不下",
                       "a figure of '{}' at division {} for {} has more digits than can be kept",
                       owner_of(model_, e), at.division, label_of(at)),
            base::said("{} 第 {} 行", "{} line {}", e.place.file, e.place.line),
            base::said("在它读的数据里找离谱的数",
                       "look for a figure far out of range in what it reads"));
    return *calculated;
}

std::set<std::string> FigureReader::codes_of(const Indicator& indicator, const FigureAt& at) const {
    std::set<std::string> codes{""};
    plan::visit(*indicator.value, [&](const Expression& e) {
        if (e.node != Expression::Node::indicator || e.prior > 0 || !e.at.empty()) return;
        const Indicator& read = *model_.indicator(e.name);
        if (read.grain.empty() && !read.given) {
            codes.merge(codes_of(read, at));
        } else if (is_this_runs(read, at)) {
            if (const auto place = own_.find({&read, at.division, label_of(at)});
                place != own_.end())
                for (const auto& [combination, tallied] : place->second) codes.insert(combination);
        } else if (const auto place = published_.find({&read, at.division, label_of(at)});
                   place != published_.end()) {
            for (const auto& [combination, figures] : place->second) {
                const bool counts =
                    std::any_of(figures.begin(), figures.end(), [&](const Published& p) {
                        return read.given || p.run_month <= sources_.month;
                    });
                if (counts) codes.insert(combination);
            }
        }
    });
    return codes;
}

}  // namespace zs::run
