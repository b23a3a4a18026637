#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "ask/list.h"
#include "record/connection.h"

namespace zs::ask {

/// Where past runs lie, and the record that names them.
struct Runs {
    record::Connection& record;
    std::filesystem::path folder;
};

/// The run asked for, or the latest published. @throws Failure (input) where there is none.
std::string chosen_run(const Runs& runs, const std::string& asked);

struct FindingFilter {
    std::string run, rule, division, status, subject;
};
List findings(const Runs& runs, const FindingFilter& filter);

struct FigureFilter {
    std::string run, name, level, division;
};
List indicators(const Runs& runs, const FigureFilter& filter);
List targets(const Runs& runs, const FigureFilter& filter);
List run_list(record::Connection& record);
/// Subjects by rule and status: rule, kind, status, n.
List counts(const Runs& runs, const std::string& run);

}  // namespace zs::ask
