#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <unordered_set>
#include <vector>

#include "base/zone.h"
#include "engine/connection.h"
#include "guard/keys.h"
#include "intake/answer.h"
#include "intake/quarantine.h"
#include "intake/source.h"
#include "plan/example.h"
#include "plan/model.h"
#include "record/connection.h"
#include "record/lock.h"

namespace zs::intake {

/// The divisions, read once for many imports.
struct KnownDivisions {
    std::vector<plan::Division> all;  ///< as lake::divisions gives them
    std::unordered_set<std::string> codes;
};
KnownDivisions known_divisions(record::Connection& record);

/// The parts of a home that intake works on.
struct Stores {
    record::Connection& record;
    std::filesystem::path lake;
    std::filesystem::path lock;  ///< file of the home's lock; empty: the caller holds it
    const guard::Keys& keys;
    engine::Settings engine;  ///< memory, threads, folder to spill to; rows are staged in memory
    const KnownDivisions* divisions = nullptr;  ///< absent: each import reads them anew
    base::Zone zone = {};  ///< the home's: of a moment with a zone its day there counts

    /// Where files lie while they are read: private, in the home.
    std::filesystem::path staging() const { return lake.parent_path() / "staging"; }
};

/// The home's lock while something is changed. @throws Failure (system) when another command keeps
/// it.
std::optional<record::HomeLock> locked(const Stores& stores);

/// Who does it and when: the moment in UTC, `2024-10-03 08:15:00`.
struct Act {
    std::string by;
    std::string at;
};

struct ImportOptions {
    std::optional<base::Month> month;
    std::string division;  ///< empty: the division above all rows
    bool strict = false;
    std::filesystem::path mapping;           ///< --map; empty: none
    std::string sheet = {};                  ///< --sheet; empty: all that are visible
    std::optional<base::Date> arrived = {};  ///< the day on which it really came; absent: now
};

/// Takes a file into a ledger (`figures`: given figures, see figures.h): reads, checks, tokenises,
/// seals a batch, keeps what is held. Held rows that come back mended, as `quarantine export` gave
/// them, are added to the batch that held them. All of it or nothing; on the disk when it returns.
/// Takes the home's lock.
/// @throws Failure (input): unknown ledger, a missing column, no month to be found, an unknown
/// division, no rows; nothing is taken then. Failure (system): lock, disk, engine.
Answer import_file(const Stores& stores, const plan::Model& model, const std::string& ledger,
                   const std::filesystem::path& file, const ImportOptions& options, const Act& act);

/// The same from rows in memory (forms, casework): a header row first.
Answer import_rows(const Stores& stores, const plan::Model& model, const std::string& ledger,
                   const Source& source, const ImportOptions& options, const Act& act);

/// A signed empty delivery (零报告) of a division for a month's period.
Answer import_empty(const Stores& stores, const plan::Model& model, const std::string& ledger,
                    base::Month month, const std::string& division,
                    const std::optional<base::Date>& arrived, const Act& act);

/// Reads the open held rows of a batch again, as a batch of their own that is added to it; those
/// that are taken are settled. Where none is, nothing changes.
/// @throws Failure (input) when there is no such batch, it is withdrawn, it holds nothing, or it is
/// a list that a newer one has replaced.
Answer retry(const Stores& stores, const plan::Model& model, const std::string& batch,
             const Act& act);

/// Takes a batch out of what counts, from now on, and what was added to it of the rows that it
/// held: they are one delivery. Gives the batches that went with it.
/// @throws Failure (input) as lake::withdraw.
std::vector<std::string> withdraw(const Stores& stores, const std::string& batch, const Act& act);

}  // namespace zs::intake
