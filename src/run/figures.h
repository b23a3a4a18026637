#pragma once

#include <set>
#include <string>
#include <vector>

#include "plan/model.h"
#include "plan/outcome.h"

namespace zs::run {

/// What indicators over indicators, and targets, are computed from.
struct FigureSources {
    base::Month month;
    const std::vector<plan::Division>* divisions = nullptr;
    const std::vector<plan::Figure>* figures = nullptr;        ///< published and given ones
    const std::map<std::string, plan::Value>* parameters = nullptr;  ///< replaced
};

/// Labels this run's own indicator values, adds given figures and indicators over indicators for
/// every label of the plan so far, and judges the targets (PACK.md, 6). `outcome.indicators` holds
/// the run's own values; all else is appended.
void add_figures_and_targets(const plan::Model& model, const FigureSources& sources, plan::Outcome& outcome);

/// The label of the period that holds a month: 2024-09, 2024, 2024s.
std::string label_text(plan::Period period, base::Month month, const plan::Calendar& calendar);
std::string period_text(plan::Period period);

}  // namespace zs::run
