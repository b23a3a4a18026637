#include <algorithm>
#include <functional>
#include <set>

#include <fmt/format.h>

#include "base/text.h"
#include "plan/builder.h"
#include "plan/figure.h"

namespace zs::plan {

namespace {

/// Whether two expressions say the same.
bool is_same(const ExpressionPtr& a, const ExpressionPtr& b) {
    if (!a || !b) return !a && !b;
    const bool alike = a->node == b->node && a->value == b->value && a->scope == b->scope &&
                       a->path == b->path && a->grain == b->grain && a->name == b->name &&
                       a->code == b->code && a->window == b->window && a->distinct == b->distinct &&
                       a->prior == b->prior && a->at == b->at &&
                       a->operands.size() == b->operands.size() &&
                       is_same(a->at_month, b->at_month) && is_same(a->key, b->key) &&
                       is_same(a->step, b->step) && is_same(a->filter, b->filter);
    if (!alike) return false;
    for (std::size_t i = 0; i < a->operands.size(); ++i)
        if (!is_same(a->operands[i], b->operands[i])) return false;
    return true;
}

bool is_count(const Expression& e) {
    return e.node == Expression::Node::aggregate && (e.name == "count" || e.name == "count_if");
}

void add_conditions(const ExpressionPtr& e, std::vector<ExpressionPtr>& conditions) {
    if (!e) return;
    if (e->node == Expression::Node::call && e->name == "and")
        for (const ExpressionPtr& part : e->operands) add_conditions(part, conditions);
    else
        conditions.push_back(e);
}

/// What must hold of a subject that a count counts.
std::vector<ExpressionPtr> conditions_of(const Expression& count) {
    std::vector<ExpressionPtr> conditions;
    add_conditions(count.filter, conditions);
    if (count.name == "count_if") add_conditions(count.operands[0], conditions);
    return conditions;
}

/// Whether every subject that the first counts is counted by the second.
bool is_within(const Expression& part, const Expression& whole) {
    if (whole.distinct) return false;
    const std::vector<ExpressionPtr> of_part = conditions_of(part), of_whole = conditions_of(whole);
    return std::all_of(of_whole.begin(), of_whole.end(), [&](const ExpressionPtr& condition) {
        return std::any_of(of_part.begin(), of_part.end(),
                           [&](const ExpressionPtr& other) { return is_same(condition, other); });
    });
}

/// Counts how often subjects are added and taken away; false where it is anything else.
bool is_sum_of_counts(const Expression& e, bool is_taken, Indicator& indicator) {
    if (is_count(e)) {
        ++(is_taken ? indicator.counts_taken : indicator.counts_added);
        return true;
    }
    if (e.node == Expression::Node::literal || e.node == Expression::Node::parameter) return true;
    if (e.node != Expression::Node::call) return false;
    if (e.name == "negate") return is_sum_of_counts(*e.operands[0], !is_taken, indicator);
    if (e.name != "+" && e.name != "-") return false;
    return is_sum_of_counts(*e.operands[0], is_taken, indicator) &&
           is_sum_of_counts(*e.operands[1], is_taken != (e.name == "-"), indicator);
}

void settle_tally(Indicator& indicator) {
    if (!indicator.value) return;
    const Expression& value = *indicator.value;
    using Tally = Indicator::Tally;
    if (indicator.per) {
        if (!is_count(value) || !is_count(*indicator.per)) return;
        indicator.tally = Tally::share;
        indicator.share_of_same = is_within(value, *indicator.per);
        return;
    }
    const bool is_known_share = value.node == Expression::Node::call && value.name == "/" &&
                                is_count(*value.operands[0]) && is_count(*value.operands[1]) &&
                                value.operands[1]->operands.empty() && !value.operands[1]->filter;
    if (is_known_share) {
        indicator.tally = Tally::known_share;
        indicator.share_of_same = true;
    } else if (is_sum_of_counts(value, false, indicator)) {
        indicator.tally = Tally::count;
    }
}

}  // namespace

/// The codes for which `each` makes one; one empty code where a block has no `each`, none where its
/// list is not there.
std::vector<std::string> Builder::each_codes(const Item& item, std::string& list) {
    const toml::node* each = item.table.get("each");
    if (each == nullptr) return {""};
    list = each->value_or<std::string>("");
    std::vector<std::string> codes;
    if (const CodeList* found = model.code_list(list); found != nullptr && !found->codes.empty()) {
        for (const Code& code : found->codes) codes.push_back(code.code);
        return codes;
    }
    faulty_.insert(item.block.kind + " " + item.block.name);
    if (faulty_.contains("codelist " + list)) return {};
    std::vector<std::string> known;
    for (const CodeList& other : model.code_lists) known.push_back(other.name);
    const Table table(item.table, item.block.body, report, "");
    report.error("unknown-name", table.place("each"), table.value_length("each"),
                 fmt::format("'each' names a code list; there is none named '{}'", list),
                 base::did_you_mean(list, known));
    return {};
}

void Builder::declare_indicators() {
    for (Item* item : by_kind_["indicator"]) {
        std::string list;
        for (const std::string& code : each_codes(*item, list)) {
            Indicator indicator;
            indicator.name = item->block.name;
            if (!list.empty()) {
                indicator.family = indicator.name;
                indicator.each_list = list;
                indicator.each_code = code;
                indicator.name += "[" + code + "]";
            }
            indicator.Definition::place = item->block.place;
            indicator_index_[indicator.name] = model.indicators.size();
            indicator_items_.push_back(item);
            model.indicators.push_back(std::move(indicator));
        }
    }
    indicator_state_.assign(model.indicators.size(), 0);
}

void Builder::bind_indicator(std::size_t index) {
    if (indicator_state_[index] == 2) return;
    if (indicator_state_[index] == 1) {
        report_indicator_ring(index);
        return;
    }
    indicator_state_[index] = 1;
    indicators_under_way_.push_back(index);
    const bool failed_before = failed_;
    failed_ = false;
    Indicator& indicator = model.indicators[index];
    const std::string *list_before = each_list_, *code_before = each_code_;
    each_list_ = indicator.family.empty() ? nullptr : &indicator.each_list;
    each_code_ = indicator.family.empty() ? nullptr : &indicator.each_code;
    read_indicator(*indicator_items_[index], indicator);
    each_list_ = list_before;
    each_code_ = code_before;
    if (failed_) {
        faulty_.insert("indicator " + indicator.published_name());
        indicator.type = Type{};
    } else if (!indicator.grain.empty()) {
        settle_tally(indicator);
    }
    failed_ = failed_before;
    indicators_under_way_.pop_back();
    indicator_state_[index] = 2;
}

void Builder::report_indicator_ring(std::size_t index) {
    std::string ring;
    for (auto it = std::find(indicators_under_way_.begin(), indicators_under_way_.end(), index);
         it != indicators_under_way_.end(); ++it)
        ring += model.indicators[*it].name + " → ";
    const Indicator& indicator = model.indicators[index];
    report.error("cycle", indicator.Definition::place, 9,
                 fmt::format("an indicator needs itself: {}{}", ring, indicator.name),
                 "break the ring: one of them must be said without the other");
    failed_ = true;
}

void Builder::read_indicator_period(Table& table, Indicator& indicator) {
    const auto period = table.text("period");
    if (!period) return;
    static const std::map<std::string, Period> periods{{"month", Period::month},
                                                       {"year", Period::year},
                                                       {"calendar_year", Period::calendar_year},
                                                       {"school_term", Period::school_term}};
    const auto found = periods.find(period->text);
    if (found == periods.end())
        report.error(
            "bad-value", period->at(0), static_cast<int>(base::characters(period->text)),
            fmt::format("'{}' is none of month, year, calendar_year, school_term", period->text));
    else
        indicator.period = found->second;
}

/// `min_known`, `min_delivered`, a target's `unknown`: a share from 0 to 1.
std::optional<base::Decimal> Builder::read_share(Table& table, const char* key) {
    const toml::node* node = table.node(key);
    if (node == nullptr) return std::nullopt;
    std::optional<base::Decimal> share;
    if (node->is_integer())
        share = base::Decimal{*node->value<std::int64_t>(), 0};
    else if (node->is_floating_point())
        share = base::parse_decimal(figure_text(*node->value<double>()));
    const base::Decimal none{0, 0}, all{1, 0};
    if (!share || *share < none || *share > all)
        report.error("bad-value", table.place(key), table.value_length(key),
                     fmt::format("'{}' is a share from 0 to 1", key));
    return share;
}

/// The ledger that is owed and whose rows make an indicator's subjects, and how much of it must
/// have come.
void Builder::read_delivered(Table& table, const Grain& grain, Indicator& indicator) {
    const Ledger* ledger = grain.ledger.empty() ? nullptr : model.ledger(grain.ledger);
    if (ledger != nullptr && ledger->delivery) indicator.owed = ledger->name;
    indicator.min_delivered = read_share(table, "min_delivered");
    if (indicator.min_delivered && indicator.owed.empty())
        report.error("bad-value", table.key_place("min_delivered"), 13,
                     fmt::format("grain '{}' has no ledger that is owed, so nothing of it can be "
                                 "undelivered",
                                 grain.name),
                     "take 'min_delivered' away, or give its ledger a delivery");
}

/// What a target reads, also through indicators over indicators, must have come whole where the
/// pack says no other share.
void Builder::settle_min_delivered() {
    std::set<std::string> read;
    const std::function<void(const std::string&)> add = [&](const std::string& name) {
        const Indicator* indicator = model.indicator(name);
        if (indicator == nullptr || !read.insert(name).second) return;
        if (!indicator->grain.empty() || !indicator->value) return;
        visit(*indicator->value, [&](const Expression& e) {
            if (e.node == Expression::Node::indicator) add(e.name);
        });
    };
    for (const Target& target : model.targets) {
        add(target.indicator);
        for (const auto& [year, limit] : target.years)
            for (const ExpressionPtr& side : {limit.low, limit.high})
                if (side)
                    visit(*side, [&](const Expression& e) {
                        if (e.node == Expression::Node::indicator) add(e.name);
                    });
    }
    for (Indicator& indicator : model.indicators)
        if (!indicator.owed.empty() && !indicator.min_delivered)
            indicator.min_delivered = base::Decimal{read.contains(indicator.name) ? 1 : 0, 0};
}

/// The period of an indicator over indicators follows what it reads; one that is written must be
/// that of something it reads, years of either calendar being one (PACK.md, 6).
void Builder::settle_period(Table& table, Indicator& indicator) {
    std::vector<const Indicator*> read;
    visit(*indicator.value, [&](const Expression& e) {
        if (e.node == Expression::Node::indicator) read.push_back(model.indicator(e.name));
    });
    if (read.empty()) return;
    if (!table.has("period")) indicator.period = read.front()->period;
    const auto is_year = [](Period period) {
        return period == Period::year || period == Period::calendar_year;
    };
    const auto fits = [&](const Indicator* other) {
        return other->period == indicator.period ||
               (is_year(other->period) && is_year(indicator.period));
    };
    const std::string& first = read.front()->name;
    if (std::none_of(read.begin(), read.end(), fits)) {
        report.error("period", table.place("period"), table.value_length("period"),
                     fmt::format("'{}' has figures by {}: by {} it has none", first,
                                 text(read.front()->period), text(indicator.period)),
                     "leave 'period' out: it follows what the indicator reads");
        failed_ = true;
        return;
    }
    for (const Indicator* other : read)
        if (!fits(other))
            report.warning("period", table.place("value"), table.value_length("value"),
                           fmt::format("'{}' has figures by {}, this indicator by {}: here it is "
                                       "always empty",
                                       other->name, text(other->period), text(indicator.period)));
}

/// An indicator over indicators.
void Builder::read_figures_of_figures(Table& table, Indicator& indicator) {
    Names names;
    names.form = Names::Form::figures;
    indicator.value = bound(table, "value", names, nullptr, true);
    if (indicator.value) {
        indicator.type = indicator.value->type;
        if (!is_number(indicator.type))
            report.error("type-clash", indicator.value->place, indicator.value->length,
                         fmt::format("an indicator is a number, this is {}", text(indicator.type)));
        settle_period(table, indicator);
    }
    for (const char* key : {"where", "per", "split", "place", "min_delivered"})
        if (table.has(key)) {
            table.node(key);
            report.error("unknown-key", table.key_place(key),
                         static_cast<int>(std::string_view(key).size()),
                         fmt::format("'{}' belongs to an indicator with a grain", key));
        }
}

/// Aggregates over subjects, their sum a number.
void Builder::read_sides(Table& table, const Names& names, Indicator& indicator) {
    Names values = names;
    values.aggregates = values.over_subjects = values.indicator = true;
    indicator.value = bound(table, "value", values, nullptr, true);
    indicator.per = bound(table, "per", values, nullptr, false);
    for (const ExpressionPtr& side : {indicator.value, indicator.per}) {
        if (!side) continue;
        bool any = false;
        visit(*side, [&](const Expression& part) {
            any = any || part.node == Expression::Node::aggregate;
        });
        if (!any || !is_number(side->type)) {
            report.error(
                any ? "type-clash" : "aggregate", side->place, side->length,
                any ? fmt::format("an indicator is a number, this is {}", text(side->type))
                    : "an indicator with a grain aggregates its subjects: sum, count, median …");
            failed_ = true;
        }
    }
    if (indicator.value) indicator.type = indicator.per ? floating_type() : indicator.value->type;
}

void Builder::read_split(Table& table, const Names& names, Indicator& indicator) {
    const std::vector<Written> splits = table.list("split");
    if (splits.size() > 3)
        report.error("bad-value", table.place("split"), 1,
                     "an indicator is split by three columns at most");
    for (const Written& column : splits) {
        ExpressionPtr e = bound(column, names, nullptr);
        if (!e) continue;
        if (e->type.kind != Kind::code && e->type.kind != Kind::boolean) {
            report.error("type-clash", e->place, e->length,
                         fmt::format("an indicator is split by coded columns, '{}' is {}",
                                     column.text, text(e->type)));
            failed_ = true;
            continue;
        }
        indicator.split.push_back(e);
        indicator.split_names.push_back(column.text);
    }
}

/// Where a subject counts: a division, or what has one (`place = "household"`).
void Builder::read_place(const Written& text_of_place, const Names& names, Indicator& indicator) {
    indicator.place = text_of_place.text;
    ExpressionPtr e = bound(text_of_place, names, nullptr);
    const bool is_place = e && (e->type.kind == Kind::division ||
                                (e->type.kind == Kind::key && model.level_index(e->type.of)));
    if (e && e->type.kind == Kind::key && !is_place) {
        // A subject's own place: `place = "household"` is its division.
        const Grain* target = model.grain(e->type.of);
        if (target != nullptr && target->way_to_division) {
            indicator.way_to_place = e->path;
            indicator.way_to_place.push_back({Hop::Kind::key, e->name, e->type.of});
            indicator.way_to_place.insert(indicator.way_to_place.end(),
                                          target->way_to_division->begin(),
                                          target->way_to_division->end());
            indicator.place_field = target->division_field;
        }
    } else if (is_place && e->node == Expression::Node::field) {
        indicator.way_to_place = e->path;
        indicator.place_field = e->name;
    } else if (e) {
        report.error("type-clash", e->place, e->length,
                     fmt::format("'place' leads to a division, this is {}", text(e->type)));
        failed_ = true;
    } else if (text_of_place.text.ends_with(".division")) {
        failed_ = true;
    }
}

void Builder::read_indicator(Item& item, Indicator& indicator) {
    Table table(item.table, item.block.body, report, fmt::format("indicator '{}'", indicator.name));
    common(table, indicator, true);
    table.node("each");
    indicator.given = table.boolean("given").value_or(false);
    indicator.unit = table.text_or("unit", "");
    indicator.better = table.text_or("better", "none");
    if (indicator.better != "up" && indicator.better != "down" && indicator.better != "none")
        report.error("bad-value", table.place("better"), table.value_length("better"),
                     "'better' is up, down or none");
    read_indicator_period(table, indicator);
    for (const Written& level : table.list("levels")) {
        if (!model.level_index(level.text))
            report.error("level", level.at(0), static_cast<int>(base::characters(level.text)),
                         fmt::format("'{}' is no level of plan.toml", level.text),
                         nearest_level(level.text));
        else
            indicator.levels.push_back(level.text);
    }
    indicator.min_known = read_share(table, "min_known");
    const auto grain_text = table.text("grain");
    if (indicator.given) {
        indicator.type = floating_type();
        if (grain_text)
            report.error("bad-value", grain_text->at(0), 1,
                         "a given indicator has no grain: its figures are imported");
        table.report_unknown();
        return;
    }
    if (!grain_text) {
        read_figures_of_figures(table, indicator);
        table.report_unknown();
        return;
    }
    const Grain* grain = model.grain(grain_text->text);
    if (grain == nullptr || grain->form == Grain::Form::match) {
        report_no_grain(grain_text->text, grain_text->at(0));
        failed_ = true;
        return;
    }
    indicator.grain = grain->name;
    if (grain->every && months_in(*grain->every) > months_in(indicator.period)) {
        report.error("window", grain_text->at(0),
                     static_cast<int>(base::characters(grain_text->text)),
                     fmt::format("a subject of '{}' is of a whole {}, which no {} of the indicator "
                                 "holds: none would count",
                                 grain->name, text(*grain->every), text(indicator.period)),
                     fmt::format("period = \"{}\"", text(*grain->every)));
        failed_ = true;
    }
    read_delivered(table, *grain, indicator);
    Names names;
    names.form = Names::Form::subject;
    names.grain = grain;
    const Type truth = boolean_type();
    indicator.where = bound(table, "where", names, &truth, false);
    read_sides(table, names, indicator);
    read_split(table, names, indicator);
    if (const auto place = table.text("place")) {
        read_place(*place, names, indicator);
    } else if (!grain->way_to_division && leans_on_fault(grain->name)) {
        failed_ = true;
    } else if (!grain->way_to_division) {
        report.error("no-way", grain_text->at(0),
                     static_cast<int>(base::characters(grain_text->text)),
                     fmt::format("grain '{}' leads to no division, so its subjects count nowhere",
                                 grain->name),
                     "say where: place = \"…\"");
        failed_ = true;
    }
    table.report_unknown();
}

/// Where a target is needs to be known before expressions are bound: its status is a column there.
void Builder::declare_targets() {
    for (Item* item : by_kind_["target"]) {
        Target target;
        target.name = item->block.name;
        target.place = item->block.place;
        if (const toml::node* at = item->table.get("at")) {
            target.at_level = at->value_or<std::string>("");
            target.every = target.at_level.starts_with("every ");
            if (target.every) target.at_level = target.at_level.substr(6);
            if (!model.level_index(target.at_level))
                target.at_grain = std::exchange(target.at_level, "");
        }
        for (const std::string& code : each_codes(*item, target.each_list)) {
            target.each_code = code;
            if (!target.each_list.empty()) {
                target.family = item->block.name;
                target.name = target.family + "[" + code + "]";
            }
            model.targets.push_back(target);
        }
    }
}

void Builder::read_targets() {
    for (Target& target : model.targets) {
        each_list_ = target.family.empty() ? nullptr : &target.each_list;
        each_code_ = target.family.empty() ? nullptr : &target.each_code;
        read_target(*item_of("target", target.published_name()), target);
    }
    each_list_ = each_code_ = nullptr;
    settle_min_delivered();
}

/// Only years of the plan are ever judged.
void Builder::check_year(const Target& target, int year, const Place& at) {
    const Indicator* indicator = model.indicator(target.indicator);
    const Period period = indicator != nullptr && indicator->period == Period::year
                              ? Period::year
                              : Period::calendar_year;
    const std::int64_t first = label_of(period, model.first, model.calendar),
                       last = label_of(period, model.last, model.calendar);
    if (first <= year && year <= last) return;
    report.error(
        "bad-value", at, static_cast<int>(std::to_string(year).size()),
        fmt::format("{} is no year of the plan, whose months are of {} to {}", year, first, last));
}

/// Twelve shares: how much of the year's bound is due by the end of each month.
void Builder::read_pace(Table& table, const toml::array& shares, Target& target) {
    const auto wrong = [&](const toml::node& share, const std::string& message) {
        report.error("bad-value", table.node_place(share), 1, message);
    };
    for (const toml::node& share : shares) {
        const auto number =
            share.is_integer() ? std::optional(base::Decimal{*share.value<std::int64_t>(), 0})
            : share.is_floating_point() ? base::parse_decimal(figure_text(*share.value<double>()))
                                        : std::nullopt;
        if (!number)
            wrong(share, "the twelve shares of 'pace' are figures");
        else if (*number < base::Decimal{0, 0} || *number > base::Decimal{1, 0})
            wrong(share, fmt::format("a share of 'pace' is a figure from 0 to 1, this is {}",
                                     base::text(*number)));
        else if (!target.pace.empty() && *number < target.pace.back())
            wrong(share, fmt::format("by the end of a month no less is due than by the end of the "
                                     "month before: {} follows {}",
                                     base::text(*number), base::text(target.pace.back())));
        else
            target.pace.push_back(*number);
    }
    if (target.pace.size() == shares.size() && target.pace.back() < base::Decimal{1, 0})
        report.warning("pace", table.node_place(shares.back()), 1,
                       fmt::format("by the end of the year {} of the bound is due, not all of it",
                                   base::text(target.pace.back())),
                       "the shares are not added up: each is what is due by the end of its month");
}

void Builder::read_target(Item& item, Target& target) {
    Table table(item.table, item.block.body, report, fmt::format("target '{}'", target.name));
    common(table, target, true);
    table.node("each");
    if (const auto most = read_share(table, "unknown")) target.unknown_max = *most;
    Names names;
    names.form = Names::Form::figures;
    if (const auto indicator = table.text("indicator")) {
        const ExpressionPtr figure = bound(*indicator, names, nullptr);
        target.indicator = figure ? figure->name : indicator->text;
        if (figure && (figure->node != Expression::Node::indicator || figure->prior > 0 ||
                       !figure->at.empty()))
            report.error("type-clash", figure->place, figure->length,
                         "a target names an indicator, as it is");
    } else {
        report.error("missing-key", target.place, 1,
                     fmt::format("target '{}' names no indicator", target.name));
    }
    if (const auto at = table.text("at")) {
        const Grain* grain = model.grain(target.at_grain);
        if (grain != nullptr && grain->form == Grain::Form::level && !grain->every)
            target.at_level = grain->level;
        if (target.at_level.empty()) {
            report.error("level", at->at(0), static_cast<int>(base::characters(at->text)),
                         fmt::format("'{}' is no level: \"province\", \"every city\"", at->text),
                         nearest_level(target.every ? at->text.substr(6) : at->text));
        }
    } else {
        report.error(
            "missing-key", target.place, 1,
            fmt::format("target '{}' does not say where: at = \"every county\"", target.name));
    }
    const Type truth = boolean_type();
    if (table.has("where") && !target.at_level.empty()) {
        Names subject;
        subject.form = Names::Form::subject;
        subject.grain = model.grain(target.grain());
        target.where = bound(table, "where", subject, &truth, false);
    }
    const toml::node* years = table.node("years");
    if (years == nullptr || !years->is_table()) {
        report.error("missing-key", target.place, 1,
                     fmt::format("target '{}' has no years = {{ 2023 = \">= …\" }}", target.name));
    } else {
        Table year_table(*years->as_table(), item.block.body, report, "years");
        for (const std::string& key : year_table.keys()) {
            const int year = std::atoi(key.c_str());
            const auto text = year_table.text(key);
            if (year < 1900 || year > 2200 || !text) {
                report.error("bad-value", year_table.key_place(key), static_cast<int>(key.size()),
                             fmt::format("'{}' is no year", key));
                continue;
            }
            check_year(target, year, year_table.key_place(key));
            Bound limit;
            limit.written = text->text;
            std::size_t skip = text->text.find_first_not_of(' ');
            skip = skip == std::string::npos ? 0 : skip;
            for (const char* sign : {">=", "<=", ">", "<", "=", "between "})
                if (text->text.compare(skip, std::string_view(sign).size(), sign) == 0) {
                    limit.comparison = std::string(base::trim(sign));
                    skip += std::string_view(sign).size();
                    break;
                }
            if (limit.comparison.empty()) {
                report.error("bad-value", text->at(0),
                             static_cast<int>(base::characters(text->text)),
                             "a bound begins with >=, >, <=, <, = or between");
                continue;
            }
            const auto piece = [&](std::size_t from, std::size_t to) {
                Written part;
                part.text = text->text.substr(from, to - from);
                for (std::size_t i = from; i <= to; ++i) part.places.push_back(text->at(i));
                return bound(part, names, nullptr);
            };
            std::size_t end = text->text.size();
            if (limit.comparison == "between") {
                const std::size_t conjunction = text->text.find(" and ", skip);
                if (conjunction == std::string::npos) {
                    report.error("syntax", text->at(0),
                                 static_cast<int>(base::characters(text->text)),
                                 "'between' has two ends: between 1 and 3");
                    continue;
                }
                limit.high = piece(conjunction + 5, end);
                end = conjunction;
            }
            limit.low = piece(skip, end);
            limit.constant = true;
            for (const ExpressionPtr& side : {limit.low, limit.high}) {
                if (!side) continue;
                if (!is_number(side->type))
                    report.error(
                        "type-clash", side->place, side->length,
                        fmt::format("a bound is a number, this is {}", plan::text(side->type)));
                visit(*side, [&](const Expression& part) {
                    if (part.node == Expression::Node::indicator ||
                        part.node == Expression::Node::parameter)
                        limit.constant = false;
                });
            }
            if (limit.low) target.years[year] = std::move(limit);
        }
    }
    if (const toml::node* pace = table.node("pace")) {
        if (pace->is_string() && *pace->value<std::string>() == "linear")
            target.linear = true;
        else if (pace->is_string() && *pace->value<std::string>() == "as is")
            target.linear = false;
        else if (pace->is_array() && pace->as_array()->size() == 12)
            read_pace(table, *pace->as_array(), target);
        else
            report.error("bad-value", table.place("pace"), table.value_length("pace"),
                         "'pace' is \"linear\", \"as is\" or twelve shares");
    }
    table.report_unknown();
}

}  // namespace zs::plan
