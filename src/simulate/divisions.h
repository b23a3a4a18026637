#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace zs::simulate {

/// A row of the divisions' file: `code,name[,since,until,reporting_parent]`.
struct Division {
    std::string code;
    std::string name;
    std::string reporting_parent = {};  ///< empty: the one its code begins with
};

/// A village of the population to be made, with its share of the households.
struct Settlement {
    Division village;
    Division town;
    std::int64_t households = 0;
};

/// A county's villages, in the order of their codes.
struct CountyPlan {
    Division county;
    std::string city;     ///< city code, 4 digits
    bool lifted = false;  ///< one of the 53 counties once registered poor (a list from memory)
    std::vector<Settlement> settlements;
};

/// The rows of a divisions' file.
/// @throws Failure (input) when it cannot be read or has no `code` and `name`.
std::vector<Division> read_divisions(const std::filesystem::path& csv);

/// The counties and villages in `division` (any level), with no households yet.
/// @throws Failure (input) when the table knows no such division or no village in it.
std::vector<CountyPlan> counties_within(const std::vector<Division>& divisions,
                                        std::string_view division);

/// Spreads `households` over the villages by the weight of their counties and kinds, exactly; each
/// village has some as long as there are enough for all.
void apportion(std::vector<CountyPlan>& counties, std::int64_t households);

/// As many households as such villages have: about 110 registered a village in a lifted county and
/// 42 elsewhere, a fifth of that in an urban community (see the README of this room).
std::int64_t full_scale(const std::vector<CountyPlan>& counties);

}  // namespace zs::simulate
