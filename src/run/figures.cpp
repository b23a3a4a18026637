#include "run/figures.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <optional>

#include <fmt/format.h>

#include "base/failure.h"
#include "compile/program.h"

namespace zs::run {

using plan::Expression;
using plan::Indicator;
using plan::Kind;
using plan::Value;

namespace {

struct Figure {
    Value value;
    bool whole = false;
    base::Month run_month;
    std::int64_t order = 0;
    bool own = false;  ///< of this run
};

/// By indicator, division, codes, label; several for a label, the one that counts last.
using Shelf = std::map<std::tuple<std::string, std::string, std::string, std::string>, std::vector<Figure>>;

double as_double(const Value& value) {
    if (const auto* number = std::get_if<std::int64_t>(&value)) return static_cast<double>(*number);
    if (const auto* number = std::get_if<base::Decimal>(&value)) return base::to_double(*number);
    return std::get<double>(value);
}

base::Decimal as_decimal(const Value& value) {
    if (const auto* number = std::get_if<std::int64_t>(&value)) return {*number, 0};
    if (const auto* number = std::get_if<base::Decimal>(&value)) return *number;
    const double number = std::get<double>(value);
    // To nine places, as the compiled statements do.
    const auto exact = base::parse_decimal(fmt::format("{:.9f}", number));
    return exact.value_or(base::Decimal{});
}

/// A value as the type an expression has.
Value as_type(const Value& value, const plan::Type& type) {
    if (plan::is_null(value)) return value;
    if (type.kind == Kind::floating) return as_double(value);
    if (type.kind == Kind::integer) return static_cast<std::int64_t>(base::round(as_decimal(value), 0).units);
    if (type.kind == Kind::decimal) return base::round(as_decimal(value), type.scale);
    return value;
}

std::strong_ordering order_of(const Value& a, const Value& b) {
    if (std::holds_alternative<double>(a) || std::holds_alternative<double>(b)) {
        const double x = as_double(a), y = as_double(b);
        return x < y ? std::strong_ordering::less : x > y ? std::strong_ordering::greater : std::strong_ordering::equal;
    }
    return base::compare(as_decimal(a), as_decimal(b));
}

class Figures {
public:
    Figures(const plan::Model& model, const FigureSources& sources, plan::Outcome& outcome)
        : model_(model), sources_(sources), outcome_(outcome), rows_(compile::division_rows(model, *sources.divisions, sources.month)) {}

    void add() {
        for (plan::IndicatorValue& value : outcome_.indicators) {
            const Indicator& indicator = *model_.indicator(value.indicator);
            value.period = period_text(indicator.period);
            value.label = label_text(indicator.period, sources_.month, model_.calendar);
            value.whole = plan::period_of(indicator.period, sources_.month, model_.calendar).last == sources_.month;
            value.unit = indicator.unit;
            shelf_[{value.indicator, value.division, value.codes, value.label}].push_back({value.value, value.whole, sources_.month, 0, true});
        }
        for (const plan::Figure& figure : *sources_.figures) {
            const Indicator* indicator = model_.indicator(figure.indicator);
            if (indicator == nullptr) continue;
            shelf_[{figure.indicator, figure.division, figure.codes, figure.label}].push_back(
                {as_type(figure.value, indicator->type), figure.given || figure.whole, figure.run_month, figure.order, false});
        }
        std::set<std::string> done;
        for (const Indicator& indicator : model_.indicators) derive(indicator, done);
        for (const plan::Target& target : model_.targets) judge(target);
    }

private:
    struct At {
        std::string division, codes;
        plan::Period period;
        std::int64_t label;  ///< of the period
    };
    struct Read {
        Value value;
        bool whole = true;
    };

    std::vector<std::int64_t> labels_so_far(plan::Period period) const {
        std::vector<std::int64_t> labels;
        for (base::Month month = model_.first; month <= sources_.month; month = month.plus(1)) {
            const std::int64_t label = plan::label_of(period, month, model_.calendar);
            if (labels.empty() || labels.back() != label) labels.push_back(label);
        }
        return labels;
    }

    std::string written(plan::Period period, std::int64_t label) const {
        return label_text(period, plan::months_of_label(period, label, model_.calendar).first, model_.calendar);
    }

    bool is_open(plan::Period period, std::int64_t label) const { return plan::months_of_label(period, label, model_.calendar).last > sources_.month; }

