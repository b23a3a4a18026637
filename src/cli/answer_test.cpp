#include "cli/answer.h"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include "base/file.h"
#include "base/temporary_folder_for_tests.h"
#include "plan/check.h"
#include "sheet/table.h"

namespace zs::cli {
namespace {

namespace fs = std::filesystem;

const char* const plan_toml = R"(language = 1
name     = "small"
title    = "小方案"
months   = "2024-01..2025-12"
)";

const char* const figures_md = R"md(
```indicator share
title = "占比"
given = true
unit = "ratio"
period = "calendar_year"
```
)md";

class Printed : public testing::Test {
protected:
    Printed()
        : titles_(ask::Language::chinese,
                  plan::check_texts({{"plan.toml", plan_toml}, {"figures.md", figures_md}}).model,
                  {{"41", "河南省", "", {}, {}}}) {
        list_.columns = {{"indicator"},
                         {"division"},
                         {"label"},
                         {"value", ask::List::Kind::number},
                         {"known", ask::List::Kind::number},
                         {"say"}};
        list_.rows = {{"share", "41", "2024", "0.7283", "12", "甲,乙"},
                      {"share", "41", "2025", std::nullopt, "0", std::nullopt}};
        list_.hide({"label"});
    }

    std::string printed(Format format, bool bom = false) const {
        const fs::path file = place_ / "list";
        EXPECT_EQ(print(list_, {.format = format, .bom = bom, .file = file}, titles_), 2);
        return base::read_file(file);
    }

    base::TemporaryFolder place_;
    ask::Titles titles_;
    ask::List list_;
};

TEST_F(Printed, ATableShowsTitlesPlacesAndPercentages) {
    EXPECT_EQ(printed(Format::table),
              "指标  地方    值      已知  说明\n"
              "占比  河南省  72.83%    12  甲,乙\n"
              "占比  河南省             0\n");
}

TEST_F(Printed, CsvHoldsNamesAndCodesWithTitlesBesideThemAndNothingForNull) {
    const std::string rows =
        "indicator,division,label,value,known,say,title,place\n"
        "share,41,2024,0.7283,12,\"甲,乙\",占比,河南省\n"
        "share,41,2025,,0,,占比,河南省\n";
    EXPECT_EQ(printed(Format::csv), rows);
    EXPECT_EQ(printed(Format::csv, true), "\xEF\xBB\xBF" + rows);
}

TEST_F(Printed, JsonHoldsNumbersAsWrittenAndNull) {
    const std::string first =
        R"({"indicator": "share", "division": "41", "label": "2024", "value": 0.7283, "known": 12, "say": "甲,乙", "title": "占比", "place": "河南省"})";
    EXPECT_THAT(printed(Format::jsonl), testing::StartsWith(first + "\n"));
    EXPECT_THAT(printed(Format::json), testing::StartsWith("[" + first + ",\n "));
    EXPECT_THAT(printed(Format::json), testing::HasSubstr("\"value\": null"));
}

TEST_F(Printed, AWorkbookShowsWhatATableShowsAndKeepsNumbers) {
    const fs::path file = place_ / "list.xlsx";
    print(list_, {.format = Format::xlsx, .file = file}, titles_);
    EXPECT_FALSE(fs::exists(file.string() + ".part"));
    const std::unique_ptr<sheet::Reader> reader = sheet::open_table(file);
    std::vector<std::vector<std::string>> rows;
    for (sheet::RawRow row; reader->next(row);) {
        rows.emplace_back();
        for (const sheet::Cell& cell : row.cells) rows.back().push_back(cell.text);
    }
    ASSERT_EQ(rows.size(), 3U);
    EXPECT_THAT(rows[0], testing::ElementsAre("指标", "地方", "值", "已知", "说明"));
    EXPECT_THAT(rows[1], testing::ElementsAre("占比", "河南省", testing::_, "12", "甲,乙"));
    // A workbook holds a double; spreadsheets show fifteen digits of it.
    EXPECT_EQ(fmt::format("{:.15g}", std::stod(rows[1][2])), "0.7283");
    EXPECT_EQ(rows[2][1], "河南省");
}

}  // namespace
}  // namespace zs::cli
