#include "guard/vault.h"

#include <fmt/format.h>

#include "guard/seal.h"

namespace zs::guard {

namespace {

std::string about(const VaultEntry& entry) {
    return fmt::format("vault|{}|{}|{}", entry.grain, entry.subject, entry.field);
}

}  // namespace

VaultWriter::VaultWriter(record::Connection& record, const Keys& keys, std::string batch)
    : record_(record),
      keys_(keys),
      batch_(std::move(batch)),
      before_(record.prepare_lookup("select sealed, batch from vault where grain = :grain and "
                                    "subject = :subject and field = :field",
                                    3, 2)),
      insert_(record.prepare(
          "insert into vault (grain, subject, field, sealed, batch) values (:grain, :subject, "
          ":field, :sealed, :batch) on conflict (grain, subject, field) do update set sealed = "
          "excluded.sealed, batch = excluded.batch",
          5)) {}

void VaultWriter::put(const VaultEntry& entry, const std::string& plain) {
    put_sealed(entry, sealed_for(keys_, entry, plain));
}

void VaultWriter::put_sealed(const VaultEntry& entry, const std::string& sealed) {
    const auto row = [&](const std::string& text, const std::string& batch) -> record::Cells {
        return {entry.grain, entry.subject, entry.field, text, batch};
    };
    if (const auto old = before_.first({entry.grain, entry.subject, entry.field}))
        if (!old->is_null(1))
            replaced_[old->text(1)].add(vault_kind, row(old->text(0), old->text(1)));
    put_.add(vault_kind, row(sealed, batch_));
    insert_.run({entry.grain, entry.subject, entry.field, sealed, batch_});
}

Groups VaultWriter::written() {
    Groups groups;
    if (put_.rows() > 0) groups.push_back({.kind = vault_kind, .key = batch_, .sum = put_});
    for (const auto& [batch, gone] : replaced_) {
        if (batch == batch_) {
            groups.front().sum.take_out(gone);
            continue;
        }
        Group left{.kind = vault_kind, .key = batch, .sum = {}};
        if (const auto last = record_.first(
                "select rows, digest from written where kind = :kind and key = :key order by seq "
                "desc limit 1",
                {vault_kind, batch}))
            left.sum = RowSum::of(last->integer(0), last->text(1));
        left.sum.take_out(gone);
        groups.push_back(std::move(left));
    }
    return groups;
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
