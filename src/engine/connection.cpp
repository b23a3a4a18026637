#include "engine/connection.h"

#include <fmt/format.h>

#include "engine/chunk.h"
#include "engine/handles.h"

namespace zs::engine {

namespace {

struct Config {
    duckdb_config config = nullptr;
    Config() {
        ZS_INVARIANT(duckdb_create_config(&config) == DuckDBSuccess,
                     "the engine gives a configuration");
    }
    Config(const Config&) = delete;
    Config& operator=(const Config&) = delete;
    ~Config() { duckdb_destroy_config(&config); }
    void set(const char* name, const std::string& value) {
        if (duckdb_set_config(config, name, value.c_str()) != DuckDBSuccess)
            throw base::Failure(base::Fault::input,
                                base::said("引擎不认“{}”作 {}",
                                           "the engine does not take '{}' for {}", value, name),
                                "",
                                base::said("内存写成 4GB，线程写成 1 以上的数",
                                           "write memory as 4GB, threads as a number from 1"));
    }
};

struct Prepared {
    duckdb_prepared_statement statement = nullptr;
    Prepared() = default;
    Prepared(const Prepared&) = delete;
    Prepared& operator=(const Prepared&) = delete;
    ~Prepared() { duckdb_destroy_prepare(&statement); }
};

struct Pending {
    duckdb_pending_result pending = nullptr;
    Pending() = default;
    Pending(const Pending&) = delete;
    Pending& operator=(const Pending&) = delete;
    ~Pending() { duckdb_destroy_pending(&pending); }
};

struct Chunk {
    duckdb_data_chunk chunk;
    explicit Chunk(duckdb_data_chunk fetched) : chunk(fetched) {}
    Chunk(const Chunk&) = delete;
    Chunk& operator=(const Chunk&) = delete;
    ~Chunk() { duckdb_destroy_data_chunk(&chunk); }
};

std::shared_ptr<OpenDatabase> opened(const Settings& settings) {
    Config config;
    config.set("memory_limit", settings.memory);
    config.set("threads", std::to_string(settings.threads));
    config.set("temp_directory", settings.temporary.string());
    config.set("preserve_insertion_order", settings.keep_order ? "true" : "false");
    config.set("autoinstall_known_extensions", "false");
    config.set("autoload_known_extensions", "false");
    auto database = std::make_shared<OpenDatabase>();
    char* error = nullptr;
    const std::string path = settings.database.empty() ? ":memory:" : settings.database.string();
    if (duckdb_open_ext(path.c_str(), &database->database, config.config, &error) !=
        DuckDBSuccess) {
        const std::string said = error == nullptr ? "" : error;
        duckdb_free(error);
        fail(DUCKDB_ERROR_CONNECTION, said.c_str());
    }
    return database;
}

std::unique_ptr<Handles> connected(std::shared_ptr<OpenDatabase> database) {
    auto handles = std::make_unique<Handles>();
    handles->database = std::move(database);
    if (duckdb_connect(handles->database->database, &handles->connection) != DuckDBSuccess)
        fail(DUCKDB_ERROR_CONNECTION, "no connection to the open database");
    return handles;
}

void start(duckdb_connection connection, const std::string& sql, Prepared& prepared,
           Result& result) {
    if (duckdb_prepare(connection, sql.c_str(), &prepared.statement) != DuckDBSuccess)
        fail(DUCKDB_ERROR_INVALID, duckdb_prepare_error(prepared.statement));
    Pending pending;
    if (duckdb_pending_prepared_streaming(prepared.statement, &pending.pending) != DuckDBSuccess)
        fail(DUCKDB_ERROR_INVALID, duckdb_pending_error(pending.pending));
    if (duckdb_execute_pending(pending.pending, &result.result) != DuckDBSuccess)
        fail(duckdb_result_error_type(&result.result), duckdb_result_error(&result.result));
}

void hand_over(duckdb_data_chunk chunk, const std::vector<ColumnType>& types,
               const std::function<void(const std::vector<Cell>&)>& row) {
    std::vector<ColumnReader> readers;
    for (idx_t i = 0; i < types.size(); ++i)
        readers.emplace_back(types[i], duckdb_data_chunk_get_vector(chunk, i));
    std::vector<Cell> cells(types.size());
    for (idx_t at = 0; at < duckdb_data_chunk_get_size(chunk); ++at) {
        for (std::size_t i = 0; i < types.size(); ++i) cells[i] = readers[i].cell(at);
        row(cells);
    }
}

}  // namespace

std::string quoted(std::string_view name) {
    std::string result = "\"";
    for (const char letter : name) {
        if (letter == '"') result += '"';
        result += letter;
    }
    return result + '"';
}

std::string literal(std::string_view text) {
    ZS_INVARIANT(text.find('\0') == std::string_view::npos,
                 "a text in a statement holds no zero byte");
    std::string result = "'";
    for (const char letter : text) {
        if (letter == '\'') result += '\'';
        result += letter;
    }
    return result + '\'';
}

std::string library_version() { return duckdb_library_version(); }

Connection::Connection(std::unique_ptr<Handles> handles) : handles_(std::move(handles)) {}
Connection::Connection(Connection&&) noexcept = default;
Connection& Connection::operator=(Connection&&) noexcept = default;
Connection::~Connection() = default;

Connection Connection::open(const Settings& settings) {
    Connection connection(connected(opened(settings)));
    // The longest chain that a pack may write is deeper than the engine's own limit.
    connection.execute("set max_expression_depth to 10000");
    if (settings.progress)
        connection.execute("set enable_progress_bar = true; set enable_progress_bar_print = false");
    return connection;
}

Connection Connection::beside() const { return Connection(connected(handles_->database)); }

void Connection::execute(const std::string& sql) {
    Result result;
    if (duckdb_query(handles_->connection, sql.c_str(), &result.result) != DuckDBSuccess)
        fail(duckdb_result_error_type(&result.result), duckdb_result_error(&result.result));
}

Rows Connection::query(const std::string& sql) {
    Rows rows;
    rows.names = stream(sql, [&](const std::vector<Cell>& cells) { rows.cells.push_back(cells); });
    return rows;
}

Cell Connection::value(const std::string& sql) {
    const Rows rows = query(sql);
    ZS_INVARIANT(rows.cells.size() == 1 && rows.names.size() == 1, "the statement gives one value");
    return rows.cells.front().front();
}

std::vector<std::string> Connection::stream(
    const std::string& sql, const std::function<void(const std::vector<Cell>&)>& row) {
    Prepared prepared;
    Result result;
    start(handles_->connection, sql, prepared, result);
    const std::vector<ColumnType> types = column_types(result.result);
    std::vector<std::string> names;
    for (idx_t i = 0; i < types.size(); ++i)
        names.emplace_back(duckdb_column_name(&result.result, i));
    while (duckdb_data_chunk fetched = duckdb_fetch_chunk(result.result)) {
        const Chunk chunk(fetched);
        if (duckdb_data_chunk_get_size(chunk.chunk) == 0) break;
        hand_over(chunk.chunk, types, row);
    }
    // A streaming result fails while it is fetched: the chunk is missing and the error is in the
    // result.
    if (const char* error = duckdb_result_error(&result.result); error != nullptr && *error != '\0')
        fail(duckdb_result_error_type(&result.result), error);
    return names;
}

std::optional<std::string> Connection::bind_error(const std::string& sql) {
    Prepared prepared;
    if (duckdb_prepare(handles_->connection, sql.c_str(), &prepared.statement) == DuckDBSuccess)
        return std::nullopt;
    return shortened(duckdb_prepare_error(prepared.statement));
}

void Connection::interrupt() { duckdb_interrupt(handles_->connection); }

double Connection::progress() const {
    return duckdb_query_progress(handles_->connection).percentage;
}

}  // namespace zs::engine
