#pragma once

#include <cstdint>
#include <random>
#include <string>
#include <vector>

namespace zs::random {

/// Chance from a seed: the same numbers on every machine.
class Chance {
public:
    explicit Chance(std::uint64_t seed) : engine_(seed) {}

    /// From `low` to `high`, both included.
    int number(int low, int high) {
        return low + static_cast<int>(engine_() % static_cast<std::uint64_t>(high - low + 1));
    }
    /// True `percent` times in a hundred.
    bool happens(int percent) { return number(1, 100) <= percent; }

    template <typename T>
    const T& one_of(const std::vector<T>& items) {
        return items[static_cast<std::size_t>(number(0, static_cast<int>(items.size()) - 1))];
    }
    std::string word(const std::vector<std::string>& words) { return one_of(words); }

private:
    std::mt19937_64 engine_;
};

}  // namespace zs::random
