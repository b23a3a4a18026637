#include "sheet/xlsx.h"

#include <cmath>
#include <cstdlib>
#include <deque>
#include <set>

#include <fmt/format.h>
#include <zip.h>

#include "base/failure.h"
#include "base/month.h"
#include "base/text.h"
#include "sheet/xml.h"

namespace zs::sheet {

namespace {

constexpr std::uint64_t entry_bytes_max = 4ull << 30;
constexpr std::uint64_t bomb_bytes = 200ull << 20;
constexpr std::uint64_t bomb_ratio = 200;
constexpr std::size_t shared_bytes_max = 512u << 20;
constexpr std::size_t row_bytes_max = 1u << 20;
constexpr std::size_t cells_max = 4096;
constexpr std::int64_t lines_max = 100'000'000;

/// A zip file and its entries, each read in pieces.
class Zip {
public:
    explicit Zip(const std::filesystem::path& file) : name_(file.filename().string()) {
        int fault = 0;
        zip_ = zip_open(file.c_str(), ZIP_RDONLY, &fault);
        if (zip_ == nullptr) refuse("the workbook is damaged or cut short");
    }
    ~Zip() { zip_discard(zip_); }
    Zip(const Zip&) = delete;
    Zip& operator=(const Zip&) = delete;

    bool has(const std::string& entry) const {
        return zip_name_locate(zip_, entry.c_str(), 0) >= 0;
    }
    const std::string& name() const { return name_; }

    /// Opens an entry that is no bomb.
    zip_file_t* open(const std::string& entry) const {
        zip_stat_t found;
        zip_stat_init(&found);
        if (zip_stat(zip_, entry.c_str(), 0, &found) != 0)
            refuse(fmt::format("the workbook has no part '{}'", entry));
        if (found.encryption_method != ZIP_EM_NONE) refuse("the workbook is encrypted");
        const std::uint64_t packed = std::max<std::uint64_t>(1, found.comp_size);
        if (found.size > entry_bytes_max ||
            (found.size > bomb_bytes && found.size / packed > bomb_ratio))
            throw base::Failure(base::Fault::input,
                                "the workbook unpacks to far more than a table holds", name_,
                                "send the rows as CSV");
        zip_file_t* opened = zip_fopen(zip_, entry.c_str(), 0);
        if (opened == nullptr) refuse("the workbook is damaged or cut short");
        return opened;
    }

    void read_all(const std::string& entry, XmlEvents events) const {
        zip_file_t* file = open(entry);
        XmlReader reader(name_, std::move(events));
        std::string piece(1 << 16, '\0');
        for (;;) {
            const zip_int64_t read = zip_fread(file, piece.data(), piece.size());
            if (read < 0) {
                zip_fclose(file);
                refuse("the workbook is damaged or cut short");
            }
            reader.feed({piece.data(), static_cast<std::size_t>(read)}, read == 0);
            if (read == 0) break;
        }
        zip_fclose(file);
    }

    [[noreturn]] void refuse(const std::string& what) const {
        throw base::Failure(base::Fault::input, what, name_,
                            "save it again as .xlsx without a password");
    }

private:
    std::string name_;
    zip_t* zip_ = nullptr;
};

bool is_date_format(const std::string& format) {
    bool quoted = false, bracket = false;
    for (std::size_t i = 0; i < format.size(); ++i) {
        const char c = format[i];
        if (c == '"')
            quoted = !quoted;
        else if (c == '\\')
            ++i;
        else if (c == '[')
            bracket = true;
        else if (c == ']')
            bracket = false;
        else if (!quoted && !bracket && (c == 'y' || c == 'Y' || c == 'd' || c == 'D'))
            return true;
    }
    return format.find("年") != std::string::npos && format.find("月") != std::string::npos;
}

bool is_date_format(int id) {
    return (id >= 14 && id <= 17) || id == 22 || (id >= 27 && id <= 36) || (id >= 50 && id <= 58);
}

/// Column of a cell's reference, `C12` → 2; -1 where there is none.
int column_of(const std::string& reference) {
    int column = 0;
    for (const char c : reference) {
        if (c < 'A' || c > 'Z') break;
        column = column * 26 + (c - 'A' + 1);
        if (column > 20000) break;
    }
    return column - 1;
}

class XlsxReader final : public Reader {
public:
    XlsxReader(const std::filesystem::path& file, const Options& options) : zip_(file) {
        const std::string entry = sheet_entry(options.sheet);
        read_styles();
        read_shared();
        file_ = zip_.open(entry);
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
                throw base::Failure(base::Fault::input, "a cell is longer than 1 MB",
                                    fmt::format("{} line {}", zip_.name(), row_.line),
                                    "shorten it");
        };
        reader_ = std::make_unique<XmlReader>(zip_.name(), std::move(events));
    }
    ~XlsxReader() override {
        if (file_ != nullptr) zip_fclose(file_);
    }

