#include "intake/handback.h"

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <set>

#include <fmt/format.h>

#include "base/text.h"
#include "guard/audit.h"
#include "intake/cell.h"
#include "intake/header.h"
#include "intake/import.h"
#include "sheet/csv_writer.h"
#include "sheet/workbook.h"

namespace zs::intake {

using base::Failure;
using base::Fault;
using Cells = std::vector<std::optional<std::string>>;

namespace {

std::string reasons_of(const HeldRow& row) {
    std::vector<std::string> said;
    for (const Reason& reason : row.reasons)
        said.push_back(reason.say.empty() ? reason.code : reason.say);
    return base::join(said, "；");
}

/// Where a row stood in the file; of several sheets also in which.
std::string line_of(const lake::Batch& batch, const HeldRow& row) {
    const lake::FileLine place = lake::line_in_file(batch, row.raw.line);
    return place.sheet.empty() ? std::to_string(place.line)
                               : fmt::format("{} {}", place.sheet, place.line);
}

Cells cells_of(const lake::Batch& batch, const HeldRow& row, std::size_t columns) {
    Cells cells;
    for (const sheet::Cell& cell : row.raw.cells)
        cells.emplace_back(cell.kind == sheet::Cell::Kind::empty
                               ? std::nullopt
                               : std::optional(cell.shown.empty() ? cell.text : cell.shown));
    cells.resize(std::max(columns, cells.size()));
    cells.emplace_back(line_of(batch, row));
    cells.emplace_back(reasons_of(row));
    return cells;
}

Cells header_of(const HeldFile& file) {
    Cells header;
    for (const std::string& name : file.header) header.emplace_back(name);
    header.emplace_back("原行号");
    header.emplace_back("未接收的原因");
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

/// A held row in a workbook: its cells as they were, those at fault marked, then line and reasons.
void add_held_row(sheet::Workbook& book, const lake::Batch& batch, const HeldRow& row,
                  const std::vector<std::string>& fields, std::size_t columns) {
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
    book.set_text(static_cast<int>(width) + 1, reasons_of(row), true);
    book.end_row();
}

/// Columns of a template: what people fill in.
std::vector<const plan::Field*> filled_in(const plan::Ledger& ledger) {
    std::vector<const plan::Field*> fields;
    for (const plan::Field& field : ledger.fields) {
        const bool of_batch =
            field.name == "batch" || field.name == "entered_by" || field.name == "entered_at";
        const bool computed = !field.derive.empty() || (ledger.period == plan::Period::date &&
                                                        field.built_in && field.name == "month");
        if (!of_batch && !computed) fields.push_back(&field);
    }
    return fields;
}

std::string heading(const plan::Ledger& ledger, const plan::Field& field) {
    const bool in_key =
        std::find(ledger.key.begin(), ledger.key.end(), field.name) != ledger.key.end();
    return (field.title.empty() ? field.name : field.title) + (field.required || in_key ? "*" : "");
}

/// What a drop-down of a field offers.
std::vector<std::string> choices_of(const plan::Model& model, const plan::Field& field) {
    if (field.type.kind == plan::Kind::boolean) return {"是", "否"};
    std::vector<std::string> choices;
    if (const plan::CodeList* list =
            field.type.kind == plan::Kind::code ? model.code_list(field.type.of) : nullptr)
        for (const plan::Code& code : list->codes) choices.push_back(code.title);
    return choices;
}

/// Keys of the subjects of the ledger's grain that lie in the division and are in force.
std::vector<std::string> subjects(const Stores& stores, const plan::Model& model,
                                  const plan::Ledger& ledger, const std::string& division,
                                  std::optional<base::Month> month) {
    const plan::Grain* grain = model.grain(ledger.grain);
    std::vector<std::string> keys;
    if (grain == nullptr || grain->form != plan::Grain::Form::registry ||
        is_registry(model, ledger))
        return keys;
    const plan::Ledger& registry = *model.ledger(grain->ledger);
    const lake::Snapshot snapshot = lake::take(stores.record, stores.lake);
    const std::string mark = !month ? ""
                             : registry.span_by_days
                                 ? fmt::format("date '{}'", base::text(base::last_day(*month)))
                                 : std::to_string(month->index);
    const std::string open =
        month ? fmt::format("\"since\" <= {0} and (\"ended\" is null or \"ended\" > {0})", mark)
              : "\"ended\" is null";
    const std::string lasts = fmt::format(
        "select * from ({}) where {} qualify row_number() over (partition by {} order by \"since\" "
        "desc) = 1",
        lake::relation(snapshot, model, registry), open, engine::quoted(grain->key[0]));
    engine::Connection engine = engine::Connection::open(stores.engine);
    engine.stream(
        fmt::format("select {} from ({}) t where {} order by _division, 1",
                    engine::quoted(grain->key[0]),
                    lake::with_division(snapshot, model, registry, lasts),
                    lake::lies_in("t._division", division, lake::divisions(stores.record))),
        [&](const std::vector<engine::Cell>& row) { keys.push_back(row[0].value()); });
    return keys;
}

}  // namespace

std::vector<std::string> batches_with_held(record::Connection& record) {
    std::vector<std::string> batches;
    record.each(
        "select batch from batch where batch in (select batch from quarantine where piece > 0) "
        "order by seq",
        {}, [&](const record::Row& row) { batches.push_back(row.text(0)); });
    return batches;
}

std::int64_t export_held(const Stores& stores, const plan::Model& model, const std::string& batch,
                         const std::filesystem::path& file, const Act& act, bool bom) {
    const std::optional<lake::Batch> of_batch = lake::batch(stores.record, batch);
    HeldFile held;
    std::vector<HeldRow> rows;
    each_held(
        stores.record, stores.keys, batch, [&](const HeldFile& of) { held = of; },
        [&](const HeldRow& row) { rows.push_back(row); });
    if (!of_batch || rows.empty())
        throw Failure(Fault::input,
                      fmt::format("the batch '{}' is not there or holds no rows", batch), "",
                      "look at `zengshou quarantine list`");
    // It holds identity: nobody else may read it at any moment.
    if (!std::ofstream(file, std::ios::binary))
        throw Failure(Fault::system, "the file cannot be written", file.string(),
                      "check that its folder is there and may be written to");
    std::filesystem::permissions(
        file, std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
    if (file.extension() == ".xlsx") {
        sheet::Workbook book(file);
        book.add_sheet("未接收");
        book.add_row(header_of(held), true);
        const std::vector<std::string> fields = fields_of(held, model, *of_batch);
        for (const HeldRow& row : rows) add_held_row(book, *of_batch, row, fields, held.header.size());
        book.close();
    } else {
        std::ofstream out(file, std::ios::binary);
        if (bom) out << "\xEF\xBB\xBF";
        sheet::write_csv_row(out, header_of(held));
        for (const HeldRow& row : rows)
            sheet::write_csv_row(out, cells_of(*of_batch, row, held.header.size()));
        out.close();
        if (!out)
            throw Failure(Fault::system, "the file cannot be written", file.string(),
                          "check the folder and the disk");
    }
    record::Transaction transaction(stores.record);
    guard::append_audit(stores.record, act.at, act.by, "export",
                        fmt::format("held rows of batch {}: {}", batch, rows.size()));
    transaction.commit();
    return static_cast<std::int64_t>(rows.size());
}

std::int64_t write_template(const Stores& stores, const plan::Model& model, const std::string& name,
                            const std::string& division, std::optional<base::Month> month,
                            const std::filesystem::path& file) {
    const plan::Ledger* ledger = model.ledger(name);
    if (ledger == nullptr || ledger->built_in)
        throw Failure(Fault::input, fmt::format("there is no ledger '{}' to fill in", name), "",
                      "look at `zengshou plan check`");
    const std::vector<plan::Division> divisions = lake::divisions(stores.record);
    if (std::none_of(divisions.begin(), divisions.end(),
                     [&](const plan::Division& each) { return each.code == division; }))
        throw Failure(Fault::input, fmt::format("there is no division '{}'", division),
                      "--division", "look at the divisions' codes");
    const std::vector<const plan::Field*> fields = filled_in(*ledger);
    const std::vector<std::string> keys = subjects(stores, model, *ledger, division, month);
    sheet::Workbook book(file);
    book.add_sheet(base::characters(ledger->title) <= 31 && !ledger->title.empty() ? ledger->title
                                                                                   : ledger->name);
    Cells header;
    for (const plan::Field* field : fields) header.emplace_back(heading(*ledger, *field));
    book.add_row(header, true);
    constexpr int spare_rows = 500;
    const int last_row = static_cast<int>(keys.size()) + spare_rows;
    for (std::size_t i = 0; i < fields.size(); ++i)
        if (const auto choices = choices_of(model, *fields[i]); !choices.empty())
            book.add_choices(static_cast<int>(i), 1, last_row, choices);
    for (const std::string& key : keys) {
        Cells row(fields.size());
        for (std::size_t i = 0; i < fields.size(); ++i) {
            if (fields[i]->name == ledger->grain) row[i] = key;
            if (month && fields[i]->name == ledger->period_field())
                row[i] = plan::text(period_value(model, *ledger, *month));
        }
        book.add_row(row);
    }
    book.close();
    return static_cast<std::int64_t>(keys.size());
}

}  // namespace zs::intake
