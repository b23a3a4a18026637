#include "ask/why.h"

#include <algorithm>
#include <functional>
#include <map>
#include <set>
#include <tuple>

#include <fmt/format.h>

#include "ask/column_title.h"
#include "ask/tokens.h"
#include "base/failure.h"
#include "base/text.h"
#include "compile/program.h"
#include "compile/sql.h"
#include "engine/connection.h"
#include "lake/divisions.h"
#include "plan/check.h"
#include "run/computation.h"
#include "run/keep.h"

namespace zs::ask {

namespace fs = std::filesystem;

namespace {

struct Found {
    std::string run, rule, kind, subject, grain, division, status, say;
};

Found found_in_runs(const Runs& runs, const std::string& finding) {
    constexpr const char* file_name = "findings.parquet";
    engine::Connection reader = engine::Connection::open({});
    for (const record::Row& row : runs.record.query("select run from run order by seq desc")) {
        if (!fs::exists(runs.folder / row.text(0) / file_name)) continue;
        const engine::Rows rows = reader.query(fmt::format(
            "select rule, kind, subject, grain, division, status, say "
            "from read_parquet({}) where finding = {}",
            engine::literal(
                run::kept_file(runs.record, runs.folder, row.text(0), file_name).string()),
            engine::literal(finding)));
        if (rows.cells.empty()) continue;
        const auto text = [&](std::size_t i) { return rows.cells[0][i].value_or(""); };
        return {row.text(0), text(0), text(1), text(2), text(3), text(4), text(5), text(6)};
    }
    throw base::Failure(base::Fault::input,
                        base::said("没有发现“{}”", "there is no finding '{}'", finding), "",
                        base::said("查看：zengshou findings", "see: zengshou findings"));
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

/// The finding's subject and what it lies in, up to the divisions: grain → key.
using Above = std::vector<std::pair<std::string, std::string>>;

Above above(engine::Connection& connection, const Found& found, const plan::Model& model,
            const compile::Program& program) {
    Above subjects{{found.grain, found.subject}};
    while (true) {
        const auto [grain_name, key] = subjects.back();
        const plan::Grain* grain = model.grain(grain_name);
        if (grain == nullptr || !grain->way_to_division || grain->way_to_division->empty() ||
            !program.wide_tables.contains(grain_name))
            break;
        const plan::Hop& hop = grain->way_to_division->front();
        const auto up = connection.query(
            fmt::format("select t.{} from {} t where {} = {}", engine::quoted(hop.field),
                        engine::quoted(program.wide_tables.at(grain_name)),
                        program.subject_text.at(grain_name), engine::literal(key)));
        if (up.cells.empty() || !up.cells[0][0]) break;
        subjects.emplace_back(hop.grain, *up.cells[0][0]);
    }
    for (const plan::Level& level : model.levels)
        if (const auto code = model.ancestor(found.division, level.name))
            subjects.emplace_back(level.name, *code);
    return subjects;
}

/// Features that the rule reads, of its subject under their names, of what it lies in as
/// `household.net`.
void add_features(engine::Connection& connection, const Found& found, const plan::Model& model,
                  const std::set<std::string>& reads, const compile::Program& program,
                  base::Month month, Why& answer) {
    std::set<std::string> done;
    for (const auto& [grain, key] : above(connection, found, model, program)) {
        if (!program.wide_tables.contains(grain) || !done.insert(grain).second) continue;
        const engine::Rows wide = connection.query(fmt::format(
            "select * from {} t where {} = {}", engine::quoted(program.wide_tables.at(grain)),
            program.subject_text.at(grain), engine::literal(key)));
        if (wide.cells.empty()) continue;
        for (const compile::WideColumn& column : program.columns) {
            // An identity token is never printed.
            if (column.grain != grain || column.type.kind == plan::Kind::token ||
                !reads.contains("feature " + column.grain + "." + column.feature))
                continue;
            const auto at = std::find(wide.names.begin(), wide.names.end(), column.column);
            if (at == wide.names.end()) continue;
            const plan::Value value =
                run::value_of(wide.cells[0][static_cast<std::size_t>(at - wide.names.begin())],
                              column.type, compile::first_bit_month(month), model);
            std::string name = (grain == found.grain ? "" : grain + ".") + column.feature;
            if (column.known) name += ".known";
            if (column.code) name += "['" + *column.code + "']";
            answer.features.push_back(
                {name, title_of(model, column), column.window,
                 plan::is_null(value) ? std::nullopt : std::optional(plan::text(value)),
                 column.type.kind == plan::Kind::boolean ? List::Kind::boolean : List::Kind::text});
        }
    }
}

std::vector<plan::TargetState> published_targets(const Runs& runs, const std::string& run) {
    engine::Connection reader = engine::Connection::open({});
    std::vector<plan::TargetState> states;
    for (const auto& row :
         reader
             .query(fmt::format(
                 "select target, division, label, status from read_parquet({})",
                 engine::literal(
                     run::kept_file(runs.record, runs.folder, run, "targets.parquet").string())))
             .cells)
        states.push_back({*row[0], *row[1], *row[2], {}, {}, {}, *row[3]});
    return states;
}

using Keys = std::set<std::string>;

std::string in_list(const Keys& keys) {
    std::string text;
    for (const std::string& key : keys) text += (text.empty() ? "" : ", ") + engine::literal(key);
    return text.empty() ? "null" : text;
}

/// The subjects whose rows lie behind a finding, by grain: itself, what its keys name and what it
/// lies in, and those below whose features were aggregated.
class Kin {
public:
    Kin(engine::Connection& connection, const Found& found, const plan::Model& model,
        const compile::Program& program)
        : connection_(connection), model_(model), program_(program) {
        const plan::Grain* grain = model.grain(found.grain);
        if (grain != nullptr && grain->every)
            period_ = found.subject.substr(found.subject.rfind('/') + 1);
        for (const auto& [above_grain, key] : above(connection, found, model, program))
            keys_[above_grain].insert(key);
        while (follow_keys() || follow_scans()) {
        }
    }

    const std::map<std::string, Keys>& keys() const { return keys_; }

    /// As a pass names them: what is seen in the finding's own period has it in its key.
    Keys landed(const std::string& grain) const {
        const auto found = keys_.find(grain);
        if (found == keys_.end()) return {};
        Keys keys = found->second;
        if (!period_.empty())
            for (const std::string& key : found->second) keys.insert(key + "/" + period_);
        return keys;
    }

private:
    bool add(const std::string& grain, const engine::Cell& key) {
        return key && !key->empty() && keys_[grain].insert(*key).second;
    }

    /// Along the keys that stand in a grain's table: those that something reads.
    bool follow_keys() {
        bool any = false;
        for (const auto& [grain_name, keys] : std::map<std::string, Keys>(keys_)) {
            const plan::Grain* grain = model_.grain(grain_name);
            const plan::Ledger* ledger = grain ? model_.ledger(grain->ledger) : nullptr;
            if (ledger == nullptr || !program_.wide_tables.contains(grain_name)) continue;
            const engine::Rows rows =
                connection_.query(fmt::format("select * from {} t where {} in ({})",
                                              engine::quoted(program_.wide_tables.at(grain_name)),
                                              program_.subject_text.at(grain_name), in_list(keys)));
            for (std::size_t i = 0; i < rows.names.size(); ++i) {
                const plan::Field* field = ledger->field(rows.names[i]);
                if (field == nullptr || field->type.kind != plan::Kind::key) continue;
                for (const auto& cells : rows.cells) any = add(field->type.of, cells[i]) || any;
            }
        }
        return any;
    }

    bool follow_scans() {
        bool any = false;
        for (const compile::SourceScan& scan : program_.sources) {
            if (scan.of_ledger || scan.landing == scan.reads) continue;
            for (const auto& cells :
                 connection_
                     .query(fmt::format(
                         "select distinct \"source\" from ({}) s where \"subject\" in ({})",
                         scan.sql, in_list(landed(scan.landing))))
                     .cells)
                any = add(scan.reads, cells[0]) || any;
        }
        return any;
    }

    engine::Connection& connection_;
    const plan::Model& model_;
    const compile::Program& program_;
    std::string period_;
    std::map<std::string, Keys> keys_;
};

/// The rows in which the subjects of a grain themselves stand: of a register up to the run's month,
/// of a ledger's own rows the row. Nothing for grains whose subjects no row alone makes.
std::string own_rows(const plan::Model& model, const compile::Program& program,
                     const plan::Grain& grain, const Keys& keys, base::Month month) {
    const bool is_registry = grain.form == plan::Grain::Form::registry && !grain.every;
    const bool is_rows = grain.form == plan::Grain::Form::rows && !grain.every &&
                         program.subject_text.contains(grain.name);
    if (!is_registry && !is_rows) return "";
    const std::string subject =
        is_registry ? "t." + engine::quoted(grain.key[0]) : program.subject_text.at(grain.name);
    std::string sql =
        fmt::format("select \"batch\", \"#line\" from {} t where {} in ({})",
                    engine::quoted(compile::input_view(grain.ledger)), subject, in_list(keys));
    if (is_registry)
        sql += model.ledger(grain.ledger)->span_by_days
                   ? fmt::format(" and t.\"since\" <= date '{}'", base::text(base::last_day(month)))
                   : fmt::format(" and t.\"since\" <= {}", month.index);
    return sql;
}

/// The rows behind the finding, down to the lines of the files they came in.
void add_sources(engine::Connection& connection, const run::Inputs& inputs, const Kin& kin,
                 const plan::Model& model, const compile::Program& program, Why& answer) {
    std::map<std::string, const lake::Batch*> batches;
    for (const lake::Batch& batch : inputs.lake.batches) batches[batch.id] = &batch;
    std::set<std::tuple<std::string, std::string, std::int64_t>> lines;
    const auto take = [&](const std::string& ledger, const std::string& sql) {
        if (sql.empty()) return;
        for (const auto& cells : connection.query(sql).cells)
            if (cells[0] && cells[1]) lines.insert({ledger, *cells[0], std::stoll(*cells[1])});
    };
    for (const compile::SourceScan& scan : program.sources)
        if (scan.of_ledger)
            take(scan.reads,
                 fmt::format(
                     "select distinct \"batch\", \"line\" from ({}) s where \"subject\" in ({})",
                     scan.sql, in_list(kin.landed(scan.landing))));
    for (const auto& [grain_name, keys] : kin.keys())
        if (const plan::Grain* grain = model.grain(grain_name);
            grain != nullptr && !grain->ledger.empty())
            take(grain->ledger, own_rows(model, program, *grain, keys, inputs.month));
    for (const auto& [ledger, batch, line] : lines) {
        const auto known = batches.find(batch);
        if (known == batches.end()) {
            answer.sources.push_back({batch, ledger, "", "", line});
            continue;
        }
        const lake::FileLine place = lake::line_in_file(*known->second, line);
        const std::string& file = known->second->file_name;
        answer.sources.push_back({batch, ledger, known->second->period,
                                  place.sheet.empty() ? file : file + "#" + place.sheet,
                                  place.line});
    }
    std::sort(answer.sources.begin(), answer.sources.end(),
              [](const Why::SourceLine& a, const Why::SourceLine& b) {
                  return std::tie(a.ledger, a.month, a.file, a.line, a.batch) <
                         std::tie(b.ledger, b.month, b.file, b.line, b.batch);
              });
}

/// Rows about the same subjects that wait in quarantine: they are no part of what was found, and
/// may change it.
void add_held(engine::Connection& connection, const Runs& runs, const guard::Keys& keys,
              const Kin& kin, const plan::Model& model, Why& answer) {
    intake::HeldSubjects subjects;
    for (const auto& [grain_name, of_grain] : kin.keys()) {
        const plan::Grain* grain = model.grain(grain_name);
        if (grain == nullptr || grain->form != plan::Grain::Form::registry || grain->every)
            continue;
        subjects.keys[grain_name] = of_grain;
        add_tokens(connection, model, *grain, subjects);
    }
    answer.held = intake::held_about(runs.record, keys, model, subjects);
}

}  // namespace

std::string run_of_finding(const Runs& runs, const std::string& finding) {
    return found_in_runs(runs, finding).run;
}

Why why(const Runs& runs, const fs::path& lake, const guard::Keys& keys,
        const std::string& finding) {
    const Found found = found_in_runs(runs, finding);
    const plan::Model model = run::model_of_run(runs.record, runs.folder, found.run);
    const plan::Rule* rule = model.rule(found.rule);
    ZS_INVARIANT(rule != nullptr, "a finding's rule is in the pack of its run");
    Why answer;
    answer.finding = finding;
    answer.run = found.run;
    answer.rule = found.rule;
    answer.kind = found.kind;
    answer.file = rule->place.file;
    answer.line = rule->place.line;
    answer.subject = found.subject;
    answer.grain = found.grain;
    answer.division = found.division;
    answer.status = found.status;
    answer.say = found.say;
    const std::set<std::string> reads = read_by(model, found.rule);
    const run::Inputs inputs = run::inputs_of_run(runs.record, lake, runs.folder, model, found.run);
    compile::Request request = run::request_of(inputs);
    request.only = std::set<std::string>{found.rule};
    const ParameterTrace trace(model, found.rule, reads, inputs.month);
    request.features =
        trace.requests(compile::compile(model, request, compile::DuckDbDialect()).columns);
    const compile::Program program =
        compile::compile(trace.model(), request, compile::DuckDbDialect());
    engine::Connection connection = run::open_inputs(model, inputs, {});
    run::write_target_status(connection, published_targets(runs, found.run));
    run::execute(connection, program);
    const Kin kin(connection, found, model, program);
    std::map<std::string, std::set<std::string>> behind;
    for (const auto& [grain, of_grain] : kin.keys()) behind[grain] = kin.landed(grain);
    answer.parameters = trace.used(connection, program, behind, found.subject);
    add_features(connection, found, model, reads, program, inputs.month, answer);
    add_sources(connection, inputs, kin, model, program, answer);
    add_held(connection, runs, keys, kin, model, answer);
    return answer;
}

}  // namespace zs::ask
