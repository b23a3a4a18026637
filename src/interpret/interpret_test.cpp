#include "interpret/interpret.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/failure.h"
#include "plan/check.h"

namespace zs::interpret {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Pair;
using testing::UnorderedElementsAre;

constexpr const char* plan_toml = R"md(
language = 1
name = "test"
months = "2023-01..2025-12"
year_ends = 9
)md";

/// Households of villages, their people, months of work, and what the tests add.
constexpr const char* basis = R"md(
```codelist work_place
title = "务工地点"
[codes]
out = { title = "省外", far = true }
near = { title = "县内", far = false }
```
```codelist sex
title = "性别"
[codes]
f = "女"
m = "男"
```
```ledger households
title = "户"
grain = "household"
period = "span"
[fields]
poor = { type = "bool" }
```
```ledger people
title = "人"
grain = "person"
period = "span"
[fields]
household = { type = "key:household" }
sex = { type = "code:sex" }
```
```grain household
title = "户"
ledger = "households"
```
```grain person
title = "人"
ledger = "people"
parent = "household"
```
```ledger employment
title = "务工"
grain = "person"
period = "month"
delivery = { by = "village", from = "2023-01" }
[fields]
place = { type = "code:work_place" }
wage = { type = "money" }
```
```ledger aid
title = "帮扶"
grain = "household"
period = "date"
key = []
[fields]
kind = { type = "code:work_place" }
amount = { type = "money" }
```
)md";

constexpr const char* one_person = R"md(
run = "2024-09"
[rows]
households = [ { household = "h1", division = "411625001001" } ]
people = [ { person = "p1", household = "h1", sex = "f" } ]
)md";

plan::Checked checked(const std::string& blocks) {
    plan::Checked result = plan::check_texts({{"plan.toml", plan_toml}, {"a.md", std::string(basis) + blocks}});
    for (const plan::Diagnostic& diagnostic : result.diagnostics)
        if (diagnostic.severity == plan::Diagnostic::Severity::error) ADD_FAILURE() << plan::rendered(diagnostic);
    return result;
}

/// What the examples in the blocks say against the evaluator; empty where all pass.
std::vector<std::string> complaints(const std::string& blocks) {
    const plan::Checked pack = checked(blocks);
    std::vector<std::string> all;
    if (pack.model.examples.empty()) all.emplace_back("there is no example");
    for (const plan::Example& example : pack.model.examples)
        if (const ExampleResult result = run_example(pack.model, example); !result.passed) all.push_back(result.says + " — " + result.why);
    return all;
}

plan::Outcome outcome_of(const std::string& blocks) {
    const plan::Checked pack = checked(blocks);
    return interpret(pack.model, pack.model.examples.at(0).dataset);
}

std::string example(const std::string& head, const std::string& rows, const std::string& expect) { return "\n```example " + head + "\n" + rows + "[expect]\n" + expect + "\n```\n"; }

constexpr const char* wages = R"md(
```feature person.wages
from = "employment"
value = "sum(wage)"
```
)md";

// --- Absence and delivery ---------------------------------------------------------------------

TEST(Absence, IsZeroWhereAllWasDelivered) {
    EXPECT_THAT(complaints(wages + example("person.wages['3 months']", one_person, "p1 = 0")), IsEmpty());
}

TEST(Absence, IsUnknownWhereAMonthOfTheWindowIsMissing) {
    const std::string missing = R"md(
[[missing]]
ledger = "employment"
division = "411625001001"
months = "2024-08"
)md";
    EXPECT_THAT(complaints(wages + example("person.wages['3 months']", one_person + missing, "p1 = \"null\"") + example("person.wages['month']", one_person + missing, "p1 = 0")), IsEmpty());
}

TEST(Absence, IsUnknownBeforeTheFirstPeriodOwed) {
    EXPECT_THAT(complaints(wages + example("person.wages['24 months']", one_person, "p1 = \"null\"") + example("person.wages['ever']", one_person, "p1 = 0")), IsEmpty());
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
    EXPECT_THAT(complaints(features + example("household.total['year']", one_person, "h1 = 0") + example("household.largest['year']", one_person, "h1 = \"null\"") +
                           example("household.any['year']", one_person, "h1 = false") + example("household.all['year']", one_person, "h1 = true") +
                           example("household.months['year']", one_person, "h1 = []")),
                IsEmpty());
}

