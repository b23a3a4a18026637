#pragma once

#include <optional>
#include <ostream>
#include <string>
#include <vector>

namespace zs::sheet {

/// Writes one line of CSV (RFC 4180, UTF-8, LF). Nothing is an empty cell; an empty text too. What
/// a spreadsheet would take for a formula is marked (mark.h).
void write_csv_row(std::ostream& out, const std::vector<std::optional<std::string>>& cells);

}  // namespace zs::sheet
