#include <algorithm>

#include "base/failure.h"
#include "interpret/evaluation.h"

namespace zs::interpret {

using base::Month;
using plan::Months;
using plan::Value;

namespace {

/// Before every fact: where `ever` begins over a ledger that nobody owes.
constexpr Month beginning{0};

std::int64_t label_in(const Value& period) {
    if (const auto* month = std::get_if<Month>(&period)) return month->index;
    if (const auto* term = std::get_if<base::Term>(&period)) return term->index;
    return std::get<std::int64_t>(period);
}

}  // namespace

/// The period of a subject of an `every` grain, whole.
Months Evaluation::own_period(const Thing& thing) const {
    ZS_INVARIANT(thing.grain != nullptr && thing.grain->every,
                 "only subjects of an every grain have a period");
    return plan::months_of_label(*thing.grain->every, label_in(thing.key.back()), model_.calendar);
}

/// The month from which windows are seen: the run's, or the end of the subject's own period before
/// it.
Month Evaluation::anchor(const Thing& thing) const {
    if (thing.grain == nullptr || !thing.grain->every) return month_;
    return std::min(own_period(thing).last, month_);
}

Seen Evaluation::seen(const plan::Window& window, Month from) const {
    return {window, plan::months_of(window, from, model_.calendar, beginning)};
}

/// What a name without a window gets at a subject that is looked at by itself.
Seen Evaluation::own_window(const Thing& thing) const {
    if (thing.grain == nullptr || !thing.grain->every) return {std::nullopt, {month_, month_}};
    return {std::nullopt, {own_period(thing).first, anchor(thing)}};
}

std::optional<Seen> Evaluation::seen_at(const plan::Expression& e) {
    const Value month = value(*e.at_month, {});
    if (plan::is_null(month) || month_ < std::get<Month>(month)) return std::nullopt;
    Seen result = seen(*e.window, std::get<Month>(month));
    result.at = std::get<Month>(month);
    return result;
}

/// A reader's window as another subject sees it: from its own month, unless the window says one.
Seen Evaluation::seen_again(const Seen& around, const Thing& from) const {
    if (around.at) return around;
    return around.window ? seen(*around.window, anchor(from)) : own_window(from);
}

/// A period of a ledger of years or terms that is open when it is read counts as if it were over:
/// its rows are in the window (ADR 1, 19).
Months Evaluation::months_for(const Seen& seen, const plan::Ledger* ledger) const {
    Months months = seen.months;
    if (ledger == nullptr) return months;
    if (seen.ever() && ledger->delivery) months.first = ledger->delivery->from;
    const Month now = seen.at.value_or(month_);
    if (ledger->is_of_years_or_terms() && months.holds(now))
        months.last = plan::period_of(ledger->period, now, model_.calendar).last;
    return months;
}

}  // namespace zs::interpret
