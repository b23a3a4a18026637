#include "sheet/xlsx.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <deque>
#include <optional>

#include <fmt/format.h>

#include "base/failure.h"
#include "base/month.h"
#include "base/text.h"
#include "sheet/package.h"
#include "sheet/xml.h"

namespace zs::sheet {

namespace {

constexpr std::size_t row_bytes_max = 1u << 20;
constexpr int cells_max = 4096;
constexpr std::int64_t lines_max = 100'000'000 - 1;
constexpr std::size_t merges_max = 1'000'000;

/// A cell's place by its reference, `C12` → column 2, line 12; -1 where there is none.
struct CellPlace {
    int column = -1;
    std::int64_t line = 0;
};

CellPlace place_of(const std::string& reference) {
    CellPlace place;
    int column = 0;
    std::size_t i = 0;
    for (; i < reference.size(); ++i) {
        const char letter = reference[i];
        const bool small = letter >= 'a' && letter <= 'z';
        if (!small && (letter < 'A' || letter > 'Z')) break;
        column = column * 26 + (letter - (small ? 'a' : 'A') + 1);
        if (column > 20000) break;
    }
    place.column = column - 1;
    place.line = std::atoll(reference.c_str() + i);
    return place;
}

/// A range of cells that are one.
struct Merge {
    CellPlace first, last;
    Cell value = {};  ///< of its first cell, once that is read
};

std::optional<Merge> merge_of(const std::string& range) {
    const std::size_t colon = range.find(':');
    if (colon == std::string::npos) return std::nullopt;
    Merge merge{.first = place_of(range.substr(0, colon)),
                .last = place_of(range.substr(colon + 1))};
    if (merge.first.column < 0 || merge.last.column < merge.first.column ||
        merge.last.line < merge.first.line)
        return std::nullopt;
    merge.last.column = std::min(merge.last.column, cells_max - 1);
    return merge;
}

/// The merged ranges of a sheet. They stand behind its rows, so it is looked through beforehand.
std::deque<Merge> merges_of(const Zip& zip, const std::string& entry) {
    std::deque<Merge> merges;
    if (!zip.holds(entry, "mergeCell")) return merges;
    zip.read_all(entry,
                 {[&](const std::string& name, const auto& attributes) {
                      if (name != "mergeCell" || !attributes.contains("ref")) return;
                      if (const auto merge = merge_of(attributes.at("ref")))
                          merges.push_back(*merge);
                      if (merges.size() > merges_max)
                          zip.refuse(base::said("工作簿合并的单元格太多，读不了",
                                                "the workbook merges more cells than can be read"));
                  },
                  {},
                  {}});
    std::sort(merges.begin(), merges.end(),
              [](const Merge& a, const Merge& b) { return a.first.line < b.first.line; });
    return merges;
}

/// Reads one sheet as it is unzipped.
class SheetReader {
public:
    SheetReader(const Package& package, const Package::Sheet& sheet)
        : package_(package),
          name_(sheet.name),
          hidden_(sheet.hidden),
          merges_(merges_of(package.zip(), sheet.entry)),
          file_(package.zip().open(sheet.entry), zip_fclose) {
        XmlEvents events;
        events.begin = [this](const std::string& name,
                              const std::map<std::string, std::string>& attributes) {
            begin(name, attributes);
        };
        events.end = [this](const std::string& name) { end(name); };
        events.text = [this](std::string_view text) {
            if (!taking_) return;
            text_ += text;
            if (text_.size() > row_bytes_max)
                throw base::Failure(base::Fault::input,
                                    base::said("有个格子超过 1 MB", "a cell is longer than 1 MB"),
                                    place(), base::said("改短", "shorten it"));
        };
        reader_ = std::make_unique<XmlReader>(package.zip().name(), std::move(events));
    }

    bool next(RawRow& row) {
        std::string piece;
        while (rows_.empty() && !ended_) {
            ended_ = !package_.zip().read(file_.get(), piece);
            reader_->feed(piece, ended_);
        }
        if (rows_.empty()) return false;
        row = std::move(rows_.front());
        rows_.pop_front();
        return true;
    }

private:
    base::Said place() const {
        return base::said("{} 工作表 {} 第 {} 行", "{} sheet {} line {}", package_.zip().name(),
                          name_, row_.line);
    }

