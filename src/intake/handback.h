#pragma once

#include <filesystem>
#include <ostream>
#include <string>

#include "intake/intake.h"

namespace zs::intake {

/// Gives the rows that a batch still holds back to who sent them: their own columns, then the line
/// in their file, the reasons and the batch, by which they are known when they come again
/// (given_back.h); .xlsx by its name, with the cells at fault marked, else CSV (`bom`: with what
/// Excel knows UTF-8 by). The file holds identity: only its owner may read it. It is in the audit.
/// @throws Failure (input) when the batch is not there or holds nothing.
std::int64_t export_held(const Stores& stores, const plan::Model& model, const std::string& batch,
                         const std::filesystem::path& file, const Act& act, bool bom = false);

/// The same as CSV, with the codes of the reasons.
void print_held(const Stores& stores, const std::string& batch, std::ostream& out, const Act& act,
                bool bom = false);

/// `type wage; required place`.
std::string reason_codes(const HeldRow& row);

}  // namespace zs::intake
