#include "run/snapshot.h"

#include <algorithm>
#include <cstdlib>
#include <set>

#include <fmt/format.h>

#include "base/digest.h"
#include "base/failure.h"
#include "compile/sql.h"
#include "engine/appender.h"
#include "lake/divisions.h"
#include "plan/check.h"
#include "run/deliveries.h"
#include "run/inputs.h"
#include "run/keep.h"

namespace zs::run {

namespace fs = std::filesystem;

namespace {

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

/// Whether published figures of the indicator are read: by other indicators, by targets, or as rows
/// of the built-in ledger.
class FiguresRead {
public:
    explicit FiguresRead(const plan::Model& model) {
        const auto note = [&](const std::string& name) {
            for (const std::string& read : plan::reads(model, name))
                if (read.starts_with("indicator "))
                    names_.insert(model.indicator(read.substr(10))->published_name());
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

/// @throws Failure (system) where a file of the lake is gone or is not as it was written.
void all_as_written(const lake::Snapshot& snapshot) {
    for (const lake::Batch& batch : snapshot.batches)
        for (const lake::Part& part : batch.parts)
            if (!lake::is_as_written(snapshot, part))
                throw base::Failure(
                    base::Fault::system,
                    base::said("批次 {} 的文件缺失或损坏",
                               "a file of batch {} is missing or damaged", batch.id),
                    "lake/" + part.file,
                    base::said("用备份恢复数据目录，或撤回批次 {} 后重新导入它的文件",
                               "restore the home from a backup, or withdraw batch {} and import "
                               "its file again",
                               batch.id));
}

}  // namespace

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
        lines.push_back(fmt::format("figure {} {} {} {} {} {} {} {} {} {} {} {} {}", f.indicator,
                                    f.division, f.label, f.codes, plan::text(f.value), f.whole,
                                    base::text(f.run_month), f.order, f.given, f.known.value_or(-1),
                                    f.unknown.value_or(-1), plan::text(f.numerator),
                                    plan::text(f.denominator)));
    if (!inputs.home.empty()) lines.push_back("home " + inputs.home);
    for (const auto& [name, value] : inputs.parameters)
        lines.push_back(fmt::format("parameter {} {}", name, plan::text(value)));
    std::sort(lines.begin(), lines.end());
    for (const std::string& text : lines) line(text);
    return digest.finish();
}

compile::Request request_of(const Inputs& inputs) {
    compile::Request request;
    request.month = inputs.month;
    request.parameters = inputs.parameters;
    for (const plan::Exempted& e : inputs.exempted)
        if (e.until >= inputs.month) request.exempted_rules.insert(e.rule);
    return request;
}

plan::Value figure_value(const plan::Model& model, const plan::Figure& figure,
                         const engine::Cell& written) {
    if (!written) return {};
    const plan::Indicator* indicator = model.published_indicator(figure.indicator, figure.codes);
    if (!figure.given && indicator != nullptr && indicator->type.kind == plan::Kind::floating)
        return std::strtod(written->c_str(), nullptr);
    const auto exact = base::parse_decimal(*written);
    return exact ? plan::Value(*exact) : plan::Value();
}

void set_counts(plan::Figure& figure, const FigureCounts& counts) {
    const auto number = [](const engine::Cell& cell) -> plan::Value {
        const auto exact = cell ? base::parse_decimal(*cell) : std::nullopt;
        return exact ? plan::Value(*exact) : plan::Value();
    };
    if (counts.known) figure.known = std::stoll(*counts.known);
    if (counts.unknown) figure.unknown = std::stoll(*counts.unknown);
    figure.numerator = number(counts.numerator);
    figure.denominator = number(counts.denominator);
}

Inputs take_inputs(record::Connection& record, const fs::path& lake_folder, const fs::path& runs,
                   const plan::Model& model, base::Month month) {
    const record::Reading of_one_moment(record);
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
        const plan::Indicator* indicator = model.published_indicator(row.text(0), row.text(3));
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
    for (const auto& [index, run] : latest) {
        const base::Month run_month{static_cast<std::int32_t>(index)};
        connection.stream(
            fmt::format(
                "select indicator, division, label, codes, value, whole, known, unknown, "
                "numerator, denominator from read_parquet({}) where known is not null and "
                "{} order by "
                "indicator, division, label, codes",
                engine::literal(kept_file(record, runs, run, "indicators.parquet").string()), read),
            [&](const std::vector<engine::Cell>& row) {
                const plan::Indicator* indicator =
                    model.published_indicator(*row[0], row[3].value_or(""));
                if (indicator == nullptr || indicator->given) return;
                plan::Figure figure{
                    *row[0],       *row[1],           *row[2],   row[3].value_or(""),
                    plan::Value{}, *row[5] == "true", run_month, 0,
                    false};
                figure.value = figure_value(model, figure, row[4]);
                set_counts(figure, {row[6], row[7], row[8], row[9]});
                inputs.figures.push_back(std::move(figure));
            });
    }
    return inputs;
}

engine::Connection open_inputs(const plan::Model& model, const Inputs& inputs,
                               const engine::Settings& settings) {
    all_as_written(inputs.lake);
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

}  // namespace zs::run
