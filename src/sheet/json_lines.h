#pragma once

#include <filesystem>
#include <memory>

#include "sheet/table.h"

namespace zs::sheet {

/// Reads one JSON object a line, or a list of objects (their line is then their place in it). The
/// first row (line 0) are the keys of the first objects.
std::unique_ptr<Reader> open_json_lines(const std::filesystem::path& file);

}  // namespace zs::sheet
