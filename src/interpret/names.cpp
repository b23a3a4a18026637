#include "base/failure.h"
#include "interpret/evaluation.h"

namespace zs::interpret {

using plan::Grain;
using plan::Hop;
using plan::is_null;
using plan::Value;

/// A field, a key field, or `code` and `name` of a division; NULL where the thing has none.
Value Evaluation::field_at(const Thing& thing, const std::string& name) {
    const bool level = thing.grain != nullptr && thing.grain->form == Grain::Form::level;
    if (thing.division || (level && (name == "code" || name == "name"))) {
        if (name == "code") return thing.key[0];
        const plan::Division* division = places_.find(plan::text(thing.key[0]));
        return division == nullptr ? Value() : Value(division->name);
    }
    if (thing.row != nullptr && thing.ledger != nullptr) {
        if (name == "first_since" && thing.grain != nullptr &&
            thing.grain->form == Grain::Form::registry)
            return first_since(thing);
        if (!thing.ledger->is_months_of_dates(name))
            return field_of(*thing.ledger, *thing.row, name);
        const Value date = field_of(*thing.ledger, *thing.row, "date");
        return is_null(date) ? Value() : Value(std::get<base::Date>(date).month());
    }
    if (thing.grain != nullptr)
        for (std::size_t i = 0; i < thing.grain->key.size() && i < thing.key.size(); ++i)
            if (thing.grain->key[i] == name) return thing.key[i];
    return {};
}

/// Since when the subject's rows, up to the one at hand, follow on each other without a gap.
Value Evaluation::first_since(const Thing& subject) {
    const Rows& rows = history(*subject.ledger).at(plan::text(subject.key[0]));
    const plan::Row* first = rows.front();
    for (std::size_t i = 1; i < rows.size() && rows[i - 1] != subject.row; ++i) {
        const Value ended = field_of(*subject.ledger, *rows[i - 1], "ended");
        const Value since = field_of(*subject.ledger, *rows[i], "since");
        if (!is_null(ended) && compared(ended, since) < 0) first = rows[i];
    }
    return field_of(*subject.ledger, *first, "since");
}

/// Goes up step by step; nothing where a step finds nothing. Always by the registry as of the run's
/// month.
std::optional<Thing> Evaluation::follow(const std::vector<Hop>& path, const Thing& from) {
    Thing at = from;
    for (const Hop& hop : path) {
        if (at.grain != nullptr && at.grain->form == Grain::Form::registry && at.ledger != nullptr)
            if (const plan::Row* last = last_row(*at.ledger, plan::text(at.key[0]))) at.row = last;
        const Value value = field_at(at, hop.field);
        if (is_null(value)) return std::nullopt;
        if (hop.kind == Hop::Kind::division) {
            at = Thing{nullptr, nullptr, nullptr, {value}, true};
            continue;
        }
        const Grain* grain = model_.grain(hop.grain);
        ZS_INVARIANT(grain != nullptr, "a bound path names grains that are there");
        if (hop.kind == Hop::Kind::level) {
            const auto code = model_.ancestor(plan::text(value), grain->level);
            if (!code) return std::nullopt;
            at = Thing{grain, nullptr, nullptr, {Value(*code)}, false};
            continue;
        }
        const auto next = thing_with_key(*grain, plan::text(value));
        if (!next) return std::nullopt;
        at = *next;
    }
    return at;
}

std::string Evaluation::division_of(const Thing& thing, const std::vector<Hop>& way,
                                    const std::string& field) {
    const auto end = follow(way, thing);
    if (!end) return {};
    // The registry's row of the run's month says where a subject is, whatever row was read.
    Thing at = *end;
    if (at.grain != nullptr && at.grain->form == Grain::Form::registry && at.ledger != nullptr)
        if (const plan::Row* last = last_row(*at.ledger, plan::text(at.key[0]))) at.row = last;
    const Value value = field_at(at, field);
    return is_null(value) ? std::string() : plan::text(value);
}

/// The code of the division where a thing lies; empty where it leads to none.
std::string Evaluation::division_of(const Thing& thing) {
    if (thing.division) return plan::text(thing.key[0]);
    const bool of_row = thing.ledger != nullptr &&
                        (thing.grain == nullptr || thing.grain->form == Grain::Form::rows);
    if (of_row)
        return thing.ledger->way_to_division ? division_of(thing, *thing.ledger->way_to_division,
                                                           thing.ledger->division_field)
                                             : std::string();
    if (thing.grain == nullptr || !thing.grain->way_to_division) return {};
    return division_of(thing, *thing.grain->way_to_division, thing.grain->division_field);
}

}  // namespace zs::interpret
