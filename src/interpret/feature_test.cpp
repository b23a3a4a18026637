#include "interpret/interpret.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "interpret/sample_pack.h"

namespace zs::interpret {
namespace {

using namespace sample;
using testing::HasSubstr;
using testing::IsEmpty;

TEST(Windows, ShiftByTheirOwnCalendar) {
    const std::string rows =
        std::string(one_person) +
        "employment = [ { person = \"p1\", month = \"2023-01..2024-09\", wage = 1 } ]\n";
    EXPECT_THAT(complaints(wages + example("person.wages['calendar_year']", rows, "p1 = 9") +
                           example("person.wages['whole year']", rows, "p1 = 12") +
                           example("person.wages['whole calendar_year']", rows, "p1 = 12") +
                           example("person.wages['calendar_year ago 1']", rows, "p1 = 9") +
                           example("person.wages['3 months ago 12']", rows, "p1 = 3") +
                           example("person.wages['whole school_term']", rows, "p1 = 6")),
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
    const std::string rows =
        std::string(one_person) +
        "employment = [ { person = \"p1\", month = \"2024-05..2024-09\", wage = 1 } ]\n";
    EXPECT_THAT(
        complaints(terms +
                   example("person_term.wages", rows, "\"p1/2024s\" = 3\n\"p1/2024a\" = 2") +
                   example("person_term.last_two", rows, "\"p1/2024s\" = 2\n\"p1/2024a\" = 2")),
        IsEmpty());
}

TEST(Every, IsPendingWhileItsPeriodIsNotOver) {
    const std::string rows =
        std::string(one_person) +
        "employment = [ { person = \"p1\", month = \"2024-07\", wage = 1 } ]\n";
    // 2023a (its January is of the calendar year) and 2024a are without wages; 2024a is not over.
    EXPECT_THAT(
        complaints(
            terms +
            example("term_aid", rows,
                    "\"p1/2023a\" = \"gap\"\n\"p1/2024s\" = \"none\"\n\"p1/2024a\" = \"pending\"")),
        IsEmpty());
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
    const std::string rows =
        std::string(one_person) +
        "aid = [ { household = \"h1\", kind = \"out\", date = \"2024-09-30\", amount = 6 } ]\n";
    EXPECT_THAT(complaints("\n```feature household.paid\nfrom = \"aid\"\nby_code = \"kind\"\nvalue "
                           "= \"sum(amount)\"\n```\n" +
                           example("household.paid['out']['month']", rows, "h1 = 6") +
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
    EXPECT_THAT(
        complaints(features + example("household.middle", rows, "a = 2\nd = \"null\"") +
                   example("household.rank", rows, "a = 0.0\nb = 0.5\nc = 1.0\nd = \"null\"")),
        IsEmpty());
}

TEST(Features, CountRowsWhoseWhereIsUnknown) {
    const std::string rows = std::string(one_person) +
                             "aid = [ { household = \"h1\", date = \"2024-09-01\" }, { household = "
                             "\"h1\", date = \"2024-09-02\", amount = 3 } ]\n";
    EXPECT_THAT(complaints("\n```feature household.gifts\nfrom = \"aid\"\nwhere = \"amount > "
                           "2\"\nvalue = \"count(*)\"\n```\n"
                           "\n```feature household.unclear\nvalue = \"gifts.unknown\"\n```\n" +
                           example("household.gifts['month']", rows, "h1 = 1") +
                           example("household.unclear['month']", rows, "h1 = 1")),
                IsEmpty());
}

TEST(Features, FromARegistrysGrainReadItAtTheWindowsEnd) {
    const std::string rows = R"md(
run = "2024-09"
[rows]
households = [ { household = "h1", division = "411625001001" }, { household = "h2", division = "411625001001" } ]
people = [ { person = "p1", household = "h1", ended = "2024-08" }, { person = "p2", household = "h1" }, { person = "p2", household = "h2", since = "2024-05" } ]
)md";
    EXPECT_THAT(
        complaints("\n```feature household.size\nfrom = \"person\"\nvalue = \"count(*)\"\n```\n" +
                   example("household.size", rows, "h1 = 0\nh2 = 1") +
                   example("household.size['month ago 6']", rows, "h1 = 1\nh2 = 1")),
        IsEmpty());
}

TEST(Features, OfASubjectOfAnEarlierWindowAreOfItsRowOfTheRunsMonth) {
    const std::string rows = R"md(
run = "2024-09"
[rows]
households = [ { household = "h1", division = "411625001001" } ]
people = [ { person = "p1", household = "h1", sex = "f" }, { person = "p1", household = "h1", sex = "m", since = "2024-05" } ]
)md";
    const std::string features =
        "\n```feature person.letter\nvalue = \"sex || ''\"\n```\n"
        "\n```feature household.letters\nfrom = \"person\"\nvalue = \"max(letter)\"\n```\n"
        "\n```feature household.sexes\nfrom = \"person\"\nvalue = \"max(sex || '')\"\n```\n";
    EXPECT_THAT(
        complaints(features + example("household.letters['month ago 6']", rows, "h1 = \"m\"") +
                   example("household.sexes['month ago 6']", rows, "h1 = \"f\"")),
        IsEmpty());
}

TEST(Aggregates, TakeFirstAndLastByTimeAndTheLargestOfATie) {
    const std::string rows =
        std::string(one_person) +
        "aid = [ { household = \"h1\", date = \"2024-09-01\", amount = 1 }, { household = \"h1\", "
        "date = \"2024-09-05\", amount = 3 }, { household = \"h1\", date = \"2024-09-05\", amount "
        "= 2 }, { household = \"h1\", date = \"2024-09-09\" } ]\n";
    EXPECT_THAT(complaints("\n```feature household.latest\nfrom = \"aid\"\nvalue = "
                           "\"last(amount)\"\n```\n\n```feature household.earliest\nfrom = "
                           "\"aid\"\nvalue = \"first(amount)\"\n```\n"
                           "\n```feature household.mean\nfrom = \"aid\"\nvalue = "
                           "\"avg(amount)\"\n```\n\n```feature household.spread\nfrom = "
                           "\"aid\"\nvalue = \"stddev(amount)\"\n```\n" +
                           example("household.latest['month']", rows, "h1 = 3") +
                           example("household.earliest['month']", rows, "h1 = 1") +
                           example("household.mean['month']", rows, "h1 = 2.0") +
                           example("household.spread['month']", rows, "h1 = 1.0")),
                IsEmpty());
}

constexpr const char* months_of_both = R"md(
```ledger heap
title = "堆"
grain = "person"
period = "month"
[fields]
v = { type = "int" }
```
```grain person_month
title = "人月"
ledger = "people"
every = "month"
over = "12 months"
```
```grain household_month
title = "户月"
ledger = "households"
every = "month"
over = "24 months"
```
```feature person_month.v
from = "heap"
value = "sum(v)"
```
```feature household_month.v
from = "person_month"
by = { month = "month" }
value = "sum(v['month'])"
```
```feature household.twice
from = "person_month"
value = "sum(v)"
over = "2 months"
```
)md";

TEST(Every, FeedsAnotherByItsLabelsWhereItsMonthsReach) {
    const std::string rows =
        std::string(one_person) +
        "heap = [ { person = \"p1\", month = \"2023-01..2024-09\", v = 1 } ]\n";
    EXPECT_THAT(
        complaints(months_of_both + example("household_month.v", rows,
                                            "\"h1/2023-10\" = 1\n\"h1/2023-09\" = \"null\"")),
        IsEmpty());
}

TEST(Every, GivesItsFeaturesTheirOwnPeriodWhateverTheReadersWindow) {
    const std::string rows =
        std::string(one_person) +
        "heap = [ { person = \"p1\", month = \"2024-07\", v = 1 }, { person = \"p1\", month = "
        "\"2024-08\", v = 10 }, { person = \"p1\", month = \"2024-09\", v = 100 } ]\n";
    EXPECT_THAT(complaints(months_of_both + example("household.twice", rows, "h1 = 110")),
                IsEmpty());
}

TEST(Every, ReachesByDotsFieldsAndFeaturesOfItsPeriods) {
    const std::string blocks = std::string(months_of_both) + R"md(
```feature person.v
from = "heap"
value = "sum(v)"
```
```feature village.v
from = "heap"
value = "sum(v)"
```
```feature village.poor
from = "household"
where = "poor"
value = "count(*)"
```
```clue dots
title = "t"
grain = "person_month"
where = "month >= '2024-08'"
when = "person.household.poor and person.v = 1 and village.v = 3 and village.poor > 0"
```
```clue written
title = "t"
grain = "person_month"
where = "month >= '2024-08'"
when = "person.v['2 months'] = 1 and person.v = v"
```
)md";
    const std::string rows = R"md(
run = "2024-09"
[rows]
households = [ { household = "h1", division = "411625001001", poor = true } ]
people = [ { person = "p1", household = "h1" }, { person = "p2", household = "h1" } ]
heap = [ { person = "p1", month = "2024-08", v = 1 }, { person = "p2", month = "2024-08", v = 2 } ]
)md";
    EXPECT_THAT(complaints(blocks +
                           example("dots", rows,
                                   "\"p1/2024-08\" = \"fired\"\n\"p2/2024-08\" = \"clear\"\n"
                                   "\"p1/2024-09\" = \"clear\"") +
                           example("written", rows,
                                   "\"p1/2024-08\" = \"fired\"\n\"p1/2024-09\" = \"fired\"\n"
                                   "\"p2/2024-08\" = \"clear\"")),
                IsEmpty());
}

