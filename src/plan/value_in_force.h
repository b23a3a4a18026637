#pragma once

#include <optional>
#include <string>

#include "plan/model.h"

namespace zs::plan {

/// The value of a parameter in force in a month: at the nearest division that has one, from
/// `division` (a code; empty: everywhere) upwards, then everywhere (ADR 1, 21). `item` is the code
/// of a keyed parameter, else empty; `step` the number that a scale is read at, of another 0.
/// Nothing where no value is in force; its default is not looked at.
std::optional<Value> value_in_force(const Model& model, const Parameter& parameter,
                                    std::string division, const std::string& item,
                                    const Value& step, base::Month month);

}  // namespace zs::plan
