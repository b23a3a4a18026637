#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

#include "intake/intake.h"

namespace zs::intake {

/// What was written.
struct Template {
    std::int64_t subjects = 0;
    bool to_choose = false;  ///< they stand in the second sheet
};

/// Writes the workbook to fill in for a ledger: a column a field (a star where it is required),
/// drop-downs of code lists. Of the subjects in force in the division each has a row with its key
/// and period, the name masked and the village beside them, so that a person can be found. Where a
/// row by itself says something (a `whole` list of who draws; a ledger of days, to which nobody
/// need have a row) they stand in a second sheet to choose from, and the first is empty: what comes
/// back untouched says nothing.
/// @throws Failure (input) for an unknown ledger or division.
Template write_template(const Stores& stores, const plan::Model& model, const std::string& ledger,
                        const std::string& division, std::optional<base::Month> month,
                        const std::filesystem::path& file);

/// The name of a column by which a person is found; no field.
bool is_finding_column(const std::string& name);

}  // namespace zs::intake