TEST(Windows, HoldYearsThatEndInThemAndTheOneThatIsOpen) {
    const std::string blocks = R"md(
```ledger incomes
title = "收入"
grain = "household"
period = "calendar_year"
[fields]
total = { type = "int" }
```
```feature household.total
from = "incomes"
value = "sum(total)"
```
)md";
    const std::string rows = std::string(one_person) +
                             "incomes = [ { household = \"h1\", year = 2023, total = 10 }, { "
                             "household = \"h1\", year = 2024, total = 1 } ]\n";
    EXPECT_THAT(complaints(blocks + example("household.total['calendar_year']", rows, "h1 = 1") +
                           example("household.total['last calendar_year']", rows, "h1 = 10") +
                           example("household.total['whole calendar_year']", rows, "h1 = 10") +
                           example("household.total['calendar_year ago 1']", rows, "h1 = 0") +
                           example("household.total['ever']", rows, "h1 = 11")),
                IsEmpty());
}

constexpr const char* read_at = R"md(
```parameter closed
title = "截止月"
type = "month"
optional = true
values = [ { from = "2024-01", value = "2024-05" }, { from = "2024-08", value = "2024-11" } ]
```
```feature person.twice
value = "wages * 2"
```
```feature person.at_closing
value = "twice['2 months' at param.closed_at('2024-03')]"
```
```feature person.later
value = "wages['month' at param.closed]"
```
```feature person.never
value = "wages['month' at param.closed_at('2023-03')]"
```
)md";

