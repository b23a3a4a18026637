#include <iostream>
#include <memory>

#include <fmt/format.h>
#include <unistd.h>

#include "base/failure.h"
#include "base/identity.h"
#include "base/text.h"
#include "cli/commands.h"
#include "guard/audit.h"
#include "intake/figures.h"
#include "intake/handback.h"
#include "intake/intake.h"
#include "intake/staged_file.h"
#include "lake/batch.h"
#include "record/lock.h"
#include "sheet/csv_writer.h"
#include "sheet/table.h"

namespace zs::cli {

namespace {

struct ImportArguments {
    std::string manifest, ledger, file, month, division, mapping, sheet, batch, output;
    bool strict = false, empty = false;
};

intake::Stores stores_of(home::Home& home) {
    return {home.record, home.lake(), home.lock(), home.keys, {}, nullptr, home.zone};
}

std::optional<base::Month> month_of(const std::string& text) {
    if (text.empty()) return std::nullopt;
    if (const auto month = base::parse_month(text)) return month;
    if (const auto term = base::parse_term(text)) return term->first();
    if (text.size() == 4)
        if (const auto january = base::parse_month(text + "-01")) return january;
    throw base::Failure(base::Fault::input, fmt::format("'{}' is no month", text), "--month",
                        "write it as 2024-09");
}

Json reasons_json(const std::vector<intake::ReasonCount>& reasons) {
    std::vector<Json> rows;
    for (const intake::ReasonCount& r : reasons)
        rows.push_back(Json::object({{"code", Json::text(r.code)},
                                     {"field", Json::text(r.field)},
                                     {"count", Json::number(r.count)},
                                     {"example_row", Json::number(r.example_row)},
                                     {"sheet", Json::text(r.sheet)}}));
    return Json::list(rows);
}

Json texts_json(const std::vector<std::string>& texts) {
    std::vector<Json> items;
    for (const std::string& text : texts) items.push_back(Json::text(text));
    return Json::list(items);
}

int answer(const intake::Answer& a, const Session& session) {
    if (session.json) {
        print(Json::object({{"batch", Json::text(a.batch)},
                            {"ledger", Json::text(a.ledger)},
                            {"month", Json::text(a.month)},
                            {"division", Json::text(a.division)},
                            {"digest", Json::text(a.digest)},
                            {"rows", Json::number(a.rows)},
                            {"accepted", Json::number(a.accepted)},
                            {"quarantined", Json::number(a.quarantined)},
                            {"warned", Json::number(a.warned)},
                            {"replaced", Json::number(a.replaced)},
                            {"ignored", texts_json(a.ignored)},
                            {"unread", texts_json(a.unread)},
                            {"duplicate", Json::truth(a.duplicate)},
                            {"reasons", reasons_json(a.reasons)},
                            {"warnings", reasons_json(a.warnings)}}));
    } else {
        std::cout << fmt::format("{}{} rows: {} accepted, {} quarantined\n",
                                 a.duplicate ? "already here: " : "", a.rows, a.accepted,
                                 a.quarantined);
        for (const intake::ReasonCount& r : a.reasons)
            std::cout << fmt::format("    {}{}{}: {} rows, first at line {}{}\n", r.code,
                                     r.field.empty() ? "" : " ", r.field, r.count, r.example_row,
                                     r.sheet.empty() ? "" : " of sheet " + base::one_line(r.sheet));
        if (a.warned > 0) std::cout << fmt::format("    {} rows with a warning\n", a.warned);
        for (const std::string& column : a.ignored)
            std::cout << fmt::format("    ignored column: {}\n", base::one_line(column));
        for (const std::string& sheet : a.unread)
            std::cout << fmt::format("    sheet not read: {}\n", base::one_line(sheet));
        if (a.quarantined > 0)
            std::cout << fmt::format("    see: zengshou quarantine show {}\n", a.batch);
    }
    return a.held_whole ? 1 : 0;
}

int import(const ImportArguments& arguments, const Session& session) {
    home::Home home = session.open();
    const plan::Model model = sound_model(home.plan);
    const intake::Stores stores = stores_of(home);
    const intake::Act act{session.user, session.now()};
    if (arguments.empty) {
        if (!arguments.file.empty())
            throw base::Failure(base::Fault::input, "an empty delivery has no file",
                                base::mask_id_numbers(arguments.file),
                                "leave out --empty, or the file");
        const auto month = month_of(arguments.month);
        if (!month || arguments.division.empty())
            throw base::Failure(base::Fault::input,
                                "an empty delivery says of which month and division it is",
                                arguments.ledger, "add --month and --division");
        return answer(
            intake::import_empty(stores, model, arguments.ledger, *month, arguments.division, act),
            session);
    }
    if (arguments.file.empty())
        throw base::Failure(base::Fault::input, "the file is missing", "import " + arguments.ledger,
                            "as: zengshou import LEDGER FILE; for nothing to report: --empty");
    intake::ImportOptions options;
    options.strict = arguments.strict;
    if (arguments.ledger == "figures")
        return answer(intake::import_figures(stores, model, arguments.file, options, act), session);
    options.month = month_of(arguments.month);
    options.division = arguments.division;
    options.mapping = arguments.mapping;
    options.sheet = arguments.sheet;
    return answer(
        intake::import_file(stores, model, arguments.ledger, arguments.file, options, act),
        session);
}

/// Every line of a manifest (`ledger,file,month,division,map`; files beside it), in order; one line
/// each is told.
int import_manifest(const ImportArguments& arguments, const Session& session) {
    home::Home home = session.open();
    const plan::Model model = sound_model(home.plan);
    const intake::KnownDivisions divisions = intake::known_divisions(home.record);
    intake::Stores stores = stores_of(home);
    stores.divisions = &divisions;
    const std::filesystem::path folder = std::filesystem::path(arguments.manifest).parent_path();
    const intake::StagedFile staged(arguments.manifest, home.staging());
    const std::unique_ptr<sheet::Reader> reader = sheet::open_table(staged.copy());
    sheet::RawRow row;
    reader->next(row);  // the header
    std::int64_t deliveries = 0, rows = 0, accepted = 0, quarantined = 0;
    while (reader->next(row)) {
        stop_if_cancelled(fmt::format("{} deliveries taken", deliveries));
        row.cells.resize(5);
        const auto cell = [&](std::size_t i) { return row.cells[i].text; };
        const intake::Act act{session.user, session.now()};
        intake::Answer a;
        if (cell(1).empty()) {
            const auto month = month_of(cell(2));
            if (!month)
                throw base::Failure(
                    base::Fault::input, "an empty delivery says of which month it is",
                    fmt::format("{} line {}", arguments.manifest, row.line), "fill in its month");
            a = intake::import_empty(stores, model, cell(0), *month, cell(3), act);
        } else if (cell(0) == "figures") {
            a = intake::import_figures(stores, model, folder / cell(1), {}, act);
        } else {
            intake::ImportOptions options;
            options.month = month_of(cell(2));
            options.division = cell(3);
            if (!cell(4).empty()) options.mapping = folder / cell(4);
            a = intake::import_file(stores, model, cell(0), folder / cell(1), options, act);
        }
        ++deliveries;
        rows += a.rows;
        accepted += a.accepted;
        quarantined += a.quarantined;
        if (!session.json && ::isatty(STDERR_FILENO) != 0)
            std::cerr << fmt::format("\r\033[K{} deliveries, {} rows", deliveries, rows)
                      << std::flush;
    }
    if (session.json)
        print(Json::object({{"deliveries", Json::number(deliveries)},
                            {"rows", Json::number(rows)},
                            {"accepted", Json::number(accepted)},
                            {"quarantined", Json::number(quarantined)}}));
    else
        std::cout << fmt::format("{} deliveries, {} rows: {} accepted, {} quarantined\n",
                                 deliveries, rows, accepted, quarantined);
    return 0;
}

std::string reasons_text(const std::vector<intake::Reason>& reasons) {
    std::string text;
    for (const intake::Reason& r : reasons)
        text += (text.empty() ? "" : "; ") + r.code + (r.field.empty() ? "" : " " + r.field);
    return text;
}

std::string says_text(const std::vector<intake::Reason>& reasons) {
    std::string text;
    for (const intake::Reason& r : reasons) text += (text.empty() ? "" : "; ") + r.say;
    return text;
}

/// Held rows with reasons and lines; cells are shown in `export` only, which is in the audit.
int list_held(const ImportArguments& arguments, const Session& session) {
    home::Home home = session.ask();
    ask::List list;
    if (!arguments.batch.empty() && !lake::batch(home.record, arguments.batch))
        throw base::Failure(base::Fault::input,
                            fmt::format("there is no batch '{}'", arguments.batch), "",
                            "see: zengshou quarantine list");
    list.columns = {{"batch"},   {"ledger"}, {"month"}, {"line", ask::List::Kind::number},
                    {"reasons"}, {"says"},   {"file"}};
    list.hide({"reasons"});
    for (const lake::Batch& batch : lake::batches(home.record)) {
        if (batch.quarantined == 0 || (!arguments.batch.empty() && batch.id != arguments.batch))
            continue;
        intake::each_held(
            home.record, home.keys, batch.id, [](const intake::HeldFile&) {},
            [&](const intake::HeldRow& row) {
                const lake::FileLine place = lake::line_in_file(batch, row.raw.line);
                list.rows.push_back(
                    {batch.id, batch.ledger, batch.period, std::to_string(place.line),
                     reasons_text(row.reasons),
                     (place.sheet.empty() ? "" : place.sheet + "：") + says_text(row.reasons),
                     batch.file_name});
            });
    }
    session.print_list(list, titles_of(home));
    return 0;
}

int export_held(const ImportArguments& arguments, const Session& session) {
    home::Home home = session.open();
    const auto batch = lake::batch(home.record, arguments.batch);
    if (!batch)
        throw base::Failure(base::Fault::input,
                            fmt::format("there is no batch '{}'", arguments.batch), "",
                            "see: zengshou quarantine list");
    if (!arguments.output.empty()) {
        const plan::Model model = sound_model(home.plan);
        const std::int64_t rows =
            intake::export_held(stores_of(home), model, arguments.batch, arguments.output,
                                {session.user, session.now()}, session.bom);
        fmt::print("{} held rows in {}\n", rows, arguments.output);
        return 0;
    }
    std::ostream& out = std::cout;
    if (session.bom) out << byte_order_mark;
    std::size_t columns = 0;
    intake::each_held(
        home.record, home.keys, arguments.batch,
        [&](const intake::HeldFile& held) {
            std::vector<std::optional<std::string>> header(held.header.begin(), held.header.end());
            columns = header.size();
            header.emplace_back("line");
            header.emplace_back("reasons");
            sheet::write_csv_row(out, header);
        },
        [&](const intake::HeldRow& row) {
            std::vector<std::optional<std::string>> cells;
            for (const sheet::Cell& cell : row.raw.cells)
                cells.emplace_back(cell.shown.empty() ? cell.text : cell.shown);
            cells.resize(std::max(columns, cells.size()));
            const lake::FileLine place = lake::line_in_file(*batch, row.raw.line);
            cells.emplace_back((place.sheet.empty() ? "" : place.sheet + " ") +
                               std::to_string(place.line));
            cells.emplace_back(reasons_text(row.reasons));
            sheet::write_csv_row(out, cells);
        });
    record::Transaction transaction(home.record);
    guard::append_audit(home.record, session.now(), session.user, "quarantine export",
                        "batch " + arguments.batch);
    transaction.commit();
    return 0;
}

int write_template(const ImportArguments& arguments, const Session& session) {
    home::Home home = session.ask();
    const plan::Model model = sound_model(home.plan);
    const std::int64_t rows =
        intake::write_template(stores_of(home), model, arguments.ledger, arguments.division,
                               month_of(arguments.month), arguments.output);
    fmt::print("{}: {} rows to fill in\n", arguments.output, rows);
    return 0;
}

int retry(const ImportArguments& arguments, const Session& session) {
    home::Home home = session.open();
    const plan::Model model = sound_model(home.plan);
    return answer(
        intake::retry(stores_of(home), model, arguments.batch, {session.user, session.now()}),
        session);
}

}  // namespace

void add_intake_commands(CLI::App& app, Session& session, int& status) {
    auto arguments = std::make_shared<ImportArguments>();
    CLI::App* command =
        app.add_subcommand("import", "Take a file into a ledger: CSV, XLSX, Parquet, JSON");
    command->fallthrough();
    command->add_option("LEDGER", arguments->ledger, "A ledger of the pack, or figures");
    command->add_option("FILE", arguments->file, "The file");
    command->add_option("--month", arguments->month, "Of which month it is; fills a missing month");
    command->add_option("--division", arguments->division, "Whose delivery it is");
    command->add_option("--map", arguments->mapping, "A mapping of columns and codes (TOML)");
    command->add_option("--sheet", arguments->sheet,
                        "The one sheet of a workbook to read; default: all that are visible");
    command->add_option("--manifest", arguments->manifest,
                        "Many files at once: a CSV of ledger,file,month,division,map");
    command->add_flag("--strict", arguments->strict, "One faulty row and none is taken");
    command->add_flag("--empty", arguments->empty, "Nothing to report (零报告)");
    command->callback([arguments, &session, &status] {
        if (arguments->ledger.empty() && arguments->manifest.empty())
            throw base::Failure(base::Fault::input, "the ledger is missing", "import",
                                "as: zengshou import LEDGER FILE");
        status = arguments->manifest.empty() ? import(*arguments, session)
                                             : import_manifest(*arguments, session);
    });

    CLI::App* form = app.add_subcommand(
        "template", "The workbook of a ledger to fill in, with its division's subjects");
    form->fallthrough();
    form->add_option("LEDGER", arguments->ledger, "A ledger of the pack")->required();
    form->add_option("--division", arguments->division, "Whose subjects are in it")->required();
    form->add_option("--month", arguments->month, "The month it is of, filled in");
    form->add_option("-o,--output", arguments->output, "The workbook, .xlsx")->required();
    form->callback(
        [arguments, &session, &status] { status = write_template(*arguments, session); });

    CLI::App* quarantine =
        app.add_subcommand("quarantine", "Rows that were held, each with its reason");
    quarantine->require_subcommand(1);
    quarantine->fallthrough();
    for (const auto& [name, what, act, needs] :
         std::vector<std::tuple<const char*, const char*,
                                int (*)(const ImportArguments&, const Session&), bool>>{
             {"list", "All held rows: batch, line, reason", list_held, false},
             {"show", "Those of a batch", list_held, true},
             {"export", "Those of a batch as CSV, with their cells", export_held, true},
             {"retry", "Read the held rows of a batch again", retry, true}}) {
        CLI::App* held = quarantine->add_subcommand(name, what);
        held->fallthrough();
        CLI::Option* batch = held->add_option("BATCH", arguments->batch, "A batch's id");
        if (needs) batch->required();
        if (act == export_held) session.lists.insert(called(*held));
        if (act == export_held)
            held->add_option("-o,--output", arguments->output, "A file; default: standard output");
        if (act == list_held) answers_with_list(*held, session);
        held->callback(
            [arguments, act = act, &session, &status] { status = act(*arguments, session); });
    }
}

}  // namespace zs::cli
