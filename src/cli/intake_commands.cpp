#include <iostream>
#include <memory>

#include <fmt/format.h>
#include <unistd.h>

#include "base/failure.h"
#include "base/identity.h"
#include "base/text.h"
#include "cli/commands.h"
#include "intake/figures.h"
#include "intake/handback.h"
#include "intake/intake.h"
#include "intake/staged_file.h"
#include "intake/template.h"
#include "lake/batch.h"
#include "sheet/table.h"

namespace zs::cli {

namespace {

struct ImportArguments {
    std::string manifest, ledger, file, month, division, mapping, sheet, arrived, batch, output;
    bool strict = false, empty = false, all = false;
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
    throw base::Failure(base::Fault::input, base::said("“{}”不是月份", "'{}' is no month", text),
                        "--month", base::said("写成 2024-09", "write it as 2024-09"));
}

std::optional<base::Date> day_of(const std::string& text) {
    if (text.empty()) return std::nullopt;
    if (const auto day = base::parse_date(text)) return day;
    throw base::Failure(base::Fault::input, base::said("“{}”不是日期", "'{}' is no day", text),
                        "--arrived", base::said("写成 2024-09-05", "write it as 2024-09-05"));
}

Json replaced_json(const intake::Answer& a) {
    std::vector<Json> rows;
    for (const auto& [batch, count] : a.replaced_of)
        rows.push_back(Json::object({{"batch", Json::text(batch)}, {"rows", Json::number(count)}}));
    return Json::list(rows);
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

/// `code field: 3 rows, first at line 7`
base::Said counted(const intake::ReasonCount& r) {
    const std::string what = r.field.empty() ? r.code : r.code + " " + r.field;
    if (r.sheet.empty())
        return base::said("{}：{} 行，最先在第 {} 行", "{}: {} rows, first at line {}", what,
                          r.count, r.example_row);
    return base::said("{0}：{1} 行，最先在工作表 {3} 第 {2} 行",
                      "{}: {} rows, first at line {} of sheet {}", what, r.count, r.example_row,
                      base::one_line(r.sheet));
}

void tell(const intake::Answer& a, const Session& session) {
    const auto line = [&](const base::Said& said) {
        std::cout << "    " << session.say(said) << "\n";
    };
    if (a.duplicate) std::cout << session.say(base::said("早已收过：", "already here: "));
    std::cout << session.say(base::said("{} 行：收下 {}，暂存 {}",
                                        "{} rows: {} accepted, {} quarantined", a.rows, a.accepted,
                                        a.quarantined))
              << "\n";
    if (!a.added_to.empty() && a.accepted > 0)
        line(base::said("补进暂存它们的批次 {}", "added to batch {}, which held them", a.added_to));
    for (const auto& [batch, rows] : a.replaced_of)
        line(base::said("替换批次 {1} 的 {0} 行", "replaces {} rows of batch {}", rows, batch));
    for (const intake::ReasonCount& r : a.reasons) line(counted(r));
    if (a.warned > 0) line(base::said("有提醒 {} 行", "{} rows with a warning", a.warned));
    for (const std::string& column : a.ignored)
        line(base::said("没有用的列：{}", "ignored column: {}", base::one_line(column)));
    for (const std::string& sheet : a.unread)
        line(base::said("没有读的工作表：{}", "sheet not read: {}", base::one_line(sheet)));
    if (a.quarantined > 0)
        line(base::said("查看：zengshou quarantine show {}", "see: zengshou quarantine show {}",
                        a.batch));
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
                            {"replaced_of", replaced_json(a)},
                            {"added_to", Json::text(a.added_to)},
                            {"ignored", texts_json(a.ignored)},
                            {"unread", texts_json(a.unread)},
                            {"duplicate", Json::truth(a.duplicate)},
                            {"reasons", reasons_json(a.reasons)},
                            {"warnings", reasons_json(a.warnings)}}));
    } else {
        tell(a, session);
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
            throw base::Failure(
                base::Fault::input, base::said("零报告没有文件", "an empty delivery has no file"),
                base::mask_id_numbers(arguments.file),
                base::said("去掉 --empty，或去掉文件", "leave out --empty, or the file"));
        const auto month = month_of(arguments.month);
        if (!month || arguments.division.empty())
            throw base::Failure(
                base::Fault::input,
                base::said("零报告要写明月份和区划",
                           "an empty delivery says of which month and division it is"),
                arguments.ledger,
                base::said("加上 --month 和 --division", "add --month and --division"));
        return answer(intake::import_empty(stores, model, arguments.ledger, *month,
                                           arguments.division, day_of(arguments.arrived), act),
                      session);
    }
    if (arguments.file.empty())
        throw base::Failure(
            base::Fault::input, base::said("缺文件", "the file is missing"),
            "import " + arguments.ledger,
            base::said("写成：zengshou import LEDGER FILE；没有可报的：--empty",
                       "as: zengshou import LEDGER FILE; for nothing to report: --empty"));
    intake::ImportOptions options;
    options.strict = arguments.strict;
    options.arrived = day_of(arguments.arrived);
    options.sheet = arguments.sheet;
    if (arguments.ledger == "figures")
        return answer(intake::import_figures(stores, model, arguments.file, options, act), session);
    options.month = month_of(arguments.month);
    options.division = arguments.division;
    options.mapping = arguments.mapping;
    return answer(
        intake::import_file(stores, model, arguments.ledger, arguments.file, options, act),
        session);
}

