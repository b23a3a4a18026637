#include "intake/intake_for_tests.h"

#include <gmock/gmock.h>

namespace zs::intake {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

/// What comes again: held rows read once more, the same bytes, a batch taken back.
class Redelivery : public ::testing::Test, protected SmallHome {
protected:
    std::string wage_of(const std::string& person, const std::string& wage,
                        const std::string& period = "2024-09") {
        return person + "," + period + ",省外," + wage + "\n";
    }
    Answer take_wages(const std::string& text) {
        return take("employment", "人,月份,务工地,月工资\n" + text);
    }
    std::vector<std::string> wages() { return rows("wage", "employment"); }
};

TEST_F(Redelivery, RetryHoldsARowWhoseKeyWasTaken) {
    register_all();
    const Answer first = take_wages(wage_of(id_1, "100") + wage_of(id_1, "150"));
    EXPECT_THAT(reasons(first), ElementsAre("duplicate  1 @3"));
    const Answer again = retry(stores(), model_, first.batch, act_);
    EXPECT_EQ(again.accepted, 0);
    EXPECT_THAT(reasons(again), ElementsAre("duplicate  1 @3"));
    EXPECT_THAT(again.reasons.front().say, HasSubstr(first.batch + "第2行"));
    EXPECT_THAT(wages(), ElementsAre("100.00"));
}

TEST_F(Redelivery, RetryHoldsARowWhoseKeyARetryTook) {
    take("households", std::string("户,行政区划\nh1,") + village_a, month("2024-01"));
    const Answer held =
        take("employment", "人,月份,务工地,月工资\n" + wage_of(id_1, "100") + wage_of(id_1, "150"),
             {.month = {}, .division = village_a, .strict = false, .mapping = {}});
    EXPECT_EQ(held.accepted, 0);
    take("people", "户编号,身份证号,姓名,电话\nh1," + id_1 + ",张一,", month("2024-01"));
    const Answer taken = retry(stores(), model_, held.batch, act_);
    EXPECT_EQ(taken.accepted, 1);
    EXPECT_EQ(taken.quarantined, 1);
    EXPECT_EQ(retry(stores(), model_, taken.batch, act_).accepted, 0);
    EXPECT_THAT(wages(), ElementsAre("100.00"));
}

TEST_F(Redelivery, AMendedRowMayReplaceTheOneThatWasTaken) {
    register_all();
    const Answer first = take_wages(wage_of(id_1, "100") + wage_of(id_1, "150"));
    export_held(stores(), model_, first.batch, folder_ / "held.csv", act_);
    EXPECT_EQ(import_file(stores(), model_, "employment", folder_ / "held.csv", {}, act_).accepted,
              1);
    EXPECT_THAT(wages(), ElementsAre("150.00"));
}

TEST_F(Redelivery, TakesTheSameBytesAgainOnceTheyWereReplaced) {
    register_all();
    const std::string a = wage_of(id_1, "100") + wage_of(id_2, "200"), b = wage_of(id_1, "111");
    const Answer first = take_wages(a);
    EXPECT_TRUE(take_wages(a).duplicate);
    take_wages(wage_of(id_1, "300", "2024-08"));
    EXPECT_TRUE(take_wages(a).duplicate) << "what came since is of another month";
    const Answer correction = take_wages(b);
    const Answer back = take_wages(a);
    EXPECT_FALSE(back.duplicate);
    EXPECT_NE(back.batch, first.batch);
    EXPECT_THAT(rows("month, wage", "employment"),
                ElementsAre("24295 300.00", "24296 100.00", "24296 200.00"));
    EXPECT_TRUE(take_wages(a).duplicate);
    EXPECT_FALSE(take_wages(b).duplicate) << "nothing of it counts";
    withdraw(stores(), correction.batch, act_);
}

TEST_F(Redelivery, TakesAListAgainOnceAnotherOfItsMonthHasCome) {
    register_all();
    const std::string list = "户,金额\nh1,400\n";
    const auto empty = [&] {
        return import_empty(stores(), model_, "dibao", base::Month::of(2024, 9), village_a, {},
                            act_);
    };
    take("dibao", list, of_village_a("2024-09"));
    take("dibao", "户,金额\nh1,500\n", of_village_a("2024-10"));
    EXPECT_TRUE(take("dibao", list, of_village_a("2024-09")).duplicate)
        << "the next month's list replaces nothing of it";
    EXPECT_FALSE(empty().duplicate);
    EXPECT_TRUE(empty().duplicate);
    EXPECT_FALSE(take("dibao", list, of_village_a("2024-09")).duplicate);
    EXPECT_FALSE(empty().duplicate) << "the list has come since";
    EXPECT_THAT(rows("household, amount", "dibao"), ElementsAre("h1 500.00"));
}

TEST_F(Redelivery, WithdrawsWhatWasAddedToABatchWithIt) {
    register_all();
    const Answer list = take("dibao", "户,金额\nh1,400\nh2,四百", month("2024-09"));
    const auto mended = table("户,金额,原行号,未接收的原因,原批次\nh2,400,3,," + list.batch);
    const Answer added = import_rows(stores(), model_, "dibao", *mended, {}, act_);
    EXPECT_THAT(withdraw(stores(), list.batch, act_), ElementsAre(added.batch));
    EXPECT_THAT(rows("household", "dibao"), IsEmpty());
    std::string noted;
    guard::each_audit(record_, [&](const guard::AuditEntry& entry) { noted = entry.detail; });
    EXPECT_THAT(noted, HasSubstr(list.batch));
    EXPECT_THAT(noted, HasSubstr(added.batch));
    EXPECT_FALSE(take("dibao", "户,金额\nh1,400\nh2,四百", month("2024-09")).duplicate);
}

TEST_F(Redelivery, AsksOfWhichMonthAFileIsWhoseLatestRowIsAfterThePlan) {
    register_all();
    const std::string rows = wage_of(id_1, "100") + wage_of(id_2, "200", "2204-09");
    try {
        take_wages(rows);
        FAIL() << "the plan ends in 2025";
    } catch (const base::Failure& failure) {
        EXPECT_EQ(failure.exit_status(), 2);
        EXPECT_THAT(failure.what(), HasSubstr("table.csv line 3"));
        EXPECT_THAT(failure.what(), HasSubstr("2204-09"));
    }
    EXPECT_EQ(take("employment", "人,月份,务工地,月工资\n" + rows, month("2024-09")).month,
              "2024-09");
    EXPECT_EQ(take_wages(wage_of(id_1, "100", "2019-12")).month, "2019-12")
        << "the time before the plan has its history";
}

TEST_F(Redelivery, FiguresAreTakenAgainOnceAnotherCameAndNotRetriedIntoOneAnother) {
    plan::Indicator income;
    income.name = "rural_income";
    income.given = true;
    income.period = plan::Period::calendar_year;
    model_.indicators.push_back(income);
    const auto take_figures_of = [&](const std::string& value, const std::string& more = "") {
        base::write_file_whole(
            folder_ / "figures.csv",
            "indicator,division,label,value\nrural_income,41,2023," + value + "\n" + more);
        return import_file(stores(), model_, "figures", folder_ / "figures.csv", {}, act_);
    };
    const Answer first = take_figures_of("1", "rural_income,41,2023,2\nrural_income,41,0000,3\n");
    EXPECT_THAT(reasons(first), ElementsAre("duplicate  1 @3", "type label 1 @4"));
    EXPECT_EQ(retry(stores(), model_, first.batch, act_).accepted, 0);
    take_figures_of("5");
    EXPECT_TRUE(take_figures_of("5").duplicate);
    take_figures_of("6");
    EXPECT_FALSE(take_figures_of("5").duplicate);
}

}  // namespace
}  // namespace zs::intake
