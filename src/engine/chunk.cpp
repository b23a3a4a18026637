#include "engine/chunk.h"

#include <fmt/format.h>

#include "base/decimal.h"
#include "base/month.h"

namespace zs::engine {

namespace {

template <typename T>
T at(const void* values, idx_t row) {
    return static_cast<const T*>(values)[row];
}

base::Wide wide(const duckdb_hugeint& value) {
    return static_cast<base::Wide>(value.upper) * (static_cast<base::Wide>(1) << 64) +
           static_cast<base::Wide>(value.lower);
}

base::Wide whole_number(duckdb_type type, const void* values, idx_t row) {
    switch (type) {
        case DUCKDB_TYPE_TINYINT:
            return at<std::int8_t>(values, row);
        case DUCKDB_TYPE_SMALLINT:
            return at<std::int16_t>(values, row);
        case DUCKDB_TYPE_INTEGER:
            return at<std::int32_t>(values, row);
        case DUCKDB_TYPE_BIGINT:
            return at<std::int64_t>(values, row);
        case DUCKDB_TYPE_UTINYINT:
            return at<std::uint8_t>(values, row);
        case DUCKDB_TYPE_USMALLINT:
            return at<std::uint16_t>(values, row);
        case DUCKDB_TYPE_UINTEGER:
            return at<std::uint32_t>(values, row);
        case DUCKDB_TYPE_UBIGINT:
            return static_cast<base::Wide>(at<std::uint64_t>(values, row));
        case DUCKDB_TYPE_HUGEINT:
            return wide(at<duckdb_hugeint>(values, row));
        default:
            break;
    }
    ZS_INVARIANT(false, "only whole numbers are read as such");
    return 0;
}

std::string timestamp_text(std::int64_t micros) {
    constexpr std::int64_t day = 86'400'000'000;
    std::int64_t days = micros / day;
    std::int64_t rest = micros % day;
    if (rest < 0) rest += day, --days;
    const std::int64_t seconds = rest / 1'000'000;
    std::string text =
        fmt::format("{} {:02}:{:02}:{:02}", base::text(base::Date{static_cast<std::int32_t>(days)}),
                    seconds / 3600, seconds / 60 % 60, seconds % 60);
    if (rest % 1'000'000 != 0) text += fmt::format(".{:06}", rest % 1'000'000);
    return text;
}

std::string text_of(const void* values, idx_t row) {
    auto value = at<duckdb_string_t>(values, row);
    return {duckdb_string_t_data(&value), duckdb_string_t_length(value)};
}

ColumnType type_of(duckdb_logical_type logical) {
    ColumnType column{
        .type = duckdb_get_type_id(logical), .inner = DUCKDB_TYPE_INVALID, .scale = 0, .names = {}};
    if (column.type == DUCKDB_TYPE_DECIMAL) {
        column.inner = duckdb_decimal_internal_type(logical);
        column.scale = duckdb_decimal_scale(logical);
    }
    if (column.type == DUCKDB_TYPE_ENUM) {
        column.inner = duckdb_enum_internal_type(logical);
        for (idx_t i = 0; i < duckdb_enum_dictionary_size(logical); ++i) {
            char* name = duckdb_enum_dictionary_value(logical, i);
            column.names.emplace_back(name);
            duckdb_free(name);
        }
    }
    return column;
}

}  // namespace

std::vector<ColumnType> column_types(duckdb_result& result) {
    std::vector<ColumnType> types;
    for (idx_t i = 0; i < duckdb_column_count(&result); ++i) {
        duckdb_logical_type logical = duckdb_column_logical_type(&result, i);
        types.push_back(type_of(logical));
        duckdb_destroy_logical_type(&logical);
    }
    return types;
}

ColumnReader::ColumnReader(const ColumnType& type, duckdb_vector vector)
    : type_(type),
      values_(duckdb_vector_get_data(vector)),
      validity_(duckdb_vector_get_validity(vector)) {}

Cell ColumnReader::cell(idx_t row) const {
    if (validity_ != nullptr && !duckdb_validity_row_is_valid(validity_, row)) return std::nullopt;
    switch (type_.type) {
        case DUCKDB_TYPE_BOOLEAN:
            return at<bool>(values_, row) ? "true" : "false";
        case DUCKDB_TYPE_FLOAT:
            return base::text(static_cast<double>(at<float>(values_, row)));
        case DUCKDB_TYPE_DOUBLE:
            return base::text(at<double>(values_, row));
        case DUCKDB_TYPE_DATE:
            return base::text(base::Date{at<duckdb_date>(values_, row).days});
        case DUCKDB_TYPE_TIMESTAMP:
        case DUCKDB_TYPE_TIMESTAMP_TZ:
            return timestamp_text(at<duckdb_timestamp>(values_, row).micros);
        case DUCKDB_TYPE_TIMESTAMP_S:
            return timestamp_text(at<std::int64_t>(values_, row) * 1'000'000);
        case DUCKDB_TYPE_TIMESTAMP_MS:
            return timestamp_text(at<std::int64_t>(values_, row) * 1'000);
        case DUCKDB_TYPE_TIMESTAMP_NS:
            return timestamp_text(at<std::int64_t>(values_, row) / 1'000);
        case DUCKDB_TYPE_VARCHAR:
        case DUCKDB_TYPE_BLOB:
            return text_of(values_, row);
        case DUCKDB_TYPE_DECIMAL:
            return base::text(base::Decimal{whole_number(type_.inner, values_, row), type_.scale});
        case DUCKDB_TYPE_ENUM:
            return type_.names.at(
                static_cast<std::size_t>(whole_number(type_.inner, values_, row)));
        case DUCKDB_TYPE_SQLNULL:
            return std::nullopt;
        case DUCKDB_TYPE_TINYINT:
        case DUCKDB_TYPE_SMALLINT:
        case DUCKDB_TYPE_INTEGER:
        case DUCKDB_TYPE_BIGINT:
        case DUCKDB_TYPE_UTINYINT:
        case DUCKDB_TYPE_USMALLINT:
        case DUCKDB_TYPE_UINTEGER:
        case DUCKDB_TYPE_UBIGINT:
        case DUCKDB_TYPE_HUGEINT:
            return base::text(base::Decimal{whole_number(type_.type, values_, row), 0});
        default:
            break;
    }
    throw EngineFailure(
        EngineFailure::Cause::other,
        base::said("有一列的类型读不了", "a column has a type that is not read"),
        base::said("DuckDB 类型 {}", "DuckDB type {}", static_cast<int>(type_.type)),
        base::said("在语句里转成文本", "cast it to text in the statement"));
}

}  // namespace zs::engine
