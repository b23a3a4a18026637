#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <span>

namespace zs::simulate {

/// What a throw is about. Each matter of an entity has dice of its own, so that a new question
/// asked of one changes nothing for another.
enum class Matter : std::uint64_t {
    household,
    person,
    name,
    village,
    county,
    chronicle,
    work,
    farm,
    benefit,
    medical,
    safety_net,
    monitoring,
    measure,
    invention,
    fault,
    delivery,
    enterprise,
    project,
    fund,
    schooling,
    comparison
};

/// Random numbers that depend on the seed and on what they are about, and on nothing else: not on
/// the order of work, the number of threads, or the library's distributions.
class Dice {
public:
    /// Dice for one matter of one entity, told by numbers (village code, household, month …).
    Dice(std::uint64_t seed, Matter matter, std::initializer_list<std::uint64_t> about);

    std::uint64_t next();
    double unit();                            ///< in [0, 1)
    double between(double low, double high);  ///< in [low, high)
    int whole(int low, int high);             ///< low and high included
    bool chance(double probability);
    double spread();  ///< bell-shaped, mean 0, deviation 1, within ±6
    std::size_t pick(std::span<const double> weights);  ///< an index, by weight
    std::size_t pick(std::initializer_list<double> weights);

private:
    std::uint64_t state_;
};

}  // namespace zs::simulate
