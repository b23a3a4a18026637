#pragma once

#include <vector>

#include "lake/snapshot.h"
#include "plan/example.h"

namespace zs::lake {

/// Adds the given figures of a batch. Within the batch's transaction.
void enter_figures(record::Connection& record, const std::string& batch,
                   const std::vector<plan::Figure>& figures,
                   const std::vector<std::string>& sources);

/// The given figures that count in the snapshot; of several for one place and label the one with
/// the highest `order` counts.
std::vector<plan::Figure> given_figures(record::Connection& record, const Snapshot& snapshot);

}  // namespace zs::lake
