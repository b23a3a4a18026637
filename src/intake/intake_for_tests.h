#pragma once

#include "intake/intake.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <stdexcept>

#include "base/digest.h"
#include "base/file.h"
#include "base/identity.h"
#include "base/temporary_folder_for_tests.h"
#include "base/text.h"
#include "guard/audit.h"
#include "guard/vault.h"
#include "intake/handback.h"
#include "intake/template.h"
#include "intake/header.h"
#include "intake/layout.h"
#include "intake/staged_file.h"
#include "lake/divisions.h"
#include "lake/figures.h"
#include "plan/check.h"
#include "record/migration.h"
#include "sheet/workbook.h"

namespace zs::intake {

constexpr const char* plan_toml = R"(
language = 1
name = "small"
title = "小"
months = "2023-01..2025-12"
year_ends = 9
levels = ["province", "city", "county", "town", "village"]
)";

constexpr const char* pack = R"pack(
```codelist sex
title = "性别"
[codes]
m = { title = "男", also = ["1"] }
f = { title = "女", also = ["2"] }
```

```codelist place
title = "务工地点"
[codes]
out_of_province = "省外"
in_county = { title = "县内", also = ["本县"] }
```

```codelist benefit
title = "待遇"
[codes]
dibao = "低保"
tekun = "特困"
```

```ledger households
title = "户台账"
grain = "household"
period = "span"
[fields]
category = { type = "text", title = "类别" }
```

```ledger people
title = "人口台账"
grain = "person"
period = "span"
[fields]
household = { type = "key:household", title = "户编号", required = true }
id = { type = "id_number", title = "证件号码", header = ["身份证号"] }
full_name = { type = "name", title = "姓名" }
phone = { type = "phone", title = "电话" }
sex = { type = "code:sex", title = "性别", derive = "id_sex(id)" }
birth = { type = "date", title = "出生日期", derive = "id_birth(id)" }
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
title = "务工台账"
grain = "person"
period = "month"
delivery = { by = "village", due = 10 }
[fields]
place = { type = "code:place", title = "务工地点", required = true, header = ["务工地"] }
wage = { type = "money", title = "月工资（元）", min = 0, max = 100000 }
got = { type = "codes:benefit", title = "待遇" }
note = { type = "text", title = "备注" }
[[checks]]
that = "wage <= 50000 or place = 'out_of_province'"
say = "县内月工资{wage}元偏高"
level = "warn"
[[checks]]
that = "place <> 'in_county' or wage is not null"
say = "县内务工须填工资"
level = "reject"
```

```ledger posts
title = "在岗名单"
grain = "person"
period = "span"
batch = "whole"
```

```ledger dibao
title = "低保名单"
grain = "household"
period = "month"
batch = "whole"
[fields]
amount = { type = "money", title = "金额" }
```
)pack";

constexpr const char* village_a = "410101001001";
constexpr const char* village_b = "410101001002";
// Made up: the check character is computed, the places do not exist.
inline std::string id_number(const std::string& first_17) {
    return first_17 + base::id_check_character(first_17);
}
const std::string id_1 = id_number("99010119800101001");
const std::string id_2 = id_number("99010119800101002");

/// A home of the pack above or another, in a folder of its own that goes with it. What must hold of
/// it in any test and does not is thrown.
class SmallHome {
protected:
    explicit SmallHome(const char* toml = plan_toml, const char* text = pack)
        : record_(make_record()), keys_(guard::make_keys(folder_ / "keys")) {
        plan::Checked checked = plan::check_texts({{"plan.toml", toml}, {"a.md", text}});
        for (const plan::Diagnostic& diagnostic : checked.diagnostics)
            if (diagnostic.severity == plan::Diagnostic::Severity::error)
                throw std::logic_error(plan::rendered(diagnostic));
        model_ = std::move(checked.model);
        std::vector<plan::Division> divisions;
        for (const char* code : {"41", "4101", "410101", "410101001", village_a, village_b})
            divisions.push_back({code, code, "", {}, {}});
        record::Transaction transaction(record_);
        lake::take_divisions(record_, divisions);
        transaction.commit();
    }

    record::Connection make_record() {
        std::filesystem::create_directories(folder_ / "lake");
        record::Connection record = record::Connection::open(folder_ / "record.db");
        record::migrate(record);
        return record;
    }

    Stores stores() {
        return {.record = record_,
                .lake = folder_ / "lake",
                .lock = folder_ / "lock",
                .keys = keys_,
                .engine = {},
                .divisions = nullptr};
    }

    /// A little table: cells by commas, lines as they would stand in a file.
    static std::unique_ptr<Source> table(const std::string& text) {
        std::vector<sheet::RawRow> rows;
        std::int64_t line = 0;
        for (const std::string& each : base::split(text, '\n')) {
            ++line;
            if (each.empty()) continue;
            sheet::RawRow row{.line = line, .cells = {}};
            for (const std::string& cell : base::split(each, ','))
                row.cells.push_back(cell.starts_with("#")
                                        ? sheet::Cell{sheet::Cell::Kind::number, cell.substr(1)}
                                        : sheet::Cell{cell.empty() ? sheet::Cell::Kind::empty
                                                                   : sheet::Cell::Kind::text,
                                                      cell});
            rows.push_back(std::move(row));
        }
        return rows_source("table.csv", std::move(rows));
    }

    Answer take(const std::string& ledger, const std::string& text,
                const ImportOptions& options = {}) {
        const Answer answer = import_rows(stores(), model_, ledger, *table(text), options, act_);
        if (answer.rows != answer.accepted + answer.quarantined)
            throw std::logic_error("rows in = rows accepted + rows quarantined");
        return answer;
    }
    static ImportOptions month(const std::string& text) {
        return {.month = base::parse_month(text), .division = {}, .strict = false, .mapping = {}};
    }

    static ImportOptions of_village_a(const std::string& text) {
        ImportOptions options = month(text);
        options.division = village_a;
        return options;
    }

    void register_all() {
        take("households", std::string("户,行政区划\nh1,") + village_a + "\nh2," + village_b,
             month("2024-01"));
        take("people",
             "户编号,身份证号,姓名,电话\nh1," + id_1 + ",张一,13800000001\nh2," + id_2 + ",李二,",
             month("2024-01"));
    }

    std::vector<std::string> rows(const std::string& select, const std::string& ledger) {
        engine::Connection engine = engine::Connection::open({});
        std::vector<std::string> lines;
        engine.stream("select " + select + " from (" +
                          lake::relation(lake::take(record_, folder_ / "lake"), model_,
                                         *model_.ledger(ledger)) +
                          ") order by all",
                      [&](const std::vector<engine::Cell>& cells) {
                          std::string line;
                          for (const engine::Cell& cell : cells)
                              line += (line.empty() ? "" : " ") + cell.value_or("-");
                          lines.push_back(line);
                      });
        return lines;
    }

    static std::vector<std::string> reasons(const Answer& answer) {
        std::vector<std::string> lines;
        for (const ReasonCount& reason : answer.reasons)
            lines.push_back(reason.code + " " + reason.field + " " + std::to_string(reason.count) +
                            " @" + std::to_string(reason.example_row));
        std::sort(lines.begin(), lines.end());
        return lines;
    }

    std::string key_1() { return guard::person_key(keys_, id_1); }
    std::string key_2() { return guard::person_key(keys_, id_2); }

    base::TemporaryFolder folder_;
    record::Connection record_;
    guard::Keys keys_;
    plan::Model model_;
    Act act_{.by = "li", .at = "2024-10-03 08:15:00"};
};

}  // namespace zs::intake
