#include "guard/audit.h"

#include <fmt/format.h>

#include "base/digest.h"
#include "base/identity.h"

namespace zs::guard {

namespace {

/// Each part with its length, so that no two entries give the same bytes.
std::string digest_of(const AuditEntry& entry) {
    base::Sm3 digest;
    for (const std::string& part : {std::to_string(entry.seq), entry.at, entry.by, entry.action,
                                    entry.detail, entry.previous})
        digest.add(fmt::format("{}:{}\n", part.size(), part));
    return digest.finish();
}

AuditEntry entry_of(const record::Row& row) {
    return {.seq = row.integer(0),
            .at = row.text(1),
            .by = row.text(2),
            .action = row.text(3),
            .detail = row.text(4),
            .previous = row.text(5),
            .digest = row.text(6)};
}

constexpr const char* all_entries =
    "select seq, at, by, action, detail, previous, digest from audit order by seq";

}  // namespace

void append_audit(record::Connection& record, const std::string& at, const std::string& by,
                  const std::string& action, const std::string& detail) {
    ZS_INVARIANT(base::mask_id_numbers(detail) == detail, "no ID number stands in the audit");
    const auto last = record.first("select seq, digest from audit order by seq desc limit 1");
    AuditEntry entry{.seq = last ? last->integer(0) + 1 : 1,
                     .at = at,
                     .by = by,
                     .action = action,
                     .detail = detail,
                     .previous = last ? last->text(1) : "",
                     .digest = ""};
    entry.digest = digest_of(entry);
    record.execute(
        "insert into audit (seq, at, by, action, detail, previous, digest) "
        "values (:seq, :at, :by, :action, :detail, :previous, :digest)",
        {record::cell(entry.seq), entry.at, entry.by, entry.action, entry.detail, entry.previous,
         entry.digest});
}

void each_audit(record::Connection& record, const std::function<void(const AuditEntry&)>& entry) {
    record.each(all_entries, {}, [&](const record::Row& row) { entry(entry_of(row)); });
}

std::optional<BrokenChain> broken_chain(record::Connection& record) {
    std::optional<BrokenChain> broken;
    std::int64_t expected = 1;
    std::string previous;
    each_audit(record, [&](const AuditEntry& entry) {
        if (broken) return;
        if (entry.seq != expected)
            broken = {expected, base::said("缺这一条", "it is missing")};
        else if (entry.digest != digest_of(entry))
            broken = {entry.seq, base::said("被改过", "it was changed")};
        else if (entry.previous != previous)
            broken = {entry.seq, base::said("接不上前一条", "it does not follow the entry before")};
        previous = entry.digest;
        ++expected;
    });
    return broken;
}

}  // namespace zs::guard
