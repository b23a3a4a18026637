#pragma once

#include <vector>

#include <duckdb.h>

#include "engine/connection.h"

namespace zs::engine {

/// The type of one column of a result, looked up once.
struct ColumnType {
    duckdb_type type = DUCKDB_TYPE_INVALID;
    duckdb_type inner = DUCKDB_TYPE_INVALID;  ///< how a decimal or an enumeration is stored
    int scale = 0;
    std::vector<std::string> names;  ///< of an enumeration
};

std::vector<ColumnType> column_types(duckdb_result& result);

/// Values of a column in one chunk.
class ColumnReader {
public:
    ColumnReader(const ColumnType& type, duckdb_vector vector);
    Cell cell(idx_t row) const;

private:
    const ColumnType& type_;
    const void* values_;
    std::uint64_t* validity_;
};

}  // namespace zs::engine
