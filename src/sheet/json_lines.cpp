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

    bool next(RawRow& row) override {
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

    [[noreturn]] void refuse(const std::string& what) const {
        throw base::Failure(base::Fault::input, what, fmt::format("{} line {}", name_, line_),
                            "write one flat JSON object a line");
    }

    /// The next line without its end; false where there is none.
    bool read_line(std::string& line) {
        std::size_t end = buffer_.find('\n', at_);
        while (end == std::string::npos) {
            buffer_.erase(0, at_);
            at_ = 0;
            const std::size_t seen = buffer_.size();
            if (seen > line_bytes_max || !text_.more(buffer_)) break;
            end = buffer_.find('\n', seen);
        }
        if (at_ >= buffer_.size()) return false;
        ++line_;
        end = std::min(end, buffer_.size());
        if (end - at_ > line_bytes_max) refuse("a row is longer than 1 MB");
        line = buffer_.substr(at_, end - at_);
        at_ = std::min(end + 1, buffer_.size());
        return true;
    }

    bool read_object(boost::json::object& object) {
        std::string line;
        while (read_line(line)) {
            bytes_read_ += line.size();
            if (line.find('\0') != std::string::npos)
                refuse("the file holds a NUL byte: it is no text");
            if (base::trim(line).empty()) continue;
            boost::system::error_code fault;
            const boost::json::value value = boost::json::parse(line, fault);
            if (fault || !value.is_object()) refuse("this line is no JSON object");
            object = value.as_object();
            if (object.size() > 4096) refuse("a row has more than 4096 columns");
            return true;
        }
        return false;
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
    std::size_t at_ = 0;  ///< where in the buffer the next line begins
    std::vector<std::string> names_;
    std::deque<std::pair<std::int64_t, boost::json::object>> ahead_;  ///< with their lines
    std::size_t early_names_ = 0, bytes_read_ = 0;
    bool begun_ = false;
    std::int64_t line_ = 0;
};

}  // namespace

std::unique_ptr<Reader> open_json_lines(const std::filesystem::path& file) {
    return std::make_unique<JsonReader>(file);
}

}  // namespace zs::sheet
