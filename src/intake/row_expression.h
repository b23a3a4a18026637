#pragma once

#include <optional>
#include <string>
#include <vector>

#include "plan/model.h"

namespace zs::intake {

/// One row as its checks see it.
struct RowValues {
    const plan::Model& model;
    const plan::Ledger& ledger;
    const std::vector<plan::Value>& values;  ///< of the ledger's fields, in their order
    std::optional<base::Month> month = {};   ///< the run's; parameters are those in force in it
    std::string division = {};               ///< where parameters are read; empty: everywhere
};

/// The value of an expression over one row, three-valued. What needs more than the row, the month
/// and the parameters (dots to other grains), and what is too large for its type, is NULL: a check
/// that is NULL passes.
plan::Value evaluated(const plan::Expression& expression, const RowValues& row);

/// A check's sentence over one row; a token is not shown.
std::string sentence(const std::vector<plan::SayPart>& parts, const RowValues& row);

}  // namespace zs::intake
