#pragma once

#include <string>
#include <vector>

#include "plan/number.h"

namespace zs::plan {

/// A function or operator of PACK.md 4 over values (all but `case`, which chooses what is looked
/// at): three-valued truth, comparisons, dates, month sets, code sets, numbers, text. `day` is
/// run.day; `type` is the type that the call gives.
Calculated called(const std::string& name, const std::vector<Value>& operands, const Type& type,
                  base::Date day);

/// Whether `text` is like `pattern`: `%` any characters, `_` one character.
bool is_like(const std::string& text, const std::string& pattern);

}  // namespace zs::plan
