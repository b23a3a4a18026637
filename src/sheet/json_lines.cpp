#include "sheet/json_lines.h"

#include <algorithm>
#include <deque>

#include <boost/json.hpp>
#include <fmt/format.h>

#include "base/decimal.h"
#include "base/failure.h"
#include "base/text.h"
#include "sheet/text_file.h"

namespace zs::sheet {

namespace {

constexpr std::size_t line_bytes_max = 1u << 20;
constexpr std::size_t ahead_max = 1000;
constexpr std::size_t ahead_bytes_max = 4u << 20;

class JsonReader final : public Reader {
public:
    explicit JsonReader(const std::filesystem::path& file)
        : name_(file.filename().string()), text_(file) {}

    void pass_sheet() override { passed_ = true; }

    bool next(RawRow& row) override {
        if (passed_) return false;
        if (!begun_) {
            begun_ = true;
            read_ahead();
            if (ahead_.empty()) return false;
            row.line = 0;
            row.cells.clear();
            for (const std::string& name : names_) row.cells.push_back({Cell::Kind::text, name});
            return true;
        }
        boost::json::object object;
        if (!ahead_.empty()) {
            row.line = ahead_.front().first;
            object = std::move(ahead_.front().second);
            ahead_.pop_front();
        } else {
            if (!read_object(object)) return false;
            row.line = line_;
        }
        fill(row, object);
        return true;
    }

    std::vector<std::string> late_names() const override {
        return {names_.begin() + static_cast<std::ptrdiff_t>(early_names_), names_.end()};
    }

private:
    /// The keys of the first objects are the header: one that has nothing to say of a key lacks it.
    void read_ahead() {
        boost::json::object object;
        while (ahead_.size() < ahead_max && bytes_read_ < ahead_bytes_max && read_object(object)) {
            for (const auto& member : object)
                if (std::find(names_.begin(), names_.end(), std::string(member.key())) ==
                    names_.end())
                    names_.emplace_back(member.key());
            ahead_.emplace_back(line_, std::move(object));
        }
        early_names_ = names_.size();
    }

    [[noreturn]] void refuse(const base::Said& what) const {
        throw base::Failure(base::Fault::input, what,
                            is_list_
                                ? base::said("{} 第 {} 个对象", "{} object {}", name_, objects_)
                                : base::said("{} 第 {} 行", "{} line {}", name_, line_),
                            base::said("每行写一个不带嵌套的 JSON 对象，或写成它们的列表",
                                       "write one flat JSON object a line, or a list of them"));
    }

    /// Makes sure that there is a byte to look at; false at the end of the text.
    bool has() {
        while (at_ >= buffer_.size()) {
            buffer_.clear();
            at_ = 0;
            if (!text_.more(buffer_)) return false;
        }
        return true;
    }

    char take() {
        const char letter = buffer_[at_++];
        if (letter == '\0')
            refuse(
                base::said("文件里有空字节，不是文本", "the file holds a NUL byte: it is no text"));
        if (letter == '\n') ++lines_;
        return letter;
    }

    bool pass_blanks() {
        while (has()) {
            const char letter = buffer_[at_];
            if (letter != ' ' && letter != '\t' && letter != '\r' && letter != '\n') return true;
            take();
        }
        return false;
    }

    /// Nothing but blanks to the end of the line.
    bool line_ends() {
        while (has()) {
            const char letter = buffer_[at_];
            if (letter == '\n') return true;
            if (letter != ' ' && letter != '\t' && letter != '\r') return false;
            take();
        }
        return true;
    }

    /// Stands at the next object, over the brackets and commas of a list; false at the end.
    bool find_object() {
        if (!pass_blanks()) {
            line_ = lines_;
            if (in_list_)
                refuse(base::said("对象的列表没有结束", "the list of objects is never closed"));
            return false;
        }
        line_ = lines_;
        if (!looked_for_list_) {
            looked_for_list_ = true;
            in_list_ = buffer_[at_] == '[';
            is_list_ = in_list_;
            if (in_list_) {
                take();
                return find_object();
            }
        }
        if (!is_list_) return true;
        if (in_list_ && buffer_[at_] == ']') {
            take();
            in_list_ = false;
            if (pass_blanks()) {
                line_ = lines_;
                refuse(base::said("对象的列表后面还有东西",
                                  "something stands behind the list of objects"));
            }
            return false;
        }
        if (in_list_ && buffer_[at_] == ',' && objects_ > 0) {
            take();
            if (!pass_blanks())
                refuse(base::said("对象的列表没有结束", "the list of objects is never closed"));
            line_ = lines_;
        }
        return true;
    }