TEST(Absence, OfArgumentsIsNotAbsenceOfRows) {
    const std::string rows = std::string(one_person) + "aid = [ { household = \"h1\", date = \"2024-09-03\" } ]\n";
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
                           example("household.gifts['month']", rows, "h1 = 1") + example("household.any['month']", rows, "h1 = \"null\"")),
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
    const std::string missing = "[[missing]]\nledger = \"employment\"\ndivision = \"411625001002\"\nmonths = \"2024-09\"\n";
    const std::string feature = "\n```feature county.wages\nfrom = \"employment\"\nvalue = \"sum(wage)\"\n```\n";
    EXPECT_THAT(complaints(feature + example("county.wages['month']", rows, "411625 = 10") + example("county.wages['month']", rows + missing, "411625 = \"null\"")), IsEmpty());
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

// --- Registries, dots, spans ------------------------------------------------------------------

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
    const std::string rows = std::string(one_person) + "benefits = [ { household = \"h1\", kind = \"out\", since = \"2024-02\", ended = \"2024-05\" } ]\n";
    EXPECT_THAT(complaints(ledger + example("household.now['12 months']", rows, "h1 = 0") + example("household.now['month ago 5']", rows, "h1 = 1") + example("household.now['month ago 4']", rows, "h1 = 0") +
                           example("household.ever_in['6 months']", rows, "h1 = [\"2024-04\"]") + example("household.ever_in['calendar_year']", rows, "h1 = [\"2024-02..2024-04\"]")),
                IsEmpty());
}

// --- Windows and every ------------------------------------------------------------------------

TEST(Windows, ShiftByTheirOwnCalendar) {
    const std::string rows = std::string(one_person) + "employment = [ { person = \"p1\", month = \"2023-01..2024-09\", wage = 1 } ]\n";
    EXPECT_THAT(complaints(wages + example("person.wages['calendar_year']", rows, "p1 = 9") + example("person.wages['whole year']", rows, "p1 = 12") + example("person.wages['whole calendar_year']", rows, "p1 = 12") +
                           example("person.wages['calendar_year ago 1']", rows, "p1 = 9") + example("person.wages['3 months ago 12']", rows, "p1 = 3") + example("person.wages['whole school_term']", rows, "p1 = 6")),
                IsEmpty());
}

constexpr const char* terms = R"md(
```grain person_term
title = "人·学期"
ledger = "people"
every = "school_term"
```
```feature person_term.wages
from = "employment"
value = "sum(wage)"
```
```feature person_term.last_two
from = "employment"
value = "count(*)"
over = "2 months"
```
```entitlement term_aid
title = "t"
grain = "person_term"
eligible = "wages = 0"
received = "false"
```
)md";

TEST(Every, MakesASubjectForEachPeriodSeenFromItsEnd) {
    const std::string rows = std::string(one_person) + "employment = [ { person = \"p1\", month = \"2024-05..2024-09\", wage = 1 } ]\n";
    EXPECT_THAT(complaints(terms + example("person_term.wages", rows, "\"p1/2024s\" = 3\n\"p1/2024a\" = 2") + example("person_term.last_two", rows, "\"p1/2024s\" = 2\n\"p1/2024a\" = 2")), IsEmpty());
}

TEST(Every, IsPendingWhileItsPeriodIsNotOver) {
    const std::string rows = std::string(one_person) + "employment = [ { person = \"p1\", month = \"2024-07\", wage = 1 } ]\n";
    // 2023a (its January is of the calendar year) and 2024a are without wages; 2024a is not over.
    EXPECT_THAT(complaints(terms + example("term_aid", rows, "\"p1/2023a\" = \"gap\"\n\"p1/2024s\" = \"none\"\n\"p1/2024a\" = \"pending\"")), IsEmpty());
}

