#include <filesystem>

#include <gmock/gmock.h>

#include "base/temporary_folder_for_tests.h"
#include "guard/audit.h"
#include "guard/seal.h"
#include "guard/vault.h"
#include "record/migration.h"

namespace zs::guard {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::UnorderedElementsAre;

class Guard : public ::testing::Test {
protected:
    base::TemporaryFolder folder_;
};

record::Connection migrated(const std::filesystem::path& folder) {
    record::Connection record = record::Connection::open(folder / "record.db");
    record::migrate(record);
    return record;
}

TEST_F(Guard, MakesKeysThatOnlyTheOwnerReadsAndNeverTwice) {
    const Keys made = make_keys(folder_ / "keys");
    const Keys opened = open_keys(folder_ / "keys");
    EXPECT_EQ(made.person, opened.person);
    EXPECT_EQ(made.vault, opened.vault);
    EXPECT_NE(made.person, made.vault);
    EXPECT_EQ(std::filesystem::status(folder_ / "keys" / "person.key").permissions(),
              std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
    EXPECT_THROW(make_keys(folder_ / "keys"), base::Failure);
}

// HMAC is two plain hashes: SM3(key ⊕ 5c… ‖ SM3(key ⊕ 36… ‖ text)); checked against the library's
// own SM3.
TEST_F(Guard, MakesAPersonKeyThatDependsOnKeyAndNumberOnly) {
    const Keys keys{.person = std::string(32, 'k'), .vault = std::string(32, 'v')};
    const Keys others{.person = std::string(32, 'o'), .vault = std::string(32, 'v')};
    const std::string key = person_key(keys, "11010519491231002X");
    EXPECT_EQ(key.size(), 64u);
    EXPECT_EQ(key, person_key(keys, "11010519491231002x"));
    EXPECT_NE(key, person_key(others, "11010519491231002X"));
    EXPECT_EQ(key, token(keys, "id_number", "11010519491231002X"));
    EXPECT_NE(token(keys, "phone", "13800000000"), token(keys, "bank_card", "13800000000"));
}

TEST_F(Guard, SealsAndOpensUnderTheSameWordsOnly) {
    const Keys keys{.person = std::string(32, 'k'), .vault = std::string(32, 'v')};
    for (const std::string plain : {"", "张", "张三", "a longer text of some rows"}) {
        const std::string sealed = seal(keys, "a", plain);
        EXPECT_EQ(unseal(keys, "a", sealed), plain);
        EXPECT_THROW(unseal(keys, "b", sealed), base::Failure);
        EXPECT_NE(seal(keys, "a", plain), sealed);
    }
    EXPECT_THROW(unseal(keys, "a", "AAAA"), base::Failure);
}

TEST_F(Guard, KeepsIdentityInTheVaultUnreadable) {
    const Keys keys = make_keys(folder_ / "keys");
    record::Connection record = migrated(folder_);
    VaultWriter vault(record, keys, "b1");
    vault.put({"person", "p1", "name"}, "张三");
    vault.put({"person", "p1", "name"}, "张三丰");
    EXPECT_EQ(revealed(record, keys, {"person", "p1", "name"}), "张三丰");
    EXPECT_EQ(revealed(record, keys, {"person", "p2", "name"}), std::nullopt);
    EXPECT_THAT(record.first("select sealed from vault")->text(0), Not(HasSubstr("张三")));
}

TEST_F(Guard, FindsTheFirstBadEntryOfTheChain) {
    make_keys(folder_ / "keys");
    record::Connection record = migrated(folder_);
    for (int i = 1; i <= 5; ++i)
        append_audit(record, "2024-10-03 08:15:00", "li", "import", "batch " + std::to_string(i));
    keep_head(record, folder_ / "keys");
    EXPECT_FALSE(broken_chain(record, folder_ / "keys"));
    record.execute("update audit set detail = 'batch 9' where seq = 3");
    EXPECT_EQ(broken_chain(record, folder_ / "keys")->seq, 3);
    record.execute("update audit set detail = 'batch 3' where seq = 3");
    EXPECT_FALSE(broken_chain(record, folder_ / "keys"));
    record.execute("delete from audit where seq = 2");
    EXPECT_EQ(broken_chain(record, folder_ / "keys")->seq, 2);
}

TEST_F(Guard, FindsEntriesThatWereCutOffTheChain) {
    make_keys(folder_ / "keys");
    record::Connection record = migrated(folder_);
    const auto append = [&](int i) {
        append_audit(record, "2024-10-03 08:15:00", "li", "import", "batch " + std::to_string(i));
    };
    for (int i = 1; i <= 3; ++i) append(i);
    keep_head(record, folder_ / "keys");
    EXPECT_FALSE(broken_chain(record, folder_ / "keys"));
    // As when a command is stopped before it keeps the head: the next one mends it.
    append(4);
    EXPECT_FALSE(broken_chain(record, folder_ / "keys"));
    append(5);
    keep_head(record, folder_ / "keys");
    record.execute("delete from audit where seq >= 4");
    const auto broken = broken_chain(record, folder_ / "keys");
    ASSERT_TRUE(broken);
    EXPECT_EQ(broken->seq, 4);
    EXPECT_EQ(broken->why.in(base::Language::english), "it was cut off, with all up to entry 5");
    // Others in their place do not pass for them.
    append(14);
    append(15);
    EXPECT_EQ(broken_chain(record, folder_ / "keys")->seq, 5);
    std::filesystem::remove(folder_ / "keys" / "audit.head");
    EXPECT_TRUE(broken_chain(record, folder_ / "keys"));
}

std::vector<std::string> wrong(record::Connection& record) {
    std::vector<std::string> found;
    for (const base::Said& what : compare_with_written(record).wrong)
        found.push_back(what.in(base::Language::english));
    return found;
}

TEST_F(Guard, FindsWhatOfTheRecordIsNotAsItWasWritten) {
    record::Connection record = migrated(folder_);
    const auto add = [&](const std::string& seq, const std::string& reason) {
        record.execute(
            "insert into exemption (seq, rule, subject, finding, reason, until, by, at) values "
            "(:seq, 'low', 'h1', 'f1', :reason, 24296, 'li', '2024-10-03 08:15:00')",
            {seq, reason});
    };
    add("1", "ill");
    append_audit(record, "2024-10-03 08:15:00", "li", "exemption", "1",
                 written(record, {"exemption"}, "1"));
    add("2", "moved");
    append_audit(record, "2024-10-03 08:15:00", "li", "exemption", "2",
                 written(record, {"exemption"}, "2"));
    EXPECT_THAT(wrong(record), IsEmpty());
    record.execute("update exemption set reason = 'well' where seq = 1");
    record.execute("delete from exemption where seq = 2");
    add("3", "nobody said so");
    record.execute("update exemption set revoked_at = 'today', revoked_by = 'li' where seq = 1");
    EXPECT_THAT(
        wrong(record),
        UnorderedElementsAre(
            "the record was changed: exemption 1 (written by audit entry 1, rows: 1)",
            "rows of the record are missing: exemption 2 (audit entry 2 wrote 1, 0 are there)",
            "no audit entry tells of what the record has: exemption 3 (rows: 1)",
            "no audit entry tells of what the record has: revocation of exemption 1 (rows: 1)"));
    record.execute("delete from written where seq = 2");
    EXPECT_EQ(broken_chain(record, folder_ / "keys")->seq, 2);
}

TEST_F(Guard, KnowsWhatBatchesHaveLeftInTheVault) {
    const Keys keys = make_keys(folder_ / "keys");
    record::Connection record = migrated(folder_);
    const auto import = [&](const std::string& batch, const std::vector<std::string>& subjects) {
        VaultWriter vault(record, keys, batch);
        for (const std::string& subject : subjects)
            vault.put({"person", subject, "name"}, "张三" + batch);
        append_audit(record, "2024-10-03 08:15:00", "li", "import", batch, vault.written());
    };
    import("b1", {"p1", "p2", "p3"});
    import("b2", {"p2", "p4", "p4"});
    EXPECT_THAT(wrong(record), IsEmpty());
    import("b3", {"p1", "p3", "p4"});
    EXPECT_THAT(wrong(record), IsEmpty());
    record.execute("delete from vault where subject = 'p2'");
    EXPECT_THAT(wrong(record), ElementsAre("rows of the record are missing: identity kept by batch "
                                           "b2 (audit entry 3 wrote 1, 0 are there)"));
    import("b4", {"p2"});
    record.execute("update vault set batch = 'b1' where subject = 'p1'");
    EXPECT_THAT(wrong(record), Not(IsEmpty()));
}

TEST_F(Guard, SaysOfEntriesFromBeforeThatWhatTheyWroteIsNotChecked) {
    record::Connection record = migrated(folder_);
    record.execute("insert into division (code, name, since) values ('41', '河南', -1)");
    record.execute(
        "insert into audit (seq, at, by, action, detail, previous, digest) values (1, "
        "'2024-10-03 08:15:00', 'li', 'init', 'home over plan henan', '', '-')");
    EXPECT_EQ(compare_with_written(record).unsigned_entries, 1);
    EXPECT_THAT(wrong(record), IsEmpty());
}

TEST_F(Guard, TakesNoIdNumberIntoTheAudit) {
    record::Connection record = migrated(folder_);
    EXPECT_THROW(
        append_audit(record, "2024-10-03 08:15:00", "li", "import", "row of 11010519491231002X"),
        base::Failure);
}

}  // namespace
}  // namespace zs::guard
