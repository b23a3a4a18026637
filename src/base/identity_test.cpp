#include "base/identity.h"

#include <gmock/gmock.h>

namespace zs::base {
namespace {

// The example of GB 11643-1999: a woman born on 1949-12-31.
constexpr std::string_view woman = "11010519491231002X";

TEST(IdNumber, HasTheCheckCharacterOfTheStandard) {
    EXPECT_EQ(id_check_character("11010519491231002"), 'X');
    EXPECT_TRUE(is_id_number(woman));
    EXPECT_TRUE(is_id_number("11010519491231002x"));
}

TEST(IdNumber, IsWrongWithOneDigitChanged) {
    EXPECT_FALSE(is_id_number("110105194912310021"));
    EXPECT_FALSE(is_id_number("11010519491231012X"));
    EXPECT_FALSE(is_id_number("11010619491231002X"));
}

TEST(IdNumber, IsWrongWithADayThatIsNone) {
    const std::string first_17 = "11010519490230002";
    EXPECT_FALSE(is_id_number(first_17 + id_check_character(first_17)));
}

TEST(IdNumber, HasEighteenCharacters) {
    EXPECT_FALSE(is_id_number(""));
    EXPECT_FALSE(is_id_number("110105491231002"));
    EXPECT_FALSE(is_id_number("11010519491231002X "));
    EXPECT_FALSE(is_id_number("4.10526E+17"));
}

TEST(IdNumber, TellsBirthAndSex) {
    EXPECT_EQ(birth_of(woman), Date::of(1949, 12, 31));
    EXPECT_EQ(sex_of(woman), 'f');
    const std::string first_17 = "41052619900101001";
    EXPECT_EQ(sex_of(first_17 + id_check_character(first_17)), 'm');
    EXPECT_EQ(birth_of("110105194912310021"), std::nullopt);
    EXPECT_EQ(sex_of("110105194912310021"), std::nullopt);
}

TEST(IdNumber, ShowsFourCharactersWhenMasked) { EXPECT_EQ(masked(woman), "11**************2X"); }

TEST(IdNumber, IsMaskedInFreeText) {
    EXPECT_EQ(mask_id_numbers("户主11010519491231002X，已核实"), "户主11**************2X，已核实");
    EXPECT_EQ(mask_id_numbers("11010519491231002X/11010519491231002X"),
              "11**************2X/11**************2X");
}

TEST(IdNumber, IsNotSeenInOtherNumbers) {
    // A wrong check digit; a longer run of digits.
    for (const char* text :
         {"110105194912310021", "1234567890123456789012345", "911010519491231002X"})
        EXPECT_EQ(mask_id_numbers(text), text);
}

// The example of GB 32100-2015.
TEST(OrgCode, HasTheCheckCharacterOfTheStandard) { EXPECT_TRUE(is_org_code("91350100M000100Y43")); }

TEST(OrgCode, IsWrongWithOneCharacterChanged) {
    EXPECT_FALSE(is_org_code("91350100M000100Y44"));
    EXPECT_FALSE(is_org_code("91350100M000101Y43"));
    EXPECT_FALSE(is_org_code("91350100N000100Y43"));
}

TEST(OrgCode, HasNoLettersThatLookLikeDigits) {
    EXPECT_FALSE(is_org_code("91350100O000100Y43"));
    EXPECT_FALSE(is_org_code("91350100I000100Y43"));
    EXPECT_FALSE(is_org_code("91350100m000100y43"));
    EXPECT_FALSE(is_org_code("91350100M000100Y4"));
}

}  // namespace
}  // namespace zs::base
