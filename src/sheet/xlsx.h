#pragma once

#include <filesystem>
#include <memory>

#include "sheet/table.h"

namespace zs::sheet {

/// Reads a sheet of an .xlsx workbook as it is unzipped.
std::unique_ptr<Reader> open_xlsx(const std::filesystem::path& file, const Options& options);

}  // namespace zs::sheet
