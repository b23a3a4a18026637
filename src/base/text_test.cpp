#include "base/text.h"

#include <gmock/gmock.h>

namespace zs::base {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(Trim, TakesChineseBlanksToo) {
    EXPECT_EQ(trim("　 务工 \t\r\n"), "务工");
    EXPECT_EQ(trim("\uFEFF户编号\u00A0"), "户编号");
    EXPECT_EQ(trim("　　"), "");
    EXPECT_EQ(trim("a b"), "a b");
}

TEST(Split, KeepsEmptyParts) {
    EXPECT_THAT(split("a,,b,", ','), ElementsAre("a", "", "b", ""));
    EXPECT_THAT(split("", ','), ElementsAre(""));
    EXPECT_EQ(join({"a", "", "b"}, "; "), "a; ; b");
}

TEST(Utf8, RefusesWhatIsNone) {
    EXPECT_TRUE(is_valid_utf8("务工 wage 𠮷"));
    EXPECT_FALSE(is_valid_utf8("\xCE\xF1\xB9\xA4"));  // GB 18030
    EXPECT_FALSE(is_valid_utf8("\xC0\xAF"));          // longer than needed
    EXPECT_FALSE(is_valid_utf8("\xED\xA0\x80"));      // a surrogate
    EXPECT_FALSE(is_valid_utf8("\xF4\x90\x80\x80"));  // past U+10FFFF
    EXPECT_FALSE(is_valid_utf8("\xE5\x8A"));          // cut short
}

TEST(Cells, CountAChineseCharacterTwice) {
    EXPECT_EQ(cells("务工 wage"), 9u);
    EXPECT_EQ(characters("务工 wage"), 7u);
    EXPECT_EQ(cells("（）"), 4u);
    EXPECT_EQ(cells("𠮷"), 2u);
    EXPECT_EQ(cells(""), 0u);
}

TEST(NearestNames, FindsASlip) {
    const std::vector<std::string> known{"months_out", "months_in", "wage", "place"};
    EXPECT_THAT(nearest_names("month_out", known), ElementsAre("months_out"));
    EXPECT_THAT(nearest_names("waeg", known), ElementsAre("wage"));
    EXPECT_THAT(nearest_names("plac", known), ElementsAre("place"));
}

TEST(NearestNames, DoesNotGuessWhatIsFar) {
    const std::vector<std::string> known{"months_out", "wage"};
    EXPECT_THAT(nearest_names("income", known), IsEmpty());
    EXPECT_THAT(nearest_names("", known), IsEmpty());
    EXPECT_THAT(nearest_names("x", {}), IsEmpty());
}

TEST(NearestNames, GivesTheNearestFirstAndEachOnce) {
    const std::vector<std::string> known{"months_outs", "months_out", "months_out"};
    EXPECT_THAT(nearest_names("month_out", known, 3), ElementsAre("months_out", "months_outs"));
}

TEST(NearestNames, DoesNotGiveTheNameItself) {
    EXPECT_THAT(nearest_names("wage", {"wage", "wages"}, 2), ElementsAre("wages"));
}

}  // namespace
}  // namespace zs::base