/// The columns of a manifest, by their names.
class ManifestLine {
public:
    ManifestLine(const sheet::RawRow& header, const sheet::RawRow& row)
        : header_(header), row_(row) {}
    std::string cell(const char* column) const {
        for (std::size_t i = 0; i < header_.cells.size() && i < row_.cells.size(); ++i)
            if (base::trim(header_.cells[i].text) == column)
                return std::string(base::trim(row_.cells[i].text));
        return "";
    }

private:
    const sheet::RawRow& header_;
    const sheet::RawRow& row_;
};

/// What a manifest has brought so far.
struct Brought {
    std::int64_t deliveries = 0, rows = 0, accepted = 0, quarantined = 0, replaced = 0;

    void add(const intake::Answer& a) {
        ++deliveries;
        rows += a.rows;
        accepted += a.accepted;
        quarantined += a.quarantined;
        replaced += a.replaced;
    }
    std::vector<std::pair<std::string, Json>> as_json() const {
        return {{"deliveries", Json::number(deliveries)},
                {"rows", Json::number(rows)},
                {"accepted", Json::number(accepted)},
                {"quarantined", Json::number(quarantined)},
                {"replaced", Json::number(replaced)}};
    }
    void tell(const Session& session) const {
        std::cout << session.say(base::said("{} 次报送，{} 行：收下 {}，暂存 {}",
                                            "{} deliveries, {} rows: {} accepted, {} quarantined",
                                            deliveries, rows, accepted, quarantined))
                  << "\n";
        if (replaced > 0)
            std::cout << "    "
                      << session.say(base::said("替换以前的 {} 行", "{} rows before are replaced",
                                                replaced))
                      << "\n";
    }
};

intake::Answer take_line(const intake::Stores& stores, const plan::Model& model,
                         const ManifestLine& line, const std::filesystem::path& folder,
                         const intake::Act& act) {
    const std::string ledger = line.cell("ledger"), file = line.cell("file");
    if (file.empty()) {
        const auto month = month_of(line.cell("month"));
        if (!month)
            throw base::Failure(
                base::Fault::input,
                base::said("零报告要写明月份", "an empty delivery says of which month it is"),
                ledger, base::said("填上月份", "fill in its month"));
        return intake::import_empty(stores, model, ledger, *month, line.cell("division"),
                                    day_of(line.cell("arrived")), act);
    }
    intake::ImportOptions options;
    options.arrived = day_of(line.cell("arrived"));
    if (ledger == "figures")
        return intake::import_figures(stores, model, folder / file, options, act);
    options.month = month_of(line.cell("month"));
    options.division = line.cell("division");
    if (const std::string map = line.cell("map"); !map.empty()) options.mapping = folder / map;
    return intake::import_file(stores, model, ledger, folder / file, options, act);
}

/// Every line of a manifest (`ledger,file,month,division,map,arrived`, by name; files beside it),
/// in order. Where one fails the lines before it stay taken: what was taken is told before why it
/// ends.
int import_manifest(const ImportArguments& arguments, Session& session) {
    home::Home home = session.open();
    const plan::Model model = sound_model(home.plan);
    const intake::KnownDivisions divisions = intake::known_divisions(home.record);
    intake::Stores stores = stores_of(home);
    stores.divisions = &divisions;
    const std::filesystem::path folder = std::filesystem::path(arguments.manifest).parent_path();
    const intake::StagedFile staged(arguments.manifest, home.staging());
    const std::unique_ptr<sheet::Reader> reader = sheet::open_table(staged.copy());
    sheet::RawRow header, row;
    reader->next(header);
    Brought brought;
    while (reader->next(row)) {
        try {
            stop_if_cancelled(base::said("清单", "the manifest"));
            brought.add(
                take_line(stores, model, {header, row}, folder, {session.user, session.now()}));
        } catch (const base::Failure& failure) {
            session.done = brought.as_json();
            if (!session.json) brought.tell(session);
            const base::Said line =
                base::said("{} 第 {} 行", "{} line {}", staged.name(), row.line);
            throw base::Failure(failure.fault(), failure.problem(),
                                failure.place().empty()
                                    ? line
                                    : base::said("{}，{}", "{}, {}", failure.place(), line),
                                failure.remedy());
        }
        if (!session.json && ::isatty(STDERR_FILENO) != 0)
            std::cerr << "\r\033[K"
                      << session.say(base::said("{} 次报送，{} 行", "{} deliveries, {} rows",
                                                brought.deliveries, brought.rows))
                      << std::flush;
    }
    if (session.json)
        print(Json::object(brought.as_json()));
    else
        brought.tell(session);
    return 0;
}

