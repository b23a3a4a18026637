#include "base/decimal.h"

#include <string>

#include <gmock/gmock.h>

namespace zs::base {
namespace {

Decimal decimal(std::string_view written) {
    const auto value = parse_decimal(written);
    EXPECT_TRUE(value.has_value()) << written;
    return value.value_or(Decimal{});
}

/// 38 nines: the largest value there is.
const std::string nines(38, '9');

TEST(Decimal, KeepsTheDigitsWritten) {
    for (const char* written : {"0", "12", "-12.50", "0.05", "-0.05", "100000.00"})
        EXPECT_EQ(text(decimal(written)), written);
    EXPECT_EQ(decimal("12.50").scale, 2);
    EXPECT_EQ(text(decimal("+3.0")), "3.0");
}

TEST(Decimal, ReadsDigitsOnePointAndASignOnly) {
    for (const char* written :
         {"", "-", ".", "1.2.3", "1,000", "1e3", " 1", "1 ", "١", "--1", "元"})
        EXPECT_EQ(parse_decimal(written), std::nullopt) << written;
}

TEST(Decimal, HasAtMost38Digits) {
    EXPECT_EQ(text(decimal(nines)), nines);
    EXPECT_EQ(parse_decimal(nines + "9"), std::nullopt);
}

TEST(Decimal, IsEqualWhateverTheScale) {
    EXPECT_EQ(decimal("1.50"), decimal("1.5"));
    EXPECT_EQ(decimal("0.00"), decimal("-0"));
    EXPECT_LT(decimal("-1.5"), decimal("-1.49"));
    EXPECT_GT(decimal("7500"), decimal("7499.99"));
}

TEST(Decimal, ComparesWhatDoesNotFitAtOneScale) {
    const Decimal small = decimal("0.00000000000000000001");
    EXPECT_GT(decimal(nines), small);
    EXPECT_LT(decimal("-" + nines), small);
    EXPECT_LT(small, decimal(nines));
}

TEST(Decimal, AddsAtTheLargerScale) {
    EXPECT_EQ(text(*add(decimal("1.5"), decimal("0.25"))), "1.75");
    EXPECT_EQ(text(*subtract(decimal("1.00"), decimal("1"))), "0.00");
    EXPECT_EQ(text(*add(decimal("0.1"), decimal("0.2"))), "0.3");
}

TEST(Decimal, MultipliesExactly) {
    EXPECT_EQ(text(*multiply(decimal("7500.00"), decimal("1.5"))), "11250.000");
    EXPECT_EQ(text(*multiply(decimal("-0.3"), decimal("0.3"))), "-0.09");
}

TEST(Decimal, GivesNothingWhereTheResultHasMoreThan38Digits) {
    EXPECT_EQ(add(decimal(nines), decimal("1")), std::nullopt);
    EXPECT_EQ(subtract(decimal("-" + nines), decimal("1")), std::nullopt);
    EXPECT_EQ(multiply(decimal(nines), decimal("10")), std::nullopt);
    EXPECT_EQ(multiply(decimal("10000000000000000000"), decimal("10000000000000000000")),
              std::nullopt);
    EXPECT_EQ(text(*add(decimal(nines), decimal("0"))), nines);
}

TEST(Decimal, RoundsHalfAwayFromZero) {
    EXPECT_EQ(text(round(decimal("0.125"), 2)), "0.13");
    EXPECT_EQ(text(round(decimal("-0.125"), 2)), "-0.13");
    EXPECT_EQ(text(round(decimal("0.1249"), 2)), "0.12");
    EXPECT_EQ(text(round(decimal("2.5"), 0)), "3");
    EXPECT_EQ(text(round(decimal("-2.5"), 0)), "-3");
    EXPECT_EQ(text(round(decimal("0.995"), 2)), "1.00");
}

TEST(Decimal, FillsWithZeroesWhenRoundedToMoreDigits) {
    EXPECT_EQ(text(round(decimal("3"), 2)), "3.00");
}

TEST(Double, IsWrittenAsShortAsReadsBack) {
    EXPECT_EQ(text(12.0), "12");
    EXPECT_EQ(text(0.1), "0.1");
    EXPECT_EQ(text(0.1 + 0.2), "0.30000000000000004");
    EXPECT_EQ(text(-7500.25), "-7500.25");
}

TEST(Double, HasNoExponentWhereAPersonWouldNotWriteOne) {
    EXPECT_EQ(text(1e14), "100000000000000");
    EXPECT_EQ(text(0.00001), "0.00001");
}

TEST(Double, IsTheNearestOfADecimal) { EXPECT_EQ(to_double(decimal("0.1")), 0.1); }

}  // namespace
}  // namespace zs::base
