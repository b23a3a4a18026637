#include <algorithm>

#include <fmt/format.h>

#include "base/failure.h"
#include "compile/compiler.h"

namespace zs::compile {

using plan::Feature;
using plan::Grain;
using plan::Ledger;
using plan::Period;

base::Month Compiler::ever_first(const Ledger& ledger) const {
    return ledger.delivery ? ledger.delivery->from : base::Month{0};
}

/// Where a feature's rows come from, and what their names mean.
Context Compiler::row_context(Node& n, const Feature& feature, const Seen& seen) {
    Context context;
    context.node = n.id;
    context.over_rows = true;
    context.seen = seen;
    context.owner = feature.grain + "." + feature.name;
    const Grain* grain = model_.grain(feature.from);
    if (feature.from_grain || model_.ledger(feature.from) == nullptr) {
        ZS_INVARIANT(grain != nullptr, "a feature's source exists");
        if (grain->form == Grain::Form::registry && !grain->every) {
            context.ledger = model_.ledger(grain->ledger);
            context.history = true;
            context.source = NodeId{grain->name, ""};
        } else if (grain->form == Grain::Form::rows && !grain->every) {
            context.ledger = model_.ledger(grain->ledger);
            context.source = NodeId{grain->name, ""};
        } else {
            context.source = NodeId{grain->name, grain->every ? grain->name : ""};
            context.source_is_row = true;
        }
    } else {
        context.ledger = model_.ledger(feature.from);
        if (grain != nullptr) context.source = NodeId{grain->name, ""};
    }
    if (context.history || context.source_is_row) node(*context.source);
    return context;
}

/// The rows of a ledger. Where it is owed subject by subject, one with nothing but key and period
/// only says that there was nothing (ADR 1, 29).
std::string Compiler::rows_of(const Ledger& ledger) const {
    const std::string all = quoted(input_view(ledger.name));
    if (!ledger.delivery || ledger.delivery->by_level) return all;
    std::vector<std::string> filled;
    for (const plan::Field& field : ledger.fields) {
        const bool is_key =
            std::find(ledger.key.begin(), ledger.key.end(), field.name) != ledger.key.end();
        if (!is_key && !field.built_in && field.name != ledger.grain &&
            field.name != ledger.period_field())
            filled.push_back(quoted(field.name) + " is not null");
    }
    return filled.empty() ? all
                          : fmt::format("(select * from {} where {})", all, joined(filled, " or "));
}

/// Over a ledger of years or terms the period that is open in `now` counts as if it were over: its
/// rows are in a window that holds that month (ADR 1, 19).
plan::Months Compiler::months_held(plan::Months months, const Ledger* ledger,
                                   base::Month now) const {
    if (ledger != nullptr && ledger->is_of_years_or_terms() && months.holds(now))
        months.last = plan::period_of(ledger->period, now, model_.calendar).last;
    return months;
}

plan::Months Compiler::months_seen(const Seen& seen, base::Month anchor, base::Month ever_from,
                                   const Ledger* ledger) const {
    return months_held(
        plan::months_of(seen.window, seen.at.value_or(anchor), model_.calendar, ever_from), ledger,
        seen.at.value_or(request_.month));
}

Compiler::Range Compiler::range_of(Node& n, const Seen& seen,
                                   const std::optional<plan::Months>& ever, const Ledger* ledger) {
    const base::Month ever_from = ever ? ever->first : base::Month{0};
    if (n.spine == nullptr) {
        const plan::Months months = seen.form == Seen::Form::none
                                        ? months_held({{0}, request_.month}, ledger, request_.month)
                                        : months_seen(seen, request_.month, ever_from, ledger);
        return {std::to_string(months.first.index), std::to_string(months.last.index), months};
    }
    const bool of_years = ledger != nullptr && ledger->is_of_years_or_terms();
    if (seen.form != Seen::Form::window && !of_years) return {"p.first", "p.anchor", std::nullopt};
    std::vector<plan::Months> ranges;
    for (const SpinePeriod& period : n.periods)
        ranges.push_back(seen.form == Seen::Form::window
                             ? months_seen(seen, period.anchor, ever_from, ledger)
                             : months_held({period.first, period.anchor}, ledger, request_.month));
    auto found = std::find(n.spine_ranges.begin(), n.spine_ranges.end(), ranges);
    if (found == n.spine_ranges.end()) found = n.spine_ranges.insert(n.spine_ranges.end(), ranges);
    const auto index = found - n.spine_ranges.begin();
    return {fmt::format("p.w{}a", index), fmt::format("p.w{}b", index), std::nullopt};
}

std::vector<plan::Months> Compiler::windows_read(const Node& n, const Seen& seen,
                                                 const std::optional<plan::Months>& window,
                                                 const Ledger* ledger) const {
    if (window) return {*window};
    std::vector<plan::Months> windows;
    for (const SpinePeriod& period : n.periods)
        windows.push_back(seen.form == Seen::Form::window
                              ? months_seen(seen, period.anchor, {0}, ledger)
                              : months_held({period.first, period.anchor}, ledger, request_.month));
    return windows;
}

/// When a row is, as an int that compares with months (or with labels, of ledgers by year or term).
std::string Compiler::row_period(const Ledger& ledger, const std::string& alias) const {
    switch (ledger.period) {
        case Period::month:
            return column(alias, "month");
        case Period::date:
            return month_of_date(column(alias, "date"));
        case Period::year:
        case Period::calendar_year:
            return column(alias, "year");
        case Period::school_term:
            return column(alias, "term");
        case Period::span:
            return ledger.span_by_days ? month_of_date(column(alias, "since"))
                                       : column(alias, "since");
    }
    return {};
}

/// A number that grows with the row's time: its day where it has one, else its period.
std::string Compiler::row_order(const Ledger& ledger, const std::string& alias) const {
    const bool has_day =
        ledger.period == Period::date || (ledger.period == Period::span && ledger.span_by_days);
    if (!has_day) return row_period(ledger, alias);
    return fmt::format("cast({} - cast('1970-01-01' as date) as bigint)",
                       column(alias, ledger.period == Period::date ? "date" : "since"));
}

namespace {

/// The label of the period that holds a month given as SQL.
std::string label_sql(Period period, const std::string& month, const plan::Calendar& calendar) {
    switch (period) {
        case Period::year:
            return fmt::format("cast(floor(({} + {}) / 12) as int)", month,
                               12 - calendar.year_ends);
        case Period::calendar_year:
            return fmt::format("cast(floor({} / 12) as int)", month);
        case Period::school_term:
            return fmt::format(
                "cast(case when {0} % 12 between 1 and 6 then floor({0} / 12) * 2 when {0} % 12 >= "
                "7 then floor({0} / 12) * 2 + 1 else floor({0} / 12) * 2 - 1 end as int)",
                month);
        default:
            return month;
    }
}

}  // namespace

std::string Compiler::in_window(const Ledger& ledger, const Range& range, bool cover_any,
                                const std::string& alias) const {
    switch (ledger.period) {
        case Period::month:
            return fmt::format("{} between {} and {}", column(alias, "month"), range.first,
                               range.last);
        case Period::date:
            if (range.months && range.months->first.index >= 12 * 1000)
                return fmt::format("{} between cast('{}' as date) and cast('{}' as date)",
                                   column(alias, "date"),
                                   base::text(base::first_day(range.months->first)),
                                   base::text(base::last_day(range.months->last)));
            if (range.months)
                return fmt::format("{} <= cast('{}' as date)", column(alias, "date"),
                                   base::text(base::last_day(range.months->last)));
            return fmt::format("{} between {} and {}", row_period(ledger, alias), range.first,
                               range.last);
        case Period::year:
        case Period::calendar_year:
        case Period::school_term:
            // Those whose last month the window holds.
            if (range.months)
                return fmt::format(
                    "{} between {} and {}", row_period(ledger, alias),
                    plan::label_of(ledger.period, range.months->first, model_.calendar),
                    plan::label_of(ledger.period, range.months->last.plus(1), model_.calendar) - 1);
            return fmt::format(
                "{} between {} and {} - 1", row_period(ledger, alias),
                label_sql(ledger.period, range.first, model_.calendar),
                label_sql(ledger.period, "(" + range.last + " + 1)", model_.calendar));
        case Period::span: {
            const std::string ended_column =
                column(alias, is_registry(ledger) ? "#until" : "ended");
            const std::string since = row_period(ledger, alias);
            const std::string ended =
                ledger.span_by_days ? month_of_date(ended_column) : ended_column;
            if (!cover_any)
                return fmt::format("{} <= {} and ({} is null or {} > {})", since, range.last,
                                   ended_column, ended, range.last);
            return fmt::format("{} <= {} and ({} is null or ({} > {} and {} > {}))", since,
                               range.last, ended_column, ended, range.first, ended, since);
        }
    }
    return "false";
}

/// The rows of a registry's history, each for the months `#from` to before `#to` in which it makes
/// a subject: it holds, and so do its parent and the parent's parent. For `cover = "any"` with
/// `#later`, the month in which the next row of its key makes one.
std::string Compiler::subject_spells(const Grain& grain, bool cover_any, int depth) const {
    constexpr int parents_max = 20;
    const Ledger& ledger = *model_.ledger(grain.ledger);
    const auto month = [&](const std::string& column_of_row) {
        return ledger.span_by_days ? month_of_date(column_of_row) : column_of_row;
    };
    std::string from = month("h.\"since\""), to = month("h.\"#until\""), join;
    const Grain* parent =
        grain.parent.empty() || depth > parents_max ? nullptr : model_.grain(grain.parent_grain);
    if (parent != nullptr && parent->form == Grain::Form::registry)
        join = fmt::format(" join {} u on u.{} = h.{}", subject_spells(*parent, false, depth + 1),
                           quoted(parent->key[0]), quoted(grain.parent));
    else if (parent != nullptr && parent->form == Grain::Form::level)
        join = fmt::format(
            " join (select d.code, coalesce(d.since, 0) as \"#from\", d.until as \"#to\" from "
            "in_division d) u on u.code = h.{}",
            quoted(grain.parent));
    if (!join.empty()) {
        from = fmt::format("greatest({}, u.\"#from\")", from);
        to = fmt::format("least(coalesce({0}, u.\"#to\"), coalesce(u.\"#to\", {0}))", to);
    }
    std::string spells = fmt::format(
        "(select * from (select h.*, {} as \"#from\", {} as \"#to\" from {} h{}) h where "
        "h.\"#to\" is null or h.\"#to\" > h.\"#from\")",
        from, to, history(ledger), join);
    if (!cover_any) return spells;
    return fmt::format(
        "(select h.*, lead(h.\"#from\") over (partition by h.{} order by h.\"#from\") as "
        "\"#later\" from {} h)",
        quoted(grain.key[0]), spells);
}

/// Whether a row makes a subject at the window's end; or at some month's end in it, as the latest
/// row that does.
std::string Compiler::in_spell(const Range& range, bool cover_any) {
    if (!cover_any)
        return fmt::format("r.\"#from\" <= {0} and (r.\"#to\" is null or r.\"#to\" > {0})",
                           range.last);
    return fmt::format(
        "r.\"#from\" <= {0} and (r.\"#to\" is null or r.\"#to\" > {1}) and (r.\"#later\" is null "
        "or "
        "r.\"#later\" > {0})",
        range.last, range.first);
}

std::string Compiler::source_condition(Node& n, const Feature& feature, const Context& context,
                                       const Seen& seen, const Range& range, Needs& needs) {
    if (context.source_is_row) {
        Node& source = node(*context.source);
        needs.at_least({1, 0});
        std::string condition = "r.\"#subject\"";
        if (source.spine != nullptr && feature.period_by_given) return condition;
        if (source.spine != nullptr) {
            std::string firsts = "case " + column("r", source.key.back()), anchors = firsts;
            for (const SpinePeriod& period : source.periods) {
                firsts += fmt::format(" when {} then {}", period.label, period.first.index);
                anchors += fmt::format(" when {} then {}", period.label, period.anchor.index);
            }
            condition += fmt::format(" and {} end >= {} and {} end <= {}", firsts, range.first,
                                     anchors, range.last);
        } else if (source.grain->form == Grain::Form::combination) {
            const Ledger& ledger = ledger_of(source);
            for (const plan::Months& months : windows_read(n, seen, range.months, &ledger))
                source.combination_windows.insert(months);
            std::vector<std::string> same;
            for (const std::string& key : source.key)
                same.push_back(
                    fmt::format("{} = {}", field_of_row(ledger, "x", key), column("r", key)));
            condition +=
                fmt::format(" and exists (select 1 from {} x where {} and {})", spans_of(ledger),
                            joined(same, " and "), in_window(ledger, range, false, "x"));
        }
        return condition;
    }
    const Ledger& ledger = *context.ledger;
    // Where the period is given, those of the run's month are matched by it.
    if (context.history && feature.period_by_given)
        return in_spell({"", std::to_string(request_.month.index), std::nullopt}, false);
    if (context.history) return in_spell(range, feature.cover_any);
    std::string condition;
    if (feature.period_by_given) {
        const plan::Months months = months_held({{0}, request_.month}, &ledger, request_.month);
        const Range all{"0", std::to_string(months.last.index), months};
        condition = in_window(ledger, all, true, "r");
    } else {
        condition = in_window(ledger, range, feature.cover_any, "r");
    }
    return condition;
}

Scan& Compiler::scan_for(Node& n, const Feature& feature, const Context& context, int layer,
                         const Joins& joins) {
    std::string landing;
    for (const plan::Landing& l : feature.landing) {
        Context probe = context;
        probe.landing = true;
        landing += expression(*l.from_row, probe).text + "|";
    }
    if (feature.period_by_given) landing += "by period";
    const bool any_spell = context.history && feature.cover_any && !feature.period_by_given;
    if (any_spell) landing += "any spell";
    const std::string reads =
        context.source_is_row ? context.source->grain
                              : (context.history ? context.source->grain : context.ledger->name);
    const std::string identity = reads + "|" + landing;
    for (Scan& scan : n.scans)
        if (scan.layer == layer && scan.why == identity) {
            scan.joins.insert(joins.begin(), joins.end());
            return scan;
        }
    Scan scan;
    scan.alias = fmt::format("s{}", ++scans_);
    scan.reads = reads;
    scan.why = identity;
    scan.landing = n.id;
    scan.layer = layer;
    scan.joins = joins;
    scan.by_periods = n.spine != nullptr && !feature.period_by_given;
    if (context.source_is_row)
        scan.source = context.source;
    else if (context.history)
        scan.from = subject_spells(*model_.grain(context.source->grain), any_spell);
    else
        scan.from = spans_of(*context.ledger);
    n.scans.push_back(scan);
    return n.scans.back();
}

std::string Compiler::aggregate_name(Scan& scan, const std::string& sql) {
    if (const auto found = scan.by_sql.find(sql); found != scan.by_sql.end()) return found->second;
    const std::string name = fmt::format("a{}", scan.aggregates.size() + 1);
    scan.aggregates.push_back({name, sql});
    scan.by_sql[sql] = name;
    return name;
}

}  // namespace zs::compile
