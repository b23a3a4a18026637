#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "base/month.h"

namespace zs::base {

/// The clock by which a moment's day is told: a home's, never the machine's.
struct Zone {
    int minutes = 480;            ///< before UTC
    bool chinese_summers = true;  ///< an hour more in the summers of 1986 to 1991, as in China
};

/// `Asia/Shanghai`, `UTC`, `+08:00`; nothing where it is none of these.
std::optional<Zone> parse_zone(std::string_view text);

/// The day of a moment, in seconds since 1970 in UTC.
Date day_in(const Zone& zone, std::int64_t moment);

}  // namespace zs::base
