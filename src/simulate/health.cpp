#include <array>

#include <fmt/format.h>

#include "simulate/course.h"
#include "simulate/family.h"

namespace zs::simulate {

namespace {

using base::Date;
using base::Month;

// What a stay or visit costs in all, by share of cases: a long tail.
double bill(double at) {
    struct Step {
        double share, yuan;
    };
    constexpr std::array<Step, 8> steps = {{{0, 300},
                                            {0.4, 1800},
                                            {0.7, 4500},
                                            {0.88, 9500},
                                            {0.96, 22000},
                                            {0.99, 60000},
                                            {0.998, 140000},
                                            {1.0, 330000}}};
    for (std::size_t i = 1; i < steps.size(); ++i)
        if (at <= steps[i].share)
            return steps[i - 1].yuan + (steps[i].yuan - steps[i - 1].yuan) *
                                           (at - steps[i - 1].share) /
                                           (steps[i].share - steps[i - 1].share);
    return steps.back().yuan;
}

void settle(Scene& scene, Household& household, const Person& person, Month month, int number,
            double total, double share, Dice& dice) {
    const Fen sum = static_cast<Fen>(total) * 100;
    const Fen self = static_cast<Fen>(total * share) * 100;
    const Date day = *Date::of(month.year(), month.month_of_year(), dice.whole(1, 28));
    household.accounts[scene.setting.index(month)].rigid += self;
    scene.file(Ledger::medical, month,
               {person.id,
                fmt::format("Y{}{:02}{}{}", month.year(), month.month_of_year(),
                            person.key.substr(7), number),
                base::text(day), money(sum), money(self)});
}

void school_costs(const Scene& scene, Household& household, const Person& person, Month month) {
    const int turn = month.month_of_year();
    if (turn != 3 && turn != 9) return;
    const Fen term = person.stage == Stage::senior || person.stage == Stage::secondary_vocational
                         ? yuan(1400)
                     : person.stage == Stage::higher_vocational ? yuan(3200)
                     : person.stage == Stage::university        ? yuan(3800)
                                                                : 0;
    household.accounts[scene.setting.index(month)].rigid += term;
}

// Who fell gravely ill or was certified disabled: the register follows in the same month.
void fall_ill(Scene& scene, Household& household, Person& person, Month month, Dice& dice) {
    person.severe = true;
    person.cannot_work = person.age(month) >= 16 && dice.chance(0.5);
    person.labour = labour_of(person, month);
    person.since = month;
    register_person(scene, household, person, month);
    household.shock = month;
    household.shock_kind = Risk::illness;
    const double total = dice.between(25000, 140000);
    settle(scene, household, person, month, 9, total, dice.between(0.2, 0.32), dice);
}

}  // namespace

void cure(Scene& scene, Household& household, Month month) {
    for (Person& person : household.members) {
        if (!person.is_member(month)) continue;
        school_costs(scene, household, person, month);
        Dice dice = scene.dice(Matter::medical, household, month,
                               static_cast<std::uint64_t>(person.number));
        const int age = person.age(month);
        const double often = (person.severe    ? 0.085
                              : person.chronic ? 0.036
                                               : 0.0095) *
                             (age >= 65 ? 1.4 : 1);
        if (dice.chance(often)) {
            const double total = bill(dice.unit());
            settle(scene, household, person, month, 1, total, dice.between(0.12, 0.30), dice);
        }
        if (person.chronic && dice.chance(0.25)) {
            const int total = dice.whole(80, 420);
            settle(scene, household, person, month, 2, total, dice.between(0.3, 0.5), dice);
        }
        if (!person.severe && person.since < month &&
            dice.chance(age < 45   ? 0.00005
                        : age < 60 ? 0.0002
                                   : 0.0004))
            fall_ill(scene, household, person, month, dice);
    }
}

}  // namespace zs::simulate
