#include "interpret/interpret.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "interpret/sample_pack.h"

namespace zs::interpret {
namespace {

using namespace sample;
using testing::IsEmpty;

TEST(Absence, IsZeroWhereAllWasDelivered) {
    EXPECT_THAT(complaints(wages + example("person.wages['3 months']", one_person, "p1 = 0")),
                IsEmpty());
}

TEST(Absence, IsUnknownWhereAMonthOfTheWindowIsMissing) {
    const std::string missing = R"md(
[[missing]]
ledger = "employment"
division = "411625001001"
months = "2024-08"
)md";
    EXPECT_THAT(
        complaints(wages +
                   example("person.wages['3 months']", one_person + missing, "p1 = \"null\"") +
                   example("person.wages['month']", one_person + missing, "p1 = 0")),
        IsEmpty());
}

TEST(Absence, IsUnknownBeforeTheFirstPeriodOwed) {
    EXPECT_THAT(
        complaints(wages + example("person.wages['24 months']", one_person, "p1 = \"null\"") +
                   example("person.wages['ever']", one_person, "p1 = 0")),
        IsEmpty());
}

TEST(Absence, DoesNotMatterToAPartialFeature) {
    EXPECT_THAT(complaints(R"md(
```feature person.wages
from = "employment"
value = "sum(wage)"
partial = true
```
```example person.wages['2 months']
run = "2024-09"
[rows]
households = [ { household = "h1", division = "411625001001" } ]
people = [ { person = "p1", household = "h1" } ]
employment = [ { person = "p1", month = "2024-09", wage = 10 } ]
[[missing]]
ledger = "employment"
months = "2024-08"
[expect]
p1 = 10
```
)md"),
                IsEmpty());
}

TEST(Absence, GivesZeroEmptyFalseTrueOrNothingByAggregate) {
    const std::string features = R"md(
```feature household.total
from = "aid"
value = "sum(amount)"
```
```feature household.largest
from = "aid"
value = "max(amount)"
```
```feature household.any
from = "aid"
value = "any_of(amount > 5)"
```
```feature household.all
from = "aid"
value = "all_of(amount > 5)"
```
```feature household.months
from = "aid"
value = "month_set(month)"
```
)md";
    EXPECT_THAT(complaints(features + example("household.total['year']", one_person, "h1 = 0") +
                           example("household.largest['year']", one_person, "h1 = \"null\"") +
                           example("household.any['year']", one_person, "h1 = false") +
                           example("household.all['year']", one_person, "h1 = true") +
                           example("household.months['year']", one_person, "h1 = []")),
                IsEmpty());
}

TEST(Absence, OfArgumentsIsNotAbsenceOfRows) {
    const std::string rows =
        std::string(one_person) + "aid = [ { household = \"h1\", date = \"2024-09-03\" } ]\n";
    EXPECT_THAT(complaints(R"md(
```feature household.total
from = "aid"
value = "sum(amount)"
```
```feature household.gifts
from = "aid"
value = "count(*)"
```
```feature household.any
from = "aid"
value = "any_of(amount > 5)"
```
)md" + example("household.total['month']", rows, "h1 = \"null\"") +
                           example("household.gifts['month']", rows, "h1 = 1") +
                           example("household.any['month']", rows, "h1 = \"null\"")),
                IsEmpty());
}

TEST(Delivery, AboveItsLevelNeedsEveryDivisionBelow) {
    const std::string rows = R"md(
run = "2024-09"
[rows]
households = [ { household = "h1", division = "411625001001" }, { household = "h2", division = "411625001002" } ]
people = [ { person = "p1", household = "h1" } ]
employment = [ { person = "p1", month = "2024-09", wage = 10 } ]
)md";
    const std::string missing =
        "[[missing]]\nledger = \"employment\"\ndivision = \"411625001002\"\nmonths = \"2024-09\"\n";
    const std::string feature =
        "\n```feature county.wages\nfrom = \"employment\"\nvalue = \"sum(wage)\"\n```\n";
    EXPECT_THAT(complaints(feature + example("county.wages['month']", rows, "411625 = 10") +
                           example("county.wages['month']", rows + missing, "411625 = \"null\"")),
                IsEmpty());
}

TEST(Delivery, BySubjectIsARowAndAnEmptyRowSaysNothing) {
    EXPECT_THAT(complaints(R"md(
```ledger income
title = "收入"
grain = "household"
period = "month"
key = ["household", "month"]
delivery = { by = "household", from = "2024-01" }
[fields]
amount = { type = "money" }
```
```feature household.income_rows
from = "income"
value = "count(*)"
```
```example household.income_rows['2 months']
run = "2024-09"
[rows]
households = [ { household = "h1", division = "411625001001" }, { household = "h2", division = "411625001001" } ]
income = [ { household = "h1", month = "2024-08" }, { household = "h1", month = "2024-09", amount = 5 }, { household = "h2", month = "2024-09", amount = 5 } ]
[[missing]]
ledger = "income"
[expect]
h1 = 1
h2 = "null"
```
)md"),
                IsEmpty());
}

