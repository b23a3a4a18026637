#include "interpret/interpret.h"

#include "interpret/evaluation.h"

namespace zs::interpret {

plan::Outcome Evaluation::outcome() {
    plan::Outcome outcome;
    for (const plan::Rule& rule : model_.rules) find(rule, outcome);
    for (const plan::Indicator& indicator : model_.indicators)
        for (plan::IndicatorValue row : own_values(indicator)) {
            row.indicator = indicator.published_name();
            row.codes = indicator.published_codes(row.codes);
            outcome.indicators.push_back(std::move(row));
        }
    for (const plan::Target& target : model_.targets)
        for (plan::TargetState& state : target_states(target)) {
            state.target = target.published_name();
            state.codes = target.published_codes();
            outcome.targets.push_back(std::move(state));
        }
    outcome.orphans = orphans();
    outcome.unknown_rows = unknown_rows_;
    return outcome;
}

/// Without a window: the subject's own period, or as of the run's month.
plan::Value Evaluation::feature_at(const std::string& grain_name, const std::string& name,
                                   const std::optional<std::string>& code,
                                   const std::optional<plan::Window>& window,
                                   const std::string& key) {
    const plan::Grain& grain = *model_.grain(grain_name);
    const plan::Feature& read = *model_.feature(grain_name, name);
    const auto thing = thing_with_key(grain, key);
    if (!thing) return {};
    doing_ = "feature '" + grain_name + "." + name + "'";
    doing_place_ = division_of(*thing);
    Seen over = own_window(*thing);
    if (read.over) over = seen(*read.over, anchor(*thing));
    if (window) over = seen(*window, anchor(*thing));
    return feature(read, code.value_or(""), *thing, over, false).value;
}

plan::Outcome interpret(const plan::Model& model, const plan::Dataset& dataset) {
    return Evaluation(model, dataset).outcome();
}

plan::Value feature_value(const plan::Model& model, const plan::Dataset& dataset,
                          const FeatureAsked& asked) {
    return Evaluation(model, dataset)
        .feature_at(asked.grain, asked.feature, asked.code, asked.window, asked.subject);
}

}  // namespace zs::interpret
