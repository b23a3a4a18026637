#include "record/connection.h"

#include <gmock/gmock.h>

#include "base/temporary_folder_for_tests.h"
#include "record/lock.h"
#include "record/migration.h"

namespace zs::record {
namespace {

using ::testing::HasSubstr;

class Record : public ::testing::Test {
protected:
    base::TemporaryFolder folder_;
};

TEST_F(Record, GivesBackTextsNumbersAndNulls) {
    Connection connection = Connection::open(folder_ / "record.db");
    connection.execute("create table t (a text, b bigint)");
    connection.execute("insert into t (a, b) values (:a, :b)", {"务工's", cell(9007199254740993)});
    connection.execute("insert into t (a, b) values (:a, :b)", {std::nullopt, std::nullopt});
    const auto rows =
        connection.query("select a, b, b + 1 from t where b = :b or b is null order by b desc",
                         {cell(9007199254740993)});
    ASSERT_EQ(rows.size(), 2u);
    EXPECT_EQ(rows[0].text(0), "务工's");
    EXPECT_EQ(rows[0].integer(1), 9007199254740993);
    EXPECT_TRUE(rows[1].is_null(0));
    EXPECT_TRUE(rows[1].is_null(1));
    EXPECT_EQ(connection.first("select a from t where a = :a", {"none"}), std::nullopt);
}

TEST_F(Record, CountsBeyond32Bits) {
    Connection connection = Connection::open(folder_ / "record.db");
    connection.execute("create table t (b bigint)");
    connection.execute("insert into t values (5000000000), (1)");
    EXPECT_EQ(connection.first("select sum(b), count(*), max(b) from t")->integer(0), 5000000001);
    EXPECT_EQ(connection.first("select max(b) from t")->integer(0), 5000000000);
}

TEST_F(Record, RunsAPreparedStatementForManyRows) {
    Connection connection = Connection::open(folder_ / "record.db");
    connection.execute("create table t (a text, b bigint)");
    {
        Transaction transaction(connection);
        Statement insert = connection.prepare("insert into t (a, b) values (:a, :b)", 2);
        for (int i = 0; i < 1000; ++i)
            insert.run({i % 2 == 0 ? Cell("x" + std::to_string(i)) : std::nullopt, cell(i)});
        transaction.commit();
    }
    const auto row = connection.first("select count(*), count(a), sum(b) from t");
    EXPECT_EQ(row->integer(0), 1000);
    EXPECT_EQ(row->integer(1), 500);
    EXPECT_EQ(row->integer(2), 499500);
}

TEST_F(Record, UndoesWhatWasNotCommitted) {
    Connection connection = Connection::open(folder_ / "record.db");
    connection.execute("create table t (a text)");
    {
        Transaction transaction(connection);
        connection.execute("insert into t values ('x')");
    }
    EXPECT_EQ(connection.first("select count(*) from t")->integer(0), 0);
}

TEST_F(Record, ShowsNoValueOfAStatementThatFails) {
    Connection connection = Connection::open(folder_ / "record.db");
    connection.execute("create table t (a text not null unique)");
    connection.execute("insert into t values (:a)", {"secret"});
    try {
        connection.execute("insert into t values (:a)", {"secret"});
        FAIL() << "two of one key were taken";
    } catch (const base::Failure& failure) {
        EXPECT_THAT(failure.what(), HasSubstr("UNIQUE constraint failed"));
        EXPECT_THAT(failure.what(), ::testing::Not(HasSubstr("secret")));
    }
}

TEST_F(Record, MigratesOnceAndRefusesANewerHome) {
    Connection connection = Connection::open(folder_ / "record.db");
    migrate(connection);
    migrate(connection);
    EXPECT_EQ(connection.first("select count(*) from batch")->integer(0), 0);
    connection.execute("insert into migration (number, name) values (9999, '9999_later')");
    try {
        migrate(connection);
        FAIL() << "a newer home was taken";
    } catch (const base::Failure& failure) {
        EXPECT_EQ(failure.exit_status(), 2);
        EXPECT_THAT(failure.what(), HasSubstr("this home was written by a newer zengshou"));
    }
}

TEST_F(Record, IsReadWhileItIsWritten) {
    Connection writer = Connection::open(folder_ / "record.db");
    migrate(writer);
    const Transaction transaction(writer);
    writer.execute("insert into migration (number, name) values (-1, 'not committed')");
    // Opening, asking for the form and reading take no lock that the writer has.
    Connection reader = Connection::open(folder_ / "record.db");
    migrate(reader);
    reader.only_read();
    EXPECT_EQ(reader.first("select count(*) from migration where number < 0")->integer(0), 0);
}

TEST_F(Record, ReadsOfOneMomentWhateverIsCommittedMeanwhile) {
    Connection writer = Connection::open(folder_ / "record.db");
    writer.execute("create table t (a bigint)");
    Connection reader = Connection::open(folder_ / "record.db");
    const auto counted = [&] { return reader.first("select count(*) from t")->integer(0); };
    {
        const Reading reading(reader);
        EXPECT_EQ(counted(), 0);
        writer.execute("insert into t (a) values (1)");
        const Reading within(reader);
        EXPECT_EQ(counted(), 0);
    }
    EXPECT_EQ(counted(), 1);
}

TEST_F(Record, ChangesNothingOnceItOnlyReads) {
    Connection connection = Connection::open(folder_ / "record.db");
    connection.execute("create table t (a bigint)");
    connection.only_read();
    EXPECT_THROW(connection.execute("insert into t (a) values (1)"), base::Failure);
    EXPECT_EQ(connection.first("select count(*) from t")->integer(0), 0);
}

TEST_F(Record, NoticesWhatOthersHaveChanged) {
    Connection first = Connection::open(folder_ / "record.db");
    first.execute("create table t (a bigint)");
    Connection second = Connection::open(folder_ / "record.db");
    const std::int64_t before = first.changes_of_others();
    first.execute("insert into t (a) values (1)");
    EXPECT_EQ(first.changes_of_others(), before);
    second.execute("insert into t (a) values (2)");
    EXPECT_NE(first.changes_of_others(), before);
}

TEST_F(Record, LocksAHomeForOneAtATime) {
    const HomeLock first(folder_ / "lock");
    try {
        const HomeLock second(folder_ / "lock", std::chrono::milliseconds(0));
        FAIL() << "two held the lock";
    } catch (const base::Failure& failure) {
        EXPECT_EQ(failure.exit_status(), 3);
        EXPECT_THAT(failure.what(), HasSubstr("another command is changing this home"));
    }
}

TEST_F(Record, FreesItsLock) {
    { const HomeLock first(folder_ / "lock"); }
    EXPECT_NO_THROW(HomeLock(folder_ / "lock", std::chrono::milliseconds(0)));
}

}  // namespace
}  // namespace zs::record
