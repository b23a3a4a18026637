#include "sheet/package.h"

#include <algorithm>
#include <cstdlib>
#include <map>
#include <optional>

#include "base/failure.h"
#include "base/text.h"

namespace zs::sheet {

namespace {

constexpr std::size_t shared_bytes_max = 512u << 20;
base::Said save_as_xlsx() {
    return base::said(
        "用 Excel 或 WPS 打开，选“另存为”，存成 .xlsx（Excel 工作簿）",
        "open it in Excel or WPS, choose Save As, and save it as .xlsx (Excel workbook)");
}

using Attributes = std::map<std::string, std::string>;

std::string attribute(const Attributes& attributes, const char* key) {
    const auto at = attributes.find(key);
    return at == attributes.end() ? std::string() : at->second;
}

std::string folder_of(const std::string& entry) {
    const std::size_t slash = entry.rfind('/');
    return slash == std::string::npos ? "" : entry.substr(0, slash + 1);
}

/// Where a target lies that is said from a folder: `../strings/ss.xml`, `/xl/strings/ss.xml`.
std::string resolved(const std::string& folder, std::string target) {
    std::replace(target.begin(), target.end(), '\\', '/');
    const std::string whole = target.starts_with('/') ? target : folder + target;
    std::vector<std::string> steps;
    for (const std::string& step : base::split(whole, '/')) {
        if (step.empty() || step == ".") continue;
        if (step != "..")
            steps.push_back(step);
        else if (!steps.empty())
            steps.pop_back();
    }
    return base::join(steps, "/");
}

void append_utf8(std::string& text, unsigned point) {
    if (point < 0x80) {
        text += static_cast<char>(point);
    } else if (point < 0x800) {
        text += static_cast<char>(0xC0 | (point >> 6));
        text += static_cast<char>(0x80 | (point & 0x3F));
    } else {
        text += static_cast<char>(0xE0 | (point >> 12));
        text += static_cast<char>(0x80 | ((point >> 6) & 0x3F));
        text += static_cast<char>(0x80 | (point & 0x3F));
    }
}

/// `_x000D_` at a place in a text: its number; nothing where there is none, or half a letter.
std::optional<unsigned> numbered_letter(const std::string& text, std::size_t at) {
    constexpr std::size_t length = 7;
    if (text.compare(at, 2, "_x") != 0 || at + length > text.size() || text[at + 6] != '_')
        return std::nullopt;
    const std::string figures = text.substr(at + 2, 4);
    if (figures.find_first_not_of("0123456789abcdefABCDEF") != std::string::npos)
        return std::nullopt;
    const auto point = static_cast<unsigned>(std::stoul(figures, nullptr, 16));
    if (point >= 0xD800 && point < 0xE000) return std::nullopt;
    return point;
}

}  // namespace

std::string decoded(const std::string& text) {
    if (text.find("_x") == std::string::npos && text.find('\r') == std::string::npos) return text;
    std::string plain;
    for (std::size_t at = 0; at < text.size();) {
        if (const auto point = numbered_letter(text, at)) {
            append_utf8(plain, *point);
            at += 7;
        } else {
            plain += text[at++];
        }
    }
    std::string result;
    for (std::size_t at = 0; at < plain.size(); ++at) {
        if (plain[at] != '\r')
            result += plain[at];
        else if (at + 1 >= plain.size() || plain[at + 1] != '\n')
            result += '\n';
    }
    return result;
}

Package::Package(const std::filesystem::path& file) : zip_(file) {
    refuse_other_packages();
    std::string workbook = "xl/workbook.xml";
    if (zip_.has("_rels/.rels"))
        for (const Part& part : parts_of(""))
            if (part.kind == "officeDocument") workbook = part.entry;
    if (workbook.ends_with(".bin"))
        throw base::Failure(
            base::Fault::input,
            base::said("这是二进制工作簿（.xlsb）", "this is a binary workbook (.xlsb)"),
            zip_.name(), save_as_xlsx());
    if (!zip_.has(workbook))
        throw base::Failure(
            base::Fault::input,
            base::said("这是压缩包，里面没有工作簿", "this is a zip archive without a workbook"),
            zip_.name(),
            base::said("解开压缩包，把里面的表交来", "unpack it and send the table inside"));
    read_workbook(workbook);
}

void Package::refuse_other_packages() const {
    const auto refuse = [&](const base::Said& what, const base::Said& remedy) {
        throw base::Failure(base::Fault::input, what, zip_.name(), remedy);
    };
    if (zip_.has("mimetype") && zip_.has("content.xml")) {
        if (zip_.holds("mimetype", "opendocument.spreadsheet"))
            refuse(base::said("这是 OpenDocument 表格（.ods）",
                              "this is an OpenDocument spreadsheet (.ods)"),
                   save_as_xlsx());
        refuse(base::said("这是 OpenDocument 文件，不是表格",
                          "this is an OpenDocument file, not a spreadsheet"),
               base::said("把里面的表复制到工作簿，存成 .xlsx",
                          "copy its table into a workbook, save it as .xlsx"));
    }
    if (zip_.has("word/document.xml"))
        refuse(base::said("这是 Word 文档", "this is a Word document"),
               base::said("把里面的表复制到工作簿，存成 .xlsx",
                          "copy its table into a workbook, save it as .xlsx"));
    if (zip_.has("ppt/presentation.xml"))
        refuse(base::said("这是演示文稿", "this is a presentation"),
               base::said("把里面的表复制到工作簿，存成 .xlsx",
                          "copy its table into a workbook, save it as .xlsx"));
}

std::vector<Package::Part> Package::parts_of(const std::string& entry) const {
    const std::string folder = folder_of(entry);
    const std::string list = folder + "_rels/" + entry.substr(folder.size()) + ".rels";
    std::vector<Part> parts;
    if (!zip_.has(list)) return parts;
    zip_.read_all(list, {[&](const std::string& name, const Attributes& a) {
                             if (name != "Relationship" || attribute(a, "TargetMode") == "External")
                                 return;
                             const std::string type = attribute(a, "Type");
                             parts.push_back({attribute(a, "Id"), type.substr(type.rfind('/') + 1),
                                              resolved(folder, attribute(a, "Target"))});
                         },
                         {},
                         {}});
    return parts;
}

void Package::read_workbook(const std::string& entry) {
    const std::vector<Part> parts = parts_of(entry);
    const std::string folder = folder_of(entry);
    styles_entry_ = folder + "styles.xml";
    shared_entry_ = folder + "sharedStrings.xml";
    for (const Part& part : parts) {
        if (part.kind == "styles") styles_entry_ = part.entry;
        if (part.kind == "sharedStrings") shared_entry_ = part.entry;
    }
    zip_.read_all(
        entry, {[&](const std::string& name, const Attributes& a) {
                    if (name == "workbookPr") {
                        const std::string flag = attribute(a, "date1904");
                        from_1904_ = flag == "1" || flag == "true";
                    }
                    if (name != "sheet") return;
                    const std::string id = attribute(a, "id"), state = attribute(a, "state");
                    const auto part = std::find_if(parts.begin(), parts.end(),
                                                   [&](const Part& each) { return each.id == id; });
                    if (part == parts.end() || part->entry.empty())
                        zip_.refuse(base::said("工作簿里找不到工作表",
                                               "the workbook does not say where its sheet is"));
                    if (part->kind == "chartsheet" || part->kind == "dialogsheet" ||
                        part->kind == "xlMacrosheet")
                        return;
                    sheets_.push_back({attribute(a, "name"), part->entry,
                                       state == "hidden" || state == "veryHidden"});
                },
                {},
                {}});
}

void Package::read_styles() {
    if (!zip_.has(styles_entry_)) return;
    std::map<int, NumberFormat> custom;
    bool in_cells = false;
    zip_.read_all(
        styles_entry_,
        {[&](const std::string& name, const Attributes& a) {
             const int id = std::atoi(attribute(a, "numFmtId").c_str());
             if (name == "numFmt")
                 custom.insert_or_assign(id, NumberFormat(attribute(a, "formatCode")));
             if (name == "cellXfs") in_cells = true;
             if (name != "xf" || !in_cells) return;
             const auto known = custom.find(id);
             formats_.push_back(known == custom.end() ? NumberFormat::built_in(id) : known->second);
         },
         [&](const std::string& name) {
             if (name == "cellXfs") in_cells = false;
         },
         {}});
}

void Package::read_shared() {
    if (!zip_.has(shared_entry_)) return;
    std::size_t bytes = 0;
    bool in_text = false, phonetic = false;
    std::string text;
    zip_.read_all(shared_entry_,
                  {[&](const std::string& name, const Attributes&) {
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
                           throw base::Failure(
                               base::Fault::input,
                               base::said("工作簿里的文字太多，读不了",
                                          "the workbook holds more text than can be read"),
                               zip_.name(),
                               base::said("把这些行存成 CSV 交来", "send the rows as CSV"));
                       shared_.push_back(decoded(text));
                   },
                   [&](std::string_view piece) {
                       if (in_text) text += piece;
                   }});
}

const NumberFormat& Package::format(std::size_t style) const {
    return style < formats_.size() ? formats_[style] : plain_;
}

const std::string& Package::shared(std::size_t index) const {
    if (index >= shared_.size()) zip_.refuse(base::said("工作簿坏了", "the workbook is damaged"));
    return shared_[index];
}

}  // namespace zs::sheet
