#include "sheet/csv.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/failure.h"
#include "base/text.h"
#include "sheet/text_file.h"

namespace zs::sheet {

namespace {

constexpr std::size_t row_bytes_max = 1u << 20;
constexpr std::size_t cells_max = 4096;
constexpr std::size_t piece_bytes = TextFile::piece_bytes;
constexpr std::size_t sniffed_bytes = 1u << 16;

[[noreturn]] void refuse(const base::Said& what, const std::string& file, std::int64_t line,
                         const base::Said& remedy) {
    throw base::Failure(
        base::Fault::input, what,
        line > 0 ? base::said("{} 第 {} 行", "{} line {}", file, line) : base::Said::as_is(file),
        remedy);
}

constexpr std::size_t rows_sniffed = 12;
constexpr char control_z = '\x1A';

/// The first rows of a text, whatever is wrong with their quotes.
std::vector<RawRow> first_rows(std::string_view text, char separator) {
    std::vector<RawRow> rows(1);
    rows[0].cells.emplace_back();
    bool quoted = false;
    for (const char letter : text.substr(0, sniffed_bytes)) {
        std::string& cell = rows.back().cells.back().text;
        if (letter == '"' && (quoted || cell.empty())) {
            quoted = !quoted;
        } else if (!quoted && letter == separator) {
            rows.back().cells.emplace_back();
        } else if (!quoted && letter == '\n') {
            if (rows.size() == rows_sniffed) return rows;
            rows.emplace_back().cells.emplace_back();
        } else if (letter != '\r') {
            cell += letter;
        }
    }
    return rows;
}

class CsvReader final : public Reader {
public:
    CsvReader(const std::filesystem::path& file, const Options& options)
        : name_(file.filename().string()), text_(file) {
        fill(piece_bytes);
        separator_ = sniffed();
        if (options.known_names) find_table(options.known_names);
    }

    bool next(RawRow& row) override {
        while (read_row(row))
            if (std::any_of(row.cells.begin(), row.cells.end(),
                            [](const Cell& c) { return !base::trim(c.text).empty(); }))
                return true;
        return false;
    }

    void pass_sheet() override { passed_ = true; }

private:
    /// Makes sure that `bytes` from here on are in the buffer, if the file has them. The row that
    /// is being read stays there from its beginning.
    void fill(std::size_t bytes) {
        while (!ended_ && buffer_.size() - at_ < bytes) {
            if (begin_ > piece_bytes) {
                buffer_.erase(0, begin_);
                at_ -= begin_;
                begin_ = 0;
            }
            ended_ = !text_.more(buffer_);
        }
    }

    bool has(std::size_t offset = 0) {
        if (at_ + offset < buffer_.size()) return true;
        fill(offset + 1);
        return at_ + offset < buffer_.size();
    }

    /// By the first line that has a separator outside quotes: a comma below it may stand in an
    /// amount.
    char sniffed() const {
        std::size_t commas = 0, semicolons = 0, tabs = 0;
        bool quoted = false;
        for (const char letter : std::string_view(buffer_).substr(0, sniffed_bytes)) {
            if (letter == '"') quoted = !quoted;
            if (quoted) continue;
            commas += letter == ',' ? 1 : 0;
            semicolons += letter == ';' ? 1 : 0;
            tabs += letter == '\t' ? 1 : 0;
            if (letter == '\n' && commas + semicolons + tabs > 0) break;
        }
        if (tabs > 0 && tabs >= commas) return '\t';
        return semicolons > commas ? ';' : ',';
    }

    /// A title line above may have separators of its own: the one counts by which most names of
    /// columns stand in one row, and that row says how wide the table is.
    void find_table(const std::function<std::size_t(const RawRow&)>& known_names) {
        std::size_t most = 0;
        const char first_choice = separator_;
        for (const char separator : {first_choice, ',', ';', '\t'})
            for (const RawRow& row : first_rows(buffer_, separator))
                if (const std::size_t known = known_names(row); known > most) {
                    most = known;
                    separator_ = separator;
                    width_ = row.cells.size();
                }
    }

    bool read_row(RawRow& row) {
        row.cells.clear();
        row.sheet.clear();
        row.fault_code.clear();
        row.fault = {};
        begin_ = at_;
        if (passed_ || !has()) return false;
        row.line = line_;
        row.counts_cells = true;
        std::size_t bytes = 0;
        for (bool row_ends = false; !row_ends;) {
            row.cells.emplace_back();
            row_ends = read_cell(row.cells.back(), row.line, bytes);
            if (row.cells.size() > cells_max)
                refuse(base::said("有一行超过 {} 列", "a row has more than {} columns", cells_max),
                       name_, row.line,
                       base::said("看看分隔符，或把表拆开",
                                  "check the separator, or split the table"));
            if (stray_quote_) break;
        }
        if (stray_quote_ || swallows_rows(row)) read_line_alone(row);
        return true;
    }

