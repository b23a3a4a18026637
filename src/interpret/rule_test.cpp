#include "interpret/interpret.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "interpret/sample_pack.h"

namespace zs::interpret {
namespace {

using namespace sample;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Pair;
using testing::UnorderedElementsAre;

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
    EXPECT_THAT(outcome.counts[0].by_status,
                UnorderedElementsAre(Pair("fired", 1), Pair("unknown", 1)));
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
    return example("subsidy",
                   "run = \"2024-09\"\n[rows]\nhouseholds = [ { household = \"h\", division = "
                   "\"411625001001\" } ]\nclaims = [ { household = \"h\", " +
                       cells + " } ]\n",
                   "h = \"" + status + "\"");
}

TEST(Entitlements, HaveTheFirstStatusThatHolds) {
    EXPECT_THAT(
        complaints(
            subsidy + claim("owed = true, due = 5, got = 5, wrong = true", "improper") +
            claim("due = 5, got = 5", "unknown") + claim("owed = true, due = 5", "unknown") +
            claim("owed = true, got = 5", "unknown") +
            claim("owed = true, due = 5, got = 4", "unknown") +
            claim("owed = false, due = 5, got = 5", "none") +
            claim("owed = true, due = 5, got = 6", "excess") +
            claim("owed = true, due = 5, got = 5", "satisfied") +
            claim("owed = true, due = 5, got = 5, day = \"2024-05-01\", paid = \"2024-05-02\"",
                  "late") +
            claim("owed = true, due = 5, got = 4, day = \"2024-09-30\"", "pending") +
            claim("owed = true, due = 5, got = 4, day = \"2024-09-29\"", "short") +
            claim("owed = true, due = 5, got = 0, day = \"2024-09-29\"", "gap")),
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
    EXPECT_THAT(outcome_of(blocks).counts.at(0).by_status,
                UnorderedElementsAre(Pair("exempted", 1), Pair("fired", 1)));
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

TEST(Entitlements, TakeATruthForTheWholeAmountOrNothing) {
    EXPECT_THAT(complaints(R"md(
```entitlement allowance
title = "t"
grain = "household"
eligible = "true"
amount = "500.00"
received = "poor"
due_on = "date_of(2024, 9, 29)"
paid_on = "date_of(2024, 9, 28)"
```
```example allowance
run = "2024-09"
[rows]
households = [ { household = "a", division = "411625001001", poor = true }, { household = "b", division = "411625001001", poor = false }, { household = "c", division = "411625001001" } ]
[expect]
a = "satisfied"
b = "gap"
c = "unknown"
```
)md"),
                IsEmpty());
}

}  // namespace
}  // namespace zs::interpret