TEST(Every, TakesRowsByThePeriodTheyAreFor) {
    EXPECT_THAT(complaints(R"md(
```ledger pay
title = "发放"
grain = "person"
period = "month"
key = ["person", "month", "for_month"]
[fields]
for_month = { type = "month" }
amount = { type = "money" }
```
```grain person_month
title = "人·月"
ledger = "people"
every = "month"
```
```feature person_month.paid
from = "pay"
by = { month = "for_month" }
value = "sum(amount)"
```
```example person_month.paid: pay for May that came in July is seen at May
run = "2024-09"
[rows]
households = [ { household = "h1", division = "411625001001" } ]
people = [ { person = "p1", household = "h1" } ]
pay = [ { person = "p1", month = "2024-07", for_month = "2024-05", amount = 7 } ]
[expect]
"p1/2024-05" = 7
"p1/2024-07" = 0
```
)md"),
                IsEmpty());
}

// --- Grains and features ----------------------------------------------------------------------

TEST(Combinations, AreThoseThatOccurInTheWindowsInUse) {
    EXPECT_THAT(complaints(R"md(
```grain household_kind
title = "户·类"
ledger = "aid"
key = ["household", "kind"]
```
```feature household_kind.total
from = "aid"
value = "sum(amount)"
```
```clue much
title = "t"
grain = "household_kind"
when = "total['3 months'] > 5"
```
```example much
run = "2024-09"
[rows]
households = [ { household = "h1", division = "411625001001" } ]
aid = [ { household = "h1", kind = "out", date = "2024-09-30", amount = 6 }, { household = "h1", kind = "near", date = "2024-06-30", amount = 9 } ]
[expect]
"h1/out" = "fired"
"h1/near" = "none"
```
)md"),
                IsEmpty());
}

TEST(Features, MakeAColumnACode) {
    const std::string rows = std::string(one_person) + "aid = [ { household = \"h1\", kind = \"out\", date = \"2024-09-30\", amount = 6 } ]\n";
    EXPECT_THAT(complaints("\n```feature household.paid\nfrom = \"aid\"\nby_code = \"kind\"\nvalue = \"sum(amount)\"\n```\n" + example("household.paid['out']['month']", rows, "h1 = 6") +
                           example("household.paid['near']['month']", rows, "h1 = 0")),
                IsEmpty());
}

TEST(Features, CompareAmongPeersOnlyWhereThereAreEnough) {
    const std::string features = R"md(
```feature household.aid_sum
from = "aid"
value = "sum(amount)"
over = "month"
```
```feature household.middle
peers = "village"
value = "median(aid_sum)"
at_least = 3
```
```feature household.rank
peers = "village"
value = "peer_rank(aid_sum)"
at_least = 3
```
)md";
    const std::string rows = R"md(
run = "2024-09"
[rows]
households = [ { household = "a", division = "411625001001" }, { household = "b", division = "411625001001" }, { household = "c", division = "411625001001" }, { household = "d", division = "411625001002" } ]
aid = [ { household = "a", date = "2024-09-01", amount = 1 }, { household = "b", date = "2024-09-01", amount = 2 }, { household = "c", date = "2024-09-01", amount = 9 } ]
)md";
    EXPECT_THAT(complaints(features + example("household.middle", rows, "a = 2\nd = \"null\"") + example("household.rank", rows, "a = 0.0\nb = 0.5\nc = 1.0\nd = \"null\"")), IsEmpty());
}

TEST(Features, CountRowsWhoseWhereIsUnknown) {
    const std::string rows = std::string(one_person) + "aid = [ { household = \"h1\", date = \"2024-09-01\" }, { household = \"h1\", date = \"2024-09-02\", amount = 3 } ]\n";
    EXPECT_THAT(complaints("\n```feature household.gifts\nfrom = \"aid\"\nwhere = \"amount > 2\"\nvalue = \"count(*)\"\n```\n"
                           "\n```feature household.unclear\nvalue = \"gifts.unknown\"\n```\n" +
                           example("household.gifts['month']", rows, "h1 = 1") + example("household.unclear['month']", rows, "h1 = 1")),
                IsEmpty());
}

