#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "ask/list.h"
#include "ask/titles.h"
#include "plan/value.h"

namespace zs::cli {

/// A JSON value, written as it stands: money and decimals keep all their digits, keys their order.
class Json {
public:
    static Json text(const std::string& value);
    static Json number(std::int64_t value);
    static Json number(double value);
    static Json exact(const std::string& digits);  ///< a number already written
    static Json truth(bool value);
    static Json null();
    static Json list(std::vector<Json> items);
    static Json object(std::vector<std::pair<std::string, Json>> members);
    /// Money, numbers and truths as such, all else as text; NULL is null.
    static Json value(const plan::Value& value);

    const std::string& written() const { return written_; }

private:
    std::string written_ = "null";
};

enum class Format { table, csv, json, jsonl, xlsx };

/// What Excel knows UTF-8 by, at the beginning of a CSV file.
constexpr const char* byte_order_mark = "\xEF\xBB\xBF";

/// How a list is answered.
struct Answering {
    Format format = Format::table;
    bool bom = false;            ///< CSV begins with a byte order mark, for Excel
    std::filesystem::path file;  ///< empty: standard output
};

/// Prints a list; gives how many rows. Tables and workbooks show titles and names of places; CSV
/// and JSON names and codes, and titles beside them. NULL is an empty cell, null in JSON.
/// @throws Failure (system) where the file cannot be written.
std::int64_t print(const ask::List& list, const Answering& how, const ask::Titles& titles);
void print(const Json& json);
/// A list as JSON, for an answer that holds it.
Json list_json(const ask::List& list);

/// Cells a text takes on a terminal, padded with spaces to `width`.
std::string padded(const std::string& text, std::size_t width);

}  // namespace zs::cli
