#pragma once

#include "engine/connection.h"
#include "plan/model.h"

namespace zs::run {

/// Makes the tables that compiled statements read (`in_LEDGER`, `in_division`, `in_delivered`,
/// `in_subject_delivered`, `in_exempted`, `in_user`) and fills them from a dataset: for examples
/// and tests.
void load(engine::Connection& connection, const plan::Model& model, const plan::Dataset& dataset);

/// The tables besides the ledgers', empty but for the divisions.
void load_divisions(engine::Connection& connection, const plan::Model& model,
                    const std::vector<plan::Division>& divisions, base::Month month);
void load_deliveries(engine::Connection& connection, const std::vector<plan::Delivered>& delivered,
                     const std::vector<plan::SubjectDelivered>& subject_delivered);
void load_exemptions(engine::Connection& connection, const std::vector<plan::Exempted>& exempted);

/// `create table` of a ledger's columns, as the compiler reads them.
std::string ledger_columns(const plan::Ledger& ledger);

}  // namespace zs::run