    /// The figure that counts: this run's, else the whole one, of the latest run's month, the latest published.
    const Figure* counting(const std::string& indicator, const At& at, std::int64_t label, const std::optional<base::Month>& to_date_of) const {
        const auto found = shelf_.find({indicator, at.division, at.codes, written(at.period, label)});
        if (found == shelf_.end()) return nullptr;
        const Figure* best = nullptr;
        for (const Figure& figure : found->second) {
            if (to_date_of && !(figure.run_month == *to_date_of)) continue;
            const auto rank = [](const Figure& f) { return std::make_tuple(f.own, f.whole, f.run_month.index, f.order); };
            if (best == nullptr || rank(*best) <= rank(figure)) best = &figure;
        }
        return best;
    }

    Read read_indicator(const Expression& e, At at) {
        const Indicator& indicator = *model_.indicator(e.name);
        if (!e.at.empty()) {
            if (e.at == "nation") {
                at.division = "00";
            } else {
                const auto row = std::find_if(rows_.begin(), rows_.end(), [&](const compile::DivisionRow& r) { return r.code == at.division; });
                const auto above = row == rows_.end() ? std::nullopt : row->reporting[static_cast<std::size_t>(*model_.level_index(e.at))];
                if (!above) return {Value{}, true};
                at.division = *above;
            }
        }
        (void)indicator;
        std::optional<base::Month> to_date_of;
        if (e.prior > 0) {
            // Of a figure to date, the same months then: a given figure is whole and has no such.
            const Figure* now = counting(e.name, at, at.label, std::nullopt);
            const bool now_open = now != nullptr ? !now->whole : is_open(at.period, at.label) && !indicator.given;
            if (now_open && at.period != plan::Period::month) {
                const int length = at.period == plan::Period::school_term ? 6 : 12;
                to_date_of = sources_.month.plus(-length * e.prior);
            }
        }
        const Figure* figure = counting(e.name, at, at.label - e.prior, to_date_of);
        if (figure == nullptr) return {Value{}, true};
        return {figure->value, e.prior > 0 ? true : figure->whole};
    }

    Value parameter(const Expression& e, const At& at, bool& whole) {
        const plan::Parameter& p = *model_.parameter(e.name);
        if (const auto replaced = sources_.parameters->find(e.name); replaced != sources_.parameters->end()) return replaced->second;
        base::Month month = sources_.month;
        // Of a past label, the value in force when it ended.
        const plan::Months months = plan::months_of_label(at.period, at.label, model_.calendar);
        if (months.last < month) month = months.last;
        if (e.at_month) {
            const Value given = evaluate(*e.at_month, at, whole);
            if (plan::is_null(given)) return {};
            month = std::get<base::Month>(given);
        }
        const Value key = e.key ? evaluate(*e.key, at, whole) : Value{};
        const Value step = e.step ? evaluate(*e.step, at, whole) : Value{};
        if ((e.key && plan::is_null(key)) || (e.step && plan::is_null(step))) return {};
        const std::string item = e.key ? plan::text(key) : "";
        std::string place = at.division == "00" ? "" : at.division;
        for (;;) {
            const plan::ParameterValue* found = nullptr;
            bool any = false;
            for (const plan::ParameterValue& value : p.values) {
                if (value.division != place || value.item != item || value.from > month) continue;
                any = true;
                if (value.at && base::compare(*value.at, as_decimal(step)) > 0) continue;
                if (found == nullptr || (value.at && base::compare(*value.at, *found->at) > 0) ||
                    ((!value.at || *value.at == *found->at) && value.from > found->from))
                    found = &value;
            }
            if (found != nullptr) return found->value;
            if (any || place.empty()) break;
            const plan::Level* level = model_.level_of_code(place);
            const int index = level == nullptr ? 0 : *model_.level_index(level->name);
            place = index == 0 ? "" : place.substr(0, static_cast<std::size_t>(model_.levels[static_cast<std::size_t>(index - 1)].digits));
        }
        if (p.fallback) return *p.fallback;
        if (p.optional || at.division == "00") return {};
        throw base::Failure(base::Fault::input, fmt::format("parameter without value: '{}' in {}", p.name, base::text(month)), "division " + at.division,
                            "give it a value for this division and month, or a default");
    }

    Value evaluate(const Expression& e, const At& at, bool& whole) {
        switch (e.node) {
            case Expression::Node::literal: return e.value;
            case Expression::Node::indicator: {
                const Read read = read_indicator(e, at);
                whole = whole && read.whole;
                return read.value;
            }
            case Expression::Node::parameter: return parameter(e, at, whole);
            case Expression::Node::run:
                if (e.name == "month") return sources_.month;
                if (e.name == "year") return std::int64_t{sources_.month.year()};
                if (e.name == "term") return base::Term::of_month(sources_.month);
                return base::last_day(sources_.month);
            case Expression::Node::call: return call(e, at, whole);
            default: throw base::Failure(base::Fault::input, "an indicator over indicators can only calculate with figures and parameters", e.place.file, "state the rest with a grain");
        }
    }

