#include "ask/results.h"

#include <algorithm>
#include <initializer_list>
#include <set>
#include <string_view>

#include <fmt/format.h>

#include "base/failure.h"
#include "base/month.h"
#include "base/text.h"
#include "engine/connection.h"
#include "lake/divisions.h"
#include "run/keep.h"

namespace zs::ask {

namespace fs = std::filesystem;

namespace {

using Kind = List::Kind;

std::string source(const Runs& runs, const std::string& run, const std::string& file) {
    const fs::path place = run::kept_file(runs.record, runs.folder, run, file);
    return fmt::format("read_parquet({})", engine::literal(place.string()));
}

/// Conditions joined by `and`; codes are compared by their beginning, so that a division holds all
/// below it, and what reports to it.
class Conditions {
public:
    void equal(const std::string& column, const std::string& value) {
        if (!value.empty())
            text_ += fmt::format(" and {} = {}", engine::quoted(column), engine::literal(value));
    }
    /// Divisions that begin with one of these codes; without codes all.
    void below(const std::string& column, const std::set<std::string>& roots) {
        if (roots.empty()) return;
        std::string any;
        for (const std::string& root : roots)
            any += fmt::format("{}starts_with({}, {})", any.empty() ? "" : " or ",
                               engine::quoted(column), engine::literal(root));
        text_ += fmt::format(" and ({})", any);
    }
    void begins(const std::string& column, const std::vector<std::string>& keys) {
        if (keys.empty()) return;
        std::string any;
        for (const std::string& key : keys)
            any += fmt::format("{}{} = {} or starts_with({}, {})", any.empty() ? "" : " or ",
                               engine::quoted(column), engine::literal(key), engine::quoted(column),
                               engine::literal(key + "/"));
        text_ += fmt::format(" and ({})", any);
    }
    std::string text() const { return " where true" + text_; }

private:
    std::string text_;
};

List list_of(const std::vector<List::Column>& columns, const std::string& sql) {
    List list;
    list.columns = columns;
    engine::Settings settings;
    settings.keep_order = true;
    engine::Connection connection = engine::Connection::open(settings);
    connection.stream(sql, [&](const std::vector<engine::Cell>& row) { list.rows.push_back(row); });
    return list;
}

std::string select_of(const std::vector<List::Column>& columns) {
    std::string text;
    for (const List::Column& column : columns)
        text += (text.empty() ? "" : ", ") + engine::quoted(column.name);
    return text;
}

/// The codes with which those of a division begin; none where all are asked for.
std::set<std::string> inside(record::Connection& record, const std::string& division) {
    if (division.empty()) return {};
    known_division(record, division);
    return lake::roots(division, lake::divisions(record));
}

/// Columns in which no row has anything are none for people.
void hide_where_empty(List& list, std::initializer_list<std::string_view> names) {
    for (const std::string_view name : names) {
        const std::size_t column = list.at(name);
        if (std::all_of(list.rows.begin(), list.rows.end(),
                        [&](const auto& row) { return row[column].value_or("").empty(); }))
            list.hide({name});
    }
}

template <typename Definitions>
std::vector<std::string> names_of(const Definitions& definitions) {
    std::vector<std::string> names;
    for (const auto& definition : definitions) names.push_back(definition.name);
    return names;
}

/// Those under which results stand: of `each` one for all codes.
template <typename Definitions>
std::vector<std::string> published_names(const Definitions& definitions) {
    std::vector<std::string> names;
    for (const auto& definition : definitions) names.push_back(definition.published_name());
    return names;
}

}  // namespace

void known_name(const base::Said& what, const std::string& option, const std::string& name,
                const std::vector<std::string>& known) {
    if (name.empty() || std::find(known.begin(), known.end(), name) != known.end()) return;
    const auto near = base::nearest_names(name, known);
    throw base::Failure(
        base::Fault::input, base::said("没有{}“{}”", "there is no {} '{}'", what, name), option,
        near.empty()
            ? (known.empty()
                   ? base::said("这次运行的方案包里一个也没有", "the pack of this run has none")
                   : base::said("有：{}", "there are: {}", base::join(known, ", ")))
            : base::said("是不是“{}”？", "did you mean '{}'?", near[0]));
}

void known_division(record::Connection& record, const std::string& code) {
    if (code.empty() || code == "00" ||
        record.first("select code from division where code = :code limit 1", {code}))
        return;
    throw base::Failure(base::Fault::input,
                        base::said("没有区划“{}”", "there is no division '{}'", code), "--division",
                        base::said("核对区划代码", "look at the divisions' codes"));
}

std::string chosen_run(const Runs& runs, const std::string& asked) {
    if (asked.empty()) {
        const auto latest = runs.record.first("select run from run order by seq desc limit 1");
        if (!latest)
            throw base::Failure(base::Fault::input, base::said("还没有运行", "there is no run yet"),
                                "",
                                base::said("先运行：zengshou run --month 2024-09",
                                           "make one: zengshou run --month 2024-09"));
        return latest->text(0);
    }
    if (!runs.record.first("select run from run where run = :run", {asked}))
        throw base::Failure(base::Fault::input,
                            base::said("没有运行“{}”", "there is no run '{}'", asked), "",
                            base::said("查看：zengshou run list", "see: zengshou run list"));
    return asked;
}

List findings(const Runs& runs, const FindingFilter& filter) {
    const std::string run = chosen_run(runs, filter.run);
    const std::vector<List::Column> columns{{"finding"},
                                            {"run"},
                                            {"rule"},
                                            {"kind"},
                                            {"subject"},
                                            {"grain"},
                                            {"division"},
                                            {"status"},
                                            {"amount", Kind::number},
                                            {"received", Kind::number},
                                            {"score", Kind::number},
                                            {"severity"},
                                            {"risk"},
                                            {"say"}};
    Conditions conditions;
    conditions.equal("rule", filter.rule);
    conditions.below("division", inside(runs.record, filter.division));
    conditions.equal("status", filter.status);
    conditions.equal("subject", filter.subject);
    conditions.begins("subject", filter.first_keys);
    const std::string from = fmt::format("(select *, {} as \"run\" from {})", engine::literal(run),
                                         source(runs, run, "findings.parquet"));
    List list = list_of(
        columns,
        fmt::format(
            "select {} from {} f{} order by \"rule\", \"division\" nulls first, \"subject\"",
            select_of(columns), from, conditions.text()));
    list.hide({"run", "kind", "grain", "score"});
    if (list.rows.empty() && !(filter.rule + filter.status).empty()) {
        known_name(base::said("规则", "rule"), "--rule", filter.rule,
                   names_of(run::model_of_run(runs.record, runs.folder, run).rules));
        known_name(base::said("状态", "status"), "--status", filter.status,
                   {"fired", "exempted", "improper", "unknown", "none", "excess", "late",
                    "satisfied", "pending", "short", "gap", "clear"});
    }
    return list;
}

List indicators(const Runs& runs, const FigureFilter& filter) {
    const std::string run = chosen_run(runs, filter.run);
    const std::vector<List::Column> columns{{"indicator"},
                                            {"period"},
                                            {"label"},
                                            {"whole", Kind::boolean},
                                            {"level"},
                                            {"division"},
                                            {"name"},
                                            {"codes"},
                                            {"value", Kind::number},
                                            {"numerator", Kind::number},
                                            {"denominator", Kind::number},
                                            {"known", Kind::number},
                                            {"unknown", Kind::number},
                                            {"unit"},
                                            {"undelivered", Kind::number}};
    Conditions conditions;
    conditions.equal("indicator", filter.name);
    conditions.equal("level", filter.level);
    conditions.below("division", inside(runs.record, filter.division));
    // Runs made before there was `undelivered` have no such column.
    const std::string from = fmt::format(
        "(select cast(null as bigint) as undelivered where false union all by name select * from "
        "{})",
        source(runs, run, "indicators.parquet"));
    List list = list_of(
        columns, fmt::format("select {} from {} i{} order by indicator, label, division, codes",
                             select_of(columns), from, conditions.text()));
    list.hide({"period", "whole", "level", "name", "numerator", "denominator"});
    hide_where_empty(list, {"codes", "undelivered"});
    if (list.rows.empty() && !(filter.name + filter.level).empty()) {
        const plan::Model model = run::model_of_run(runs.record, runs.folder, run);
        known_name(base::said("指标", "indicator"), "--name", filter.name,
                   published_names(model.indicators));
        std::vector<std::string> levels = names_of(model.levels);
        levels.emplace_back("nation");
        known_name(base::said("层级", "level"), "--level", filter.level, levels);
    }
    return list;
}

List targets(const Runs& runs, const FigureFilter& filter) {
    const std::string run = chosen_run(runs, filter.run);
    const std::vector<List::Column> columns{{"target"},
                                            {"division"},
                                            {"label"},
                                            {"value", Kind::number},
                                            {"bound", Kind::number},
                                            {"status"},
                                            {"gap", Kind::number},
                                            {"codes"}};
    Conditions conditions;
    conditions.equal("target", filter.name);
    conditions.below("division", inside(runs.record, filter.division));
    List list = list_of(
        columns,
        fmt::format("select {} from (select * from {} union all by name select cast(null as "
                    "varchar) as codes where false) t{} order by target, label, division, codes",
                    select_of(columns), source(runs, run, "targets.parquet"), conditions.text()));
    if (list.rows.empty() && !filter.name.empty())
        known_name(base::said("目标", "target"), "--name", filter.name,
                   published_names(run::model_of_run(runs.record, runs.folder, run).targets));
    hide_where_empty(list, {"codes"});
    return list;
}

List run_list(record::Connection& record) {
    List list;
    list.columns = {{"run"}, {"month"}, {"snapshot"}, {"digest"}, {"engine"}, {"at"}};
    for (const record::Row& row :
         record.query("select run, month, snapshot, digest, engine, at from run order by seq"))
        list.rows.push_back({row.text(0),
                             base::text(base::Month{static_cast<std::int32_t>(row.integer(1))}),
                             row.text(2), row.text(3), row.text(4), row.text(5)});
    list.hide({"snapshot", "digest"});
    return list;
}

List counts(const Runs& runs, const std::string& run) {
    const std::vector<List::Column> columns{{"rule"}, {"kind"}, {"status"}, {"n", Kind::number}};
    return list_of(columns,
                   fmt::format("select {} from {} c order by rule, status", select_of(columns),
                               source(runs, chosen_run(runs, run), "counts.parquet")));
}

}  // namespace zs::ask
