#include <filesystem>
#include <fstream>

#include <gmock/gmock.h>

#include "base/digest.h"
#include "base/temporary_folder_for_tests.h"
#include "lake/accept.h"
#include "lake/divisions.h"
#include "plan/check.h"
#include "record/migration.h"

namespace zs::lake {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr const char* plan_toml = R"(
language = 1
name = "small"
title = "小"
months = "2023-01..2025-12"
year_ends = 9
levels = ["province", "city", "county", "town", "village"]
)";

constexpr const char* pack = R"(
```codelist benefit
title = "待遇"
[codes]
dibao = "低保"
tekun = "特困"
```

```ledger households
title = "户"
grain = "household"
period = "span"
[fields]
category = { type = "text", title = "类别" }
```

```ledger people
title = "人"
grain = "person"
period = "span"
[fields]
household = { type = "key:household", title = "户" }
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

```ledger wages
title = "工资"
grain = "person"
period = "month"
[fields]
wage = { type = "money", title = "工资" }
got = { type = "codes:benefit", title = "待遇" }
```

```ledger dibao
title = "低保名单"
grain = "household"
period = "month"
batch = "whole"
[fields]
amount = { type = "money", title = "金额" }
```

```ledger posts
title = "岗位"
grain = "person"
period = "span"
batch = "whole"
[fields]
pay = { type = "money", title = "报酬" }
```

```ledger visits
title = "走访"
grain = "household"
period = "date"
key = []
[fields]
note = { type = "text", title = "情况" }
```
)";

constexpr const char* village_a = "410101001001";
constexpr const char* village_b = "410101001002";

class Lake : public ::testing::Test {
protected:
    Lake() : record_(make_record()), engine_(engine::Connection::open({})) {
        plan::Checked checked = plan::check_texts({{"plan.toml", plan_toml}, {"a.md", pack}});
        for (const plan::Diagnostic& diagnostic : checked.diagnostics)
            if (diagnostic.severity == plan::Diagnostic::Severity::error)
                ADD_FAILURE() << plan::rendered(diagnostic);
        model_ = std::move(checked.model);
        std::filesystem::create_directories(folder_ / "lake");
        for (const char* code : {"41", "4101", "410101", "410101001", village_a, village_b})
            divisions_.push_back({code, code, "", {}, {}});
    }

    record::Connection make_record() {
        record::Connection record = record::Connection::open(folder_ / "record.db");
        record::migrate(record);
        return record;
    }

    /// Accepts rows given as SQL values for the ledger's file columns and a line; gives the batch's
    /// id.
    std::string accept(const std::string& ledger_name, const std::string& period,
                       const std::string& division, const std::string& rows) {
        const plan::Ledger& ledger = *model_.ledger(ledger_name);
        std::vector<std::string> columns;
        for (const Column& column : file_columns_of(model_, ledger))
            columns.push_back(engine::quoted(column.name) + " " + column.type);
        columns.push_back("_line bigint");
        std::string list;
        for (const std::string& column : columns) list += (list.empty() ? "" : ", ") + column;
        engine_.execute("create or replace table staged (" + list + ")");
        if (!rows.empty()) engine_.execute("insert into staged values " + rows);
        Batch batch;
        batch.ledger = ledger_name;
        batch.period = period;
        batch.label = base::parse_month(period)->index;
        batch.division = division;
        batch.file_digest = base::sm3(rows);
        batch.entered_by = "li";
        batch.entered_at = "2024-10-03 08:15:00";
        batch.rows = batch.accepted =
            std::stoll(engine_.value("select count(*) from staged").value());
        batch.empty = batch.rows == 0;
        batch.seq = next_seq(record_);
        batch.id = batch_id(record_, batch, "");
        const Snapshot before = now();
        seal(engine_, {model_, ledger, before, divisions_, "staged", false}, batch);
        last_ = batch;
        record::Transaction transaction(record_);
        enter(record_, batch);
        transaction.commit();
        return batch.id;
    }
    Snapshot now() { return take(record_, folder_ / "lake"); }
    void withdraw_batch(const std::string& id) {
        record::Transaction transaction(record_);
        withdraw(record_, id, "2024-11-01 00:00:00", "li");
        transaction.commit();
    }

    std::vector<std::string> rows(const std::string& select, const std::string& ledger,
                                  const Snapshot& snapshot) {
        std::vector<std::string> lines;
        engine_.stream("select " + select + " from (" +
                           relation(snapshot, model_, *model_.ledger(ledger)) + ") order by all",
                       [&](const std::vector<engine::Cell>& cells) {
                           std::string line;
                           for (const engine::Cell& cell : cells)
                               line += (line.empty() ? "" : " ") + cell.value_or("-");
                           lines.push_back(line);
                       });
        return lines;
    }
    std::vector<std::string> rows(const std::string& select, const std::string& ledger) {
        return rows(select, ledger, now());
    }

    void two_households() {
        accept("households", "2024-01", "410101001",
               std::string("('h1', 24288, null, '") + village_a +
                   "', 'x', 2), ('h2', 24288, null, '" + village_b + "', 'x', 3)");
        accept("people", "2024-01", "410101001",
               "('p1', 24288, null, 'h1', 2), ('p2', 24288, null, 'h2', 3)");
    }

    base::TemporaryFolder folder_;
    record::Connection record_;
    engine::Connection engine_;
    plan::Model model_;
    std::vector<plan::Division> divisions_;
    Batch last_;
};

constexpr int september = 2024 * 12 + 8;
std::string at(int month, const std::string& text) {
    return std::string(text).replace(text.find("M"), 1, std::to_string(month));
}

TEST_F(Lake, GivesTypedColumnsOfALedgerWithoutBatches) {
    const engine::Rows none = engine_.query(relation(now(), model_, *model_.ledger("wages")));
    EXPECT_THAT(none.names, ElementsAre("person", "month", "wage", "got", "batch", "_line",
                                        "entered_by", "entered_at", "_seq"));
    EXPECT_THAT(none.cells, IsEmpty());
}

TEST_F(Lake, GivesBackARowWithItsBatchAndLine) {
    const std::string id =
        accept("wages", "2024-09", village_a, at(september, "('p1', M, 1234.5, 2, 7)"));
    EXPECT_THAT(
        rows("person, month, wage, got, batch, _line, entered_by, entered_at, _seq", "wages"),
        ElementsAre("p1 24296 1234.50 2 " + id + " 7 li 2024-10-03 1"));
}

TEST_F(Lake, ReplacesARowByTheNextOfItsKey) {
    accept("wages", "2024-09", village_a,
           at(september, "('p1', M, 1, 0, 2), ('p2', 24296, 2, 0, 3)"));
    const std::string second =
        accept("wages", "2024-09", village_a, at(september, "('p1', M, 3, 0, 2)"));
    EXPECT_EQ(last_.replaced, 1);
    EXPECT_THAT(rows("person, wage", "wages"), ElementsAre("p1 3.00", "p2 2.00"));
    withdraw_batch(second);
    EXPECT_THAT(rows("person, wage", "wages"), ElementsAre("p1 1.00", "p2 2.00"));
}

TEST_F(Lake, KeepsAKeyUniqueWhenABatchInBetweenIsWithdrawn) {
    accept("wages", "2024-09", village_a, at(september, "('p1', M, 1, 0, 2)"));
    const std::string second =
        accept("wages", "2024-09", village_a, at(september, "('p1', M, 2, 0, 2)"));
    accept("wages", "2024-09", village_a, at(september, "('p1', M, 3, 0, 2)"));
    EXPECT_EQ(last_.replaced, 1);
    withdraw_batch(second);
    EXPECT_THAT(rows("person, wage", "wages"), ElementsAre("p1 3.00"));
}

TEST_F(Lake, BuildsAPastSnapshotAgainWhateverCameSince) {
    accept("wages", "2024-09", village_a, at(september, "('p1', M, 1, 0, 2)"));
    const Snapshot past = now();
    const std::string second =
        accept("wages", "2024-09", village_a, at(september, "('p1', M, 2, 0, 2)"));
    EXPECT_NE(now().digest, past.digest);
    const Snapshot again = of_batches(record_, folder_ / "lake", past.ids());
    EXPECT_EQ(again.digest, past.digest);
    EXPECT_THAT(rows("person, wage", "wages", again), ElementsAre("p1 1.00"));
    withdraw_batch(second);
    EXPECT_EQ(now().digest, past.digest);
    EXPECT_THAT(damaged_parts(now()), IsEmpty());
}

TEST_F(Lake, KnowsWhatIsNotItsOwnAndWhatWasChanged) {
    const std::string id =
        accept("wages", "2024-09", village_a, at(september, "('p1', M, 1, 0, 2)"));
    std::ofstream(folder_ / "lake" / "wages" / "left.parquet.part") << "x";
    EXPECT_THAT(stray_files(record_, folder_ / "lake"), ElementsAre("wages/left.parquet.part"));
    EXPECT_THAT(damaged_parts(now()), IsEmpty());
    std::ofstream(folder_ / "lake" / "wages" / (id + ".parquet"), std::ios::app) << "x";
    EXPECT_THAT(damaged_parts(now()), ElementsAre("wages/" + id + ".parquet"));
}

TEST_F(Lake, KeepsEveryRowOfAHeap) {
    accept("visits", "2024-09", village_a,
           "('h1', date '2024-09-03', 'x', 24296, 2), ('h1', date '2024-09-03', 'x', 24296, 3)");
    accept("visits", "2024-09", village_a, "('h1', date '2024-09-03', 'x', 24296, 2)");
    EXPECT_EQ(rows("household", "visits").size(), 3u);
}

TEST_F(Lake, ReplacesAWholeListOfItsDivisionAndPeriodOnly) {
    two_households();
    accept("dibao", "2024-09", "410101001", at(september, "('h1', M, 1, 2), ('h2', 24296, 1, 3)"));
    accept("dibao", "2024-10", "410101001", "('h1', 24297, 9, 2)");
    accept("dibao", "2024-09", village_b, "");
    EXPECT_EQ(last_.replaced, 1);
    EXPECT_THAT(rows("household, month, amount", "dibao"),
                ElementsAre("h1 24296 1.00", "h1 24297 9.00"));
}

TEST_F(Lake, LetsASpanGoOnAndEndsWhatIsGoneFromAWholeList) {
    two_households();
    const std::string first = accept("posts", "2024-09", "410101001",
                                     "('p1', 24296, null, 500, 2), ('p2', 24296, null, 500, 3)");
    const std::string second =
        accept("posts", "2024-10", "410101001", "('p1', 24297, null, 500, 2)");
    EXPECT_THAT(rows("person, since, ended, pay", "posts"),
                ElementsAre("p1 24296 - 500.00", "p2 24296 24297 500.00"));
    EXPECT_THAT(rows("person, batch, _line", "posts"),
                ElementsAre("p1 " + second + " 2", "p2 " + first + " 3"));
    // Paid otherwise from December on: the old row ends, a new one begins.
    accept("posts", "2024-12", "410101001", "('p1', 24299, null, 600, 2)");
    EXPECT_THAT(rows("person, since, ended, pay", "posts"),
                ElementsAre("p1 24296 24299 500.00", "p1 24299 - 600.00", "p2 24296 24297 500.00"));
    withdraw_batch(second);
    EXPECT_THAT(rows("person, since, ended, pay", "posts"),
                ElementsAre("p1 24296 24299 500.00", "p1 24299 - 600.00", "p2 24296 24299 500.00"));
    withdraw_batch(first);
    EXPECT_THAT(rows("person, since, ended, pay", "posts"), ElementsAre("p1 24299 - 600.00"));
}

TEST_F(Lake, TakesAWholeListThatComesLateAsTheStateUpToTheNext) {
    two_households();
    accept("posts", "2024-09", "410101001",
           "('p1', 24296, null, 500, 2), ('p2', 24296, null, 500, 3)");
    accept("posts", "2024-11", "410101001",
           "('p1', 24298, null, 500, 2), ('p2', 24298, null, 500, 3)");
    EXPECT_THAT(rows("person, since, ended", "posts"), ElementsAre("p1 24296 -", "p2 24296 -"));
    accept("posts", "2024-10", "410101001",
           "('p1', 24297, null, 500, 2), ('p3', 24297, null, 700, 3)");
    // p3 is unknown to the registry and lies nowhere: no list of a place ends it. p2 was not there
    // in October.
    EXPECT_THAT(rows("person, since, ended, pay", "posts"),
                ElementsAre("p1 24296 - 500.00", "p2 24296 24297 500.00", "p2 24298 - 500.00",
                            "p3 24297 - 700.00"));
    // A list for December replaces what is in force then, and leaves the piece before as it is.
    accept("posts", "2024-12", "410101001", "('p1', 24299, null, 500, 2)");
    EXPECT_THAT(rows("person, since, ended", "posts"),
                ElementsAre("p1 24296 -", "p2 24296 24297", "p2 24298 24299", "p3 24297 -"));
}

TEST_F(Lake, EndsALateListWhereTheNextBegins) {
    two_households();
    accept("posts", "2024-11", "410101001", "('p1', 24298, null, 500, 2)");
    accept("posts", "2024-10", "410101001",
           "('p1', 24297, null, 400, 2), ('p2', 24297, null, 400, 3)");
    EXPECT_THAT(rows("person, since, ended, pay", "posts"),
                ElementsAre("p1 24297 24298 400.00", "p1 24298 - 500.00", "p2 24297 24298 400.00"));
}

TEST_F(Lake, LeavesAlonePiecesThatStandForNothingWhenAListComesLate) {
    two_households();
    accept("posts", "2024-09", "410101001", "('p1', 24296, null, 300, 2)");
    accept("posts", "2024-10", "410101001", "");
    accept("posts", "2024-11", "410101001", "('p1', 24298, null, 400, 2)");
    // The October list again, late: it is the state of October only.
    accept("posts", "2024-10", "410101001", "('p1', 24297, null, 900, 2)");
    EXPECT_THAT(rows("person, since, ended, pay", "posts"),
                ElementsAre("p1 24296 24297 300.00", "p1 24297 24298 900.00", "p1 24298 - 400.00"));
}

TEST_F(Lake, FollowsARowToItsDivision) {
    two_households();
    const plan::Ledger& wages = *model_.ledger("wages");
    EXPECT_EQ(engine_.value("select _division from (" +
                            with_division(now(), model_, wages, "select 'p2' as person") + ")"),
              village_b);
    EXPECT_TRUE(lies_in_division(village_b, "410101", divisions_));
    EXPECT_FALSE(lies_in_division(village_b, village_a, divisions_));
}

TEST_F(Lake, ReadsMasksInTodaysOrderOfTheCodes) {
    const Column there{"got", "bigint", {"dibao", "tekun"}};
    const Column today{"got", "bigint", {"new", "tekun", "dibao"}};
    const std::string sql =
        "select " + read_column(today, {there}) + " from (select 1::bigint as got)";
    EXPECT_EQ(engine_.value(sql), "4");
    EXPECT_EQ(parse_form(form_text({there, today})), (std::vector<Column>{there, today}));
}

TEST_F(Lake, KeepsDivisionsByCodeAndSince) {
    record::Transaction transaction(record_);
    take_divisions(
        record_, {{"41", "河南", "", {}, {}}, {"4101", "郑州", "", base::Month::of(2020, 1), {}}});
    const DivisionsTaken taken =
        take_divisions(record_, {{"4101", "郑州市", "41", base::Month::of(2020, 1), {}}});
    EXPECT_EQ(taken.replaced, 1);
    EXPECT_EQ(taken.added, 0);
    EXPECT_EQ(divisions(record_)[1].name, "郑州市");
}

}  // namespace
}  // namespace zs::lake
