#include <filesystem>

#include <gmock/gmock.h>

#include "base/temporary_folder_for_tests.h"
#include "guard/audit.h"
#include "guard/seal.h"
#include "guard/vault.h"
#include "record/migration.h"

namespace zs::guard {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

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
    VaultWriter vault(record, keys);
    vault.put({"person", "p1", "name"}, "张三");
    vault.put({"person", "p1", "name"}, "张三丰");
    EXPECT_EQ(revealed(record, keys, {"person", "p1", "name"}), "张三丰");
    EXPECT_EQ(revealed(record, keys, {"person", "p2", "name"}), std::nullopt);
    EXPECT_THAT(record.first("select sealed from vault")->text(0), Not(HasSubstr("张三")));
}

TEST_F(Guard, FindsTheFirstBadEntryOfTheChain) {
    record::Connection record = migrated(folder_);
    for (int i = 1; i <= 5; ++i)
        append_audit(record, "2024-10-03 08:15:00", "li", "import", "batch " + std::to_string(i));
    EXPECT_FALSE(broken_chain(record));
    record.execute("update audit set detail = 'batch 9' where seq = 3");
    EXPECT_EQ(broken_chain(record)->seq, 3);
    record.execute("update audit set detail = 'batch 3' where seq = 3");
    EXPECT_FALSE(broken_chain(record));
    record.execute("delete from audit where seq = 2");
    EXPECT_EQ(broken_chain(record)->seq, 2);
}

TEST_F(Guard, TakesNoIdNumberIntoTheAudit) {
    record::Connection record = migrated(folder_);
    EXPECT_THROW(
        append_audit(record, "2024-10-03 08:15:00", "li", "import", "row of 11010519491231002X"),
        base::Failure);
}

}  // namespace
}  // namespace zs::guard
