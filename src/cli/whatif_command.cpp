#include <algorithm>
#include <iostream>
#include <memory>
#include <optional>

#include <fmt/format.h>

#include "base/failure.h"
#include "base/text.h"
#include "cli/commands.h"
#include "cli/means.h"
#include "lake/divisions.h"
#include "run/whatif.h"

namespace zs::cli {

namespace {

namespace phrase = ask::phrase;

struct WhatifArguments : MeansAsked {
    std::string month, division, level;
    std::vector<std::string> set;
    bool all = false;
};

std::vector<std::string> codes_of(const plan::CodeList* list) {
    std::vector<std::string> codes;
    if (list != nullptr)
        for (const plan::Code& code : list->codes) codes.push_back(code.code);
    return codes;
}

base::Said guess(const std::string& written, const std::vector<std::string>& known) {
    const auto near = base::nearest_names(written, known);
    return near.empty() ? base::Said() : base::said("是不是“{}”？", "did you mean '{}'?", near[0]);
}

/// NAME=VALUE as the parameter's type.
std::map<std::string, plan::Value> replaced(const plan::Model& model,
                                            const std::vector<std::string>& set) {
    std::map<std::string, plan::Value> values;
    for (const std::string& assignment : set) {
        const std::size_t equals = assignment.find('=');
        const std::string name = assignment.substr(0, equals),
                          text = equals == std::string::npos ? "" : assignment.substr(equals + 1);
        const plan::Parameter* parameter = model.parameter(name);
        const auto fail = [&](const base::Said& what,
                              const base::Said& remedy =
                                  base::said("照方案包里的写法写", "write it as the pack does")) {
            throw base::Failure(base::Fault::input, what, "--set " + assignment, remedy);
        };
        if (parameter == nullptr) {
            std::vector<std::string> known;
            for (const plan::Parameter& one : model.parameters) known.push_back(one.name);
            const auto near = base::nearest_names(name, known);
            fail(base::said("没有参数“{}”", "there is no parameter '{}'", name),
                 near.empty() ? base::said("写成 NAME=VALUE，NAME 是方案包里的参数",
                                           "write NAME=VALUE with a parameter of the pack")
                              : base::said("是不是“{}”？", "did you mean '{}'?", near[0]));
        }
        if (equals == std::string::npos)
            fail(base::said("缺“{}”的值", "the value of '{}' is missing", name),
                 base::said("写成 NAME=VALUE", "write NAME=VALUE"));
        const auto number = base::parse_decimal(text);
        switch (parameter->type.kind) {
            case plan::Kind::integer:
                if (!number || number->scale != 0)
                    fail(base::said("要写整数", "a whole number is expected"));
                values[name] = static_cast<std::int64_t>(number->units);
                break;
            case plan::Kind::decimal:
                if (!number || number->scale > parameter->type.scale)
                    fail(base::said(
                        "要写数，小数位数不超过参数的位数",
                        "a number is expected, with no more decimals than the parameter has"));
                values[name] = base::round(*number, parameter->type.scale);
                break;
            case plan::Kind::boolean:
                if (text != "true" && text != "false")
                    fail(base::said("要写 true 或 false", "true or false is expected"));
                values[name] = text == "true";
                break;
            case plan::Kind::month:
                if (const auto month = base::parse_month(text))
                    values[name] = *month;
                else
                    fail(base::said("要写月份，如 2024-09", "a month is expected, as 2024-09"));
                break;
            case plan::Kind::date:
                if (const auto date = base::parse_date(text))
                    values[name] = *date;
                else
                    fail(
                        base::said("要写日期，如 2024-09-30", "a date is expected, as 2024-09-30"));
                break;
            case plan::Kind::code: {
                const plan::CodeList* list = model.code_list(parameter->type.of);
                if (list == nullptr ||
                    std::none_of(list->codes.begin(), list->codes.end(),
                                 [&](const plan::Code& c) { return c.code == text; }))
                    fail(base::said("要写“{}”的代码", "a code of '{}' is expected",
                                    parameter->type.of),
                         guess(text, codes_of(list)));
                values[name] = text;
                break;
            }
            default:
                values[name] = text;
        }
    }
    return values;
}

bool is_changed(const run::Effect& e) {
    return e.before.subjects != e.after.subjects || e.before.households != e.after.households ||
           e.before.persons != e.after.persons || e.before.cost != e.after.cost;
}

Json json_of(const std::optional<std::int64_t>& count) {
    return count ? Json::number(*count) : Json::null();
}

std::optional<std::string> cell_of(const std::optional<std::int64_t>& count) {
    return count ? std::optional(std::to_string(*count)) : std::nullopt;
}

void show_json(const WhatifArguments& arguments, const std::map<std::string, plan::Value>& set,
               const std::vector<run::Effect>& effects, const ask::Titles& titles) {
    std::vector<std::pair<std::string, Json>> values;
    for (const auto& [name, value] : set) values.emplace_back(name, Json::value(value));
    std::vector<Json> rows;
    const auto side = [](const run::Affected& a) {
        return Json::object({{"households", json_of(a.households)},
                             {"persons", json_of(a.persons)},
                             {"cost", Json::exact(base::text(a.cost))},
                             {"subjects", Json::number(a.subjects)}});
    };
    for (const run::Effect& e : effects)
        rows.push_back(Json::object({{"name", Json::text(e.rule)},
                                     {"title", Json::text(titles.definition(e.rule))},
                                     {"kind", Json::text(e.kind)},
                                     {"division", Json::text(e.division)},
                                     {"place", Json::text(titles.place(e.division))},
                                     {"before", side(e.before)},
                                     {"after", side(e.after)}}));
    print(Json::object({{"month", Json::text(arguments.month)},
                        {"set", Json::object(values)},
                        {"rules", Json::list(rows)}}));
}

ask::List list_of(const std::vector<run::Effect>& effects) {
    ask::List list;
    using Kind = ask::List::Kind;
    list.columns = {{"rule"},
                    {"kind"},
                    {"division"},
                    {"households_before", Kind::number},
                    {"households_after", Kind::number},
                    {"persons_before", Kind::number},
                    {"persons_after", Kind::number},
                    {"cost_before", Kind::number},
                    {"cost_after", Kind::number},
                    {"subjects_before", Kind::number},
                    {"subjects_after", Kind::number}};
    list.columns[0].name = "name";
    list.hide({"kind"});
    // For people the subjects are told where there are no households to tell.
    if (std::all_of(effects.begin(), effects.end(),
                    [](const run::Effect& e) { return e.after.households || e.before.households; }))
        list.hide({"subjects_before", "subjects_after"});
    for (const run::Effect& e : effects)
        list.rows.push_back({e.rule, e.kind, e.division, cell_of(e.before.households),
                             cell_of(e.after.households), cell_of(e.before.persons),
                             cell_of(e.after.persons), base::text(e.before.cost),
                             base::text(e.after.cost), std::to_string(e.before.subjects),
                             std::to_string(e.after.subjects)});
    return list;
}

/// @throws Failure (input) for a level that the plan does not have.
void known_level(const plan::Model& model, const std::string& level) {
    std::vector<std::string> names;
    for (const plan::Level& one : model.levels) names.push_back(one.name);
    ask::known_name(base::said("层级", "level"), "--level", level, names);
}

int whatif(const WhatifArguments& arguments, const Session& session) {
    home::Home home = session.ask();
    const plan::Model model = sound_model(home.plan);
    const std::map<std::string, plan::Value> set = replaced(model, arguments.set);
    ask::known_division(home.record, arguments.division);
    known_level(model, arguments.level);
    std::vector<run::Effect> effects;
    {
        ProgressBar bar;
        run::Inputs inputs = run::take_inputs(home.record, home.lake(), home.runs(), model,
                                              month_asked(arguments.month));
        inputs.home = home.division;
        std::set<std::string> below;
        if (!arguments.division.empty()) below = lake::roots(arguments.division, inputs.divisions);
        effects = run::what_if(home.runs(), model, inputs, set, means_of(arguments, bar), below);
    }
    if (!arguments.level.empty())
        std::erase_if(effects, [&](const run::Effect& e) {
            const plan::Level* level = model.level_of_code(e.division);
            return level == nullptr || level->name != arguments.level;
        });
    const ask::Titles titles = titles_of(home, model);
    const Format format = session.list_format();
    if (format == Format::json) {
        show_json(arguments, set, effects, titles);
        return 0;
    }
    const bool for_people = format == Format::table || format == Format::xlsx;
    const std::size_t count = effects.size();
    if (for_people && !arguments.all)
        std::erase_if(effects, [](const run::Effect& e) { return !is_changed(e); });
    const std::size_t unchanged = count - effects.size();
    if (format == Format::table && effects.empty())
        std::cout << titles.say(phrase::nothing_changes) << "\n";
    else
        session.print_list(list_of(effects), titles);
    if (format == Format::table && unchanged > 0 && !effects.empty() && session.output.empty())
        std::cout << titles.say(phrase::unchanged_rows, unchanged) << "\n";
    return 0;
}

}  // namespace

void add_whatif_command(CLI::App& app, Session& session, int& status) {
    auto arguments = std::make_shared<WhatifArguments>();
    CLI::App* command = app.add_subcommand(
        "whatif",
        session.say(base::said("参数改前改后的比较；不发布",
                               "Before and after a change of parameters; publishes nothing")));
    command->fallthrough();
    command->add_option("--month", arguments->month, "2024-09")->required();
    command->add_option("--set", arguments->set, "NAME=VALUE")->required();
    command->add_option(
        "--division", arguments->division,
        session.say(base::said("这个区划和它的下级", "This division and those below it")));
    command->add_option(
        "--level", arguments->level,
        session.say(base::said("只看这一层级的区划", "Only divisions of this level")));
    command->add_flag("--all", arguments->all,
                      session.say(base::said("没有变化的也列出", "What does not change, too")));
    command->add_option("--engine", arguments->engine, "duckdb");
    command->add_option("--memory", arguments->memory,
                        session.say(base::said("内存上限，如 4GB", "Memory limit, as 4GB")));
    command->add_option("--threads", arguments->threads,
                        session.say(base::said("缺省：全部核", "Default: all cores")));
    answers_with_list(*command, session);
    command->callback([arguments, &session, &status] { status = whatif(*arguments, session); });
}

}  // namespace zs::cli
