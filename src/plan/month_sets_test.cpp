#include <gtest/gtest.h>

#include "plan/pack_for_tests.h"

namespace zs::plan {
namespace {

using for_tests::block;
using for_tests::errors;
using for_tests::warnings;

std::string read(const std::string& expression) {
    return block("feature person.read", "value = \"" + expression + "\"");
}

}  // namespace

TEST(MonthSets, ReadNoWindowThatBeginsBeforeTheLast63Months) {
    EXPECT_EQ(errors(read("count_months(months_out['63 months'])")), "");
    EXPECT_EQ(errors(read("count_months(months_out['3 months ago 60'])")), "");
    EXPECT_EQ(
        errors(read("count_months(months_out['64 months'])")),
        "条款.md:2:23: error: 'person.months_out' keeps the months of the last 63 only, and '64 "
        "months' begins before them\n"
        "    value = \"count_months(months_out['64 months'])\"\n"
        "                          ^^^^^^^^^^^^^^^^^^^^^^^\n"
        "    count or add up what is so long ago, or read a later window\n");
    EXPECT_NE(errors(read("count_months(set_union(months_out['12 months'], "
                          "months_out['12 months ago 60']))")),
              "");
    EXPECT_NE(errors(read("count_months(months_out['year ago 5'])")), "");
    EXPECT_EQ(errors(read("wages['64 months']")), "");
}

TEST(MonthSets, AreFollowedThroughFeaturesThatPassTheirWindowOn) {
    const std::string passed =
        block("feature person.passed", "value = \"count_months(months_out) + 1\"");
    EXPECT_EQ(errors(passed + read("passed['60 months']")), "");
    EXPECT_NE(errors(passed + read("passed['70 months']")), "");
    EXPECT_NE(errors(block("feature person.own",
                           "from = \"employment\"\nover = \"64 months\"\n"
                           "value = \"count_months(month_set(month))\"")),
              "");
}

TEST(MonthSets, OfAnEarlierPeriodReachLessFarBack) {
    const auto of_period = [](const std::string& over, const std::string& window) {
        return errors(block("grain person_month",
                            "title = \"人月\"\nledger = \"people\"\nevery = \"month\"\n"
                            "over = \"" +
                                over + "\"") +
                      block("feature person_month.set",
                            "from = \"employment\"\nvalue = \"count_months(month_set(month))\"") +
                      block("feature person_month.read", "value = \"set['" + window + "']\""));
    };
    EXPECT_EQ(of_period("12 months", "52 months"), "");
    EXPECT_NE(of_period("12 months", "53 months"), "");
}

TEST(MonthSets, MadeOfAWindowHoldTheSame) {
    EXPECT_EQ(errors(read("count_months(months_of('63 months'))")), "");
    EXPECT_NE(errors(read("count_months(months_of('64 months'))")), "");
}

TEST(MonthSets, OfEverAreSaidToBeCutOnce) {
    const std::string free =
        block("ledger visits", "title = \"访\"\ngrain = \"person\"\nperiod = \"month\"") +
        block("feature person.visited", "from = \"visits\"\nvalue = \"month_set(month)\"");
    EXPECT_EQ(warnings(free + read("count_months(visited['12 months'])")), "");
    EXPECT_EQ(warnings(free + read("count_months(visited['ever']) + "
                                   "longest_run(visited['ever'])")),
              "条款.md:8:10: warning: over 'ever' this keeps the last 63 months only\n"
              "    value = \"month_set(month)\"\n"
              "             ^^^^^^^^^^^^^^^^\n");
    // Owed from the plan's first month on, two years before its last.
    EXPECT_EQ(warnings(read("count_months(months_out['ever'])")), "");
}

}  // namespace zs::plan
