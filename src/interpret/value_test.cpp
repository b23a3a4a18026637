#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/digest.h"
#include "interpret/aggregate.h"
#include "plan/function.h"

namespace zs::interpret {

using plan::as_decimal;
using plan::as_double;
using plan::Calculated;
using plan::calculated;
using plan::called;
using plan::compared;
using plan::fitted;
using plan::is_like;
namespace {

using base::Date;
using base::Decimal;
using base::Month;
using plan::Value;

const Date day = *Date::of(2024, 9, 30);

std::string said(const Calculated& result) {
    if (!result) return "overflow";
    return plan::is_null(*result) ? "null" : plan::text(*result);
}

std::string call(const std::string& name, const std::vector<Value>& operands,
                 const plan::Type& type) {
    return said(called(name, operands, type, day));
}

Value whole(std::int64_t number) { return number; }
Value text(const char* written) { return std::string(written); }
Value months(std::initializer_list<const char*> written) {
    plan::MonthSet set;
    for (const char* month : written) set.insert(*base::parse_month(month));
    return set;
}

std::string over(const std::string& name, const plan::Type& type,
                 const std::vector<Value>& arguments, bool distinct = false) {
    std::vector<Passing> rows;
    std::int64_t order = 0;
    for (const Value& argument : arguments) rows.push_back({{argument}, ++order});
    return said(aggregated({name, distinct, false, type, Month::of(2024, 9)}, rows));
}

TEST(Truth, IsThreeValued) {
    const Value yes = true, no = false, unknown;
    const plan::Type truth = plan::boolean_type();
    EXPECT_EQ(call("and", {unknown, no}, truth), "false");
    EXPECT_EQ(call("and", {unknown, yes}, truth), "null");
    EXPECT_EQ(call("or", {unknown, yes}, truth), "true");
    EXPECT_EQ(call("or", {unknown, no}, truth), "null");
    EXPECT_EQ(call("not", {unknown}, truth), "null");
    EXPECT_EQ(call("in", {whole(1), whole(2), unknown}, truth), "null");
    EXPECT_EQ(call("in", {whole(2), whole(2), unknown}, truth), "true");
    EXPECT_EQ(call("not_in", {whole(2), whole(2), unknown}, truth), "false");
}

TEST(Numbers, KeepTheirScaleAndSayWhenTheyOverflow) {
    const plan::Type money = plan::money_type();
    EXPECT_EQ(call("*", {Decimal{150, 2}, whole(3)}, money), "4.50");
    EXPECT_EQ(call("*", {Decimal{150, 2}, Decimal{5, 1}}, plan::decimal_type(38, 3)), "0.750");
    EXPECT_EQ(call("round", {Decimal{-1005, 3}, whole(2)}, money), "-1.01");
    EXPECT_EQ(call("/", {whole(1), whole(0)}, plan::floating_type()), "null");
    EXPECT_EQ(call("%", {whole(-7), whole(3)}, plan::integer_type()), "-1");
    EXPECT_EQ(call("+", {whole(INT64_MAX), whole(1)}, plan::integer_type()), "overflow");
    EXPECT_EQ(
        call("+", {Decimal{99'999'999'999'999'999, 2}, Decimal{99'999'999'999'999'999, 2}}, money),
        "1999999999999999.98");
    EXPECT_EQ(call("*", {Decimal{99'999'999'999'999'999, 2}, whole(11)}, money), "overflow");
    EXPECT_EQ(call("ratio", {Value(2.0 / 3.0)}, plan::decimal_type(18, 6)), "0.666667");
    EXPECT_EQ(call("floor", {Decimal{-150, 2}}, plan::integer_type()), "-2");
    EXPECT_EQ(call("ceil", {Decimal{-150, 2}}, plan::integer_type()), "-1");
}

TEST(Dates, CountCompleteYearsAndClampToTheMonthsEnd) {
    const Value leap = *Date::of(2004, 2, 29);
    EXPECT_EQ(call("age", {Value(*Date::of(2000, 9, 30))}, plan::integer_type()), "24");
    EXPECT_EQ(call("age", {Value(*Date::of(2000, 10, 1))}, plan::integer_type()), "23");
    EXPECT_EQ(call("add_months", {leap, whole(12)}, plan::date_type()), "2005-02-28");
    EXPECT_EQ(call("months_between", {Value(Month::of(2024, 1)), Value(*Date::of(2024, 3, 1))},
                   plan::integer_type()),
              "2");
    EXPECT_EQ(call("date_of", {whole(2023), whole(2), whole(29)}, plan::date_type()), "null");
    EXPECT_EQ(call("add_months", {leap, whole(1'000'000)}, plan::date_type()), "overflow");
}

TEST(MonthSets, FindTheLongestRunEndingBetweenTwoMonths) {
    const Value set = months({"2024-01", "2024-02", "2024-03", "2024-06"});
    EXPECT_EQ(call("longest_run", {set}, plan::integer_type()), "3");
    EXPECT_EQ(
        call("longest_run", {set, Month::of(2024, 1), Month::of(2024, 2)}, plan::integer_type()),
        "2");
    EXPECT_EQ(
        call("longest_run", {set, Month::of(2024, 4), Month::of(2024, 9)}, plan::integer_type()),
        "1");
    EXPECT_EQ(call("set_minus", {set, months({"2024-02"})}, plan::month_set_type()),
              "2024-01;2024-03;2024-06");
}

TEST(MonthSets, KeepSixtyThreeMonths) {
    const Value old = Month::of(2019, 6), kept = Month::of(2019, 7), later = Month::of(2024, 10);
    EXPECT_EQ(over("month_set", plan::month_set_type(), {old, kept, later}), "2019-07");
    EXPECT_EQ(over("month_set", plan::month_set_type(), {Value()}), "null");
}

TEST(Texts, AreLookedAtByCharacter) {
    EXPECT_TRUE(is_like("河南省", "_南%"));
    EXPECT_FALSE(is_like("河南", "_"));
    EXPECT_TRUE(is_like("", "%"));
    EXPECT_EQ(call("substr", {text("河南省"), whole(2), whole(1)}, plan::text_type()), "南");
    EXPECT_EQ(call("length", {text("河南")}, plan::integer_type()), "2");
}

TEST(Texts, CountFromTheirEndBelowZero) {
    const auto part = [](std::int64_t from, std::int64_t count) {
        return call("substr", {text("河南省"), whole(from), whole(count)}, plan::text_type());
    };
    EXPECT_EQ(part(-1, 1), "省");
    EXPECT_EQ(part(-2, 9), "南省");
    EXPECT_EQ(part(-5, 3), "河");
    EXPECT_EQ(part(0, 2), "河");
    EXPECT_EQ(part(2, -1), "");
    EXPECT_EQ(part(5'000'000'000, 1), "");
}

TEST(Aggregates, ChooseTheSmallestValueWithEnoughBelow) {
    const plan::Type type = plan::integer_type();
    EXPECT_EQ(over("median", type, {whole(4), whole(1), whole(3), whole(2)}), "2");
    EXPECT_EQ(over("median", type, {whole(3), Value(), whole(1), whole(2)}), "2");
    EXPECT_EQ(said(aggregated({"quantile", false, false, type, Month::of(2024, 9)},
                              {{{whole(1), Decimal{25, 2}}}, {{whole(2), Decimal{25, 2}}}})),
              "1");
}

TEST(Aggregates, SumExactlyAndOnlyOverflowAtTheEnd) {
    const plan::Type type = plan::integer_type();
    EXPECT_EQ(over("sum", type, {whole(INT64_MAX), whole(1), whole(-1)}),
              std::to_string(INT64_MAX));
    EXPECT_EQ(over("sum", type, {whole(INT64_MAX), whole(1)}), "overflow");
    EXPECT_EQ(over("sum", type, {whole(2), whole(2), whole(3)}, true), "5");
}

TEST(Aggregates, AreThreeValued) {
    const plan::Type truth = plan::boolean_type();
    EXPECT_EQ(over("any_of", truth, {Value(), true}), "true");
    EXPECT_EQ(over("any_of", truth, {Value(), false}), "null");
    EXPECT_EQ(over("all_of", truth, {Value(), false}), "false");
    EXPECT_EQ(over("all_of", truth, {Value(), true}), "null");
    EXPECT_EQ(over("count_if", plan::integer_type(), {Value(), true}), "null");
}

TEST(Aggregates, MeasureSpreadAndInequality) {
    EXPECT_EQ(over("stddev", plan::floating_type(), {whole(2), whole(4), whole(6)}), "2");
    EXPECT_EQ(over("stddev", plan::floating_type(), {whole(2)}), "null");
    // (2·1−3−1)·1 + 0 + 2·3 over 3·6: 4/18.
    EXPECT_EQ(over("gini", plan::decimal_type(18, 6), {whole(3), whole(1), whole(2)}), "0.222222");
    EXPECT_EQ(over("gini", plan::decimal_type(18, 6), {whole(0), whole(0)}), "null");
}

TEST(Aggregates, FingerprintTheBagOfRows) {
    const std::vector<Passing> rows{{{whole(2), text("b")}}, {{whole(1), Value()}}};
    const std::vector<Passing> turned{rows[1], rows[0]};
    const Aggregate aggregate{"fingerprint", false, false, plan::text_type(), Month::of(2024, 9)};
    EXPECT_EQ(said(aggregated(aggregate, rows)), base::md5("1:1-\n1:21:b"));
    EXPECT_EQ(said(aggregated(aggregate, rows)), said(aggregated(aggregate, turned)));
}

TEST(Aggregates, TakeNoValueForTwoInAFingerprint) {
    const Aggregate aggregate{"fingerprint", false, false, plan::text_type(), Month::of(2024, 9)};
    const auto print = [&](const std::vector<Passing>& rows) {
        return said(aggregated(aggregate, rows));
    };
    EXPECT_NE(print({{{text("a|b"), text("c")}, 1}}), print({{{text("a"), text("b|c")}, 1}}));
    EXPECT_NE(print({{{text("a\nb")}, 1}}), print({{{text("a")}, 1}, {{text("b")}, 2}}));
    EXPECT_NE(print({}), print({{{text("")}, 1}}));
}

}  // namespace
}  // namespace zs::interpret