TEST(Registry, CountsFactsWhereTheSubjectIsInTheRunsMonth) {
    EXPECT_THAT(complaints(R"md(
```feature household.wages
from = "employment"
value = "sum(wage)"
```
```example household.wages['12 months']: she moved in July
run = "2024-09"
[rows]
households = [ { household = "h1", division = "411625001001" }, { household = "h2", division = "411625001002" } ]
people = [ { person = "p1", household = "h1" }, { person = "p1", household = "h2", since = "2024-07" } ]
employment = [ { person = "p1", month = "2024-01..2024-02", wage = 100 } ]
[expect]
h1 = 0
h2 = 200
```
)md"),
                IsEmpty());
}

TEST(Registry, HasNoSubjectsThatAreGoneAndCountsOrphans) {
    const plan::Outcome outcome = outcome_of(R"md(
```clue all_of_them
title = "t"
grain = "person"
when = "true"
```
```example all_of_them
run = "2024-09"
[rows]
households = [ { household = "h1", division = "411625001001", ended = "2024-09" }, { household = "h2", division = "411625001001", ended = "2024-10" } ]
people = [ { person = "orphan", household = "h1" }, { person = "here", household = "h2" }, { person = "gone", household = "h2", ended = "2024-05" } ]
[expect]
here = "fired"
```
)md");
    ASSERT_EQ(outcome.findings.size(), 1u);
    EXPECT_EQ(outcome.findings[0].subject, "here");
    EXPECT_EQ(outcome.findings[0].division, "411625001001");
    EXPECT_EQ(outcome.orphans, 1);
}

TEST(Registry, NeverBringsAnOlderRowBack) {
    EXPECT_THAT(complaints(R"md(
```clue present
title = "t"
grain = "household"
when = "true"
```
```example present
run = "2024-09"
[rows]
households = [ { household = "h1", division = "411625001001" }, { household = "h1", division = "411625001001", since = "2024-03", ended = "2024-06" } ]
[expect]
h1 = "none"
```
)md"),
                IsEmpty());
}

TEST(Spans, AreInAWindowByItsEndOrAtAnyMonthsEnd) {
    const std::string ledger = R"md(
```ledger benefits
title = "b"
grain = "household"
period = "span"
key = ["household", "kind", "since"]
[fields]
kind = { type = "code:work_place" }
```
```feature household.now
from = "benefits"
value = "count(*)"
```
```feature household.ever_in
from = "benefits"
value = "month_set()"
cover = "any"
```
)md";
    const std::string rows = std::string(one_person) +
                             "benefits = [ { household = \"h1\", kind = \"out\", since = "
                             "\"2024-02\", ended = \"2024-05\" } ]\n";
    EXPECT_THAT(complaints(ledger + example("household.now['12 months']", rows, "h1 = 0") +
                           example("household.now['month ago 5']", rows, "h1 = 1") +
                           example("household.now['month ago 4']", rows, "h1 = 0") +
                           example("household.ever_in['6 months']", rows, "h1 = [\"2024-04\"]") +
                           example("household.ever_in['calendar_year']", rows,
                                   "h1 = [\"2024-02..2024-04\"]")),
                IsEmpty());
}

/// A person with two months in what was delivered of three, the third not delivered.
constexpr const char* two_of_three = R"md(
run = "2024-09"
[rows]
households = [ { household = "h1", division = "411625001001" } ]
people = [ { person = "p1", household = "h1" } ]
employment = [ { person = "p1", month = "2024-07..2024-08", place = "out", wage = 100 } ]
)md";
constexpr const char* without_september =
    "[[missing]]\nledger = \"employment\"\nmonths = \"2024-09\"\n";

TEST(Known, IsWhatWasDelivered) {
    const std::string features = R"md(
```feature person.out
from = "employment"
where = "place = 'out'"
value = "month_set(month)"
```
```feature person.known_months
value = "count_months(out.known['3 months'])"
```
```feature household.earned
from = "employment"
value = "sum(wage)"
over = "3 months"
```
```feature household.known_earned
value = "earned.known"
```
)md";
    const std::string rows = std::string(two_of_three) + without_september;
    EXPECT_THAT(complaints(features + example("person.known_months", rows, "p1 = 2") +
                           example("household.known_earned", rows, "h1 = 200") +
                           example("household.earned", rows, "h1 = \"null\"")),
                IsEmpty());
}

