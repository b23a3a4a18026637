#include "base/month.h"

#include <gmock/gmock.h>

namespace zs::base {
namespace {

TEST(Month, CrossesTheYearWhenMonthsAreAdded) {
    EXPECT_EQ(Month::of(2024, 12).plus(1), Month::of(2025, 1));
    EXPECT_EQ(Month::of(2024, 1).plus(-1), Month::of(2023, 12));
    EXPECT_EQ(Month::of(2024, 9).plus(-21).year(), 2022);
    EXPECT_EQ(Month::of(2024, 9).plus(-21).month_of_year(), 12);
}

TEST(Month, ReadsWhatItWrites) {
    EXPECT_EQ(text(Month::of(2024, 9)), "2024-09");
    EXPECT_EQ(parse_month("2024-09"), Month::of(2024, 9));
}

TEST(Month, TakesTheStrictFormOnly) {
    for (const char* written : {"", "2024", "2024-9", "2024-00", "2024-13", "202409", " 2024-09",
                                "2024-09-01", "2024年9月"})
        EXPECT_EQ(parse_month(written), std::nullopt) << written;
}

TEST(Date, KnowsLeapYears) {
    EXPECT_TRUE(Date::of(2024, 2, 29).has_value());
    EXPECT_EQ(Date::of(2023, 2, 29), std::nullopt);
    EXPECT_EQ(Date::of(1900, 2, 29), std::nullopt);
    EXPECT_TRUE(Date::of(2000, 2, 29).has_value());
}

TEST(Date, HasNoThirteenthMonthAndNoDayZero) {
    EXPECT_EQ(Date::of(2024, 13, 1), std::nullopt);
    EXPECT_EQ(Date::of(2024, 0, 1), std::nullopt);
    EXPECT_EQ(Date::of(2024, 1, 0), std::nullopt);
    EXPECT_EQ(Date::of(2024, 4, 31), std::nullopt);
}

TEST(Date, CountsDaysFrom1970) {
    EXPECT_EQ(Date::of(1970, 1, 1)->days, 0);
    EXPECT_EQ(Date::of(1969, 12, 31)->days, -1);
    EXPECT_EQ(Date::of(2024, 9, 30)->days, 19996);
}

TEST(Date, GivesItsPartsBack) {
    const auto date = Date::of(1949, 12, 31);
    ASSERT_TRUE(date.has_value());
    EXPECT_EQ(date->year(), 1949);
    EXPECT_EQ(date->month_of_year(), 12);
    EXPECT_EQ(date->day_of_month(), 31);
    EXPECT_EQ(date->month(), Month::of(1949, 12));
    EXPECT_EQ(text(*date), "1949-12-31");
    EXPECT_EQ(parse_date("1949-12-31"), date);
}

TEST(Date, EndsAMonthOnItsLastDay) {
    EXPECT_EQ(text(first_day(Month::of(2024, 2))), "2024-02-01");
    EXPECT_EQ(text(last_day(Month::of(2024, 2))), "2024-02-29");
    EXPECT_EQ(text(last_day(Month::of(2023, 12))), "2023-12-31");
}

TEST(Date, TakesTheStrictFormOnly) {
    for (const char* written :
         {"", "2024-09", "2024-9-1", "2024/09/01", "2024-02-30", "20240901", "2024-09-01 "})
        EXPECT_EQ(parse_date(written), std::nullopt) << written;
}

TEST(Term, PutsJanuaryInTheAutumnBefore) {
    EXPECT_EQ(text(Term::of_month(Month::of(2025, 1))), "2024a");
    EXPECT_EQ(text(Term::of_month(Month::of(2024, 2))), "2024s");
    EXPECT_EQ(text(Term::of_month(Month::of(2024, 7))), "2024s");
    EXPECT_EQ(text(Term::of_month(Month::of(2024, 8))), "2024a");
}

TEST(Term, HasSixMonths) {
    const auto autumn = parse_term("2024a");
    ASSERT_TRUE(autumn.has_value());
    EXPECT_EQ(autumn->first(), Month::of(2024, 8));
    EXPECT_EQ(autumn->last(), Month::of(2025, 1));
    EXPECT_EQ(parse_term("2024x"), std::nullopt);
    EXPECT_EQ(parse_term("2024"), std::nullopt);
}

}  // namespace
}  // namespace zs::base
