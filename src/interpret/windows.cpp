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

Months Evaluation::months_for(const Seen& seen, const plan::Ledger* ledger) const {
    Months months = seen.months;
    if (seen.ever() && ledger != nullptr && ledger->delivery) months.first = ledger->delivery->from;
    return months;
}

}  // namespace zs::interpret
