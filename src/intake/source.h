#pragma once

#include <filesystem>
#include <functional>
#include <limits>
#include <memory>
#include <string>
#include <vector>

#include "engine/connection.h"
#include "sheet/table.h"

namespace zs::intake {

/// What is read of a source.
struct Wanted {
    sheet::Options options = {};
    std::size_t rows_max = std::numeric_limits<std::size_t>::max();  ///< of each sheet
};

/// Where rows come from: a file, or what somebody entered. It can be read more than once, each time
/// the same.
class Source {
public:
    virtual ~Source() = default;
    /// Hands over every row in order; the header is among them, as the file has it.
    using Take =
        std::function<void(const sheet::RawRow& row, const std::vector<std::string>& late_names)>;
    virtual void each(const Wanted& wanted, const Take& take) const = 0;
    /// How many sheets it has; 1 for what has none.
    virtual std::size_t sheets(const sheet::Options& /*options*/) const { return 1; }
    virtual std::string name() const = 0;    ///< of the file, without its folder, ID numbers masked
    virtual std::string digest() const = 0;  ///< SM3 of the bytes
};

/// CSV, XLSX, JSON lines or Parquet, by what the file begins with. It is read from a copy in
/// `staging` (staged_file.h), made now.
/// @throws Failure (input) when the file is not there or of another kind.
std::unique_ptr<Source> open_source(const std::filesystem::path& file,
                                    const std::filesystem::path& staging,
                                    const engine::Settings& settings);

/// Rows in memory, the header first.
std::unique_ptr<Source> rows_source(std::string name, std::vector<sheet::RawRow> rows);

}  // namespace zs::intake
