#pragma once

#include <cstdint>

#include "lake/accept.h"

namespace zs::lake {

/// Leaves in the engine two temporary tables: `zs_superseded` (part, batch, line), the rows this
/// batch replaces, among all that count; and `zs_ended`, what is left of rows of others that hold
/// no more from its month on (columns of `all_rows`, then `piece`: 1 before the month, 2 from the
/// next list on). Gives how many rows in force were replaced.
std::int64_t work_out_replaced(engine::Connection& engine, const Sealing& sealing,
                               const Batch& batch);

}  // namespace zs::lake
