#include "base/zone.h"

#include <array>

namespace zs::base {

namespace {

constexpr std::int64_t seconds_a_day = 86400, seconds_a_minute = 60, seconds_an_hour = 3600;

std::int64_t floor_of(std::int64_t value, std::int64_t by) {
    return value >= 0 ? value / by : -((-value + by - 1) / by);
}

/// China's summer time (IANA tz database, rules PRC): each year's first and last day, at two
/// o'clock.
bool in_chinese_summer(std::int64_t local) {
    struct Summer {
        int year, from_month, from_day, until_day;
    };
    constexpr std::array<Summer, 6> summers{{{1986, 5, 4, 14},
                                             {1987, 4, 12, 13},
                                             {1988, 4, 17, 11},
                                             {1989, 4, 16, 17},
                                             {1990, 4, 15, 16},
                                             {1991, 4, 14, 15}}};
    constexpr int september = 9, two_o_clock = 2;
    for (const Summer& summer : summers) {
        const auto from = Date::of(summer.year, summer.from_month, summer.from_day);
        const auto until = Date::of(summer.year, september, summer.until_day);
        // The clock that is put back at two shows one by standard time.
        if (local >= from->days * seconds_a_day + two_o_clock * seconds_an_hour &&
            local < until->days * seconds_a_day + (two_o_clock - 1) * seconds_an_hour)
            return true;
    }
    return false;
}

}  // namespace

std::optional<Zone> parse_zone(std::string_view text) {
    if (text == "Asia/Shanghai" || text == "PRC") return Zone{};
    if (text == "UTC" || text == "Z" || text == "z") return Zone{0, false};
    if (text.size() < 3 || (text[0] != '+' && text[0] != '-')) return std::nullopt;
    std::array<int, 4> figures{};
    std::size_t count = 0;
    for (const char letter : text.substr(1)) {
        if (letter == ':' && count == 2) continue;
        if (letter < '0' || letter > '9' || count == figures.size()) return std::nullopt;
        figures[count++] = letter - '0';
    }
    constexpr int hours_max = 14, minutes_an_hour = 60;
    const int hours = figures[0] * 10 + figures[1], minutes = figures[2] * 10 + figures[3];
    if ((count != 2 && count != 4) || hours > hours_max || minutes >= minutes_an_hour)
        return std::nullopt;
    const int whole = hours * minutes_an_hour + minutes;
    return Zone{text[0] == '-' ? -whole : whole, false};
}

Date day_in(const Zone& zone, std::int64_t moment) {
    std::int64_t local = moment + zone.minutes * seconds_a_minute;
    if (zone.chinese_summers && in_chinese_summer(local)) local += seconds_an_hour;
    return Date{static_cast<int>(floor_of(local, seconds_a_day))};
}

}  // namespace zs::base
