#pragma once

#include <set>
#include <string>
#include <vector>

#include "engine/connection.h"
#include "lake/snapshot.h"
#include "plan/example.h"

namespace zs::lake {

/// A batch, the one to whose held rows it was added and so on up, and all that was added to these:
/// what came with one delivery. Of those that count.
std::set<std::string> delivery_of(const Snapshot& snapshot, const std::string& batch);

/// The batches that count and were added to a batch, or to such a one.
std::vector<std::string> added_to(const Snapshot& snapshot, const std::string& batch);

/// As much of a delivery counts as would if nothing had come after it. A list of all (`whole`) and
/// an empty delivery stand until another delivery of their period comes for a place of theirs;
/// other rows until one of them is replaced.
bool stands(engine::Connection& engine, const Snapshot& snapshot, const plan::Model& model,
            const plan::Ledger& ledger, const std::vector<plan::Division>& divisions,
            const Batch& batch);

}  // namespace zs::lake
