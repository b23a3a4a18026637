#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "run/monthly.h"

namespace zs::run {

/// Whom a rule touches in a place: a clue or check that fires; an entitlement that is due (all but
/// none, unknown, improper). Households and persons are those subjects, or those their subjects
/// belong to; of a household grain the persons are its members. Cost: the amounts due, in yuan.
struct Affected {
    std::int64_t households = 0;
    std::int64_t persons = 0;
    base::Decimal cost{0, 2};
};

struct Effect {
    std::string rule, kind, division;
    Affected before, after;
};

/// Every rule at every division of every level that has subjects, before and after parameters are
/// replaced. Publishes nothing.
std::vector<Effect> what_if(const std::filesystem::path& runs, const plan::Model& model,
                            const Inputs& inputs, const std::map<std::string, plan::Value>& set,
                            const Means& means, const std::string& below);

}  // namespace zs::run
