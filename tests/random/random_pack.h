#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "plan/check.h"

namespace zs::random {

/// A made-up pack and data for one run of it, both from the seed alone. The pack has registries
/// with a parent, ledgers and registers of several periods (owed by divisions, by households, or by
/// nobody),
/// grains of all forms, features of all kinds, rules, indicators and targets; the data has NULLs,
/// movers, subjects gone and orphaned, divisions that end or report elsewhere, deliveries missing,
/// rows of later months, exemptions and figures.
struct RandomCase {
    std::uint64_t seed = 0;
    std::vector<std::pair<std::string, std::string>> files;
    plan::Checked checked;  ///< the dataset speaks of its model; it should be ok()
    plan::Dataset dataset;
};

RandomCase make(std::uint64_t seed);

/// Seed, pack and faults as a failing test prints them; the rows of the dataset too.
std::string shown(const RandomCase& random_case);

/// Data for a run of a pack that `write_pack` wrote.
plan::Dataset make_data(const plan::Model& model, std::uint64_t seed);
/// plan.toml and one Markdown file.
std::vector<std::pair<std::string, std::string>> write_pack(std::uint64_t seed);

}  // namespace zs::random
