#include "record/connection.h"

#include <charconv>

#include <fmt/format.h>
#include <soci/soci.h>
#include <soci/sqlite3/soci-sqlite3.h>

namespace zs::record {

struct Connection::State {
    soci::session session;
    bool in_transaction = false;
};

namespace {

/// Without the statement and its values, which are nobody's to see.
std::string shortened(std::string said) {
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
    if (says("disk is full") || says("disk I/O"))
        throw base::Failure(base::Fault::system,
                            base::said("业务库写不进去", "the record cannot be written"), said,
                            base::said("腾出磁盘空间", "make room on the disk"));
    if (says("readonly database") || says("unable to open"))
        throw base::Failure(
            base::Fault::system, base::said("业务库没有写的权限", "the record may not be written"),
            said,
            base::said("检查数据目录归谁、谁能写", "check who owns the home and may write to it"));
    throw base::Failure(
        base::Fault::system,
        base::said("业务库执行不了语句", "the record store could not run a statement"), said,
        base::said("请把做了什么连同这句话报给开发者", "please report it with what you did"));
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
    guarded([&] {
        const std::string place = file.string();
        // SOCI ends a value at a space unless it is in double quotes.
        state->session.open(soci::sqlite3,
                            fmt::format("db=\"{}\" timeout={}", place, timeout_seconds));
    });
    Connection connection(std::move(state));
    // Readers see what was committed last and wait for no writer.
    connection.query("pragma journal_mode = wal");
    connection.execute("pragma synchronous = full");
    connection.execute("pragma foreign_keys = on");
    return connection;
}

void Connection::only_read() { execute("pragma query_only = on"); }

std::int64_t Connection::changes_of_others() { return first("pragma data_version")->integer(0); }

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
    connection_->execute("commit");
    connection_->state_->in_transaction = false;
    connection_ = nullptr;
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
