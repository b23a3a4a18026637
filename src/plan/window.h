#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/month.h"

namespace zs::plan {

/// How the periods of a ledger, or of an `every` grain, are cut.
enum class Period { month, date, year, calendar_year, school_term, span };

/// A window of months that ends with the run's month or before it (PACK.md, 2).
struct Window {
    enum class Unit { month, months, ever, year, calendar_year, school_term };
    enum class Part { to_date, whole, last };  ///< of the three calendars only

    Unit unit = Unit::month;
    Part part = Part::to_date;
    int count = 1;  ///< of `months` only
    int ago = 0;

    auto operator<=>(const Window&) const = default;
};

/// `12 months ago 3`, `whole school_term ago 1`; nothing where the text is no window.
std::optional<Window> parse_window(std::string_view text);
std::string text(const Window& window);

/// Months from first to last, both included; empty where first > last.
struct Months {
    base::Month first;
    base::Month last;

    int count() const { return last < first ? 0 : last.index - first.index + 1; }
    bool holds(base::Month month) const { return first <= month && month <= last; }
    auto operator<=>(const Months&) const = default;
};

/// The three calendars: `year_ends` is the last month (1–12) of the accounting year.
struct Calendar {
    int year_ends = 12;
};

/// The period of the calendar (year, calendar_year, school_term or month) that holds `month`,
/// whole.
Months period_of(Period period, base::Month month, const Calendar& calendar);
/// Its label as in the lake: month index, the year in which it ends, or the term's index.
std::int64_t label_of(Period period, base::Month month, const Calendar& calendar);
/// The months of the period with that label.
Months months_of_label(Period period, std::int64_t label, const Calendar& calendar);

/// The calendar of an `every` grain or an indicator as a window: its period up to the month from
/// which it is seen.
Window to_date(Period period);

/// Its label as results print it: 2024-09, 2024, 2024s.
std::string label_text(Period period, std::int64_t label);
/// The label, as results print it, of the period that holds a month.
std::string label_text(Period period, base::Month month, const Calendar& calendar);
/// month, year, calendar_year, school_term.
std::string text(Period period);
/// Months of a period: 1, 6 or 12.
int months_in(Period period);

/// The months of a window seen from month `anchor`; `ever` begins with `ever_first`.
Months months_of(const Window& window, base::Month anchor, const Calendar& calendar,
                 base::Month ever_first);

}  // namespace zs::plan