    void begin(const std::string& name, const std::map<std::string, std::string>& a) {
        const auto of = [&](const char* key) {
            return a.contains(key) ? a.at(key) : std::string();
        };
        if (name == "row") {
            row_ = RawRow{};
            row_.sheet = name_;
            row_.hidden = hidden_;
            row_.line = a.contains("r") ? std::atoll(of("r").c_str()) : last_line_ + 1;
            // Each row is known by its line: no two have the same.
            if (row_.line <= last_line_ || row_.line > lines_max)
                package_.zip().refuse(base::said(
                    "工作簿坏了：第 {} 行以后的行号不递增",
                    "the workbook is damaged: its rows do not ascend after {}", last_line_));
            last_line_ = row_.line;
            next_column_ = 0;
        } else if (name == "c") {
            type_ = of("t");
            style_ = static_cast<std::size_t>(std::max(0, std::atoi(of("s").c_str())));
            // Without a reference a cell stands behind the one before it, empty or not.
            column_ = a.contains("r") ? place_of(of("r")).column : next_column_;
            next_column_ = column_ + 1;
            text_.clear();
            formula_ = false;
        } else if (name == "f") {
            formula_ = true;
        } else if (name == "rPh") {
            phonetic_ = true;
        } else if (name == "v" || (name == "t" && type_ == "inlineStr" && !phonetic_)) {
            taking_ = true;
        }
    }

    void end(const std::string& name) {
        if (name == "v" || name == "t") taking_ = false;
        if (name == "rPh") phonetic_ = false;
        if (name == "c" && (!text_.empty() || (formula_ && type_ != "str"))) {
            if (column_ < 0 || column_ >= cells_max)
                throw base::Failure(
                    base::Fault::input,
                    base::said("有一行超过 {} 列", "a row has more than {} columns", cells_max),
                    place(),
                    base::said("删掉不属于这张表的列", "remove columns that are not the table's"));
            const auto column = static_cast<std::size_t>(column_);
            if (row_.cells.size() <= column) row_.cells.resize(column + 1);
            row_.cells[column] = cell();
        }
        if (name == "row") {
            spread_merges();
            if (is_filled()) rows_.push_back(std::move(row_));
        }
    }

    /// Holds a cell that is the row's own: what a merge above fills makes no row.
    bool is_filled() const {
        return std::any_of(row_.cells.begin(), row_.cells.end(), [](const Cell& each) {
            return each.merged == Cell::Merged::no && !base::trim(each.text).empty();
        });
    }

    /// The value of a merged range holds for all of it; what lies under it never counts.
    void spread_merges() {
        while (!merges_.empty() && merges_.front().first.line <= row_.line) {
            open_.push_back(std::move(merges_.front()));
            merges_.pop_front();
        }
        std::erase_if(open_, [&](const Merge& merge) { return merge.last.line < row_.line; });
        for (Merge& merge : open_) {
            const auto first = static_cast<std::size_t>(merge.first.column);
            const auto last = static_cast<std::size_t>(merge.last.column);
            const bool begins = merge.first.line == row_.line;
            if (begins && first < row_.cells.size()) merge.value = row_.cells[first];
            if (merge.value.kind != Cell::Kind::empty && row_.cells.size() <= last)
                row_.cells.resize(last + 1);
            for (std::size_t column = first; column <= last && column < row_.cells.size();
                 ++column) {
                if (begins && column == first) continue;
                row_.cells[column] = merge.value;
                row_.cells[column].merged =
                    column == first ? Cell::Merged::from_above : Cell::Merged::from_left;
            }
        }
    }

