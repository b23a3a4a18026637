#include "base/zone.h"

#include <gtest/gtest.h>

namespace zs::base {
namespace {

std::string day(const Zone& zone, std::int64_t moment) { return text(day_in(zone, moment)); }

TEST(Zone, TellsAMomentsDay) {
    const Zone shanghai = parse_zone("Asia/Shanghai").value();
    constexpr std::int64_t at_four = 1725120000;  // 2024-08-31T16:00:00Z
    EXPECT_EQ(day(shanghai, at_four), "2024-09-01");
    EXPECT_EQ(day(shanghai, at_four - 1), "2024-08-31");
    EXPECT_EQ(day(parse_zone("UTC").value(), at_four), "2024-08-31");
    EXPECT_EQ(day(parse_zone("-05:30").value(), -1), "1969-12-31");
}

TEST(Zone, KnowsChinasSummers) {
    constexpr std::int64_t at_fifteen = 518022000;  // 1986-06-01T15:00:00Z, midnight that summer
    EXPECT_EQ(day(Zone{}, at_fifteen), "1986-06-02");
    EXPECT_EQ(day(Zone{}, at_fifteen - 1), "1986-06-01");
    EXPECT_EQ(day(parse_zone("+08").value(), at_fifteen), "1986-06-01");
}

TEST(Zone, RefusesWhatItDoesNotKnow) {
    for (const char* text : {"", "Asia", "+8", "+08:0", "+15:00", "+08:60", "08:00"})
        EXPECT_FALSE(parse_zone(text)) << text;
}

}  // namespace
}  // namespace zs::base
