#pragma once

#include <atomic>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "compile/program.h"
#include "lake/snapshot.h"
#include "plan/model.h"
#include "plan/outcome.h"
#include "record/connection.h"
#include "run/execute.h"

namespace zs::run {

/// Everything a run reads, fixed at one moment. Its digest names the run.
struct Inputs {
    base::Month month;
    lake::Snapshot lake;
    std::vector<plan::Division> divisions;
    std::vector<plan::Exempted> exempted;  ///< not revoked, of all months
    std::vector<plan::Figure> figures;     ///< given, and published by runs of earlier months
    std::map<std::string, plan::Value> parameters;
};

/// How it is computed; none of it changes a result.
struct Means {
    std::string memory = "4GB";
    int threads = 2;
    Progress progress;
    const std::atomic<bool>* cancelled = nullptr;
};

struct Answer {
    std::string run, snapshot, digest, engine;
    base::Month month;
    double seconds = 0;
    std::int64_t rows_read = 0;
    std::int64_t findings = 0;
    plan::Outcome outcome;  ///< without the findings: they are kept in the run's folder
};

/// What is asked of the compiler for these inputs.
compile::Request request_of(const Inputs& inputs);

/// The inputs that count now for a run of `month`.
Inputs take_inputs(record::Connection& record, const std::filesystem::path& lake,
                   const std::filesystem::path& runs, const plan::Model& model, base::Month month);

/// Computes a run in a folder of its own below `runs` and moves it to its place, `runs/RUN`; then
/// notes it in the record, with the audit entry, in one transaction. What fails or is cancelled
/// leaves nothing. A snapshot that was run before is the same run, published once more.
/// @throws Failure (input) for a month outside the plan's, a parameter without value, an overflow.
Answer run_month(record::Connection& record, const std::filesystem::path& runs,
                 const plan::Model& model, const Inputs& inputs, const Means& means,
                 const std::string& by, const std::string& at);

/// What a run read, from its own copies and the batches noted with it.
Inputs inputs_of_run(record::Connection& record, const std::filesystem::path& lake,
                     const std::filesystem::path& runs, const plan::Model& model,
                     const std::string& run);

/// Files behind a run that are missing or were changed: its results and inputs, the pack's copy,
/// parts of the lake.
std::vector<std::string> damaged_files(record::Connection& record,
                                       const std::filesystem::path& lake,
                                       const std::filesystem::path& runs, const std::string& run);

/// Computes again from the run's own snapshot; the digest that comes out.
std::string digest_again(record::Connection& record, const std::filesystem::path& lake,
                         const std::filesystem::path& runs, const std::string& run,
                         const Means& means);

/// The pack a run was made with, from its copy.
plan::Model model_of_run(record::Connection& record, const std::filesystem::path& runs,
                         const std::string& run);

/// Opens an engine over a run's inputs: views of the ledgers, divisions, deliveries, exemptions.
engine::Connection open_inputs(const plan::Model& model, const Inputs& inputs,
                               const engine::Settings& settings);

}  // namespace zs::run