    /// A quote that was opened by mistake ends at the next: each line of such a row has, its quotes
    /// apart, as many cells as the table.
    bool swallows_rows(const RawRow& row) const {
        if (width_ < 2 || line_ <= row.line + 1) return false;
        std::size_t cells = 1;
        for (std::size_t i = begin_; i < at_; ++i) {
            cells += buffer_[i] == separator_ ? 1 : 0;
            if (buffer_[i] != '\n') continue;
            if (cells != width_) return false;
            cells = 1;
        }
        return buffer_[at_ - 1] == '\n' || cells == width_;
    }

    /// Takes the line on which a row begins for the whole row, as it stands, with a fault; what
    /// follows is read anew.
    void read_line_alone(RawRow& row) {
        stray_quote_ = false;
        at_ = begin_;
        line_ = row.line;
        row.cells.assign(1, Cell{});
        row.fault_code = "columns";
        row.fault = base::said("引号没有成对，这一行分不清单元格，请改正引号",
                               "the quotes do not pair, so the cells of the line cannot be told "
                               "apart; correct the quotes");
        std::string value;
        for (; has() && !at_line_end(); ++at_) {
            if (buffer_[at_] == separator_) {
                set(row.cells.back(), std::move(value));
                value.clear();
                row.cells.emplace_back();
            } else {
                value += buffer_[at_];
            }
        }
        set(row.cells.back(), std::move(value));
        if (has()) pass_line_end();
    }

    void count(std::size_t& bytes, std::int64_t line) {
        if (++bytes > row_bytes_max)
            refuse(base::said("有一行超过 1 MB", "a row is longer than 1 MB"), name_, line,
                   base::said("看看引号是不是都成对", "check that every quote is closed"));
        if (buffer_[at_] == '\0')
            refuse(
                base::said("文件里有空字节，不是文本", "the file holds a NUL byte: it is no text"),
                name_, line_, base::said("重新导出成 CSV", "export it again as CSV"));
    }

    bool at_line_end() { return buffer_[at_] == '\n' || buffer_[at_] == '\r'; }

    void pass_line_end() {
        if (buffer_[at_] == '\r' && has(1) && buffer_[at_ + 1] == '\n') ++at_;
        ++at_;
        ++line_;
    }

    /// One cell; true if it was the row's last.
    bool read_cell(Cell& cell, std::int64_t line, std::size_t& bytes) {
        std::string value;
        bool wrapped = false, closed = false;
        if (has(1) && buffer_[at_] == '=' &&
            buffer_[at_ + 1] == '"') {  // ="…" keeps Excel from reading a number
            ++at_;
            wrapped = true;
        }
        if (has() && buffer_[at_] == '"') {
            ++at_;
            for (;;) {
                // In a table whose width is known the rows below can be read without it.
                const bool rows_below = width_ > 1 && line_ > line + 1;
                if (rows_below && (bytes >= row_bytes_max || !has())) {
                    stray_quote_ = true;
                    return true;
                }
                if (!has())
                    refuse(base::said("有个引号没有成对", "a quote is never closed"), name_, line,
                           base::said("补上引号；格子里的引号写两遍",
                                      "close it, or double it inside a cell"));
                count(bytes, line);
                if (buffer_[at_] == '"') {
                    if (has(1) && buffer_[at_ + 1] == '"') {
                        value += '"';
                        at_ += 2;
                        continue;
                    }
                    ++at_;
                    closed = true;
                    break;
                }
                if (at_line_end()) {
                    value += '\n';
                    pass_line_end();
                    continue;
                }
                value += buffer_[at_++];
            }
            // ="…" written by others comes quoted as a whole: "=""…""".
            if (!wrapped && value.size() >= 3 && value.starts_with("=\"") && value.ends_with("\""))
                value = value.substr(2, value.size() - 3);
        }
        for (;;) {
            if (!has()) {
                set(cell, std::move(value));
                return true;
            }
            count(bytes, line);
            if (buffer_[at_] == separator_) {
                ++at_;
                set(cell, std::move(value));
                return false;
            }
            if (at_line_end()) {
                pass_line_end();
                set(cell, std::move(value));
                return true;
            }
            // The mark that DOS put at a file's end.
            if (buffer_[at_] == control_z && at_ > begin_ && !has(1)) {
                ++at_;
                continue;
            }
            if (closed && buffer_[at_] != ' ') {
                stray_quote_ = true;
                return true;
            }
            if (!closed) value += buffer_[at_];
            ++at_;
        }
    }

    static void set(Cell& cell, std::string value) {
        cell.kind = value.empty() ? Cell::Kind::empty : Cell::Kind::text;
        cell.text = std::move(value);
    }

    std::string name_;
    TextFile text_;
    std::string buffer_;
    std::size_t at_ = 0;
    std::size_t begin_ = 0;  ///< where in the buffer the row begins
    std::size_t width_ = 0;  ///< cells of the header; 0: not known
    bool ended_ = false, passed_ = false, stray_quote_ = false;
    char separator_ = ',';
    std::int64_t line_ = 1;
};

}  // namespace

std::unique_ptr<Reader> open_csv(const std::filesystem::path& file, const Options& options) {
    return std::make_unique<CsvReader>(file, options);
}

}  // namespace zs::sheet
