#include <gtest/gtest.h>

#include "plan/pack_for_tests.h"

namespace zs::plan {
namespace {

using for_tests::block;
using for_tests::errors;

/// Rows of one grain that name things of others, owed by villages or by households.
std::string lent(const std::string& grain, const std::string& by) {
    return block("ledger lent",
                 "title = \"借\"\nperiod = \"month\"\n" +
                     (grain.empty() ? std::string() : "grain = \"" + grain + "\"\n") +
                     "key = []\ndelivery = { by = \"" + by +
                     "\" }\n[fields]\nto_household = { type = \"key:household\" }\n"
                     "to_person = { type = \"key:person\" }\nborn_in = { type = \"division\" }\n"
                     "fair = { type = \"key:town\" }");
}

std::string feature(const std::string& name, const std::string& by) {
    return block("feature " + name, "from = \"lent\"\nover = \"month\"\nvalue = \"count(*)\"" +
                                        (by.empty() ? "" : "\nby = " + by));
}

bool is_judged(const std::string& clause) {
    const std::string found = errors(clause);
    if (found.empty()) return true;
    EXPECT_NE(found.find("whether 'lent' was delivered cannot be judged"), std::string::npos)
        << found;
    return false;
}

}  // namespace

TEST(Judged, RowsThatComeByTheirSubjectsOwnDivision) {
    EXPECT_TRUE(is_judged(lent("person", "village") + feature("person.x", "\"person\"")));
    EXPECT_TRUE(
        is_judged(lent("person", "village") + feature("household.x", "\"person.household\"")));
    EXPECT_TRUE(is_judged(lent("person", "village") + feature("town.x", "\"person.town\"")));
    EXPECT_TRUE(
        is_judged(lent("household", "village") + feature("county.x", "\"household.county\"")));
    EXPECT_TRUE(is_judged(lent("village", "village") + feature("county.x", "\"village.county\"")));
    EXPECT_TRUE(is_judged(lent("", "village") + feature("county.x", "\"county\"")));
}

TEST(Judged, NotRowsThatNameAnotherSubject) {
    EXPECT_FALSE(is_judged(lent("person", "village") + feature("household.x", "\"to_household\"")));
    EXPECT_FALSE(is_judged(lent("person", "village") + feature("person.x", "\"to_person\"")));
    EXPECT_FALSE(is_judged(lent("household", "village") + feature("person.x", "\"to_person\"")));
    EXPECT_FALSE(is_judged(lent("household", "village") +
                           feature("household.x", "\"to_person.household\"")));
    EXPECT_FALSE(is_judged(lent("", "village") + feature("household.x", "\"to_household\"")));
    EXPECT_TRUE(is_judged(lent("person", "village") +
                          block("feature household.x",
                                "from = \"lent\"\nover = \"month\"\nvalue = \"count(*)\"\nby = "
                                "\"to_household\"\npartial = true")));
}

TEST(Judged, NotRowsThatNameAnotherDivision) {
    EXPECT_FALSE(
        is_judged(lent("person", "village") + feature("county.x", "\"to_person.county\"")));
    EXPECT_FALSE(is_judged(lent("household", "village") +
                           feature("village.x", "\"to_person.household.village\"")));
    EXPECT_FALSE(is_judged(lent("person", "village") + feature("county.x", "\"born_in\"")));
    EXPECT_FALSE(is_judged(lent("person", "village") + feature("county.x", "\"fair.county\"")));
    EXPECT_FALSE(is_judged(lent("", "village") + feature("county.x", "\"born_in\"")));
}

TEST(Judged, NotAtPeriodsOrCombinationsOfAnotherSubject) {
    const std::string months =
        block("grain household_month",
              "title = \"户月\"\nledger = \"households\"\nevery = \"month\"\nover = \"3 months\"") +
        block("grain both",
              "title = \"两\"\nledger = \"lent\"\nkey = [\"to_household\", "
              "\"to_person\"]");
    const auto seen = [&](const std::string& grain, const std::string& way) {
        return is_judged(months + lent(grain, "village") +
                         block("feature household_month.x",
                               "from = \"lent\"\nvalue = \"count(*)\"\nby = " + way));
    };
    EXPECT_TRUE(seen("person", "{ household = \"person.household\" }"));
    EXPECT_FALSE(seen("person", "{ household = \"to_household\" }"));
    EXPECT_FALSE(is_judged(months + lent("person", "village") + feature("both.x", "")));
}

TEST(Judged, ARegistersSubjectsComeByTheirParentOnly) {
    const auto second = [](const std::string& from, const std::string& by) {
        const std::string found =
            errors(block("ledger pupils",
                         "title = \"生\"\ngrain = \"pupil\"\nperiod = \"span\"\n"
                         "delivery = { by = \"village\" }\n[fields]\n"
                         "home = { type = \"key:household\" }\n"
                         "second = { type = \"key:household\" }") +
                   block("grain pupil", "title = \"生\"\nledger = \"pupils\"\nparent = \"home\"") +
                   block("feature household.x",
                         "from = \"" + from + "\"\nvalue = \"count(*)\"\nby = \"" + by + "\""));
        return found.empty();
    };
    EXPECT_TRUE(second("pupil", "home"));
    EXPECT_TRUE(second("pupils", "home"));
    EXPECT_FALSE(second("pupil", "second"));
    EXPECT_FALSE(second("pupils", "second"));
}

TEST(Judged, WhatHouseholdsOweComesByTheHouseholdThatOwes) {
    const auto owed = [](const std::string& name, const std::string& by) {
        return is_judged(lent("person", "household") + feature(name, by));
    };
    EXPECT_TRUE(owed("person.x", "\"person\""));
    EXPECT_TRUE(owed("household.x", "\"person.household\""));
    EXPECT_TRUE(owed("village.x", "\"person.village\""));
    EXPECT_FALSE(owed("person.x", "\"to_person\""));
    EXPECT_FALSE(owed("household.x", "\"to_household\""));
    EXPECT_FALSE(owed("village.x", "\"to_person.village\""));
    EXPECT_FALSE(owed("county.x", "\"born_in\""));
    // Of no grain: the one field that names who owes.
    EXPECT_TRUE(is_judged(lent("", "household") + feature("household.x", "\"to_household\"")));
    EXPECT_FALSE(is_judged(lent("", "household") + feature("county.x", "\"county\"")));
}

}  // namespace zs::plan
