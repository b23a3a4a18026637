#pragma once

#include <algorithm>
#include <cstddef>
#include <vector>

namespace zs::compile {

/// How many SELECTs one statement unites. What an engine needs to plan a statement grows with the
/// square of them, so that of a thousand rules many small statements are read, not one large one.
constexpr std::size_t parts_max = 32;

/// A list cut into lists of at most `parts_max`.
template <typename T>
std::vector<std::vector<T>> in_parts(const std::vector<T>& all) {
    std::vector<std::vector<T>> parts;
    for (std::size_t from = 0; from < all.size(); from += parts_max) {
        const auto begin = all.begin() + static_cast<std::ptrdiff_t>(from);
        const auto left = static_cast<std::ptrdiff_t>(std::min(parts_max, all.size() - from));
        parts.emplace_back(begin, begin + left);
    }
    return parts;
}

}  // namespace zs::compile
