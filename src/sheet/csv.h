#pragma once

#include <filesystem>
#include <memory>

#include "sheet/table.h"

namespace zs::sheet {

/// Reads separated text: comma, semicolon or tab, the one by which a header is found, or else
/// sniffed from its beginning; RFC 4180 quotes.
std::unique_ptr<Reader> open_csv(const std::filesystem::path& file, const Options& options);

}  // namespace zs::sheet
