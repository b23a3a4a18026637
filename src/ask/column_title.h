#pragma once

#include <string>

#include "compile/program.h"
#include "plan/model.h"

namespace zs::ask {

/// The title of the feature that a column holds, with its code's; empty where it has none, or where
/// the column is another reading of it (`x.known`), which its name tells.
std::string title_of(const plan::Model& model, const compile::WideColumn& column);

}  // namespace zs::ask
