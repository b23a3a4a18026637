#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/month.h"
#include "plan/model.h"

namespace zs::compile {

/// With these words a statement ends where a parameter has no value; parameter, month and division
/// follow.
inline constexpr char lack_words[] = "parameter without value: ";
/// With these one that calculates a day or month out of all calendars.
inline constexpr char overflow_words[] = "a day beyond the years 1 to 9999";

/// A name as every engine takes it: `"name"`.
std::string quoted(std::string_view name);
/// `alias."name"`.
std::string column(std::string_view alias, std::string_view name);
/// `'text'`.
std::string text_literal(std::string_view text);

/// The type of a column of the lake and of every statement: `decimal(18,2)`, `bigint`, `string` …
std::string sql_type(const plan::Type& type);
std::string cast(const std::string& expression, const plan::Type& type);
std::string cast(const std::string& expression, std::string_view type);

/// A double as a decimal with `scale` digits: × 10^scale, half away from zero (ADR 1, 33).
std::string double_at_scale(const std::string& number, int scale);

/// A value of that type. `first_bit_month` is the month of bit 0 of month sets.
/// A code's bit in a set of codes is its place in the list.
std::string literal(const plan::Value& value, const plan::Type& type, base::Month first_bit_month,
                    const plan::Model& model);

/// The month (an int) of a date.
std::string month_of_date(const std::string& date);
/// A field of a ledger's row at an alias; the `month` of a date ledger follows from its date.
std::string field_of_row(const plan::Ledger& ledger, const std::string& alias,
                         const std::string& field);
/// The months of one set: bit 0 is the run's month − 62, bit 62 the run's month.
base::Month first_bit_month(base::Month run_month);

std::string joined(const std::vector<std::string>& parts, std::string_view separator);

/// The view from which a run reads a ledger.
std::string input_view(const std::string& ledger);

}  // namespace zs::compile
