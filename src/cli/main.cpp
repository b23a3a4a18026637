#include <csignal>
#include <filesystem>
#include <iostream>

#include <fmt/format.h>
#include <pwd.h>
#include <unistd.h>

#include "base/failure.h"
#include "base/identity.h"
#include "base/text.h"
#include "cli/commands.h"
#include "engine/connection.h"

namespace {

std::string system_user() {
    const passwd* entry = ::getpwuid(::getuid());
    return entry != nullptr ? entry->pw_name : std::to_string(::getuid());
}

extern "C" void on_interrupt(int) { zs::cli::cancelled = true; }

int report(const zs::base::Failure& failure, bool json,
           std::vector<std::pair<std::string, zs::cli::Json>> answer = {}) {
    std::cerr << "zengshou: " << failure.what() << "\n";
    using zs::cli::Json;
    answer.emplace_back("error", Json::object({{"what", Json::text(failure.problem())},
                                               {"where", Json::text(failure.place())},
                                               {"do", Json::text(failure.remedy())}}));
    if (json) zs::cli::print(Json::object(answer));
    return failure.exit_status();
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

/// Wrong usage in one sentence, with what is near.
zs::base::Failure usage_failure(const CLI::App& app, const CLI::ParseError& fault) {
    const CLI::App& command = reached(app);
    std::string remedy = fmt::format("see: {} --help", zs::cli::called(command));
    const auto wrong = [&](const std::string& what, const std::string& word,
                           const std::vector<std::string>& known) {
        const auto near = zs::base::nearest_names(word, known);
        if (!near.empty()) remedy = fmt::format("did you mean '{}'?", near[0]);
        return zs::base::Failure(zs::base::Fault::input, what, zs::cli::called(command), remedy);
    };
    const std::vector<std::string> commands = commands_of(command), left = app.remaining(true);
    if (!left.empty() && left[0].starts_with("-")) {
        const std::string option = left[0].substr(0, left[0].find('='));
        return wrong(fmt::format("there is no option '{}'", option), option, options_of(command));
    }
    if (!left.empty() && !commands.empty())
        return wrong(fmt::format("there is no command '{}'", left[0]), left[0], commands);
    if (!left.empty()) return wrong(fmt::format("'{}' is one word too many", left[0]), "", {});
    if (!commands.empty() && dynamic_cast<const CLI::RequiredError*>(&fault) != nullptr)
        return wrong(fmt::format("what to do is missing: {}", zs::base::join(commands, ", ")), "",
                     {});
    std::string what = fault.what();
    return wrong(what.substr(0, what.find('\n')), "", {});
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
    throw zs::base::Failure(zs::base::Fault::input,
                            fmt::format("'{}' does not answer with a list", command),
                            "--format " + session.format, "use --json, or leave it out");
}

}  // namespace

int main(int argc, char** argv) {
    using namespace zs;
    cli::Session session;
    int status = 0;
    CLI::App app{"zengshou (增收): runs an income-growth action plan as code"};
    app.name("zengshou");
    app.require_subcommand(1);
    app.fallthrough();
    app.set_version_flag("--version", [] {
        return fmt::format("zengshou 0.1.0, DuckDB {}, pack language 1", engine::library_version());
    });
    std::string home = "zengshou-home";
    app.add_option("--home", home, "The folder that holds everything")->envname("ZENGSHOU_HOME");
    app.add_flag("--json", session.json, "Answer in JSON");
    app.add_option("--format", session.format, "Lists: table, csv, json, jsonl; xlsx with -o FILE")
        ->check(CLI::IsMember({"table", "csv", "json", "jsonl", "xlsx"}));
    app.add_flag("--bom", session.bom, "CSV for Excel: with a byte order mark");
    session.user = system_user();
    app.add_option("--as", session.user, "Who acts");
    app.parse_complete_callback([&] {
        session.home_folder = home;
        session.user = base::mask_id_numbers(session.user);
        check_format(app, session);
    });
    std::signal(SIGINT, on_interrupt);
    std::signal(SIGTERM, on_interrupt);
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
            throw base::Failure(base::Fault::system, "the answer could not be written",
                                "standard output", "look for a full disk");
    } catch (const CLI::ParseError& fault) {
        if (fault.get_exit_code() == 0) return app.exit(fault);  // --help, --version
        return report(usage_failure(app, fault), asks_for_json(argc, argv));
    } catch (const base::Failure& failure) {
        return report(failure, session.json || asks_for_json(argc, argv), session.done);
    } catch (const std::filesystem::filesystem_error& fault) {
        return report(
            base::Failure(base::Fault::system, fault.code().message(), fault.path1().string(),
                          "check that it is there, who owns it and may write to it"),
            session.json);
    } catch (const std::exception& fault) {
        return report(base::Failure(base::Fault::system, fault.what(), "",
                                    "please report it with what you did"),
                      session.json);
    }
    return status;
}
