#pragma once

#include <array>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "plan/value.h"

namespace zs::plan {

/// What a rule found about one subject. Kept: clues and checks that fired, entitlements other than
/// satisfied, pending, none; and what is exempted.
struct Finding {
    std::string rule, kind, grain;
    std::string subject;                  ///< several key fields as `p1/2024-05`
    std::string division;                 ///< empty where the subject leads to none
    std::string status;                   ///< fired, gap, …, exempted
    std::optional<base::Decimal> amount;  ///< money or count; entitlements
    std::optional<base::Decimal> received;
    std::optional<base::Decimal> score;  ///< checks, six decimals
    std::string severity, risk, say;
};

/// Counts of one rule over the subjects looked at, by status: fired, clear, unknown, exempted; or
/// satisfied, late, pending, short, gap, excess, improper, unknown, none, exempted.
struct RuleCount {
    std::string rule, kind;
    std::map<std::string, std::int64_t> by_status;
};

struct IndicatorValue {
    std::string indicator;
    std::string period;  ///< month, year, calendar_year, school_term
    std::string label;   ///< 2024-09, 2024, 2024s
    bool whole = false;
    std::string level, division, name;
    std::string codes;             ///< `sex=f`, several joined by `,`; empty: all together
    Value value;                   ///< NULL: no data
    Value numerator, denominator;  ///< NULL without `per`
    std::optional<std::int64_t> known, unknown;
    /// Of an indicator over the rows of a ledger that is owed: those below the place who owe the
    /// period and have not delivered it.
    std::optional<std::int64_t> undelivered;
    std::string unit;
    bool no_data = false;  ///< under min_known or min_delivered
};

struct TargetState {
    std::string target, division, label;
    Value value, bound, gap;
    std::string status;   ///< met, missed, on_track, behind, no_data
    std::string codes{};  ///< of a target of `each`: `income_kind=wage`
};

/// All that a run finds.
struct Outcome {
    std::vector<Finding> findings;
    std::vector<RuleCount> counts;
    std::vector<IndicatorValue> indicators;
    std::vector<TargetState> targets;
    std::int64_t orphans = 0;
    std::int64_t unknown_rows = 0;  ///< rows left out because a `where` was NULL, at each reading
    /// By feature (`person.wage`): such rows in its largest window; by grain: those of no subject.
    std::map<std::string, std::int64_t> left_out;
};

}  // namespace zs::plan
