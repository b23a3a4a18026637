#include "engine/connection.h"

#include <chrono>
#include <filesystem>
#include <thread>

#include <gmock/gmock.h>

#include "engine/appender.h"

namespace zs::engine {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using Cells = std::vector<Cell>;

Connection in_memory() { return Connection::open({}); }

TEST(Engine, IsTheVersionWeShip) { EXPECT_EQ(library_version(), "v1.5.5"); }

TEST(Engine, PrintsEachTypeWithAllItsDigits) {
    const Rows rows = in_memory().query(
        "select cast(12.5 as decimal(18,2)) m, cast(-0.000001 as decimal(38,6)) w, date "
        "'2024-09-30' d, "
        "cast(0.1 as double) f, cast(12 as double) g, true b, cast(null as int) n, '省外' t, "
        "7::hugeint h, (-5)::bigint i, "
        "repeat('长', 30) l");
    EXPECT_THAT(rows.names, ElementsAre("m", "w", "d", "f", "g", "b", "n", "t", "h", "i", "l"));
    std::string longest;
    for (int i = 0; i < 30; ++i) longest += "长";
    ASSERT_EQ(rows.cells.size(), 1u);
    EXPECT_EQ(rows.cells[0], (Cells{"12.50", "-0.000001", "2024-09-30", "0.1", "12", "true",
                                    std::nullopt, "省外", "7", "-5", longest}));
}

TEST(Engine, StreamsMoreRowsThanAChunkHolds) {
    std::int64_t sum = 0;
    in_memory().stream("select range r from range(100000)",
                       [&](const Cells& cells) { sum += std::stoll(*cells[0]); });
    EXPECT_EQ(sum, 4999950000);
}

TEST(Engine, TellsWhatDoesNotBindWithoutRunning) {
    Connection connection = in_memory();
    connection.execute("create table t (a int); insert into t values (1)");
    EXPECT_EQ(connection.bind_error("select a from t"), std::nullopt);
    EXPECT_THAT(connection.bind_error("select b from t").value(), HasSubstr("\"b\" not found"));
}

EngineFailure::Cause cause_of(Connection& connection, const std::string& sql) {
    try {
        connection.query(sql);
    } catch (const EngineFailure& failure) {
        EXPECT_EQ(std::string(failure.what()).find('\n'), std::string::npos);
        return failure.cause();
    }
    ADD_FAILURE() << "did not fail: " << sql;
    return EngineFailure::Cause::other;
}

TEST(Engine, TellsOverflowFromOtherFailures) {
    Connection connection = in_memory();
    EXPECT_EQ(cause_of(connection, "select cast(range * 1e18 as bigint) from range(100)"),
              EngineFailure::Cause::overflow);
    EXPECT_EQ(cause_of(connection, "select cast('1234567.00' as decimal(4,2))"),
              EngineFailure::Cause::overflow);
    EXPECT_EQ(cause_of(connection, "select 9223372036854775807 + range from range(2)"),
              EngineFailure::Cause::overflow);
    EXPECT_EQ(cause_of(connection, "select nothing"), EngineFailure::Cause::other);
}

TEST(Engine, TellsWhenMemoryDoesNotSuffice) {
    Connection connection =
        Connection::open({.database = {}, .memory = "20MB", .threads = 1, .temporary = {}});
    EXPECT_EQ(cause_of(connection,
                       "select count(*) from (select range a, md5(range::varchar) b from "
                       "range(2000000) order by b)"),
              EngineFailure::Cause::out_of_memory);
}

TEST(Engine, EndsAStatementThatIsInterrupted) {
    Connection connection = in_memory();
    std::atomic<bool> ended = false;
    std::thread other([&] {
        while (!ended) {
            connection.interrupt();
            std::this_thread::yield();
        }
    });
    EXPECT_EQ(cause_of(connection,
                       "select sum(a.range * b.range) from range(10000000) a, range(10000000) b"),
              EngineFailure::Cause::interrupted);
    ended = true;
    other.join();
}

TEST(Engine, KnowsNoProgressWhenNothingRuns) { EXPECT_EQ(in_memory().progress(), -1); }

TEST(Engine, SeesTheSameTablesFromAConnectionBeside) {
    Connection first = in_memory();
    first.execute("create table t as select 1 a");
    Connection second = first.beside();
    EXPECT_EQ(second.value("select a from t"), "1");
}

TEST(Appender, FillsATableWithEachType) {
    Connection connection = in_memory();
    connection.execute(
        "create table t (a text, b bigint, c decimal(18,2), d date, e boolean, f int, g double)");
    Appender appender(connection, "t");
    appender.text("务工")
        .integer(-3)
        .decimal({-1234567890123456, 2})
        .date({19997})
        .boolean(true)
        .null()
        .floating(0.5);
    appender.end_row();
    appender.close();
    EXPECT_EQ(
        connection.query("from t").cells[0],
        (Cells{"务工", "-3", "-12345678901234.56", "2024-10-01", "true", std::nullopt, "0.5"}));
}

TEST(Engine, QuotesNamesAndTexts) {
    EXPECT_EQ(quoted("a\"b"), "\"a\"\"b\"");
    EXPECT_EQ(literal("it's"), "'it''s'");
}

}  // namespace
}  // namespace zs::engine
