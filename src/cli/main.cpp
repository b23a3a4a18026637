#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <memory>
#include <string_view>

#include <fmt/format.h>
#include <pwd.h>
#include <unistd.h>

#include "base/failure.h"
#include "base/identity.h"
#include "base/said.h"
#include "base/text.h"
#include "cli/commands.h"
#include "engine/connection.h"

namespace {

std::string system_user() {
    const passwd* entry = ::getpwuid(::getuid());
    return entry != nullptr ? entry->pw_name : std::to_string(::getuid());
}

constexpr const char* default_home = "zengshou-home";

extern "C" void on_interrupt(int) { zs::cli::cancelled = true; }

int report(const zs::base::Failure& failure, bool json, const zs::cli::Session& session,
           std::vector<std::pair<std::string, zs::cli::Json>> answer = {}) {
    std::cerr << "zengshou: " << failure.line(session.language) << "\n";
    using zs::cli::Json;
    answer.emplace_back("error", Json::object({{"what", Json::text(session.say(failure.problem()))},
                                               {"where", Json::text(session.say(failure.place()))},
                                               {"do", Json::text(session.say(failure.remedy()))}}));
    if (json) zs::cli::print(Json::object(answer));
    return failure.exit_status();
}

/// Reports the damage of the home that a failure may come from; where there is none, the failure.
int report_cause(const zs::base::Failure& failure, bool json, const zs::cli::Session& session) {
    try {
        session.check_undamaged();
    } catch (const zs::base::Failure& damage) {
        return report(damage, json, session, session.done);
    }
    return report(failure, json, session, session.done);
}

/// The command that was reached: `exemption add` of `zengshou exemption add …`.
const CLI::App& reached(const CLI::App& app) {
    const CLI::App* command = &app;
    while (!command->get_subcommands().empty()) command = command->get_subcommands().back();
    return *command;
}

/// What of an option that is not there may have been meant, of the command and those above it.
std::vector<std::string> options_of(const CLI::App& command) {
    std::vector<std::string> names;
    for (const CLI::App* at = &command; at != nullptr; at = at->get_parent())
        for (const CLI::Option* option : at->get_options())
            for (const std::string& name : option->get_lnames()) names.push_back("--" + name);
    return names;
}

std::vector<std::string> commands_of(const CLI::App& command) {
    std::vector<std::string> names;
    for (const CLI::App* one : command.get_subcommands([](const CLI::App*) { return true; }))
        names.push_back(one->get_name());
    return names;
}

/// What the library says of wrong usage; its own words stay where there are none of ours.
zs::base::Said said_by_library(const CLI::ParseError& fault) {
    std::string text = fault.what();
    text = text.substr(0, text.find('\n'));
    constexpr std::string_view required = " is required", missing = " missing",
                               not_understood = "Could not convert: ", not_among = " not in {";
    if (text.ends_with(required))
        return zs::base::said("缺 {}", "{} is required",
                              text.substr(0, text.size() - required.size()));
    const std::string option = text.substr(0, text.find(':'));
    if (text.ends_with(missing) && text.starts_with("--"))
        return {fmt::format("{} 后面缺值", option), text};
    if (text.starts_with(not_understood))
        return {fmt::format("看不懂 {}", text.substr(not_understood.size())), text};
    const std::size_t list = text.find(not_among);
    if (list != std::string::npos && list > option.size() + 2 && text.ends_with("}")) {
        const std::string value = text.substr(option.size() + 2, list - option.size() - 2);
        const std::string known = text.substr(list + not_among.size());
        return {
            fmt::format("{} 不认“{}”，可写 {}", option, value, known.substr(0, known.size() - 1)),
            text};
    }
    return zs::base::said("命令写得不对：{}", "{}", text);
}

/// Wrong usage in one sentence, with what is near.
zs::base::Failure usage_failure(const CLI::App& app, const CLI::ParseError& fault) {
    const CLI::App& command = reached(app);
    zs::base::Said remedy =
        zs::base::said("查看：{} --help", "see: {} --help", zs::cli::called(command));
    const auto wrong = [&](const zs::base::Said& what, const std::string& word,
                           const std::vector<std::string>& known) {
        const auto near = zs::base::nearest_names(word, known);
        if (!near.empty()) remedy = zs::base::said("是不是“{}”？", "did you mean '{}'?", near[0]);
        return zs::base::Failure(zs::base::Fault::input, what, zs::cli::called(command), remedy);
    };
    const std::vector<std::string> commands = commands_of(command), left = app.remaining(true);
    if (!left.empty() && left[0].starts_with("-")) {
        const std::string option = left[0].substr(0, left[0].find('='));
        return wrong(zs::base::said("没有选项“{}”", "there is no option '{}'", option), option,
                     options_of(command));
    }
    if (!left.empty() && !commands.empty())
        return wrong(zs::base::said("没有命令“{}”", "there is no command '{}'", left[0]), left[0],
                     commands);
    if (!left.empty())
        return wrong(zs::base::said("“{}”是多写的", "'{}' is one word too many", left[0]), "", {});
    if (!commands.empty() && dynamic_cast<const CLI::RequiredError*>(&fault) != nullptr)
        return wrong(zs::base::said("没有写要做什么：{}", "what to do is missing: {}",
                                    zs::base::join(commands, ", ")),
                     "", {});
    return wrong(said_by_library(fault), "", {});
}

/// The home of a command, known before the command is read: its language is that of `--help` and of
/// wrong usage too.
std::string home_asked(int argc, char** argv) {
    constexpr std::string_view option = "--home";
    const char* named = std::getenv("ZENGSHOU_HOME");
    std::string home = named != nullptr && *named != '\0' ? named : default_home;
    const std::vector<std::string> words(argv, argv + argc);
    for (std::size_t i = 1; i < words.size(); ++i) {
        if (words[i] == option && i + 1 < words.size()) home = words[i + 1];
        if (words[i].starts_with("--home=")) home = words[i].substr(option.size() + 1);
    }
    return home;
}

/// `--help` with its columns under each other: a Chinese character takes two cells.
class Help final : public CLI::Formatter {
public:
    std::string make_group(std::string group, bool positional,
                           std::vector<const CLI::Option*> options) const override {
        return CLI::Formatter::make_group(get_label(group), positional, options);
    }
    std::string make_option(const CLI::Option* option, bool positional) const override {
        const std::string name = "  " + make_option_name(option, positional) +
                                 make_option_opts(option),
                          about = make_option_desc(option), indent(column_width_, ' ');
        const bool fits = zs::base::cells(name) < column_width_;
        return (fits ? zs::cli::padded(name, column_width_) : name + "\n" + indent) + about + "\n";
    }
};

/// The library's own words of a `--help`.
void name_parts_of_help(CLI::App& app, const zs::cli::Session& session) {
    using zs::base::said;
    app.set_help_flag("-h,--help", session.say(said("打印这份说明", "Print this help")));
    app.group(session.say(said("命令", "Subcommands")));
    const auto formatter = std::make_shared<Help>();
    app.formatter(formatter);
    const auto name = [&](const char* key, const zs::base::Said& words) {
        formatter->label(key, session.say(words));
    };
    name("Options", said("选项", "Options"));
    name("Usage", said("用法", "Usage"));
    name("Positionals", said("参数", "Positionals"));
    name("OPTIONS", said("选项", "OPTIONS"));
    name("SUBCOMMAND", said("命令", "SUBCOMMAND"));
    name("REQUIRED", said("必填", "REQUIRED"));
    name("TEXT", said("文本", "TEXT"));
    name("INT", said("整数", "INT"));
    name("UINT", said("整数", "UINT"));
    name("Env", said("环境变量", "Env"));
}

bool asks_for_json(int argc, char** argv) {
    const std::vector<std::string> words(argv, argv + argc);
    for (std::size_t i = 0; i < words.size(); ++i)
        if (words[i] == "--json" || words[i] == "--format=json" ||
            (words[i] == "--format" && i + 1 < words.size() && words[i + 1] == "json"))
            return true;
    return false;
}

/// What `--format` asks for is given, or refused: never something else instead.
void check_format(const CLI::App& app, zs::cli::Session& session) {
    session.json = session.json || session.format == "json";
    const std::string command = zs::cli::called(reached(app));
    if (session.lists.contains(command) || session.json || session.format.empty() ||
        session.format == "table")
        return;
    throw zs::base::Failure(
        zs::base::Fault::input,
        zs::base::said("“{}”的答复不是列表", "'{}' does not answer with a list", command),
        "--format " + session.format,
        zs::base::said("用 --json，或不写", "use --json, or leave it out"));
}

}  // namespace

