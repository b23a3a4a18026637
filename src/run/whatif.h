#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "run/monthly.h"

namespace zs::run {

/// Whom a rule touches in a place: a clue or check that fires; an entitlement for which somebody is
/// eligible, whatever has come of it (pending too), and who is not exempted. Households and persons
/// are those subjects, or those their subjects belong to; of a household its members. Nothing where
/// the rule's grain leads to none. Cost: the amounts of those eligible, in yuan.
struct Affected {
    std::int64_t subjects = 0;  ///< of the rule's own grain
    std::optional<std::int64_t> households;
    std::optional<std::int64_t> persons;
    base::Decimal cost{0, 2};
};

struct Effect {
    std::string rule, kind, division;
    Affected before, after;
};

/// Every rule at every division of every level that has subjects, before and after parameters are
/// replaced; only at those that begin with one of `below`, unless it is empty. Publishes nothing.
std::vector<Effect> what_if(const std::filesystem::path& runs, const plan::Model& model,
                            const Inputs& inputs, const std::map<std::string, plan::Value>& set,
                            const Means& means, const std::set<std::string>& below);

}  // namespace zs::run
