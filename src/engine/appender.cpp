#include "engine/appender.h"

#include "engine/handles.h"

namespace zs::engine {

struct Appender::State {
    duckdb_appender appender = nullptr;
    ~State() {
        if (appender != nullptr) duckdb_appender_destroy(&appender);
    }
    void check(duckdb_state state) const {
        if (state == DuckDBSuccess) return;
        duckdb_error_data error = duckdb_appender_error_data(appender);
        const duckdb_error_type type = duckdb_error_data_error_type(error);
        const char* said = duckdb_error_data_message(error);
        const std::string message = said == nullptr ? "" : said;
        duckdb_destroy_error_data(&error);
        fail(type, message.c_str());
    }
};

Appender::Appender(Connection& connection, const std::string& table)
    : state_(std::make_unique<State>()) {
    if (duckdb_appender_create(connection.handles_->connection, nullptr, table.c_str(),
                               &state_->appender) != DuckDBSuccess)
        state_->check(DuckDBError);
}
Appender::~Appender() = default;
Appender::Appender(Appender&&) noexcept = default;
Appender& Appender::operator=(Appender&&) noexcept = default;

Appender& Appender::text(std::string_view value) {
    state_->check(duckdb_append_varchar_length(state_->appender, value.data(), value.size()));
    return *this;
}

Appender& Appender::integer(std::int64_t value) {
    state_->check(duckdb_append_int64(state_->appender, value));
    return *this;
}

Appender& Appender::decimal(const base::Decimal& value) { return text(base::text(value)); }

Appender& Appender::floating(double value) {
    state_->check(duckdb_append_double(state_->appender, value));
    return *this;
}

Appender& Appender::date(base::Date value) {
    state_->check(duckdb_append_date(state_->appender, duckdb_date{value.days}));
    return *this;
}

Appender& Appender::boolean(bool value) {
    state_->check(duckdb_append_bool(state_->appender, value));
    return *this;
}

Appender& Appender::null() {
    state_->check(duckdb_append_null(state_->appender));
    return *this;
}

void Appender::end_row() { state_->check(duckdb_appender_end_row(state_->appender)); }

void Appender::close() { state_->check(duckdb_appender_close(state_->appender)); }

}  // namespace zs::engine
