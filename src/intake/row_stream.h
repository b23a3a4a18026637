#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "intake/row.h"
#include "intake/source.h"

namespace zs::intake {

/// Finds the header among a file's first rows, then reads each row below it.
class RowStream {
public:
    using Take = std::function<void(const ReadRow& row, const sheet::RawRow& raw)>;
    explicit RowStream(const Reading& reading) : reading_(reading) {}

    /// Reads the whole source. @throws Failure (input) as find_header and RowReader.
    void read(const Source& source, const Take& take);
    const Header& header() const { return reader_->header(); }

private:
    void begin(const std::string& file, const Take& take);
    Reading reading_;
    std::optional<RowReader> reader_;
    std::vector<sheet::RawRow> first_;
};

}  // namespace zs::intake