TEST(Features, FromARegistrysGrainReadItAtTheWindowsEnd) {
    const std::string rows = R"md(
run = "2024-09"
[rows]
households = [ { household = "h1", division = "411625001001" }, { household = "h2", division = "411625001001" } ]
people = [ { person = "p1", household = "h1", ended = "2024-08" }, { person = "p2", household = "h1" }, { person = "p2", household = "h2", since = "2024-05" } ]
)md";
    EXPECT_THAT(complaints("\n```feature household.size\nfrom = \"person\"\nvalue = \"count(*)\"\n```\n" + example("household.size", rows, "h1 = 0\nh2 = 1") +
                           example("household.size['month ago 6']", rows, "h1 = 1\nh2 = 1")),
                IsEmpty());
}

TEST(Aggregates, TakeFirstAndLastByTimeAndTheLargestOfATie) {
    const std::string rows = std::string(one_person) + "aid = [ { household = \"h1\", date = \"2024-09-01\", amount = 1 }, { household = \"h1\", date = \"2024-09-05\", amount = 3 }, { household = \"h1\", date = \"2024-09-05\", amount = 2 }, { household = \"h1\", date = \"2024-09-09\" } ]\n";
    EXPECT_THAT(complaints("\n```feature household.latest\nfrom = \"aid\"\nvalue = \"last(amount)\"\n```\n\n```feature household.earliest\nfrom = \"aid\"\nvalue = \"first(amount)\"\n```\n"
                           "\n```feature household.mean\nfrom = \"aid\"\nvalue = \"avg(amount)\"\n```\n\n```feature household.spread\nfrom = \"aid\"\nvalue = \"stddev(amount)\"\n```\n" +
                           example("household.latest['month']", rows, "h1 = 3") + example("household.earliest['month']", rows, "h1 = 1") + example("household.mean['month']", rows, "h1 = 2.0") +
                           example("household.spread['month']", rows, "h1 = 1.0")),
                IsEmpty());
}

TEST(Parameters, AreOfTheNearestDivisionAndMonth) {
    const std::string parameter = R"md(
```parameter line
title = "l"
type = "money"
values = [ { from = "2023-01", division = "41", value = 7 }, { from = "2024-04", division = "41", value = 8 }, { from = "2024-01", division = "411625", value = 9 } ]
```
```parameter grant
title = "g"
type = "money"
steps = "money"
optional = true
values = [ { from = "2023-01", at = 100, value = 1 }, { from = "2023-01", at = 200, value = 2 } ]
```
```feature household.the_line
value = "param.line"
```
```feature household.old_line
value = "param.line_at('2024-03')"
```
```feature household.granted
value = "param.grant[199.99]"
```
```feature household.too_low
value = "param.grant[99]"
```
)md";
    const std::string rows = R"md(
run = "2024-09"
[rows]
households = [ { household = "near", division = "411625001001" }, { household = "far", division = "411526001001" } ]
)md";
    EXPECT_THAT(complaints(parameter + example("household.the_line", rows, "near = 9\nfar = 8") + example("household.old_line", rows, "near = 9\nfar = 7") + example("household.granted", rows, "near = 1") +
                           example("household.too_low", rows, "near = \"null\"")),
                IsEmpty());
}

TEST(Parameters, WithoutAValueEndTheRunByName) {
    const std::vector<std::string> said = complaints(R"md(
```parameter line
title = "l"
type = "money"
values = [ { from = "2023-01", division = "42", value = 7 } ]
```
```clue below
title = "t"
grain = "household"
when = "param.line > 0"
```
)md" + example("below", one_person, "h1 = \"fired\""));
    ASSERT_EQ(said.size(), 1u);
    EXPECT_THAT(said[0], HasSubstr("parameter 'line' has no value for 2024-09 at division 411625001001: clue 'below'"));
}

// --- Rules ------------------------------------------------------------------------------------

TEST(Rules, TellFiredClearAndUnknownApart) {
    EXPECT_THAT(complaints(R"md(
```clue poor_one
title = "t"
grain = "household"
when = "poor"
```
```example poor_one
run = "2024-09"
[rows]
households = [ { household = "a", division = "411625001001", poor = true }, { household = "b", division = "411625001001", poor = false }, { household = "c", division = "411625001001" } ]
[expect]
a = "fired"
b = "clear"
c = "unknown"
```
)md"),
                IsEmpty());
}