    Value call(const Expression& e, const At& at, bool& whole) {
        const std::string& name = e.name;
        const auto arg = [&](std::size_t i) { return evaluate(*e.operands[i], at, whole); };
        if (name == "case") {
            for (std::size_t i = 0; i + 1 < e.operands.size(); i += 2) {
                const Value condition = arg(i);
                if (!plan::is_null(condition) && std::get<bool>(condition)) return as_type(arg(i + 1), e.type);
            }
            return as_type(arg(e.operands.size() - 1), e.type);
        }
        if (name == "coalesce") {
            for (std::size_t i = 0; i < e.operands.size(); ++i)
                if (const Value value = arg(i); !plan::is_null(value)) return as_type(value, e.type);
            return {};
        }
        if (name == "and" || name == "or") {
            const Value a = arg(0), b = arg(1);
            const bool decides = name == "or";
            for (const Value* side : {&a, &b})
                if (!plan::is_null(*side) && std::get<bool>(*side) == decides) return decides;
            if (plan::is_null(a) || plan::is_null(b)) return {};
            return !decides;
        }
        if (name == "is_null") return plan::is_null(arg(0));
        if (name == "is_not_null") return !plan::is_null(arg(0));
        std::vector<Value> args;
        for (std::size_t i = 0; i < e.operands.size(); ++i) args.push_back(arg(i));
        if (name == "in" || name == "not_in") {
            if (plan::is_null(args[0])) return {};
            bool unknown = false;
            for (std::size_t i = 1; i < args.size(); ++i) {
                if (plan::is_null(args[i])) unknown = true;
                else if (equal(args[0], args[i])) return name == "in";
            }
            if (unknown) return {};
            return name == "not_in";
        }
        for (const Value& value : args)
            if (plan::is_null(value)) return {};
        if (name == "not") return !std::get<bool>(args[0]);
        if (name == "=") return equal(args[0], args[1]);
        if (name == "<>") return !equal(args[0], args[1]);
        if (name == "<" || name == "<=" || name == ">" || name == ">=") {
            const auto order = order_of(args[0], args[1]);
            return name == "<" ? order < 0 : name == "<=" ? order <= 0 : name == ">" ? order > 0 : order >= 0;
        }
        if (name == "greatest" || name == "least") {
            Value best = args[0];
            for (const Value& value : args)
                if (name == "greatest" ? order_of(value, best) > 0 : order_of(value, best) < 0) best = value;
            return as_type(best, e.type);
        }
        if (name == "nullif") return equal(args[0], args[1]) ? Value{} : args[0];
        if (name == "negate") {
            if (const auto* number = std::get_if<double>(&args[0])) return -*number;
            return as_type(base::negate(as_decimal(args[0])), e.type);
        }
        if (name == "abs") {
            if (const auto* number = std::get_if<double>(&args[0])) return std::fabs(*number);
            const base::Decimal number = as_decimal(args[0]);
            return as_type(number.units < 0 ? base::negate(number) : number, e.type);
        }
        if (name == "floor" || name == "ceil") {
            const double number = as_double(args[0]);
            return static_cast<std::int64_t>(name == "floor" ? std::floor(number) : std::ceil(number));
        }
        if (name == "round" || name == "ratio") return as_type(as_decimal(args[0]), e.type);
        if (name == "/") {
            const double divisor = as_double(args[1]);
            if (divisor == 0) return {};
            return as_double(args[0]) / divisor;
        }
        if (name == "+" || name == "-" || name == "*") {
            if (e.type.kind == Kind::floating) {
                const double a = as_double(args[0]), b = as_double(args[1]);
                return name == "+" ? a + b : name == "-" ? a - b : a * b;
            }
            const base::Decimal a = as_decimal(args[0]), b = as_decimal(args[1]);
            const auto result = name == "+" ? base::add(a, b) : name == "-" ? base::subtract(a, b) : base::multiply(a, b);
            if (!result) throw base::Failure(base::Fault::input, "a figure has more digits than can be kept", e.place.file, "look at the indicator's formula");
            return as_type(*result, e.type);
        }
        throw base::Failure(base::Fault::input, fmt::format("'{}' cannot be used in an indicator over indicators", name), e.place.file, "state it with a grain");
    }

    static bool equal(const Value& a, const Value& b) {
        const auto number = [](const Value& v) { return std::holds_alternative<std::int64_t>(v) || std::holds_alternative<double>(v) || std::holds_alternative<base::Decimal>(v); };
        if (number(a) && number(b)) return order_of(a, b) == 0;
        return a == b;
    }

