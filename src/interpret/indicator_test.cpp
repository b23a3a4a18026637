#include "interpret/interpret.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "interpret/sample_pack.h"

namespace zs::interpret {
namespace {

using namespace sample;
using testing::ElementsAre;
using testing::IsEmpty;

constexpr const char* earners = R"md(
```feature person.wages
from = "employment"
value = "sum(wage)"
```
```indicator wage_mean
title = "t"
grain = "person"
value = "sum(wages)"
per = "count(*)"
unit = "yuan"
period = "calendar_year"
split = ["sex"]
```
)md";

constexpr const char* two_villages = R"md(
run = "2024-09"
[rows]
households = [ { household = "h1", division = "411625001001" }, { household = "h2", division = "411625001002" } ]
people = [ { person = "p1", household = "h1", sex = "f" }, { person = "p2", household = "h2", sex = "m" }, { person = "p3", household = "h2" } ]
employment = [ { person = "p1", month = "2024-03", wage = 30 }, { person = "p2", month = "2024-03", wage = 10 } ]
)md";

TEST(Indicators, RollUpSubjectsNotValues) {
    EXPECT_THAT(
        complaints(
            earners +
            example("wage_mean", two_villages,
                    "\"411625001001\" = 30\n\"411625001002\" = 5\n\"411625\" = 13.3333333\n\"41\" "
                    "= 13.3333333\n\"41/sex=f\" = 30\n\"41/sex=m\" = 10")),
        IsEmpty());
}

TEST(Indicators, LeaveOutAndCountWhoIsUnknown) {
    const std::string missing =
        "[[missing]]\nledger = \"employment\"\ndivision = \"411625001002\"\nmonths = \"2024-01\"\n";
    const plan::Outcome outcome = outcome_of(
        earners + example("wage_mean", std::string(two_villages) + missing, "\"41\" = 30"));
    bool found = false;
    for (const plan::IndicatorValue& row : outcome.indicators) {
        if (row.division != "41" || !row.codes.empty()) continue;
        found = true;
        EXPECT_EQ(plan::text(row.value), "30");
        EXPECT_EQ(plan::text(row.numerator), "30.00");
        EXPECT_EQ(row.known, 1);
        EXPECT_EQ(row.unknown, 2);
        EXPECT_FALSE(row.whole);
        EXPECT_EQ(row.label, "2024");
    }
    EXPECT_TRUE(found);
}

TEST(Indicators, GiveARowToEveryDivisionThoughNobodyIsThere) {
    const std::string rows = std::string(one_person) + "employment = []\n";
    const plan::Outcome outcome = outcome_of(R"md(
```indicator persons
title = "t"
grain = "person"
value = "count(*)"
unit = "persons"
levels = ["village"]
```
```indicator eldest
title = "t"
grain = "person"
value = "sum(1)"
unit = "persons"
levels = ["village"]
```
```example persons
run = "2024-09"
[rows]
households = [ { household = "h1", division = "411625001001" } ]
[expect]
"411625001001" = 0
```
)md");
    ASSERT_EQ(outcome.indicators.size(), 2u);
    EXPECT_EQ(plan::text(outcome.indicators[0].value), "0");
    EXPECT_TRUE(plan::is_null(outcome.indicators[1].value));
    EXPECT_EQ(outcome.indicators[0].known, 0);
}

TEST(Indicators, RollUpToTheReportingParent) {
    plan::Checked pack = checked(R"md(
```indicator homes
title = "t"
grain = "household"
value = "count(*)"
unit = "homes"
levels = ["city"]
```
```example homes
run = "2024-09"
[rows]
households = [ { household = "h1", division = "411625001001" }, { household = "h2", division = "411702001001" } ]
[expect]
"4116" = 1
```
)md");
    plan::Dataset data = pack.model.examples.at(0).dataset;
    for (plan::Division& division : data.divisions)
        if (division.code == "411625") division.reporting_parent = "4117";
    std::vector<std::string> rows;
    for (const plan::IndicatorValue& row : interpret(pack.model, data).indicators)
        rows.push_back(row.division + " " + plan::text(row.value));
    EXPECT_THAT(rows, ElementsAre("4116 0", "4117 2"));
}

