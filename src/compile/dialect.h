#pragma once

#include <string>
#include <vector>

namespace zs::compile {

/// The few places where engines differ; everything else that is emitted is the same text on all
/// (spark.md, 3 and 4). Arguments and results are SQL text.
class Dialect {
public:
    virtual ~Dialect() = default;

    virtual std::string name() const = 0;
    /// `create … table name as select`: kept until the end of the run.
    virtual std::string create_table(const std::string& table, const std::string& select) const = 0;
    /// `create … view name as select`, seen by this session.
    virtual std::string create_view(const std::string& view, const std::string& select) const = 0;
    /// A text that is one of a few, kept small in a table; it ends the run if it is none of them.
    virtual std::string one_of(const std::string& text,
                               const std::vector<std::string>& texts) const = 0;
    /// Texts of a group, in byte order, joined by a line break; NULL over none.
    virtual std::string joined_in_order(const std::string& text,
                                        const std::string& condition) const = 0;
    /// The most 1s in a row in a text of 0s and 1s.
    virtual std::string longest_ones(const std::string& binary_text) const = 0;
    /// 63 digits of 0 and 1, the highest bit first.
    virtual std::string binary_digits(const std::string& bigint) const = 0;
    /// An expression of type `type` that ends the run with a message when it is evaluated.
    virtual std::string failure(const std::string& message, const std::string& type) const = 0;
    /// The same, the message followed by a text of the row.
    virtual std::string failure_at(const std::string& message, const std::string& text,
                                   const std::string& type) const = 0;
    /// The values of a group that fulfil a condition, ascending, as a list (an aggregate).
    virtual std::string sorted_list(const std::string& value,
                                    const std::string& condition) const = 0;
    /// The Gini share (six decimals) of such a list of decimal(38,6); NULL where it is empty or
    /// sums to 0.
    virtual std::string gini(const std::string& list) const = 0;
    /// The shortest text that reads back as the same double.
    virtual std::string double_text(const std::string& number) const = 0;
    /// A day some months after a date, the end of the month kept within it.
    virtual std::string add_months(const std::string& date, const std::string& months) const = 0;
    /// `body` with a name in it (quoted) for a value that is evaluated once.
    virtual std::string with_value(const std::string& name, const std::string& value,
                                   const std::string& body) const = 0;
};

/// DuckDB 1.5.
class DuckDbDialect final : public Dialect {
public:
    std::string name() const override;
    std::string create_table(const std::string& table, const std::string& select) const override;
    std::string create_view(const std::string& view, const std::string& select) const override;
    std::string one_of(const std::string& text,
                       const std::vector<std::string>& texts) const override;
    std::string joined_in_order(const std::string& text,
                                const std::string& condition) const override;
    std::string longest_ones(const std::string& binary_text) const override;
    std::string binary_digits(const std::string& bigint) const override;
    std::string failure(const std::string& message, const std::string& type) const override;
    std::string failure_at(const std::string& message, const std::string& text,
                           const std::string& type) const override;
    std::string sorted_list(const std::string& value, const std::string& condition) const override;
    std::string gini(const std::string& list) const override;
    std::string double_text(const std::string& number) const override;
    std::string add_months(const std::string& date, const std::string& months) const override;
    std::string with_value(const std::string& name, const std::string& value,
                           const std::string& body) const override;
};

}  // namespace zs::compile
