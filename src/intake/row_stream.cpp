#include "intake/row_stream.h"

#include "base/failure.h"

namespace zs::intake {

namespace {

constexpr std::size_t header_rows_max = 10;

}  // namespace

void RowStream::begin(const std::string& file, const Take& take) {
    Header header = find_header(first_, reading_.ledger, reading_.mapping, file);
    const std::int64_t line = header.line;
    reader_.emplace(reading_, std::move(header));
    bool below = false;
    for (const sheet::RawRow& row : first_) {
        if (below) take(reader_->read(row, {}), row);
        below = below || row.line == line;
    }
    first_.clear();
}

void RowStream::read(const Source& source, const Take& take) {
    reader_.reset();
    first_.clear();
    source.each([&](const sheet::RawRow& row, const std::vector<std::string>& late_names) {
        if (reader_) {
            take(reader_->read(row, late_names), row);
            return;
        }
        // Later names of JSON come with the row that has them: from then on the header stands.
        if (!late_names.empty()) {
            begin(source.name(), take);
            take(reader_->read(row, late_names), row);
            return;
        }
        first_.push_back(row);
        const std::int64_t header_row = reading_.mapping.header_row.value_or(0);
        if (first_.size() >= header_rows_max && row.line >= header_row) begin(source.name(), take);
    });
    if (!reader_ && !first_.empty()) begin(source.name(), take);
    if (!reader_)
        throw base::Failure(base::Fault::input, "the file has no rows", source.name(),
                            "for a month with nothing to report deliver it with --empty");
}

}  // namespace zs::intake
