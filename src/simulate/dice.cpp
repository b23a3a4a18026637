#include "simulate/dice.h"

#include "base/failure.h"

namespace zs::simulate {

namespace {

// SplitMix64's finaliser (Steele, Lea, Flood 2014).
std::uint64_t mixed(std::uint64_t z) {
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9U;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebU;
    return z ^ (z >> 31);
}

constexpr std::uint64_t golden = 0x9e3779b97f4a7c15U;

}  // namespace

Dice::Dice(std::uint64_t seed, Matter matter, std::initializer_list<std::uint64_t> about)
    : state_(mixed(seed + golden)) {
    state_ = mixed(state_ ^ (static_cast<std::uint64_t>(matter) + golden));
    for (const std::uint64_t part : about) state_ = mixed(state_ + golden) ^ mixed(part + golden);
}

std::uint64_t Dice::next() {
    state_ += golden;
    return mixed(state_);
}

double Dice::unit() { return static_cast<double>(next() >> 11) * 0x1.0p-53; }

double Dice::between(double low, double high) { return low + (high - low) * unit(); }

int Dice::whole(int low, int high) {
    ZS_INVARIANT(low <= high, "a range is not empty");
    return low + static_cast<int>(unit() * (high - low + 1));
}

bool Dice::chance(double probability) { return unit() < probability; }

double Dice::spread() {
    // Twelve uniforms: sums only, so the same bits on every machine.
    double sum = -6.0;
    for (int i = 0; i < 12; ++i) sum += unit();
    return sum;
}

std::size_t Dice::pick(std::span<const double> weights) {
    double total = 0;
    for (const double weight : weights) total += weight;
    double at = unit() * total;
    for (std::size_t i = 0; i < weights.size(); ++i) {
        at -= weights[i];
        if (at < 0) return i;
    }
    return weights.size() - 1;
}

std::size_t Dice::pick(std::initializer_list<double> weights) {
    return pick(std::span<const double>(weights.begin(), weights.size()));
}

}  // namespace zs::simulate