    /// The text of an object: to the brace that closes it.
    std::string object_text() {
        std::string text;
        std::size_t depth = 0;
        keys_ = 0;
        bool quoted = false, escaped = false;
        while (has()) {
            const char letter = take();
            text += letter;
            if (text.size() > line_bytes_max)
                refuse(base::said("有一行超过 1 MB", "a row is longer than 1 MB"));
            if (quoted) {
                quoted = escaped || letter != '"';
                escaped = !escaped && letter == '\\';
            } else if (letter == '"') {
                quoted = true;
            } else if (letter == ':' && depth == 1) {
                ++keys_;
            } else if (letter == '{' || letter == '[') {
                ++depth;
            } else if ((letter == '}' || letter == ']') && depth > 0) {
                if (--depth == 0) break;
            }
            if (depth == 0 && letter == '\n') break;
            // No text goes over a line's end: here a quote is missing.
            if (letter == '\n' && quoted) break;
        }
        return text;
    }

    bool read_object(boost::json::object& object) {
        if (!find_object()) return false;
        const std::string text = object_text();
        bytes_read_ += text.size();
        ++objects_;
        // Objects of a list may share a line: each is known by its place in the list.
        if (is_list_) line_ = static_cast<std::int64_t>(objects_);
        boost::system::error_code fault;
        const boost::json::value value = boost::json::parse(text, fault);
        if (fault || !value.is_object())
            refuse(is_list_ ? base::said("列表里有不是 JSON 对象的东西",
                                         "the list holds something that is no JSON object")
                            : base::said("这一行不是 JSON 对象", "this line is no JSON object"));
        object = value.as_object();
        if (object.size() != keys_)
            refuse(base::said("一个对象里同一个名字写了两遍", "an object names a key twice"));
        if (!is_list_ && !line_ends())
            refuse(
                base::said("一行里不止一个 JSON 对象", "a line holds more than one JSON object"));
        if (object.size() > 4096)
            refuse(base::said("有一行超过 4096 列", "a row has more than 4096 columns"));
        return true;
    }

    void fill(RawRow& row, const boost::json::object& object) {
        row.cells.assign(names_.size(), Cell{});
        for (const auto& member : object) {
            auto at = std::find(names_.begin(), names_.end(), std::string(member.key()));
            if (at == names_.end()) {
                names_.emplace_back(member.key());
                row.cells.emplace_back();
                at = names_.end() - 1;
            }
            row.cells[static_cast<std::size_t>(at - names_.begin())] = cell_of(member.value());
        }
    }

    /// Of a list (a set of codes) its values, joined as in a cell of any other file.
    Cell list_of(const boost::json::array& values) const {
        Cell cell;
        for (const boost::json::value& value : values) {
            const Cell part = cell_of(value);
            if (part.kind == Cell::Kind::empty) continue;
            cell.kind = Cell::Kind::text;
            cell.text += (cell.text.empty() ? "" : ";") + part.text;
        }
        return cell;
    }

    Cell cell_of(const boost::json::value& value) const {
        if (value.is_null()) return {};
        if (value.is_array()) return list_of(value.as_array());
        if (value.is_string())
            return {value.as_string().empty() ? Cell::Kind::empty : Cell::Kind::text,
                    std::string(value.as_string())};
        if (value.is_bool()) return {Cell::Kind::boolean, value.as_bool() ? "true" : "false"};
        // A whole number has all its digits, unlike one that a spreadsheet has stored.
        if (value.is_int64()) return {Cell::Kind::text, std::to_string(value.as_int64())};
        if (value.is_uint64()) return {Cell::Kind::text, std::to_string(value.as_uint64())};
        if (value.is_double()) return {Cell::Kind::number, base::text(value.as_double())};
        return {Cell::Kind::text, boost::json::serialize(value)};
    }

    std::string name_;
    TextFile text_;
    std::string buffer_;
    std::size_t at_ = 0;  ///< how far the buffer is read
    std::vector<std::string> names_;
    std::deque<std::pair<std::int64_t, boost::json::object>> ahead_;  ///< with their lines
    std::size_t early_names_ = 0, bytes_read_ = 0;
    std::size_t objects_ = 0;
    std::size_t keys_ = 0;  ///< of the object read last
    bool begun_ = false, passed_ = false;
    bool looked_for_list_ = false, is_list_ = false, in_list_ = false;
    std::int64_t line_ = 0;   ///< where the object begins
    std::int64_t lines_ = 1;  ///< the line that is being read
};

}  // namespace

std::unique_ptr<Reader> open_json_lines(const std::filesystem::path& file) {
    return std::make_unique<JsonReader>(file);
}

}  // namespace zs::sheet
