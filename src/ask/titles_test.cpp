#include "ask/titles.h"

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
```codelist sex
title = "性别"
[codes]
f = "女"
m = "男"
```
```codelist risk
title = "风险"
[codes]
illness = "因病"
```
```ledger people
title = "人员登记"
grain = "person"
period = "span"
[fields]
sex = { type = "code:sex", title = "性别" }
```
```grain person
title = "人"
ledger = "people"
```
```indicator women
title = "女性占比"
grain = "person"
value = "count(*) filter (where sex = 'f')"
per = "count(*)"
unit = "ratio"
split = ["sex"]
```
```indicator heads
title = "人数"
grain = "person"
value = "count(*)"
unit = "persons"
```
```target half
title = "过半"
indicator = "women"
at = "every county"
years = { 2024 = ">= 0.5" }
```
)md";

const std::vector<plan::Division> divisions{
    {"41", "河南省", "", {}, {}},           {"4115", "信阳市", "", {}, {}},
    {"411527", "淮滨县", "", {}, {}},       {"411527001", "甲镇", "", {}, {}},
    {"411527002", "乙镇", "", {}, {}},      {"411527001001", "城关村", "", {}, {}},
    {"411527002001", "城关村", "", {}, {}}, {"411527002002", "东村", "", {}, {}}};

Titles titles(Language language) {
    const plan::Checked checked =
        plan::check_texts({{"plan.toml", plan_toml}, {"base.md", base_md}});
    for (const plan::Diagnostic& d : checked.diagnostics)
        EXPECT_NE(d.severity, plan::Diagnostic::Severity::error) << plan::rendered(d);
    return {language, checked.model, divisions};
}

TEST(Titles, SharesAreReadAsPercentagesAndAllElseWithTwoDecimals) {
    const Titles t = titles(Language::chinese);
    EXPECT_EQ(t.figure("women", "0.7283"), "72.83%");
    EXPECT_EQ(t.figure("women", "0.72835"), "72.84%");
    EXPECT_EQ(t.figure("half", "-0.00005"), "-0.01%");
    EXPECT_EQ(t.figure("women", "1e-05"), "0.00%");
    EXPECT_EQ(t.figure("heads", "12"), "12");
    EXPECT_EQ(t.figure("heads", "12.5"), "12.5");
    EXPECT_EQ(t.figure("heads", "12987.505"), "12987.51");
    EXPECT_EQ(t.figure("heads", ""), "");
    EXPECT_EQ(t.unit("women"), "");
    EXPECT_EQ(t.unit("heads"), "人");
}

TEST(Titles, APlaceWhoseNameOthersBearStandsAfterTheOneAbove) {
    EXPECT_EQ(titles(Language::chinese).place("411527002002"), "东村");
    EXPECT_EQ(titles(Language::chinese).place("411527001001"), "甲镇城关村");
    EXPECT_EQ(titles(Language::english).place("411527002001"), "乙镇, 城关村");
    EXPECT_EQ(titles(Language::chinese).place("00"), "全国");
    EXPECT_EQ(titles(Language::chinese).place("99"), "99");
}

TEST(Titles, PeopleReadTitlesAndProgramsNamesWithTitlesBesideThem) {
    List list;
    list.columns = {{"indicator"},
                    {"division"},
                    {"codes"},
                    {"value", List::Kind::number},
                    {"whole", List::Kind::boolean}};
    list.rows = {{"women", "411527002002", "sex=f", "0.5", "true"},
                 {"women", std::nullopt, "", std::nullopt, "false"}};
    const Titles t = titles(Language::english);
    std::vector<std::string> shown;
    for (std::size_t i = 0; i < list.columns.size(); ++i) shown.push_back(t.shown(list, 0, i));
    EXPECT_THAT(shown, testing::ElementsAre("女性占比", "东村", "女", "50.00%", "yes"));
    EXPECT_EQ(t.shown(list, 1, 1), "");
    const List beside = t.beside(list);
    EXPECT_EQ(beside.columns[5].name, "title");
    EXPECT_EQ(beside.columns[6].name, "place");
    EXPECT_THAT(beside.rows[0], testing::ElementsAre("women", "411527002002", "sex=f", "0.5",
                                                     "true", "女性占比", "东村"));
    EXPECT_EQ(beside.rows[1][6], std::nullopt);
}

TEST(Titles, WindowsAreReadInOneLanguage) {
    const Titles t = titles(Language::chinese);
    EXPECT_EQ(t.window("month"), "当月");
    EXPECT_EQ(t.window("12 months"), "近12个月");
    EXPECT_EQ(t.window("3 months ago 12"), "近3个月（往前12个月）");
    EXPECT_EQ(t.window("year"), "本核算年度");
    EXPECT_EQ(t.window("whole year"), "最近一个完整核算年度");
    EXPECT_EQ(t.window("last calendar_year"), "上一日历年");
    EXPECT_EQ(t.window("year ago 1"), "本核算年度（往前1期）");
    EXPECT_EQ(t.window("ever"), "历来");
    EXPECT_EQ(titles(Language::english).window("whole year ago 1"), "whole year ago 1");
}

TEST(Titles, ADutyIsDoneWhereAnEntitlementIsReceived) {
    List duties, findings;
    duties.columns = {{"duty"}, {"status"}};
    duties.rows = {{"meet", "satisfied"}};
    findings.columns = {{"rule"}, {"status"}};
    findings.rows = {{"grant", "satisfied"}};
    EXPECT_EQ(titles(Language::chinese).shown(duties, 0, 1), "完成");
    EXPECT_EQ(titles(Language::chinese).shown(findings, 0, 1), "已享");
}

TEST(Titles, WhatIsNotKnownStaysAsItIs) {
    const Titles t = titles(Language::chinese);
    EXPECT_EQ(t.definition("nobody"), "nobody");
    EXPECT_EQ(t.word("on_track"), "进度内");
    EXPECT_EQ(t.word("随便"), "随便");
    EXPECT_EQ(t.risk("illness"), "因病");
}

}  // namespace
}  // namespace zs::ask
