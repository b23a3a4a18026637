#pragma once

#include <compare>
#include <optional>
#include <string>

#include "plan/value.h"

namespace zs::plan {

/// What a calculation gives: nothing where the result has more digits than its type keeps
/// (overflow); a NULL value where an operand is NULL, or where the divisor is 0.
using Calculated = std::optional<Value>;

/// `value` as a value of `type`: decimals at the type's scale, integers as decimals or doubles
/// where the type says so; other kinds as they are.
Calculated fitted(const Value& value, const Type& type);

/// `+ - * / %` of numbers (a date and days too), as ADR 1 (12) says, at the type given.
Calculated calculated(const std::string& sign, const Value& a, const Value& b, const Type& type);

/// Order of two values of one kind; numbers of mixed kinds by value (exactly, but against a double
/// as doubles), text byte by byte. Neither may be NULL.
std::partial_ordering compared(const Value& a, const Value& b);

/// The number as a double, exact ones to the nearest.
double as_double(const Value& number);
/// An integer or decimal as a decimal; a double at six digits, half away from zero.
std::optional<base::Decimal> as_decimal(const Value& number);
/// A double at `scale` digits after the point: times 10^scale, half away from zero.
std::optional<base::Decimal> rounded_double(double number, int scale);
/// The day so many days after 1970-01-01; nothing outside the years 1 to 9999.
std::optional<base::Date> day_at(std::int64_t days);
/// Has at most `digits` digits.
bool has_digits(const base::Decimal& number, int digits);

}  // namespace zs::plan
