#include "sheet/table.h"

#include <algorithm>
#include <fstream>

#include "base/failure.h"
#include "sheet/csv.h"
#include "sheet/json_lines.h"
#include "sheet/xlsx.h"

namespace zs::sheet {

namespace {

base::Said save_as_xlsx() {
    return base::said(
        "用 Excel 或 WPS 打开，选“另存为”，存成 .xlsx（Excel 工作簿）",
        "open it in Excel or WPS, choose Save As, and save it as .xlsx (Excel workbook)");
}

std::string first_bytes(const std::filesystem::path& file, std::size_t count) {
    std::ifstream in(file, std::ios::binary);
    std::error_code ignored;
    if (!in || std::filesystem::is_directory(file, ignored))
        throw base::Failure(
            base::Fault::input, base::said("文件读不了", "the file cannot be read"),
            file.filename().string(),
            base::said("检查文件在不在、能不能读", "check that it is there and readable"));
    std::string bytes(count, '\0');
    in.read(bytes.data(), static_cast<std::streamsize>(count));
    bytes.resize(static_cast<std::size_t>(in.gcount()));
    return bytes;
}

[[noreturn]] void refuse(const base::Said& what, const std::string& name,
                         const base::Said& remedy = save_as_xlsx()) {
    throw base::Failure(base::Fault::input, what, name, remedy);
}

/// Letters as a compound file has its names: two bytes each.
std::string wide(std::string_view letters) {
    std::string bytes;
    for (const char letter : letters) bytes += {letter, '\0'};
    return bytes;
}

/// Looks for a name in a compound file's folder of streams, wherever it lies.
bool has_stream(const std::filesystem::path& file, std::string_view name) {
    const std::string wanted = wide(name);
    std::ifstream in(file, std::ios::binary);
    std::string window, piece(1u << 20, '\0');
    while (in) {
        in.read(piece.data(), static_cast<std::streamsize>(piece.size()));
        window.append(piece.data(), static_cast<std::size_t>(in.gcount()));
        if (window.find(wanted) != std::string::npos) return true;
        if (window.size() > wanted.size()) window.erase(0, window.size() - wanted.size());
    }
    return false;
}

[[noreturn]] void refuse_compound(const std::filesystem::path& file, const std::string& name) {
    if (has_stream(file, "EncryptedPackage"))
        refuse(base::said("工作簿加了密码", "the workbook is encrypted"), name,
               base::said("去掉密码，存成 .xlsx", "save it as .xlsx without a password"));
    if (has_stream(file, "Workbook") || has_stream(file, "Book"))
        refuse(base::said("这是旧的 .xls 工作簿（Excel 97–2003）",
                          "this is an old .xls workbook (Excel 97–2003)"),
               name);
    if (has_stream(file, "WordDocument"))
        refuse(base::said("这是 Word 文档", "this is a Word document"), name,
               base::said("把里面的表复制到工作簿，存成 .xlsx",
                          "copy its table into a workbook, save it as .xlsx"));
    refuse(base::said("工作簿加了密码，或是旧的 .xls", "the workbook is encrypted, or an old .xls"),
           name, base::said("去掉密码，存成 .xlsx", "save it as .xlsx without a password"));
}

/// Without a BOM and blanks before it, in small letters.
std::string beginning_of(std::string text) {
    if (text.starts_with("\xEF\xBB\xBF")) text.erase(0, 3);
    text.erase(0, std::min(text.size(), text.find_first_not_of(" \t\r\n")));
    for (char& letter : text)
        if (letter >= 'A' && letter <= 'Z') letter = static_cast<char>(letter - 'A' + 'a');
    return text;
}

/// Refuses what Excel opens under the name of a workbook or a table and is none.
void refuse_markup(const std::string& start, const std::string& name) {
    const std::string text = beginning_of(start);
    const auto holds = [&](std::string_view word) { return text.find(word) != std::string::npos; };
    if (!text.starts_with("<")) {
        if (text.starts_with("mime-version:"))
            refuse(base::said("这是网页归档（.mht），不是工作簿",
                              "this is a web archive (.mht), not a workbook"),
                   name);
        return;
    }
    if (holds("urn:schemas-microsoft-com:office:spreadsheet") || holds("progid=\"excel.sheet\""))
        if (!holds("<html"))
            refuse(base::said("这是 2003 年的 XML 表格，不是 .xls 或 .xlsx 工作簿",
                              "this is an XML spreadsheet of 2003, not an .xls or .xlsx workbook"),
                   name);
    if (holds("urn:oasis:names:tc:opendocument"))
        refuse(base::said("这是 OpenDocument 表格（单个 XML）",
                          "this is an OpenDocument spreadsheet (flat XML)"),
               name);
    for (const char* tag : {"<html", "<!doctype html", "<table", "<head", "<body", "<meta"})
        if (text.starts_with(tag) || (text.starts_with("<?xml") && holds(tag)))
            refuse(base::said("这是网页（HTML），只是用了表格的文件名",
                              "this is a web page (HTML) under the name of a table"),
                   name);
    if (text.starts_with("<?xml") || text.starts_with("<!doctype"))
        refuse(base::said("这是 XML 文件，不是表", "this is an XML file, not a table"), name);
}

/// A list or an object, whatever the file is called.
bool is_json(const std::string& start) {
    std::string text = beginning_of(start);
    std::erase_if(text, [](char letter) {
        return letter == ' ' || letter == '\t' || letter == '\r' || letter == '\n';
    });
    return text.starts_with("[{\"") || text.starts_with("{\"");
}

void refuse_other_kinds(const std::filesystem::path& file, const std::string& start,
                        const std::string& name) {
    if (start.starts_with("\xD0\xCF\x11\xE0")) refuse_compound(file, name);
    // BIFF 2 to 4: a workbook older than compound files.
    for (const char* mark : {"\x09\x00\x04\x00", "\x09\x02\x06\x00", "\x09\x04\x06\x00"})
        if (start.starts_with(std::string_view(mark, 4)))
            refuse(base::said("这是旧的 .xls 工作簿", "this is an old .xls workbook"), name);
    if (start.starts_with("%PDF"))
        refuse(base::said("这是 PDF", "this is a PDF"), name,
               base::said("把它的原表存成 .xlsx 或 CSV 交来",
                          "send the table it was made from, as .xlsx or CSV"));
    if (start.starts_with("Rar!") || start.starts_with("7z\xBC\xAF") ||
        start.starts_with("\x1F\x8B"))
        refuse(base::said("这是压缩包", "this is a packed archive"), name,
               base::said("解开压缩包，把里面的表交来", "unpack it and send the table inside"));
    if (start.starts_with("\x89PNG") || start.starts_with("\xFF\xD8\xFF"))
        refuse(
            base::said("这是图片", "this is a picture"), name,
            base::said("把表本身存成 .xlsx 或 CSV 交来", "send the table itself, as .xlsx or CSV"));
    if (start.starts_with("{\\rtf"))
        refuse(base::said("这是文字文档（RTF）", "this is a text document (RTF)"), name,
               base::said("把里面的表复制到工作簿，存成 .xlsx",
                          "copy its table into a workbook, save it as .xlsx"));
    refuse_markup(start, name);
}

}  // namespace

std::unique_ptr<Reader> open_table(const std::filesystem::path& file, const Options& options) {
    constexpr std::size_t looked_at = 4096;
    const std::string start = first_bytes(file, looked_at);
    const std::string name = file.filename().string();
    if (start.empty())
        throw base::Failure(
            base::Fault::input, base::said("文件是空的", "the file is empty"), name,
            base::said("交带表头的表；没有可报的用 --empty",
                       "send a table with a header; for nothing to report use --empty"));
    refuse_other_kinds(file, start, name);
    if (start.starts_with("PK")) return open_xlsx(file, options);
    const std::string extension = file.extension().string();
    if (extension == ".xlsx")
        throw base::Failure(
            base::Fault::input, base::said("这不是 .xlsx 工作簿", "this is no .xlsx workbook"),
            name, base::said("重新存成 .xlsx 或 CSV", "save it again as .xlsx, or as CSV"));
    if (!options.sheet.empty())
        throw base::Failure(base::Fault::input,
                            base::said("只有工作簿才有工作表", "only a workbook has sheets"), name,
                            base::said("去掉 --sheet", "leave out --sheet"));
    const bool json = extension == ".jsonl" || extension == ".ndjson" || extension == ".json";
    if (json || is_json(start)) return open_json_lines(file);
    return open_csv(file, options);
}

bool is_package(const std::filesystem::path& file) { return first_bytes(file, 2) == "PK"; }

bool is_parquet(const std::filesystem::path& file) { return first_bytes(file, 4) == "PAR1"; }

}  // namespace zs::sheet
