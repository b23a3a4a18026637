#include "ask/why.h"

#include <algorithm>
#include <functional>
#include <map>
#include <set>

#include <fmt/format.h>

#include "base/failure.h"
#include "base/text.h"
#include "compile/program.h"
#include "compile/sql.h"
#include "engine/connection.h"
#include "lake/divisions.h"
#include "plan/check.h"
#include "run/computation.h"
#include "run/monthly.h"

namespace zs::ask {

namespace fs = std::filesystem;

namespace {

struct Found {
    std::string run, rule, kind, subject, grain, division, status, say;
};

Found found_in_runs(const Runs& runs, const std::string& finding) {
    engine::Connection reader = engine::Connection::open({});
    for (const record::Row& row : runs.record.query("select run from run order by seq desc")) {
        const fs::path file = runs.folder / row.text(0) / "findings.parquet";
        if (!fs::exists(file)) continue;
        const engine::Rows rows =
            reader.query(fmt::format("select rule, kind, subject, grain, division, status, say "
                                     "from read_parquet({}) where finding = {}",
                                     engine::literal(file.string()), engine::literal(finding)));
        if (rows.cells.empty()) continue;
        const auto text = [&](std::size_t i) { return rows.cells[0][i].value_or(""); };
        return {row.text(0), text(0), text(1), text(2), text(3), text(4), text(5), text(6)};
    }
    throw base::Failure(base::Fault::input, fmt::format("there is no finding '{}'", finding), "",
                        "see: zengshou findings");
}

/// All definitions that a rule reads, itself first: `rule x`, `feature g.n`, `parameter p`.
std::set<std::string> read_by(const plan::Model& model, const std::string& rule) {
    std::set<std::string> all;
    const std::function<void(const std::string&)> follow = [&](const std::string& name) {
        for (const std::string& read : plan::reads(model, name)) {
            if (!all.insert(read).second) continue;
            const std::size_t space = read.find(' ');
            const std::string kind = read.substr(0, space);
            if (kind == "feature" || kind == "rule") follow(read.substr(space + 1));
        }
    };
    follow(rule);
    return all;
}

void add_parameters(const plan::Model& model, const std::set<std::string>& reads,
                    const std::string& division, base::Month month, Why& answer) {
    for (const std::string& read : reads) {
        if (!read.starts_with("parameter ")) continue;
        const plan::Parameter& parameter = *model.parameter(read.substr(10));
        std::map<std::string, const plan::ParameterValue*> nearest;  // by code and step
        for (const plan::ParameterValue& value : parameter.values) {
            if (value.from > month || !division.starts_with(value.division)) continue;
            const std::string which = value.item + (value.at ? "@" + base::text(*value.at) : "");
            const plan::ParameterValue*& kept = nearest[which];
            if (kept == nullptr || value.division.size() > kept->division.size() ||
                (value.division.size() == kept->division.size() && value.from > kept->from))
                kept = &value;
        }
        for (const auto& [which, value] : nearest)
            answer.parameters.push_back(
                {which.empty() ? parameter.name : fmt::format("{}[{}]", parameter.name, which),
                 plan::text(value->value), value->division, base::text(value->from),
                 value->source.empty() ? parameter.source : value->source});
        if (nearest.empty() && parameter.fallback)
            answer.parameters.push_back({parameter.name, plan::text(*parameter.fallback), "", "",
                                         parameter.source.empty() ? "default" : parameter.source});
    }
}

void add_features(const Runs& runs, const Found& found, const plan::Model& model,
                  const std::set<std::string>& reads, const compile::Program& program,
                  base::Month month, Why& answer) {
    const fs::path file = runs.folder / found.run / ("wide_" + found.grain + ".parquet");
    if (!fs::exists(file)) return;
    engine::Connection reader = engine::Connection::open({});
    const engine::Rows wide =
        reader.query(fmt::format("select * from read_parquet({}) where \"#key\" = {}",
                                 engine::literal(file.string()), engine::literal(found.subject)));
    if (wide.cells.empty()) return;
    for (const compile::WideColumn& column : program.columns) {
        if (column.grain != found.grain ||
            !reads.contains("feature " + column.grain + "." + column.feature))
            continue;
        const auto at = std::find(wide.names.begin(), wide.names.end(), column.column);
        if (at == wide.names.end()) continue;
        const plan::Value value =
            run::value_of(wide.cells[0][static_cast<std::size_t>(at - wide.names.begin())],
                          column.type, compile::first_bit_month(month), model);
        std::string name = column.feature;
        if (column.code) name += "['" + *column.code + "']";
        answer.features.push_back(
            {name, column.window,
             plan::is_null(value) ? std::nullopt : std::optional(plan::text(value))});
    }
}

std::vector<plan::TargetState> published_targets(const Runs& runs, const std::string& run) {
    engine::Connection reader = engine::Connection::open({});
    std::vector<plan::TargetState> states;
    for (const auto& row :
         reader
             .query(fmt::format("select target, division, label, status from read_parquet({})",
                                engine::literal((runs.folder / run / "targets.parquet").string())))
             .cells)
        states.push_back({*row[0], *row[1], *row[2], {}, {}, {}, *row[3]});
    return states;
}

/// The rows that landed at the subject, directly or by way of subjects below or above it.
void add_sources(const Runs& runs, const fs::path& lake, const Found& found,
                 const plan::Model& model, base::Month month, Why& answer) {
    const auto row = runs.record.first("select batches from run where run = :run", {found.run});
    std::vector<std::string> ids = base::split(row->text(0), '\n');
    std::erase(ids, "");
    run::Inputs inputs;
    inputs.month = month;
    inputs.lake = lake::of_batches(runs.record, lake, ids);
    inputs.divisions = lake::divisions(runs.record);
    engine::Connection connection = run::open_inputs(model, inputs, {});
    compile::Request request;
    request.month = month;
    request.only = std::set<std::string>{found.rule};
    const compile::Program program = compile::compile(model, request, compile::DuckDbDialect());
    run::write_target_status(connection, published_targets(runs, found.run));
    run::execute(connection, program);

    std::map<std::string, std::set<std::string>> kin{{found.grain, {found.subject}}};
    const auto in_list = [](const std::set<std::string>& keys) {
        std::string text = "''";
        for (const std::string& key : keys) text += ", " + engine::literal(key);
        return text;
    };
    for (bool again = true; again;) {
        again = false;
        // Up, along the way to the division.
        for (const auto& [grain_name, keys] : std::map<std::string, std::set<std::string>>(kin)) {
            const plan::Grain* grain = model.grain(grain_name);
            if (grain == nullptr || !grain->way_to_division || grain->way_to_division->empty() ||
                !program.wide_tables.contains(grain_name))
                continue;
            const plan::Hop& hop = grain->way_to_division->front();
            for (const auto& cells :
                 connection
                     .query(fmt::format("select distinct t.{} from {} t where {} in ({})",
                                        engine::quoted(hop.field),
                                        engine::quoted(program.wide_tables.at(grain_name)),
                                        program.subject_text.at(grain_name), in_list(keys)))
                     .cells)
                if (cells[0] && kin[hop.grain].insert(*cells[0]).second) again = true;
        }
        // Down, to the subjects whose features were aggregated.
        for (const compile::SourceScan& scan : program.sources) {
            if (scan.of_ledger || scan.landing == scan.reads || !kin.contains(scan.landing) ||
                kin[scan.landing].empty())
                continue;
            for (const auto& cells :
                 connection
                     .query(fmt::format(
                         "select distinct \"source\" from ({}) s where \"subject\" in ({})",
                         scan.sql, in_list(kin[scan.landing])))
                     .cells)
                if (cells[0] && kin[scan.reads].insert(*cells[0]).second) again = true;
        }
    }
    std::map<std::string, std::string> files;
    for (const lake::Batch& batch : inputs.lake.batches) files[batch.id] = batch.file_name;
    std::set<std::tuple<std::string, std::string, std::int64_t>> lines;
    const auto take = [&](const std::string& ledger, const std::string& sql) {
        for (const auto& cells : connection.query(sql).cells)
            if (cells[0] && cells[1] &&
                lines.insert({ledger, *cells[0], std::stoll(*cells[1])}).second) {
            }
    };
    for (const compile::SourceScan& scan : program.sources)
        if (scan.of_ledger && kin.contains(scan.landing))
            take(scan.reads,
                 fmt::format(
                     "select distinct \"batch\", \"line\" from ({}) s where \"subject\" in ({})",
                     scan.sql, in_list(kin[scan.landing])));
    for (const auto& [grain_name, keys] : kin) {
        const plan::Grain* grain = model.grain(grain_name);
        if (grain == nullptr || grain->form != plan::Grain::Form::registry) continue;
        take(grain->ledger, fmt::format("select \"batch\", \"#line\" from {} r where r.{} in ({})",
                                        engine::quoted(compile::input_view(grain->ledger)),
                                        engine::quoted(grain->key[0]), in_list(keys)));
    }
    for (const auto& [ledger, batch, line] : lines)
        answer.sources.push_back({batch, ledger, files[batch], line});
}

}  // namespace

Why why(const Runs& runs, const fs::path& lake, const std::string& finding) {
    const Found found = found_in_runs(runs, finding);
    const plan::Model model = run::model_of_run(runs.record, runs.folder, found.run);
    const plan::Rule* rule = model.rule(found.rule);
    ZS_INVARIANT(rule != nullptr, "a finding's rule is in the pack of its run");
    const base::Month month{static_cast<std::int32_t>(
        runs.record.first("select month from run where run = :run", {found.run})->integer(0))};
    Why answer;
    answer.finding = finding;
    answer.rule = found.rule;
    answer.kind = found.kind;
    answer.file = rule->place.file;
    answer.line = rule->place.line;
    answer.subject = found.subject;
    answer.status = found.status;
    answer.say = found.say;
    const std::set<std::string> reads = read_by(model, found.rule);
    add_parameters(model, reads, found.division, month, answer);
    compile::Request request;
    request.month = month;
    request.only = std::set<std::string>{found.rule};
    const compile::Program program = compile::compile(model, request, compile::DuckDbDialect());
    add_features(runs, found, model, reads, program, month, answer);
    add_sources(runs, lake, found, model, month, answer);
    return answer;
}

}  // namespace zs::ask
