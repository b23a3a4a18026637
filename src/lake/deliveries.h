#pragma once

#include <vector>

#include "lake/snapshot.h"
#include "plan/example.h"

namespace zs::lake {

/// Rows of the built-in ledger `deliveries`, in the order of its fields: one for each ledger, division
/// of the level that owes it and in force, and period owed from its first to the month given; empty
/// (but for `due`) until a batch of that division, or of one above it, has come. Counts are of the
/// division's own batches. A period of several months stands at its last.
std::vector<plan::Row> delivery_rows(const Snapshot& snapshot, const plan::Model& model, const std::vector<plan::Division>& divisions, base::Month until);

}  // namespace zs::lake
