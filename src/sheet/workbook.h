#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace zs::sheet {

/// Writes an .xlsx over libxlsxwriter: one sheet after another, row by row, in bounded memory. A
/// text that would become a formula once somebody edits its cell, or saves it as CSV, is marked
/// (mark.h).
class Workbook {
public:
    explicit Workbook(const std::filesystem::path& file);
    ~Workbook();
    Workbook(const Workbook&) = delete;
    Workbook& operator=(const Workbook&) = delete;

    /// When the workbook says it was made (seconds since 1970); without this call, the time of
    /// closing.
    void set_created(std::int64_t seconds);
    /// Starts a sheet; later calls write to it. Signs that a sheet's name must not have become `-`.
    void add_sheet(const std::string& name);
    /// A row of texts; `bold` for headers.
    void add_row(const std::vector<std::optional<std::string>>& cells, bool bold = false);
    /// A number, a date (`2024-09-01`) or a text at a cell of the row written next; `marked` as
    /// what somebody has to mend.
    void set_number(int column, double value, bool marked = false);
    /// A share (0.7283) shown as a percentage with two decimals.
    void set_share(int column, double share);
    void set_date(int column, const std::string& iso_date);
    void set_text(int column, const std::string& value, bool marked = false);
    void set_nothing(int column, bool marked);
    void end_row();
    /// A drop-down for a column of the sheet, from row `first_row` (from 0) on. What it offers
    /// stands on a hidden sheet of its own, as a list inside the cell's rule holds no more than 255
    /// bytes.
    void add_choices(int column, int first_row, int last_row,
                     const std::vector<std::string>& choices);
    /// @throws Failure (system) when the file cannot be written.
    void close();

private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace zs::sheet
