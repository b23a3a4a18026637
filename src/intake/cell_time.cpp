#include <algorithm>

#include "base/text.h"
#include "intake/cell.h"
#include "intake/id_text.h"

namespace zs::intake {

namespace {

/// Before it a year is a slip of the hand: 0202 for 2020. 9999 says without end.
constexpr int year_min = 1800, year_max = 9999;

bool digit(char letter) { return letter >= '0' && letter <= '9'; }

/// Runs of digits, and what stands between them.
struct Parts {
    std::vector<std::string> digits;
    std::vector<std::string> between;  ///< after each run
};

Parts parts_of(std::string_view text) {
    Parts parts;
    for (std::size_t i = 0; i < text.size();) {
        const bool figure = digit(text[i]);
        std::size_t end = i;
        while (end < text.size() && digit(text[end]) == figure) ++end;
        const std::string part(text.substr(i, end - i));
        if (figure)
            parts.digits.push_back(part);
        else if (parts.digits.empty())
            return {};
        else
            parts.between.push_back(part);
        i = end;
    }
    return parts;
}

bool separator(const std::string& mark, const char* chinese) {
    return mark == "-" || mark == "/" || mark == "." || mark == chinese;
}

std::optional<base::Month> month_of(int year, int month) {
    if (!is_year(year) || month < 1 || month > 12) return std::nullopt;
    return base::Month::of(year, month);
}

std::optional<base::Date> date_of(int year, int month, int day) {
    if (!is_year(year)) return std::nullopt;
    return base::Date::of(year, month, day);
}

/// 10:20, 10:20:30, with a fraction, a zone, AM or PM behind.
bool is_time_of_day(std::string_view text) {
    const Parts parts = parts_of(text);
    if (parts.digits.size() < 2 || parts.between.empty() || parts.between[0] != ":" ||
        text.find_first_not_of("0123456789:.+-ZAPMUTC ") != std::string_view::npos)
        return false;
    constexpr int hours = 24, minutes = 60;
    const auto below = [](const std::string& figures, int limit) {
        return figures.size() <= 2 && std::stoi(figures) < limit;
    };
    return below(parts.digits[0], hours) && below(parts.digits[1], minutes) &&
           (parts.digits.size() < 3 || parts.between[1] != ":" || below(parts.digits[2], minutes));
}

/// A time of day and the zone behind it; of a time without one nothing.
struct TimeInZone {
    int seconds = 0;
    base::Zone zone;
};
std::optional<TimeInZone> time_in_zone(std::string_view text) {
    const std::size_t at = text.find_first_of("Z+-U");
    if (at == std::string_view::npos) return std::nullopt;
    const auto zone = base::parse_zone(base::trim(text.substr(at)));
    if (!zone) return std::nullopt;
    const Parts parts = parts_of(base::trim(text.substr(0, at)));
    constexpr int seconds_an_hour = 3600, seconds_a_minute = 60;
    int seconds = std::stoi(parts.digits[0]) * seconds_an_hour +
                  std::stoi(parts.digits[1]) * seconds_a_minute;
    if (parts.digits.size() > 2) seconds += std::stoi(parts.digits[2]);
    return TimeInZone{seconds, *zone};
}

}  // namespace

bool is_year(std::int64_t year) { return year >= year_min && year <= year_max; }

std::optional<base::Month> read_month(std::string_view text) {
    Parts parts = parts_of(text);
    if (parts.digits.size() == 1 && parts.between.empty() && parts.digits[0].size() == 6)
        return month_of(std::stoi(parts.digits[0].substr(0, 4)),
                        std::stoi(parts.digits[0].substr(4)));
    if (parts.digits.size() != 2 || parts.digits[0].size() != 4 || parts.digits[1].size() > 2)
        return std::nullopt;
    if (!separator(parts.between[0], "年")) return std::nullopt;
    if (parts.between.size() == 2 &&
        !(parts.between[0] == "年" && (parts.between[1] == "月" || parts.between[1] == "月份")))
        return std::nullopt;
    return month_of(std::stoi(parts.digits[0]), std::stoi(parts.digits[1]));
}

std::optional<base::Date> read_date(std::string_view text, const base::Zone& zone) {
    // A moment is its day.
    if (const auto space = text.find_first_of(" T");
        space != std::string_view::npos && is_time_of_day(base::trim(text.substr(space + 1)))) {
        const std::string_view time = base::trim(text.substr(space + 1));
        const auto day = read_date(text.substr(0, space));
        if (!day || time.find_first_of("Z+-U") == std::string_view::npos) return day;
        const auto there = time_in_zone(time);
        if (!there) return std::nullopt;
        constexpr std::int64_t seconds_a_day = 86400, seconds_a_minute = 60;
        return base::day_in(zone, day->days * seconds_a_day + there->seconds -
                                      there->zone.minutes * seconds_a_minute);
    }
    Parts parts = parts_of(text);
    if (parts.digits.size() == 1 && parts.between.empty() && parts.digits[0].size() == 8)
        return date_of(std::stoi(parts.digits[0].substr(0, 4)),
                       std::stoi(parts.digits[0].substr(4, 2)),
                       std::stoi(parts.digits[0].substr(6)));
    if (parts.digits.size() != 3 || parts.digits[0].size() != 4 || parts.digits[1].size() > 2 ||
        parts.digits[2].size() > 2)
        return std::nullopt;
    const bool chinese = parts.between[0] == "年";
    if (!separator(parts.between[0], "年") ||
        (chinese ? parts.between[1] != "月" : parts.between[1] != parts.between[0]))
        return std::nullopt;
    if (parts.between.size() == 3 &&
        !(chinese && (parts.between[2] == "日" || parts.between[2] == "号")))
        return std::nullopt;
    return date_of(std::stoi(parts.digits[0]), std::stoi(parts.digits[1]),
                   std::stoi(parts.digits[2]));
}

std::optional<base::Term> read_term(std::string_view text) {
    if (const auto strict = base::parse_term(text))
        return is_year(strict->index / 2) ? strict : std::nullopt;
    const Parts parts = parts_of(text);
    if (parts.digits.size() != 1 || parts.digits[0].size() != 4 || parts.between.size() != 1)
        return std::nullopt;
    const int year = std::stoi(parts.digits[0]);
    if (!is_year(year)) return std::nullopt;
    const std::string& season = parts.between[0];
    if (season == "年春" || season == "年春季" || season == "年春季学期" || season == "春")
        return base::Term{year * 2};
    if (season == "年秋" || season == "年秋季" || season == "年秋季学期" || season == "秋")
        return base::Term{year * 2 + 1};
    return std::nullopt;
}

bool is_date_of_key(std::string_view text) {
    static const std::vector<std::string> months{"JAN", "FEB", "MAR", "APR", "MAY", "JUN",
                                                 "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"};
    const auto is_plain = [](char letter) {
        return digit(letter) || (letter >= 'A' && letter <= 'Z') ||
               (letter >= 'a' && letter <= 'z');
    };
    if (std::all_of(text.begin(), text.end(), is_plain)) return false;
    std::size_t names = 0, others = 0;
    for (const std::string& part : base::split(upper(std::string(text)), '-')) {
        const bool is_name = std::find(months.begin(), months.end(), part) != months.end();
        names += is_name ? 1 : 0;
        others += !is_name && (part.empty() || part.size() > 4 ||
                               part.find_first_not_of("0123456789") != std::string::npos)
                      ? 1
                      : 0;
    }
    if (names == 1 && others == 0 && text.find('-') != std::string_view::npos) return true;
    const Parts parts = parts_of(text);
    const auto between = [&](std::size_t i) {
        return i < parts.between.size() ? parts.between[i] : std::string();
    };
    if (parts.digits.size() == 2 && between(0) == "月" && between(1) == "日") return true;
    const bool chinese = between(0) == "年" && between(1).starts_with("月");
    const bool slashes = parts.digits.size() == 3 && between(0) == "/" && between(1) == "/";
    return (chinese && parts.digits[0].size() == 4) ||
           (slashes && (parts.digits[0].size() == 4 || parts.digits[2].size() == 4));
}

}  // namespace zs::intake
