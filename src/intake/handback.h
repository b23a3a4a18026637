#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "intake/intake.h"

namespace zs::intake {

/// Batches with held rows, in the order of acceptance.
std::vector<std::string> batches_with_held(record::Connection& record);

/// Gives a batch's held rows back to who sent them: their own columns, then the line in their file
/// and the reasons; .xlsx by its name, with the cells at fault marked, else CSV (`bom`: with what Excel knows UTF-8 by). The file holds
/// identity: only its owner may read it.
/// @throws Failure (input) when the batch is not there or holds nothing.
std::int64_t export_held(const Stores& stores, const plan::Model& model, const std::string& batch,
                         const std::filesystem::path& file, const Act& act, bool bom = false);

/// The workbook to fill in for a ledger: a column a field (a star where it is required), drop-downs
/// of code lists, and a row for each subject in force in the division, its key and period filled
/// in; gives how many.
/// @throws Failure (input) for an unknown ledger or division.
std::int64_t write_template(const Stores& stores, const plan::Model& model,
                            const std::string& ledger, const std::string& division,
                            std::optional<base::Month> month, const std::filesystem::path& file);

}  // namespace zs::intake
