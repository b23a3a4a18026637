#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "base/month.h"

namespace zs::simulate {

/// What population to make.
struct Request {
    std::filesystem::path divisions;         ///< `code,name[,since,until,reporting_parent]`
    std::string division;                    ///< whose people; any level
    std::optional<std::int64_t> households;  ///< in all; nothing: as many as such villages have
    base::Month first;                       ///< months asked for …
    base::Month last;                        ///< … both included
    std::uint64_t seed = 0;
    std::filesystem::path output;                ///< a folder that is new or empty
    std::optional<std::filesystem::path> truth;  ///< likewise; nothing: the truth is not told
};

/// What was made.
struct Report {
    std::int64_t villages = 0;
    std::int64_t households = 0;
    std::int64_t persons = 0;
    std::int64_t files = 0;
    std::int64_t rows = 0;
    base::Month history;  ///< first month of the files: 23 before `first`
};

/// Called after each village: villages done, villages in all.
using Progress = std::function<void(std::int64_t done, std::int64_t all)>;

/// Makes a population on real divisions and writes its departments' files, month by month, ready to
/// import in the order of `manifest.csv`; the truth apart. The same request gives the same bytes.
/// Income years need a past: files begin 23 months before `first`.
/// @throws Failure (input) for an unknown division, months the wrong way round, fewer households
/// than one, a folder that is not empty; (system) when the disk is full.
Report simulate(const Request& request, const Progress& progress = {});

}  // namespace zs::simulate
