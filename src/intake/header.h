#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/said.h"
#include "intake/mapping.h"
#include "plan/model.h"
#include "sheet/table.h"

namespace zs::intake {

/// A header as it is compared: without white space, invisible letters, line breaks and stars,
/// full-width brackets, slashes and colons as plain ones.
std::string compared_header(const std::string& header);

/// Which column of a file is which field.
struct Header {
    /// Columns that make one field together (--map: join, lookup).
    struct Group {
        std::size_t field = 0;
        std::vector<std::size_t> columns;
    };
    std::string file;                                ///< its name, for what is said of it
    std::string sheet;                               ///< of a workbook with several: its name
    std::int64_t line = 0;                           ///< where it stands in the file
    std::int64_t last_line = 0;                      ///< of a header of several rows the last
    std::size_t width = 0;                           ///< CSV: cells of a row; 0: they do not count
    std::vector<std::string> names;                  ///< as in the file, trimmed
    std::vector<std::string> plain_names;            ///< without the headings above them
    std::vector<std::optional<std::size_t>> fields;  ///< by column: place in the ledger's fields
    std::vector<int> powers;                         ///< by column: 4 where it is in 万元
    std::vector<Group> joins, lookups;
    std::vector<std::string>
        ignored;  ///< columns that are no field; one without a name by its letter
    std::vector<std::string> unread;  ///< sheets with rows that were not read
    std::vector<std::string> sheets;  ///< those that were, where there are several

    bool has(std::size_t field) const;
    /// The file began as a workbook of `template`, which stars what must be filled in.
    bool is_of_template() const;
    /// File and line, as messages say it; of Parquet and JSON, which have no such line, the file.
    base::Said place() const;
    /// Takes further columns (keys that the first JSON objects lacked).
    void extend(const std::vector<std::string>& more, const plan::Ledger& ledger,
                const Mapping& mapping);
};

/// Matches one row's cells against the names of the ledger's fields.
/// @throws Failure (input) when two columns are the same field.
Header matched(const sheet::RawRow& row, const plan::Ledger& ledger, const Mapping& mapping,
               const std::string& file);

/// How many cells of a row name a field of the ledger, and how many are filled.
struct Hits {
    std::size_t known = 0, filled = 0;
};
Hits hits_of(const sheet::RawRow& row, const plan::Ledger& ledger, const Mapping& mapping);

/// The header among the first rows of a table: the first row in which most filled cells are known,
/// or else the one in which most are; with `header_row` in the mapping the row that begins there.
/// Rows above and below that name further columns belong to it. A unit of money that is said above
/// it ("单位：万元") is added to the names of columns of money. Nothing where no row knows a field.
/// @throws Failure (input) when two columns are the same field, or two units are said.
std::optional<Header> header_among(const std::vector<sheet::RawRow>& first_rows,
                                   const plan::Ledger& ledger, const Mapping& mapping,
                                   const std::string& file);

/// The same; @throws Failure (input) when no row of them knows a field.
Header find_header(const std::vector<sheet::RawRow>& first_rows, const plan::Ledger& ledger,
                   const Mapping& mapping, const std::string& file);

/// The unit of money that a text says: `单位：万元`, `（万元）`; empty where it says none.
/// Several are joined by a comma.
std::string unit_said(const std::string& text);

}  // namespace zs::intake
