#include "compile/dialect.h"

#include <fmt/format.h>

#include "compile/sql.h"

namespace zs::compile {

std::string DuckDbDialect::name() const { return "duckdb"; }

std::string DuckDbDialect::create_table(const std::string& table, const std::string& select) const {
    return fmt::format("create or replace table {} as\n{}", quoted(table), select);
}

std::string DuckDbDialect::create_view(const std::string& view, const std::string& select) const {
    return fmt::format("create or replace temporary view {} as\n{}", quoted(view), select);
}

std::string DuckDbDialect::one_of(const std::string& text,
                                  const std::vector<std::string>& texts) const {
    std::vector<std::string> literals;
    for (const std::string& one : texts) literals.push_back(text_literal(one));
    return fmt::format("cast({} as enum({}))", text, joined(literals, ", "));
}

std::string DuckDbDialect::joined_in_order(const std::string& text,
                                           const std::string& condition) const {
    return fmt::format("string_agg({0}, chr(10) order by {0}) filter (where {1})", text, condition);
}

std::string DuckDbDialect::longest_ones(const std::string& binary_text) const {
    return fmt::format(
        "cast(list_max(list_transform(string_split({}, '0'), lambda x: length(x))) as bigint)",
        binary_text);
}

std::string DuckDbDialect::binary_digits(const std::string& bigint) const {
    return fmt::format("lpad(bin({}), 63, '0')", bigint);
}

std::string DuckDbDialect::failure(const std::string& message, const std::string& type) const {
    return fmt::format("cast(error({}) as {})", text_literal(message), type);
}

std::string DuckDbDialect::failure_at(const std::string& message, const std::string& text,
                                      const std::string& type) const {
    return fmt::format("cast(error({} || {}) as {})", text_literal(message), text, type);
}

std::string DuckDbDialect::sorted_list(const std::string& value,
                                       const std::string& condition) const {
    return fmt::format("list({0} order by {0}) filter (where {1})", value, condition);
}

// In whole units, which are exact: Σ(2i − n − 1)·x is never below 0 over x ascending, so that what
// is added to it rounds half away from zero.
std::string DuckDbDialect::gini(const std::string& list) const {
    const std::string weighted = fmt::format(
        "cast(list_sum(list_transform({0}, lambda x, i: cast((2 * i - length({0}) - 1) as "
        "decimal(18,0)) * x)) * 1000000 as hugeint)",
        list);
    const std::string whole =
        fmt::format("cast(length({0}) * list_sum({0}) * 1000000 as hugeint)", list);
    const std::string below = "\"#whole\"";
    return with_value(
        below, whole,
        fmt::format("cast(cast(case when {1} <> 0 then sign({1}) * ((2000000 * {0} + abs({1})) // "
                    "(2 * abs({1}))) end as decimal(18,0)) * 0.000001 as decimal(18,6))",
                    weighted, below));
}

std::string DuckDbDialect::double_text(const std::string& number) const {
    return fmt::format("cast({} as string)", number);
}

std::string DuckDbDialect::add_months(const std::string& date, const std::string& months) const {
    return fmt::format("cast({} + to_months(cast({} as int)) as date)", date, months);
}

std::string DuckDbDialect::with_value(const std::string& name, const std::string& value,
                                      const std::string& body) const {
    return fmt::format("list_extract(list_transform([{}], lambda {}: {}), 1)", value, name, body);
}

}  // namespace zs::compile
