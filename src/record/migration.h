#pragma once

#include <string>
#include <vector>

#include "record/connection.h"

namespace zs::record {

/// One step of the record's form: forward only, never edited after a release.
struct Migration {
    int number = 0;
    std::string name;  ///< `0001_batches`
    std::string sql;   ///< statements, each ended by `;` at a line's end
};

/// All that this program knows, by number.
const std::vector<Migration>& migrations();

/// Brings the record to the form this program knows, in one transaction; where it has that form,
/// nothing is written and nobody is waited for.
/// @throws Failure (input) when a newer program has written it.
void migrate(Connection& connection);

}  // namespace zs::record
