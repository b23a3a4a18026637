#include "intake/row_stream.h"

#include <utility>

#include <fmt/format.h>

#include "base/failure.h"
#include "base/identity.h"
#include "base/text.h"

namespace zs::intake {

RowStream::RowStream(const Reading& reading)
    : reading_(reading),
      layout_(
          {.ledger = reading_.ledger,
           .mapping = reading_.mapping,
           .sheet = reading_.sheet,
           .missing = [this](const Header& header) { return missing_columns(reading_, header); }}) {
}

void RowStream::read(const Source& source, const Take& take) {
    reader_.reset();
    bool rows = false;
    layout_.each(
        source, [&](Header header) { reader_.emplace(reading_, std::move(header)); },
        [&](const sheet::RawRow& row, const std::vector<std::string>& late_names) {
            rows = true;
            take(reader_->read(row, late_names), row);
        });
    if (rows) return;
    if (!layout_.unknown_sheet().empty())
        throw base::Failure(base::Fault::input,
                            base::said("有表头的工作表没有行，工作表“{}”里的内容没有台账“{}”的表头",
                                       "the sheet with the header has no rows, and what stands in "
                                       "sheet '{}' has no header of ledger '{}'",
                                       layout_.unknown_sheet(), reading_.ledger.name),
                            source.name(),
                            base::said("在行的上面写表头", "write the header above the rows"));
    throw base::Failure(
        base::Fault::input,
        reader_ ? base::said("文件只有表头，没有行", "the file has a header and no rows")
                : base::said("文件没有行", "the file has no rows"),
        source.name(),
        base::said("这个月没有可报的，用 --empty 报送",
                   "for a month with nothing to report deliver it with --empty"));
}

void RowStream::read_raw(const Source& source, const TakeRaw& take) {
    layout_.each(
        source, [](const Header&) {},
        [&](const sheet::RawRow& row, const std::vector<std::string>&) { take(row); });
}

Header RowStream::header() const {
    Header header = reader_->header();
    for (std::string& letters : layout_.unnamed())
        header.ignored.push_back(base::mask_id_numbers(letters));
    return header;
}

}  // namespace zs::intake
