#pragma once

#include <CLI/CLI.hpp>

#include "cli/session.h"

namespace zs::cli {

/// A command as it is called: `zengshou batch list`.
std::string called(const CLI::App& command);
/// Gives a command that answers with a list what lists take: `-o FILE`, and every `--format`.
void answers_with_list(CLI::App& command, Session& session);

/// Each adds its commands to the application. A command stores its exit status in `status`.
void add_plan_commands(CLI::App& app, Session& session, int& status);
void add_home_commands(CLI::App& app, Session& session, int& status);
void add_intake_commands(CLI::App& app, Session& session, int& status);
void add_run_commands(CLI::App& app, Session& session, int& status);
void add_result_commands(CLI::App& app, Session& session, int& status);
void add_whatif_command(CLI::App& app, Session& session, int& status);
void add_why_command(CLI::App& app, Session& session, int& status);
void add_household_command(CLI::App& app, Session& session, int& status);
void add_summary_command(CLI::App& app, Session& session, int& status);
void add_simulate_command(CLI::App& app, Session& session, int& status);

}  // namespace zs::cli