TEST(Windows, AreReadAtAMonth) {
    const std::string rows =
        std::string(one_person) +
        "employment = [ { person = \"p1\", month = \"2024-04..2024-09\", wage = 7 } ]\n";
    EXPECT_THAT(
        complaints(wages + std::string(read_at) + example("person.at_closing", rows, "p1 = 28") +
                   example("person.later", rows, "p1 = \"null\"") +
                   example("person.never", rows, "p1 = \"null\"")),
        IsEmpty());
    const std::string missing =
        "[[missing]]\nledger = \"employment\"\ndivision = \"411625001001\"\nmonths = \"";
    EXPECT_THAT(
        complaints(wages + std::string(read_at) +
                   example("person.at_closing", rows + missing + "2024-06\"\n", "p1 = 28") +
                   example("person.at_closing", rows + missing + "2024-05\"\n", "p1 = \"null\"")),
        IsEmpty());
}

TEST(Registries, KnowSinceWhenASubjectHasBeenInForceWithoutAGap) {
    const std::string rows = R"md(
run = "2024-09"
[rows]
households = [ { household = "h1", division = "411625001001", since = "2023-02" }, { household = "h1", division = "411625001002", since = "2024-03" }, { household = "h2", division = "411625001001", since = "2023-02", ended = "2023-05" }, { household = "h2", division = "411625001001", since = "2023-06" }, { household = "h3", division = "411625001001", since = "2023-02", ended = "2023-05" }, { household = "h3", division = "411625001001", since = "2023-05" }, { household = "h3", division = "411625001001", since = "2024-10" } ]
people = [ { person = "p1", household = "h2" } ]
)md";
    const std::string features =
        "\n```feature household.begun\nvalue = \"first_since\"\n```\n"
        "\n```feature person.of_home\nvalue = \"household.first_since\"\n```\n"
        "\n```feature village.oldest\nfrom = \"household\"\nvalue = \"min(first_since)\"\n```\n";
    EXPECT_THAT(
        complaints(features +
                   example("household.begun", rows,
                           "h1 = \"2023-02\"\nh2 = \"2023-06\"\nh3 = \"2023-02\"") +
                   example("person.of_home", rows, "p1 = \"2023-06\"") +
                   example("village.oldest['month ago 17']", rows, "411625001001 = \"2023-02\"") +
                   example("village.oldest", rows,
                           "411625001001 = \"2023-02\"\n411625001002 = \"2023-02\"")),
        IsEmpty());
}

