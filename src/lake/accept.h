#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "engine/connection.h"
#include "lake/snapshot.h"
#include "plan/example.h"

namespace zs::lake {

/// What a batch is sealed from.
struct Sealing {
    const plan::Model& model;
    const plan::Ledger& ledger;
    const Snapshot& before;                        ///< what counts now
    const std::vector<plan::Division>& divisions;  ///< all of the record
    std::string
        staged;  ///< table of accepted rows: `file_columns_of`, then `line`; its key is unique
    bool adds = false;  ///< rows held before, added to a whole list: what it has stays
};

/// Works out which rows the batch replaces (PACK.md 3: `rows`, `whole`, spans), writes its parts
/// into the lake, synced, and notes them in `batch` (parts, touched, replaced, form). They count
/// once `enter` is committed; files of a command that failed before are rubbish and harm nothing.
/// In a span ledger `whole`, rows that go on keep the month since which they hold: `staged` is
/// changed.
/// @throws Failure (system) when the disk is full or the folder cannot be written.
void seal(engine::Connection& engine, const Sealing& sealing, Batch& batch);

}  // namespace zs::lake