    Cell cell() const {
        // A formula that no program has calculated: what it comes to is not in the file.
        if (text_.empty()) return {Cell::Kind::error, "="};
        if (type_ == "s") {
            const std::string& text =
                package_.shared(static_cast<std::size_t>(std::atoll(text_.c_str())));
            return {text.empty() ? Cell::Kind::empty : Cell::Kind::text, text};
        }
        if (type_ == "inlineStr" || type_ == "str") return {Cell::Kind::text, decoded(text_)};
        if (type_ == "b") return {Cell::Kind::boolean, text_ == "1" ? "true" : "false"};
        if (type_ == "e") return {Cell::Kind::error, text_};
        if (type_ == "d") {
            // Of a moment without a zone the day is what counts.
            const bool zoned = text_.find_first_of("Z+", text_.find('T')) != std::string::npos;
            return {Cell::Kind::date, zoned ? text_ : text_.substr(0, 10)};
        }
        const NumberFormat& format = package_.format(style_);
        if (format.is_date()) {
            const double serial = std::strtod(text_.c_str(), nullptr);
            if (serial >= 1 && serial < 3'000'000) {
                // 1900-01-01 is day 1; Excel counts a 29 February 1900 that never was.
                const int days = static_cast<int>(std::floor(serial));
                const base::Date start = package_.from_1904()
                                             ? *base::Date::of(1904, 1, 1)
                                             : *base::Date::of(1899, 12, days < 60 ? 31 : 30);
                return {Cell::Kind::date, base::text(base::Date{start.days + days})};
            }
        }
        return {Cell::Kind::number, text_, format.shown(text_)};
    }

    const Package& package_;
    std::string name_;
    bool hidden_;
    std::deque<Merge> merges_;  ///< that begin in a row to come
    std::vector<Merge> open_;   ///< that reach the row that is read
    std::unique_ptr<zip_file_t, int (*)(zip_file_t*)> file_;
    std::unique_ptr<XmlReader> reader_;
    std::deque<RawRow> rows_;
    RawRow row_;
    std::int64_t last_line_ = 0;
    std::string type_, text_;
    std::size_t style_ = 0;
    int column_ = 0, next_column_ = 0;
    bool taking_ = false, phonetic_ = false, ended_ = false, formula_ = false;
};

class XlsxReader final : public Reader {
public:
    XlsxReader(const std::filesystem::path& file, const Options& options) : package_(file) {
        std::vector<std::string> names;
        bool any_visible = false;
        for (const Package::Sheet& sheet : package_.sheets()) {
            names.push_back(fmt::format("'{}'", sheet.name));
            any_visible = any_visible || !sheet.hidden;
            if (options.sheet.empty() ? options.hidden || !sheet.hidden
                                      : sheet.name == options.sheet)
                wanted_.push_back(sheet);
        }
        if (!any_visible && options.sheet.empty())
            throw base::Failure(
                base::Fault::input,
                base::said("工作簿没有看得见的工作表", "the workbook has no visible sheet"),
                package_.zip().name(),
                base::said("把表放在看得见的工作表里", "put the table on a visible sheet"));
        if (wanted_.empty())
            throw base::Failure(
                base::Fault::input,
                base::said("工作簿没有工作表“{}”", "the workbook has no sheet '{}'", options.sheet),
                package_.zip().name(),
                base::said("它的工作表有：{}", "its sheets are {}", base::join(names, ", ")));
    }

    bool next(RawRow& row) override {
        if (!begun_) {
            begun_ = true;
            package_.read_styles();
            package_.read_shared();
        }
        while (at_ < wanted_.size()) {
            if (!sheet_) sheet_.emplace(package_, wanted_[at_]);
            if (sheet_->next(row)) return true;
            pass_sheet();
        }
        return false;
    }

    void pass_sheet() override {
        sheet_.reset();
        ++at_;
    }

    std::size_t sheets() const override { return wanted_.size(); }

private:
    Package package_;
    std::vector<Package::Sheet> wanted_;
    std::size_t at_ = 0;
    std::optional<SheetReader> sheet_;
    bool begun_ = false;
};

}  // namespace

std::unique_ptr<Reader> open_xlsx(const std::filesystem::path& file, const Options& options) {
    return std::make_unique<XlsxReader>(file, options);
}

}  // namespace zs::sheet
