#include <fstream>

#include <gtest/gtest.h>

#include "base/temporary_folder_for_tests.h"
#include "plan/pack_for_tests.h"

namespace zs::plan {
namespace {

using for_tests::block;
using for_tests::errors;
using for_tests::warnings;

/// What is said of a clause is about this, with these words.
void refused(const std::string& clause, const std::string& words) {
    EXPECT_NE(errors(clause).find(words), std::string::npos) << words << "\n" << errors(clause);
}

std::string scored(const std::string& score) {
    return block("check odd",
                 "title = \"怪\"\ngrain = \"household\"\nkind = \"logic\"\n"
                 "when = \"members > 9\"\nscore = " +
                     score);
}

std::string target(const std::string& more, const std::string& years = "2024 = \">= 1\"") {
    return block("indicator heads",
                 "title = \"户数\"\ngrain = \"household\"\nvalue = \"count(*)\"") +
           block("target many",
                 "title = \"多\"\nindicator = \"heads\"\nat = \"province\"\n"
                 "years = { " +
                     years + " }\n" + more);
}

std::string poor_example(const std::string& head, const std::string& rows) {
    return block("clue poor", "title = \"穷\"\ngrain = \"household\"\nwhen = \"members > 1\"") +
           block("example poor: one", head + "\n[rows]\n" + rows + "\n[expect]\nh1 = \"clear\"");
}

}  // namespace

TEST(Limits, AScoreLiesBetweenNothingAndOne) {
    EXPECT_EQ(errors(scored("1")) + warnings(scored("0.5")), "");
    refused(scored("2"), "a score is a number from 0 to 1, this never is");
    refused(scored("-0.1"), "a score is a number from 0 to 1, this never is");
    refused(scored("\"case when members > 5 then 2 else 3 end\""), "this never is");
    EXPECT_NE(warnings(scored("\"members\"")).find("this may lie outside"), std::string::npos);
    EXPECT_EQ(warnings(scored("\"greatest(0, least(1, ratio(members / 10)))\"")), "");
    EXPECT_EQ(warnings(scored("\"case when members > 5 then 0.9 when members > 3 then 0.5 end\"")),
              "");
}

TEST(Limits, ALabelStandsForOneCode) {
    const auto list = [](const std::string& codes) {
        return block("codelist boat", "title = \"船\"\n[codes]\n" + codes);
    };
    EXPECT_EQ(errors(list("a = { title = \"甲\", also = [\"甲\", \"a\"] }\nb = \"乙\"")), "");
    EXPECT_EQ(errors(list("a = \"甲\"\nb = \"甲\"")),
              "条款.md:5:5: error: '甲' stands for the code 'a' already\n"
              "    b = \"甲\"\n"
              "        ^^^^\n"
              "    give each code titles and labels of its own\n"
              "    see 条款.md:4:1\n");
    refused(list("a = \"甲\"\nb = { title = \"乙\", also = [\"甲\"] }"), "'甲' stands for");
    refused(list("a = \"b\"\nb = \"乙\""), "'b' stands for the code 'b' already");
}

TEST(Limits, CountsArePositive) {
    const auto peers = [](const std::string& least) {
        return errors(
            block("feature household.usual",
                  "peers = \"village\"\nvalue = \"median(members)\"\nat_least = " + least));
    };
    EXPECT_EQ(peers("1"), "");
    EXPECT_NE(peers("0"), "");
    EXPECT_NE(peers("-1"), "");
    refused(block("clue poor",
                  "title = \"穷\"\ngrain = \"household\"\nwhen = \"members > 1\"\n"
                  "quiet = -1"),
            "'quiet' is a whole number from 0");
    refused(block("duty talk",
                  "title = \"谈\"\nat = \"village\"\nevidence = \"employment\"\n"
                  "least = 0"),
            "'least' is a whole number from 1");
}

TEST(Limits, WindowsOfSeveralMonthsAreSaidInThePlural) {
    EXPECT_EQ(errors(block("feature person.x", "value = \"wages['1 months']\"")), "");
    refused(block("feature person.x", "value = \"wages['3 month']\""), "'3 month' is no window");
}

TEST(Limits, PaceIsWhatIsDueByEachMonthsEnd) {
    EXPECT_EQ(errors(target("pace = [0, 0, 0.1, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 1]")), "");
    refused(target("pace = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 5]"),
            "a share of 'pace' is a figure from 0 to 1, this is 5");
    refused(target("pace = [0, 0.5, 0.4, 1, 1, 1, 1, 1, 1, 1, 1, 1]"), "0.4 follows 0.5");
    EXPECT_NE(warnings(target("pace = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0.5]"))
                  .find("by the end of the year 0.5 of the bound is due"),
              std::string::npos);
}

TEST(Limits, TargetsAreOfYearsOfThePlan) {
    EXPECT_EQ(errors(target("", "2024 = \">= 1\", 2025 = \">= 2\"")), "");
    refused(target("", "2023 = \">= 1\""), "2023 is no year of the plan, whose months are of 2024");
    refused(target("", "2030 = \">= 1\""), "2030 is no year of the plan");
}

TEST(Limits, BoundsOfAFieldLeaveRoomForAValue) {
    const auto field = [](const std::string& bounds) {
        return block("ledger nets",
                     "title = \"网\"\ngrain = \"household\"\nperiod = \"month\"\n"
                     "[fields]\nnets = { type = \"int\", " +
                         bounds + " }");
    };
    EXPECT_EQ(errors(field("min = 1, max = 1")), "");
    refused(field("min = 2, max = 1"), "'min' lies above 'max'");
}

TEST(Limits, ListsAreLists) {
    EXPECT_EQ(check_texts({{"plan.toml",
                            "language = 1\nname = \"n\"\nmonths = "
                            "\"2024-01..2024-12\"\nlevels = \"province\"\n"}})
                  .diagnostics.at(0)
                  .message,
              "'levels' is a list, as levels = [\"province\"]");
    refused(block("indicator heads",
                  "title = \"户\"\ngrain = \"household\"\nvalue = \"count(*)\"\n"
                  "levels = \"county\""),
            "'levels' is a list, as levels = [\"county\"]");
}

TEST(Limits, TheFileOfDivisionsIsThere) {
    const base::TemporaryFolder folder;
    const std::string plan = std::string(for_tests::plan_toml) + "divisions = \"places.csv\"\n";
    std::ofstream(folder / "plan.toml") << plan;
    EXPECT_EQ(for_tests::errors_of(check_with_divisions(folder)),
              "plan.toml:5:1: error: the file 'places.csv' that plan.toml names is not there\n"
              "    divisions = \"places.csv\"\n"
              "    ^\n");
    EXPECT_EQ(for_tests::errors_of(check(folder)), "");
    std::ofstream(folder / "places.csv") << "code,name\n";
    EXPECT_EQ(for_tests::errors_of(check_with_divisions(folder)), "");
}

TEST(Limits, ACoarserGrainHasAKeyWithEachFieldOnce) {
    const auto grain = [](const std::string& key) {
        return block("grain place_of", "title = \"处\"\nledger = \"employment\"\nkey = " + key);
    };
    EXPECT_EQ(errors(grain("[\"person\", \"place\"]")), "");
    refused(grain("[]"), "the key of grain 'place_of' names no field");
    refused(grain("[\"person\", \"person\"]"), "'person' stands twice in 'key'");
}

TEST(Limits, ARowWithAnEmptyKeyFieldIsSaidToBeNoSubject) {
    const std::string visits =
        block("ledger visits",
              "title = \"访\"\ngrain = \"person\"\nperiod = \"month\"\n[fields]\n"
              "by_whom = { type = \"text\" }\n"
              "item = { type = \"text\", required = true }");
    const auto grain = [&](const std::string& key) {
        return warnings(visits + block("grain visit_of",
                                       "title = \"访\"\nledger = \"visits\"\n"
                                       "key = [\"person\", \"" +
                                           key + "\"]"));
    };
    EXPECT_EQ(grain("item"), "");
    EXPECT_EQ(grain("by_whom"),
              "条款.md:12:19: warning: rows of 'visits' whose 'by_whom' is empty are no subject of "
              "'visit_of': what is read through that grain leaves them out\n"
              "    key = [\"person\", \"by_whom\"]\n"
              "                      ^^^^^^^\n"
              "    require the field: by_whom = { …, required = true }\n");
}

TEST(Limits, AnExampleIsOfAMonthOfThePlanAndOfDivisionsOfItsLevels) {
    const std::string one =
        "households = [{ household = \"h1\", division = \"411625001001\", "
        "members = 1 }]";
    EXPECT_EQ(errors(poor_example("run = \"2024-06\"", one)), "");
    refused(poor_example("run = \"2030-06\"", one),
            "2030-06 is no month of the plan, whose months are 2024-01 to 2025-12");
    refused(poor_example("run = \"2024-06\"",
                         "households = [{ household = \"h1\", division = \"4116250\" }]"),
            "'4116250' has the length of no level's codes");
    refused(poor_example("run = \"2024-06\"\nmissing = [{ ledger = \"employment\", division = "
                         "\"4116250\" }]",
                         one),
            "'4116250' has the length of no level's codes");
}

TEST(Limits, LargeMoneyIsWrittenAsText) {
    const auto bonus = [](const std::string& value) {
        return poor_example(
            "run = \"2024-06\"",
            "employment = [{ person = \"p\", month = \"2024-06\", bonus = " + value + " }]");
    };
    EXPECT_EQ(errors(bonus("90071992547409.92")), "");
    EXPECT_EQ(errors(bonus("\"9999999999999999.99\"")), "");
    refused(bonus("90071992547409.94"), "write it as text, in quotes");
    refused(bonus("9999999999999999.99"), "write it as text, in quotes");
}

TEST(Limits, NoMonthHoldsASubjectOfAYear) {
    const auto indicator = [](const std::string& period) {
        return errors(block("grain household_year",
                            "title = \"户年\"\nledger = \"households\"\nevery = \"year\"") +
                      block("indicator heads",
                            "title = \"户\"\ngrain = \"household_year\"\nvalue = "
                            "\"count(*)\"\n" +
                                period));
    };
    EXPECT_EQ(indicator("period = \"year\""), "");
    EXPECT_NE(indicator("").find("a subject of 'household_year' is of a whole year, which no month "
                                 "of the indicator holds"),
              std::string::npos);
    EXPECT_NE(indicator("period = \"school_term\""), "");
}

TEST(Limits, OfTwoOfOneNameTheLaterIsAtFault) {
    const std::string clue =
        block("clue heads", "title = \"穷\"\ngrain = \"household\"\nwhen = \"members > 1\"");
    const std::string indicator =
        block("indicator heads", "title = \"户\"\ngrain = \"household\"\nvalue = \"count(*)\"");
    EXPECT_NE(errors(clue + indicator).find("条款.md:6:14: error: 'heads' is defined twice"),
              std::string::npos)
        << errors(clue + indicator);
    EXPECT_NE(errors(indicator + clue).find("条款.md:6:9: error: 'heads' is defined twice"),
              std::string::npos)
        << errors(indicator + clue);
}

TEST(Limits, AFaultIsMarkedAtTheWordThatIsWrong) {
    const auto marked = [](const std::string& value, const std::string& word) {
        const std::string found = errors(block("feature household.x", "value = \"" + value + "\""));
        const std::string line = "    value = \"" + value + "\"\n";
        const std::size_t at = line.find(word, 4 + 9);
        EXPECT_NE(found.find(line + std::string(at, ' ') + std::string(word.size(), '^') + "\n"),
                  std::string::npos)
            << found;
    };
    marked("abs(in_scope)", "in_scope");
    marked("has(members, 'pot')", "members");
    marked("round(area, 'a')", "'a'");
    marked("month_end(members)", "members");
    marked("count_codes(area)", "area");
}

TEST(Limits, BuiltInLedgersHaveTheFieldsThatPacksRead) {
    for (const auto& [ledger, field] :
         std::vector<std::pair<std::string, std::string>>{{"logins", "ok"},
                                                          {"figures", "source"},
                                                          {"exemptions", "by"},
                                                          {"exemptions", "reason"},
                                                          {"occasions", "verdict"},
                                                          {"occasions", "live"},
                                                          {"case_steps", "late_entry"}})
        EXPECT_EQ(errors(block("feature province.x", "from = \"" + ledger +
                                                         "\"\nover = \"month\"\nby = { province = "
                                                         "\"'41'\" }\nvalue = \"count(" +
                                                         field + ")\""))
                      .find("no field"),
                  std::string::npos)
            << ledger << "." << field;
}

}  // namespace zs::plan