TEST(Rules, DoNotCountWhomWhereLeavesOut) {
    const plan::Outcome outcome = outcome_of(R"md(
```clue poor_one
title = "t"
grain = "household"
where = "poor"
when = "true"
say = "{poor}，{division}，{household}"
```
```example poor_one
run = "2024-09"
[rows]
households = [ { household = "a", division = "411625001001", poor = true }, { household = "b", division = "411625001001", poor = false }, { household = "c", division = "411625001001" } ]
[expect]
a = "fired"
```
)md");
    ASSERT_EQ(outcome.counts.size(), 1u);
    EXPECT_THAT(outcome.counts[0].by_status, UnorderedElementsAre(Pair("fired", 1), Pair("unknown", 1)));
    ASSERT_EQ(outcome.findings.size(), 1u);
    EXPECT_EQ(outcome.findings[0].say, "是，411625001001，a");
}

TEST(Rules, ShowMoneyCodesSharesAndTheUnknownInSentences) {
    const plan::Outcome outcome = outcome_of(R"md(
```feature household.total
from = "aid"
value = "sum(amount)"
over = "month"
```
```feature household.kind
from = "aid"
value = "last(kind)"
over = "month"
```
```clue shown
title = "t"
grain = "household"
when = "true"
say = "{total}元，{kind}，{total / 800:%}，{run.month}，{poor}"
```
```example shown
run = "2024-09"
[rows]
households = [ { household = "a", division = "411625001001" } ]
aid = [ { household = "a", date = "2024-09-01", kind = "out", amount = 100 } ]
[expect]
a = "fired"
```
)md");
    ASSERT_EQ(outcome.findings.size(), 1u);
    EXPECT_EQ(outcome.findings[0].say, "100.00元，省外，12.50%，2024-09，未知");
}

constexpr const char* subsidy = R"md(
```ledger claims
title = "c"
grain = "household"
period = "span"
[fields]
due = { type = "money" }
got = { type = "money" }
day = { type = "date" }
paid = { type = "date" }
wrong = { type = "bool" }
owed = { type = "bool" }
```
```feature household.due
from = "claims"
value = "last(due)"
```
```feature household.got
from = "claims"
value = "last(got)"
```
```feature household.day
from = "claims"
value = "last(day)"
```
```feature household.paid
from = "claims"
value = "last(paid)"
```
```feature household.wrong
from = "claims"
value = "any_of(wrong)"
```
```feature household.owed
from = "claims"
value = "any_of(owed)"
```
```entitlement subsidy
title = "t"
grain = "household"
eligible = "owed"
amount = "due"
received = "got"
due_on = "day"
paid_on = "paid"
wrongful = "wrong"
```
)md";

std::string claim(const std::string& cells, const std::string& status) {
    return example("subsidy", "run = \"2024-09\"\n[rows]\nhouseholds = [ { household = \"h\", division = \"411625001001\" } ]\nclaims = [ { household = \"h\", " + cells + " } ]\n", "h = \"" + status + "\"");
}

TEST(Entitlements, HaveTheFirstStatusThatHolds) {
    EXPECT_THAT(complaints(subsidy + claim("owed = true, due = 5, got = 5, wrong = true", "improper") + claim("due = 5, got = 5", "unknown") + claim("owed = true, due = 5", "unknown") + claim("owed = true, got = 5", "unknown") +
                           claim("owed = true, due = 5, got = 4", "unknown") + claim("owed = false, due = 5, got = 5", "none") + claim("owed = true, due = 5, got = 6", "excess") +
                           claim("owed = true, due = 5, got = 5", "satisfied") + claim("owed = true, due = 5, got = 5, day = \"2024-05-01\", paid = \"2024-05-02\"", "late") +
                           claim("owed = true, due = 5, got = 4, day = \"2024-09-30\"", "pending") + claim("owed = true, due = 5, got = 4, day = \"2024-09-29\"", "short") + claim("owed = true, due = 5, got = 0, day = \"2024-09-29\"", "gap")),
                IsEmpty());
}