TEST(Reached, IsTrueOnceTheKnownPartReachesItAndFalseOnlyOfAll) {
    const auto reached = [](const std::string& e, const std::string& n) {
        return "\n```feature person.out\nfrom = \"employment\"\nvalue = \"count(*)\"\n```\n"
               "```feature person.doubled\nvalue = \"coalesce(out, 0) * 2\"\n```\n"
               "```feature household.of_all\nfrom = \"person\"\nvalue = \"sum(out['3 "
               "months'])\"\n```\n"
               "```feature person.enough\nvalue = \"reached(" +
               e + ", " + n + ")\"\n```\n";
    };
    const std::string late = std::string(two_of_three) + without_september;
    const auto gives = [&](const std::string& e, const std::string& n, const std::string& rows,
                           const std::string& wanted) {
        return complaints(reached(e, n) + example("person.enough", rows, "p1 = " + wanted));
    };
    EXPECT_THAT(gives("out['3 months']", "2", late, "true"), IsEmpty());
    EXPECT_THAT(gives("out['3 months']", "3", late, "\"null\""), IsEmpty());
    EXPECT_THAT(gives("out['3 months']", "3", two_of_three, "false"), IsEmpty());
    // What hides that something is unknown hides it from nobody.
    EXPECT_THAT(gives("doubled['3 months']", "4", late, "true"), IsEmpty());
    EXPECT_THAT(gives("doubled['3 months']", "5", late, "\"null\""), IsEmpty());
    EXPECT_THAT(gives("doubled['3 months']", "5", two_of_three, "false"), IsEmpty());
    // Through a feature of a feature.
    EXPECT_THAT(gives("household.of_all", "2", late, "true"), IsEmpty());
    EXPECT_THAT(gives("household.of_all", "3", late, "\"null\""), IsEmpty());
}

TEST(Registry, GivesFeaturesItsSubjectsOnly) {
    EXPECT_THAT(complaints(R"md(
```feature village.members
from = "person"
value = "count(*)"
```
```feature village.at_any_time
from = "person"
cover = "any"
value = "count(*)"
```
```example village.members['month']: the member of a household that has ended is an orphan
run = "2024-09"
[rows]
households = [ { household = "h1", division = "411625001001", ended = "2024-08" }, { household = "h2", division = "411625001001" } ]
people = [ { person = "orphan", household = "h1" }, { person = "here", household = "h2" } ]
[expect]
411625001001 = 1
```
```example village.members['month ago 2']: he was none before
run = "2024-09"
[rows]
households = [ { household = "h1", division = "411625001001", ended = "2024-08" }, { household = "h2", division = "411625001001" } ]
people = [ { person = "orphan", household = "h1" }, { person = "here", household = "h2" } ]
[expect]
411625001001 = 2
```
```example village.at_any_time['2 months']: at no month's end
run = "2024-09"
[rows]
households = [ { household = "h1", division = "411625001001", ended = "2024-08" }, { household = "h2", division = "411625001001" } ]
people = [ { person = "orphan", household = "h1" }, { person = "here", household = "h2" } ]
[expect]
411625001001 = 1
```
```example village.at_any_time['3 months']: at the end of July
run = "2024-09"
[rows]
households = [ { household = "h1", division = "411625001001", ended = "2024-08" }, { household = "h2", division = "411625001001" } ]
people = [ { person = "orphan", household = "h1" }, { person = "here", household = "h2" } ]
[expect]
411625001001 = 2
```
)md"),
                IsEmpty());
}

TEST(Registry, GivesAnEveryGrainTheMonthsOfItsSubjectsOnly) {
    EXPECT_THAT(complaints(R"md(
```grain person_by_month
title = "人月"
ledger = "people"
every = "month"
over = "3 months"
```
```feature village.person_months
from = "person_by_month"
value = "count(*)"
```
```example village.person_months['3 months']: from August on the first is an orphan
run = "2024-09"
[rows]
households = [ { household = "h1", division = "411625001001", ended = "2024-08" }, { household = "h2", division = "411625001001" } ]
people = [ { person = "orphan", household = "h1" }, { person = "here", household = "h2" } ]
[expect]
411625001001 = 4
```
)md"),
                IsEmpty());
}

TEST(Delivery, OfARegisterHoldsForItsSubjects) {
    EXPECT_THAT(complaints(R"md(
```ledger posts
title = "岗"
grain = "post"
period = "span"
delivery = { by = "village", from = "2024-01" }
[fields]
person = { type = "key:person" }
```
```grain post
title = "岗"
ledger = "posts"
parent = "person"
```
```feature person.posts_held
from = "post"
value = "count(*)"
```
```example person.posts_held
run = "2024-09"
[rows]
households = [ { household = "h1", division = "411625001001" }, { household = "h2", division = "411625001002" } ]
people = [ { person = "p1", household = "h1" }, { person = "p2", household = "h2" } ]
posts = [ { post = "a", person = "p1" } ]
[[missing]]
ledger = "posts"
division = "411625001002"
months = "2024-09"
[expect]
p1 = 1
p2 = "null"
```
)md"),
                IsEmpty());
}

}  // namespace
}  // namespace zs::interpret
