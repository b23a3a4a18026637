#include "run/whatif.h"

#include <algorithm>

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

/// The tables a rule's subjects are counted over, and who of them is touched.
struct Touched {
    std::string table;      ///< of outcomes, alias t
    std::string looked_at;  ///< condition
    std::string condition;
    std::string cost;  ///< sum of the amounts of the touched
};

Touched touched_by(const compile::Program& program, const plan::Rule& rule) {
    const std::string status = "t." + compile::quoted(program.status_columns.at(rule.name));
    Touched touched{compile::quoted(program.rule_tables.at(rule.name)),
                    fmt::format("{} is not null", status), fmt::format("{} = 'fired'", status),
                    "0"};
    if (rule.kind != plan::Rule::Kind::entitlement) return touched;
    touched.condition =
        fmt::format("t.{} and {} <> 'exempted'",
                    compile::quoted(program.eligible_columns.at(rule.name)), status);
    if (const auto amount = program.amount_columns.find(rule.name);
        amount != program.amount_columns.end())
        touched.cost = fmt::format("coalesce(sum(case when {} then t.{} end), 0)",
                                   touched.condition, compile::quoted(amount->second));
    return touched;
}

/// SELECT by place of some expressions over a rule's outcomes and what is joined to them.
std::string by_place(const plan::Model& model, const Touched& touched, const std::string& chosen,
                     const std::string& join) {
    std::string sets, place;
    for (const plan::Level& level : model.levels) {
        const std::string column = "d." + compile::quoted("rp_" + level.name);
        sets += (sets.empty() ? "(" : ", (") + column + ")";
        place += fmt::format(" when grouping({0}) = 0 then {0}", column);
    }
    return fmt::format(
        "select case{} end as place, {} from {} t join in_division d on d.code = t.\"#division\"{} "
        "where {} group by grouping sets ({})",
        place, chosen, touched.table, join, touched.looked_at, sets);
}

void count(engine::Connection& connection, const plan::Model& model,
           const compile::Program& program, const plan::Rule& rule,
           const std::set<std::string>& below, Places& places) {
    const Touched touched = touched_by(program, rule);
    const bool has_people = program.wide_tables.contains("person");
    const std::string people = has_people ? compile::quoted(program.wide_tables.at("person")) : "";
    const std::string person = key_column(model, rule.grain, "person");
    std::string household = key_column(model, rule.grain, "household"), join;
    if (household.empty() && !person.empty() && has_people) {
        join = fmt::format(" left join {} p on p.\"person\" = {}", people, person);
        household = "p.\"household\"";
    }
    const auto distinct = [&](const std::string& key) {
        return key.empty() ? std::string("cast(null as bigint)")
                           : fmt::format("count(distinct case when {} then {} end)",
                                         touched.condition, key);
    };
    const auto is_below = [&](const std::string& place) {
        return below.empty() ||
               std::any_of(below.begin(), below.end(),
                           [&](const std::string& root) { return place.starts_with(root); });
    };
    for (const auto& row :
         connection
             .query(by_place(model, touched,
                             fmt::format("{}, {}, cast({} as decimal(38,2)), count(case when {} "
                                         "then 1 end)",
                                         distinct(household), distinct(person), touched.cost,
                                         touched.condition),
                             join))
             .cells) {
        if (!row[0] || !is_below(*row[0])) continue;
        Affected& affected = places[{rule.name, *row[0]}];
        if (row[1]) affected.households = std::stoll(*row[1]);
        if (row[2]) affected.persons = std::stoll(*row[2]);
        affected.cost = base::round(base::parse_decimal(*row[3]).value_or(base::Decimal{}), 2);
        affected.subjects = std::stoll(*row[4]);
    }
    const plan::Grain* registered = model.grain("person");
    if (!person.empty() || household.empty() || !has_people || registered == nullptr ||
        registered->parent_grain != "household")
        return;
    // Of households, their members: the persons in force whose household it is.
    const std::string members = fmt::format(
        "{} left join {} m on m.\"household\" = {} and m.\"#subject\"", join, people, household);
    for (const auto& row :
         connection.query(by_place(model, touched, distinct("m.\"person\""), members)).cells)
        if (row[0] && is_below(*row[0])) places[{rule.name, *row[0]}].persons = std::stoll(*row[1]);
}

Places computed(const fs::path& runs, const plan::Model& model, const Inputs& inputs,
                const Means& means, const std::set<std::string>& below) {
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
                                                  .parameters = &inputs.parameters,
                                                  .home = inputs.home},
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
                            const std::set<std::string>& below) {
    if (inputs.month < model.first || inputs.month > model.last)
        throw base::Failure(
            base::Fault::input,
            base::said("{} 不在方案的月份里", "the month {} is not one of the plan's",
                       base::text(inputs.month)),
            fmt::format("{}..{}", base::text(model.first), base::text(model.last)),
            base::said("选其中的一个月", "choose a month in between"));
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
