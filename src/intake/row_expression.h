#pragma once

#include <string>
#include <vector>

#include "plan/model.h"

namespace zs::intake {

/// One row as its checks see it: the ledger's fields, in their order.
struct RowValues {
    const plan::Model& model;
    const plan::Ledger& ledger;
    const std::vector<plan::Value>& values;
};

/// The value of an expression over one row, three-valued. What needs more than the row (dots to
/// other grains, parameters, the run) is NULL: a check that is NULL passes.
plan::Value evaluated(const plan::Expression& expression, const RowValues& row);

/// A check's sentence over one row: codes by their title, NULL as 未知.
std::string sentence(const std::vector<plan::SayPart>& parts, const RowValues& row);

}  // namespace zs::intake
