#pragma once

namespace zs::plan {

/// The most months that a set of months spans (PACK.md, 4): the last ones up to the run's.
inline constexpr int set_months_max = 63;

}  // namespace zs::plan
