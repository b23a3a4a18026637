#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "plan/model.h"

namespace zs::ask {

/// Rows that a feature's `where` neither took nor ruled out, by what was read and by reason.
struct LeftOut {
    std::string reads;  ///< a ledger, or a grain whose subjects are read
    /// Fields of the row that the condition asks for and that were empty; none where it rests on
    /// more than the row's own fields.
    std::vector<std::string> empty_fields;
    std::int64_t rows = 0;  ///< of the one feature and window that has the most
};

/// Groups what a run left out by feature (`plan::Outcome::left_out`), most rows first.
std::vector<LeftOut> left_out(const plan::Model& model,
                              const std::map<std::string, std::int64_t>& by_feature);

}  // namespace zs::ask
