#include "base/division.h"

#include <algorithm>

namespace zs::base {

std::set<std::string> division_roots(const std::string& division,
                                     const ReportingParents& reporting) {
    std::set<std::string> roots{division};
    for (bool grown = true; grown;) {
        grown = false;
        for (const auto& [code, parent] : reporting)
            if (lies_under(roots, parent)) grown = roots.insert(code).second || grown;
    }
    return roots;
}

bool lies_under(const std::set<std::string>& roots, std::string_view code) {
    return std::any_of(roots.begin(), roots.end(),
                       [&](const std::string& root) { return code.starts_with(root); });
}

}  // namespace zs::base
