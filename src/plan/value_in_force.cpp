#include "plan/value_in_force.h"

#include <algorithm>

#include "plan/number.h"

namespace zs::plan {

namespace {

/// The code of the division above; empty above the highest level.
std::string above(const Model& model, const std::string& division) {
    std::size_t digits = 0;
    for (const Level& level : model.levels)
        if (static_cast<std::size_t>(level.digits) < division.size())
            digits = std::max(digits, static_cast<std::size_t>(level.digits));
    return division.substr(0, digits);
}

}  // namespace

std::optional<Value> value_in_force(const Model& model, const Parameter& parameter,
                                    std::string division, const std::string& item,
                                    const Value& step, base::Month month) {
    for (;;) {
        const ParameterValue* best = nullptr;
        bool any = false;
        const auto is_better = [&](const ParameterValue& v) {
            if (best == nullptr) return true;
            if (v.at && *v.at != *best->at) return *v.at > *best->at;
            return v.from > best->from;
        };
        for (const ParameterValue& v : parameter.values) {
            if (v.division != division || v.item != item || v.from > month) continue;
            any = true;
            const bool is_reached = !v.at || compared(Value(*v.at), step) <= 0;
            if (is_reached && is_better(v)) best = &v;
        }
        if (best != nullptr) return best->value;
        if (any || division.empty()) return std::nullopt;
        division = above(model, division);
    }
}

}  // namespace zs::plan
