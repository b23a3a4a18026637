#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "interpret/interpret.h"
#include "interpret/sample_pack.h"

namespace zs::interpret {
namespace {

using namespace sample;
using testing::IsEmpty;

/// Ten persons, of whom three work in September and the last is of a village that has not said.
const std::string ten_persons = [] {
    std::string people, work;
    for (int i = 0; i < 10; ++i) {
        people += "{ person = \"p" + std::to_string(i) + "\", household = \"" +
                  (i == 9 ? "h2" : "h1") + "\" }, ";
        if (i < 3)
            work += "{ person = \"p" + std::to_string(i) + "\", month = \"2024-12\", wage = 10 }, ";
    }
    return "run = \"2024-12\"\n[rows]\n"
           "households = [ { household = \"h1\", division = \"411625001001\" }, { household = "
           "\"h2\", division = \"411625001002\" } ]\n"
           "people = [ " +
           people + "]\nemployment = [ " + work +
           "]\n[[missing]]\nledger = \"employment\"\ndivision = \"411625001002\"\nmonths = "
           "\"2024-12\"\n";
}();

const std::string indicators = R"md(
```feature person.wages
from = "employment"
value = "sum(wage)"
over = "month"
```
```feature person.rows
from = "employment"
value = "count(*)"
over = "month"
```
```indicator workers
title = "t"
grain = "person"
period = "calendar_year"
value = "count(*) filter (where rows > 0)"
```
```indicator share
title = "t"
grain = "person"
period = "calendar_year"
value = "count(*) filter (where rows > 0)"
per = "count(*)"
```
```indicator wage_sum
title = "t"
grain = "person"
period = "calendar_year"
value = "sum(coalesce(wages, 0)) + sum(rows)"
```
```indicator idle
title = "t"
value = "10 - workers"
```
)md";

/// The status of a target over an indicator, for a bound.
std::string goal(const std::string& indicator, const std::string& bound, const std::string& status,
                 const std::string& more = "") {
    static int number = 0;
    const std::string name = "goal" + std::to_string(++number);
    return "\n```target " + name + "\ntitle = \"t\"\nindicator = \"" + indicator +
           "\"\nat = \"province\"\nyears = { 2024 = \"" + bound + "\" }\n" + more + "```\n" +
           example(name + ": " + indicator + " " + bound, ten_persons,
                   "\"41/2024\" = \"" + status + "\"");
}

TEST(Unknown, IsCountedAgainstACountOneByOne) {
    EXPECT_THAT(
        complaints(indicators + goal("workers", ">= 3", "met") +
                   goal("workers", ">= 4", "no_data") + goal("workers", ">= 5", "missed") +
                   goal("workers", "<= 3", "no_data") + goal("workers", "<= 4", "met") +
                   goal("workers", "<= 2", "missed") + goal("workers", "= 3", "no_data") +
                   goal("workers", "= 5", "missed") + goal("workers", "between 3 and 4", "met") +
                   goal("workers", "between 4 and 9", "no_data") +
                   goal("workers", "between 5 and 9", "missed")),
        IsEmpty());
}

TEST(Unknown, IsCountedAgainstAShareAboveAndBelowTheLine) {
    // 3 of 9 are known; with the tenth 3 of 10 or 4 of 10.
    EXPECT_THAT(
        complaints(indicators + goal("share", ">= 0.3", "met") +
                   goal("share", ">= 0.31", "no_data") + goal("share", ">= 0.4", "no_data") +
                   goal("share", ">= 0.41", "missed") + goal("share", "<= 0.4", "met") +
                   goal("share", "<= 0.39", "no_data") + goal("share", "< 0.3", "missed")),
        IsEmpty());
}

TEST(Unknown, LeavesOtherFiguresUpToAShareOfTheSubjects) {
    // One of ten is unknown: more than 0.05.
    EXPECT_THAT(complaints(indicators + goal("wage_sum", ">= 30", "no_data") +
                           goal("wage_sum", ">= 3000", "no_data") +
                           goal("wage_sum", ">= 30", "met", "unknown = 0.1\n") +
                           goal("wage_sum", ">= 3000", "missed", "unknown = 0.1\n") +
                           goal("wage_sum", ">= 30", "no_data", "unknown = 0.09\n")),
                IsEmpty());
}

TEST(Unknown, ComesToDerivedFiguresAndBoundsFromWhatTheyRead) {
    EXPECT_THAT(
        complaints(
            indicators + goal("idle", "<= 7", "met") + goal("idle", "<= 6", "no_data") +
            goal("idle", "<= 5", "missed") + goal("workers", ">= workers", "no_data") +
            goal("workers", ">= idle - 4", "met") + goal("workers", ">= idle - 3", "no_data") +
            goal("workers", ">= idle + 1", "missed") + goal("idle", ">= wage_sum", "no_data")),
        IsEmpty());
}

TEST(Unknown, IsReadFromPublishedFiguresToo) {
    const auto at = [](const std::string& unknown, const std::string& status) {
        return example(
            "old",
            "run = \"2024-03\"\n[rows]\nfigures = [ { indicator = \"workers\", division = \"41\", "
            "label = \"2023\", month = \"2023-12\", value = 3, known = 9, unknown = " +
                unknown + " } ]\n",
            "\"41/2023\" = \"" + status + "\"");
    };
    EXPECT_THAT(complaints(indicators +
                           "\n```target old\ntitle = \"t\"\nindicator = \"workers\"\nat = "
                           "\"province\"\nyears = { 2023 = \"<= 3\" }\n```\n" +
                           at("0", "met") + at("1", "no_data")),
                IsEmpty());
}

TEST(Unknown, OnlyPlacesThatLieInTheHomeAreJudged) {
    const plan::Checked pack = checked(
        indicators + goal("workers", ">= 3", "met") +
        "\n```target county\ntitle = \"t\"\nindicator = \"workers\"\nat = \"every county\"\nyears "
        "= { 2024 = \">= 3\" }\n```\n");
    plan::Dataset dataset = pack.model.examples.at(0).dataset;
    EXPECT_EQ(interpret(pack.model, dataset).targets.size(), 2u);
    dataset.home = "411625";
    const plan::Outcome outcome = interpret(pack.model, dataset);
    ASSERT_EQ(outcome.targets.size(), 1u);
    EXPECT_EQ(outcome.targets[0].target, "county");
}

constexpr const char* growth = R"md(
```indicator heads
title = "t"
grain = "person"
period = "calendar_year"
value = "count(*)"
```
```indicator heads_base
title = "t"
given = true
period = "calendar_year"
```
```indicator before
title = "t"
value = "prior(heads, else = prior(heads_base))"
```
)md";

