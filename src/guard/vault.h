#pragma once

#include <map>
#include <optional>
#include <string>

#include "guard/keys.h"
#include "guard/written.h"
#include "record/connection.h"

namespace zs::guard {

/// Whose identity, and what of it: the field `id_number` of the person under this key.
struct VaultEntry {
    std::string grain;
    std::string subject;
    std::string field;
};

/// Puts identity into the vault, sealed; what was there under the same entry is replaced.
/// To be used within a transaction; made for many entries.
class VaultWriter {
public:
    /// `batch`: what the entries came with.
    VaultWriter(record::Connection& record, const Keys& keys, std::string batch);
    void put(const VaultEntry& entry, const std::string& plain);
    /// What `sealed_for` made for the entry: so that sealing need not be done within the
    /// transaction.
    void put_sealed(const VaultEntry& entry, const std::string& sealed);
    /// What the audit entry of the batch signs: the batch's entries, and what those that were
    /// replaced have left of other batches'.
    Groups written();

private:
    record::Connection& record_;
    const Keys& keys_;
    std::string batch_;
    record::Lookup before_;
    record::Statement insert_;
    RowSum put_;
    std::map<std::string, RowSum> replaced_;  ///< by the batch that had written them
};

/// Identity sealed for one entry; under another it does not open.
std::string sealed_for(const Keys& keys, const VaultEntry& entry, const std::string& plain);

/// The text under an entry, opened; nothing if there is none. Who shows it writes it to the audit.
std::optional<std::string> revealed(record::Connection& record, const Keys& keys,
                                    const VaultEntry& entry);

}  // namespace zs::guard
