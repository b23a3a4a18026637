#include "record/connection.h"

#include <charconv>
#include <string_view>

#include <fmt/format.h>
#include <soci/soci.h>
#include <soci/sqlite3/soci-sqlite3.h>
#include <unistd.h>

namespace zs::record {

struct Connection::State {
    soci::session session;
    bool in_transaction = false;
    std::function<void(Connection&)> after_commit;
};

namespace {

/// Without the library's own names, and without the statement and its values, which are nobody's to
/// see.
std::string shortened(std::string said) {
    constexpr std::string_view backend = "sqlite3_", separator = ": ";
    if (said.starts_with(backend))
        if (const auto end = said.find(separator); end != std::string::npos)
            said.erase(0, end + separator.size());
    for (const char* statement : {" while executing ", " while preparing "})
        if (const auto begin = said.find(statement); begin != std::string::npos) said.resize(begin);
    return said;
}

[[noreturn]] void fail(const std::exception& error) {
    const std::string said = shortened(error.what());
    const auto says = [&](const char* words) { return said.find(words) != std::string::npos; };
    if (says("database is locked") || says("busy"))
        throw base::Failure(
            base::Fault::system,
            base::said("业务库被别的程序锁着", "the record is locked by another program"),
            "record.db",
            base::said("等另一条命令做完再试",
                       "wait until the other command has ended, then try again"));
    if (says("malformed") || says("not a database") || says("unsupported file format"))
        throw base::Failure(base::Fault::system,
                            base::said("业务库文件损坏", "the record is damaged"), "record.db",
                            base::said("用备份恢复数据目录", "restore the home from a backup"));
    if (says("disk is full") || says("disk I/O"))
        throw base::Failure(base::Fault::system,
                            base::said("业务库读写不了", "the record cannot be read or written"),
                            "record.db",
                            base::said("腾出磁盘空间；空间够的话，用备份恢复数据目录",
                                       "make room on the disk; where there is room, restore the "
                                       "home from a backup"));
    if (says("readonly database") || says("unable to open"))
        throw base::Failure(
            base::Fault::system, base::said("业务库没有写的权限", "the record may not be written"),
            "record.db",
            base::said("检查数据目录归谁、谁能写", "check who owns the home and may write to it"));
    throw base::Unexplained(
        base::said("业务库执行不了语句", "the record store could not run a statement"), said);
}

/// How the store takes a file that may not be written. Beside such a file it could not keep its
/// journal's index, so it is told that nobody changes the file; where a journal lies there, whoever
/// may write is at work or was stopped, and what the journal holds counts too.
std::string reading_only(const std::filesystem::path& file) {
    std::error_code ignored;
    std::filesystem::path journal = file;
    journal += "-wal";
    if (std::filesystem::file_size(journal, ignored) > 0 && !ignored)
        return fmt::format("db=\"{}\" readonly=true", file.string());
    std::string uri = "file:";
    for (const char letter : std::filesystem::absolute(file).string()) {
        const bool special = letter == '%' || letter == '?' || letter == '#';
        uri += special ? fmt::format("%{:02X}", static_cast<unsigned>(letter))
                       : std::string(1, letter);
    }
    return fmt::format("db=\"{}?immutable=1\" readonly=true", uri);
}

bool may_write(const std::filesystem::path& file) {
    const std::filesystem::path folder = file.has_parent_path() ? file.parent_path() : ".";
    return ::access(folder.c_str(), W_OK) == 0 &&
           (!std::filesystem::exists(file) || ::access(file.c_str(), W_OK) == 0);
}

/// What SOCI throws becomes a Failure, here and nowhere else.
template <typename Work>
auto guarded(Work&& work) {
    try {
        return work();
    } catch (const soci::soci_error& error) {
        fail(error);
    }
}

/// Values bound to a statement: SOCI keeps references to them, so they stay where they are.
struct Bound {
    std::vector<std::string> texts;
    std::vector<soci::indicator> indicators;

