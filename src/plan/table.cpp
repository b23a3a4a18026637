#include "plan/table.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/text.h"

namespace zs::plan {

namespace {

/// Byte offset of a line and column (in code points, from 1) of a text.
std::size_t offset_of(std::string_view text, int line, int column) {
    std::size_t at = 0;
    for (int i = 1; i < line && at < text.size(); ++i) {
        const std::size_t end = text.find('\n', at);
        if (end == std::string_view::npos) return text.size();
        at = end + 1;
    }
    for (int i = 1; i < column && at < text.size(); ++i) {
        ++at;
        while (at < text.size() && (static_cast<unsigned char>(text[at]) & 0xC0) == 0x80) ++at;
    }
    return at;
}

/// Walks a text by bytes, keeping line and column.
struct Cursor {
    std::string_view text;
    const Body& body;
    std::size_t at;
    int line, column;

    Place place() const { return body.place(line, column); }
    void step() {
        const unsigned char byte = static_cast<unsigned char>(text[at++]);
        if (byte == '\n') {
            ++line;
            column = 1;
        } else if (at >= text.size() || (static_cast<unsigned char>(text[at]) & 0xC0) != 0x80) {
            ++column;
        }
    }
    bool starts(std::string_view what) const { return text.substr(at, what.size()) == what; }
    void skip(std::size_t bytes) {
        for (std::size_t i = 0; i < bytes && at < text.size(); ++i) step();
    }
};

/// Places of the bytes of a TOML string that begins at the cursor, in the order of its decoded
/// bytes.
std::vector<Place> string_places(Cursor cursor, std::size_t decoded) {
    std::vector<Place> places;
    std::string_view quote = cursor.starts("\"\"\"") ? "\"\"\""
                             : cursor.starts("'''")  ? "'''"
                             : cursor.starts("'")    ? "'"
                                                     : "\"";
    const bool escapes = quote[0] == '"', multi = quote.size() == 3;
    cursor.skip(quote.size());
    if (multi && cursor.starts("\r\n"))
        cursor.skip(2);
    else if (multi && cursor.starts("\n"))
        cursor.skip(1);
    while (cursor.at < cursor.text.size() && places.size() < decoded) {
        const Place here = cursor.place();
        if (escapes && cursor.starts("\\")) {
            const char kind = cursor.at + 1 < cursor.text.size() ? cursor.text[cursor.at + 1] : ' ';
            if (multi && (kind == '\n' || kind == '\r' || kind == ' ' || kind == '\t')) {
                cursor.skip(1);
                while (cursor.at < cursor.text.size() &&
                       std::string_view(" \t\r\n").find(cursor.text[cursor.at]) !=
                           std::string_view::npos)
                    cursor.step();
                continue;
            }
            const std::size_t hex = kind == 'u' ? 4 : kind == 'U' ? 8 : 0;
            std::size_t bytes = 1;
            if (hex > 0) {
                const unsigned long point = std::strtoul(
                    std::string(cursor.text.substr(cursor.at + 2, hex)).c_str(), nullptr, 16);
                bytes = point < 0x80 ? 1 : point < 0x800 ? 2 : point < 0x10000 ? 3 : 4;
            }
            cursor.skip(2 + hex);
            places.insert(places.end(), bytes, here);
        } else {
            places.push_back(here);
            cursor.step();
        }
    }
    places.push_back(cursor.place());
    return places;
}

}  // namespace

Place Written::at(std::size_t byte) const {
    if (places.empty()) return {};
    return places[std::min(byte, places.size() - 1)];
}

Diagnostic& Report::add(Diagnostic::Severity severity, std::string id, const Place& place,
                        int length, std::string message, std::string hint) {
    Diagnostic d;
    d.id = std::move(id);
    d.severity = severity;
    d.place = place;
    d.length = length;
    d.message = std::move(message);
    d.hint = std::move(hint);
    for (const SourceFile& file : files_)
        if (file.name == place.file) d.source = line_of(file, place.line);
    if (severity == Diagnostic::Severity::error) ++errors;
    diagnostics.push_back(std::move(d));
    return diagnostics.back();
}

Diagnostic& Report::error(std::string id, const Place& place, int length, std::string message,
                          std::string hint) {
    return add(Diagnostic::Severity::error, std::move(id), place, length, std::move(message),
               std::move(hint));
}

Diagnostic& Report::warning(std::string id, const Place& place, int length, std::string message,
                            std::string hint) {
    return add(Diagnostic::Severity::warning, std::move(id), place, length, std::move(message),
               std::move(hint));
}

std::optional<toml::table> parse_table(const Body& body, Report& report) {
    try {
        return toml::parse(body.text);
    } catch (const toml::parse_error& fault) {
        const auto& begin = fault.source().begin;
        report.error("syntax",
                     body.place(static_cast<int>(begin.line), static_cast<int>(begin.column)), 1,
                     fmt::format("this is no TOML: {}", std::string(fault.description())));
        return std::nullopt;
    }
}

Written written(const toml::node& node, const Body& body) {
    Written result;
    result.text = node.value_or<std::string>("");
    const auto& begin = node.source().begin;
    const int line = static_cast<int>(begin.line), column = static_cast<int>(begin.column);
    result.places = string_places(
        {body.text, body, offset_of(body.text, line, column), line, column}, result.text.size());
    return result;
}

Place Table::node_place(const toml::node& found) const {
    const auto& begin = found.source().begin;
    return body_.place(static_cast<int>(begin.line), static_cast<int>(begin.column));
}

Place Table::place(std::string_view key) const {
    const toml::node* found = table_.get(key);
    return node_place(found != nullptr ? *found : static_cast<const toml::node&>(table_));
}

Place Table::key_place(std::string_view key) const {
    for (const auto& [name, value] : table_) {
        if (name.str() != key) continue;
        const auto& begin = name.source().begin;
        return body_.place(static_cast<int>(begin.line), static_cast<int>(begin.column));
    }
    return place(key);
}

int Table::value_length(std::string_view key) const {
    const toml::node* found = table_.get(key);
    if (found == nullptr) return 1;
    const auto& source = found->source();
    return source.begin.line == source.end.line
               ? std::max(
                     1, static_cast<int>(source.end.column) - static_cast<int>(source.begin.column))
               : 1;
}

const toml::node* Table::node(std::string_view key) {
    asked_.insert(std::string(key));
    return table_.get(key);
}

void Table::wrong(std::string_view key, const char* wanted) {
    report_.error("bad-value", place(key), value_length(key),
                  fmt::format("'{}' must be {}", key, wanted));
}

std::optional<Written> Table::text(std::string_view key) {
    const toml::node* found = node(key);
    if (found == nullptr) return std::nullopt;
    if (!found->is_string()) {
        wrong(key, "a text in quotes");
        return std::nullopt;
    }
    return written(*found, body_);
}

std::string Table::text_or(std::string_view key, const std::string& otherwise) {
    const auto found = text(key);
    return found ? found->text : otherwise;
}

std::optional<std::int64_t> Table::integer(std::string_view key) {
    const toml::node* found = node(key);
    if (found == nullptr) return std::nullopt;
    if (!found->is_integer()) {
        wrong(key, "a whole number");
        return std::nullopt;
    }
    return found->value<std::int64_t>();
}

std::optional<int> Table::count(std::string_view key, int least) {
    constexpr int most = 999'999;
    const auto number = integer(key);
    if (!number) return std::nullopt;
    if (*number >= least && *number <= most) return static_cast<int>(*number);
    report_.error(
        "bad-value", place(key), value_length(key),
        fmt::format("'{}' is a whole number from {} to {}, this is {}", key, least, most, *number));
    return std::nullopt;
}

std::optional<bool> Table::boolean(std::string_view key) {
    const toml::node* found = node(key);
    if (found == nullptr) return std::nullopt;
    if (!found->is_boolean()) {
        wrong(key, "true or false");
        return std::nullopt;
    }
    return found->value<bool>();
}

std::vector<Written> Table::texts(std::string_view key) {
    const toml::node* found = node(key);
    if (found == nullptr) return {};
    if (found->is_string()) return {written(*found, body_)};
    const toml::array* list = found->as_array();
    if (list == nullptr) {
        wrong(key, "a list of texts");
        return {};
    }
    std::vector<Written> result;
    for (const toml::node& item : *list) {
        if (item.is_string())
            result.push_back(written(item, body_));
        else
            report_.error("bad-value", node_place(item), 1,
                          fmt::format("'{}' must be a list of texts", key));
    }
    return result;
}

std::vector<Written> Table::list(std::string_view key) {
    const toml::node* found = node(key);
    if (found != nullptr && found->is_string()) {
        report_.error("bad-value", place(key), value_length(key),
                      fmt::format("'{}' is a list, as {} = [\"{}\"]", key, key,
                                  *found->value<std::string>()));
        return {};
    }
    std::vector<Written> result;
    for (Written& text : texts(key)) {
        const bool is_twice = std::any_of(result.begin(), result.end(), [&](const Written& one) {
            return one.text == text.text;
        });
        if (is_twice)
            report_.error("duplicate", text.at(0), static_cast<int>(base::characters(text.text)),
                          fmt::format("'{}' stands twice in '{}'", text.text, key));
        else
            result.push_back(std::move(text));
    }
    return result;
}

std::vector<std::string> Table::keys() const {
    std::vector<std::pair<std::pair<std::uint32_t, std::uint32_t>, std::string>> ordered;
    for (const auto& [name, value] : table_) {
        const auto& begin = name.source().begin;
        ordered.push_back({{begin.line, begin.column}, std::string(name.str())});
    }
    std::sort(ordered.begin(), ordered.end());
    std::vector<std::string> names;
    for (auto& [place_in_text, name] : ordered) names.push_back(std::move(name));
    return names;
}

void Table::report_unknown() {
    for (const std::string& key : keys()) {
        if (asked_.contains(key) || key.starts_with("x_")) continue;
        const std::vector<std::string> near =
            base::nearest_names(key, {asked_.begin(), asked_.end()});
        report_.error("unknown-key", key_place(key), static_cast<int>(base::characters(key)),
                      owner_.empty() ? fmt::format("there is no key '{}' here", key)
                                     : fmt::format("there is no key '{}' in {}", key, owner_),
                      near.empty() ? "" : fmt::format("did you mean '{}'?", near[0]));
    }
}

}  // namespace zs::plan
