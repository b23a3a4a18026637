#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "lake/batch.h"
#include "lake/form.h"
#include "plan/model.h"

namespace zs::lake {

/// What counts at one moment: the batches that count, and by them what replaces what. Given its
/// batches it can be built again, whatever has come or gone since.
struct Snapshot {
    std::filesystem::path folder;  ///< the lake
    std::vector<Batch> batches;    ///< in the order of acceptance
    std::string digest;            ///< of all that counts; no path, no order of what does not touch

    bool has(const std::string& batch) const;
    std::vector<std::string> ids() const;
};

/// All batches accepted and not withdrawn now.
Snapshot take(record::Connection& record, const std::filesystem::path& lake);

/// A snapshot of the past, from the batches noted with its run.
/// @throws Failure (system) when one of them is not in the record.
Snapshot of_batches(record::Connection& record, const std::filesystem::path& lake,
                    const std::vector<std::string>& ids);

/// A SELECT of the rows of a ledger in force in the snapshot, with the columns of `columns_of`; in
/// a ledger with a key the key is unique. Without batches: no rows, the same columns.
std::string relation(const Snapshot& snapshot, const plan::Model& model,
                     const plan::Ledger& ledger);

/// In `part`, of a row whose middle was cut out: its later piece lies in part `ID/2`.
inline constexpr const char* second_piece = "/2";

/// The rows of `relation`, with `part` and `of_part` as in `all_rows`.
std::string rows_in_force(const Snapshot& snapshot, const plan::Model& model,
                          const plan::Ledger& ledger);

/// All rows of batches that count, superseded or not, with `part` (the batch in whose file a row
/// lies) and `of_part` (of a row that got an end: the part of the row it stands for) at the end.
/// What a new batch supersedes is looked for here: so that it stays so when one between is
/// withdrawn.
std::string all_rows(const Snapshot& snapshot, const plan::Model& model,
                     const plan::Ledger& ledger);

/// The rows of `relation`, with `part` and `of_part` as in `all_rows`.
std::string rows_in_force(const Snapshot& snapshot, const plan::Model& model,
                          const plan::Ledger& ledger);

/// The deliveries that count: a batch that is empty (零报告) or brought at least one row, or
/// nothing held.
std::vector<plan::Delivered> delivered(const Snapshot& snapshot);

/// Whether the file of a part is there, with the bytes it was written with.
bool is_as_written(const Snapshot& snapshot, const Part& part);

/// Checks the bytes of every part against its digest; gives the files that are missing or changed.
std::vector<std::string> damaged_parts(const Snapshot& snapshot);

/// Files of the lake that no batch names, withdrawn ones included: left by a command that failed
/// before its batch counted. They may be removed while the home's lock is held.
std::vector<std::string> stray_files(record::Connection& record, const std::filesystem::path& lake);

}  // namespace zs::lake
