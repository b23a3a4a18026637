#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "lake/accept.h"

namespace zs::lake {

/// Rows in force that a batch replaces: how many of which batch.
using Replaced = std::map<std::string, std::int64_t>;

/// Leaves in the engine two temporary tables: `zs_superseded` (part, batch, line), the rows this
/// batch replaces, among all that count; and `zs_ended`, what is left of rows of others that hold
/// no more from its month on (columns of `all_rows`, then `piece`: 1 before the month, 2 from the
/// next list on).
Replaced work_out_replaced(engine::Connection& engine, const Sealing& sealing,
                               const Batch& batch);

}  // namespace zs::lake
