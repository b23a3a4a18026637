#include <algorithm>

#include "base/text.h"
#include "interpret/evaluation.h"

namespace zs::interpret {

using base::Month;
using plan::Grain;
using plan::is_null;
using plan::Ledger;
using plan::Months;
using plan::Row;
using plan::Value;

namespace {

using Node = plan::Expression::Node;

constexpr int parents_max = 20;

std::vector<Thing> sorted(std::vector<Thing> things) {
    std::stable_sort(things.begin(), things.end(), [](const Thing& a, const Thing& b) {
        return key_text(a.key) < key_text(b.key);
    });
    return things;
}

/// A row as a subject of a grain of rows, which may have another name than its ledger.
Thing as_subject(Thing row, const Grain& grain) {
    row.grain = &grain;
    return row;
}

/// The periods that overlap the months, each once.
std::vector<Months> periods_in(const Months& months, plan::Period period,
                               const plan::Calendar& calendar) {
    std::vector<Months> periods;
    for (Month month = months.first; month <= months.last; month = month.plus(1)) {
        const Months whole = plan::period_of(period, month, calendar);
        if (periods.empty() || periods.back() != whole) periods.push_back(whole);
    }
    return periods;
}

Value period_value(plan::Period period, const Months& months, const plan::Calendar& calendar) {
    const std::int64_t label = plan::label_of(period, months.first, calendar);
    if (period == plan::Period::school_term) return base::Term{static_cast<std::int32_t>(label)};
    if (period == plan::Period::year || period == plan::Period::calendar_year) return label;
    return Month{static_cast<std::int32_t>(label)};
}

/// A key field as it is written in a subject's key.
Value parsed(const std::string& text, const plan::Type& type) {
    switch (type.kind) {
        case plan::Kind::month: {
            const auto month = base::parse_month(text);
            return month ? Value(*month) : Value();
        }
        case plan::Kind::term: {
            const auto term = base::parse_term(text);
            return term ? Value(*term) : Value();
        }
        case plan::Kind::date: {
            const auto date = base::parse_date(text);
            return date ? Value(*date) : Value();
        }
        case plan::Kind::integer:
            return static_cast<std::int64_t>(std::strtoll(text.c_str(), nullptr, 10));
        default:
            return text;
    }
}

}  // namespace

/// In force at a month's end, and its parent, and its parent's parent (ADR 1, 3).
bool Evaluation::is_subject(const Grain& grain, const std::string& key, Month month, int depth) {
    if (depth > parents_max) return false;
    if (grain.form == Grain::Form::level) return places_.in_force(key, month);
    if (grain.form != Grain::Form::registry) return true;
    const Row* row = row_in_force(*model_.ledger(grain.ledger), key, month);
    return row != nullptr && is_subject_by(grain, *row, month, depth);
}

/// The same of a subject whose row in force then is at hand.
bool Evaluation::is_subject_by(const Grain& grain, const Row& row, Month month, int depth) {
    if (grain.parent.empty()) return true;
    const Value parent = field_of(*model_.ledger(grain.ledger), row, grain.parent);
    return !is_null(parent) &&
           is_subject(*model_.grain(grain.parent_grain), plan::text(parent), month, depth + 1);
}

/// Whether a registry's row makes a subject at some month's end.
bool Evaluation::is_subject_in(const Grain& registry, const Row& row, const Months& months) {
    for (const Month month : months_in_force(*model_.ledger(registry.ledger), row, months))
        if (is_subject_by(registry, row, month)) return true;
    return false;
}

std::int64_t Evaluation::orphans() {
    std::int64_t count = 0;
    for (const Grain& grain : model_.grains) {
        if (grain.form != Grain::Form::registry || model_.ledger(grain.ledger) == nullptr) continue;
        const Ledger& ledger = *model_.ledger(grain.ledger);
        for (const auto& [key, rows] : history(ledger))
            if (row_in_force(ledger, key, month_) != nullptr && !is_subject(grain, key, month_))
                ++count;
    }
    return count;
}

std::vector<Thing> Evaluation::registry_subjects(const Grain& grain) {
    std::vector<Thing> things;
    const Ledger& ledger = *model_.ledger(grain.ledger);
    for (const auto& [key, rows] : history(ledger))
        if (is_subject(grain, key, month_))
            things.push_back(
                {&grain, &ledger, row_in_force(ledger, key, month_), {Value(key)}, false});
    return things;
}

/// The combinations of the key's fields that occur in rows of any of the windows.
std::vector<Thing> Evaluation::combinations(const Grain& grain, const std::vector<Months>& windows,
                                            bool cover_any) {
    const Ledger& ledger = *model_.ledger(grain.ledger);
    std::map<std::string, Thing> things;
    for (const Row* row : rows_of(ledger)) {
        if (!is_before_run_end(ledger, *row)) continue;
        if (std::none_of(windows.begin(), windows.end(), [&](const Months& months) {
                return in_window(ledger, *row, months, cover_any);
            }))
            continue;
        Thing thing;
        thing.grain = &grain;
        for (const std::string& field : grain.key)
            thing.key.push_back(field_of(ledger, *row, field));
        if (std::none_of(thing.key.begin(), thing.key.end(), is_null))
            things.emplace(key_identity(thing.key), thing);
    }
    std::vector<Thing> result;
    for (const auto& [key, thing] : things) result.push_back(thing);
    return result;
}

/// The keys of a ledger's rows in force at some month's end of the period so far (of a registry:
/// as subjects), or (without spans) in it.
void Evaluation::every_of_ledger(const Grain& grain, const Ledger& ledger, const Months& period,
                                 std::map<std::string, Thing>& into) {
    const Months so_far{
        period.first, ledger.is_of_years_or_terms() ? period.last : std::min(period.last, month_)};
    const Grain* registry = is_registry(ledger) ? model_.grain(ledger.grain) : nullptr;
    if (registry != nullptr && !(grain.key.size() == 2 && grain.key[0] == registry->key[0]))
        registry = nullptr;
    for (const Row* row : rows_of(ledger)) {
        if (!is_before_run_end(ledger, *row) || !in_window(ledger, *row, so_far, true)) continue;
        if (registry != nullptr && !is_subject_in(*registry, *row, so_far)) continue;
        Thing thing;
        thing.grain = &grain;
        for (std::size_t i = 0; i + 1 < grain.key.size(); ++i)
            thing.key.push_back(field_of(ledger, *row, grain.key[i]));
        if (std::any_of(thing.key.begin(), thing.key.end(), is_null)) continue;
        thing.key.push_back(period_value(*grain.every, period, model_.calendar));
        into.emplace(key_identity(thing.key), thing);
    }
}

std::vector<Thing> Evaluation::every_subjects(const Grain& grain) {
    const Ledger* ledger = grain.ledger.empty() ? nullptr : model_.ledger(grain.ledger);
    Months over = plan::months_of(grain.over, month_, model_.calendar, model_.first);
    if (grain.over.unit == plan::Window::Unit::ever && ledger != nullptr) {
        if (ledger->delivery)
            over.first = ledger->delivery->from;
        else
            for (const Row* row : rows_of(*ledger))
                if (const Months own = months_of_row(*ledger, *row); own.count() > 0)
                    over.first = std::min(over.first, own.first);
    }
    over.last = std::min(over.last, month_);
    std::map<std::string, Thing> things;
    for (const Months& period : periods_in(over, *grain.every, model_.calendar)) {
        if (ledger != nullptr) {
            every_of_ledger(grain, *ledger, period, things);
            continue;
        }
        for (Month month = period.first; month <= std::min(period.last, month_);
             month = month.plus(1))
            for (const std::string& code : places_.of_level(grain.level, month)) {
                const Thing thing{
                    &grain,
                    nullptr,
                    nullptr,
                    {Value(code), period_value(*grain.every, period, model_.calendar)},
                    false};
                things.emplace(key_identity(thing.key), thing);
            }
    }
    std::vector<Thing> result;
    for (const auto& [key, thing] : things) result.push_back(thing);
    return result;
}

/// All subjects of a run, by key.
const std::vector<Thing>& Evaluation::subjects(const Grain& grain) {
    const auto [found, is_new] = subjects_.try_emplace(&grain);
    if (!is_new) return found->second;
    std::vector<Thing> things;
    const Ledger* ledger = grain.ledger.empty() ? nullptr : model_.ledger(grain.ledger);
    if (grain.every)
        things = every_subjects(grain);
    else if (grain.form == Grain::Form::level)
        things = subjects_in(grain, {std::nullopt, {month_, month_}}, false);
    else if (ledger == nullptr)
        things = {};
    else if (grain.form == Grain::Form::registry)
        things = registry_subjects(grain);
    else if (grain.form == Grain::Form::combination)
        things = combinations(grain, windows_in_use(grain), grain.has_over);
    else if (grain.form == Grain::Form::rows) {
        const Months over = grain.has_over
                                ? plan::months_of(grain.over, month_, model_.calendar, Month{0})
                                : Months{month_, month_};
        for (const Row* row : rows_of(*ledger)) {
            if (!is_before_run_end(*ledger, *row)) continue;
            if (ledger->period != plan::Period::span || in_window(*ledger, *row, over, true))
                things.push_back(as_subject(thing_of(*ledger, *row), grain));
        }
    }
    return subjects_[&grain] = sorted(std::move(things));
}

/// The subjects that a feature `from` the grain, or an indicator over it, reads in a window.
std::vector<Thing> Evaluation::subjects_in(const Grain& grain, const Seen& window, bool cover_any) {
    const Ledger* ledger = grain.ledger.empty() ? nullptr : model_.ledger(grain.ledger);
    const Months months = months_for(window, ledger);
    std::vector<Thing> things;
    if (grain.every) {
        for (const Thing& thing : subjects(grain))
            if (months.first <= own_period(thing).first && anchor(thing) <= months.last)
                things.push_back(thing);
    } else if (grain.form == Grain::Form::level) {
        for (const std::string& code : places_.of_level(grain.level, months.last))
            things.push_back({&grain, nullptr, nullptr, {Value(code)}, false});
    } else if (ledger == nullptr) {
        return things;
    } else if (grain.form == Grain::Form::registry) {
        for (const auto& [key, rows] : history(*ledger)) {
            // At the window's end, or with `cover = "any"` at some month's end in it.
            const Row* held = nullptr;
            const Months ends = cover_any ? months : Months{months.last, months.last};
            for (const Row* row : rows)
                for (const Month month : months_in_force(*ledger, *row, ends))
                    if (is_subject_by(grain, *row, month)) held = row;
            if (held != nullptr) things.push_back({&grain, ledger, held, {Value(key)}, false});
        }
    } else if (grain.form == Grain::Form::combination) {
        things = combinations(grain, {months}, cover_any);
    } else {
        for (const Row* row : rows_of(*ledger))
            if (is_before_run_end(*ledger, *row) && in_window(*ledger, *row, months, cover_any))
                things.push_back(as_subject(thing_of(*ledger, *row), grain));
    }
    return sorted(std::move(things));
}

/// The thing that dots or an example's key reach: also one that is gone.
std::optional<Thing> Evaluation::thing_with_key(const Grain& grain, const std::string& key) {
    const Ledger* ledger = grain.ledger.empty() ? nullptr : model_.ledger(grain.ledger);
    if (grain.form == Grain::Form::level && !grain.every)
        return Thing{&grain, nullptr, nullptr, {Value(key)}, false};
    if (grain.form == Grain::Form::user)
        return Thing{&grain, nullptr, nullptr, {Value(key)}, false};
    if (grain.form == Grain::Form::registry && ledger != nullptr) {
        const Row* row = last_row(*ledger, key);
        return row == nullptr ? std::nullopt
                              : std::optional(Thing{&grain, ledger, row, {Value(key)}, false});
    }
    if (grain.form == Grain::Form::rows && ledger != nullptr) {
        for (const Row* row : rows_of(*ledger)) {
            if (!is_before_run_end(*ledger, *row)) continue;
            if (const Thing thing = as_subject(thing_of(*ledger, *row), grain);
                key_text(thing.key) == key)
                return thing;
        }
        return std::nullopt;
    }
    const std::vector<std::string> parts = base::split(key, '/');
    if (parts.size() != grain.key.size()) return std::nullopt;
    Thing thing;
    thing.grain = &grain;
    for (std::size_t i = 0; i < parts.size(); ++i)
        thing.key.push_back(parsed(parts[i], grain.key_types[i]));
    return std::any_of(thing.key.begin(), thing.key.end(), is_null) ? std::nullopt
                                                                    : std::optional(thing);
}

}  // namespace zs::interpret
