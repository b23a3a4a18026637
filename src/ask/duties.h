#pragma once

#include <filesystem>
#include <string>

#include "ask/results.h"

namespace zs::ask {

struct DutyFilter {
    std::string run, name, division, status;
};

/// Duties as of a run: for each place of the duty's level, each unit that answers for it and each
/// period of the plan so far, whether and when its evidence had come. A row of the evidence counts
/// for the place in which it lies and the period that holds it; with the `least`-th the duty is
/// done: `satisfied`, or `late` after its due day; else `pending` until that day, then `short`
/// (something came) or `gap`. Columns: duty, division, unit, period, due, arrived, status.
List duties(const Runs& runs, const std::filesystem::path& lake, const DutyFilter& filter);

}  // namespace zs::ask