    explicit Bound(std::size_t count) : texts(count), indicators(count, soci::i_null) {}
    void set(const Cells& values) {
        ZS_INVARIANT(values.size() == texts.size(), "a statement gets as many values as it names");
        for (std::size_t i = 0; i < values.size(); ++i) {
            texts[i] = values[i].value_or("");
            indicators[i] = values[i] ? soci::i_ok : soci::i_null;
        }
    }
    void attach(soci::statement& statement) {
        for (std::size_t i = 0; i < texts.size(); ++i)
            statement.exchange(soci::use(texts[i], indicators[i]));
    }
};

Cell cell_of(const soci::row& row, std::size_t column) {
    if (row.get_indicator(column) == soci::i_null) return std::nullopt;
    switch (row.get_properties(column).get_data_type()) {
        case soci::dt_string:
        case soci::dt_xml:
            return row.get<std::string>(column);
        case soci::dt_integer:
            return std::to_string(row.get<int>(column));
        case soci::dt_long_long:
            return std::to_string(row.get<long long>(column));
        case soci::dt_unsigned_long_long:
            return std::to_string(row.get<unsigned long long>(column));
        case soci::dt_double:
            return fmt::format("{}", row.get<double>(column));
        default:
            break;
    }
    ZS_INVARIANT(false, "the record holds texts and whole numbers only");
    return std::nullopt;
}

Row row_of(const soci::row& fetched) {
    Row row;
    for (std::size_t i = 0; i < fetched.size(); ++i) row.cells.push_back(cell_of(fetched, i));
    return row;
}

}  // namespace

const std::string& Row::text(std::size_t column) const {
    ZS_INVARIANT(cells.at(column).has_value(), "a column read as text is not NULL");
    return *cells[column];
}

std::string Row::text_or_empty(std::size_t column) const { return cells.at(column).value_or(""); }

std::int64_t Row::integer(std::size_t column) const {
    const std::string& written = text(column);
    std::int64_t value = 0;
    const auto [end, error] =
        std::from_chars(written.data(), written.data() + written.size(), value);
    ZS_INVARIANT(error == std::errc() && end == written.data() + written.size(),
                 "a column read as a number is one");
    return value;
}

std::optional<std::int64_t> Row::integer_or_null(std::size_t column) const {
    if (is_null(column)) return std::nullopt;
    return integer(column);
}

Connection::Connection(std::unique_ptr<State> state) : state_(std::move(state)) {}
Connection::Connection(Connection&&) noexcept = default;
Connection& Connection::operator=(Connection&&) noexcept = default;
Connection::~Connection() = default;

Connection Connection::open(const std::filesystem::path& file) {
    auto state = std::make_unique<State>();
    constexpr int timeout_seconds = 30;
    const bool writes = may_write(file);
    guarded([&] {
        // SOCI ends a value at a space unless it is in double quotes.
        state->session.open(
            soci::sqlite3,
            fmt::format("{} timeout={}",
                        writes ? fmt::format("db=\"{}\"", file.string()) : reading_only(file),
                        timeout_seconds));
    });
    Connection connection(std::move(state));
    if (!writes) return connection;
    // Readers see what was committed last and wait for no writer.
    connection.query("pragma journal_mode = wal");
    connection.execute("pragma synchronous = full");
    connection.execute("pragma foreign_keys = on");
    return connection;
}

void Connection::only_read() { execute("pragma query_only = on"); }

std::int64_t Connection::changes_of_others() { return first("pragma data_version")->integer(0); }

void Connection::after_commit(std::function<void(Connection&)> act) {
    state_->after_commit = std::move(act);
}

std::optional<std::string> Connection::damage() {
    const std::string found = first("pragma quick_check(1)")->text(0);
    return found == "ok" ? std::nullopt : std::optional(found);
}

void Connection::execute(const std::string& sql, const Cells& values) {
    guarded([&] {
        Bound bound(values.size());
        bound.set(values);
        soci::statement statement(state_->session);
        bound.attach(statement);
        statement.alloc();
        statement.prepare(sql);
        statement.define_and_bind();
        statement.execute(true);
    });
}

void Connection::each(const std::string& sql, const Cells& values,
                      const std::function<void(const Row&)>& row) {
    guarded([&] {
        Bound bound(values.size());
        bound.set(values);
        soci::row fetched;
        soci::statement statement(state_->session);
        bound.attach(statement);
        statement.exchange(soci::into(fetched));
        statement.alloc();
        statement.prepare(sql);
        statement.define_and_bind();
        statement.execute(false);
        while (statement.fetch()) row(row_of(fetched));
    });
}

std::vector<Row> Connection::query(const std::string& sql, const Cells& values) {
    std::vector<Row> rows;
    each(sql, values, [&](const Row& row) { rows.push_back(row); });
    return rows;
}

std::optional<Row> Connection::first(const std::string& sql, const Cells& values) {
    std::vector<Row> rows = query(sql, values);
    if (rows.empty()) return std::nullopt;
    return std::move(rows.front());
}

struct Statement::State {
    Bound bound;
    soci::statement statement;
    State(soci::session& session, std::size_t values) : bound(values), statement(session) {}
};

Statement::Statement(std::unique_ptr<State> state) : state_(std::move(state)) {}
Statement::Statement(Statement&&) noexcept = default;
Statement& Statement::operator=(Statement&&) noexcept = default;
Statement::~Statement() = default;

Statement Connection::prepare(const std::string& sql, std::size_t values) {
    auto state = std::make_unique<Statement::State>(state_->session, values);
    guarded([&] {
        state->bound.attach(state->statement);
        state->statement.alloc();
        state->statement.prepare(sql, soci::details::st_repeatable_query);
        state->statement.define_and_bind();
    });
    return Statement(std::move(state));
}

void Statement::run(const Cells& values) {
    guarded([&] {
        state_->bound.set(values);
        state_->statement.execute(true);
    });
}

struct Lookup::State {
    Bound bound;
    std::vector<std::string> texts;
    std::vector<soci::indicator> indicators;
    soci::statement statement;
    State(soci::session& session, std::size_t values, std::size_t columns)
        : bound(values), texts(columns), indicators(columns, soci::i_null), statement(session) {}
};

Lookup::Lookup(std::unique_ptr<State> state) : state_(std::move(state)) {}
Lookup::Lookup(Lookup&&) noexcept = default;
Lookup& Lookup::operator=(Lookup&&) noexcept = default;
Lookup::~Lookup() = default;

Lookup Connection::prepare_lookup(const std::string& sql, std::size_t values, std::size_t columns) {
    auto state = std::make_unique<Lookup::State>(state_->session, values, columns);
    guarded([&] {
        state->bound.attach(state->statement);
        for (std::size_t i = 0; i < columns; ++i)
            state->statement.exchange(soci::into(state->texts[i], state->indicators[i]));
        state->statement.alloc();
        state->statement.prepare(sql, soci::details::st_repeatable_query);
        state->statement.define_and_bind();
    });
    return Lookup(std::move(state));
}

std::optional<Row> Lookup::first(const Cells& values) {
    return guarded([&]() -> std::optional<Row> {
        state_->bound.set(values);
        if (!state_->statement.execute(true)) return std::nullopt;
        Row row;
        for (std::size_t i = 0; i < state_->texts.size(); ++i)
            row.cells.push_back(state_->indicators[i] == soci::i_null ? Cell()
                                                                      : Cell(state_->texts[i]));
        return row;
    });
}

Transaction::Transaction(Connection& connection) : connection_(&connection) {
    connection.execute("begin immediate");
    connection.state_->in_transaction = true;
}

Transaction::~Transaction() {
    if (connection_ == nullptr) return;
    connection_->state_->in_transaction = false;
    try {
        connection_->execute("rollback");
    } catch (const base::Failure&) {
        // The store undoes on its own what was not committed; why we are here is already on its way
        // up.
    }
}

void Transaction::commit() {
    Connection& connection = *connection_;
    connection.execute("commit");
    connection.state_->in_transaction = false;
    connection_ = nullptr;
    if (connection.state_->after_commit) connection.state_->after_commit(connection);
}

Reading::Reading(Connection& connection) {
    if (connection.state_->in_transaction) return;
    connection.execute("begin");
    connection.state_->in_transaction = true;
    connection_ = &connection;
}

Reading::~Reading() {
    if (connection_ == nullptr) return;
    connection_->state_->in_transaction = false;
    try {
        connection_->execute("rollback");
    } catch (const base::Failure&) {
        // Nothing was changed, so nothing is lost.
    }
}

}  // namespace zs::record