    /// Which codes the figures that an expression reads are split by, at a place and label.
    std::set<std::string> codes_read(const Expression& e, const std::string& division) const {
        std::set<std::string> codes{""};
        plan::visit(e, [&](const Expression& part) {
            if (part.node != Expression::Node::indicator) return;
            for (auto it = shelf_.lower_bound({part.name, division, "", ""}); it != shelf_.end() && std::get<0>(it->first) == part.name && std::get<1>(it->first) == division; ++it)
                codes.insert(std::get<2>(it->first));
        });
        return codes;
    }

    bool reads_given(const Indicator& indicator) const {
        bool given = indicator.given;
        if (indicator.value && indicator.grain.empty())
            plan::visit(*indicator.value, [&](const Expression& part) {
                if (part.node == Expression::Node::indicator && reads_given(*model_.indicator(part.name))) given = true;
            });
        return given;
    }

    void derive(const Indicator& indicator, std::set<std::string>& done) {
        if (!indicator.grain.empty() || !done.insert(indicator.name).second) return;
        if (indicator.value)
            plan::visit(*indicator.value, [&](const Expression& part) {
                if (part.node == Expression::Node::indicator) derive(*model_.indicator(part.name), done);
            });
        std::vector<const compile::DivisionRow*> places;
        for (const compile::DivisionRow& row : rows_)
            if (row.in_force && (indicator.levels.empty() || std::find(indicator.levels.begin(), indicator.levels.end(), row.level) != indicator.levels.end())) places.push_back(&row);
        compile::DivisionRow nation;
        nation.code = "00";
        nation.name = "全国";
        nation.level = "nation";
        if (reads_given(indicator)) places.push_back(&nation);
        if (indicator.given) {
            publish_given(indicator, places);
            return;
        }
        for (const std::int64_t label : labels_so_far(indicator.period))
            for (const compile::DivisionRow* place : places)
                for (const std::string& codes : codes_read(*indicator.value, place->code)) {
                    const At at{place->code, codes, indicator.period, label};
                    bool whole = true;
                    Value value = as_type(evaluate(*indicator.value, at, whole), indicator.type);
                    if (is_open(indicator.period, label) && !reads_only_given(indicator)) whole = false;
                    shelf_[{indicator.name, place->code, codes, written(indicator.period, label)}].push_back({value, whole, sources_.month, 0, true});
                    // A place for which nothing was ever known keeps no empty row of a past label.
                    if (plan::is_null(value) && label != plan::label_of(indicator.period, sources_.month, model_.calendar)) continue;
                    outcome_.indicators.push_back(row_of(indicator, *place, written(indicator.period, label), codes, value, whole));
                }
    }

    bool reads_only_given(const Indicator& indicator) const {
        if (indicator.given) return true;
        if (!indicator.grain.empty() || !indicator.value) return false;
        bool only = true;
        plan::visit(*indicator.value, [&](const Expression& part) {
            if (part.node == Expression::Node::indicator && !reads_only_given(*model_.indicator(part.name))) only = false;
        });
        return only;
    }

    static plan::IndicatorValue row_of(const Indicator& indicator, const compile::DivisionRow& place, const std::string& label, const std::string& codes, const Value& value, bool whole) {
        plan::IndicatorValue row;
        row.indicator = indicator.name;
        row.period = period_text(indicator.period);
        row.label = label;
        row.whole = whole;
        row.level = place.level;
        row.division = place.code;
        row.name = place.name;
        row.codes = codes;
        row.value = value;
        row.unit = indicator.unit;
        return row;
    }

    void publish_given(const Indicator& indicator, const std::vector<const compile::DivisionRow*>& places) {
        for (const std::int64_t label : labels_so_far(indicator.period))
            for (const compile::DivisionRow* place : places) {
                const At at{place->code, "", indicator.period, label};
                if (const Figure* figure = counting(indicator.name, at, label, std::nullopt))
                    outcome_.indicators.push_back(row_of(indicator, *place, written(indicator.period, label), "", figure->value, true));
            }
    }

