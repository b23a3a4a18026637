#pragma once

#include <optional>
#include <string>
#include <vector>

#include "intake/mapping.h"
#include "plan/model.h"
#include "sheet/table.h"

namespace zs::intake {

/// A header as it is compared: without white space, line breaks and stars, full-width brackets,
/// slashes and colons as plain ones.
std::string compared_header(const std::string& header);

/// Which column of a file is which field.
struct Header {
    std::string file;                                ///< its name, for what is said of it
    std::int64_t line = 0;                           ///< where it stands in the file
    std::vector<std::string> names;                  ///< as in the file, trimmed
    std::vector<std::optional<std::size_t>> fields;  ///< by column: place in the ledger's fields
    std::vector<std::string> ignored;                ///< names of columns that are no field

    bool has(std::size_t field) const;
    /// File and line, as messages say it; of Parquet and JSON, which have no such line, the file.
    std::string place() const;
    /// Takes further columns (keys that the first JSON objects lacked).
    void extend(const std::vector<std::string>& more, const plan::Ledger& ledger,
                const Mapping& mapping);
};

/// Matches one row's cells against the names of the ledger's fields.
/// @throws Failure (input) when two columns are the same field.
Header matched(const sheet::RawRow& row, const plan::Ledger& ledger, const Mapping& mapping,
               const std::string& file);

/// The header among the first rows of a file: the first row in which most filled cells are known,
/// or else the one in which most are; with `header_row` in the mapping the row that begins there.
/// @throws Failure (input) when no row of them knows a field.
Header find_header(const std::vector<sheet::RawRow>& first_rows, const plan::Ledger& ledger,
                   const Mapping& mapping, const std::string& file);

}  // namespace zs::intake
