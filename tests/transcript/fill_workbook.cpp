// zs_fill FILE.xlsx CELL=TEXT CELL:=NUMBER…
// Types into the first sheet of a workbook and saves it as a spreadsheet program does: texts among
// the shared strings, numbers as numbers, every other part as it was. For the transcripts that fill
// in a template. Exit 2 when the workbook is not one that libxlsxwriter made.

#include <exception>
#include <iostream>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include <zip.h>

namespace {

struct Entry {
    std::string column;  ///< letters
    int row = 0;
    std::string value;
    bool number = false;
};

Entry entry_of(std::string_view word) {
    const auto equals = word.find('=');
    if (equals == std::string_view::npos)
        throw std::runtime_error("expected CELL=TEXT or CELL:=NUMBER");
    Entry entry;
    entry.number = equals > 0 && word[equals - 1] == ':';
    const auto cell = word.substr(0, equals - (entry.number ? 1 : 0));
    const auto digits = cell.find_first_of("0123456789");
    if (digits == std::string_view::npos)
        throw std::runtime_error("a cell is letters and a row, as B3");
    entry.column = cell.substr(0, digits);
    entry.row = std::stoi(std::string(cell.substr(digits)));
    entry.value = word.substr(equals + 1);
    return entry;
}

std::string escaped(std::string_view text) {
    std::string result;
    for (const char c : text) {
        if (c == '&')
            result += "&amp;";
        else if (c == '<')
            result += "&lt;";
        else if (c == '>')
            result += "&gt;";
        else
            result += c;
    }
    return result;
}

/// Columns in their order: A before Z before AA.
bool is_before(std::string_view left, std::string_view right) {
    return left.size() != right.size() ? left.size() < right.size() : left < right;
}

std::string attribute(std::string_view element, std::string_view name) {
    const auto begin = element.find(std::string(" ") + std::string(name) + "=\"");
    if (begin == std::string_view::npos) return {};
    const auto value = begin + name.size() + 3;
    return std::string(element.substr(value, element.find('"', value) - value));
}

/// The shared strings of the workbook, which grow by what is typed.
class SharedStrings {
public:
    explicit SharedStrings(std::optional<std::string> part)
        : part_(part.value_or(
              R"(<?xml version="1.0" encoding="UTF-8" standalone="yes"?>)"
              R"(<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"></sst>)")) {
        for (auto at = part_.find("<si>"); at != std::string::npos; at = part_.find("<si>", at + 1))
            ++count_;
    }
    int add(const std::string& text) {
        const auto end = part_.rfind("</sst>");
        if (end == std::string::npos) throw std::runtime_error("cannot add to the shared strings");
        part_.insert(end, "<si><t xml:space=\"preserve\">" + escaped(text) + "</t></si>");
        return count_++;
    }
    const std::string& part() const { return part_; }

private:
    std::string part_;
    int count_ = 0;
};

std::string cell_of(const Entry& entry, const std::string& style, SharedStrings& strings) {
    const auto reference = " r=\"" + entry.column + std::to_string(entry.row) + "\"";
    const auto look = style.empty() ? "" : " s=\"" + style + "\"";
    if (entry.number) return "<c" + reference + look + "><v>" + entry.value + "</v></c>";
    return "<c" + reference + look + " t=\"s\"><v>" + std::to_string(strings.add(entry.value)) +
           "</v></c>";
}

/// Puts the cell into the sheet: in its row, made if need be, in place of what stood there.
void set_cell(std::string& sheet, const Entry& entry, SharedStrings& strings) {
    auto data = sheet.find("<sheetData/>");
    if (data != std::string::npos) sheet.replace(data, 12, "<sheetData></sheetData>");
    auto at = sheet.find("<row ");
    const auto end_of_rows = sheet.find("</sheetData>");
    if (end_of_rows == std::string::npos) throw std::runtime_error("the sheet has no rows");
    while (at != std::string::npos && at < end_of_rows &&
           std::stoi(attribute(std::string_view(sheet).substr(at), "r")) < entry.row)
        at = sheet.find("<row ", at + 1);
    if (at == std::string::npos || at > end_of_rows) at = end_of_rows;
    if (at == end_of_rows ||
        std::stoi(attribute(std::string_view(sheet).substr(at), "r")) != entry.row) {
        sheet.insert(at, "<row r=\"" + std::to_string(entry.row) + "\"></row>");
    }
    const auto open_end = sheet.find('>', at);
    if (sheet[open_end - 1] == '/') sheet.replace(open_end - 1, 2, "></row>");
    auto cell = sheet.find('>', at) + 1;
    while (sheet.compare(cell, 3, "<c ") == 0) {
        const auto name = attribute(std::string_view(sheet).substr(cell), "r");
        const auto column = name.substr(0, name.find_first_of("0123456789"));
        const auto tag_end = sheet.find('>', cell);
        const auto end = sheet[tag_end - 1] == '/' ? tag_end + 1 : sheet.find("</c>", cell) + 4;
        if (column == entry.column) {
            const auto style = attribute(std::string_view(sheet).substr(cell, tag_end - cell), "s");
            sheet.replace(cell, end - cell, cell_of(entry, style, strings));
            return;
        }
        if (is_before(entry.column, column)) break;
        cell = end;
    }
    sheet.insert(cell, cell_of(entry, "", strings));
}

std::optional<std::string> part_of(zip_t* archive, const char* name) {
    zip_stat_t stat;
    zip_stat_init(&stat);
    if (zip_stat(archive, name, 0, &stat) != 0) return std::nullopt;
    std::string bytes(stat.size, '\0');
    zip_file_t* file = zip_fopen(archive, name, 0);
    if (!file ||
        zip_fread(file, bytes.data(), bytes.size()) != static_cast<zip_int64_t>(bytes.size()))
        throw std::runtime_error(std::string("cannot read ") + name);
    zip_fclose(file);
    return bytes;
}

void replace_part(zip_t* archive, const char* name, const std::string& bytes) {
    zip_source_t* source = zip_source_buffer(archive, bytes.data(), bytes.size(), 0);
    if (!source || zip_file_add(archive, name, source, ZIP_FL_OVERWRITE | ZIP_FL_ENC_UTF_8) < 0)
        throw std::runtime_error(std::string("cannot write ") + name);
}

constexpr const char* sheet_name = "xl/worksheets/sheet1.xml";
constexpr const char* strings_name = "xl/sharedStrings.xml";
constexpr const char* types_name = "[Content_Types].xml";
constexpr const char* relations_name = "xl/_rels/workbook.xml.rels";

void insert_before_end(std::optional<std::string>& part, std::string_view end,
                       std::string_view text) {
    const auto at = part ? part->rfind(end) : std::string::npos;
    if (at == std::string::npos) throw std::runtime_error("the workbook lacks a part");
    part->insert(at, text);
}

void fill(const char* file, const std::vector<Entry>& entries) {
    int error = 0;
    zip_t* archive = zip_open(file, 0, &error);
    if (!archive) throw std::runtime_error(std::string("cannot open ") + file);
    auto sheet = part_of(archive, sheet_name);
    if (!sheet) throw std::runtime_error("the workbook has no first sheet");
    auto strings_part = part_of(archive, strings_name);
    auto types = part_of(archive, types_name), relations = part_of(archive, relations_name);
    if (!strings_part) {
        insert_before_end(
            types, "</Types>",
            "<Override PartName=\"/xl/sharedStrings.xml\" ContentType=\""
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml\"/>");
        insert_before_end(relations, "</Relationships>",
                          "<Relationship Id=\"rIdStrings\" Type=\"http://schemas."
                          "openxmlformats.org/officeDocument/2006/relationships/sharedStrings\" "
                          "Target=\"sharedStrings.xml\"/>");
        replace_part(archive, types_name, *types);
        replace_part(archive, relations_name, *relations);
    }
    SharedStrings strings(std::move(strings_part));
    for (const auto& entry : entries) set_cell(*sheet, entry, strings);
    replace_part(archive, sheet_name, *sheet);
    replace_part(archive, strings_name, strings.part());
    if (zip_close(archive) != 0) throw std::runtime_error(std::string("cannot save ") + file);
}

}  // namespace

int main(int count, char** words) {
    try {
        if (count < 3)
            throw std::runtime_error("usage: zs_fill FILE.xlsx CELL=TEXT CELL:=NUMBER...");
        std::vector<Entry> entries;
        for (int i = 2; i < count; ++i) entries.push_back(entry_of(words[i]));
        fill(words[1], entries);
    } catch (const std::exception& failure) {
        std::cerr << "zs_fill: " << failure.what() << "\n";
        return 2;
    }
}