TEST(Exemptions, TakeAFindingOutOfTheColumnAndAreCountedApart) {
    const std::string blocks = R"md(
```clue poor_one
title = "t"
grain = "household"
when = "poor"
```
```feature household.flagged
value = "poor_one"
```
```example poor_one
run = "2024-09"
exempted = [ { subject = "a", until = "2024-09" }, { subject = "b", until = "2024-08" } ]
[rows]
households = [ { household = "a", division = "411625001001", poor = true }, { household = "b", division = "411625001001", poor = true } ]
[expect]
a = "exempted"
b = "fired"
```
```example household.flagged
run = "2024-09"
exempted = [ { rule = "poor_one", subject = "a", until = "2024-09" } ]
[rows]
households = [ { household = "a", division = "411625001001", poor = true }, { household = "b", division = "411625001001", poor = true } ]
[expect]
a = false
b = true
```
)md";
    EXPECT_THAT(complaints(blocks), IsEmpty());
    EXPECT_THAT(outcome_of(blocks).counts.at(0).by_status, UnorderedElementsAre(Pair("exempted", 1), Pair("fired", 1)));
}

TEST(Numbers, BeyondTheirTypeEndTheRunByTheRulesName) {
    const std::vector<std::string> said = complaints(R"md(
```feature household.total
from = "aid"
value = "sum(amount)"
over = "month"
```
```clue much
title = "t"
grain = "household"
when = "total > 0"
```
```example much
run = "2024-09"
[rows]
households = [ { household = "a", division = "411625001001" } ]
aid = [ { household = "a", date = "2024-09-01", amount = 9000000000000000 }, { household = "a", date = "2024-09-02", amount = 9000000000000000 } ]
[expect]
a = "fired"
```
)md");
    ASSERT_EQ(said.size(), 1u);
    EXPECT_THAT(said[0], HasSubstr("clue 'much' in 2024-09 at division 411625001001"));
}

// --- Indicators and targets -------------------------------------------------------------------

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
    EXPECT_THAT(complaints(earners + example("wage_mean", two_villages, "\"411625001001\" = 30\n\"411625001002\" = 5\n\"411625\" = 13.3333333\n\"41\" = 13.3333333\n\"41/sex=f\" = 30\n\"41/sex=m\" = 10")), IsEmpty());
}

TEST(Indicators, LeaveOutAndCountWhoIsUnknown) {
    const std::string missing = "[[missing]]\nledger = \"employment\"\ndivision = \"411625001002\"\nmonths = \"2024-01\"\n";
    const plan::Outcome outcome = outcome_of(earners + example("wage_mean", std::string(two_villages) + missing, "\"41\" = 30"));
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
    for (const plan::IndicatorValue& row : interpret(pack.model, data).indicators) rows.push_back(row.division + " " + plan::text(row.value));
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
    EXPECT_THAT(complaints(growth + example("income_growth", rows, "\"41\" = 0.1\n\"00\" = \"null\"") + example("above_nation", rows, "\"41\" = 5\n\"00\" = 0")), IsEmpty());
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
    const std::string whole_only = std::string(one_person) + "figures = [ { indicator = \"persons\", division = \"41\", label = \"2023\", value = 7, month = \"2023-12\" } ]\n";
    const std::string both = std::string(one_person) + "figures = [ { indicator = \"persons\", division = \"41\", label = \"2023\", value = 7, month = \"2023-12\" }, { indicator = \"persons\", division = \"41\", label = \"2023\", value = 3, month = \"2023-09\" } ]\n";
    EXPECT_THAT(complaints(blocks + example("more", whole_only, "\"41\" = \"null\"") + example("more", both, "\"41\" = -2")), IsEmpty());
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
    const std::string published = "figures = [ { indicator = \"given_income\", division = \"41\", label = \"2023\", value = 7, month = \"2023-12\" } ]\n";
    const std::string three = R"md(
run = "2024-09"
[rows]
households = [ { household = "h1", division = "411625001001" } ]
people = [ { person = "p1", household = "h1" }, { person = "p2", household = "h1" }, { person = "p3", household = "h1" } ]
)md";
    // By September 9/12 of 4 is due: 3 is on track, 1 is not.
    EXPECT_THAT(complaints(target + example("income_target", three + published, "\"41/2023\" = \"missed\"\n\"41/2024\" = \"on_track\"") + example("income_target", one_person, "\"41/2023\" = \"no_data\"\n\"41/2024\" = \"behind\"")), IsEmpty());
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

}  // namespace
}  // namespace zs::interpret
