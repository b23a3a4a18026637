#pragma once

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <string>

#include "plan/outcome.h"
#include "run/execute.h"
#include "run/snapshot.h"

namespace zs::run {

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

/// Computes a run in a folder of its own below `runs` and moves it to its place, `runs/RUN`; then
/// notes it in the record, with the audit entry, in one transaction. What fails or is cancelled
/// leaves nothing. A snapshot that was run before is the same run, published once more.
/// @throws Failure (input) for a month outside the plan's, a parameter without value, an overflow.
Answer run_month(record::Connection& record, const std::filesystem::path& runs,
                 const plan::Model& model, const Inputs& inputs, const Means& means,
                 const std::string& by, const std::string& at);

/// Computes again from the run's own snapshot; the digest that comes out.
std::string digest_again(record::Connection& record, const std::filesystem::path& lake,
                         const std::filesystem::path& runs, const std::string& run,
                         const Means& means);

}  // namespace zs::run
