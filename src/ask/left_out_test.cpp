#include "ask/left_out.h"

#include <gmock/gmock.h>

#include "plan/check.h"

namespace zs::ask {
namespace {

const char* const plan_toml = R"(language = 1
name     = "small"
title    = "小方案"
months   = "2024-01..2025-12"
)";

const char* const base_md = R"md(
```ledger people
title = "人员登记"
grain = "person"
period = "span"
[fields]
able = { type = "bool", title = "能干活" }
```
```grain person
title = "人"
ledger = "people"
```
```ledger jobs
title = "务工台账"
grain = "person"
period = "month"
[fields]
place = { type = "text", title = "地点" }
wage = { type = "money", title = "工资", required = true }
```
```feature person.near
from = "jobs"
where = "place = 'here' and wage > 0"
value = "count(*)"
over = "month"
```
```feature person.far
from = "jobs"
where = "place = 'there'"
value = "count(*)"
over = "year"
```
```feature person.able_here
from = "jobs"
where = "person.able and place = 'here'"
value = "count(*)"
over = "year"
```
)md";

TEST(LeftOut, IsToldByLedgerAndByTheFieldThatWasEmptyOnce) {
    const plan::Checked checked =
        plan::check_texts({{"plan.toml", plan_toml}, {"base.md", base_md}});
    for (const plan::Diagnostic& d : checked.diagnostics)
        EXPECT_NE(d.severity, plan::Diagnostic::Severity::error) << plan::rendered(d);
    const std::vector<LeftOut> all =
        left_out(checked.model, {{"person.near", 5}, {"person.far", 9}, {"person.able_here", 7}});
    ASSERT_EQ(all.size(), 2U);
    // Two features left out for the same reason: the rows are the same ones, and told once.
    EXPECT_EQ(all[0].reads, "jobs");
    EXPECT_THAT(all[0].empty_fields, testing::ElementsAre("place"));
    EXPECT_EQ(all[0].rows, 9);
    // What rests on more than the row's own fields is not told as an empty field.
    EXPECT_THAT(all[1].empty_fields, testing::IsEmpty());
    EXPECT_EQ(all[1].rows, 7);
}

}  // namespace
}  // namespace zs::ask
