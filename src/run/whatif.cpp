#include "run/whatif.h"

#include <fmt/format.h>

#include "base/failure.h"
#include "compile/program.h"
#include "compile/sql.h"
#include "run/computation.h"
#include "run/workplace.h"

namespace zs::run {

namespace fs = std::filesystem;

namespace {

using Places = std::map<std::pair<std::string, std::string>, Affected>;  // rule, division

/// The way up from a grain to the first grain of that name: a column of its table, if it is one
/// hop.
std::string key_column(const plan::Model& model, const std::string& grain_name,
                       const std::string& wanted) {
    const plan::Grain& grain = *model.grain(grain_name);
    for (std::size_t i = 0; i < grain.key.size(); ++i)
        if (grain.key_types[i].kind == plan::Kind::key && grain.key_types[i].of == wanted)
            return "t." + compile::quoted(grain.key[i]);
    if (grain.form == plan::Grain::Form::registry && grain.parent_grain == wanted)
        return "t." + compile::quoted(grain.parent);
    return "";
}

void count(engine::Connection& connection, const plan::Model& model,
           const compile::Program& program, const plan::Rule& rule, const std::string& below,
           Places& places) {
    const std::string status = "t." + compile::quoted(program.status_columns.at(rule.name));
    const bool entitlement = rule.kind == plan::Rule::Kind::entitlement;
    const std::string touched =
        entitlement ? fmt::format("{} not in ('none', 'unknown', 'improper', 'exempted')", status)
                    : fmt::format("{} = 'fired'", status);
    const std::string table = compile::quoted(program.rule_tables.at(rule.name));
    std::string person = key_column(model, rule.grain, "person"),
                household = key_column(model, rule.grain, "household");
    std::string join;
    if (household.empty() && !person.empty() && program.wide_tables.contains("person")) {
        join = fmt::format(" left join {} p on p.\"person\" = {}",
                           compile::quoted(program.wide_tables.at("person")), person);
        household = "p.\"household\"";
    }
    // Of households, their members: the persons in force whose household it is.
    std::string persons =
        person.empty() ? "0"
                       : fmt::format("count(distinct case when {} then {} end)", touched, person);
    const plan::Grain* people = model.grain("person");
    if (person.empty() && !household.empty() && people != nullptr &&
        people->parent_grain == "household" && program.wide_tables.contains("person")) {
        join += fmt::format(
            " left join (select \"household\", count(*) as n from {} where \"#subject\" group by "
            "1) m on m.\"household\" = {}",
            compile::quoted(program.wide_tables.at("person")), household);
        persons = fmt::format("coalesce(sum(case when {} then m.n end), 0)", touched);
    }
    const auto amount = program.amount_columns.find(rule.name);
    const std::string cost = entitlement && amount != program.amount_columns.end()
                                 ? fmt::format("coalesce(sum(case when {} then t.{} end), 0)",
                                               touched, compile::quoted(amount->second))
                                 : "0";
    std::string sets, place;
    for (const plan::Level& level : model.levels) {
        const std::string column = "d." + compile::quoted("rp_" + level.name);
        sets += (sets.empty() ? "(" : ", (") + column + ")";
        place += fmt::format(" when grouping({0}) = 0 then {0}", column);
    }
    const std::string sql = fmt::format(
        "select case{} end as place, {}, {}, cast({} as decimal(38,2)) from {} t{} join "
        "in_division d on d.code = t.\"#division\" where {} is not null group by grouping sets "
        "({})",
        place,
        household.empty()
            ? "0"
            : fmt::format("count(distinct case when {} then {} end)", touched, household),
        persons, cost, table, join, status, sets);
    for (const auto& row : connection.query(sql).cells) {
        if (!row[0] || !row[0]->starts_with(below)) continue;
        Affected& affected = places[{rule.name, *row[0]}];
        affected.households = std::stoll(*row[1]);
        affected.persons = std::stoll(*row[2]);
        affected.cost = base::round(base::parse_decimal(*row[3]).value_or(base::Decimal{}), 2);
    }
}

Places computed(const fs::path& runs, const plan::Model& model, const Inputs& inputs,
                const Means& means, const std::string& below) {
    const Workplace work(runs, "whatif");
    engine::Settings settings;
    settings.database = work.folder() / "work.duckdb";
    settings.memory = means.memory;
    settings.threads = means.threads;
    settings.temporary = work.folder() / "spill";
    settings.keep_order = false;
    engine::Connection connection = open_inputs(model, inputs, settings);
    const compile::Request request = request_of(inputs);
    const compile::Program program = computation(connection, model, request,
                                                 {.month = inputs.month,
                                                  .divisions = &inputs.divisions,
                                                  .figures = &inputs.figures,
                                                  .parameters = &inputs.parameters},
                                                 means.progress)
                                         .program;
    Places places;
    for (const plan::Rule& rule : model.rules)
        count(connection, model, program, rule, below, places);
    return places;
}

}  // namespace

std::vector<Effect> what_if(const fs::path& runs, const plan::Model& model, const Inputs& inputs,
                            const std::map<std::string, plan::Value>& set, const Means& means,
                            const std::string& below) {
    if (inputs.month < model.first || inputs.month > model.last)
        throw base::Failure(
            base::Fault::input,
            fmt::format("the month {} is not one of the plan's", base::text(inputs.month)),
            fmt::format("{}..{}", base::text(model.first), base::text(model.last)),
            "choose a month in between");
    const Places before = computed(runs, model, inputs, means, below);
    Inputs changed = inputs;
    for (const auto& [name, value] : set) changed.parameters[name] = value;
    const Places after = computed(runs, model, changed, means, below);
    std::map<std::pair<std::string, std::string>, Effect> effects;
    for (const auto& [key, affected] : before) effects[key].before = affected;
    for (const auto& [key, affected] : after) effects[key].after = affected;
    std::vector<Effect> rows;
    for (auto& [key, effect] : effects) {
        effect.rule = key.first;
        effect.division = key.second;
        const plan::Rule::Kind kind = model.rule(key.first)->kind;
        effect.kind = kind == plan::Rule::Kind::clue    ? "clue"
                      : kind == plan::Rule::Kind::check ? "check"
                                                        : "entitlement";
        rows.push_back(effect);
    }
    return rows;
}

}  // namespace zs::run
