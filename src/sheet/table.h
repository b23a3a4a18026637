#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/said.h"

namespace zs::sheet {

/// One cell as it stands in the file.
struct Cell {
    enum class Kind {
        empty,
        text,
        number,   ///< XLSX and JSON: digits as stored, `4.10526E+17` too
        date,     ///< XLSX: a number cell with a date's format, as 2024-09-01
        boolean,  ///< true, false
        error,    ///< XLSX: #REF! …; `=`: a formula never calculated
    };
    /// How a cell of a merged range came by its value, which holds for the whole range.
    enum class Merged : unsigned char { no, from_above, from_left };
    Kind kind = Kind::empty;
    std::string text = {};  ///< UTF-8, not trimmed; `="…"` unwrapped
    /// XLSX: a number as its format shows it, where that says more: `000017`, `0.42万元`.
    std::string shown = {};
    Merged merged = Merged::no;
};

/// One row. A header is a row like any other (of JSON lines the first row, line 0, names the keys
/// of the first thousand objects).
struct RawRow {
    std::int64_t line =
        0;  ///< where it begins: line of the file (from 1), row of the sheet, line of JSON
    std::vector<Cell> cells = {};
    std::string sheet = {};  ///< of a workbook: its name
    bool hidden = false;     ///< its sheet is
    bool counts_cells =
        false;  ///< CSV: an empty cell has its separator, so a missing one is a fault
    std::string fault_code =
        {};                 ///< what is wrong with the row as a whole: `columns`; empty: nothing
    base::Said fault = {};  ///< the same as a sentence for who sent it
};

/// Reads a table row by row, in bounded memory.
class Reader {
public:
    virtual ~Reader() = default;
    /// The next row; false at the end. Rows without any filled cell are passed over.
    /// @throws Failure (input) naming the line: NUL bytes, a row over 1 MB or 4096 cells, a quote
    /// never closed, a file cut short. A quote that closes within a cell is a fault of its row, and
    /// the lines below are read.
    virtual bool next(RawRow& row) = 0;
    /// Passes over the rest of the sheet; of what has no sheets, over all.
    virtual void pass_sheet() = 0;
    /// How many sheets `next` goes through; 1 for what has none.
    virtual std::size_t sheets() const { return 1; }
    /// Keys that JSON objects have and the first thousand did not: later rows may be longer; their
    /// names.
    virtual std::vector<std::string> late_names() const { return {}; }
};

struct Options {
    std::string sheet = {};  ///< XLSX: its name; empty: all that are visible, in order
    bool hidden = false;     ///< XLSX: those that are hidden too
    /// How many cells of a row are names of columns: by it the separator of a CSV file and the
    /// width of its table are known. Absent: sniffed.
    std::function<std::size_t(const RawRow& row)> known_names = {};
};

/// Opens .csv/.txt/.tsv (a BOM, else valid UTF-8, else GB18030; comma, semicolon or tab), .xlsx,
/// .jsonl/.ndjson/.json (an object a line, or a list of objects) by the bytes first, then by the
/// name.
/// @throws Failure (input): not there, empty, encrypted, a damaged or bomb-like workbook, or of
/// another kind (an old .xls, a web page, ODS …), which is named.
std::unique_ptr<Reader> open_table(const std::filesystem::path& file, const Options& options = {});

/// The bytes begin like a zip package, as workbooks do.
bool is_package(const std::filesystem::path& file);
/// The bytes begin like a Parquet file.
bool is_parquet(const std::filesystem::path& file);

}  // namespace zs::sheet
