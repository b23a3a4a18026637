#pragma once

#include <set>
#include <string>
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

/// What the figures of some batches are of, without their values.
std::vector<plan::Figure> figures_of(record::Connection& record,
                                     const std::set<std::string>& batches);

/// No figure of the batch was given again later, but by rows that were added to it.
bool figures_stand(record::Connection& record, const std::string& batch);

}  // namespace zs::lake