std::string says_text(const intake::HeldRow& row) {
    std::string text;
    for (const intake::Reason& r : row.reasons) text += (text.empty() ? "" : "; ") + r.say;
    return text;
}

void known_batch(home::Home& home, const std::string& batch) {
    if (batch.empty() || lake::batch(home.record, batch)) return;
    throw base::Failure(base::Fault::input,
                        base::said("没有批次“{}”", "there is no batch '{}'", batch), "",
                        base::said("查看：zengshou batch list", "see: zengshou batch list"));
}

/// Held rows with reasons and lines, those that are still open, or all; cells are shown in `export`
/// only, which is in the audit. What waits for somebody leaves out the lines that are no data: of
/// one batch they are shown.
int list_held(const ImportArguments& arguments, const Session& session) {
    home::Home home = session.ask();
    known_batch(home, arguments.batch);
    ask::List list;
    list.columns = {{"batch"},   {"ledger"}, {"month"}, {"line", ask::List::Kind::number},
                    {"reasons"}, {"says"},   {"file"}};
    if (arguments.all) list.columns.push_back({"settled"});
    for (const lake::Batch& batch : lake::batches(home.record)) {
        if (batch.quarantined == 0 || (!arguments.batch.empty() && batch.id != arguments.batch))
            continue;
        const auto settled = intake::settled_lines(home.record, batch.id);
        const auto add = [&](const intake::HeldRow& row) {
            if (!arguments.all && arguments.batch.empty() && intake::is_footer(row)) return;
            const lake::FileLine place = lake::line_in_file(batch, row.raw.line);
            list.rows.push_back({batch.id, batch.ledger, batch.period, std::to_string(place.line),
                                 intake::reason_codes(row),
                                 (place.sheet.empty() ? "" : place.sheet + "：") + says_text(row),
                                 batch.file_name});
            if (!arguments.all) return;
            const auto by = settled.find(row.raw.line);
            list.rows.back().push_back(by == settled.end() ? std::nullopt
                                                           : std::optional(by->second));
        };
        (arguments.all ? intake::each_held : intake::each_open)(
            home.record, home.keys, batch.id, [](const intake::HeldFile&) {}, add);
    }
    session.print_list(list, titles_of(home));
    return 0;
}

int export_held(const ImportArguments& arguments, const Session& session) {
    home::Home home = session.open();
    known_batch(home, arguments.batch);
    const intake::Act act{session.user, session.now()};
    if (arguments.output.empty()) {
        intake::print_held(stores_of(home), arguments.batch, std::cout, act, session.bom);
        return 0;
    }
    const plan::Model model = sound_model(home.plan);
    const std::int64_t rows = intake::export_held(stores_of(home), model, arguments.batch,
                                                  arguments.output, act, session.bom);
    std::cout << session.say(base::said("暂存的 {} 行写入 {}", "{} held rows in {}", rows,
                                        arguments.output))
              << "\n";
    return 0;
}

