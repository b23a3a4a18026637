#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "base/said.h"
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
    std::string digest;    ///< SM3 over all the above
};

/// Adds an entry at the chain's end. To be called within the transaction of what it tells of: both
/// are there, or neither.
void append_audit(record::Connection& record, const std::string& at, const std::string& by,
                  const std::string& action, const std::string& detail);

void each_audit(record::Connection& record, const std::function<void(const AuditEntry&)>& entry);

struct BrokenChain {
    std::int64_t seq = 0;  ///< the first bad entry
    base::Said why;        ///< changed, missing, or cut off from the one before
};

/// Walks the chain from its beginning; nothing if it is whole.
std::optional<BrokenChain> broken_chain(record::Connection& record);

}  // namespace zs::guard
