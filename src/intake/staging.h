#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include "engine/appender.h"
#include "intake/row.h"
#include "lake/form.h"

namespace zs::intake {

/// Rows on their way in, in tables of a database of their own: `zs_read` (the ledger's columns as
/// they will lie in the lake, then `line`; no identity but tokens) and `zs_read_faults` (line,
/// field, code, say, warning). A key that came as an ID number stands there as `#` and its token.
class Staging {
public:
    Staging(engine::Connection& engine, const plan::Model& model, const plan::Ledger& ledger);
    void add(const ReadRow& row);
    void close();

    std::int64_t rows() const { return rows_; }
    /// Key fields in which some cell held an ID number.
    const std::set<std::string>& by_number() const { return by_number_; }
    /// Key fields in which some cell was stored as a number.
    const std::set<std::string>& numbers() const { return numbers_; }

private:
    void append(const plan::Value& value, std::size_t field, bool by_number);
    void append_fault(std::int64_t line, const Reason& reason, bool warning);

    const plan::Model& model_;
    const plan::Ledger& ledger_;
    std::vector<std::size_t> fields_;  ///< of each column
    engine::Connection beside_;        ///< two appenders, two connections
    std::unique_ptr<engine::Appender> staged_;
    std::unique_ptr<engine::Appender> faults_;
    std::int64_t rows_ = 0;
    std::set<std::string> by_number_, numbers_;
};

/// The rows as read, and their faults, anew in `zs_staged` and `zs_faults`, where they are judged.
void begin_judging(engine::Connection& engine);

/// The mask of a set of codes: bit n is the list's n-th code.
std::int64_t mask_of(const plan::CodeSet& set, const plan::CodeList& list);

}  // namespace zs::intake
