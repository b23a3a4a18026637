#pragma once

#include <functional>
#include <string>
#include <vector>

#include "plan/model.h"

namespace zs::plan {

/// A sentence with its values put in (PACK.md, 6): codes by their titles, truths as 是 and 否,
/// months `2024-09`, money with two decimals, `{x:%}` as `12.50%`, NULL as 未知. `value_of`
/// computes the expression of a part.
std::string sentence(const Model& model, const std::vector<SayPart>& parts,
                     const std::function<Value(const Expression&)>& value_of);

}  // namespace zs::plan
