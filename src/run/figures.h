#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "plan/model.h"
#include "plan/number.h"
#include "plan/outcome.h"

namespace zs::run {

/// What indicators over indicators, and targets, are computed from.
struct FigureSources {
    base::Month month;
    const std::vector<plan::Division>* divisions = nullptr;
    const std::vector<plan::Figure>* figures = nullptr;              ///< published and given ones
    const std::map<std::string, plan::Value>* parameters = nullptr;  ///< replaced
    /// Of targets with `where`: by target and division, true, or NULL where it is not known.
    const std::map<std::pair<std::string, std::string>, plan::Value>* placed = nullptr;
    const std::set<std::string>* only =
        nullptr;  ///< indicators and targets to compute; absent: all
    std::string home{};  ///< the division for which the home was made; empty: all of the plan
};

/// Labels this run's own indicator values, adds given figures and indicators over indicators for
/// every label of the plan so far, and judges the targets (PACK.md, 6). `outcome.indicators` holds
/// the run's own values; all else is appended.
void add_figures_and_targets(const plan::Model& model, const FigureSources& sources,
                             plan::Outcome& outcome);

}  // namespace zs::run
