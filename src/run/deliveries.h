#pragma once

#include "engine/connection.h"
#include "lake/snapshot.h"
#include "plan/model.h"

namespace zs::run {

/// Fills `in_deliveries`: a row for each ledger, division and period owed up to the month, empty
/// until it came; rows and counts are those of the division's own batches.
void load_delivery_rows(engine::Connection& connection, const plan::Model& model,
                        const lake::Snapshot& snapshot,
                        const std::vector<plan::Division>& divisions, base::Month month);

}  // namespace zs::run
