#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/decimal.h"
#include "base/month.h"
#include "engine/connection.h"

namespace zs::engine {

/// Fills a table in bulk, value by value, in the order of its columns. What was added is in the
/// table after `close`; an appender that is dropped without it leaves what it has flushed. The
/// connection must outlive it. Failures as in Connection.
class Appender {
public:
    Appender(Connection& connection, const std::string& table);
    ~Appender();
    Appender(Appender&&) noexcept;
    Appender& operator=(Appender&&) noexcept;

    Appender& text(std::string_view value);
    Appender& integer(std::int64_t value);
    Appender& decimal(const base::Decimal& value);  ///< the column's scale must hold its digits
    Appender& floating(double value);
    Appender& date(base::Date value);
    Appender& boolean(bool value);
    Appender& null();
    void end_row();
    void close();

private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace zs::engine
