#include <csignal>
#include <iostream>

#include <fmt/format.h>
#include <pwd.h>
#include <unistd.h>

#include "base/failure.h"
#include "cli/commands.h"
#include "engine/connection.h"

namespace {

std::string system_user() {
    const passwd* entry = ::getpwuid(::getuid());
    return entry != nullptr ? entry->pw_name : std::to_string(::getuid());
}

extern "C" void on_interrupt(int) { zs::cli::cancelled = true; }

int report(const zs::base::Failure& failure, bool json) {
    std::cerr << "zengshou: " << failure.what() << "\n";
    using zs::cli::Json;
    if (json)
        zs::cli::print(
            Json::object({{"error", Json::object({{"what", Json::text(failure.problem())},
                                                  {"where", Json::text(failure.place())},
                                                  {"do", Json::text(failure.remedy())}})}}));
    return failure.exit_status();
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
    app.add_option("--format", session.format, "Lists: table, csv, json, jsonl")
        ->check(CLI::IsMember({"table", "csv", "json", "jsonl"}));
    session.user = system_user();
    app.add_option("--as", session.user, "Who acts");
    app.parse_complete_callback([&] { session.home_folder = home; });
    std::signal(SIGINT, on_interrupt);
    std::signal(SIGTERM, on_interrupt);
    try {
        cli::add_plan_commands(app, session, status);
        cli::add_home_commands(app, session, status);
        cli::add_intake_commands(app, session, status);
        cli::add_run_commands(app, session, status);
        cli::add_result_commands(app, session, status);
        cli::add_summary_command(app, session, status);
        cli::add_simulate_command(app, session, status);
        app.parse(argc, argv);
    } catch (const CLI::ParseError& fault) {
        const int code = app.exit(fault);
        return code == 0 ? 0 : 2;
    } catch (const base::Failure& failure) {
        return report(failure, session.json);
    } catch (const std::exception& fault) {
        return report(base::Failure(base::Fault::system, fault.what(), "",
                                    "please report it with what you did"),
                      session.json);
    }
    return status;
}
