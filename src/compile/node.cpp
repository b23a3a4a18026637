#include <algorithm>

#include <fmt/format.h>

#include "base/failure.h"
#include "compile/compiler.h"

namespace zs::compile {

using plan::Grain;
using plan::Ledger;
using plan::Period;

namespace {

std::string lower(std::string text) {
    std::transform(text.begin(), text.end(), text.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return text;
}

/// Rows of a ledger up to the run's month, as a condition over alias r.
std::string up_to(const Ledger& ledger, base::Month month, const plan::Calendar& calendar) {
    switch (ledger.period) {
        case Period::month:
            return fmt::format("r.\"month\" <= {}", month.index);
        case Period::date:
            return fmt::format("r.\"date\" <= cast('{}' as date)",
                               base::text(base::last_day(month)));
        case Period::year:
        case Period::calendar_year:
            return fmt::format("r.\"year\" <= {}", plan::label_of(ledger.period, month, calendar));
        case Period::school_term:
            return fmt::format("r.\"term\" <= {}", plan::label_of(ledger.period, month, calendar));
        case Period::span:
            return ledger.span_by_days ? fmt::format("r.\"since\" <= cast('{}' as date)",
                                                     base::text(base::last_day(month)))
                                       : fmt::format("r.\"since\" <= {}", month.index);
    }
    return "true";
}

}  // namespace

std::string Seen::text() const {
    if (form == Form::none) return "";
    if (form == Form::own) return "own";
    return plan::text(window) + (at ? " at " + base::text(*at) : "");
}

const Ledger& Compiler::ledger_of(const Node& n) const {
    const Ledger* ledger = model_.ledger(n.grain->ledger);
    ZS_INVARIANT(ledger != nullptr, "a grain's ledger exists");
    return *ledger;
}

std::string Compiler::unique_name(Node& n, const std::string& wanted) {
    std::string name = wanted;
    for (int i = 2; !n.names.insert(lower(name)).second; ++i)
        name = fmt::format("{}~{}", wanted, i);
    return name;
}

/// Where `over = "ever"` of an `every` grain begins.
base::Month Compiler::first_period_month(const Grain& every) const {
    const Ledger* ledger = model_.ledger(every.ledger);
    if (ledger == nullptr) return model_.first;
    return ledger->delivery ? ledger->delivery->from : std::min(first_bit_, model_.first);
}

Node& Compiler::node(const NodeId& id) {
    if (const auto found = nodes_.find(id); found != nodes_.end()) return *found->second;
    auto made = std::make_unique<Node>();
    Node& n = *made;
    n.id = id;
    n.grain = model_.grain(id.grain);
    ZS_INVARIANT(n.grain != nullptr, "a bound grain exists");
    n.key = n.grain->key;
    n.key_types = n.grain->key_types;
    if (!id.spine.empty()) {
        n.spine = model_.grain(id.spine);
        const Period period = *n.spine->every;
        const plan::Months over = plan::months_of(n.spine->over, request_.month, model_.calendar,
                                                  first_period_month(*n.spine));
        for (base::Month month = over.first; month <= over.last;) {
            const plan::Months whole = plan::period_of(period, month, model_.calendar);
            n.periods.push_back({plan::label_of(period, month, model_.calendar), whole.first,
                                 std::min(whole.last, request_.month)});
            month = whole.last.plus(1);
        }
        if (id.spine != id.grain) {
            n.key.push_back("#period");
            n.key_types.push_back(plan::integer_type());
        }
    }
    for (const std::string& key : n.key) n.names.insert(lower(key));
    if (n.grain->form != Grain::Form::level && n.grain->form != Grain::Form::user)
        for (const plan::Field& field : ledger_of(n).fields) n.names.insert(lower(field.name));
    Node& kept = *nodes_.emplace(id, std::move(made)).first->second;
    // What the base table needs besides what expressions ask for.
    if (kept.grain->way_to_division) {
        const auto& way = *kept.grain->way_to_division;
        if (kept.grain->form == Grain::Form::registry || kept.grain->form == Grain::Form::rows)
            kept.fields.insert(way.empty() ? kept.grain->division_field : way.front().field);
        if (!way.empty()) node(NodeId{way.front().grain, ""});
    }
    if (kept.spine != nullptr && id.spine != id.grain) node(NodeId{id.grain, ""});
    return kept;
}

/// A ledger whose rows of one key are that subject's history, each replaced by the next.
bool Compiler::is_registry(const Ledger& ledger) const {
    const Grain* grain = ledger.grain.empty() ? nullptr : model_.grain(ledger.grain);
    return grain != nullptr && grain->form == Grain::Form::registry && grain->ledger == ledger.name;
}

/// The rows of a ledger as `in_window` reads them: a registry's with `#until`.
std::string Compiler::spans_of(const Ledger& ledger) const {
    return is_registry(ledger) ? history(ledger) : rows_of(ledger);
}

/// A registry's rows, each with `#until`: the month or day from which it no longer holds; and,
/// where something reads it, with `first_since`: the latest `since` up to its own before which
/// there was no row, or one that had ended.
std::string Compiler::history(const Ledger& ledger) const {
    const std::string key = quoted(model_.grain(ledger.grain)->key[0]);
    std::string before, first_since;
    if (ledger.first_since_is_read) {
        const std::string in_time =
            fmt::format("over (partition by r.{} order by r.\"since\")", key);
        before = fmt::format(
            ", lag(r.\"since\") {0} as \"#before\", lag(r.\"ended\") {0} as \"#before ended\"",
            in_time);
        first_since = fmt::format(
            ", max(case when h.\"#before\" is null or h.\"#before ended\" < h.\"since\" then "
            "h.\"since\" end) over (partition by h.{} order by h.\"since\") as \"first_since\"",
            key);
    }
    return fmt::format(
        "(select h.*, least(coalesce(h.\"ended\", h.\"#next\"), coalesce(h.\"#next\", "
        "h.\"ended\")) as \"#until\"{3} from "
        "(select r.*, lead(r.\"since\") over (partition by r.{0} order by r.\"since\") as "
        "\"#next\"{4} from {1} r where {2}) h)",
        key, rows_of(ledger), up_to(ledger, request_.month, model_.calendar), first_since, before);
}

namespace {

/// A field of a ledger's row as a column of that name.
std::string named_field(const Ledger& ledger, const std::string& alias, const std::string& field) {
    const std::string text = field_of_row(ledger, alias, field);
    return ledger.is_months_of_dates(field) ? fmt::format("{} as \"month\"", text) : text;
}

std::string chosen_fields(const Node& n, const Ledger& ledger, const std::string& alias) {
    std::string text;
    for (const std::string& field : n.fields)
        if (std::find(n.key.begin(), n.key.end(), field) == n.key.end())
            text += ", " + named_field(ledger, alias, field);
    return text;
}

std::string key_columns(const Node& n, const Ledger& ledger, const std::string& alias) {
    std::vector<std::string> keys;
    for (const std::string& key : n.key) keys.push_back(named_field(ledger, alias, key));
    return joined(keys, ", ");
}

}  // namespace

/// Adds `#division`, and `#subject` / `#orphan` where the grain has a parent.
std::string Compiler::with_division(Node& n, const std::string& select, bool parent_check) {
    std::string division = "cast(null as string)", joins, subject = "b.\"#self\"", orphan = "false";
    if (n.grain->way_to_division) {
        const auto& way = *n.grain->way_to_division;
        if (way.empty()) {
            division = column("b", n.grain->division_field);
        } else {
            const NodeId up{way.front().grain, ""};
            const Node& above = node(up);
            joins = fmt::format(" left join {} u on u.{} = b.{}", quoted(table_name(above, 0)),
                                quoted(above.key[0]), quoted(way.front().field));
            division = "u.\"#division\"";
            if (parent_check && way.front().field == n.grain->parent) {
                subject = "(b.\"#self\" and coalesce(u.\"#subject\", false))";
                orphan = "(b.\"#self\" and not coalesce(u.\"#subject\", false))";
            }
        }
    }
    return fmt::format(
        "select b.*, {} as \"#division\", {} as \"#subject\", {} as \"#orphan\" from ({}) b{}",
        division, subject, orphan, select, joins);
}

std::string Compiler::registry_base(Node& n) {
    const Ledger& ledger = ledger_of(n);
    const std::string key = quoted(n.grain->key[0]);
    const std::string until = ledger.span_by_days
                                  ? fmt::format("r.\"ended\" > cast('{}' as date)",
                                                base::text(base::last_day(request_.month)))
                                  : fmt::format("r.\"ended\" > {}", request_.month.index);
    const std::string rows = fmt::format(
        "select r.{0}{1}, (r.\"ended\" is null or {2}) as \"#self\" from (select r.*, row_number() "
        "over (partition by r.{0} order by r.\"since\" desc) as \"#latest\" "
        "from {3} r where {4}) r where r.\"#latest\" = 1",
        key, chosen_fields(n, ledger, "r"), until,
        ledger.first_since_is_read ? history(ledger) : rows_of(ledger),
        up_to(ledger, request_.month, model_.calendar));
    return with_division(n, rows, true);
}

std::string Compiler::rows_base(Node& n) {
    const Ledger& ledger = ledger_of(n);
    // Dots reach a row that holds no longer, too; it is no subject.
    std::string self = "true";
    const std::string until = is_registry(ledger) ? "#until" : "ended";
    if (ledger.period == Period::span) {
        plan::Months over{request_.month, request_.month};
        if (n.grain->has_over)
            over = plan::months_of(n.grain->over, request_.month, model_.calendar, first_bit_);
        const std::string since =
            ledger.span_by_days ? month_of_date("r.\"since\"") : "r.\"since\"";
        const std::string until_column = column("r", until);
        const std::string ended = ledger.span_by_days ? month_of_date(until_column) : until_column;
        self = fmt::format("({0} <= {2} and ({4} is null or ({1} > {3} and {1} > {0})))", since,
                           ended, over.last.index, over.first.index, until_column);
    }
    return with_division(
        n,
        fmt::format("select {}{}{}, {} as \"#self\" from {} r where {}",
                    key_columns(n, ledger, "r"), chosen_fields(n, ledger, "r"),
                    is_registry(ledger) ? ", r.\"#until\"" : "", self, spans_of(ledger),
                    up_to(ledger, request_.month, model_.calendar)),
        false);
}

/// The rows whose combinations are the grain's subjects: a condition over alias r.
std::string Compiler::in_combination_windows(const Node& n) {
    const Ledger& ledger = ledger_of(n);
    std::vector<std::string> conditions;
    std::set<plan::Months> windows = n.combination_windows;
    if (const auto whole = combination_windows_.find(n.grain->name);
        whole != combination_windows_.end())
        windows = whole->second;
    if (n.grain->has_over)
        windows = {
            months_seen({Seen::Form::window, n.grain->over}, request_.month, first_bit_, &ledger)};
    for (const plan::Months& months : windows) {
        const Range range{std::to_string(months.first.index), std::to_string(months.last.index),
                          months};
        conditions.push_back(in_window(ledger, range, false, "r"));
    }
    if (conditions.empty()) conditions.push_back(up_to(ledger, request_.month, model_.calendar));
    return fmt::format("({})", joined(conditions, " or "));
}

std::string Compiler::combination_base(Node& n) {
    const Ledger& ledger = ledger_of(n);
    std::vector<std::string> known;
    for (const std::string& key : n.key)
        known.push_back(field_of_row(ledger, "r", key) + " is not null");
    return with_division(
        n,
        fmt::format("select distinct {}, true as \"#self\" from {} r where {} and {}",
                    key_columns(n, ledger, "r"), spans_of(ledger), in_combination_windows(n),
                    joined(known, " and ")),
        false);
}

/// The rows that are of no subject of a combination's or `every` grain, because a field of its key
/// is empty; empty text where the grain has no such field.
std::string Compiler::keyless_rows(const Node& n) {
    const Grain& grain = *n.grain;
    if (grain.form != Grain::Form::combination) return {};
    const Ledger& ledger = ledger_of(n);
    std::vector<std::string> lacking;
    for (std::size_t i = 0; i + (grain.every ? 1 : 0) < n.key.size(); ++i)
        if (const plan::Field* field = ledger.field(n.key[i]); field != nullptr && !field->built_in)
            lacking.push_back(field_of_row(ledger, "r", n.key[i]) + " is null");
    if (lacking.empty()) return {};
    std::string when;
    if (grain.every) {
        const plan::Months all = months_held({n.periods.front().first, n.periods.back().anchor},
                                             &ledger, request_.month);
        when = in_window(ledger,
                         {std::to_string(all.first.index), std::to_string(all.last.index), all},
                         true, "r");
    } else {
        when = in_combination_windows(n);
    }
    return fmt::format("{} r where ({}) and ({})", spans_of(ledger), when, joined(lacking, " or "));
}

std::string Compiler::level_base(Node& n) {
    return fmt::format(
        "select r.code as {}, r.name, r.code as \"#division\", r.in_force as \"#subject\", false "
        "as \"#orphan\" from in_division r where r.level = {}",
        quoted(n.grain->key[0]), text_literal(n.grain->level));
}

std::string Compiler::user_base(Node& n) {
    return fmt::format(
        "select r.{0}, r.division as \"#division\", true as \"#subject\", false as \"#orphan\" "
        "from in_user r",
        quoted(n.grain->key[0]));
}

/// The periods of an `every` grain as rows: label, first, anchor, then a first and last month for
/// each window in use.
std::string Compiler::spine_values(Node& n) {
    std::vector<std::string> rows;
    std::string names = "label, first, anchor";
    for (std::size_t r = 0; r < n.spine_ranges.size(); ++r)
        names += fmt::format(", w{0}a, w{0}b", r);
    for (std::size_t i = 0; i < n.periods.size(); ++i) {
        const SpinePeriod& period = n.periods[i];
        std::string row =
            fmt::format("({}, {}, {}", period.label, period.first.index, period.anchor.index);
        for (const auto& ranges : n.spine_ranges)
            row += fmt::format(", {}, {}", ranges[i].first.index, ranges[i].last.index);
        rows.push_back(row + ")");
    }
    return fmt::format("(select * from (values {}) v({}))", joined(rows, ", "), names);
}

std::string Compiler::spined(Node& n, const std::string& base) {
    std::string keys;
    const std::string label = n.key_types.back().kind == plan::Kind::integer
                                  ? "cast(p.label as bigint)"
                                  : "cast(p.label as int)";
    return fmt::format("select b.*, {} as {} from ({}) b cross join {} p", label,
                       quoted(n.key.back()), base, spine_values(n));
}

/// The registry's grain whose subjects an `every` grain repeats for each period; null where its
/// key is another field of the registry's rows.
const Grain* Compiler::registered_by(const Grain& every, const Ledger& registry) const {
    const Grain* grain = model_.grain(registry.grain);
    return grain != nullptr && every.key.size() == 2 && every.key[0] == grain->key[0] ? grain
                                                                                      : nullptr;
}

/// Key × period, for the periods in which the key is in force, a registry's as a subject (or has a
/// row).
std::string Compiler::every_base(Node& n) {
    const Grain& grain = *n.grain;
    const std::string label = n.key_types.back().kind == plan::Kind::integer
                                  ? "cast(p.label as bigint)"
                                  : "cast(p.label as int)";
    if (grain.form == Grain::Form::level) {
        return fmt::format(
            "select r.code as {0}, r.code as \"#division\", true as \"#subject\", false as "
            "\"#orphan\", {1} as {2} from in_division r "
            "cross join {3} p where r.level = {4} and (r.since is null or r.since <= p.anchor) and "
            "(r.until is null or r.until > p.first)",
            quoted(n.key[0]), label, quoted(n.key.back()), spine_values(n),
            text_literal(grain.level));
    }
    const Ledger& ledger = ledger_of(n);
    const bool registry = is_registry(ledger);
    std::string source = spans_of(ledger);
    std::string condition;
    if (const Grain* of_subjects = registry ? registered_by(grain, ledger) : nullptr) {
        source = subject_spells(*of_subjects, false);
        condition = "r.\"#from\" <= p.anchor and (r.\"#to\" is null or r.\"#to\" > p.first)";
    } else if (ledger.period == Period::span) {
        const std::string until_column = registry ? "r.\"#until\"" : "r.\"ended\"";
        const std::string since =
            ledger.span_by_days ? month_of_date("r.\"since\"") : "r.\"since\"";
        const std::string until = ledger.span_by_days ? month_of_date(until_column) : until_column;
        // In force at some month's end from first to anchor.
        condition = fmt::format(
            "{0} <= p.anchor and ({1} is null or ({1} > p.first and {1} > {0}))", since, until);
    } else if (ledger.is_of_years_or_terms()) {
        condition = row_period(ledger, "r") + " = p.label";
    } else {
        condition = in_window(ledger, {"p.first", "p.anchor", std::nullopt}, false, "r");
    }
    std::vector<std::string> keys, known;
    for (std::size_t i = 0; i + 1 < n.key.size(); ++i) {
        keys.push_back(named_field(ledger, "r", n.key[i]));
        known.push_back(field_of_row(ledger, "r", n.key[i]) + " is not null");
    }
    const std::string rows = fmt::format(
        "select distinct {}, {} as {}, true as \"#self\" from {} r cross join {} p where {} and {}",
        joined(keys, ", "), label, quoted(n.key.back()), source, spine_values(n), condition,
        joined(known, " and "));
    return with_division(n, rows, false);
}

std::string Compiler::base_select(Node& n) {
    const bool virtual_spine = n.spine != nullptr && n.id.spine != n.id.grain;
    if (n.spine != nullptr && !virtual_spine) return every_base(n);
    if (virtual_spine) {
        const Node& plain = node(NodeId{n.id.grain, ""});
        return spined(n, fmt::format("select * from {}", quoted(table_name(plain, 0))));
    }
    switch (n.grain->form) {
        case Grain::Form::registry:
            return registry_base(n);
        case Grain::Form::rows:
            return rows_base(n);
        case Grain::Form::combination:
            return combination_base(n);
        case Grain::Form::level:
            return level_base(n);
        case Grain::Form::user:
            return user_base(n);
        case Grain::Form::match:
            cannot(base::said("匹配的粒度", "the grain of a match"), n.grain->name);
    }
    return {};
}

}  // namespace zs::compile
