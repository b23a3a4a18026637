#pragma once

#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "random_expression.h"

namespace zs::random {

using Window = Name::Window;

/// Writes one made-up pack, block kind by block kind.
class PackWriter {
public:
    explicit PackWriter(std::uint64_t seed)
        : chance_(seed),
          writer_(chance_),
          corner_chance_(seed + 2'000'003),
          corner_writer_(corner_chance_),
          owed_chance_(seed + 3'000'017),
          payer_chance_(seed + 4'000'037),
          month_chance_(seed + 6'000'037) {}
    std::vector<std::pair<std::string, std::string>> written();

private:
    void code_lists();
    void registries();
    void ledgers();
    void grains();
    void parameters();
    void features();
    void feature_from(const Source& source, const std::string& grain);
    void feature_expression(const std::string& grain);
    void feature_peers(const std::string& grain);
    void rules();
    void rule(const std::string& grain);
    void entitlement(const std::string& grain);
    void indicators();
    void targets();
    void target_columns();
    void counts();
    void each();
    void source_grains();
    void see_from_periods();
    void corners(const std::string& grain);

    Scope scope_of(const std::string& grain);
    /// A household that the row itself names is not the one that its village answers for.
    bool lands_by_payer(const Source& source, const std::string& grain) const {
        return has_payer_ && source.name == "work" && grain == "household";
    }
    bool is_every(const std::string& grain) const { return every_.contains(grain); }
    std::string next(const std::string& stem) { return stem + std::to_string(++count_); }
    void add(const std::string& text) { text_ += text; }
    std::string delivery();
    Gives any_kind() {
        return chance_.one_of(std::vector<Gives>{Gives::truth, Gives::integer, Gives::money,
                                                 Gives::decimal, Gives::quotient, Gives::text,
                                                 Gives::months, Gives::kind, Gives::month});
    }

    Chance chance_;
    ExpressionWriter writer_;
    Chance corner_chance_;
    ExpressionWriter corner_writer_;
    Chance owed_chance_;
    Chance payer_chance_;
    Chance month_chance_;
    bool has_payer_ = false;  ///< rows of work name a household of their own
    std::string text_;
    int count_ = 0;
    std::map<std::string, std::vector<Name>> names_;  ///< what can be named at each grain
    std::set<std::string> every_;
    std::vector<Source> sources_;
    std::set<std::string> owed_;  ///< grains whose subjects are made by rows that are owed
};

}  // namespace zs::random
