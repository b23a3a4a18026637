#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "compile/program.h"
#include "engine/connection.h"
#include "plan/model.h"
#include "plan/outcome.h"
#include "record/connection.h"
#include "run/snapshot.h"
#include "run/workplace.h"

namespace zs::run {

// What a run leaves in its folder, as Parquet: written while it is made, read when somebody asks.

/// Findings, and the wide rows of the subjects they are about.
void keep_findings(engine::Connection& connection, const compile::Program& program,
                   const std::string& run, const std::filesystem::path& folder);

/// Indicators and targets.
void keep_figures(engine::Connection& connection, const plan::Outcome& outcome,
                  const std::filesystem::path& folder);

/// How many subjects of each rule have each status.
void keep_counts(engine::Connection& connection, const plan::Outcome& outcome,
                 const std::filesystem::path& folder);

/// Divisions, exemptions and figures as they were, for `digest_again`.
void keep_inputs(engine::Connection& connection, const Inputs& inputs,
                 const std::filesystem::path& folder);

/// The pack's files as they are, once a digest. Somebody may be writing them: what is kept is what
/// was read.
/// @throws Failure (input) when the pack was changed since it was read.
void keep_pack(const plan::Model& model, const std::filesystem::path& runs, const Workplace& work);

/// Digests of the files in a folder, by name.
std::map<std::string, std::string> digests_in(const std::filesystem::path& folder);

/// The pack a run was made with, from its copy.
/// @throws Failure (input) when there is no such run; (system) when the copy cannot be read.
plan::Model model_of_run(record::Connection& record, const std::filesystem::path& runs,
                         const std::string& run);

/// What a run read, from its own copies and the batches noted with it.
Inputs inputs_of_run(record::Connection& record, const std::filesystem::path& lake,
                     const std::filesystem::path& runs, const plan::Model& model,
                     const std::string& run);

/// A file that a run kept, for who reads it.
/// @throws Failure (system) where it is gone or is not as it was written.
std::filesystem::path kept_file(record::Connection& record, const std::filesystem::path& runs,
                                const std::string& run, const std::string& file);

/// Files behind a run that are missing or were changed: its results and inputs, the pack's copy,
/// parts of the lake.
std::vector<std::string> damaged_files(record::Connection& record,
                                       const std::filesystem::path& lake,
                                       const std::filesystem::path& runs, const std::string& run);

}  // namespace zs::run
