#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "base/said.h"
#include "record/connection.h"

namespace zs::guard {

/// How many rows there are and the sum of their SM3, modulo 2^256: whatever their order, and rows
/// can be taken out of it again.
class RowSum {
public:
    void add(const std::string& kind, const record::Cells& row);
    void add(const RowSum& other);
    void take_out(const RowSum& other);
    std::int64_t rows() const { return rows_; }
    std::string hex() const;  ///< 64 characters
    static RowSum of(std::int64_t rows, const std::string& hex);
    bool operator==(const RowSum&) const = default;

private:
    std::int64_t rows_ = 0;
    std::array<std::uint8_t, 32> sum_{};  ///< the highest byte first
};

/// Rows of the record that belong together, by kind (`batch`, `quarantine`, `run` …) and key (a
/// batch, a run, an exemption), as a change left them.
struct Group {
    std::string kind;
    std::string key;
    RowSum sum;
};
using Groups = std::vector<Group>;

/// The kind of the vault's entries.
inline const std::string vault_kind = "vault";
/// All kinds that a batch writes when it is entered, but the vault (VaultWriter tells that).
extern const std::vector<std::string> kinds_of_batch;

/// The groups of these kinds under a key as they are now, those without rows left out: what a
/// change hands to its audit entry, within its transaction.
Groups written(record::Connection& record, const std::vector<std::string>& kinds,
               const std::string& key);

/// Notes the groups as those of the audit entry `seq`. @return what the entry signs.
std::string note_written(record::Connection& record, std::int64_t seq, const Groups& groups);

/// By entry that wrote something, what it must have signed.
std::map<std::int64_t, std::string> signed_by_entry(record::Connection& record);

/// The record compared with what the audit's entries say was written.
struct Comparison {
    std::vector<base::Said> wrong;      ///< what is missing, changed, or there without an entry
    std::int64_t unsigned_entries = 0;  ///< from before it was kept: what they wrote is not checked
};
Comparison compare_with_written(record::Connection& record);

}  // namespace zs::guard
