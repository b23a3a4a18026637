#include "run/computation.h"

#include <algorithm>
#include <string>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "plan/check.h"
#include "run/inputs.h"

namespace zs::run {
namespace {

constexpr const char* plan_toml = R"(
language = 1
name = "many"
title = "很多规则"
months = "2024-01..2024-12"
levels = ["province", "county", "village"]
digits = [2, 6, 12]
)";

constexpr const char* basis = R"md(
```ledger households
title = "户"
grain = "household"
period = "span"
```
```grain household
title = "户"
ledger = "households"
```
```ledger wages
title = "工资"
grain = "household"
period = "month"
[fields]
wage = { type = "money" }
```
```feature household.pay
from = "wages"
where = "wage > 0"
value = "sum(wage)"
```
)md";

/// A pack of so many clues and as many indicators; clue I fires where half a year's pay is over I.
plan::Model pack_of(int rules) {
    std::string blocks = basis;
    for (int i = 0; i < rules; ++i)
        blocks += fmt::format(
            "```clue rule{0}\ntitle = \"线\"\ngrain = \"household\"\nwhen = \"pay['{1} months'] > "
            "{0}\"\nsay = \"{{pay['{1} months']}}元\"\n```\n"
            "```indicator share{0}\ntitle = \"户数\"\ngrain = \"household\"\n"
            "value = \"count(*) filter (where rule{0})\"\nunit = \"households\"\n```\n",
            i, i % 12 + 1);
    plan::Checked checked = plan::check_texts({{"plan.toml", plan_toml}, {"a.md", blocks}});
    EXPECT_TRUE(checked.ok());
    return std::move(checked.model);
}

compile::Request request_of(const plan::Model& model) {
    compile::Request request;
    request.month = model.last;
    return request;
}

compile::Program program_of(const plan::Model& model) {
    return compile::compile(model, request_of(model), compile::DuckDbDialect());
}

std::size_t times(const std::string& text, const std::string& words) {
    std::size_t count = 0;
    for (std::size_t at = text.find(words); at != std::string::npos; at = text.find(words, at + 1))
        ++count;
    return count;
}

std::size_t scans_of(const compile::Program& program, const std::string& table) {
    std::size_t count = 0;
    for (const compile::Statement& statement : program.statements)
        count += times(statement.sql, "\"" + table + "\"");
    return count;
}

TEST(Computation, ScansALedgerOnceHoweverManyRules) {
    EXPECT_EQ(scans_of(program_of(pack_of(10)), "in_wages"), 1u);
    EXPECT_EQ(scans_of(program_of(pack_of(300)), "in_wages"), 1u);
}

TEST(Computation, UnitesFewSelectsInAStatementHoweverManyRules) {
    for (const compile::Statement& statement : program_of(pack_of(300)).statements)
        EXPECT_LE(times(statement.sql, "\nunion all\n"), 32u) << statement.name;
}

TEST(Computation, KeepsEveryOutcomeOfManyRules) {
    constexpr int rules = 100;
    const plan::Model model = pack_of(rules);
    engine::Connection connection = engine::Connection::open({});
    plan::Dataset dataset;
    dataset.month = model.last;
    for (const char* code : {"41", "411527", "411527001001"}) {
        dataset.divisions.emplace_back();
        dataset.divisions.back().code = code;
    }
    load(connection, model, dataset);
    connection.execute(
        "insert into in_households (household, division, since) values ('h1', '411527001001', "
        "24288);"
        "insert into in_wages (household, month, wage) values ('h1', 24299, 50), ('h1', 24299, "
        "null)");
    const Computation computed = computation(connection, model, request_of(model),
                                             {.month = model.last,
                                              .divisions = &dataset.divisions,
                                              .figures = &dataset.figures,
                                              .parameters = &dataset.parameters});
    std::int64_t findings = 0;
    each_finding(connection, [&](const plan::Finding& finding) {
        ++findings;
        EXPECT_EQ(finding.say, "50.00元");
    });
    EXPECT_EQ(findings, 50);
    ASSERT_EQ(computed.outcome.counts.size(), std::size_t{rules});
    for (int i = 0; i < rules; ++i)
        EXPECT_EQ(computed.outcome.counts[static_cast<std::size_t>(i)].by_status.at(
                      i < 50 ? "fired" : "clear"),
                  1);
    EXPECT_EQ(std::count_if(computed.outcome.indicators.begin(), computed.outcome.indicators.end(),
                            [](const plan::IndicatorValue& value) {
                                return value.division == "41" && plan::text(value.value) == "1";
                            }),
              50);
    // The row without a wage is left out by each of twelve windows, and counted.
    EXPECT_EQ(computed.outcome.unknown_rows, 12);
    // Told by feature it is one row.
    EXPECT_EQ(computed.outcome.left_out,
              (std::map<std::string, std::int64_t>{{"household.pay", 1}}));
}

}  // namespace
}  // namespace zs::run
