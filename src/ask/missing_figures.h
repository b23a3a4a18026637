#pragma once

#include <filesystem>
#include <map>
#include <set>
#include <string>
#include <tuple>
#include <vector>

#include "ask/deliveries.h"
#include "ask/titles.h"
#include "plan/model.h"
#include "run/snapshot.h"

namespace zs::ask {

/// The target that a row of results speaks of; of `each` the one of its code. None where the pack
/// has none.
const plan::Target* target_of_row(const plan::Model& model, const std::string& target,
                                  const std::string& codes);

/// Why targets of a run have no figure: which label nobody ran, which official figure was not
/// imported, which ledger was not delivered.
class MissingFigures {
public:
    MissingFigures(const Runs& runs, const std::filesystem::path& lake, const plan::Model& model,
                   const std::string& run, const Titles& titles);

    /// In one sentence; empty where it has all its figures.
    std::string of_target(const std::string& target, const std::string& division,
                          const std::string& label);

private:
    struct Kept {
        bool has_value = false;
        std::int64_t unknown = 0;
    };
    struct At {
        std::string division;
        base::Month month;   ///< the label's last, or the run's where that is earlier
        bool whole = false;  ///< the label is over in that month
    };
    void of_indicator(const plan::Indicator& indicator, const At& at);
    void of_expression(const plan::Expression& expression, const At& at);
    void of_unknown(const plan::Indicator& indicator, const At& at);
    void of_own(const plan::Indicator& indicator, const At& at, const Kept& kept);
    std::vector<const plan::Ledger*> owed_ledgers_of(const plan::Indicator& indicator) const;
    void add(std::string cause);

    const plan::Model& model_;
    const Titles& titles_;
    Deliveries deliveries_;
    base::Month now_;
    const Kept* kept(const plan::Indicator& indicator, const At& at) const;

    /// By indicator as published, codes, division and label.
    std::map<std::tuple<std::string, std::string, std::string, std::string>, Kept> kept_;
    std::vector<std::string> causes_;
    int depth_ = 0;
};

/// A list of targets with `why` those without a figure have none; nothing for the others.
List with_causes(List targets, const plan::Model& model, MissingFigures& missing);

}  // namespace zs::ask
