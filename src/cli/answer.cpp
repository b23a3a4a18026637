#include "cli/answer.h"

#include <algorithm>
#include <cmath>
#include <iostream>

#include <fmt/format.h>

#include "base/decimal.h"
#include "base/text.h"
#include "sheet/csv_writer.h"

namespace zs::cli {

namespace {

std::string quoted(const std::string& text) {
    std::string result = "\"";
    for (const char letter : text) {
        switch (letter) {
            case '"':
                result += "\\\"";
                break;
            case '\\':
                result += "\\\\";
                break;
            case '\n':
                result += "\\n";
                break;
            case '\r':
                result += "\\r";
                break;
            case '\t':
                result += "\\t";
                break;
            default:
                if (static_cast<unsigned char>(letter) < 0x20)
                    result += fmt::format("\\u{:04x}", static_cast<unsigned>(letter));
                else
                    result += letter;
        }
    }
    return result + "\"";
}

Json written(const ask::List::Column& column, const std::optional<std::string>& cell) {
    if (!cell) return Json::null();
    if (column.kind == ask::List::Kind::number) return Json::exact(*cell);
    if (column.kind == ask::List::Kind::boolean) return Json::truth(*cell == "true");
    return Json::text(*cell);
}

Json row_object(const ask::List& list, std::size_t row) {
    std::vector<std::pair<std::string, Json>> members;
    for (std::size_t i = 0; i < list.columns.size(); ++i)
        members.emplace_back(list.columns[i].name, written(list.columns[i], list.rows[row][i]));
    return Json::object(std::move(members));
}

std::string shown(const std::optional<std::string>& cell) {
    return base::one_line(cell.value_or(""));
}

void print_table(const ask::List& list) {
    std::vector<std::size_t> widths;
    for (const auto& column : list.columns) widths.push_back(base::cells(column.name));
    for (const auto& row : list.rows)
        for (std::size_t i = 0; i < row.size(); ++i)
            widths[i] = std::max(widths[i], base::cells(shown(row[i])));
    std::string line;
    for (std::size_t i = 0; i < list.columns.size(); ++i)
        line += padded(list.columns[i].name, widths[i]) + "  ";
    std::cout << base::trim(line) << "\n";
    for (const auto& row : list.rows) {
        line.clear();
        for (std::size_t i = 0; i < row.size(); ++i) {
            const std::string cell = shown(row[i]);
            if (list.columns[i].kind == ask::List::Kind::number)
                line += std::string(widths[i] - base::cells(cell), ' ') + cell + "  ";
            else
                line += padded(cell, widths[i]) + "  ";
        }
        while (!line.empty() && line.back() == ' ') line.pop_back();
        std::cout << line << "\n";
    }
}

}  // namespace

Json Json::text(const std::string& value) { return exact(quoted(value)); }
Json Json::number(std::int64_t value) { return exact(std::to_string(value)); }
Json Json::number(double value) { return std::isfinite(value) ? exact(base::text(value)) : null(); }
Json Json::truth(bool value) { return exact(value ? "true" : "false"); }
Json Json::null() { return exact("null"); }

Json Json::exact(const std::string& digits) {
    Json json;
    json.written_ = digits == "nan" || digits == "inf" || digits == "-inf" ? "null" : digits;
    return json;
}

Json Json::list(std::vector<Json> items) {
    std::string text = "[";
    for (std::size_t i = 0; i < items.size(); ++i) text += (i == 0 ? "" : ", ") + items[i].written_;
    return exact(text + "]");
}

Json Json::object(std::vector<std::pair<std::string, Json>> members) {
    std::string text = "{";
    for (std::size_t i = 0; i < members.size(); ++i)
        text += (i == 0 ? "" : ", ") + quoted(members[i].first) + ": " + members[i].second.written_;
    return exact(text + "}");
}

Json Json::value(const plan::Value& value) {
    if (plan::is_null(value)) return null();
    if (const auto* truth_value = std::get_if<bool>(&value)) return truth(*truth_value);
    if (const auto* whole = std::get_if<std::int64_t>(&value)) return number(*whole);
    if (const auto* decimal = std::get_if<base::Decimal>(&value))
        return exact(base::text(*decimal));
    if (const auto* floating = std::get_if<double>(&value)) return number(*floating);
    return text(plan::text(value));
}

std::string padded(const std::string& text, std::size_t width) {
    const std::size_t cells = base::cells(text);
    return cells >= width ? text : text + std::string(width - cells, ' ');
}

Json list_json(const ask::List& list) {
    std::vector<Json> rows;
    for (std::size_t i = 0; i < list.rows.size(); ++i) rows.push_back(row_object(list, i));
    return Json::list(std::move(rows));
}

void print(const Json& json) { std::cout << json.written() << "\n"; }

void print(const ask::List& list, Format format) {
    if (format == Format::table) {
        print_table(list);
        return;
    }
    if (format == Format::csv || format == Format::csv_with_bom) {
        if (format == Format::csv_with_bom) std::cout << byte_order_mark;
        std::vector<std::optional<std::string>> names;
        for (const auto& column : list.columns) names.emplace_back(column.name);
        sheet::write_csv_row(std::cout, names);
        for (const auto& row : list.rows) sheet::write_csv_row(std::cout, row);
        return;
    }
    for (std::size_t i = 0; i < list.rows.size(); ++i) {
        if (format == Format::json) std::cout << (i == 0 ? "[" : ",\n ");
        std::cout << row_object(list, i).written();
        if (format == Format::jsonl) std::cout << "\n";
    }
    if (format == Format::json) std::cout << (list.rows.empty() ? "[]\n" : "]\n");
}

}  // namespace zs::cli
