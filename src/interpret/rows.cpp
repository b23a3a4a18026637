#include <algorithm>

#include "interpret/evaluation.h"

namespace zs::interpret {

using base::Month;
using plan::is_null;
using plan::Ledger;
using plan::Months;
using plan::Period;
using plan::Row;
using plan::Value;

namespace {

/// A month or date of a row as the month that holds it; nothing where it is NULL.
std::optional<Month> month_in(const Value& value) {
    if (const auto* month = std::get_if<Month>(&value)) return *month;
    if (const auto* date = std::get_if<base::Date>(&value)) return date->month();
    return std::nullopt;
}

/// Whether a time of a span row is at or before the end of a month (a day compares with its last
/// day).
bool is_by_end_of(const Value& time, Month month) {
    if (const auto* date = std::get_if<base::Date>(&time)) return *date <= base::last_day(month);
    return std::get<Month>(time) <= month;
}

bool is_earlier(const Value& a, const Value& b) { return compared(a, b) < 0; }

}  // namespace

bool Evaluation::is_registry(const Ledger& ledger) const {
    const plan::Grain* grain = ledger.grain.empty() ? nullptr : model_.grain(ledger.grain);
    return grain != nullptr && grain->form == plan::Grain::Form::registry &&
           grain->ledger == ledger.name;
}

/// The rows that state facts: all but those that only say that there was nothing.
const Evaluation::Rows& Evaluation::rows_of(const Ledger& ledger) {
    const auto [found, is_new] = rows_.try_emplace(&ledger);
    if (!is_new) return found->second;
    const auto there = data_.rows.find(ledger.name);
    if (there == data_.rows.end()) return found->second;
    for (const Row& row : there->second)
        if (!is_empty_report(ledger, row)) found->second.push_back(&row);
    return found->second;
}

/// The rows of each key of a registry, by `since`.
const std::map<std::string, Evaluation::Rows>& Evaluation::history(const Ledger& registry) {
    const auto [found, is_new] = history_.try_emplace(&registry);
    if (!is_new) return found->second;
    for (const Row* row : rows_of(registry)) {
        const Value key = field_of(registry, *row, registry.grain);
        if (!is_null(key) && !is_null(field_of(registry, *row, "since")))
            found->second[plan::text(key)].push_back(row);
    }
    for (auto& [key, rows] : found->second)
        std::stable_sort(rows.begin(), rows.end(), [&](const Row* a, const Row* b) {
            return is_earlier(field_of(registry, *a, "since"), field_of(registry, *b, "since"));
        });
    return found->second;
}

/// The latest row that began by a month's end; it may have ended.
static const Row* latest_row(const std::vector<const Row*>& rows, const Ledger& registry,
                             Month month) {
    const Row* latest = nullptr;
    for (const Row* row : rows)
        if (is_by_end_of(field_of(registry, *row, "since"), month)) latest = row;
    return latest;
}

const Row* Evaluation::last_row(const Ledger& registry, const std::string& key) {
    const auto& all = history(registry);
    const auto found = all.find(key);
    return found == all.end() ? nullptr : latest_row(found->second, registry, month_);
}

const Row* Evaluation::row_in_force(const Ledger& registry, const std::string& key, Month month) {
    const auto& all = history(registry);
    const auto found = all.find(key);
    const Row* latest = found == all.end() ? nullptr : latest_row(found->second, registry, month);
    if (latest == nullptr) return nullptr;
    const Value ended = field_of(registry, *latest, "ended");
    return is_null(ended) || !is_by_end_of(ended, month) ? latest : nullptr;
}

/// Whether a span row holds at a month's end. `ended` is the first in which it no longer does.
bool Evaluation::in_force(const Ledger& ledger, const Row& row, Month month) {
    if (is_registry(ledger)) {
        const Value key = field_of(ledger, row, ledger.grain);
        return !is_null(key) && row_in_force(ledger, plan::text(key), month) == &row;
    }
    const Value since = field_of(ledger, row, "since"), ended = field_of(ledger, row, "ended");
    return !is_null(since) && is_by_end_of(since, month) &&
           (is_null(ended) || !is_by_end_of(ended, month));
}

/// The months a row is of; of a span row the month it begins. Empty (first after last) where it
/// says none.
Months Evaluation::months_of_row(const Ledger& ledger, const Row& row) const {
    const Value value = field_of(ledger, row, ledger.period_field());
    if (is_null(value)) return {Month{1}, Month{0}};
    if (const auto month = month_in(value)) return {*month, *month};
    const std::int64_t label = std::holds_alternative<base::Term>(value)
                                   ? std::get<base::Term>(value).index
                                   : std::get<std::int64_t>(value);
    return plan::months_of_label(ledger.period, label, model_.calendar);
}

/// For `first` and `last`: the row's day, month, year, term or `since`, as a number that grows.
std::int64_t Evaluation::order_of_row(const Ledger& ledger, const Row& row) const {
    const Value value = field_of(ledger, row, ledger.period_field());
    if (const auto* date = std::get_if<base::Date>(&value)) return date->days;
    if (const auto* month = std::get_if<Month>(&value)) return month->index;
    if (const auto* term = std::get_if<base::Term>(&value)) return term->index;
    if (const auto* year = std::get_if<std::int64_t>(&value)) return *year;
    return 0;
}

bool Evaluation::in_window(const Ledger& ledger, const Row& row, Months months, bool cover_any) {
    if (ledger.period == Period::span) {
        if (!cover_any) return in_force(ledger, row, months.last);
        return !months_in_force(ledger, row, months).empty();
    }
    const Months own = months_of_row(ledger, row);
    return own.count() > 0 && months.holds(own.last);
}

/// Whether the row is of the run's time: not of a later month, begun by run.day.
bool Evaluation::is_before_run_end(const Ledger& ledger, const Row& row) const {
    const Months own = months_of_row(ledger, row);
    return own.count() > 0 && own.first <= month_;
}

/// The months of the window at whose end a span row is in force.
plan::MonthSet Evaluation::months_in_force(const Ledger& ledger, const Row& row, Months months) {
    plan::MonthSet set;
    const Months own = months_of_row(ledger, row);
    if (own.count() == 0) return set;
    for (Month month = std::max(months.first, own.first); month <= months.last;
         month = month.plus(1))
        if (in_force(ledger, row, month)) set.insert(month);
    return set;
}

Thing Evaluation::thing_of(const Ledger& ledger, const Row& row) const {
    Thing thing;
    thing.ledger = &ledger;
    thing.row = &row;
    if (ledger.key.empty()) return thing;
    thing.grain = model_.grain(ledger.name);
    for (const std::string& field : ledger.key) thing.key.push_back(field_of(ledger, row, field));
    return thing;
}

}  // namespace zs::interpret
