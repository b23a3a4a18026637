#pragma once

#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace zs::base {

/// Divisions that report elsewhere than to the one their code begins with: code, reporting parent.
using ReportingParents = std::vector<std::pair<std::string, std::string>>;

/// What `--division D` means everywhere: D and all that lies below it, by code, and what reports to
/// D or to one of these. Given as beginnings of codes, D's first among them.
std::set<std::string> division_roots(const std::string& division,
                                     const ReportingParents& reporting);

/// The code begins with one of the roots.
bool lies_under(const std::set<std::string>& roots, std::string_view code);

}  // namespace zs::base
