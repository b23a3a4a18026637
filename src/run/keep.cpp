#include "run/keep.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "base/digest.h"
#include "base/failure.h"
#include "base/file.h"
#include "base/text.h"
#include "compile/sql.h"
#include "engine/appender.h"
#include "plan/check.h"

namespace zs::run {

namespace fs = std::filesystem;

namespace {

void write_table(engine::Connection& connection, const std::string& select, const fs::path& file) {
    connection.execute(fmt::format("copy ({}) to {} (format parquet, compression zstd)", select,
                                   engine::literal(file.string())));
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

/// The batches that counted in a run, by their ids.
std::vector<std::string> batches_of_run(record::Connection& record, const std::string& run) {
    const auto row = record.first("select batches from run where run = :run", {run});
    if (!row)
        throw base::Failure(base::Fault::input,
                            base::said("没有运行“{}”", "there is no run '{}'", run), "",
                            base::said("查看：zengshou run list", "see: zengshou run list"));
    std::vector<std::string> ids = base::split(row->text(0), '\n');
    std::erase(ids, "");
    return ids;
}

}  // namespace

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

void keep_figures(engine::Connection& connection, const plan::Outcome& outcome,
                  const fs::path& folder) {
    connection.execute(
        "create table kept_indicators (indicator string, period string, label string, whole "
        "boolean, level string, division string, name string, codes string, "
        "value string, numerator string, denominator string, known bigint, unknown bigint, "
        "undelivered bigint, unit string);"
        "create table kept_targets (target string, division string, label string, value string, "
        "bound string, status string, gap string, codes string)");
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
        append_count(indicators, v.undelivered);
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
        targets.text(t.codes);
        targets.end_row();
    }
    targets.close();
    write_table(connection,
                "select * from kept_indicators order by indicator, label, division, codes",
                folder / "indicators.parquet");
    write_table(connection, "select * from kept_targets order by target, label, division, codes",
                folder / "targets.parquet");
}

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

void keep_inputs(engine::Connection& connection, const Inputs& inputs, const fs::path& folder) {
    connection.execute(
        "create table kept_divisions (code string, name string, reporting_parent string, since "
        "int, until int);"
        "create table kept_inputs_figures (indicator string, division string, label string, codes "
        "string, value string, whole boolean, run_month int, seq bigint, given boolean, known "
        "bigint, unknown bigint, numerator string, denominator string);"
        "create table kept_home (division string)");
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
        append_count(figures, f.known);
        append_count(figures, f.unknown);
        append_text(figures, f.numerator);
        append_text(figures, f.denominator);
        figures.end_row();
    }
    figures.close();
    write_table(connection, "select * from kept_divisions", folder / "input_divisions.parquet");
    write_table(connection, "select * from kept_inputs_figures", folder / "input_figures.parquet");
    engine::Appender home(connection, "kept_home");
    home.text(inputs.home);
    home.end_row();
    home.close();
    write_table(connection, "select * from kept_home", folder / "input_home.parquet");
    write_table(connection, "select * from in_exempted", folder / "input_exempted.parquet");
}

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
        throw base::Failure(
            base::Fault::input,
            base::said("运行开始时方案包被改动", "the pack was changed while the run began"),
            model.folder, base::said("再运行一次", "run again"));
    fs::rename(beside, place);
    base::sync(runs / "packs");
}

std::map<std::string, std::string> digests_in(const fs::path& folder) {
    std::map<std::string, std::string> digests;
    for (const auto& file : fs::directory_iterator(folder))
        digests[file.path().filename().string()] = base::sm3_of_file(file.path());
    return digests;
}

plan::Model model_of_run(record::Connection& record, const fs::path& runs, const std::string& run) {
    const auto row = record.first("select plan_digest from run where run = :run", {run});
    if (!row)
        throw base::Failure(base::Fault::input,
                            base::said("没有运行“{}”", "there is no run '{}'", run), "",
                            base::said("查看：zengshou run list", "see: zengshou run list"));
    plan::Checked checked = plan::check(runs / "packs" / row->text(0));
    if (!checked.ok())
        throw base::Failure(
            base::Fault::system,
            base::said("运行时存下的方案包读不了", "the kept copy of the pack cannot be read"),
            base::said("运行 {}", "run {}", run),
            base::said("用备份恢复数据目录", "restore the home from a backup"));
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
    const auto kept = [&](const char* file) { return kept_file(record, runs, run, file); };
    for (const auto& cells :
         reader
             .query(fmt::format(
                 "select code, name, reporting_parent, since, until from read_parquet({})",
                 engine::literal(kept("input_divisions.parquet").string())))
             .cells)
        inputs.divisions.push_back({*cells[0], cells[1].value_or(""), cells[2].value_or(""),
                                    month(cells[3]), month(cells[4])});
    for (const auto& cells :
         reader
             .query(fmt::format("select rule, subject, until from read_parquet({})",
                                engine::literal(kept("input_exempted.parquet").string())))
             .cells)
        inputs.exempted.push_back({*cells[0], *cells[1], *month(cells[2])});
    for (const auto& cells :
         reader
             .query(
                 fmt::format("select indicator, division, label, codes, value, whole, "
                             "run_month, seq, given, known, unknown, numerator, denominator from "
                             "(select * from read_parquet({}) union all by name {})",
                             engine::literal(kept("input_figures.parquet").string()),
                             // What runs of before have not kept.
                             "select cast(null as bigint) as known, cast(null as bigint) as "
                             "unknown, cast(null as varchar) as numerator, cast(null as varchar) "
                             "as denominator where false"))
             .cells) {
        plan::Figure figure{
            *cells[0],          *cells[1],           *cells[2],        cells[3].value_or(""),
            plan::Value{},      *cells[5] == "true", *month(cells[6]), std::stoll(*cells[7]),
            *cells[8] == "true"};
        figure.value = figure_value(model, figure, cells[4]);
        set_counts(figure, {cells[9], cells[10], cells[11], cells[12]});
        inputs.figures.push_back(std::move(figure));
    }
    if (fs::exists(place / "input_home.parquet"))
        inputs.home = reader
                          .value(fmt::format("select division from read_parquet({})",
                                             engine::literal(kept("input_home.parquet").string())))
                          .value_or("");
    return inputs;
}

fs::path kept_file(record::Connection& record, const fs::path& runs, const std::string& run,
                   const std::string& file) {
    fs::path place = runs / run / file;
    const auto noted =
        record.first("select digest from run_file where run = :run and file = :file", {run, file});
    if (fs::exists(place) && (!noted || base::sm3_of_file(place) == noted->text(0))) return place;
    throw base::Failure(base::Fault::system,
                        base::said("运行 {} 的结果文件缺失或损坏",
                                   "a file of the results of run {} is missing or damaged", run),
                        fmt::format("runs/{}/{}", run, file),
                        base::said("用备份恢复数据目录", "restore the home from a backup"));
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

}  // namespace zs::run
