#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace zs::base {

/// A calendar month. `index` is year × 12 + month − 1, as it stands in the lake and in statements.
struct Month {
    std::int32_t index = 0;

    static Month of(int year, int month_of_year) { return {year * 12 + month_of_year - 1}; }
    int year() const { return index / 12; }
    int month_of_year() const { return index % 12 + 1; }
    Month plus(int months) const { return {index + months}; }
    auto operator<=>(const Month&) const = default;
};

/// A day of the Gregorian calendar; `days` counts from 1970-01-01.
struct Date {
    std::int32_t days = 0;

    /// The day, or nothing where there is no such day (2024-02-30).
    static std::optional<Date> of(int year, int month, int day);
    int year() const;
    int month_of_year() const;
    int day_of_month() const;
    Month month() const { return Month::of(year(), month_of_year()); }
    auto operator<=>(const Date&) const = default;
};

/// A school term. `index` is year × 2, + 1 for autumn: 2024s is spring (02–07) of 2024, 2024a is
/// autumn (2024-08 to 2025-01).
struct Term {
    std::int32_t index = 0;

    static Term of_month(Month month);
    int year() const { return index / 2; }
    bool autumn() const { return index % 2 == 1; }
    Month first() const { return Month::of(year(), autumn() ? 8 : 2); }
    Month last() const { return first().plus(5); }
    auto operator<=>(const Term&) const = default;
};

Date first_day(Month month);
Date last_day(Month month);

/// `2024-09`, `2024-09-30`, `2024s`.
std::string text(Month month);
std::string text(Date date);
std::string text(Term term);

/// Strict forms only (`2024-09`, `2024-09-30`, `2024s`); nothing where the text is none.
/// What people write in files is read by `intake`.
std::optional<Month> parse_month(std::string_view text);
std::optional<Date> parse_date(std::string_view text);
std::optional<Term> parse_term(std::string_view text);

}  // namespace zs::base
