#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "plan/pack_for_tests.h"

namespace zs::plan {
namespace {

using for_tests::block;
using for_tests::checked;
using for_tests::errors;
using testing::ElementsAre;
using testing::SizeIs;

const std::string poor =
    block("clue poor", "title = \"穷\"\ngrain = \"household\"\nwhen = \"members > 1\"");

const std::string shared =
    block("rows two_households",
          "note = \"the rows of most examples\"\n"
          "households = [{ household = \"h1\", division = \"411625001001\", members = 1 },\n"
          "              { household = \"h2\", division = \"411625001001\", members = 2 }]\n"
          "employment = [{ person = \"p1\", month = \"2024-03..2024-05\", wage = 10 }]");

std::vector<Example> examples(const std::string& clause) {
    const Checked pack = checked(poor + shared + clause);
    EXPECT_EQ(for_tests::errors_of(pack), "");
    return pack.model.examples;
}

/// The members of each household, in the order of the rows.
std::vector<std::string> members(const Example& example) {
    std::vector<std::string> found;
    for (const Row& row : example.dataset.rows.at("households"))
        for (const Value& value : row)
            if (const auto* number = std::get_if<std::int64_t>(&value))
                found.push_back(std::to_string(*number));
    return found;
}

TEST(Examples, ShareRowsAndLayTheirOwnOverThem) {
    const auto made = examples(
        block("example poor: one of two is larger here",
              "base = [\"two_households\"]\nrun = \"2024-09\"\n[rows]\n"
              "households = [{ household = \"h1\", division = \"411625001001\", members = 5 }]\n"
              "[expect]\nh1 = \"fired\"\nh2 = \"fired\""));
    ASSERT_THAT(made, SizeIs(1));
    EXPECT_THAT(members(made[0]), ElementsAre("2", "5"));
    EXPECT_THAT(made[0].dataset.rows.at("employment"), SizeIs(3));
}

TEST(Examples, ACaseIsAnExampleLaidOverTheOneItStandsIn) {
    const auto all = examples(
        block("example poor: by members",
              "base = \"two_households\"\nrun = \"2024-09\"\n[params]\nline = 100\n"
              "[expect]\nh1 = \"clear\"\nh2 = \"fired\"\n"
              "[[cases]]\nsays = \"one more\"\n[cases.rows]\n"
              "households = [{ household = \"h1\", division = \"411625001001\", members = 2 }]\n"
              "[cases.expect]\nh1 = \"fired\"\n"
              "[[cases]]\nrun = \"2024-10\"\nmissing = [{ ledger = \"employment\", months = "
              "\"2024-09\" }]\n"
              "params = { line = 200 }\n"));
    // What the example itself expects of its month is an example too.
    ASSERT_THAT(all, SizeIs(3));
    EXPECT_EQ(all[0].says, "by members");
    EXPECT_EQ(base::text(all[0].dataset.month), "2024-09");
    EXPECT_THAT(members(all[0]), ElementsAre("1", "2"));
    const std::vector<Example> made(all.begin() + 1, all.end());
    EXPECT_EQ(made[0].says, "by members: case 1: one more");
    EXPECT_EQ(made[1].says, "by members: case 2");
    EXPECT_LT(made[0].place.line, made[1].place.line);
    EXPECT_THAT(members(made[0]), ElementsAre("2", "2"));
    EXPECT_THAT(members(made[1]), ElementsAre("1", "2"));
    ASSERT_THAT(made[0].expected, SizeIs(2));
    EXPECT_EQ(made[0].expected[0].subject, "h2");
    EXPECT_EQ(made[0].expected[1].value, Value(std::string("fired")));
    EXPECT_EQ(base::text(made[0].dataset.month), "2024-09");
    EXPECT_EQ(base::text(made[1].dataset.month), "2024-10");
    EXPECT_EQ(text(made[0].dataset.parameters.at("line")), "100.00");
    EXPECT_EQ(text(made[1].dataset.parameters.at("line")), "200.00");
    EXPECT_LT(made[1].dataset.delivered.size(), made[0].dataset.delivered.size() + 5);
}

TEST(Examples, SetAParameterByMonthAndDivision) {
    const auto made = examples(block("example poor: one",
                                     "base = \"two_households\"\nrun = \"2024-09\"\n[params]\n"
                                     "line = [{ from = \"2024-01\", value = 1 }, { from = "
                                     "\"2024-06\", division = \"41\", value = 2 }]\n"
                                     "[expect]\nh1 = \"clear\""));
    ASSERT_THAT(made, SizeIs(1));
    ASSERT_THAT(made[0].parameter_values.at("line"), SizeIs(2));
    EXPECT_EQ(made[0].parameter_values.at("line")[1].division, "41");
    const auto changed = model_of_example(checked(poor).model, made[0]);
    ASSERT_TRUE(changed);
    EXPECT_THAT(changed->parameter("line")->values, SizeIs(2));
}

TEST(Examples, SayWhatIsWrongWithSharedRowsAndCases) {
    EXPECT_EQ(
        errors(poor + shared +
               block("example poor: one",
                     "base = \"two_household\"\nrun = \"2024-09\"\n[expect]\nh1 = \"clear\"")),
        "条款.md:13:9: error: there are no shared rows 'two_household'\n"
        "    base = \"two_household\"\n"
        "            ^^^^^^^^^^^^^\n"
        "    did you mean 'two_households'?\n");
    EXPECT_EQ(errors(block("rows one", "household = [{ household = \"h1\" }]")),
              "条款.md:2:1: error: there is no ledger 'household'\n"
              "    household = [{ household = \"h1\" }]\n"
              "    ^^^^^^^^^\n"
              "    did you mean 'households'?\n");
    EXPECT_EQ(errors(poor + block("example poor: one",
                                  "run = \"2024-09\"\n[[cases]]\nrow = 1\n[cases.expect]\nh1 = "
                                  "\"none\"")),
              "条款.md:9:1: error: there is no key 'row' in a case\n"
              "    row = 1\n"
              "    ^^^\n"
              "    did you mean 'rows'?\n");
}

TEST(Examples, OfEachTellItsCode) {
    const std::string each =
        block("indicator by_place",
              "title = \"按地点\"\neach = \"place\"\ngrain = \"person\"\nperiod = \"month\"\n"
              "value = \"count(*) filter (where wages > 0)\"") +
        block("target place_goal",
              "title = \"目标\"\neach = \"place\"\nindicator = \"by_place[code]\"\nat = "
              "\"province\"\n"
              "years = { 2024 = \">= 1\" }");
    const auto made = examples(each + block("example by_place: both",
                                            "run = \"2024-09\"\n[expect]\n\"41/place=out\" = 0"));
    EXPECT_THAT(made, SizeIs(1));
    const Checked pack = checked(each);
    EXPECT_THAT(pack.model.family("by_place"), ElementsAre("by_place[out]", "by_place[in]"));
    EXPECT_EQ(pack.model.target("place_goal[in]")->indicator, "by_place[in]");
    const Indicator& out = *pack.model.published_indicator("by_place", "place=out,sex=f");
    EXPECT_EQ(out.name, "by_place[out]");
    EXPECT_EQ(out.split_of("place=out,sex=f"), "sex=f");
    EXPECT_EQ(out.published_codes("sex=f"), "place=out,sex=f");
}

TEST(Examples, OfEachAreReadByACodeOfItsList) {
    const std::string each =
        block("indicator by_place",
              "title = \"按地点\"\neach = \"place\"\ngrain = \"person\"\nvalue = \"count(*)\"");
    const auto reading = [&](const std::string& value) {
        return errors(each +
                      block("indicator read", "title = \"读\"\nvalue = '''" + value + "'''"));
    };
    EXPECT_EQ(reading("by_place['out'] + by_place['in']"), "");
    EXPECT_EQ(reading("by_place"),
              "条款.md:9:12: error: 'by_place' is one for each code of 'place': say which, as "
              "by_place['code']\n"
              "    value = '''by_place'''\n"
              "               ^^^^^^^^\n");
    EXPECT_EQ(reading("by_place['ou']"),
              "条款.md:9:21: error: 'ou' is no code of the list 'place'\n"
              "    value = '''by_place['ou']'''\n"
              "                        ^^^^\n"
              "    did you mean 'out'?\n");
    EXPECT_EQ(
        errors(block("indicator one",
                     "title = \"一\"\neach = \"plac\"\ngrain = \"person\"\nvalue = \"count(*)\"")),
        "条款.md:3:8: error: 'each' names a code list; there is none named 'plac'\n"
        "    each = \"plac\"\n"
        "           ^^^^^^\n"
        "    did you mean 'place'?\n");
}

}  // namespace
}  // namespace zs::plan
