#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "plan/model.h"

namespace zs::interpret {

/// The divisions of a run: which are in force in its month, what lies above what.
class Places {
public:
    Places(const plan::Model& model, const plan::Dataset& dataset);

    /// Nothing where the division is not known.
    const plan::Division* find(const std::string& code) const;
    bool in_force(const std::string& code, base::Month month) const;
    /// Codes of a level in force in a month, sorted.
    std::vector<std::string> of_level(const std::string& level, base::Month month) const;
    /// The division itself and those above it by digits, nearest first.
    std::vector<std::string> statutory(const std::string& code) const;
    /// The division itself and all above it: by digits, and those to which its figures roll up.
    std::set<std::string> above(const std::string& code) const;
    /// The division itself and those to which its figures roll up: the reporting parent where there
    /// is one, else the statutory.
    std::vector<std::string> roll_up(const std::string& code) const;

private:
    const plan::Model& model_;
    std::map<std::string, plan::Division> divisions_;
};

}  // namespace zs::interpret
