#include "guard/vault.h"

#include <fmt/format.h>

#include "guard/seal.h"

namespace zs::guard {

namespace {

std::string about(const VaultEntry& entry) {
    return fmt::format("vault|{}|{}|{}", entry.grain, entry.subject, entry.field);
}

}  // namespace

VaultWriter::VaultWriter(record::Connection& record, const Keys& keys)
    : keys_(keys),
      insert_(record.prepare(
          "insert into vault (grain, subject, field, sealed) values (:grain, :subject, :field, "
          ":sealed) "
          "on conflict (grain, subject, field) do update set sealed = excluded.sealed",
          4)) {}

void VaultWriter::put(const VaultEntry& entry, const std::string& plain) {
    put_sealed(entry, sealed_for(keys_, entry, plain));
}

void VaultWriter::put_sealed(const VaultEntry& entry, const std::string& sealed) {
    insert_.run({entry.grain, entry.subject, entry.field, sealed});
}

std::string sealed_for(const Keys& keys, const VaultEntry& entry, const std::string& plain) {
    return seal(keys, about(entry), plain);
}

std::optional<std::string> revealed(record::Connection& record, const Keys& keys,
                                    const VaultEntry& entry) {
    const auto row = record.first(
        "select sealed from vault where grain = :grain and subject = :subject and field = :field",
        {entry.grain, entry.subject, entry.field});
    if (!row) return std::nullopt;
    return unseal(keys, about(entry), row->text(0));
}

}  // namespace zs::guard