    bool next(RawRow& row) override {
        std::string piece(1 << 15, '\0');
        while (rows_.empty() && !ended_) {
            const zip_int64_t read = zip_fread(file_, piece.data(), piece.size());
            if (read < 0) zip_.refuse("the workbook is damaged or cut short");
            reader_->feed({piece.data(), static_cast<std::size_t>(read)}, read == 0);
            ended_ = read == 0;
        }
        if (rows_.empty()) return false;
        row = std::move(rows_.front());
        rows_.pop_front();
        return true;
    }

private:
    std::string sheet_entry(const std::string& wanted) {
        std::string id, first;
        bool found = false;
        zip_.read_all(
            "xl/workbook.xml",
            {[&](const std::string& name, const std::map<std::string, std::string>& a) {
                 const auto of = [&](const char* key) {
                     return a.contains(key) ? a.at(key) : std::string();
                 };
                 if (name == "workbookPr" && (of("date1904") == "1" || of("date1904") == "true"))
                     from_1904_ = true;
                 if (name != "sheet") return;
                 const bool hidden = of("state") == "hidden" || of("state") == "veryHidden";
                 if (wanted.empty() ? (!found && !hidden) : of("name") == wanted) {
                     id = of("id");
                     found = true;
                 }
             },
             {},
             {}});
        if (!found)
            throw base::Failure(base::Fault::input,
                                wanted.empty()
                                    ? "the workbook has no visible sheet"
                                    : fmt::format("the workbook has no sheet '{}'", wanted),
                                zip_.name(), "put the table on a visible sheet");
        std::string target;
        zip_.read_all("xl/_rels/workbook.xml.rels",
                      {[&](const std::string& name, const std::map<std::string, std::string>& a) {
                           if (name == "Relationship" && a.contains("Id") && a.at("Id") == id &&
                               a.contains("Target"))
                               target = a.at("Target");
                       },
                       {},
                       {}});
        if (target.empty()) zip_.refuse("the workbook does not say where its sheet is");
        return target.starts_with("/") ? target.substr(1) : "xl/" + target;
    }

    void read_styles() {
        if (!zip_.has("xl/styles.xml")) return;
        std::set<int> custom_dates;
        bool in_cells = false;
        zip_.read_all(
            "xl/styles.xml",
            {[&](const std::string& name, const std::map<std::string, std::string>& a) {
                 const auto of = [&](const char* key) {
                     return a.contains(key) ? a.at(key) : std::string();
                 };
                 if (name == "numFmt" && is_date_format(of("formatCode")))
                     custom_dates.insert(std::atoi(of("numFmtId").c_str()));
                 if (name == "cellXfs") in_cells = true;
                 if (name == "xf" && in_cells) {
                     const int id = std::atoi(of("numFmtId").c_str());
                     date_styles_.push_back(is_date_format(id) || custom_dates.contains(id));
                 }
             },
             [&](const std::string& name) {
                 if (name == "cellXfs") in_cells = false;
             },
             {}});
    }

    void read_shared() {
        if (!zip_.has("xl/sharedStrings.xml")) return;
        std::size_t bytes = 0;
        bool in_text = false, phonetic = false;
        std::string text;
        zip_.read_all("xl/sharedStrings.xml",
                      {[&](const std::string& name, const std::map<std::string, std::string>&) {
                           if (name == "si") text.clear();
                           if (name == "rPh") phonetic = true;
                           in_text = name == "t" && !phonetic;
                       },
                       [&](const std::string& name) {
                           in_text = false;
                           if (name == "rPh") phonetic = false;
                           if (name != "si") return;
                           bytes += text.size() + 32;
                           if (bytes > shared_bytes_max)
                               throw base::Failure(base::Fault::input,
                                                   "the workbook holds more text than can be read",
                                                   zip_.name(), "send the rows as CSV");
                           shared_.push_back(text);
                       },
                       [&](std::string_view piece) {
                           if (in_text) text += piece;
                       }});
    }