int write_template(const ImportArguments& arguments, const Session& session) {
    home::Home home = session.ask();
    const plan::Model model = sound_model(home.plan);
    const intake::Template written =
        intake::write_template(stores_of(home), model, arguments.ledger, arguments.division,
                               month_of(arguments.month), arguments.output);
    const base::Said what =
        written.to_choose
            ? base::said("{} 个对象可选", "{} subjects to choose from", written.subjects)
            : base::said("{} 行待填", "{} rows to fill in", written.subjects);
    std::cout << session.say(base::said("{}：{}", "{}: {}", arguments.output, what)) << "\n";
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
    CLI::App* command = app.add_subcommand(
        "import", session.say(base::said("把文件收进台账：CSV、XLSX、Parquet、JSON",
                                         "Take a file into a ledger: CSV, XLSX, Parquet, JSON")));
    command->fallthrough();
    command->add_option(
        "LEDGER", arguments->ledger,
        session.say(base::said("方案包的台账，或 figures", "A ledger of the pack, or figures")));
    command->add_option("FILE", arguments->file, session.say(base::said("文件", "The file")));
    command->add_option("--month", arguments->month,
                        session.say(base::said("是哪个月的；补上没写的月份",
                                               "Of which month it is; fills a missing month")));
    command->add_option("--division", arguments->division,
                        session.say(base::said("谁报送的", "Whose delivery it is")));
    command->add_option(
        "--map", arguments->mapping,
        session.say(base::said("列和代码的对照（TOML）", "A mapping of columns and codes (TOML)")));
    command->add_option("--sheet", arguments->sheet,
                        session.say(base::said(
                            "只读工作簿的这张工作表；缺省：看得见的全部",
                            "The one sheet of a workbook to read; default: all that are visible")));
    command->add_option(
        "--arrived", arguments->arrived,
        session.say(base::said("实际收到的那一天（2024-09-05）；缺省：现在",
                               "The day on which it really came (2024-09-05); default: now")));
    command->add_option(
        "--manifest", arguments->manifest,
        session.say(
            base::said("一次收多个文件：CSV，列为 ledger,file,month,division,map,arrived",
                       "Many files at once: a CSV of ledger,file,month,division,map,arrived")));
    command->add_flag(
        "--strict", arguments->strict,
        session.say(base::said("有一行错就一行不收", "One faulty row and none is taken")));
    command->add_flag("--empty", arguments->empty,
                      session.say(base::said("零报告：没有可报的", "Nothing to report (零报告)")));
    command->callback([arguments, &session, &status] {
        if (arguments->ledger.empty() && arguments->manifest.empty())
            throw base::Failure(
                base::Fault::input, base::said("缺台账", "the ledger is missing"), "import",
                base::said("写成：zengshou import LEDGER FILE", "as: zengshou import LEDGER FILE"));
        status = arguments->manifest.empty() ? import(*arguments, session)
                                             : import_manifest(*arguments, session);
    });

    CLI::App* form = app.add_subcommand(
        "template", session.say(base::said(
                        "台账的填报表，列出区划里的对象",
                        "The workbook of a ledger to fill in, with its division's subjects")));
    form->fallthrough();
    form->add_option("LEDGER", arguments->ledger,
                     session.say(base::said("方案包的台账", "A ledger of the pack")))
        ->required();
    form->add_option("--division", arguments->division,
                     session.say(base::said("列出谁的对象", "Whose subjects are in it")))
        ->required();
    form->add_option(
        "--month", arguments->month,
        session.say(base::said("填报的月份，先填好", "The month it is of, filled in")));
    form->add_option("-o,--output", arguments->output,
                     session.say(base::said("工作簿，.xlsx", "The workbook, .xlsx")))
        ->required();
    form->callback(
        [arguments, &session, &status] { status = write_template(*arguments, session); });

    CLI::App* quarantine = app.add_subcommand(
        "quarantine", session.say(base::said("暂存的行和各自的原因",
                                             "Rows that were held, each with its reason")));
    quarantine->require_subcommand(1);
    quarantine->fallthrough();
    for (const auto& [name, what, act, needs] :
         std::vector<std::tuple<const char*, std::string,
                                int (*)(const ImportArguments&, const Session&), bool>>{
             {"list",
              session.say(base::said("等着改的暂存行：批次、行、原因",
                                     "Held rows that wait to be mended: batch, line, reason")),
              list_held, false},
             {"show",
              session.say(base::said("一个批次的暂存行，连合计、落款行",
                                     "Those of a batch, with its lines of totals and signatures")),
              list_held, true},
             {"export",
              session.say(base::said("一个批次的暂存行，连内容，CSV",
                                     "Those of a batch as CSV, with their cells")),
              export_held, true},
             {"retry",
              session.say(
                  base::said("把一个批次的暂存行再读一遍", "Read the held rows of a batch again")),
              retry, true}}) {
        CLI::App* held = quarantine->add_subcommand(name, what);
        held->fallthrough();
        CLI::Option* batch = held->add_option(
            "BATCH", arguments->batch, session.say(base::said("批次的编号", "A batch's id")));
        if (needs) batch->required();
        if (act == list_held)
            held->add_flag(
                "--all", arguments->all,
                session.say(base::said(
                    "后来的报送处理掉的和合计行也列出",
                    "Also those that a later delivery has settled, and lines of totals")));
        if (act == export_held) session.lists.insert(called(*held));
        if (act == export_held)
            held->add_option("-o,--output", arguments->output,
                             session.say(base::said("文件；缺省：标准输出",
                                                    "A file; default: standard output")));
        if (act == list_held) answers_with_list(*held, session);
        held->callback(
            [arguments, act = act, &session, &status] { status = act(*arguments, session); });
    }
}

}  // namespace zs::cli
