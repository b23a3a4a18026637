#include "intake/handback.h"

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <set>

#include <fmt/format.h>

#include "base/text.h"
#include "guard/audit.h"
#include "intake/cell.h"
#include "intake/given_back.h"
#include "intake/header.h"
#include "intake/import.h"
#include "sheet/csv_writer.h"
#include "sheet/workbook.h"

namespace zs::intake {

using base::Failure;
using base::Fault;
using Cells = std::vector<std::optional<std::string>>;

namespace {

constexpr const char* byte_order_mark = "\xEF\xBB\xBF";

std::string reasons_of(const HeldRow& row, base::Language language) {
    std::vector<std::string> said;
    for (const Reason& reason : row.reasons)
        said.push_back(reason.say.empty() ? reason.code : reason.say);
    return base::join(said, language == base::Language::english ? "; " : "；");
}

/// Where a row stood in the file; of several sheets also in which.
std::string line_of(const lake::Batch& batch, const HeldRow& row) {
    const lake::FileLine place = lake::line_in_file(batch, row.raw.line);
    return place.sheet.empty() ? std::to_string(place.line)
                               : fmt::format("{} {}", place.sheet, place.line);
}

Cells cells_of(const lake::Batch& batch, const HeldRow& row, std::size_t columns,
               const std::string& reasons) {
    Cells cells;
    for (const sheet::Cell& cell : row.raw.cells)
        cells.emplace_back(cell.kind == sheet::Cell::Kind::empty
                               ? std::nullopt
                               : std::optional(cell.shown.empty() ? cell.text : cell.shown));
    cells.resize(std::max(columns, cells.size()));
    cells.emplace_back(line_of(batch, row));
    cells.emplace_back(reasons);
    cells.emplace_back(batch.id);
    return cells;
}

Cells header_of(const HeldFile& file, const HeldColumns& columns) {
    Cells header;
    for (const std::string& name : file.header) header.emplace_back(name);
    for (const char* name : {columns.line, columns.reasons, columns.batch})
        header.emplace_back(name);
    return header;
}

/// Which columns of the held file are which field of its ledger as it is now.
std::vector<std::string> fields_of(const HeldFile& file, const plan::Model& model,
                                   const lake::Batch& batch) {
    const plan::Ledger* ledger = model.ledger(batch.ledger);
    if (ledger == nullptr || ledger->built_in) return file.header;
    sheet::RawRow row;
    for (const std::string& name : file.header)
        row.cells.push_back({sheet::Cell::Kind::text, name});
    const Header header = matched(
        row, *ledger, parse_mapping(file.mapping, "mapping", model, *ledger), batch.file_name);
    std::vector<std::string> fields;
    for (const auto& field : header.fields)
        fields.push_back(field ? ledger->fields[*field].name : "");
    return fields;
}

/// The open rows that a batch holds. @throws Failure (input) when there are none.
struct OpenRows {
    lake::Batch batch;
    HeldFile file;
    std::vector<HeldRow> rows;
};
OpenRows open_rows(const Stores& stores, const std::string& id) {
    const std::optional<lake::Batch> batch = lake::batch(stores.record, id);
    if (!batch)
        throw Failure(
            Fault::input, base::said("没有批次“{}”", "there is no batch '{}'", id), "",
            base::said("查看：zengshou quarantine list", "see: zengshou quarantine list"));
    OpenRows open{.batch = *batch, .file = {}, .rows = {}};
    each_open(
        stores.record, stores.keys, id, [&](const HeldFile& of) { open.file = of; },
        [&](const HeldRow& row) { open.rows.push_back(row); });
    if (open.rows.empty())
        throw Failure(
            Fault::input, base::said("批次“{}”没有暂存的行", "the batch '{}' holds no rows", id),
            "", base::said("查看：zengshou quarantine list", "see: zengshou quarantine list"));
    return open;
}

/// Identity leaves the home: it is written down.
void note_export(const Stores& stores, const OpenRows& open, const Act& act) {
    record::Transaction transaction(stores.record);
    guard::append_audit(stores.record, act.at, act.by, "export",
                        fmt::format("held rows of batch {}: {}", open.batch.id, open.rows.size()));
    transaction.commit();
}

/// A held row in a workbook: its cells as they were, those at fault marked, then line, reasons and
/// batch.
void add_held_row(sheet::Workbook& book, const lake::Batch& batch, const HeldRow& row,
                  const std::vector<std::string>& fields, std::size_t columns,
                  const std::string& reasons) {
    std::set<std::string> faulty;
    for (const Reason& reason : row.reasons) faulty.insert(reason.field);
    const std::size_t width = std::max(columns, row.raw.cells.size());
    for (std::size_t i = 0; i < width; ++i) {
        const int column = static_cast<int>(i);
        const bool marked =
            i < fields.size() ? !fields[i].empty() && faulty.contains(fields[i]) : i >= columns;
        const sheet::Cell cell = i < row.raw.cells.size() ? row.raw.cells[i] : sheet::Cell{};
        if (cell.kind == sheet::Cell::Kind::empty)
            book.set_nothing(column, marked);
        else if (!cell.shown.empty())
            book.set_text(column, cell.shown, marked);
        else if (cell.kind == sheet::Cell::Kind::number && !has_lost_digits(cell.text, true))
            book.set_number(column, std::strtod(cell.text.c_str(), nullptr), marked);
        else
            book.set_text(column, cell.text, marked);
    }
    book.set_text(static_cast<int>(width), line_of(batch, row));
    book.set_text(static_cast<int>(width) + 1, reasons, true);
    book.set_text(static_cast<int>(width) + 2, batch.id);
    book.end_row();
}

}  // namespace

std::string reason_codes(const HeldRow& row) {
    std::string text;
    for (const Reason& reason : row.reasons)
        text += (text.empty() ? "" : "; ") + reason.code +
                (reason.field.empty() ? "" : " " + reason.field);
    return text;
}

std::int64_t export_held(const Stores& stores, const plan::Model& model, const std::string& batch,
                         const std::filesystem::path& file, const Act& act, bool bom) {
    const OpenRows open = open_rows(stores, batch);
    // It holds identity: nobody else may read it at any moment.
    if (!std::ofstream(file, std::ios::binary))
        throw Failure(Fault::system, base::said("文件写不了", "the file cannot be written"),
                      file.string(),
                      base::said("检查它的文件夹在不在、能不能写",
                                 "check that its folder is there and may be written to"));
    std::filesystem::permissions(
        file, std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
    const base::Language language = base::language_of(model.locale);
    const bool english = language == base::Language::english;
    const Cells header =
        header_of(open.file, english ? columns_of_english_files : columns_of_files);
    const std::size_t columns = open.file.header.size();
    if (file.extension() == ".xlsx") {
        sheet::Workbook book(file);
        book.add_sheet(english ? "not taken" : "未接收");
        book.add_row(header, true);
        const std::vector<std::string> fields = fields_of(open.file, model, open.batch);
        for (const HeldRow& row : open.rows)
            add_held_row(book, open.batch, row, fields, columns, reasons_of(row, language));
        book.close();
    } else {
        std::ofstream out(file, std::ios::binary);
        if (bom) out << byte_order_mark;
        sheet::write_csv_row(out, header);
        for (const HeldRow& row : open.rows)
            sheet::write_csv_row(out,
                                 cells_of(open.batch, row, columns, reasons_of(row, language)));
        out.close();
        if (!out)
            throw Failure(Fault::system, base::said("文件写不了", "the file cannot be written"),
                          file.string(),
                          base::said("检查文件夹和磁盘", "check the folder and the disk"));
    }
    note_export(stores, open, act);
    return static_cast<std::int64_t>(open.rows.size());
}

void print_held(const Stores& stores, const std::string& batch, std::ostream& out, const Act& act,
                bool bom) {
    const OpenRows open = open_rows(stores, batch);
    note_export(stores, open, act);
    if (bom) out << byte_order_mark;
    sheet::write_csv_row(out, header_of(open.file, columns_of_output));
    for (const HeldRow& row : open.rows)
        sheet::write_csv_row(out,
                             cells_of(open.batch, row, open.file.header.size(), reason_codes(row)));
}

}  // namespace zs::intake
