#pragma once

#include <cstdint>

#include "lake/accept.h"

namespace zs::lake {

/// Leaves in the engine two temporary tables: `zs_superseded` (part, batch, line), the rows this batch
/// replaces, among all that count; and `zs_ended`, rows of others that from its month on hold no
/// more, with their end (columns of `all_rows`). Gives how many rows in force were replaced.
std::int64_t work_out_replaced(engine::Connection& engine, const Sealing& sealing, const Batch& batch);

}  // namespace zs::lake
