#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>

#include "base/said.h"
#include "guard/written.h"
#include "record/connection.h"

namespace zs::guard {

/// One entry of the audit chain. `detail` never holds an ID number, a name or a phone number.
struct AuditEntry {
    std::int64_t seq = 0;  ///< from 1, without a gap
    std::string at;        ///< moment in UTC, `2024-10-03 08:15:00`
    std::string by;        ///< user
    std::string action;    ///< `import`, `withdraw`, `reveal` …
    std::string detail;
    std::string previous;  ///< digest of the entry before; of the first: empty
    /// What it signs of the record (guard/written.h), empty where it wrote nothing but itself;
    /// nothing in entries from before it was kept.
    std::optional<std::string> written;
    std::string digest;  ///< SM3 over all the above
};

/// Adds an entry at the chain's end. To be called within the transaction of what it tells of: both
/// are there, or neither. `groups`: what that wrote to the record.
void append_audit(record::Connection& record, const std::string& at, const std::string& by,
                  const std::string& action, const std::string& detail, const Groups& groups = {});

/// Keeps the chain's last entry outside the record, in `audit.head` beside the keys, so that it is
/// seen when entries are cut off. To be called after each commit; where a crash has come between,
/// the next call mends it.
/// @throws Failure (system) when it cannot be written.
void keep_head(record::Connection& record, const std::filesystem::path& keys);

void each_audit(record::Connection& record, const std::function<void(const AuditEntry&)>& entry);

struct BrokenChain {
    std::int64_t seq = 0;  ///< the first bad entry
    base::Said why;        ///< changed, missing, or cut off from the one before
};

/// Walks the chain from its beginning to the head that is kept beside the keys; nothing if it is
/// whole.
std::optional<BrokenChain> broken_chain(record::Connection& record,
                                        const std::filesystem::path& keys);

}  // namespace zs::guard
