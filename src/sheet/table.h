#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

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
    Kind kind = Kind::empty;
    std::string text;  ///< UTF-8, not trimmed; `="…"` unwrapped
};

/// One row. A header is a row like any other (of JSON lines the first row, line 0, names the keys
/// of the first thousand objects).
struct RawRow {
    std::int64_t line =
        0;  ///< where it begins: line of the file (from 1), row of the sheet, line of JSON
    std::vector<Cell> cells;
};

/// Reads a table row by row, in bounded memory.
class Reader {
public:
    virtual ~Reader() = default;
    /// The next row; false at the end. Rows without any filled cell are passed over.
    /// @throws Failure (input) naming the line: NUL bytes, a row over 1 MB or 4096 cells, a quote
    /// never closed, a file cut short.
    virtual bool next(RawRow& row) = 0;
    /// Keys that JSON objects have and the first thousand did not: later rows may be longer; their
    /// names.
    virtual std::vector<std::string> late_names() const { return {}; }
};

struct Options {
    std::string sheet;  ///< XLSX: its name; empty: the first that is visible
};

/// Opens .csv/.txt/.tsv (a BOM, else valid UTF-8, else GB18030; comma, semicolon or tab), .xlsx,
/// .jsonl/.ndjson/.json by the bytes first, then by the name.
/// @throws Failure (input): not there, empty, encrypted, an old .xls, a damaged or bomb-like
/// workbook.
std::unique_ptr<Reader> open_table(const std::filesystem::path& file, const Options& options = {});

/// The bytes begin like a Parquet file.
bool is_parquet(const std::filesystem::path& file);

}  // namespace zs::sheet
