#include "interpret/places.h"

#include <algorithm>

namespace zs::interpret {

Places::Places(const plan::Model& model, const plan::Dataset& dataset) : model_(model) {
    for (const plan::Division& division : dataset.divisions)
        divisions_.emplace(division.code, division);
}

const plan::Division* Places::find(const std::string& code) const {
    const auto found = divisions_.find(code);
    return found == divisions_.end() ? nullptr : &found->second;
}

bool Places::in_force(const std::string& code, base::Month month) const {
    const plan::Division* division = find(code);
    return division != nullptr && (!division->since || *division->since <= month) &&
           (!division->until || month < *division->until);
}

std::vector<std::string> Places::of_level(const std::string& level, base::Month month) const {
    std::vector<std::string> codes;
    for (const auto& [code, division] : divisions_) {
        const plan::Level* its_level = model_.level_of_code(code);
        if (code != "00" && its_level != nullptr && its_level->name == level &&
            in_force(code, month))
            codes.push_back(code);
    }
    return codes;
}

std::vector<std::string> Places::statutory(const std::string& code) const {
    std::vector<std::string> chain;
    for (const plan::Level& level : model_.levels)
        if (static_cast<std::size_t>(level.digits) < code.size())
            chain.push_back(code.substr(0, static_cast<std::size_t>(level.digits)));
    std::reverse(chain.begin(), chain.end());
    chain.insert(chain.begin(), code);
    return chain;
}

std::set<std::string> Places::above(const std::string& code) const {
    std::set<std::string> all;
    for (const std::string& up : statutory(code)) all.insert(up);
    for (const std::string& up : roll_up(code)) all.insert(up);
    return all;
}

std::vector<std::string> Places::roll_up(const std::string& code) const {
    std::vector<std::string> chain;
    for (std::string at = code;
         !at.empty() && std::find(chain.begin(), chain.end(), at) == chain.end();) {
        chain.push_back(at);
        const plan::Division* division = find(at);
        const std::vector<std::string> up = statutory(at);
        if (division != nullptr && !division->reporting_parent.empty())
            at = division->reporting_parent;
        else
            at = up.size() > 1 ? up[1] : "";
    }
    return chain;
}

}  // namespace zs::interpret
