#pragma once

#include <map>
#include <string>

#include "compile/program.h"
#include "run/execute.h"
#include "run/figures.h"

namespace zs::run {

/// What a run's statements, and the figures over them, come to; but the findings, which stay in the
/// engine: see each_finding.
struct Computation {
    compile::Program program;
    plan::Outcome outcome;
};

/// Compiles the request and runs it over a connection that holds its inputs, with figures and
/// targets. A target whose status other definitions read is computed before them, from the
/// indicators it needs.
/// @throws Failure as `compile` and `execute` do.
Computation computation(engine::Connection& connection, const plan::Model& model,
                        const compile::Request& request, const FigureSources& sources,
                        const Progress& progress = {});

/// Writes `in_target_status`: of each target and division the latest year's status.
void write_target_status(engine::Connection& connection,
                         const std::vector<plan::TargetState>& states);

/// The indicators and targets that a target, or an indicator, is computed from, itself included.
std::set<std::string> needed_figures(const plan::Model& model, const std::string& name);

}  // namespace zs::run