int main(int argc, char** argv) {
    using namespace zs;
    cli::Session session;
    if (const auto locale = home::locale(home_asked(argc, argv)))
        session.language = base::language_of(*locale);
    int status = 0;
    CLI::App app{
        session.say(base::said("zengshou（增收）：把增收行动方案当作程序来运行",
                               "zengshou (增收): runs an income-growth action plan as code"))};
    app.name("zengshou");
    app.require_subcommand(1);
    app.fallthrough();
    app.set_version_flag(
        "--version",
        [] {
            return fmt::format("zengshou 0.1.0, DuckDB {}, pack language 1",
                               engine::library_version());
        },
        session.say(base::said("打印版本", "Print the version")));
    name_parts_of_help(app, session);
    std::string home = default_home;
    app.add_option(
           "--home", home,
           session.say(base::said("数据目录，一切都在里面", "The folder that holds everything")))
        ->envname("ZENGSHOU_HOME");
    app.add_flag("--json", session.json, session.say(base::said("用 JSON 答复", "Answer in JSON")));
    app.add_option("--format", session.format,
                   session.say(base::said("列表：table、csv、json、jsonl；xlsx 要加 -o FILE",
                                          "Lists: table, csv, json, jsonl; xlsx with -o FILE")))
        ->check(CLI::IsMember({"table", "csv", "json", "jsonl", "xlsx"}));
    app.add_flag("--bom", session.bom,
                 session.say(base::said("给 Excel 用的 CSV：带 BOM",
                                        "CSV for Excel: with a byte order mark")));
    session.user = system_user();
    app.add_option("--as", session.user, session.say(base::said("经办人", "Who acts")));
    app.parse_complete_callback([&] {
        session.home_folder = home;
        session.user = base::mask_id_numbers(session.user);
        check_format(app, session);
    });
    std::signal(SIGINT, on_interrupt);
    std::signal(SIGTERM, on_interrupt);
    // A file that may grow no further is a write that fails, with its message, not the end.
    std::signal(SIGXFSZ, SIG_IGN);
    try {
        cli::add_plan_commands(app, session, status);
        cli::add_home_commands(app, session, status);
        cli::add_intake_commands(app, session, status);
        cli::add_run_commands(app, session, status);
        cli::add_result_commands(app, session, status);
        cli::add_whatif_command(app, session, status);
        cli::add_why_command(app, session, status);
        cli::add_household_command(app, session, status);
        cli::add_summary_command(app, session, status);
        cli::add_simulate_command(app, session, status);
        app.parse(argc, argv);
        if (!std::cout.flush())
            throw base::Failure(base::Fault::system,
                                base::said("答复写不出去", "the answer could not be written"),
                                base::said("标准输出", "standard output"),
                                base::said("看看磁盘是不是满了", "look for a full disk"));
    } catch (const CLI::ParseError& fault) {
        if (fault.get_exit_code() == 0) return app.exit(fault);  // --help, --version
        return report(usage_failure(app, fault), asks_for_json(argc, argv), session);
    } catch (const base::Unexplained& failure) {
        return report_cause(failure, session.json || asks_for_json(argc, argv), session);
    } catch (const engine::EngineFailure& failure) {
        using Cause = engine::EngineFailure::Cause;
        const bool json = session.json || asks_for_json(argc, argv);
        // What a damaged file gives may be no file to the engine, or values out of their range.
        return failure.cause() == Cause::other || failure.cause() == Cause::overflow
                   ? report_cause(failure, json, session)
                   : report(failure, json, session, session.done);
    } catch (const base::Failure& failure) {
        return report(failure, session.json || asks_for_json(argc, argv), session, session.done);
    } catch (const std::filesystem::filesystem_error& fault) {
        return report(
            base::Failure(base::Fault::system,
                          base::said("系统报错：{}", "{}", fault.code().message()),
                          fault.path1().string(),
                          base::said("检查它在不在、归谁、谁能写",
                                     "check that it is there, who owns it and may write to it")),
            session.json, session);
    } catch (const std::exception& fault) {
        return report_cause(
            base::Unexplained(base::said("程序出了意外：{}", "{}", fault.what()), ""), session.json,
            session);
    }
    return status;
}
