#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "plan/model.h"

namespace zs::ask {

/// Rows that a feature's `where` neither took nor ruled out, or that are of no subject of a coarser
/// grain, by what was read and by reason.
struct LeftOut {
    std::string reads;  ///< a ledger, or a grain whose subjects are read
    /// Fields of the row that the condition asks for, or that make the grain's key, and that were
    /// empty; none where it rests on more than the row's own fields.
    std::vector<std::string> empty_fields;
    std::int64_t rows = 0;  ///< of the one feature and window, or grain, that has the most
};

/// Groups what a run left out by feature or grain (`plan::Outcome::left_out`), most rows first.
std::vector<LeftOut> left_out(const plan::Model& model,
                              const std::map<std::string, std::int64_t>& by_name);

}  // namespace zs::ask
