#include "run/monthly.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <map>
#include <set>
#include <thread>

#include <fmt/format.h>

#include "base/digest.h"
#include "base/failure.h"
#include "base/file.h"
#include "base/text.h"
#include "compile/program.h"
#include "compile/sql.h"
#include "engine/appender.h"
#include "guard/audit.h"
#include "lake/divisions.h"
#include "plan/check.h"
#include "run/computation.h"
#include "run/deliveries.h"
#include "run/inputs.h"
#include "run/workplace.h"

namespace zs::run {

namespace fs = std::filesystem;

namespace {

/// Interrupts the engine when somebody cancels.
class Watch {
public:
    Watch(engine::Connection& connection, const std::atomic<bool>* cancelled) {
        if (cancelled == nullptr) return;
        thread_ = std::jthread([&connection, cancelled](const std::stop_token& stop) {
            while (!stop.stop_requested()) {
                if (cancelled->load()) connection.interrupt();
                std::this_thread::sleep_for(std::chrono::milliseconds(50));
            }
        });
    }

private:
    std::jthread thread_;
};

std::string snapshot_digest(const plan::Model& model, const Inputs& inputs) {
    base::Sm3 digest;
    const auto line = [&](const std::string& text) { digest.add(text + "\n"); };
    line("month " + base::text(inputs.month));
    line("plan " + model.digest);
    line("lake " + inputs.lake.digest);
    std::vector<std::string> lines;
    for (const plan::Division& d : inputs.divisions)
        lines.push_back(fmt::format("division {} {} {} {} {}", d.code, d.name, d.reporting_parent,
                                    d.since ? base::text(*d.since) : "",
                                    d.until ? base::text(*d.until) : ""));
    for (const plan::Exempted& e : inputs.exempted)
        lines.push_back(fmt::format("exempted {} {} {}", e.rule, e.subject, base::text(e.until)));
    for (const plan::Figure& f : inputs.figures)
        lines.push_back(fmt::format("figure {} {} {} {} {} {} {} {} {}", f.indicator, f.division,
                                    f.label, f.codes, plan::text(f.value), f.whole,
                                    base::text(f.run_month), f.order, f.given));
    for (const auto& [name, value] : inputs.parameters)
        lines.push_back(fmt::format("parameter {} {}", name, plan::text(value)));
    std::sort(lines.begin(), lines.end());
    for (const std::string& text : lines) line(text);
    return digest.finish();
}

/// The figures that rules and indicators read as rows of the built-in ledger.
void load_figures(engine::Connection& connection, const plan::Model& model,
                  const std::vector<plan::Figure>& figures) {
    const plan::Ledger& ledger = *model.ledger("figures");
    connection.execute(fmt::format("create table in_figures ({})", ledger_columns(ledger)));
    engine::Appender into(connection, "in_figures");
    std::int64_t line = 0;
    for (const plan::Figure& figure : figures) {
        if (plan::is_null(figure.value)) continue;  // published without data: no row tells of it
        for (const plan::Field& field : ledger.fields) {
            if (field.name == "indicator")
                into.text(figure.indicator);
            else if (field.name == "division")
                into.text(figure.division);
            else if (field.name == "label")
                into.text(figure.label);
            else if (field.name == "codes")
                into.text(figure.codes);
            else if (field.name == "month")
                into.integer(figure.run_month.index);
            else if (field.name == "value") {
                const auto* exact = std::get_if<base::Decimal>(&figure.value);
                const auto* whole = std::get_if<std::int64_t>(&figure.value);
                if (exact)
                    into.decimal(base::round(*exact, field.type.scale));
                else if (whole)
                    into.decimal({*whole, 0});
                else if (const auto* number = std::get_if<double>(&figure.value)) {
                    const auto parsed = base::parse_decimal(fmt::format("{:.6f}", *number));
                    if (parsed)
                        into.decimal(*parsed);
                    else
                        into.null();
                } else
                    into.null();
            } else
                into.null();
        }
        into.integer(++line);
        into.end_row();
    }
    into.close();
}

void load_exemption_rows(engine::Connection& connection, const plan::Model& model,
                         const std::vector<plan::Exempted>& exempted) {
    const plan::Ledger& ledger = *model.ledger("exemptions");
    connection.execute(fmt::format("create table in_exemptions ({})", ledger_columns(ledger)));
    engine::Appender into(connection, "in_exemptions");
    std::int64_t line = 0;
    for (const plan::Exempted& exemption : exempted) {
        for (const plan::Field& field : ledger.fields) {
            if (field.name == "rule")
                into.text(exemption.rule);
            else if (field.name == "subject")
                into.text(exemption.subject);
            else if (field.name == "since")
                into.integer(model.first.index);
            else if (field.name == "ended")
                into.integer(exemption.until.index + 1);
            else if (field.name == "until")
                into.integer(exemption.until.index);
            else
                into.null();
        }
        into.integer(++line);
        into.end_row();
    }
    into.close();
}

std::string parquet_literal(const fs::path& file) { return engine::literal(file.string()); }

void write_table(engine::Connection& connection, const std::string& select, const fs::path& file) {
    connection.execute(fmt::format("copy ({}) to {} (format parquet, compression zstd)", select,
                                   parquet_literal(file)));
}

void keep_findings(engine::Connection& connection, const compile::Program& program,
                   const std::string& run, const fs::path& folder) {
    write_table(connection,
                fmt::format("select substr(md5({} || '/' || \"rule\" || '/' || \"subject\"), 1, "
                            "16) as \"finding\", * from out_findings order by \"rule\", "
                            "\"division\" nulls first, \"subject\"",
                            engine::literal(run)),
                folder / "findings.parquet");
    for (const auto& [grain, table] : program.wide_tables) {
        if (*connection.value(fmt::format("select count(*) from out_findings where \"grain\" = {}",
                                          engine::literal(grain))) == "0")
            continue;
        write_table(connection,
                    fmt::format("select {0} as \"#key\", t.* from {1} t where {0} in (select "
                                "\"subject\" from out_findings where \"grain\" = {2})",
                                program.subject_text.at(grain), compile::quoted(table),
                                engine::literal(grain)),
                    folder / ("wide_" + grain + ".parquet"));
    }
}

void append_text(engine::Appender& into, const plan::Value& value) {
    if (plan::is_null(value))
        into.null();
    else
        into.text(plan::text(value));
}

void append_count(engine::Appender& into, const std::optional<std::int64_t>& value) {
    if (value)
        into.integer(*value);
    else
        into.null();
}

void keep_figures(engine::Connection& connection, const plan::Outcome& outcome,
                  const fs::path& folder) {
    connection.execute(
        "create table kept_indicators (indicator string, period string, label string, whole "
        "boolean, level string, division string, name string, codes string, "
        "value string, numerator string, denominator string, known bigint, unknown bigint, unit "
        "string);"
        "create table kept_targets (target string, division string, label string, value string, "
        "bound string, status string, gap string)");
    engine::Appender indicators(connection, "kept_indicators");
    for (const plan::IndicatorValue& v : outcome.indicators) {
        indicators.text(v.indicator)
            .text(v.period)
            .text(v.label)
            .boolean(v.whole)
            .text(v.level)
            .text(v.division)
            .text(v.name)
            .text(v.codes);
        append_text(indicators, v.value);
        append_text(indicators, v.numerator);
        append_text(indicators, v.denominator);
        append_count(indicators, v.known);
        append_count(indicators, v.unknown);
        indicators.text(v.unit);
        indicators.end_row();
    }
    indicators.close();
    engine::Appender targets(connection, "kept_targets");
    for (const plan::TargetState& t : outcome.targets) {
        targets.text(t.target).text(t.division).text(t.label);
        append_text(targets, t.value);
        append_text(targets, t.bound);
        targets.text(t.status);
        append_text(targets, t.gap);
        targets.end_row();
    }
    targets.close();
    write_table(connection,
                "select * from kept_indicators order by indicator, label, division, codes",
                folder / "indicators.parquet");
    write_table(connection, "select * from kept_targets order by target, label, division",
                folder / "targets.parquet");
}

/// Every rule with each of its statuses, those of nobody too.
void keep_counts(engine::Connection& connection, const plan::Outcome& outcome,
                 const fs::path& folder) {
    connection.execute(
        "create table kept_counts (\"rule\" string, kind string, status string, n bigint)");
    engine::Appender into(connection, "kept_counts");
    for (const plan::RuleCount& count : outcome.counts)
        for (const auto& [status, n] : count.by_status) {
            into.text(count.rule).text(count.kind).text(status).integer(n);
            into.end_row();
        }
    into.close();
    write_table(connection, "select * from kept_counts order by \"rule\", status",
                folder / "counts.parquet");
}

/// Divisions, exemptions and figures as they were, for `verify`.
void keep_inputs(engine::Connection& connection, const Inputs& inputs, const fs::path& folder) {
    connection.execute(
        "create table kept_divisions (code string, name string, reporting_parent string, since "
        "int, until int);"
        "create table kept_inputs_figures (indicator string, division string, label string, codes "
        "string, value string, whole boolean, run_month int, seq bigint, given boolean)");
    engine::Appender divisions(connection, "kept_divisions");
    const auto month = [](engine::Appender& into, const std::optional<base::Month>& m) {
        if (m)
            into.integer(m->index);
        else
            into.null();
    };
    for (const plan::Division& d : inputs.divisions) {
        divisions.text(d.code).text(d.name).text(d.reporting_parent);
        month(divisions, d.since);
        month(divisions, d.until);
        divisions.end_row();
    }
    divisions.close();
    engine::Appender figures(connection, "kept_inputs_figures");
    for (const plan::Figure& f : inputs.figures) {
        figures.text(f.indicator).text(f.division).text(f.label).text(f.codes);
        append_text(figures, f.value);
        figures.boolean(f.whole).integer(f.run_month.index).integer(f.order).boolean(f.given);
        figures.end_row();
    }
    figures.close();
    write_table(connection, "select * from kept_divisions", folder / "input_divisions.parquet");
    write_table(connection, "select * from kept_inputs_figures", folder / "input_figures.parquet");
    write_table(connection, "select * from in_exempted", folder / "input_exempted.parquet");
}

struct Computed {
    Computation computation;
    std::int64_t rows_read = 0;
};

Computed compute(engine::Connection& connection, const plan::Model& model, const Inputs& inputs,
                 const Means& means) {
    const Watch watch(connection, means.cancelled);
    Computed done;
    for (const plan::Ledger& ledger : model.ledgers) {
        if (ledger.built_in) continue;
        done.rows_read += std::stoll(*connection.value(fmt::format(
            "select count(*) from {}", compile::quoted(compile::input_view(ledger.name)))));
    }
    done.computation = computation(connection, model, request_of(inputs),
                                   {.month = inputs.month,
                                    .divisions = &inputs.divisions,
                                    .figures = &inputs.figures,
                                    .parameters = &inputs.parameters},
                                   means.progress);
    return done;
}

engine::Settings settings_of(const Means& means, const fs::path& folder) {
    engine::Settings settings;
    settings.database = folder / "work.duckdb";
    settings.memory = means.memory;
    settings.threads = means.threads;
    settings.temporary = folder / "spill";
    settings.keep_order = false;
    return settings;
}

/// The pack's files as they are, once a digest. Somebody may be writing them: what is kept is what
/// was read, or there is no run.
void keep_pack(const plan::Model& model, const fs::path& runs, const Workplace& work) {
    const fs::path place = runs / "packs" / model.digest;
    if (fs::exists(place)) return;
    const fs::path beside = work.folder() / "pack";
    fs::create_directories(beside);
    fs::create_directories(runs / "packs");
    for (const auto& entry : fs::recursive_directory_iterator(model.folder)) {
        if (!entry.is_regular_file()) continue;
        const fs::path relative = entry.path().lexically_relative(model.folder);
        const std::string extension = relative.extension().string();
        // The table of obligations may have any of the last three; divisions are an input apart.
        constexpr std::array<std::string_view, 5> kept = {".md", ".toml", ".tsv", ".csv", ".txt"};
        if (std::find(kept.begin(), kept.end(), extension) == kept.end() ||
            relative == model.divisions_file)
            continue;
        fs::create_directories((beside / relative).parent_path());
        fs::copy_file(entry.path(), beside / relative);
        base::sync(beside / relative);
    }
    if (plan::check(beside).model.digest != model.digest)
        throw base::Failure(base::Fault::input, "the pack was changed while the run began",
                            model.folder, "run again");
    fs::rename(beside, place);
    base::sync(runs / "packs");
}

/// Digests of what a run kept, by file.
std::map<std::string, std::string> digests_in(const fs::path& folder) {
    std::map<std::string, std::string> digests;
    for (const auto& file : fs::directory_iterator(folder))
        digests[file.path().filename().string()] = base::sm3_of_file(file.path());
    return digests;
}

/// The batches that counted in a run, by their ids.
std::vector<std::string> batches_of_run(record::Connection& record, const std::string& run) {
    const auto row = record.first("select batches from run where run = :run", {run});
    if (!row)
        throw base::Failure(base::Fault::input, fmt::format("there is no run '{}'", run), "",
                            "see: zengshou run list");
    std::vector<std::string> ids = base::split(row->text(0), '\n');
    std::erase(ids, "");
    return ids;
}

/// What counted before counts again (a batch was withdrawn): the run is the latest once more.
void publish_again(record::Connection& record, const Answer& answer, const std::string& by,
                   const std::string& at) {
    const auto latest = record.first("select run, seq from run order by seq desc limit 1");
    if (latest->text(0) == answer.run) return;
    record.execute("update run set seq = :seq, at = :at, by = :by where run = :run",
                   {record::cell(latest->integer(1) + 1), at, by, answer.run});
    guard::append_audit(record, at, by, "run",
                        fmt::format("run {} of {} published again, digest {}", answer.run,
                                    base::text(answer.month), answer.digest));
}

/// The number of findings, and the SM3 over all results in a fixed order.
struct Digested {
    std::int64_t findings = 0;
    std::string digest;
};

/// Whether published figures of the indicator are read: by other indicators, by targets, or as rows
/// of the built-in ledger.
class FiguresRead {
public:
    explicit FiguresRead(const plan::Model& model) {
        const auto note = [&](const std::string& name) {
            for (const std::string& read : plan::reads(model, name))
                if (read.starts_with("indicator ")) names_.insert(read.substr(10));
        };
        for (const plan::Indicator& indicator : model.indicators) {
            all_ = all_ || indicator.grain == "figures";
            if (indicator.grain.empty()) note(indicator.name);
        }
        for (const plan::Target& target : model.targets) note(target.name);
        for (const plan::Feature& feature : model.features)
            all_ = all_ || feature.from == "figures";
        for (const plan::Rule& rule : model.rules) all_ = all_ || rule.grain == "figures";
        for (const plan::Grain& grain : model.grains)
            all_ = all_ || (grain.ledger == "figures" && grain.name != "figures");
    }
    /// As a condition on the column `indicator`.
    std::string condition() const {
        if (all_) return "true";
        std::string names = "''";
        for (const std::string& name : names_) names += ", " + engine::literal(name);
        return fmt::format("indicator in ({})", names);
    }

private:
    std::set<std::string> names_;
    bool all_ = false;
};

/// @throws Failure (system) where a file of the lake is gone.
void all_there(const lake::Snapshot& snapshot) {
    for (const lake::Batch& batch : snapshot.batches)
        for (const lake::Part& part : batch.parts)
            if (!fs::exists(snapshot.folder / part.file))
                throw base::Failure(base::Fault::system, "a file of the lake is missing",
                                    "lake/" + part.file,
                                    "restore the home from a backup, or withdraw batch " +
                                        batch.id + " and import its file again");
}

Digested digest_of(engine::Connection& connection, const plan::Outcome& outcome) {
    Digested result;
    base::Sm3 digest;
    const auto number = [](const std::optional<base::Decimal>& n) {
        return n ? base::text(*n) : std::string("-");
    };
    each_finding(connection, [&](const plan::Finding& f) {
        ++result.findings;
        digest.add(fmt::format("f|{}|{}|{}|{}|{}|{}|{}|{}|{}|{}\n", f.rule, f.subject, f.division,
                               f.status, number(f.amount), number(f.received), number(f.score),
                               f.severity, f.risk, f.say));
    });
    for (const plan::RuleCount& c : outcome.counts)
        for (const auto& [status, n] : c.by_status)
            digest.add(fmt::format("c|{}|{}|{}\n", c.rule, status, n));
    std::vector<std::string> lines;
    for (const plan::IndicatorValue& v : outcome.indicators)
        lines.push_back(fmt::format(
            "i|{}|{}|{}|{}|{}|{}|{}|{}|{}|{}\n", v.indicator, v.label, v.whole, v.division, v.codes,
            plan::text(v.value), plan::text(v.numerator), plan::text(v.denominator),
            v.known ? std::to_string(*v.known) : "", v.unknown ? std::to_string(*v.unknown) : ""));
    for (const plan::TargetState& t : outcome.targets)
        lines.push_back(fmt::format("t|{}|{}|{}|{}|{}|{}|{}\n", t.target, t.division, t.label,
                                    plan::text(t.value), plan::text(t.bound), t.status,
                                    plan::text(t.gap)));
    std::sort(lines.begin(), lines.end());
    for (const std::string& line : lines) digest.add(line);
    digest.add(fmt::format("o|{}|{}\n", outcome.orphans, outcome.unknown_rows));
    result.digest = digest.finish();
    return result;
}

std::optional<base::Decimal> decimal_of(const engine::Cell& cell) {
    return cell ? base::parse_decimal(*cell) : std::nullopt;
}

}  // namespace

compile::Request request_of(const Inputs& inputs) {
    compile::Request request;
    request.month = inputs.month;
    request.parameters = inputs.parameters;
    for (const plan::Exempted& e : inputs.exempted)
        if (e.until >= inputs.month) request.exempted_rules.insert(e.rule);
    return request;
}

Inputs take_inputs(record::Connection& record, const fs::path& lake_folder, const fs::path& runs,
                   const plan::Model& model, base::Month month) {
    Inputs inputs;
    inputs.month = month;
    inputs.lake = lake::take(record, lake_folder);
    inputs.divisions = lake::divisions(record);
    for (const record::Row& row : record.query(
             "select rule, subject, until from exemption where revoked_at is null order by seq"))
        inputs.exempted.push_back(
            {row.text(0), row.text(1), base::Month{static_cast<std::int32_t>(row.integer(2))}});
    for (const record::Row& row : record.query(
             "select f.indicator, f.division, f.label, f.codes, f.value, f.seq from figure f join "
             "batch b on b.batch = f.batch where b.withdrawn_at is null order by f.seq")) {
        const plan::Indicator* indicator = model.indicator(row.text(0));
        plan::Figure figure{row.text(0), row.text(1), row.text(2),    row.text(3), plan::Value{},
                            true,        model.first, row.integer(5), true};
        figure.given = indicator == nullptr || indicator->given;
        if (const auto value = base::parse_decimal(row.text(4))) figure.value = *value;
        inputs.figures.push_back(std::move(figure));
    }
    // What runs of earlier months published; of one month the latest published run counts.
    std::map<std::int64_t, std::string> latest;
    for (const record::Row& row : record.query("select month, run from run order by seq"))
        if (row.integer(0) < month.index) latest[row.integer(0)] = row.text(1);
    if (latest.empty()) return inputs;
    const std::string read = FiguresRead(model).condition();
    engine::Connection connection = engine::Connection::open({});
    for (const auto& [run_month, run] : latest)
        connection.stream(fmt::format("select indicator, division, label, codes, value, whole from "
                                      "read_parquet({}) where known is not null and {} order by "
                                      "indicator, division, label, codes",
                                      parquet_literal(runs / run / "indicators.parquet"), read),
                          [&](const std::vector<engine::Cell>& row) {
                              const plan::Indicator* indicator = model.indicator(*row[0]);
                              if (indicator == nullptr || indicator->given) return;
                              plan::Figure figure{*row[0],
                                                  *row[1],
                                                  *row[2],
                                                  row[3].value_or(""),
                                                  plan::Value{},
                                                  *row[5] == "true",
                                                  base::Month{static_cast<std::int32_t>(run_month)},
                                                  0,
                                                  false};
                              if (row[4] && indicator->type.kind == plan::Kind::floating)
                                  figure.value = std::strtod(row[4]->c_str(), nullptr);
                              else if (const auto exact = decimal_of(row[4]))
                                  figure.value = *exact;
                              inputs.figures.push_back(std::move(figure));
                          });
    return inputs;
}

engine::Connection open_inputs(const plan::Model& model, const Inputs& inputs,
                               const engine::Settings& settings) {
    all_there(inputs.lake);
    engine::Connection connection = engine::Connection::open(settings);
    load_divisions(connection, model, inputs.divisions, inputs.month);
    load_deliveries(connection, lake::delivered(inputs.lake), {});
    load_exemptions(connection, inputs.exempted);
    for (const plan::Ledger& ledger : model.ledgers) {
        const std::string view = compile::quoted(compile::input_view(ledger.name));
        if (ledger.name == "figures")
            load_figures(connection, model, inputs.figures);
        else if (ledger.name == "exemptions")
            load_exemption_rows(connection, model, inputs.exempted);
        else if (ledger.name == "deliveries")
            load_delivery_rows(connection, model, inputs.lake, inputs.divisions, inputs.month);
        else if (ledger.built_in)
            connection.execute(fmt::format("create table {} ({})", view, ledger_columns(ledger)));
        else
            connection.execute(
                fmt::format("create view {} as select *, _line as \"#line\" from ({}) lake", view,
                            lake::relation(inputs.lake, model, ledger)));
    }
    std::string users;
    for (const plan::Ledger& ledger : model.ledgers)
        if (!ledger.built_in)
            users += fmt::format("{}select \"entered_by\" from {}", users.empty() ? "" : " union ",
                                 compile::quoted(compile::input_view(ledger.name)));
    connection.execute(
        fmt::format("create view in_user as select distinct \"entered_by\" as \"user\", cast(null "
                    "as string) as division from ({}) u where \"entered_by\" is not null",
                    users.empty() ? "select cast(null as string) as \"entered_by\"" : users));
    return connection;
}

Answer run_month(record::Connection& record, const fs::path& runs, const plan::Model& model,
                 const Inputs& inputs, const Means& means, const std::string& by,
                 const std::string& at) {
    if (inputs.month < model.first || inputs.month > model.last)
        throw base::Failure(
            base::Fault::input,
            fmt::format("the month {} is not one of the plan's", base::text(inputs.month)),
            fmt::format("{}..{}", base::text(model.first), base::text(model.last)),
            "choose a month in between");
    const auto begun = std::chrono::steady_clock::now();
    Answer answer;
    answer.month = inputs.month;
    answer.engine = "duckdb";
    answer.snapshot = snapshot_digest(model, inputs);
    answer.run = answer.snapshot.substr(0, 16);
    fs::create_directories(runs);
    const Workplace work(runs, "new-" + answer.run);
    keep_pack(model, runs, work);
    const fs::path kept = work.folder() / "kept";
    fs::create_directories(kept);
    {
        engine::Connection connection =
            open_inputs(model, inputs, settings_of(means, work.folder()));
        Computed computed = compute(connection, model, inputs, means);
        answer.outcome = std::move(computed.computation.outcome);
        answer.rows_read = computed.rows_read;
        Digested digested = digest_of(connection, answer.outcome);
        answer.findings = digested.findings;
        answer.digest = std::move(digested.digest);
        keep_findings(connection, computed.computation.program, answer.run, kept);
        keep_counts(connection, answer.outcome, kept);
        keep_figures(connection, answer.outcome, kept);
        keep_inputs(connection, inputs, kept);
    }
    for (const auto& file : fs::directory_iterator(kept)) base::sync(file.path());
    answer.seconds =
        std::chrono::duration<double>(std::chrono::steady_clock::now() - begun).count();

    const fs::path place = runs / answer.run;
    record::Transaction transaction(record);
    if (const auto known = record.first("select digest from run where run = :run", {answer.run})) {
        if (known->text(0) != answer.digest)
            throw base::Failure(
                base::Fault::system, "the same snapshot gave other results than before",
                "run " + answer.run,
                "please report it: results must not depend on when or how they are computed");
        if (!fs::exists(place)) fs::rename(kept, place);  // its results were lost
        publish_again(record, answer, by, at);
        transaction.commit();
        return answer;
    }
    fs::remove_all(place);  // of a command that stopped before it was noted
    fs::rename(kept, place);
    base::sync(runs);
    const auto last = record.first("select coalesce(max(seq), 0) from run");
    std::string batches;
    for (const std::string& id : inputs.lake.ids()) batches += id + "\n";
    record.execute(
        "insert into run (seq, run, month, snapshot, digest, engine, at, by, plan_digest, batches, "
        "answer) values (:seq, :run, :month, :snapshot, :digest, :engine, :at, :by, :plan, "
        ":batches, :answer)",
        {record::cell(last->integer(0) + 1), answer.run, record::cell(inputs.month.index),
         answer.snapshot, answer.digest, answer.engine, at, by, model.digest, batches, ""});
    for (const auto& [file, digest] : digests_in(place))
        record.execute("insert into run_file (run, file, digest) values (:run, :file, :digest)",
                       {answer.run, file, digest});
    guard::append_audit(record, at, by, "run",
                        fmt::format("run {} of {}, digest {}", answer.run, base::text(inputs.month),
                                    answer.digest));
    transaction.commit();
    return answer;
}

plan::Model model_of_run(record::Connection& record, const fs::path& runs, const std::string& run) {
    const auto row = record.first("select plan_digest from run where run = :run", {run});
    if (!row)
        throw base::Failure(base::Fault::input, fmt::format("there is no run '{}'", run), "",
                            "see: zengshou run list");
    plan::Checked checked = plan::check(runs / "packs" / row->text(0));
    if (!checked.ok())
        throw base::Failure(base::Fault::system, "the kept copy of the pack cannot be read",
                            "run " + run, "restore the home from a backup");
    return std::move(checked.model);
}

Inputs inputs_of_run(record::Connection& record, const fs::path& lake_folder, const fs::path& runs,
                     const plan::Model& model, const std::string& run) {
    Inputs inputs;
    inputs.lake = lake::of_batches(record, lake_folder, batches_of_run(record, run));
    inputs.month = base::Month{static_cast<std::int32_t>(
        record.first("select month from run where run = :run", {run})->integer(0))};
    engine::Connection reader = engine::Connection::open({});
    const auto month = [](const engine::Cell& cell) {
        return cell ? std::optional(base::Month{std::stoi(*cell)}) : std::nullopt;
    };
    const fs::path place = runs / run;
    for (const auto& cells :
         reader
             .query(fmt::format(
                 "select code, name, reporting_parent, since, until from read_parquet({})",
                 parquet_literal(place / "input_divisions.parquet")))
             .cells)
        inputs.divisions.push_back({*cells[0], cells[1].value_or(""), cells[2].value_or(""),
                                    month(cells[3]), month(cells[4])});
    for (const auto& cells :
         reader
             .query(fmt::format("select rule, subject, until from read_parquet({})",
                                parquet_literal(place / "input_exempted.parquet")))
             .cells)
        inputs.exempted.push_back({*cells[0], *cells[1], *month(cells[2])});
    for (const auto& cells :
         reader
             .query(fmt::format("select indicator, division, label, codes, value, whole, "
                                "run_month, seq, given from read_parquet({})",
                                parquet_literal(place / "input_figures.parquet")))
             .cells) {
        plan::Figure figure{
            *cells[0],          *cells[1],           *cells[2],        cells[3].value_or(""),
            plan::Value{},      *cells[5] == "true", *month(cells[6]), std::stoll(*cells[7]),
            *cells[8] == "true"};
        const plan::Indicator* indicator = model.indicator(figure.indicator);
        if (cells[4] && indicator != nullptr && indicator->type.kind == plan::Kind::floating &&
            !figure.given)
            figure.value = std::strtod(cells[4]->c_str(), nullptr);
        else if (const auto exact = decimal_of(cells[4]))
            figure.value = *exact;
        inputs.figures.push_back(std::move(figure));
    }
    return inputs;
}

std::vector<std::string> damaged_files(record::Connection& record, const fs::path& lake_folder,
                                       const fs::path& runs, const std::string& run) {
    std::vector<std::string> damaged;
    for (const std::string& part :
         lake::damaged_parts(lake::of_batches(record, lake_folder, batches_of_run(record, run))))
        damaged.push_back("lake/" + part);
    for (const record::Row& row :
         record.query("select file, digest from run_file where run = :run order by file", {run})) {
        const fs::path file = runs / run / row.text(0);
        if (!fs::exists(file) || base::sm3_of_file(file) != row.text(1))
            damaged.push_back(fmt::format("runs/{}/{}", run, row.text(0)));
    }
    const std::string pack =
        record.first("select plan_digest from run where run = :run", {run})->text(0);
    const fs::path kept = runs / "packs" / pack;
    if (!fs::exists(kept) || plan::check(kept).model.digest != pack)
        damaged.push_back("runs/packs/" + pack);
    return damaged;
}

std::string digest_again(record::Connection& record, const fs::path& lake_folder,
                         const fs::path& runs, const std::string& run, const Means& means) {
    const plan::Model model = model_of_run(record, runs, run);
    const Inputs inputs = inputs_of_run(record, lake_folder, runs, model, run);
    const Workplace work(runs, "verify-" + run);
    engine::Connection connection = open_inputs(model, inputs, settings_of(means, work.folder()));
    const Computed computed = compute(connection, model, inputs, means);
    return digest_of(connection, computed.computation.outcome).digest;
}

}  // namespace zs::run
