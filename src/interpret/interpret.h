#pragma once

#include <optional>
#include <string>

#include "plan/model.h"
#include "plan/outcome.h"

namespace zs::interpret {

/// What a run of a checked pack finds in a dataset, by PACK.md and ADR 1 alone: plain, slow, value
/// by value. The truth against which what `compile` writes is tested.
///
/// Findings and counts come in the order of the pack's rules, subjects by key; indicator rows by
/// level, division, codes; derived ones by label first. Of given indicators there are no rows.
/// `unknown_rows` counts, for each feature with a window and subject that was asked for, the rows
/// left out.
/// @throws Failure (input) where a number has more digits than its type keeps, or a parameter finds
/// no value; it names the rule or parameter, the month and one division.
plan::Outcome interpret(const plan::Model& model, const plan::Dataset& dataset);

/// A feature to look at: of which grain, of which code (a column a code), over which window (where
/// it has none of its own), for which subject (several key fields as `p1/2024-05`).
struct FeatureAsked {
    std::string grain, feature;
    std::optional<std::string> code;
    std::optional<plan::Window> window;
    std::string subject;
};

/// One value of a feature; NULL where there is no such subject. Fails as `interpret` does.
plan::Value feature_value(const plan::Model& model, const plan::Dataset& dataset,
                          const FeatureAsked& asked);

struct ExampleResult {
    bool passed = false;
    std::string says;  ///< what is tested, and the words after the colon
    std::string
        why;  ///< what was expected and what was found, or the failure; empty where it passed
};

/// One example of the pack. One that expects errors of the pack itself is judged where the pack is
/// checked: here it does not pass.
ExampleResult run_example(const plan::Model& model, const plan::Example& example);

}  // namespace zs::interpret
