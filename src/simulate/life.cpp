#include <algorithm>

#include <fmt/format.h>

#include "simulate/course.h"
#include "simulate/family.h"

namespace zs::simulate {

namespace {

using base::Date;
using base::Month;

double yearly_death(int age, bool ill) {
    const double base = age < 60   ? 0.002
                        : age < 70 ? 0.012
                        : age < 80 ? 0.035
                        : age < 90 ? 0.09
                                   : 0.2;
    return ill ? base * 2.5 : base;
}

Date day_in(Month month, Dice& dice) {
    return *Date::of(month.year(), month.month_of_year(), dice.whole(1, 28));
}

// A change reaches the register in its month, or up to three months late.
Month registered_in(const Scene& scene, Month month, Dice& dice) {
    const Month later = dice.chance(0.1) ? month.plus(dice.whole(1, 3)) : month;
    return std::min(later, scene.setting.last);
}

void leave(Scene& scene, const Household& household, Person& person, Month month, Dice& dice) {
    person.left = std::max(month, person.joined.plus(1));
    register_person(scene, household, person, registered_in(scene, month, dice));
    if (person.stage != Stage::none)
        register_student(scene, person, person.stage, person.stage_since, month, month);
    person.stage = Stage::none;
    if (person.post && !person.post->ended) {
        person.post->ended = month;
        register_post(scene, person, month);
    }
}

void die(Scene& scene, Household& household, Person& person, Month month, Dice& dice) {
    const Date day = day_in(month, dice);
    const bool earned = person.labour == Labour::ordinary || person.labour == Labour::skilled;
    leave(scene, household, person, month, dice);
    person.dead = true;
    if (earned) {
        household.shock = month;
        household.shock_kind = Risk::no_labour;
    }
    const Month told = registered_in(scene, month, dice);
    if (month > scene.setting.history)
        scene.file(Ledger::deaths, told,
                   {person.id, base::text(day), dice.chance(0.7) ? "疾病" : "其他"});
    if (person.relation != "户主") return;
    // The next of age becomes the head.
    Person* next = nullptr;
    for (Person& other : household.members)
        if (other.is_member(month) && (next == nullptr || other.birth < next->birth)) next = &other;
    if (next == nullptr) return;
    next->relation = "户主";
    if (next->since >= month) return;
    next->since = month;
    register_person(scene, household, *next, told);
}

// School years turn and people grow older: the register follows with a new row.
void grow(Scene& scene, Household& household, Month month) {
    for (Person& person : household.members) {
        if (!person.is_member(month)) continue;
        const Stage stage = stage_of(person, month);
        if (stage != person.stage) {
            if (person.stage != Stage::none)
                register_student(scene, person, person.stage, person.stage_since, month, month);
            if (stage != Stage::none) register_student(scene, person, stage, month, {}, month);
            person.stage = stage;
            person.stage_since = month;
        }
        const Labour labour = labour_of(person, month);
        if (labour == person.labour) continue;
        person.labour = labour;
        person.since = month;
        register_person(scene, household, person, month);
    }
}

void enrol(Scene& scene, const Household& household, const Person& person, Month month) {
    register_person(scene, household, person, month);
    if (month > scene.setting.history && month.month_of_year() != 2)
        scene.file(Ledger::insured, month,
                   {person.id, std::to_string(month.year()), "城乡居民基本医疗保险", "", "0.00"});
}

void bear(Scene& scene, Household& household, Month month, Dice& dice) {
    const auto mother =
        std::find_if(household.members.begin(), household.members.end(), [&](const Person& p) {
            return p.is_member(month) && p.sex == 'f' && p.married && p.age(month) >= 20 &&
                   p.age(month) < 39;
        });
    if (mother == household.members.end() || !dice.chance(0.055 / 12)) return;
    const bool heads_child = mother->relation == "配偶" || mother->relation == "户主";
    const char sex = dice.chance(0.52) ? 'm' : 'f';
    const std::string_view relation =
        heads_child ? (sex == 'm' ? "之子" : "之女") : (sex == 'm' ? "之孙子" : "之孙女");
    const Date day = day_in(month, dice);
    Person& child = add_member(scene.setting, *scene.village, household, relation, sex, day, month,
                               dice, scene.identities);
    enrol(scene, household, child, month);
}

void marry(Scene& scene, Household& household, Month month, Dice& dice) {
    for (std::size_t i = 0; i < household.members.size(); ++i) {
        Person& person = household.members[i];
        const int age = person.age(month);
        if (!person.is_member(month) || person.married || person.stage != Stage::none || age < 20 ||
            age > 34)
            continue;
        if (!dice.chance(0.08 / 12)) continue;
        if (person.sex == 'f') {
            if (person.since >= month) continue;
            leave(scene, household, person, month, dice);
            return;
        }
        if (person.relation != "之子") continue;
        person.married = true;
        const Month born = month.plus(-12 * (age - 1) - dice.whole(0, 24));
        const Date birth = *Date::of(born.year(), born.month_of_year(), dice.whole(1, 28));
        Person& bride = add_member(scene.setting, *scene.village, household, "之儿媳", 'f',
                                   std::min(birth, *Date::of(month.year() - 20, 1, 1)), month, dice,
                                   scene.identities);
        bride.married = true;
        enrol(scene, household, bride, month);
        return;
    }
}

}  // namespace

void live(Scene& scene, Household& household, Month month) {
    Dice dice = scene.dice(Matter::chronicle, household, month);
    grow(scene, household, month);
    for (std::size_t i = 0; i < household.members.size(); ++i) {
        Person& person = household.members[i];
        if (!person.is_member(month) || person.since >= month ||
            !dice.chance(yearly_death(person.age(month), person.severe) / 12))
            continue;
        // The last of a household stays: a household that dies out is for the next screening.
        if (household.size(month) > 1) die(scene, household, person, month, dice);
    }
    bear(scene, household, month, dice);
    marry(scene, household, month, dice);
    household.accounts[scene.setting.index(month)].members = household.size(month);
}

}  // namespace zs::simulate
