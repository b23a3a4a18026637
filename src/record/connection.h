#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/failure.h"

namespace zs::record {

/// One value as text; nothing is NULL. Whole numbers are text too: the store turns them into its
/// own.
using Cell = std::optional<std::string>;
using Cells = std::vector<Cell>;

inline Cell cell(std::int64_t value) { return std::to_string(value); }
/// A boolean, which the store keeps as 0 or 1.
inline Cell flag(bool value) { return value ? "1" : "0"; }

/// A row of a result.
struct Row {
    Cells cells;

    const std::string& text(std::size_t column) const;  ///< must not be NULL
    std::string text_or_empty(std::size_t column) const;
    std::int64_t integer(std::size_t column) const;  ///< must not be NULL
    std::optional<std::int64_t> integer_or_null(std::size_t column) const;
    bool boolean(std::size_t column) const { return integer(column) != 0; }
    bool is_null(std::size_t column) const { return !cells.at(column); }
};

class Statement;
class Lookup;

/// The record store: one connection to `record.db` (SQLite, journal ahead, every commit on the
/// disk). Values stand in statements as `:name`, each name once, and are given in that order. Every
/// call throws Failure (system) when the store fails.
class Connection {
public:
    /// Opens the file, making it if it is not there. Tables come by `migrate`. Where the file or
    /// its folder may not be written, it can be read all the same, and nothing beside it is
    /// written.
    static Connection open(const std::filesystem::path& file);
    /// Done after every commit of this connection, when what was changed is on the disk.
    void after_commit(std::function<void(Connection&)> act);
    /// From now on nothing can be changed by this connection: for commands that only ask.
    void only_read();
    /// Another number once another connection has changed anything since the number before.
    std::int64_t changes_of_others();
    Connection(Connection&&) noexcept;
    Connection& operator=(Connection&&) noexcept;
    ~Connection();

    void execute(const std::string& sql, const Cells& values = {});
    std::vector<Row> query(const std::string& sql, const Cells& values = {});
    /// The first row, or nothing.
    std::optional<Row> first(const std::string& sql, const Cells& values = {});
    /// Row by row, for what does not fit in memory.
    void each(const std::string& sql, const Cells& values,
              const std::function<void(const Row&)>& row);
    /// For many rows: parsed once, run often. The connection must outlive it.
    Statement prepare(const std::string& sql, std::size_t values);
    /// Likewise a question for the first row, of so many columns of text.
    Lookup prepare_lookup(const std::string& sql, std::size_t values, std::size_t columns);
    /// What the store finds damaged in its file; nothing where it finds nothing.
    std::optional<std::string> damage();

private:
    friend class Statement;
    friend class Lookup;
    friend class Transaction;
    friend class Reading;
    struct State;
    explicit Connection(std::unique_ptr<State> state);
    std::unique_ptr<State> state_;
};

/// A statement without a result, run once for each row of values.
class Statement {
public:
    Statement(Statement&&) noexcept;
    Statement& operator=(Statement&&) noexcept;
    ~Statement();
    void run(const Cells& values);

private:
    friend class Connection;
    struct State;
    explicit Statement(std::unique_ptr<State> state);
    std::unique_ptr<State> state_;
};

/// A question asked once for each row of values.
class Lookup {
public:
    Lookup(Lookup&&) noexcept;
    Lookup& operator=(Lookup&&) noexcept;
    ~Lookup();
    /// The first row, or nothing.
    std::optional<Row> first(const Cells& values);

private:
    friend class Connection;
    struct State;
    explicit Lookup(std::unique_ptr<State> state);
    std::unique_ptr<State> state_;
};

/// A transaction that will write: it takes the store's write lock at once. Undone unless committed.
class Transaction {
public:
    explicit Transaction(Connection& connection);
    Transaction(const Transaction&) = delete;
    Transaction& operator=(const Transaction&) = delete;
    ~Transaction();
    /// What was changed is on the disk when it returns.
    void commit();

private:
    Connection* connection_;
};

/// All that is read while it lasts is of one moment, whatever others commit meanwhile. It waits for
/// nobody and nobody waits for it. Within a transaction, or another reading, it changes nothing.
class Reading {
public:
    explicit Reading(Connection& connection);
    Reading(const Reading&) = delete;
    Reading& operator=(const Reading&) = delete;
    ~Reading();

private:
    Connection* connection_ = nullptr;
};

}  // namespace zs::record
