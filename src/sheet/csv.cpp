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

[[noreturn]] void refuse(const std::string& what, const std::string& file, std::int64_t line,
                         const std::string& remedy) {
    throw base::Failure(base::Fault::input, what,
                        line > 0 ? fmt::format("{} line {}", file, line) : file, remedy);
}

class CsvReader final : public Reader {
public:
    explicit CsvReader(const std::filesystem::path& file)
        : name_(file.filename().string()), text_(file) {
        fill(piece_bytes);
        separator_ = sniffed();
    }

    bool next(RawRow& row) override {
        while (read_row(row))
            if (std::any_of(row.cells.begin(), row.cells.end(),
                            [](const Cell& c) { return !base::trim(c.text).empty(); }))
                return true;
        return false;
    }

private:
    /// Makes sure that `bytes` from here on are in the buffer, if the file has them.
    void fill(std::size_t bytes) {
        while (!ended_ && buffer_.size() - at_ < bytes) {
            if (at_ > piece_bytes) {
                buffer_.erase(0, at_);
                at_ = 0;
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

    bool read_row(RawRow& row) {
        row.cells.clear();
        if (!has()) return false;
        row.line = line_;
        std::size_t bytes = 0;
        for (;;) {
            row.cells.emplace_back();
            const bool row_ends = read_cell(row.cells.back(), row.line, bytes);
            if (row.cells.size() > cells_max)
                refuse(fmt::format("a row has more than {} columns", cells_max), name_, row.line,
                       "check the separator, or split the table");
            if (row_ends) return true;
        }
    }

    void count(std::size_t& bytes, std::int64_t line) {
        if (++bytes > row_bytes_max)
            refuse("a row is longer than 1 MB", name_, line, "check that every quote is closed");
        if (buffer_[at_] == '\0')
            refuse("the file holds a NUL byte: it is no text", name_, line_,
                   "export it again as CSV");
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
        bool wrapped = false;
        if (has(1) && buffer_[at_] == '=' &&
            buffer_[at_ + 1] == '"') {  // ="…" keeps Excel from reading a number
            ++at_;
            wrapped = true;
        }
        if (has() && buffer_[at_] == '"') {
            ++at_;
            for (;;) {
                if (!has())
                    refuse("a quote is never closed", name_, line,
                           "close it, or double it inside a cell");
                count(bytes, line);
                if (buffer_[at_] == '"') {
                    if (has(1) && buffer_[at_ + 1] == '"') {
                        value += '"';
                        at_ += 2;
                        continue;
                    }
                    ++at_;
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
            value += buffer_[at_++];
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
    bool ended_ = false;
    char separator_ = ',';
    std::int64_t line_ = 1;
};

}  // namespace

std::unique_ptr<Reader> open_csv(const std::filesystem::path& file) {
    return std::make_unique<CsvReader>(file);
}

}  // namespace zs::sheet