    void begin(const std::string& name, const std::map<std::string, std::string>& a) {
        const auto of = [&](const char* key) {
            return a.contains(key) ? a.at(key) : std::string();
        };
        if (name == "row") {
            row_ = RawRow{};
            row_.line = a.contains("r") ? std::atoll(of("r").c_str()) : last_line_ + 1;
            // Each row is known by its line: no two have the same.
            if (row_.line <= last_line_ || row_.line > lines_max)
                zip_.refuse(fmt::format("the workbook is damaged: its rows do not ascend after {}",
                                        last_line_));
            last_line_ = row_.line;
        } else if (name == "c") {
            type_ = of("t");
            style_ = static_cast<std::size_t>(std::max(0, std::atoi(of("s").c_str())));
            const int column =
                a.contains("r") ? column_of(of("r")) : static_cast<int>(row_.cells.size());
            if (column < 0 || column >= static_cast<int>(cells_max))
                throw base::Failure(base::Fault::input,
                                    fmt::format("a row has more than {} columns", cells_max),
                                    fmt::format("{} line {}", zip_.name(), row_.line),
                                    "remove columns that hold nothing");
            column_ = static_cast<std::size_t>(column);
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
            if (row_.cells.size() <= column_) row_.cells.resize(column_ + 1);
            row_.cells[column_] = cell();
        }
        if (name == "row") {
            for (const Cell& filled : row_.cells)
                if (!base::trim(filled.text).empty()) {
                    rows_.push_back(std::move(row_));
                    break;
                }
        }
    }

    Cell cell() const {
        // A formula that no program has calculated: what it comes to is not in the file.
        if (text_.empty()) return {Cell::Kind::error, "="};
        if (type_ == "s") {
            const std::size_t index = static_cast<std::size_t>(std::atoll(text_.c_str()));
            if (index >= shared_.size()) zip_.refuse("the workbook is damaged");
            return {shared_[index].empty() ? Cell::Kind::empty : Cell::Kind::text, shared_[index]};
        }
        if (type_ == "inlineStr" || type_ == "str") return {Cell::Kind::text, text_};
        if (type_ == "b") return {Cell::Kind::boolean, text_ == "1" ? "true" : "false"};
        if (type_ == "e") return {Cell::Kind::error, text_};
        if (type_ == "d") return {Cell::Kind::date, text_.substr(0, 10)};
        if (style_ < date_styles_.size() && date_styles_[style_]) {
            const double serial = std::strtod(text_.c_str(), nullptr);
            if (serial >= 1 && serial < 3'000'000) {
                // 1900-01-01 is day 1; Excel counts a 29 February 1900 that never was.
                const int days = static_cast<int>(std::floor(serial));
                const base::Date start = from_1904_
                                             ? *base::Date::of(1904, 1, 1)
                                             : *base::Date::of(1899, 12, days < 60 ? 31 : 30);
                return {Cell::Kind::date, base::text(base::Date{start.days + days})};
            }
        }
        return {Cell::Kind::number, text_};
    }

    Zip zip_;
    zip_file_t* file_ = nullptr;
    std::unique_ptr<XmlReader> reader_;
    std::vector<bool> date_styles_;
    std::vector<std::string> shared_;
    bool from_1904_ = false;
    std::deque<RawRow> rows_;
    RawRow row_;
    std::int64_t last_line_ = 0;
    std::string type_, text_;
    std::size_t style_ = 0, column_ = 0;
    bool taking_ = false, phonetic_ = false, ended_ = false, formula_ = false;
};

}  // namespace

std::unique_ptr<Reader> open_xlsx(const std::filesystem::path& file, const Options& options) {
    return std::make_unique<XlsxReader>(file, options);
}

}  // namespace zs::sheet
