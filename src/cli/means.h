#pragma once

#include <optional>
#include <string>

#include "base/month.h"
#include "cli/session.h"
#include "run/monthly.h"

namespace zs::cli {

/// How a computation is asked for on the command line.
struct MeansAsked {
    std::string engine = "duckdb", memory = "4GB";
    std::optional<int> threads;  ///< default: all cores
};

/// @throws Failure (input) for an engine that is not here, or no thread.
run::Means means_of(const MeansAsked& asked, ProgressBar& bar);

/// `--month`. @throws Failure (input) where it is no month.
base::Month month_asked(const std::string& text);

}  // namespace zs::cli
