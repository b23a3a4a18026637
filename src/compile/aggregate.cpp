#include <fmt/format.h>

#include "base/failure.h"
#include "compile/compiler.h"

namespace zs::compile {

using plan::Expression;
using plan::Kind;
using Node_ = plan::Expression::Node;

/// A feature's value with its aggregates taken over rows and all else at the subject. Aggregates
/// are bound first to names by `add`; the tree around them is compiled as any expression.
Sql Compiler::aggregated(const Expression& e, const Context& rows, const Context& subject,
                         const Filtered& filtered, const AddAggregate& add, Needs& row_needs) {
    if (e.node == Node_::aggregate) return {aggregate(e, rows, filtered, add, row_needs), {}};
    bool holds_aggregate = false;
    plan::visit(e, [&](const Expression& part) {
        holds_aggregate = holds_aggregate || part.node == Node_::aggregate;
    });
    if (!holds_aggregate) return expression(e, subject);
    ZS_INVARIANT(e.node == Node_::call || e.node == Node_::attribute,
                 "only calls stand around aggregates");

    Sql result;
    std::vector<std::string> args;
    for (const plan::ExpressionPtr& operand : e.operands) {
        Sql part = aggregated(*operand, rows, subject, filtered, add, row_needs);
        result.add(part);
        args.push_back(part.text);
    }
    result.text =
        e.node == Node_::attribute ? attribute_text(e, args[0]) : call_text(e, args, rows.owner);
    return result;
}

namespace {

/// Months of a span that lie in a window, as bits.
std::string span_mask(const std::string& since, const std::string& until, const std::string& first,
                      const std::string& last, int bit0) {
    const std::string low = fmt::format("greatest({}, {}, {})", since, first, bit0);
    const std::string high = fmt::format("least(coalesce({} - 1, {}), {})", until, last, last);
    const std::string length = fmt::format("({} - {} + 1)", high, low);
    return fmt::format(
        "(case when {0} <= 0 then 0 when {0} >= 63 then 9223372036854775807 else ((cast(1 as "
        "bigint) << least({0}, 62)) - 1) << least(greatest({1} - {2}, 0), 62) end)",
        length, low, bit0);
}

}  // namespace

std::string Compiler::aggregate(const Expression& e, const Context& rows, const Filtered& filtered,
                                const AddAggregate& add, Needs& row_needs) {
    Filtered narrowed = filtered;
    const auto keep_lack = [&](const Sql& part) {
        if (part.lack.empty()) return;
        ZS_INVARIANT(filtered.lacks != nullptr, "who hands on what is lacking takes it");
        filtered.lacks->push_back(
            add(fmt::format("min({}) filter (where {})", part.lack, narrowed.condition)));
    };
    if (e.filter) {
        Context as_is = rows;
        as_is.known = false;
        Sql filter = expression(*e.filter, as_is);
        row_needs.add(filter.needs);
        keep_lack(filter);
        narrowed.unfiltered = filtered.condition;
        narrowed.condition += fmt::format(" and ({})", filter.text);
    }
    std::vector<std::string> args;
    for (const plan::ExpressionPtr& operand : e.operands) {
        Sql part = expression(*operand, rows);
        row_needs.add(part.needs);
        keep_lack(part);
        args.push_back(part.text);
    }
    return aggregate_text(e, args, narrowed, add, rows.owner);
}

std::string Compiler::aggregate_text(const Expression& e, const std::vector<std::string>& args,
                                     const Filtered& filtered, const AddAggregate& add,
                                     const std::string& owner) const {
    const std::string& condition = filtered.condition;
    const std::string where = fmt::format(" filter (where {})", condition);
    const std::string count_rows = "count(*)" + where;
    const auto known = [&](const std::string& arg) {
        return fmt::format("count({}){}", arg, where);
    };
    const auto guarded = [&](const std::string& value) {
        if (filtered.at_least == 0) return value;
        // With count(*) every peer is known, whether or not it passes the filter.
        const std::string peers = filtered.unfiltered.empty() ? condition : filtered.unfiltered;
        const std::string counted =
            args.empty() ? fmt::format("count(*) filter (where {})", peers) : known(args[0]);
        return fmt::format("case when coalesce({}, 0) >= {} then {} end", add(counted),
                           filtered.at_least, value);
    };
    const auto zero_if_none = [&](const std::string& value, const std::string& zero) {
        return fmt::format("case when coalesce({}, 0) = 0 then {} else {} end", add(count_rows),
                           zero, value);
    };
    const std::string type = sql_type(e.type);

    if (e.name == "count") {
        if (args.empty()) return guarded(fmt::format("coalesce({}, 0)", add(count_rows)));
        std::string counted = args[0];
        std::string rows = condition;
        if (e.distinct && args.size() > 1) {
            counted = "(" + joined(args, ", ") + ")";
            for (const std::string& arg : args) rows += fmt::format(" and {} is not null", arg);
        }
        return guarded(fmt::format("coalesce({}, 0)",
                                   add(fmt::format("count({}{}) filter (where {})",
                                                   e.distinct ? "distinct " : "", counted, rows))));
    }
    if (e.name == "sum") {
        std::string total =
            cast(fmt::format("sum({}{}){}", e.distinct ? "distinct " : "", args[0], where), type);
        // The engine adds up to 39 digits in silence; only its `+` keeps to 38.
        if (e.type.kind == Kind::decimal && e.type.precision == 38)
            total = fmt::format("{} + {}", total, cast("0", type));
        const std::string sum = add(total);
        return guarded(zero_if_none(sum, cast("0", type)));
    }
    if (e.name == "min" || e.name == "max")
        return guarded(add(fmt::format("{}({}){}", e.name, args[0], where)));
    if (e.name == "avg") {
        const std::string sum = add(fmt::format("sum({}){}", args[0], where));
        return guarded(fmt::format("cast({} as double) / cast(nullif({}, 0) as double)", sum,
                                   add(known(args[0]))));
    }
    if (e.name == "median" || e.name == "quantile") {
        const std::string share = e.name == "median" ? "0.5" : args[1];
        return guarded(cast(add(fmt::format("percentile_disc({}) within group (order by {}){}",
                                            share, args[0], where)),
                            e.type));
    }
    if (e.name == "stddev") {
        // n Σx² − (Σx)² is exact, but where it would not fit in 38 digits (ADR 1, 33).
        const std::string x = cast(args[0], "decimal(18,6)");
        const std::string s1 = add(fmt::format("sum({}){}", x, where));
        const std::string s2 =
            add(fmt::format("sum({0} * {0}){1}", cast(x, "decimal(38,6)"), where));
        const std::string n = add(known(args[0]));
        const std::string rough = fmt::format(
            "greatest(cast({1} as double) * {0} - cast({2} as double) * cast({2} as double), 0)", n,
            s2, s1);
        const std::string exact = fmt::format("cast({1} * {0} - {2} * {2} as double)", n, s2, s1);
        return guarded(fmt::format(
            "case when {0} >= 2 then sqrt(case when cast({1} as double) * {0} < 1e25 then {2} else "
            "{3} end / (cast({0} as double) * cast({0} - 1 as double))) end",
            n, s2, exact, rough));
    }
    if (e.name == "any_of" || e.name == "all_of" || e.name == "count_if") {
        const std::string nulls =
            add(fmt::format("count(*) filter (where {} and ({}) is null)", condition, args[0]));
        if (e.name == "all_of") {
            const std::string no =
                add(fmt::format("count(*) filter (where {} and not ({}))", condition, args[0]));
            return guarded(
                fmt::format("case when coalesce({}, 0) > 0 then false when coalesce({}, 0) > 0 "
                            "then null else true end",
                            no, nulls));
        }
        const std::string yes =
            add(fmt::format("count(*) filter (where {} and ({}))", condition, args[0]));
        if (e.name == "any_of")
            return guarded(
                fmt::format("case when coalesce({}, 0) > 0 then true when coalesce({}, 0) > 0 then "
                            "null else false end",
                            yes, nulls));
        return guarded(fmt::format(
            "case when coalesce({}, 0) > 0 then null else coalesce({}, 0) end", nulls, yes));
    }
    if (e.name == "first" || e.name == "last") {
        const std::string order =
            e.name == "first" ? fmt::format("-({})", filtered.order) : filtered.order;
        return guarded(
            add(fmt::format("max_by({0}, ({1}, {0})) filter (where {2} and ({0}) is not null)",
                            args[0], order, condition)));
    }
    if (e.name == "month_set" && filtered.cut) return "cast(null as bigint)";
    if (e.name == "month_set") {
        std::string mask;
        std::string counted = condition;
        if (args.empty()) {
            const plan::Ledger& ledger = *filtered.ledger;
            const std::string until_column = filtered.history ? "r.\"#until\"" : "r.\"ended\"";
            const std::string until =
                ledger.span_by_days ? month_of_date(until_column) : until_column;
            mask = span_mask(row_period(ledger, "r"), until, filtered.range->first,
                             filtered.range->last, first_bit_.index);
        } else {
            const std::string month =
                e.operands[0]->type.kind == Kind::date ? month_of_date(args[0]) : args[0];
            mask =
                fmt::format("(cast(1 as bigint) << cast(least(greatest({} - {}, 0), 62) as int))",
                            month, first_bit_.index);
            counted += fmt::format(" and {} between {} and {}", month, first_bit_.index,
                                   request_.month.index);
        }
        const std::string set =
            fmt::format("coalesce({}, cast(0 as bigint))",
                        add(fmt::format("bit_or({}) filter (where {})", mask, counted)));
        if (args.empty()) return set;
        // Rows that pass and tell no month leave the set unknown.
        return guarded(fmt::format(
            "case when coalesce({}, 0) = 0 and coalesce({}, 0) > 0 then null else {} end",
            add(known(args[0])), add(count_rows), set));
    }
    if (e.name == "fingerprint") {
        std::vector<std::string> parts;
        for (std::size_t i = 0; i < args.size(); ++i) {
            const std::string text = e.operands[i]->type.kind == Kind::floating
                                         ? shown(args[i], e.operands[i]->type, false)
                                         : key_text(args[i], e.operands[i]->type);
            parts.push_back(
                fmt::format("coalesce(cast(length({0}) as string) || ':' || {0}, '-')", text));
        }
        return guarded(
            fmt::format("md5(coalesce({}, ''))",
                        add(dialect_.joined_in_order(joined(parts, " || "), condition))));
    }
    cannot(base::said("聚合“{}”", "the aggregate '{}'", e.name), owner);
}

}  // namespace zs::compile