    void judge(const plan::Target& target) {
        const Indicator* indicator = model_.indicator(target.indicator);
        if (indicator == nullptr) return;
        const bool monthly = indicator->period == plan::Period::month || indicator->period == plan::Period::school_term;
        const plan::Period calendar = monthly ? plan::Period::calendar_year : indicator->period;
        const std::int64_t now = plan::label_of(calendar, sources_.month, model_.calendar);
        for (const auto& [year, bound] : target.years) {
            if (year > now) continue;
            const plan::Months months = plan::months_of_label(calendar, year, model_.calendar);
            const base::Month at_month = std::min(months.last, sources_.month);
            const std::int64_t label = monthly ? plan::label_of(indicator->period, at_month, model_.calendar) : year;
            for (const compile::DivisionRow& row : rows_) {
                if (!row.in_force || row.level != target.at_level) continue;
                if (target_subjects_ != nullptr && target.where && !target_subjects_->contains(target.name + "\n" + row.code)) continue;
                judge_one(target, *indicator, year, bound, {row.code, "", indicator->period, label}, months.last > sources_.month, months);
            }
        }
    }

    void judge_one(const plan::Target& target, const Indicator& indicator, int year, const plan::Bound& bound, const At& at, bool year_open, const plan::Months& months) {
        plan::TargetState state;
        state.target = target.name;
        state.division = at.division;
        state.label = std::to_string(year);
        bool whole = true;
        Expression figure;
        figure.node = Expression::Node::indicator;
        figure.name = indicator.name;
        figure.type = indicator.type;
        state.value = evaluate(figure, at, whole);
        if (year_open && indicator.period == plan::Period::month) whole = false;
        bool bound_whole = true;
        const Value low = evaluate(*bound.low, at, bound_whole);
        const Value high = bound.high ? evaluate(*bound.high, at, bound_whole) : Value{};
        whole = whole && bound_whole;
        state.bound = low;
        if (plan::is_null(state.value) || plan::is_null(low) || (bound.high && plan::is_null(high))) {
            state.status = "no_data";
            outcome_.targets.push_back(state);
            return;
        }
        if (bound.high) {
            const double to_low = std::fabs(as_double(state.value) - as_double(low)), to_high = std::fabs(as_double(state.value) - as_double(high));
            state.bound = to_high < to_low ? high : low;
        }
        state.gap = difference(state.value, state.bound);
        const double share = whole || !bound.constant ? 1.0 : share_gone(target, months);
        const bool holds = holds_bound(bound, state.value, low, high, share);
        state.status = whole ? (holds ? "met" : "missed") : (holds ? "on_track" : "behind");
        outcome_.targets.push_back(state);
    }

    static Value difference(const Value& a, const Value& b) {
        if (std::holds_alternative<double>(a) || std::holds_alternative<double>(b)) return as_double(a) - as_double(b);
        const auto exact = base::subtract(as_decimal(a), as_decimal(b));
        if (!exact) return {};
        if (exact->scale == 0) return static_cast<std::int64_t>(exact->units);
        return *exact;
    }

    double share_gone(const plan::Target& target, const plan::Months& months) const {
        const int gone = sources_.month.index - months.first.index + 1;
        if (target.linear) return static_cast<double>(gone) / 12.0;
        if (target.pace.empty()) return 1.0;
        double share = 0;
        for (int i = 0; i < gone && i < 12; ++i) share += base::to_double(target.pace[static_cast<std::size_t>(i)]);
        return share;
    }

    static bool holds_bound(const plan::Bound& bound, const Value& value, const Value& low, const Value& high, double share) {
        const auto against = [&](const Value& side) { return share == 1.0 ? order_of(value, side) : order_of(value, Value{as_double(side) * share}); };
        if (bound.comparison == ">=") return against(low) >= 0;
        if (bound.comparison == ">") return against(low) > 0;
        if (bound.comparison == "<=") return against(low) <= 0;
        if (bound.comparison == "<") return against(low) < 0;
        if (bound.comparison == "=") return against(low) == 0;
        return against(low) >= 0 && against(high) <= 0;
    }

    const plan::Model& model_;
    const FigureSources& sources_;
    plan::Outcome& outcome_;
    std::vector<compile::DivisionRow> rows_;
    Shelf shelf_;
    const std::set<std::string>* target_subjects_ = nullptr;
};

}  // namespace

std::string label_text(plan::Period period, base::Month month, const plan::Calendar& calendar) {
    const std::int64_t label = plan::label_of(period, month, calendar);
    switch (period) {
        case plan::Period::year:
        case plan::Period::calendar_year: return std::to_string(label);
        case plan::Period::school_term: return base::text(base::Term{static_cast<std::int32_t>(label)});
        default: return base::text(month);
    }
}

std::string period_text(plan::Period period) {
    switch (period) {
        case plan::Period::year: return "year";
        case plan::Period::calendar_year: return "calendar_year";
        case plan::Period::school_term: return "school_term";
        default: return "month";
    }
}

void add_figures_and_targets(const plan::Model& model, const FigureSources& sources, plan::Outcome& outcome) {
    Figures(model, sources, outcome).add();
}

}  // namespace zs::run
