#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "intake/layout.h"
#include "intake/row.h"
#include "intake/source.h"

namespace zs::intake {

/// Finds a file's table, then reads each row of it.
class RowStream {
public:
    using Take = std::function<void(const ReadRow& row, const sheet::RawRow& raw)>;
    using TakeRaw = std::function<void(const sheet::RawRow& raw)>;
    explicit RowStream(const Reading& reading);

    /// Reads the whole source. @throws Failure (input) as Layout and RowReader.
    void read(const Source& source, const Take& take);
    /// The same rows as they came, their cells not read.
    void read_raw(const Source& source, const TakeRaw& take);
    /// With the filled columns that have no name, once all is read.
    Header header() const;

private:
    Reading reading_;
    Layout layout_;
    std::optional<RowReader> reader_;
};

}  // namespace zs::intake
