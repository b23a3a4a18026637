#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "ask/results.h"
#include "guard/keys.h"
#include "intake/held_about.h"
#include "plan/model.h"

namespace zs::ask {

/// One household whole: who it is, its members, every row about it or them, what the latest run
/// said.
struct Household {
    std::string household, division, name;  ///< key; division's code and name, empty where unknown
    std::string run;                        ///< the latest; empty: none yet
    base::Month month;                      ///< of that run, or the plan's last: as of its end

    struct Cell {
        List::Column column;  ///< of its field
        std::optional<std::string> value;
    };
    struct Member {
        std::string grain, key;
        std::vector<Cell> cells;
    };
    std::vector<Cell> cells;  ///< of its own register
    std::vector<Member> members;

    struct Rows {
        std::string ledger, title;
        List rows;
    };
    std::vector<Rows> ledgers;  ///< those with rows about it or its members, all that count now

    struct Feature {
        std::string grain, subject, name, title, window;
        std::optional<std::string> value;
        List::Kind kind = List::Kind::text;
    };
    std::vector<Feature> features;  ///< of those of them that the latest run found something about
    List findings;
    std::vector<intake::HeldAbout> held;  ///< rows about it or its members that were not taken
};

/// How identity is shown: masked (41**************12), or whole.
struct Showing {
    const guard::Keys& keys;
    bool reveal = false;
};

/// `asked` is a household's key, a member's, or the ID number of either.
/// @throws Failure (input) where no register knows it; the text never holds the number.
Household household(const Runs& runs, const std::filesystem::path& lake, const plan::Model& model,
                    const std::string& asked, const Showing& showing);

}  // namespace zs::ask
