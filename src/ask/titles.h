#pragma once

#include <map>
#include <string>
#include <vector>

#include "ask/list.h"
#include "plan/model.h"

namespace zs::ask {

/// How people read names and codes: titles of what the plan defines, names of places, fixed words
/// in the home's language. What it does not know it gives back as it is.
class Titles {
public:
    Titles(Language language, const plan::Model& model,
           const std::vector<plan::Division>& divisions);

    Language language() const { return language_; }
    std::string definition(const std::string& name) const;  ///< rules, indicators, targets, duties
    std::string ledger(const std::string& name) const;
    std::string grain(const std::string& name) const;
    std::string risk(const std::string& code) const;
    /// A status, a kind, a unit, a level.
    std::string word(const std::string& name) const;
    /// A division's name; where several of its level bear it, after that of the one above.
    std::string place(const std::string& code) const;
    /// `sex=f` of an indicator as `性别 女`.
    std::string codes(const std::string& indicator, const std::string& codes) const;
    /// A value of an indicator, or of a target's indicator: of the unit `ratio` as a percentage
    /// with two decimals, all else with two decimals at most.
    std::string figure(const std::string& definition, const std::string& digits) const;
    bool is_share(const std::string& definition) const;
    /// `12 months ago 1` as 近12个月（往前 1 个月）; in English as the pack writes it.
    std::string window(const std::string& written) const;
    /// The unit's word; empty of shares, which have their sign.
    std::string unit(const std::string& definition) const;

    /// A cell as people read it; of figures and groups, which need their row, as it is.
    std::string shown(const List::Column& column, const std::optional<std::string>& cell) const;
    /// One cell of a list as people read it.
    std::string shown(const List& list, std::size_t row, std::size_t column) const;
    std::string heading(const List::Column& column) const;
    /// The list with what programs read beside names and codes: `title` of what is defined,
    /// `place` of divisions (where the list does not name them itself).
    List beside(List list) const;

    template <typename... Parts>
    std::string say(const Phrase& phrase, const Parts&... parts) const {
        return said(language_, phrase, parts...);
    }

private:
    struct Definition {
        std::string title, unit;
    };
    /// Of a definition's row: the name of the rule, indicator, target or duty.
    static std::string defined_in(const List& list, std::size_t row);

    Language language_;
    std::map<std::string, Definition> definitions_;
    std::map<std::string, std::string> ledgers_, grains_, risks_, places_;
    /// By indicator and name of the split.
    std::map<std::pair<std::string, std::string>, std::map<std::string, std::string>> splits_;
    std::map<std::string, std::map<std::string, std::string>> code_lists_;
};

/// A share as people read it: `72.83%`; what is no number stays as it is.
std::string as_percentage(const std::string& digits);
/// At most so many decimals, half away from zero; what is no number stays as it is.
std::string rounded(const std::string& digits, int places);

}  // namespace zs::ask
