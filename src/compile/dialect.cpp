#include "compile/dialect.h"

#include <fmt/format.h>

#include "compile/sql.h"

namespace zs::compile {

std::string DuckDbDialect::name() const { return "duckdb"; }

std::string DuckDbDialect::create_table(const std::string& table, const std::string& select) const {
    return fmt::format("create table {} as\n{}", quoted(table), select);
}

std::string DuckDbDialect::joined_in_order(const std::string& text, const std::string& condition) const {
    return fmt::format("string_agg({0}, chr(10) order by {0}) filter (where {1})", text, condition);
}

std::string DuckDbDialect::longest_ones(const std::string& binary_text) const {
    return fmt::format("cast(list_max(list_transform(string_split({}, '0'), lambda x: length(x))) as bigint)",
                       binary_text);
}

std::string DuckDbDialect::binary_digits(const std::string& bigint) const {
    return fmt::format("lpad(bin({}), 63, '0')", bigint);
}

std::string DuckDbDialect::failure(const std::string& message, const std::string& type) const {
    return fmt::format("cast(error({}) as {})", message, type);
}

std::string DuckDbDialect::add_months(const std::string& date, const std::string& months) const {
    return fmt::format("cast({} + to_months(cast({} as int)) as date)", date, months);
}

}  // namespace zs::compile
