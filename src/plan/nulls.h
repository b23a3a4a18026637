#pragma once

#include <map>
#include <set>
#include <string>

#include "plan/model.h"

namespace zs::plan {

/// Where the pack lets a value be NULL: a field that is not required, a feature over what may not
/// have been delivered, a quotient. It takes into account what a condition rules out.
class Nulls {
public:
    /// Columns that are known not to be NULL, by a text that is theirs alone.
    using Known = std::set<std::string>;

    explicit Nulls(const Model& model) : model_(model) {}

    /// Whether an argument of an aggregate in `feature`, which has a `from`, can be NULL in a row
    /// that its `where` and the aggregate's `filter` let pass.
    bool in_argument(const Feature& feature, const Expression& aggregate,
                     const Expression& argument);

private:
    bool possible(const Expression& e, const Feature& at, const Known& known);
    bool in_call(const Expression& e, const Feature& at, const Known& known);
    bool in_case(const Expression& e, const Feature& at, Known known);
    bool in_aggregate(const Expression& e, const Feature& at);
    bool in_field(const Expression& e, const Feature& at) const;
    bool in_feature(const Feature& feature);

    const Model& model_;
    std::map<const Feature*, bool> features_;  ///< false while it is being worked out
};

}  // namespace zs::plan
