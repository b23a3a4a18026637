#pragma once

#include <memory>
#include <string>

#include <duckdb.h>

#include "engine/connection.h"

namespace zs::engine {

/// The database is open as long as one of its connections is.
struct OpenDatabase {
    duckdb_database database = nullptr;
    ~OpenDatabase() { duckdb_close(&database); }
};

struct Handles {
    /// Shared: connections beside each other keep their database open.
    std::shared_ptr<OpenDatabase> database;
    duckdb_connection connection = nullptr;
    ~Handles() { duckdb_disconnect(&connection); }
};

/// Owns a result.
struct Result {
    duckdb_result result{};
    Result() = default;
    Result(const Result&) = delete;
    Result& operator=(const Result&) = delete;
    ~Result() { duckdb_destroy_result(&result); }
};

/// Throws what the engine said, as an EngineFailure.
[[noreturn]] void fail(duckdb_error_type type, const char* message);

/// The engine's first line, without its `Binder Error:` prefix and its picture of the statement.
std::string shortened(const char* message);

}  // namespace zs::engine
