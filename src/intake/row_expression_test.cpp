#include "intake/row_expression.h"

#include <gtest/gtest.h>

#include "plan/check.h"

namespace zs::intake {
namespace {

using base::Month;
using plan::Value;

constexpr const char* plan_toml = R"(
language = 1
name = "small"
title = "小"
months = "2023-01..2025-12"
year_ends = 9
)";

constexpr const char* pack = R"pack(
```ledger people
title = "人"
grain = "person"
period = "span"
```
```grain person
title = "人"
ledger = "people"
```
```ledger jobs
title = "工"
grain = "person"
period = "month"
[fields]
wage = { type = "int" }
days = { type = "int" }
[conditions]
busy = "days > 20"
paid = "wage > 0 and busy"
[[checks]]
that = "case when wage > 5 then true when days > 5 then false end"
[[checks]]
that = "paid"
[[checks]]
that = "wage = run.year * 10000 + run.accounting_year"
```
)pack";

/// What the checks of `jobs` say of a row with this wage and these days, in the run of November
/// 2024.
std::vector<std::string> judged(const Value& wage, const Value& days) {
    const plan::Checked checked = plan::check_texts({{"plan.toml", plan_toml}, {"a.md", pack}});
    EXPECT_TRUE(checked.ok());
    const plan::Ledger& ledger = *checked.model.ledger("jobs");
    std::vector<Value> values(ledger.fields.size());
    values[*ledger.index_of("wage")] = wage;
    values[*ledger.index_of("days")] = days;
    const RowValues row{checked.model, ledger, values, Month::of(2024, 11)};
    std::vector<std::string> said;
    for (const plan::RowCheck& check : ledger.checks) {
        const Value truth = evaluated(*check.that, row);
        said.push_back(plan::is_null(truth) ? "null" : plan::text(truth));
    }
    return said;
}

Value whole(std::int64_t number) { return number; }

TEST(RowExpressions, AreUnknownFromTheFirstUnknownConditionOn) {
    EXPECT_EQ(judged({}, whole(9))[0], "null");
    EXPECT_EQ(judged(whole(1), whole(9))[0], "false");
    EXPECT_EQ(judged(whole(9), {})[0], "true");
}

TEST(RowExpressions, ReadConditionsOfTheirRow) {
    EXPECT_EQ(judged(whole(1), whole(21))[1], "true");
    EXPECT_EQ(judged(whole(1), whole(20))[1], "false");
    EXPECT_EQ(judged(whole(1), {})[1], "null");
}

TEST(RowExpressions, KnowTheYearsOfTheDeliverysMonth) {
    EXPECT_EQ(judged(whole(20242025), {})[2], "true");
}

}  // namespace
}  // namespace zs::intake