TEST(Conditions, AreReadLikeFieldsOfTheirRow) {
    const std::string blocks = R"md(
```ledger jobs
title = "工"
grain = "person"
period = "month"
[fields]
wage = { type = "int" }
place = { type = "code:work_place" }
[conditions]
working = "wage > 0 or place is not null"
away = "working and place.far"
of_the_poor = "person.household.poor"
```
```feature person.months
from = "jobs"
where = "working"
value = "count(*) filter (where away)"
```
```feature household.poor_months
from = "jobs"
where = "of_the_poor and away"
value = "count(*)"
```
```clue busy
title = "t"
grain = "jobs"
when = "away and of_the_poor"
```
)md";
    const std::string rows = R"md(
run = "2024-09"
[rows]
households = [ { household = "h1", division = "411625001001", poor = true } ]
people = [ { person = "p1", household = "h1" } ]
jobs = [ { person = "p1", month = "2024-08", wage = 0, place = "out" }, { person = "p1", month = "2024-09", wage = 5 } ]
)md";
    EXPECT_THAT(complaints(blocks + example("person.months['2 months']", rows, "p1 = 1") +
                           example("household.poor_months['2 months']", rows, "h1 = 1") +
                           example("busy", rows,
                                   "\"p1/2024-08\" = \"fired\"\n\"p1/2024-09\" = \"unknown\"")),
                IsEmpty());
}

TEST(Case, IsUnknownFromTheFirstUnknownConditionOn) {
    const std::string rows = R"md(
run = "2024-09"
[rows]
households = [ { household = "h1", division = "411625001001" }, { household = "h2", division = "411625001001", poor = false } ]
)md";
    EXPECT_THAT(
        complaints("\n```feature household.grade\nvalue = \"case when poor then 1 when household = "
                   "'h1' then 2 else 3 end\"\n```\n"
                   "\n```feature household.late\nvalue = \"case when household = 'h1' then 1 when "
                   "poor then 2 end\"\n```\n" +
                   example("household.grade", rows, "h1 = \"null\"\nh2 = 3") +
                   example("household.late", rows, "h1 = 1\nh2 = \"null\"")),
        IsEmpty());
}

TEST(Runs, AreOfACalendarYearAndOfAnAccountingYear) {
    std::string rows = one_person;
    rows.replace(rows.find("2024-09"), 7, "2024-11");
    EXPECT_THAT(complaints("\n```feature person.years\nvalue = \"run.year * 10000 + "
                           "run.accounting_year\"\n```\n" +
                           example("person.years", rows, "p1 = 20242025")),
                IsEmpty());
}

