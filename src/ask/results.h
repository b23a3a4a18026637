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

/// @throws Failure (input) for a code that no division has or had; empty is every division.
void known_division(record::Connection& record, const std::string& code);

/// @throws Failure (input) with the nearest name where `name` is given and not among `known`.
void known_name(const base::Said& what, const std::string& option, const std::string& name,
                const std::vector<std::string>& known);

/// Filters are by name: one that the run's pack does not know is a Failure (input), a subject
/// without findings is an empty list. `division` is it, all below it by code, and what reports to
/// it.
struct FindingFilter {
    std::string run, rule, division, status, subject;
    std::vector<std::string> first_keys;  ///< subjects whose first key field is one of these
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
