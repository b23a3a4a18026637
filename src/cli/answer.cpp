#include "cli/answer.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <iostream>
#include <sstream>

#include <fmt/format.h>

#include "base/decimal.h"
#include "base/file.h"
#include "base/text.h"
#include "sheet/csv_writer.h"
#include "sheet/workbook.h"

namespace zs::cli {

namespace {

std::string in_quotes(const std::string& text) {
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

/// What people see of a list: the columns that are for them, as texts.
struct Shown {
    std::vector<std::size_t> columns;  ///< of the list
    std::vector<std::string> headings;
};

Shown shown_of(const ask::List& list, const ask::Titles& titles) {
    Shown shown;
    for (std::size_t i = 0; i < list.columns.size(); ++i) {
        if (!list.columns[i].for_people) continue;
        shown.columns.push_back(i);
        shown.headings.push_back(base::one_line(titles.heading(list.columns[i])));
    }
    return shown;
}

void write_table(std::ostream& out, const ask::List& list, const ask::Titles& titles) {
    const Shown shown = shown_of(list, titles);
    std::vector<std::size_t> widths;
    for (const std::string& heading : shown.headings) widths.push_back(base::cells(heading));
    std::vector<std::vector<std::string>> rows;
    for (std::size_t row = 0; row < list.rows.size(); ++row) {
        auto& cells = rows.emplace_back();
        for (std::size_t i = 0; i < shown.columns.size(); ++i) {
            cells.push_back(base::one_line(titles.shown(list, row, shown.columns[i])));
            widths[i] = std::max(widths[i], base::cells(cells.back()));
        }
    }
    const auto write = [&](const std::vector<std::string>& cells, bool is_heading) {
        std::string line;
        for (std::size_t i = 0; i < cells.size(); ++i) {
            const bool to_the_right =
                !is_heading && list.columns[shown.columns[i]].kind == ask::List::Kind::number;
            if (to_the_right) line += std::string(widths[i] - base::cells(cells[i]), ' ');
            line += (to_the_right ? cells[i] : padded(cells[i], widths[i])) + "  ";
        }
        while (!line.empty() && line.back() == ' ') line.pop_back();
        out << line << "\n";
    };
    write(shown.headings, true);
    for (const auto& cells : rows) write(cells, false);
}

void write_csv(std::ostream& out, const ask::List& list, bool bom) {
    if (bom) out << byte_order_mark;
    std::vector<std::optional<std::string>> names;
    for (const auto& column : list.columns) names.emplace_back(column.name);
    sheet::write_csv_row(out, names);
    for (const auto& row : list.rows) sheet::write_csv_row(out, row);
}

void write_json(std::ostream& out, const ask::List& list, bool by_lines) {
    for (std::size_t i = 0; i < list.rows.size(); ++i) {
        if (!by_lines) out << (i == 0 ? "[" : ",\n ");
        out << row_object(list, i).written();
        if (by_lines) out << "\n";
    }
    if (!by_lines) out << (list.rows.empty() ? "[]\n" : "]\n");
}

/// A sheet holds 1048576 rows, the first of which is the heading.
constexpr std::size_t sheet_rows_max = 1048575;

/// A number goes into a workbook as one only if nothing is lost: what has more digits than a
/// double holds is a text.
std::optional<double> as_number(const ask::List::Column& column,
                                const std::optional<std::string>& cell) {
    if (column.kind != ask::List::Kind::number || !cell || cell->empty()) return std::nullopt;
    const auto digits = std::count_if(cell->begin(), cell->end(),
                                      [](char letter) { return letter >= '0' && letter <= '9'; });
    char* end = nullptr;
    const double number = std::strtod(cell->c_str(), &end);
    if (*end != '\0' || (digits > 15 && cell->find_first_of(".eE") == std::string::npos))
        return std::nullopt;
    return number;
}

void write_workbook(const std::filesystem::path& file, const ask::List& list,
                    const ask::Titles& titles) {
    const Shown shown = shown_of(list, titles);
    const std::vector<std::optional<std::string>> headings(shown.headings.begin(),
                                                           shown.headings.end());
    const std::filesystem::path beside = file.string() + ".part";
    sheet::Workbook workbook(beside);
    for (std::size_t row = 0, sheets = 0; row == 0 || row < list.rows.size();) {
        workbook.add_sheet(fmt::format("{}", ++sheets));
        workbook.add_row(headings, true);
        for (std::size_t on_sheet = 0; row < list.rows.size() && on_sheet < sheet_rows_max;
             ++row, ++on_sheet) {
            for (std::size_t i = 0; i < shown.columns.size(); ++i) {
                const std::size_t column = shown.columns[i];
                const auto number = as_number(list.columns[column], list.rows[row][column]);
                const std::string text = titles.shown(list, row, column);
                if (number && text.ends_with("%"))
                    workbook.set_share(static_cast<int>(i), *number);
                else if (number)
                    workbook.set_number(static_cast<int>(i), *number);
                else if (!text.empty())
                    workbook.set_text(static_cast<int>(i), text);
            }
            workbook.end_row();
        }
        if (list.rows.empty()) break;
    }
    workbook.close();
    std::filesystem::rename(beside, file);
}

void write(std::ostream& out, const ask::List& list, const Answering& how,
           const ask::Titles& titles) {
    switch (how.format) {
        case Format::csv:
            return write_csv(out, titles.beside(list), how.bom);
        case Format::json:
        case Format::jsonl:
            return write_json(out, titles.beside(list), how.format == Format::jsonl);
        case Format::table:
        case Format::xlsx:
            return write_table(out, list, titles);
    }
}

}  // namespace

Json Json::text(const std::string& value) { return exact(in_quotes(value)); }
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
        text +=
            (i == 0 ? "" : ", ") + in_quotes(members[i].first) + ": " + members[i].second.written_;
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

std::int64_t print(const ask::List& list, const Answering& how, const ask::Titles& titles) {
    if (how.format == Format::xlsx) {
        write_workbook(how.file, list, titles);
    } else if (how.file.empty()) {
        write(std::cout, list, how, titles);
    } else {
        std::ostringstream text;
        write(text, list, how, titles);
        base::write_file_whole(how.file, text.str());
    }
    return static_cast<std::int64_t>(list.rows.size());
}

}  // namespace zs::cli