TEST(Grains, AreRowsOfALongerWindowUnderAnotherName) {
    EXPECT_THAT(complaints(R"md(
```ledger stays
title = "住"
grain = "person"
period = "span"
```
```grain stay_of_late
title = "近年住"
ledger = "stays"
over = "24 months"
```
```clue stayed
title = "住"
grain = "stay_of_late"
when = "true"
say = "x"
```
)md" + example("stayed",
               std::string(one_person) +
                   "stays = [ { person = \"p1\", since = \"2021-01\", ended = \"2022-11\" }, { "
                   "person = \"p1\", since = \"2022-01\", ended = \"2022-10\" } ]\n",
               "\"p1/2021-01\" = \"fired\"\n\"p1/2022-01\" = \"none\"")),
                IsEmpty());
}

TEST(Grains, OverDatesMayHaveTheMonthInTheirKey) {
    const std::string grain = R"md(
```grain aid_month
title = "g"
ledger = "aid"
key = ["household", "month"]
```
```feature aid_month.times
from = "aid"
value = "count(*)"
```
```feature household.months_aided
from = "aid_month"
value = "count(*)"
```
)md";
    const std::string rows = std::string(one_person) + R"md(
aid = [ { household = "h1", date = "2024-08-01" }, { household = "h1", date = "2024-08-02" }, { household = "h1", date = "2024-09-30" }, { household = "h1", date = "2024-05-01" } ]
)md";
    EXPECT_THAT(complaints(grain + example("household.months_aided['3 months']", rows, "h1 = 2") +
                           example("aid_month.times['3 months']", rows,
                                   "\"h1/2024-08\" = 2\n\"h1/2024-09\" = 1")),
                IsEmpty());
}

TEST(Sets, OfMonthsAreUnknownWhereTheyCannotHoldTheWindow) {
    const std::string rows = std::string(one_person) + R"md(
aid = [ { household = "h1", date = "2023-11-01" } ]
)md";
    // The run is of 2024-09: a set holds 2019-07 and what follows.
    const auto at = [&](const std::string& months) {
        return std::string(R"md(
```feature household.aided
from = "aid"
value = "month_set(date)"
```
```parameter closed
title = "t"
type = "month"
values = [ { from = "2023-01", value = "2023-12" } ]
```
```feature household.read
value = "count_months(aided[')md") +
               months + R"md( months' at param.closed])"
```
)md";
    };
    EXPECT_THAT(complaints(at("54") + example("household.read", rows, "h1 = 1")), IsEmpty());
    EXPECT_THAT(complaints(at("55") + example("household.read", rows, "h1 = \"null\"")), IsEmpty());
}

TEST(Keys, LeadToARowOfALedgerAlsoOneThatHasEnded) {
    EXPECT_THAT(complaints(R"md(
```ledger contracts
title = "合同"
period = "span"
key = ["contract"]
[fields]
contract = { type = "text" }
person = { type = "key:person" }
```
```ledger payments
title = "付款"
period = "month"
key = []
[fields]
contract = { type = "key:contracts" }
amount = { type = "money" }
```
```feature person.paid
from = "payments"
value = "sum(amount)"
```
```feature contracts.paid
from = "payments"
value = "sum(amount)"
```
)md" + example("person.paid['month']",
               std::string(one_person) +
                   "contracts = [ { contract = \"c1\", person = \"p1\", ended = \"2024-02\" }, { "
                   "contract = \"c2\", person = \"p1\", since = \"2024-10\" } ]\npayments = [ { "
                   "contract = \"c1\", month = \"2024-09\", amount = 1 }, { contract = \"c2\", "
                   "month = \"2024-09\", amount = 2 } ]\n",
               "p1 = 1")),
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
    EXPECT_THAT(complaints(parameter + example("household.the_line", rows, "near = 9\nfar = 8") +
                           example("household.old_line", rows, "near = 9\nfar = 7") +
                           example("household.granted", rows, "near = 1") +
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
    EXPECT_THAT(
        said[0],
        HasSubstr(
            "parameter 'line' has no value for 2024-09 at division 411625001001: clue 'below'"));
}

}  // namespace
}  // namespace zs::interpret
