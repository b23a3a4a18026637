#include <fmt/format.h>

#include "base/failure.h"
#include "compile/compiler.h"
#include "compile/parts.h"

namespace zs::compile {

using plan::Expression;
using plan::Indicator;
using plan::Kind;
using Node_ = plan::Expression::Node;

/// Which subjects of a node lie in the indicator's window (ADR 1, 6), over alias t.
std::string Compiler::subjects_in(Node& n, const Seen& seen) {
    std::string condition = "t.\"#subject\"";
    const plan::Ledger* ledger = n.grain->ledger.empty() ? nullptr : model_.ledger(n.grain->ledger);
    const base::Month ever = ledger ? ever_first(*ledger) : base::Month{0};
    const plan::Months months = months_seen(seen, request_.month, ever, ledger);
    const Range range{std::to_string(months.first.index), std::to_string(months.last.index),
                      months};
    if (n.spine != nullptr) {
        std::vector<std::string> labels{"null"};
        for (const SpinePeriod& period : n.periods)
            if (period.first >= months.first && period.anchor <= months.last)
                labels.push_back(std::to_string(period.label));
        return fmt::format("{} and coalesce({} in ({}), false)", condition,
                           column("t", n.key.back()), joined(labels, ", "));
    }
    if (n.grain->form == plan::Grain::Form::rows) {
        n.fields.insert(ledger->period_field());
        if (ledger->period == plan::Period::span) n.fields.insert("ended");
        return condition + " and " + in_window(*ledger, range, n.grain->has_over, "t");
    }
    if (n.grain->form == plan::Grain::Form::combination) {
        n.combination_windows.insert(months);
        std::vector<std::string> same;
        for (const std::string& key : n.key)
            same.push_back(
                fmt::format("{} = {}", field_of_row(*ledger, "x", key), column("t", key)));
        return fmt::format("{} and exists (select 1 from {} x where {} and {})", condition,
                           spans_of(*ledger), joined(same, " and "),
                           in_window(*ledger, range, false, "x"));
    }
    return condition;
}

void Compiler::indicator_columns(const Indicator& indicator) {
    const plan::Grain* grain = model_.grain(indicator.grain);
    ZS_INVARIANT(grain != nullptr, "an indicator's grain exists");
    const Seen period{Seen::Form::window, plan::to_date(indicator.period)};
    // Subjects of an `every` grain are seen in their own period (ADR 1, 34).
    Context context = grain->every
                          ? subject_context({indicator.grain, indicator.grain}, {}, indicator.name)
                          : subject_context({indicator.grain, ""}, period, indicator.name);
    context.keeps_lack = true;
    Node& n = node(context.node);
    const auto add = [&](const std::string& facet, const std::string& text, Needs needs,
                         const plan::Type& type) -> const Column& {
        Column made;
        made.owner = indicator.name;
        made.name = unique_name(n, indicator.name + "#" + facet);
        made.type = type;
        made.sql = text;
        made.needs = std::move(needs);
        return add_column(n, fmt::format("indicator {} {}", indicator.name, facet),
                          std::move(made));
    };
    Needs needs;
    needs.at_least({1, 0});
    const auto reading = [&](const Column& read) {
        needs.at_least({read.needs.stage.layer, read.needs.stage.step + 1});
        return column("t", read.name);
    };
    std::string lack;
    const auto keep_lack = [&](const std::string& facet, const Sql& part) {
        const std::string name = lack_column(n, indicator.name + "#" + facet,
                                             {"", part.needs, part.lack}, indicator.name);
        if (!name.empty()) lack = either_lack(lack, column("t", name));
    };
    std::string looked = subjects_in(n, period);
    std::string known = "true";
    if (indicator.where) {
        Sql where = expression(*indicator.where, context);
        keep_lack("where", where);
        const std::string name =
            reading(add("where", where.text, where.needs, plan::boolean_type()));
        looked += fmt::format(" and ({0} is null or {0})", name);
        known = fmt::format("coalesce({}, false)", name);
    }
    std::size_t arguments = 0;
    const auto argument = [&](const Expression& part, const std::string& facet) {
        Sql sql = expression(part, context);
        keep_lack(facet, sql);
        const plan::Type type = part.type.kind == Kind::null_ ? plan::boolean_type() : part.type;
        const std::string name = reading(add(facet, cast(sql.text, type), sql.needs, type));
        known += fmt::format(" and {} is not null", name);
    };
    for (const plan::ExpressionPtr& side : {indicator.value, indicator.per}) {
        if (!side) continue;
        plan::visit(*side, [&](const Expression& part) {
            if (part.node != Node_::aggregate) return;
            const std::size_t at = arguments++;
            if (part.filter) argument(*part.filter, fmt::format("filter{}", at));
            for (std::size_t i = 0; i < part.operands.size(); ++i)
                if (part.operands[i]->node != Node_::literal)
                    argument(*part.operands[i], fmt::format("argument{}.{}", at, i));
        });
    }
    const std::string looked_name = reading(add("looked", looked, needs, plan::boolean_type()));
    known = fmt::format("{} and {}", looked_name, known);
    if (!lack.empty())
        known = unless_lacking(fmt::format("case when {} then {} end", looked_name, lack), known,
                               plan::boolean_type());
    add("known", known, needs, plan::boolean_type());
    context.keeps_lack = false;
    for (std::size_t i = 0; i < indicator.split.size(); ++i) {
        Sql split = expression(*indicator.split[i], context);
        add(fmt::format("split{}", i), split.text, split.needs, plan::text_type());
    }
    if (!indicator.place.empty()) {
        Needs place_needs;
        std::string place;
        if (indicator.way_to_place.empty()) {
            place = row_field(indicator.place_field, context, place_needs, false);
        } else {
            const End end = walk(indicator.way_to_place, plan::Scope::row, context, false);
            place_needs = end.needs;
            const bool own =
                indicator.place_field.empty() || indicator.place_field == "division" ||
                (end.node && node(*end.node).grain->division_field == indicator.place_field);
            if (end.node && !own) node(*end.node).fields.insert(indicator.place_field);
            place = end.node ? column(end.alias, own ? "#division" : indicator.place_field)
                             : column(end.alias, "code");
        }
        add("place", place, place_needs, plan::division_type());
    }
    if (!indicator.owed.empty())
        owing_table(*model_.ledger(indicator.owed), months_to_date(indicator));
    indicators_.push_back({&indicator, context.node, context});
}

/// The months of an indicator's period so far.
plan::Months Compiler::months_to_date(const Indicator& indicator) const {
    return months_seen({Seen::Form::window, plan::to_date(indicator.period)}, request_.month, {0},
                       model_.ledger(indicator.owed));
}

const Column& Compiler::indicator_column(const Indicator& indicator, const Node& n,
                                         const std::string& facet) const {
    return n.columns[n.by_identity.at(fmt::format("indicator {} {}", indicator.name, facet))];
}

/// The indicators of a node with equal place and split share a pass, up to `parts_max`.
std::vector<Compiler::RollUp> Compiler::roll_ups() {
    std::vector<RollUp> all;
    for (const IndicatorPart& part : indicators_) {
        const Indicator& indicator = *part.indicator;
        const Node& n = node(part.node);
        std::string by = indicator.place.empty() ? "" : indicator_column(indicator, n, "place").sql;
        std::vector<std::string> splits;
        for (std::size_t i = 0; i < indicator.split.size(); ++i) {
            const Column& split = indicator_column(indicator, n, fmt::format("split{}", i));
            splits.push_back(column("t", split.name));
            by += "\x02" + split.sql;
        }
        const auto found = std::find_if(all.begin(), all.end(), [&](const RollUp& one) {
            return one.node == part.node && one.by == by && one.parts.size() < parts_max;
        });
        if (found != all.end()) {
            found->parts.push_back(&part);
            continue;
        }
        const std::string place = indicator.place.empty()
                                      ? "t.\"#division\""
                                      : column("t", indicator_column(indicator, n, "place").name);
        all.push_back({fmt::format("#rollup {}", all.size() + 1),
                       part.node,
                       by,
                       place,
                       splits,
                       {&part},
                       {},
                       {}});
    }
    return all;
}

/// The grouped pass: a row for each place of each level, and for each combination of the split.
std::string Compiler::roll_up_select(const RollUp& pass) {
    std::vector<std::string> columns, sets, level_cases, place_cases;
    for (const plan::Level& level : model_.levels) {
        const std::string by = "d." + quoted("rp_" + level.name);
        level_cases.push_back(
            fmt::format("when grouping({}) = 0 then {}", by, text_literal(level.name)));
        place_cases.push_back(fmt::format("when grouping({0}) = 0 then {0}", by));
        sets.push_back("(" + by + ")");
        if (!pass.splits.empty())
            sets.push_back(fmt::format("({}, {})", by, joined(pass.splits, ", ")));
    }
    columns.push_back(fmt::format("case {} end as \"level\"", joined(level_cases, " ")));
    columns.push_back(fmt::format("case {} end as \"place\"", joined(place_cases, " ")));
    columns.push_back(pass.splits.empty()
                          ? "true as \"together\""
                          : fmt::format("grouping({}) = 1 as \"together\"", pass.splits[0]));
    for (std::size_t i = 0; i < pass.splits.size(); ++i)
        columns.push_back(
            fmt::format("{} as {}", pass.splits[i], quoted(fmt::format("split{}", i))));
    columns.insert(columns.end(), pass.columns.begin(), pass.columns.end());
    std::set<std::string> owners;
    for (const IndicatorPart* part : pass.parts) {
        owners.insert(part->indicator->name);
        if (const auto counted = rules_counted_.find(part->indicator->name);
            counted != rules_counted_.end())
            owners.insert(counted->second.begin(), counted->second.end());
    }
    return fmt::format(
        "select * from (select {} from ({}) t left join in_division d on d.code = {} group by "
        "grouping sets ({})) q where q.\"place\" is not null",
        joined(columns, ",\n  "), with_columns_of(node(pass.node), owners), pass.place,
        joined(sets, ", "));
}

/// The values of one indicator over its roll-up, every place of its levels: for all together, then
/// for each combination of its split.
std::vector<std::string> Compiler::indicator_selects(const Indicator& indicator, RollUp& pass) {
    Node& n = node(pass.node);
    const AddAggregate add = [&](const std::string& sql) {
        auto found = pass.aggregates.find(sql);
        if (found == pass.aggregates.end()) {
            found =
                pass.aggregates.emplace(sql, fmt::format("a{}", pass.aggregates.size() + 1)).first;
            pass.columns.push_back(fmt::format("{} as {}", sql, quoted(found->second)));
        }
        return column("r", found->second);
    };
    const std::string looked = column("t", indicator_column(indicator, n, "looked").name),
                      known = column("t", indicator_column(indicator, n, "known").name);
    const std::string known_count = add(fmt::format("count(*) filter (where {})", known));
    const std::string unknown_count =
        add(fmt::format("count(*) filter (where {} and not {})", looked, known));
    std::size_t at = 0;
    const auto side = [&](const plan::ExpressionPtr& e) {
        return e ? rolled_up(*e, indicator, n, known, known_count, at, add, pass.table)
                 : std::string("null");
    };
    const std::string value = side(indicator.value), per = side(indicator.per);
    std::string few = "false";
    if (indicator.min_known)
        few = fmt::format("(coalesce({0}, 0) < {1} * (coalesce({0}, 0) + coalesce({2}, 0)))",
                          known_count, base::text(*indicator.min_known), unknown_count);
    std::string undelivered = "cast(null as bigint)", owing;
    if (!indicator.owed.empty()) {
        owing = fmt::format(
            " left join {} w on w.code = d.code",
            quoted(owing_table(*model_.ledger(indicator.owed), months_to_date(indicator))));
        undelivered = "coalesce(w.late, 0)";
        // Where nobody owes it, nobody has delivered it.
        if (*indicator.min_delivered != base::Decimal{0, 0})
            few = fmt::format("({} or coalesce(w.owing, 0) = 0 or w.owing - w.late < {} * w.owing)",
                              few, base::text(*indicator.min_delivered));
    }
    const auto unless_few = [&](const std::string& figure) {
        return fmt::format("case when {} then null else {} end", few, figure);
    };
    const auto text_of_side = [&](const std::string& figure, const plan::ExpressionPtr& e) {
        return indicator.per ? unless_few(number_text(figure, e->type)) : "cast(null as string)";
    };
    const std::string shown_value =
        unless_few(indicator.per ? fmt::format("cast({} as double) / nullif(cast({} as double), 0)",
                                               value, per)
                                 : value);
    std::vector<std::string> levels;
    for (const std::string& level : indicator.levels) levels.push_back(text_literal(level));
    if (levels.empty())
        for (const plan::Level& level : model_.levels) levels.push_back(text_literal(level.name));
    const auto select = [&](const std::string& codes, const std::string& join) {
        return fmt::format(
            "select {} as \"indicator\", d.level as \"level\", d.code as \"division\", "
            "d.name as \"name\", {} as \"codes\", {} as \"value\", "
            "{} as \"numerator\", {} as \"denominator\", coalesce({}, 0) as \"known\", "
            "coalesce({}, 0) as \"unknown\", {} as \"undelivered\", "
            "coalesce({}, false) as \"no_data\" from in_division d {}{} where d.in_force and "
            "d.level in ({})",
            text_literal(indicator.name), codes, number_text(shown_value, indicator.type),
            text_of_side(value, indicator.value), text_of_side(per, indicator.per), known_count,
            unknown_count, undelivered, few, join, owing, joined(levels, ", "));
    };
    std::vector<std::string> selects{select(
        "''", fmt::format("left join {} r on r.level = d.level and r.place = d.code and r.together",
                          quoted(pass.table)))};
    if (indicator.split.empty()) return selects;
    std::string codes, all_known;
    for (std::size_t i = 0; i < indicator.split.size(); ++i) {
        const std::string split = "r." + quoted(fmt::format("split{}", i));
        codes += fmt::format("{}{} || {}", i == 0 ? "" : " || ',' || ",
                             text_literal(indicator.split_names.at(i) + "="), split);
        all_known += fmt::format(" and {} is not null", split);
    }
    selects.push_back(
        select(codes, fmt::format("join {} r on r.level = d.level and r.place = d.code and "
                                  "not r.together{} and coalesce({}, 0) + coalesce({}, 0) > 0",
                                  quoted(pass.table), all_known, known_count, unknown_count)));
    return selects;
}

/// One grouped pass for the indicators of a node, place and split; then one SELECT for each of
/// them.
void Compiler::print_indicators(Program& program) {
    std::vector<std::string> results;
    for (RollUp& pass : roll_ups()) {
        for (const IndicatorPart* part : pass.parts) {
            const std::vector<std::string> selects = indicator_selects(*part->indicator, pass);
            results.insert(results.end(), selects.begin(), selects.end());
        }
        program.statements.push_back({pass.table,
                                      fmt::format("{} indicators over {}, at every level at once",
                                                  pass.parts.size(), pass.node.text()),
                                      dialect_.create_table(pass.table, roll_up_select(pass))});
    }
    print_parts(
        program, "out_indicators", "indicator values by place",
        "select cast(null as string) as \"indicator\", cast(null as string) as \"level\", "
        "cast(null as string) as \"division\", cast(null as string) as \"name\", "
        "cast(null as string) as \"codes\", cast(null as string) as \"value\", cast(null as "
        "string) as \"numerator\", cast(null as string) as \"denominator\", "
        "cast(null as bigint) as \"known\", cast(null as bigint) as \"unknown\", "
        "cast(null as bigint) as \"undelivered\", cast(null as boolean) as \"no_data\" where false",
        results);
}

/// A side of an indicator over the columns of its roll-up (alias r).
std::string Compiler::rolled_up(const Expression& e, const Indicator& indicator, Node& n,
                                const std::string& known, const std::string& known_count,
                                std::size_t& at, const AddAggregate& add,
                                const std::string& table) {
    if (e.node != Node_::aggregate) {
        bool holds = false;
        plan::visit(
            e, [&](const Expression& part) { holds = holds || part.node == Node_::aggregate; });
        if (!holds) {
            // Constants, and parameters at the place itself.
            Context place = subject_context(n.id, {}, indicator.name);
            place.over_rows = true;
            place.source_is_row = true;
            place.source = NodeId{model_.levels.front().name, ""};
            std::string text = expression(e, place).text;
            for (std::size_t found;
                 (found = text.find("\"r\".\"#division\"")) != std::string::npos;)
                text.replace(found, 15, "d.code");
            return text;
        }
        std::vector<std::string> args;
        for (const plan::ExpressionPtr& operand : e.operands)
            args.push_back(rolled_up(*operand, indicator, n, known, known_count, at, add, table));
        return e.node == Node_::attribute ? attribute_text(e, args[0])
                                          : call_text(e, args, indicator.name);
    }
    const std::size_t number = at++;
    const auto name_of = [&](const std::string& facet) {
        return column(
            "t", n.columns[n.by_identity.at(fmt::format("indicator {} {}", indicator.name, facet))]
                     .name);
    };
    std::vector<std::string> args;
    for (std::size_t i = 0; i < e.operands.size(); ++i)
        args.push_back(
            e.operands[i]->node == Node_::literal
                ? expression(*e.operands[i], subject_context(n.id, {}, indicator.name)).text
                : name_of(fmt::format("argument{}.{}", number, i)));
    if (e.name == "gini")
        return gini(args.at(0),
                    known + (e.filter ? " and " + name_of(fmt::format("filter{}", number)) : ""), n,
                    add);
    Expression plain = e;
    Filtered filtered;
    filtered.condition =
        known + (e.filter ? " and " + name_of(fmt::format("filter{}", number)) : "");
    filtered.order = "0";
    const std::string value = aggregate_text(plain, args, filtered, add, indicator.name);
    if (e.name == "count" || e.name == "count_if") return value;
    return fmt::format("case when coalesce({}, 0) = 0 then null else {} end", known_count, value);
}

/// Σ(2i − n − 1)·x ÷ (n·Σx) over x ascending, from a list of the group's values.
std::string Compiler::gini(const std::string& x, const std::string& condition, Node&,
                           const AddAggregate& add) {
    const std::string wide = cast(x, "decimal(38,6)");
    return dialect_.gini(add(dialect_.sorted_list(wide, condition)));
}

}  // namespace zs::compile
