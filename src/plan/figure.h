#pragma once

#include <string>

namespace zs::plan {

/// A figure that a pack writes with a point, with all its digits and no exponent: 0.0000001.
std::string figure_text(double figure);

}  // namespace zs::plan
