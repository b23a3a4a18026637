#include "guard/audit.h"

#include <charconv>
#include <map>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>

#include "base/digest.h"
#include "base/failure.h"
#include "base/file.h"
#include "base/identity.h"

namespace zs::guard {

namespace {

/// Each part with its length, so that no two entries give the same bytes.
std::string digest_of(const AuditEntry& entry) {
    base::Sm3 digest;
    for (const std::string& part : {std::to_string(entry.seq), entry.at, entry.by, entry.action,
                                    entry.detail, entry.previous})
        digest.add(fmt::format("{}:{}\n", part.size(), part));
    if (entry.written) digest.add(fmt::format("{}:{}\n", entry.written->size(), *entry.written));
    return digest.finish();
}

AuditEntry entry_of(const record::Row& row) {
    return {.seq = row.integer(0),
            .at = row.text(1),
            .by = row.text(2),
            .action = row.text(3),
            .detail = row.text(4),
            .previous = row.text(5),
            .written = row.cells[7],
            .digest = row.text(6)};
}

constexpr const char* all_entries =
    "select seq, at, by, action, detail, previous, digest, written from audit order by seq";

/// The chain's last entry, as it is kept outside the record.
struct Head {
    std::int64_t seq = 0;
    std::string digest;
    bool operator==(const Head&) const = default;
};

std::filesystem::path head_file(const std::filesystem::path& keys) { return keys / "audit.head"; }

std::optional<Head> kept_head(const std::filesystem::path& keys) {
    const std::filesystem::path file = head_file(keys);
    if (!std::filesystem::exists(file)) return std::nullopt;
    const std::string text = base::read_file(file);
    Head head;
    const char* const text_end = text.data() + text.size();
    const auto [end, error] = std::from_chars(text.data(), text_end, head.seq);
    if (error == std::errc() && end != text_end)
        head.digest = text.substr(static_cast<std::size_t>(end - text.data()) + 1);
    if (head.digest.ends_with('\n')) head.digest.pop_back();
    return head;
}

std::optional<Head> last_of(record::Connection& record) {
    const auto last = record.first("select seq, digest from audit order by seq desc limit 1");
    if (!last) return std::nullopt;
    return Head{last->integer(0), last->text(1)};
}

/// What is wrong with the chain's end, where each entry follows the one before: `last` is its last
/// entry, `at_head` the digest of the entry that the head names.
std::optional<BrokenChain> broken_end(const std::optional<Head>& head, const Head& last,
                                      const std::optional<std::string>& at_head,
                                      std::int64_t signed_entries) {
    if (!head) {
        // The first command that keeps it may have been stopped before it did.
        if (signed_entries <= 1) return std::nullopt;
        return BrokenChain{last.seq, base::said("keys/audit.head 不在了，看不出后面有没有被截掉",
                                                "keys/audit.head is not there, so nobody can tell "
                                                "whether entries after it were cut off")};
    }
    if (head->seq > last.seq)
        return BrokenChain{last.seq + 1,
                           base::said("从这一条到第 {} 条被截掉了",
                                      "it was cut off, with all up to entry {}", head->seq)};
    if (at_head != head->digest)
        return BrokenChain{head->seq, base::said("和 keys/audit.head 记下的不一样",
                                                 "it is not the one that keys/audit.head names")};
    return std::nullopt;
}

}  // namespace

void append_audit(record::Connection& record, const std::string& at, const std::string& by,
                  const std::string& action, const std::string& detail, const Groups& groups) {
    ZS_INVARIANT(base::mask_id_numbers(detail) == detail, "no ID number stands in the audit");
    const auto last = record.first("select seq, digest from audit order by seq desc limit 1");
    AuditEntry entry{.seq = last ? last->integer(0) + 1 : 1,
                     .at = at,
                     .by = by,
                     .action = action,
                     .detail = detail,
                     .previous = last ? last->text(1) : "",
                     .written = {},
                     .digest = ""};
    entry.written = note_written(record, entry.seq, groups);
    entry.digest = digest_of(entry);
    record.execute(
        "insert into audit (seq, at, by, action, detail, previous, digest, written) "
        "values (:seq, :at, :by, :action, :detail, :previous, :digest, :written)",
        {record::cell(entry.seq), entry.at, entry.by, entry.action, entry.detail, entry.previous,
         entry.digest, entry.written});
}

void each_audit(record::Connection& record, const std::function<void(const AuditEntry&)>& entry) {
    record.each(all_entries, {}, [&](const record::Row& row) { entry(entry_of(row)); });
}

void keep_head(record::Connection& record, const std::filesystem::path& keys) {
    // One at a time: a head that was read before must not be written after a later one.
    const base::Descriptor folder(::open(keys.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (folder) ::flock(folder.number(), LOCK_EX);
    const std::optional<Head> last = last_of(record);
    if (!last || last == kept_head(keys)) return;
    base::write_file_whole(head_file(keys), fmt::format("{} {}\n", last->seq, last->digest));
}

std::optional<BrokenChain> broken_chain(record::Connection& record,
                                        const std::filesystem::path& keys) {
    // Read before the chain: what is added meanwhile makes the chain longer, never shorter.
    const std::optional<Head> head = kept_head(keys);
    const record::Reading of_one_moment(record);
    const std::map<std::int64_t, std::string> signed_now = signed_by_entry(record);
    std::optional<BrokenChain> broken;
    std::int64_t expected = 1, signed_entries = 0;
    std::string previous;
    std::optional<std::string> at_head;
    each_audit(record, [&](const AuditEntry& entry) {
        if (broken) return;
        const auto wrote = signed_now.find(entry.seq);
        if (head && entry.seq == head->seq) at_head = entry.digest;
        if (entry.written) ++signed_entries;
        if (entry.seq != expected)
            broken = {expected, base::said("缺这一条", "it is missing")};
        else if (entry.digest != digest_of(entry))
            broken = {entry.seq, base::said("被改过", "it was changed")};
        else if (entry.previous != previous)
            broken = {entry.seq, base::said("接不上前一条", "it does not follow the entry before")};
        else if (entry.written.value_or("") != (wrote == signed_now.end() ? "" : wrote->second))
            broken = {entry.seq, base::said("它签下的内容被改过", "what it signs was changed")};
        previous = entry.digest;
        ++expected;
    });
    if (broken) return broken;
    return broken_end(head, {expected - 1, previous}, at_head, signed_entries);
}

}  // namespace zs::guard
