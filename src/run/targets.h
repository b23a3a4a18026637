#pragma once

#include "run/figure_reader.h"

namespace zs::run {

/// A target at every place it has, for every year of the plan up to the run's month (PACK.md, 6).
std::vector<plan::TargetState> target_states(const plan::Model& model, const FigureSources& sources,
                                             const plan::Target& target, FigureReader& figures);

}  // namespace zs::run