TEST(Indicators, MeasureInequalityExactly) {
    EXPECT_THAT(complaints(R"md(
```feature person.wages
from = "employment"
value = "sum(wage)"
```
```indicator unequal
title = "t"
grain = "person"
value = "gini(wages)"
unit = "share"
period = "calendar_year"
```
)md" + example("unequal", two_villages, "\"41\" = 0.5")),
                IsEmpty());
}

constexpr const char* growth = R"md(
```indicator given_income
title = "t"
given = true
unit = "yuan"
period = "calendar_year"
```
```indicator income_growth
title = "t"
value = "given_income / prior(given_income) - 1"
unit = "share"
period = "calendar_year"
```
```indicator above_nation
title = "t"
value = "given_income - at(given_income, 'nation')"
unit = "yuan"
period = "calendar_year"
```
)md";

TEST(Figures, AreReadByLabelBeforeAndAbove) {
    const std::string rows = R"md(
run = "2024-09"
[rows]
figures = [ { indicator = "given_income", division = "41", label = "2023", value = 100 }, { indicator = "given_income", division = "41", label = "2024", value = 110 }, { indicator = "given_income", division = "00", label = "2024", value = 105 } ]
)md";
    EXPECT_THAT(
        complaints(growth + example("income_growth", rows, "\"41\" = 0.1\n\"00\" = \"null\"") +
                   example("above_nation", rows, "\"41\" = 5\n\"00\" = 0")),
        IsEmpty());
}

TEST(Figures, ToDateAreSetAgainstTheSameMonthsBefore) {
    const std::string blocks = R"md(
```indicator persons
title = "t"
grain = "person"
value = "count(*)"
unit = "persons"
period = "calendar_year"
```
```indicator more
title = "t"
value = "persons - prior(persons)"
unit = "persons"
period = "calendar_year"
```
)md";
    const std::string whole_only = std::string(one_person) +
                                   "figures = [ { indicator = \"persons\", division = \"41\", "
                                   "label = \"2023\", value = 7, month = \"2023-12\" } ]\n";
    const std::string both =
        std::string(one_person) +
        "figures = [ { indicator = \"persons\", division = \"41\", label = \"2023\", value = 7, "
        "month = \"2023-12\" }, { indicator = \"persons\", division = \"41\", label = \"2023\", "
        "value = 3, month = \"2023-09\" } ]\n";
    EXPECT_THAT(complaints(blocks + example("more", whole_only, "\"41\" = \"null\"") +
                           example("more", both, "\"41\" = -2")),
                IsEmpty());
}

TEST(Targets, JudgeWholeYearsAndPaceOpenOnes) {
    const std::string target = R"md(
```indicator given_income
title = "t"
grain = "person"
value = "count(*)"
unit = "yuan"
period = "calendar_year"
```
```target income_target
title = "t"
indicator = "given_income"
at = "province"
years = { 2023 = ">= 8", 2024 = ">= 4", 2025 = ">= 9" }
pace = "linear"
```
)md";
    const std::string published =
        "figures = [ { indicator = \"given_income\", division = \"41\", label = \"2023\", value = "
        "7, month = \"2023-12\" } ]\n";
    const std::string three = R"md(
run = "2024-09"
[rows]
households = [ { household = "h1", division = "411625001001" } ]
people = [ { person = "p1", household = "h1" }, { person = "p2", household = "h1" }, { person = "p3", household = "h1" } ]
)md";
    // By September 9/12 of 4 is due: 3 is on track, 1 is not.
    EXPECT_THAT(complaints(target +
                           example("income_target", three + published,
                                   "\"41/2023\" = \"missed\"\n\"41/2024\" = \"on_track\"") +
                           example("income_target", one_person,
                                   "\"41/2023\" = \"no_data\"\n\"41/2024\" = \"behind\"")),
                IsEmpty());
}

