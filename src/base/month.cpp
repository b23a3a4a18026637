#include "base/month.h"

#include <charconv>
#include <chrono>

#include <fmt/format.h>

namespace zs::base {

namespace {

std::chrono::year_month_day civil(Date date) {
    return std::chrono::year_month_day{std::chrono::sys_days{std::chrono::days{date.days}}};
}

std::optional<int> digits(std::string_view text) {
    int number = 0;
    for (const char letter : text) {
        if (letter < '0' || letter > '9') return std::nullopt;
        number = number * 10 + (letter - '0');
    }
    return number;
}

}  // namespace

std::optional<Date> Date::of(int year, int month, int day) {
    const std::chrono::year_month_day written{std::chrono::year{year},
                                              std::chrono::month{static_cast<unsigned>(month)},
                                              std::chrono::day{static_cast<unsigned>(day)}};
    if (month < 1 || month > 12 || day < 1 || !written.ok()) return std::nullopt;
    return Date{
        static_cast<std::int32_t>(std::chrono::sys_days{written}.time_since_epoch().count())};
}

int Date::year() const { return static_cast<int>(civil(*this).year()); }
int Date::month_of_year() const {
    return static_cast<int>(static_cast<unsigned>(civil(*this).month()));
}
int Date::day_of_month() const {
    return static_cast<int>(static_cast<unsigned>(civil(*this).day()));
}

Term Term::of_month(Month month) {
    const int place = month.month_of_year();
    if (place >= 8) return {month.year() * 2 + 1};
    if (place == 1) return {(month.year() - 1) * 2 + 1};
    return {month.year() * 2};
}

Date first_day(Month month) { return *Date::of(month.year(), month.month_of_year(), 1); }
Date last_day(Month month) { return {first_day(month.plus(1)).days - 1}; }

std::string text(Month month) {
    return fmt::format("{:04}-{:02}", month.year(), month.month_of_year());
}

std::string text(Date date) {
    return fmt::format("{:04}-{:02}-{:02}", date.year(), date.month_of_year(), date.day_of_month());
}

std::string text(Term term) {
    return fmt::format("{:04}{}", term.year(), term.autumn() ? 'a' : 's');
}

std::optional<Month> parse_month(std::string_view text) {
    if (text.size() != 7 || text[4] != '-') return std::nullopt;
    const auto year = digits(text.substr(0, 4)), month = digits(text.substr(5));
    if (!year || !month || *month < 1 || *month > 12) return std::nullopt;
    return Month::of(*year, *month);
}

std::optional<Date> parse_date(std::string_view text) {
    if (text.size() != 10 || text[4] != '-' || text[7] != '-') return std::nullopt;
    const auto year = digits(text.substr(0, 4)), month = digits(text.substr(5, 2)),
               day = digits(text.substr(8));
    if (!year || !month || !day) return std::nullopt;
    return Date::of(*year, *month, *day);
}

std::optional<Term> parse_term(std::string_view text) {
    if (text.size() != 5 || (text[4] != 's' && text[4] != 'a')) return std::nullopt;
    const auto year = digits(text.substr(0, 4));
    if (!year) return std::nullopt;
    return Term{*year * 2 + (text[4] == 'a' ? 1 : 0)};
}

}  // namespace zs::base
