#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <variant>

#include "base/decimal.h"
#include "base/month.h"
#include "plan/type.h"

namespace zs::plan {

using MonthSet = std::set<base::Month>;
using CodeSet = std::set<std::string>;

/// One value. Text, divisions, codes, keys and tokens are strings; monostate is NULL.
using Value = std::variant<std::monostate, bool, std::int64_t, base::Decimal, double, std::string,
                           base::Date, base::Month, base::Term, MonthSet, CodeSet>;

inline bool is_null(const Value& value) { return value.index() == 0; }

/// As results print it: money with its decimals, months `2024-09`, sets joined by `;`, NULL empty.
std::string text(const Value& value);

}  // namespace zs::plan
