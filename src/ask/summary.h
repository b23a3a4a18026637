#pragma once

#include <map>
#include <string>
#include <vector>

#include "ask/results.h"
#include "plan/model.h"

namespace zs::ask {

/// What a county officer asks first of a run, by place.
struct Summary {
    std::string run, division, name;
    base::Month month;
    std::string before;  ///< the run of an earlier month compared with; empty: none
    base::Month before_month;

    struct Figure {
        std::string indicator, title, unit;
        std::string now, then;  ///< empty: no data
        std::int64_t unknown = 0;
    };
    std::vector<Figure> below;  ///< indicators of the clauses on the monitoring line

    struct Due {
        std::string rule, title;
        std::map<std::string, std::int64_t> by_status;
        std::string lacking;  ///< yuan due and not come, of those with an amount
    };
    std::vector<Due> entitlements;

    struct Count {
        std::string name, title;
        std::int64_t n = 0;
    };
    std::vector<Count> clues_by_risk, doubts;
    std::map<std::string, std::int64_t> targets_by_status;
    std::vector<std::string> missed;  ///< titles of targets missed or behind
    std::vector<Count> undelivered;   ///< ledger; places that owe the month
    std::vector<Count> unknown;       ///< rules with most subjects unknown
};

/// @throws Failure (input) where there is no run.
Summary summary(const Runs& runs, const std::filesystem::path& lake, const std::string& run,
                const std::string& division);

}  // namespace zs::ask
