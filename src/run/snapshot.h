#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "compile/program.h"
#include "engine/connection.h"
#include "lake/snapshot.h"
#include "plan/model.h"
#include "record/connection.h"

namespace zs::run {

/// Everything a run reads, fixed at one moment. Its digest names the run.
struct Inputs {
    base::Month month;
    lake::Snapshot lake;
    std::vector<plan::Division> divisions;
    std::vector<plan::Exempted> exempted;  ///< not revoked, of all months
    std::vector<plan::Figure> figures;     ///< given, and published by runs of earlier months
    std::map<std::string, plan::Value> parameters;
    std::string home;  ///< the division for which the home was made; empty: all of the plan
};

/// The inputs that count now for a run of `month`.
Inputs take_inputs(record::Connection& record, const std::filesystem::path& lake,
                   const std::filesystem::path& runs, const plan::Model& model, base::Month month);

/// SM3 over the inputs and the pack: it names the run.
std::string snapshot_digest(const plan::Model& model, const Inputs& inputs);

/// What is asked of the compiler for these inputs.
compile::Request request_of(const Inputs& inputs);

/// Opens an engine over a run's inputs: views of the ledgers, divisions, deliveries, exemptions.
/// @throws Failure (system) when a file of the lake is missing.
engine::Connection open_inputs(const plan::Model& model, const Inputs& inputs,
                               const engine::Settings& settings);

/// A figure's value from how it was kept; NULL where nothing was.
plan::Value figure_value(const plan::Model& model, const plan::Figure& figure,
                         const engine::Cell& written);

/// Known and unknown subjects, and the two sides of a ratio, as they were kept.
struct FigureCounts {
    engine::Cell known, unknown, numerator, denominator;
};
void set_counts(plan::Figure& figure, const FigureCounts& counts);

}  // namespace zs::run