std::string heads(const std::string& run, const std::string& figures, const std::string& value) {
    return example("before",
                   "run = \"" + run +
                       "\"\n[rows]\nhouseholds = [ { household = \"h1\", division = "
                       "\"411625001001\" } ]\npeople = [ { person = \"p1\", household = "
                       "\"h1\" } ]\nfigures = [ " +
                       figures + " ]\n",
                   "\"41\" = " + value);
}

TEST(Prior, TakesElseWhereThereIsNoEarlierFigure) {
    const std::string base =
        "{ indicator = \"heads_base\", division = \"41\", label = \"2023\", value = 7 }";
    const std::string own =
        ", { indicator = \"heads\", division = \"41\", label = \"2023\", month "
        "= \"2023-12\", value = 5 }";
    const std::string to_date =
        ", { indicator = \"heads\", division = \"41\", label = \"2023\", "
        "month = \"2023-03\", value = 4 }";
    EXPECT_THAT(
        complaints(growth + heads("2024-12", base, "7") + heads("2024-12", base + own, "5") +
                   // A whole figure is set against a whole one only.
                   heads("2024-12", base + to_date, "7") + heads("2024-03", base, "\"null\"") +
                   heads("2024-03", base + own, "\"null\"") +
                   heads("2024-03", base + to_date, "4")),
        IsEmpty());
}

TEST(Each, MakesOneForEachCode) {
    const std::string each = R"md(
```indicator by_sex
title = "t"
each = "sex"
grain = "person"
period = "calendar_year"
value = "count(*) filter (where sex = code)"
```
```indicator women
title = "t"
value = "by_sex['f'] / (by_sex['f'] + by_sex['m'])"
```
```target parity
title = "t"
each = "sex"
indicator = "by_sex[code]"
at = "every village"
years = { 2024 = ">= 1" }
```
```clue no_women
title = "t"
grain = "village"
when = "parity['f'] = 'missed'"
```
)md";
    const std::string rows =
        "run = \"2024-12\"\n[rows]\nhouseholds = [ { household = \"h1\", division = "
        "\"411625001001\" } ]\npeople = [ { person = \"p1\", household = \"h1\", sex = \"m\" }, { "
        "person = \"p2\", household = \"h1\", sex = \"m\" } ]\n";
    EXPECT_THAT(
        complaints(each + example("by_sex", rows, "\"41/sex=m\" = 2\n\"41/sex=f\" = 0") +
                   example("women", rows, "\"41\" = 0") +
                   example("parity", rows,
                           "\"411625001001/2024/sex=m\" = \"met\"\n\"411625001001/2024/sex=f\" = "
                           "\"missed\"") +
                   example("no_women", rows, "411625001001 = \"fired\"")),
        IsEmpty());
}

TEST(Derived, HasThePeriodOfWhatItReads) {
    EXPECT_THAT(
        complaints(std::string(growth) +
                   "\n```indicator half\ntitle = \"t\"\nvalue = \"heads / 2\"\n```\n" +
                   example("half",
                           "run = \"2024-09\"\n[rows]\nhouseholds = [ { household = \"h1\", "
                           "division = \"411625001001\" } ]\npeople = [ { person = "
                           "\"p1\", household = \"h1\" } ]\n",
                           "\"41\" = 0.5")),
        IsEmpty());
}

}  // namespace
}  // namespace zs::interpret
