#include <iostream>
#include <map>
#include <memory>
#include <set>

#include <fmt/format.h>

#include "base/failure.h"
#include "base/text.h"
#include "cli/commands.h"
#include "compile/program.h"
#include "engine/connection.h"
#include "plan/check.h"
#include "run/computation.h"
#include "run/examples.h"
#include "run/inputs.h"

namespace zs::cli {

namespace {

struct PlanArguments {
    std::string folder, name, engine = "duckdb";
    bool sql = false;
};

std::map<std::string, std::int64_t> counts_of(const plan::Model& model) {
    std::map<std::string, std::int64_t> counts;
    const auto add = [&](const char* kind, std::size_t n) {
        counts[kind] = static_cast<std::int64_t>(n);
    };
    add("codelist",
        static_cast<std::size_t>(std::count_if(model.code_lists.begin(), model.code_lists.end(),
                                               [](const auto& l) { return !l.built_in; })));
    add("ledger",
        static_cast<std::size_t>(std::count_if(model.ledgers.begin(), model.ledgers.end(),
                                               [](const auto& l) { return !l.built_in; })));
    add("grain", static_cast<std::size_t>(
                     std::count_if(model.grains.begin(), model.grains.end(), [](const auto& g) {
                         return g.form != plan::Grain::Form::rows &&
                                g.form != plan::Grain::Form::user && !g.place.file.empty();
                     })));
    add("parameter", model.parameters.size());
    add("feature", model.features.size());
    const auto rules = [&](plan::Rule::Kind kind) {
        return static_cast<std::size_t>(std::count_if(
            model.rules.begin(), model.rules.end(), [&](const auto& r) { return r.kind == kind; }));
    };
    add("clue", rules(plan::Rule::Kind::clue));
    add("entitlement", rules(plan::Rule::Kind::entitlement));
    add("check", rules(plan::Rule::Kind::check));
    add("indicator", model.indicators.size());
    add("target", model.targets.size());
    add("workflow", model.workflows.size());
    add("measure", model.measures.size());
    add("match", model.matches.size());
    add("duty", model.duties.size());
    add("example", model.examples.size());
    return counts;
}

/// The engine must bind every statement: what our own types let through and it does not is our
/// mistake.
void bind_against_engine(const plan::Model& model) {
    plan::Dataset empty;
    empty.month = model.last;
    compile::Request request;
    request.month = model.last;
    const compile::Program program = compile::compile(model, request, compile::DuckDbDialect());
    engine::Connection connection = engine::Connection::open({});
    run::load(connection, model, empty);
    run::write_target_status(connection, {});
    for (const compile::Statement& statement : program.statements) {
        if (const auto fault = connection.bind_error(statement.sql))
            throw base::Failure(
                base::Fault::system,
                base::said("引擎不认方案包编译出的语句：{}",
                           "the engine does not take what the pack compiles to: {}", *fault),
                statement.why,
                base::said("请连同方案包报给开发者", "please report it with the pack"));
        connection.execute(statement.sql);
    }
}

int check(const PlanArguments& arguments, const Session& session) {
    plan::Checked checked = plan::check_with_divisions(arguments.folder);
    if (checked.ok()) bind_against_engine(checked.model);
    if (session.json) {
        std::vector<Json> errors, warnings;
        for (const plan::Diagnostic& d : checked.diagnostics) {
            Json row = Json::object({{"id", Json::text(d.id)},
                                     {"file", Json::text(d.place.file)},
                                     {"line", Json::number(std::int64_t{d.place.line})},
                                     {"column", Json::number(std::int64_t{d.place.column})},
                                     {"message", Json::text(d.message)},
                                     {"hint", Json::text(d.hint)}});
            (d.severity == plan::Diagnostic::Severity::error ? errors : warnings).push_back(row);
        }
        std::vector<std::pair<std::string, Json>> counts;
        for (const auto& [kind, n] : counts_of(checked.model))
            counts.emplace_back(kind, Json::number(n));
        print(Json::object({{"ok", Json::truth(checked.ok())},
                            {"errors", Json::list(errors)},
                            {"warnings", Json::list(warnings)},
                            {"counts", Json::object(counts)}}));
        return checked.ok() ? 0 : 1;
    }
    std::size_t errors = 0, warnings = 0;
    for (const plan::Diagnostic& d : checked.diagnostics) {
        std::cout << plan::rendered(d);
        ++(d.severity == plan::Diagnostic::Severity::error ? errors : warnings);
    }
    std::string summary;
    for (const auto& [kind, n] : counts_of(checked.model))
        if (n > 0) summary += fmt::format("{}{} {}", summary.empty() ? "" : ", ", n, kind);
    std::cout << fmt::format("{}: {} errors, {} warnings ({})\n", checked.ok() ? "ok" : "faulty",
                             errors, warnings, summary);
    return checked.ok() ? 0 : 1;
}

int test(const PlanArguments& arguments, const Session& session) {
    if (arguments.engine != "duckdb")
        throw base::Failure(
            base::Fault::input,
            base::said("这里没有引擎“{}”", "there is no engine '{}' here", arguments.engine), "",
            base::said("写成 --engine duckdb", "use --engine duckdb"));
    const plan::Checked checked = plan::check(arguments.folder);
    std::size_t passed = 0, failed = 0;
    std::vector<Json> failures;
    const auto fail = [&](const plan::Example& example, const std::vector<std::string>& why) {
        ++failed;
        std::string text;
        for (const std::string& reason : why) text += "\n    " + reason;
        if (session.json)
            failures.push_back(
                Json::object({{"file", Json::text(example.place.file)},
                              {"line", Json::number(std::int64_t{example.place.line})},
                              {"tested", Json::text(example.tested)},
                              {"says", Json::text(example.says)},
                              {"why", Json::text(text)}}));
        else
            std::cout << fmt::format("{}:{}: {}{}{}{}\n", example.place.file, example.place.line,
                                     example.tested, example.says.empty() ? "" : ": ", example.says,
                                     text);
    };
    std::set<std::string> expected_errors;
    for (const plan::Example& example : checked.model.examples) {
        if (example.what != plan::Example::What::faulty_pack) continue;
        std::vector<std::string> why;
        for (const std::string& wanted : example.errors) {
            const bool there = std::any_of(
                checked.diagnostics.begin(), checked.diagnostics.end(),
                [&](const plan::Diagnostic& d) {
                    return d.severity == plan::Diagnostic::Severity::error &&
                           (d.id == wanted || d.message.find(wanted) != std::string::npos);
                });
            expected_errors.insert(wanted);
            if (!there) why.push_back(fmt::format("the pack does not have the error '{}'", wanted));
        }
        if (why.empty())
            ++passed;
        else
            fail(example, why);
    }
    const bool unexpected = std::any_of(
        checked.diagnostics.begin(), checked.diagnostics.end(), [&](const plan::Diagnostic& d) {
            return d.severity == plan::Diagnostic::Severity::error &&
                   std::none_of(expected_errors.begin(), expected_errors.end(),
                                [&](const std::string& wanted) {
                                    return d.id == wanted ||
                                           d.message.find(wanted) != std::string::npos;
                                });
        });
    if (unexpected) sound_model(arguments.folder);
    // What the pack's expected errors do not touch is tested all the same.
    const plan::SoundPart part =
        checked.ok() ? plan::SoundPart{checked, {}} : plan::sound_part(arguments.folder);
    if (!part.checked.ok()) sound_model(arguments.folder);
    for (const plan::Diagnostic& lost : part.lost_examples) {
        plan::Example example;
        example.place = lost.place;
        example.tested = lost.source;
        fail(example, {"it cannot be run beside the errors that are expected: " + lost.message});
    }
    const plan::Model& model = part.checked.model;
    ProgressBar bar;
    std::size_t done = 0;
    for (const plan::Example& example : model.examples) {
        bar.show(done++, model.examples.size(), example.tested);
        if (example.what == plan::Example::What::faulty_pack) continue;
        stop_if_cancelled(base::said("示例做了 {} 个，共 {} 个", "{} of {} examples run", done - 1,
                                     model.examples.size()));
        const run::ExampleResult result = run::run_example(model, example);
        if (result.passed)
            ++passed;
        else
            fail(example, result.why);
    }
    if (session.json)
        print(Json::object({{"passed", Json::number(static_cast<std::int64_t>(passed))},
                            {"failed", Json::number(static_cast<std::int64_t>(failed))},
                            {"failures", Json::list(failures)}}));
    else
        std::cout << fmt::format("{} passed, {} failed\n", passed, failed);
    return failed == 0 ? 0 : 1;
}

int coverage(const PlanArguments& arguments, const Session& session) {
    const plan::Model model = sound_model(arguments.folder);
    std::map<std::string, std::int64_t> totals{{"live", 0}, {"partial", 0}, {"missing", 0}};
    std::vector<Json> rows;
    ask::List list;
    list.columns = {{"id"}, {"status"}, {"title"}, {"blocks"}, {"why"}};
    for (const plan::Coverage& row : plan::coverage(model)) {
        ++totals[row.status];
        std::vector<Json> blocks;
        std::string text;
        for (const std::string& block : row.blocks) {
            blocks.push_back(Json::text(block));
            text += (text.empty() ? "" : "; ") + block;
        }
        std::vector<Json> why;
        for (const std::string& lack : row.why) why.push_back(Json::text(lack));
        rows.push_back(Json::object({{"id", Json::text(row.id)},
                                     {"status", Json::text(row.status)},
                                     {"title", Json::text(row.title)},
                                     {"blocks", Json::list(blocks)},
                                     {"why", Json::list(why)}}));
        list.rows.push_back({row.id, row.status, row.title, text, base::join(row.why, "; ")});
    }
    const std::vector<std::string> untested = plan::without_examples(model);
    if (session.list_format() == Format::json) {
        std::vector<Json> names;
        for (const std::string& name : untested) names.push_back(Json::text(name));
        print(Json::object({{"live", Json::number(totals["live"])},
                            {"partial", Json::number(totals["partial"])},
                            {"missing", Json::number(totals["missing"])},
                            {"without_examples", Json::list(names)},
                            {"obligations", Json::list(rows)}}));
        return 0;
    }
    const ask::Titles titles(ask::language_of(model.locale), model, {});
    session.print_list(list, titles);
    if (session.list_format() == Format::table && session.output.empty()) {
        std::cout << titles.say(ask::phrase::coverage_totals, totals["live"], totals["partial"],
                                totals["missing"])
                  << "\n";
        if (!untested.empty())
            std::cout << titles.say(ask::phrase::lacking_examples, untested.size(),
                                    base::join(untested, ", "))
                      << "\n";
    }
    return 0;
}

/// Where a definition stands and what it says: kind, title, place.
std::optional<std::pair<std::string, plan::Definition>> defined(const plan::Model& model,
                                                                const std::string& name) {
    const auto dot = name.find('.');
    if (dot != std::string::npos)
        if (const plan::Feature* f = model.feature(name.substr(0, dot), name.substr(dot + 1)))
            return std::pair{"feature", *f};
    if (const plan::Rule* r = model.rule(name))
        return std::pair{r->kind == plan::Rule::Kind::clue    ? "clue"
                         : r->kind == plan::Rule::Kind::check ? "check"
                                                              : "entitlement",
                         *r};
    if (const plan::Indicator* i = model.indicator(name)) return std::pair{"indicator", *i};
    if (const plan::Target* t = model.target(name)) return std::pair{"target", *t};
    if (const plan::Parameter* p = model.parameter(name)) return std::pair{"parameter", *p};
    if (const plan::Ledger* l = model.ledger(name)) return std::pair{"ledger", *l};
    const auto named = [&](const auto& list) -> const plan::Definition* {
        for (const auto& one : list)
            if (one.name == name) return &one;
        return nullptr;
    };
    if (const plan::Definition* m = named(model.matches)) return std::pair{"match", *m};
    if (const plan::Grain* g = model.grain(name)) return std::pair{"grain", *g};
    if (const plan::CodeList* c = model.code_list(name)) return std::pair{"codelist", *c};
    if (const plan::Definition* w = named(model.workflows)) return std::pair{"workflow", *w};
    if (const plan::Definition* m = named(model.measures)) return std::pair{"measure", *m};
    if (const plan::Definition* d = named(model.duties)) return std::pair{"duty", *d};
    return std::nullopt;
}

/// All that `plan show` can show.
std::vector<std::string> names_shown(const plan::Model& model) {
    std::vector<std::string> names;
    for (const plan::Feature& feature : model.features)
        names.push_back(feature.grain + "." + feature.name);
    const auto take = [&](const auto& list) {
        for (const auto& one : list) names.push_back(one.name);
    };
    take(model.rules);
    take(model.indicators);
    take(model.targets);
    take(model.parameters);
    take(model.ledgers);
    take(model.grains);
    take(model.code_lists);
    take(model.workflows);
    take(model.measures);
    take(model.duties);
    return names;
}

int show(const PlanArguments& arguments, const Session& session) {
    const plan::Model model = sound_model(arguments.folder);
    const auto found = defined(model, arguments.name);
    if (!found) {
        const auto near = base::nearest_names(arguments.name, names_shown(model));
        throw base::Failure(
            base::Fault::input,
            base::said("方案包里没有“{}”", "there is nothing named '{}' in the pack",
                       arguments.name),
            arguments.folder,
            near.empty() ? base::said("特征要连粒度写，如 person.months_out",
                                      "features are named with their grain, as person.months_out")
                         : base::said("是不是“{}”？", "did you mean '{}'?", near[0]));
    }
    const auto& [kind, definition] = *found;
    std::vector<std::string> read_by;
    const std::string own =
        (kind == "clue" || kind == "check" || kind == "entitlement" ? "rule " : kind + " ") +
        arguments.name;
    std::vector<std::string> reads;
    for (const plan::Dependency& other : plan::dependencies(model)) {
        if (other.name == own) reads = other.reads;
        if (std::find(other.reads.begin(), other.reads.end(), own) != other.reads.end())
            read_by.push_back(other.name);
    }

    compile::Request request;
    request.month = model.last;
    request.only.emplace();
    if (model.rule(arguments.name) != nullptr || model.indicator(arguments.name) != nullptr)
        for (const std::string& name : model.family(arguments.name)) request.only->insert(name);
    if (kind == "feature") {
        const auto dot = arguments.name.find('.');
        const plan::Feature& feature =
            *model.feature(arguments.name.substr(0, dot), arguments.name.substr(dot + 1));
        compile::FeatureRead read{feature.grain, feature.name, std::nullopt, std::nullopt};
        if (!feature.by_code.empty())
            read.code = model.code_list(feature.code_list)->codes.front().code;
        if (!feature.over && !feature.timeless && !feature.as_of &&
            !model.grain(feature.grain)->every)
            read.window =
                plan::Window{plan::Window::Unit::months, plan::Window::Part::to_date, 12, 0};
        request.features.push_back(read);
    }
    const compile::Program program = compile::compile(model, request, compile::DuckDbDialect());
    if (session.json) {
        std::vector<Json> read_list, by_list, statements;
        for (const std::string& read : reads) read_list.push_back(Json::text(read));
        for (const std::string& reader : read_by) by_list.push_back(Json::text(reader));
        for (const compile::Statement& s : program.statements)
            statements.push_back(Json::object({{"name", Json::text(s.name)},
                                               {"why", Json::text(s.why)},
                                               {"sql", Json::text(s.sql)}}));
        print(Json::object({{"name", Json::text(arguments.name)},
                            {"kind", Json::text(kind)},
                            {"title", Json::text(definition.title)},
                            {"file", Json::text(definition.place.file)},
                            {"line", Json::number(std::int64_t{definition.place.line})},
                            {"reads", Json::list(read_list)},
                            {"read_by", Json::list(by_list)},
                            {"statements", Json::list(statements)}}));
        return 0;
    }
    std::cout << fmt::format("{} {}  {}\n", kind, arguments.name, definition.title);
    if (!definition.place.file.empty())
        std::cout << fmt::format("{}:{}\n", definition.place.file, definition.place.line);
    std::cout << "reads\n";
    for (const std::string& read : reads) std::cout << "    " << read << "\n";
    std::cout << "read by\n";
    for (const std::string& reader : read_by) std::cout << "    " << reader << "\n";
    std::cout << "passes\n";
    for (const compile::Statement& statement : program.statements) {
        std::cout << fmt::format("    {}: {}\n", statement.name, statement.why);
        if (arguments.sql) std::cout << statement.sql << ";\n\n";
    }
    return 0;
}

}  // namespace

void add_plan_commands(CLI::App& app, Session& session, int& status) {
    CLI::App* plan = app.add_subcommand(
        "plan",
        session.say(base::said("检查、测试、查看方案包", "Check, test and show a plan pack")));
    plan->require_subcommand(1);
    plan->fallthrough();
    auto arguments = std::make_shared<PlanArguments>();
    const auto add = [&](const char* name, const std::string& what,
                         int (*act)(const PlanArguments&, const Session&)) {
        CLI::App* command = plan->add_subcommand(name, what);
        command->fallthrough();
        command
            ->add_option("DIR", arguments->folder,
                         session.say(base::said("方案包的文件夹", "The pack's folder")))
            ->required();
        command->callback(
            [arguments, &session, &status, act] { status = act(*arguments, session); });
        return command;
    };
    add("check",
        session.say(base::said("解析、检查方案包，一次列出全部错误",
                               "Parse, resolve, type and bind: all errors at once")),
        check);
    add("test", session.say(base::said("做方案包的全部示例", "Run every example of the pack")),
        test)
        ->add_option("--engine", arguments->engine, "duckdb");
    answers_with_list(
        *add("coverage",
             session.say(base::said("方案的每项任务：有效、部分、缺",
                                    "Each obligation of the plan: live, partial or missing")),
             coverage),
        session);
    CLI::App* shown =
        add("show",
            session.say(base::said(
                "一个定义：它读什么，谁读它，编译成哪几步",
                "A definition, what it reads, what reads it, the passes it compiles to")),
            show);
    shown
        ->add_option("NAME", arguments->name,
                     session.say(base::said("规则、指标、GRAIN.FEATURE……",
                                            "A rule, an indicator, GRAIN.FEATURE …")))
        ->required();
    shown->add_flag("--sql", arguments->sql,
                    session.say(base::said("连同语句", "With the statements")));
}

}  // namespace zs::cli
