#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/failure.h"

namespace zs::engine {

/// How a database is opened. No setting of the machine or the user changes a result.
struct Settings {
    std::filesystem::path database;  ///< empty: in memory
    std::string memory = "4GB";      ///< beyond it the engine spills to `temporary`
    int threads = 2;
    std::filesystem::path temporary;  ///< folder to spill to; empty: no spilling
    bool progress = false;            ///< keeps count for `progress()`; costs a little
    bool keep_order = true;  ///< rows without `order by` come as inserted (takes more memory)
};

/// One value as text: decimals with all their digits, dates `2024-09-30`, doubles in their shortest
/// round-trip form, booleans true or false. Nothing is NULL.
using Cell = std::optional<std::string>;

/// A result, whole in memory.
struct Rows {
    std::vector<std::string> names;
    std::vector<std::vector<Cell>> cells;
};

/// A name as a statement takes it: `"name"`.
std::string quoted(std::string_view name);
/// A text literal: `'text'`.
std::string literal(std::string_view text);
/// The engine's own version, `v1.5.5`.
std::string library_version();

struct Handles;

/// One connection to one DuckDB database. Never reaches the network, never installs an extension.
/// Not to be used by two threads at once, but for `interrupt` and `progress`.
/// Every call throws EngineFailure (system) when the engine fails; its words on one line.
class Connection {
public:
    static Connection open(const Settings& settings);
    Connection(Connection&&) noexcept;
    Connection& operator=(Connection&&) noexcept;
    ~Connection();

    /// A further connection to the same database: it sees the same tables, not the temporary ones.
    Connection beside() const;

    /// Runs one or several statements; what they give is dropped.
    void execute(const std::string& sql);
    /// Runs one statement and keeps its result in memory.
    Rows query(const std::string& sql);
    /// The one value of a result of one row and one column.
    Cell value(const std::string& sql);
    /// Runs one statement and hands over its rows as they come, in bounded memory.
    /// @return the names of the columns.
    std::vector<std::string> stream(const std::string& sql,
                                    const std::function<void(const std::vector<Cell>&)>& row);

    /// What the engine says against the statement, without running it; nothing if it binds.
    std::optional<std::string> bind_error(const std::string& sql);

    /// Ends the statement that runs; it fails with Cause::interrupted. From any thread.
    void interrupt();
    /// Percentage of the statement that runs; -1 where unknown, or not asked for when opened. From
    /// any thread.
    double progress() const;

private:
    friend class Appender;
    explicit Connection(std::unique_ptr<Handles> handles);
    std::unique_ptr<Handles> handles_;
};

}  // namespace zs::engine