TEST(Targets, WithTwelveSharesOweWhatIsDueByTheMonthsEnd) {
    const std::string target = R"md(
```indicator heads
title = "t"
grain = "person"
value = "count(*)"
unit = "persons"
period = "calendar_year"
```
```target heads_target
title = "t"
indicator = "heads"
at = "province"
years = { 2024 = ">= 2" }
pace = [0, 0.1, 0.2, 0.2, 0.2, 0.3, 0.3, 0.4, 0.5, 0.6, 0.7, 1]
```
)md";
    const auto judged = [&](const std::string& month, const std::string& status) {
        std::string rows = one_person;
        rows.replace(rows.find("2024-09"), 7, month);
        return complaints(target +
                          example("heads_target", rows, "\"41/2024\" = \"" + status + "\""));
    };
    // By September half of 2 is due, by October 0.6 of it; the shares are not added up.
    EXPECT_THAT(judged("2024-09", "on_track"), IsEmpty());
    EXPECT_THAT(judged("2024-10", "behind"), IsEmpty());
}

TEST(Targets, SayTheGapToTheYearsOwnBound) {
    const plan::Outcome outcome = outcome_of(R"md(
```indicator persons
title = "t"
grain = "person"
value = "count(*)"
unit = "persons"
```
```target people_target
title = "t"
indicator = "persons"
at = "province"
years = { 2024 = "between 3 and 6" }
```
)md" + example("people_target", one_person, "\"41/2024\" = \"behind\""));
    ASSERT_EQ(outcome.targets.size(), 1u);
    EXPECT_EQ(outcome.targets[0].status, "behind");
    EXPECT_EQ(plan::text(outcome.targets[0].bound), "3");
    EXPECT_EQ(plan::text(outcome.targets[0].gap), "-2");
}

/// Months worked, over the rows of a ledger that villages owe.
std::string months_worked(const std::string& more) {
    return "\n```indicator months_worked\ntitle = \"t\"\ngrain = \"employment\"\n"
           "value = \"count(*)\"\nperiod = \"calendar_year\"\n" +
           more + "```\n";
}
constexpr const char* second_is_late =
    "[[missing]]\nledger = \"employment\"\ndivision = \"411625001002\"\nmonths = "
    "\"2024-01..2024-02\"\n";

std::string months_at(const std::string& blocks, const std::string& division) {
    const plan::Outcome outcome =
        outcome_of(blocks + example("months_worked", std::string(two_villages) + second_is_late,
                                    "\"41\" = 2"));
    for (const plan::IndicatorValue& row : outcome.indicators)
        if (row.indicator == "months_worked" && row.division == division)
            return (plan::is_null(row.value) ? "none" : plan::text(row.value)) + " late " +
                   (row.undelivered ? std::to_string(*row.undelivered) : "?");
    return "no row";
}

TEST(Indicators, OverRowsThatAreOwedSayWhoHasNotDelivered) {
    EXPECT_EQ(months_at(months_worked(""), "411625001002"), "1 late 1");
    EXPECT_EQ(months_at(months_worked(""), "411625001001"), "1 late 0");
    EXPECT_EQ(months_at(months_worked(""), "41"), "2 late 1");
}

TEST(Indicators, HaveNoValueUnderTheShareThatMustHaveCome) {
    EXPECT_EQ(months_at(months_worked("min_delivered = 0.5\n"), "41"), "2 late 1");
    EXPECT_EQ(months_at(months_worked("min_delivered = 0.6\n"), "41"), "none late 1");
    EXPECT_EQ(months_at(months_worked("min_delivered = 0.6\n"), "411625001001"), "1 late 0");
    const std::string target =
        "\n```target enough\ntitle = \"t\"\nindicator = \"months_worked\"\nat = \"province\"\n"
        "years = { 2024 = \">= 1\" }\n```\n";
    EXPECT_EQ(months_at(months_worked("") + target, "41"), "none late 1");
    EXPECT_EQ(months_at(months_worked("min_delivered = 0\n") + target, "41"), "2 late 1");
}

}  // namespace
}  // namespace zs::interpret
