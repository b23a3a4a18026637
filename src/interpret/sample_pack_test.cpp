#include "interpret/sample_pack.h"

#include <gtest/gtest.h>

#include "interpret/interpret.h"

namespace zs::interpret::sample {

namespace {

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

}  // namespace

plan::Checked checked(const std::string& blocks) {
    plan::Checked result =
        plan::check_texts({{"plan.toml", plan_toml}, {"a.md", std::string(basis) + blocks}});
    for (const plan::Diagnostic& diagnostic : result.diagnostics)
        if (diagnostic.severity == plan::Diagnostic::Severity::error)
            ADD_FAILURE() << plan::rendered(diagnostic);
    return result;
}

std::vector<std::string> complaints(const std::string& blocks) {
    const plan::Checked pack = checked(blocks);
    std::vector<std::string> all;
    if (pack.model.examples.empty()) all.emplace_back("there is no example");
    for (const plan::Example& example : pack.model.examples)
        if (const ExampleResult result = run_example(pack.model, example); !result.passed)
            all.push_back(result.says + " — " + result.why);
    return all;
}

plan::Outcome outcome_of(const std::string& blocks) {
    const plan::Checked pack = checked(blocks);
    return interpret(pack.model, pack.model.examples.at(0).dataset);
}

std::string example(const std::string& head, const std::string& rows, const std::string& expect) {
    return "\n```example " + head + "\n" + rows + "[expect]\n" + expect + "\n```\n";
}

}  // namespace zs::interpret::sample
