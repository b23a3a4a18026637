#include "simulate/family.h"

#include <algorithm>
#include <array>
#include <charconv>

#include <fmt/format.h>

#include "base/failure.h"

namespace zs::simulate {

namespace {

using base::Date;
using base::Month;

struct Slot {
    std::string_view relation;
    char sex;
    int age;
    bool married = false;
};

char either(Dice& dice) { return dice.chance(0.52) ? 'm' : 'f'; }

std::string_view child_of(char sex) { return sex == 'm' ? "之子" : "之女"; }
std::string_view grandchild_of(char sex) { return sex == 'm' ? "之孙子" : "之孙女"; }

void add_couple(std::vector<Slot>& family, int age, Dice& dice) {
    family.push_back({"户主", 'm', age, true});
    family.push_back({"配偶", 'f', age - dice.whole(-1, 4), true});
}

void add_children(std::vector<Slot>& family, int count, int parent_age, Dice& dice) {
    int age = std::min(parent_age - dice.whole(21, 28), 30);
    for (int i = 0; i < count; ++i, age -= dice.whole(2, 5)) {
        const char sex = either(dice);
        if (age >= 0) family.push_back({child_of(sex), sex, age});
    }
}

void add_parents(std::vector<Slot>& family, int count, int child_age, Dice& dice) {
    const int age = std::min(child_age + dice.whole(22, 29), 92);
    if (count == 2) family.push_back({"之父", 'm', age, true});
    if (count >= 1) family.push_back({"之母", 'f', age - dice.whole(0, 3), count == 2});
}

std::vector<Slot> two(Dice& dice) {
    std::vector<Slot> family;
    switch (dice.pick({0.45, 0.20, 0.18, 0.06, 0.11})) {
        case 0:
            add_couple(family, dice.whole(62, 82), dice);
            break;
        case 1:
            add_couple(family, dice.whole(44, 61), dice);
            break;
        case 2: {
            const int age = dice.whole(58, 80);
            family.push_back({"户主", either(dice), age});
            family.push_back({"之子", 'm', std::clamp(age - dice.whole(23, 30), 24, 52)});
            break;
        }
        case 3: {
            family.push_back({"户主", either(dice), dice.whole(60, 76)});
            const char sex = either(dice);
            family.push_back({grandchild_of(sex), sex, dice.whole(4, 17)});
            break;
        }
        default: {
            const int age = dice.whole(32, 55);
            family.push_back({"户主", either(dice), age});
            add_children(family, 1, age, dice);
        }
    }
    return family;
}

std::vector<Slot> three_generations(int size, Dice& dice) {
    std::vector<Slot> family;
    add_couple(family, dice.whole(50, 66), dice);
    const int son = dice.whole(24, 38);
    family.push_back({"之子", 'm', son, true});
    family.push_back({"之儿媳", 'f', son - dice.whole(-1, 4), true});
    for (int i = 4, age = son - dice.whole(22, 25); i < size; ++i, age -= dice.whole(2, 4)) {
        const char sex = either(dice);
        if (age >= 0) family.push_back({grandchild_of(sex), sex, age});
    }
    return family;
}

std::vector<Slot> family_of(int size, Dice& dice) {
    std::vector<Slot> family;
    if (size == 1) {
        const bool old = dice.chance(0.74);
        family.push_back(
            {"户主", old ? either(dice) : 'm', old ? dice.whole(62, 88) : dice.whole(42, 61)});
        return family;
    }
    if (size == 2) return two(dice);
    if (size >= 4 && dice.chance(0.3)) return three_generations(size, dice);
    if (size == 3 && dice.chance(0.1)) {
        const int age = dice.whole(34, 54);
        family.push_back({"户主", either(dice), age});
        add_children(family, 2, age, dice);
        return family;
    }
    const int parents = size == 3
                            ? static_cast<int>(dice.pick({0.75, 0.25}))
                            : std::min(size - 3, static_cast<int>(dice.pick({0.5, 0.3, 0.2})));
    const int age = dice.whole(parents > 0 ? 34 : 29, parents > 0 ? 54 : 60);
    add_couple(family, age, dice);
    add_children(family, size - 2 - parents, age, dice);
    add_parents(family, parents, age, dice);
    return family;
}

Date birth_at(int age, Month month, Dice& dice) {
    const Month born = month.plus(-12 * age - dice.whole(0, 11));
    return *Date::of(born.year(), born.month_of_year(), dice.whole(1, 28));
}

// Health against age; in registered households illness and disability are several times the usual.
void give_health(Person& person, int age, Dice& dice) {
    person.chronic = dice.chance(age < 16   ? 0.01
                                 : age < 45 ? 0.03
                                 : age < 60 ? 0.09
                                 : age < 75 ? 0.28
                                            : 0.42);
    person.severe = dice.chance(age < 45 ? 0.004 : age < 60 ? 0.012 : 0.025);
    if (dice.chance(age < 16 ? 0.012 : age < 60 ? 0.05 : 0.10)) {
        person.disability_kind =
            1 + static_cast<int>(dice.pick({0.15, 0.12, 0.03, 0.45, 0.10, 0.12, 0.03}));
        person.disability_grade = 1 + static_cast<int>(dice.pick({0.15, 0.30, 0.30, 0.25}));
    }
    const double lost = person.disability_grade == 1   ? 0.95
                        : person.disability_grade == 2 ? 0.55
                        : person.disability_grade > 2  ? 0.10
                        : person.severe                ? 0.4
                        : person.chronic               ? 0.06
                                                       : 0;
    person.cannot_work = age >= 16 && dice.chance(lost);
}

void give_trade(Person& person, int age, const Village& village, double luck, Dice& dice) {
    const double schooling = 0.93 + 0.2 * person.schooling_fate;
    const double prime = age < 22 ? 0.9 : age < 50 ? 1.03 : age < 60 ? 0.95 : 0.75;
    const double own = std::clamp(1 + 0.15 * dice.spread(), 0.6, 1.6);
    person.wage_level = own * schooling * prime * luck * village.wage_level;
    person.vigour = dice.unit();
    person.skilled = age >= 18 && age < 56 && dice.chance(0.13);
    const bool weak = person.chronic || person.disability_kind > 0 || person.severe || age >= 60;
    if (weak)
        person.usual_place = static_cast<Place>(1 + dice.pick({0.06, 0.06, 0.88}));
    else if (age >= 50)
        person.usual_place = static_cast<Place>(1 + dice.pick({0.30, 0.18, 0.52}));
    else if (person.sex == 'm')
        person.usual_place = static_cast<Place>(1 + dice.pick({0.56, 0.19, 0.25}));
    else
        person.usual_place = static_cast<Place>(1 + dice.pick({0.42, 0.18, 0.40}));
    person.trade = person.sex == 'm'
                       ? static_cast<Trade>(dice.pick({0.08, 0.22, 0.36, 0.16, 0.08, 0.10}))
                       : static_cast<Trade>(dice.pick({0.30, 0.26, 0.04, 0.25, 0.09, 0.06}));
    if (weak || age >= 60) person.trade = dice.chance(0.5) ? Trade::farming : Trade::service;
}

void give_crops(Farm& farm, std::string_view city, double share, Dice& dice) {
    farm.summer_crop = city == "4115" && dice.chance(0.45) ? "B21" : "B10";
    farm.autumn_crop = city == "4115"                     ? (dice.chance(0.8) ? "B12" : "B20")
                       : city == "4117" || city == "4113" ? (dice.chance(0.5) ? "B20" : "B11")
                                                          : (dice.chance(0.85) ? "B11" : "B20");
    if (dice.chance(0.10 * share)) {
        constexpr std::array<std::string_view, 5> extras = {"B30", "B31", "B32", "B33", "B34"};
        const std::size_t which = dice.pick({0.4, 0.12, 0.12, 0.16, city == "4115" ? 0.3 : 0.0});
        farm.extra = extras[which];
        farm.extra_mu = dice.whole(3, 20) / 10.0;
    }
}

void give_farm(Household& household, const CountyPlan& county, const Village& village, Month month,
               Dice& dice) {
    Farm& farm = household.farm;
    const int members = household.size(month);
    const bool able = household.has_able(month);
    farm.land_mu = std::max(1.0, static_cast<int>(members * dice.between(0.8, 1.9) * 10) / 10.0);
    const double rented =
        able ? (dice.chance(0.38) ? dice.between(0.5, 1.0) : 0) : (dice.chance(0.8) ? 1.0 : 0.5);
    farm.rented_out_mu = static_cast<int>(farm.land_mu * rented * 10) / 10.0;
    farm.rent_a_mu = village.rent_a_mu;
    give_crops(farm, county.city, able ? 1.0 : 0.2, dice);
    if (able && dice.chance(0.13)) {
        switch (dice.pick({0.3, 0.15, 0.3, 0.25})) {
            case 0:
                farm.stock = "B40", farm.stock_heads = dice.whole(2, 9);
                break;
            case 1:
                farm.stock = "B41", farm.stock_heads = dice.whole(1, 2);
                break;
            case 2:
                farm.stock = "B43", farm.stock_heads = dice.whole(3, 12);
                break;
            default:
                farm.stock = "B44", farm.stock_heads = dice.whole(20, 120);
        }
    }
    if (able && dice.chance(0.03)) {
        constexpr std::array<std::string_view, 5> shops = {"B60", "B61", "B62", "B63", "B64"};
        farm.shop = shops[dice.pick({0.5, 0.2, 0.1, 0.1, 0.1})];
        farm.shop_a_month = yuan(dice.whole(20, 60) * 100);
    }
    farm.courtyard = dice.chance(able ? 0.16 : 0.05);
    household.dividend_a_year = dice.chance(0.5) ? yuan(dice.whole(3, 12) * 100) : 0;
    if (dice.chance(0.06)) household.pv_kw = dice.whole(30, 50) / 10.0;
}

void give_support(Household& household, Month month, Dice& dice) {
    const bool elders = std::any_of(household.members.begin(), household.members.end(),
                                    [&](const Person& p) { return p.age(month) >= 60; });
    const bool able_young =
        std::any_of(household.members.begin(), household.members.end(),
                    [&](const Person& p) { return is_able(p.labour) && p.labour != Labour::weak; });
    const double sum = std::clamp(330 + 110 * dice.spread(), 100.0, 800.0);
    if (elders && dice.chance(able_young ? 0.32 : 0.85))
        household.support_a_month =
            yuan(static_cast<int>(sum / 10) * 10) * (able_young ? 1 : 2) / 1;
}

void give_house_and_car(Household& household, Dice& dice) {
    household.house_grade = dice.pick({0.62, 0.375, 0.004, 0.001}) == 0 ? "A" : "B";
    if (dice.chance(0.004)) household.house_grade = "C";
    household.safe_water = !dice.chance(0.003);
    if (dice.chance(household.lifted ? 0.11 : 0.3)) {
        household.car_plate = fmt::format("C{}", household.key.substr(1));
        household.car_worth = yuan(dice.whole(8, 75) * 1000);
    }
}

Risk first_risk(const Household& household, Month month, Dice& dice) {
    const bool ill = std::any_of(household.members.begin(), household.members.end(),
                                 [](const Person& p) { return p.severe || p.chronic; });
    const bool disabled = std::any_of(household.members.begin(), household.members.end(),
                                      [](const Person& p) { return p.disability_kind > 0; });
    const bool student = std::any_of(household.members.begin(), household.members.end(),
                                     [](const Person& p) { return p.stage >= Stage::senior; });
    if (!household.has_able(month))
        return dice.chance(0.5) && disabled ? Risk::disability : Risk::no_labour;
    if (ill && dice.chance(0.7)) return Risk::illness;
    if (disabled && dice.chance(0.7)) return Risk::disability;
    if (student && dice.chance(0.6)) return Risk::schooling;
    return dice.chance(0.6)   ? Risk::unstable_work
           : dice.chance(0.5) ? Risk::disaster
                              : Risk::project_failure;
}

void give_monitoring(const Setting& setting, Household& household, Dice& dice) {
    if (!dice.chance(household.lifted ? 0.115 : 0.15)) return;
    Monitoring spell;
    spell.kind = household.lifted ? (dice.chance(0.55) ? "脱贫不稳定户" : "突发严重困难户")
                                  : (dice.chance(0.65) ? "边缘易致贫户" : "突发严重困难户");
    spell.main = first_risk(household, setting.dawn, dice);
    spell.risks = title(spell.main);
    spell.since = setting.dawn.plus(-dice.whole(1, 28));
    spell.helper = phone(dice);
    // Not before six months, and never a household wholly without labour.
    const int open_months = setting.dawn.index - spell.since.index;
    if (open_months > 6 && household.has_able(setting.dawn) && dice.chance(0.8)) {
        spell.cleared = spell.since.plus(dice.whole(6, open_months));
        spell.how = "帮扶消除";
    }
    household.monitored.push_back(std::move(spell));
}

}  // namespace

Village make_village(const Setting& setting, const CountyPlan& county,
                     const Settlement& settlement) {
    Village village;
    village.code = settlement.village.code;
    village.name = settlement.village.name;
    std::from_chars(village.code.data(), village.code.data() + village.code.size(), village.number);
    Dice dice(setting.seed, Matter::village, {village.number});
    village.wage_level = std::clamp(1 + 0.05 * dice.spread(), 0.87, 1.15);
    village.yield = std::clamp(1 + 0.07 * dice.spread(), 0.82, 1.2);
    village.rent_a_mu = yuan(dice.whole(12, 20) * 50);
    village.has_pv_station = dice.chance(county.lifted ? 0.6 : 0.2);
    village.supported = dice.chance(0.08);
    if (dice.chance(0.03)) {
        village.invention = static_cast<Invention>(dice.whole(1, 4));
        village.invention_since = setting.first.plus(dice.whole(-3, 6));
    }
    return village;
}

Person& add_member(const Setting& setting, const Village& village, Household& household,
                   std::string_view relation, char sex, Date birth, Month joined, Dice& dice,
                   Identities& identities) {
    Person person;
    person.number = household.next_number++;
    person.key = fmt::format("P{}{:04}{:02}", village.code, household.number, person.number);
    person.sex = sex;
    person.birth = birth;
    person.relation = relation;
    person.id = identities.id_number(birth, sex, dice);
    person.name = surname(dice);
    person.name += given_name(sex, dice);
    person.joined = joined;
    person.since = joined;
    person.schooling_fate = dice.unit();
    const Month at = std::max(joined, setting.dawn);
    const int age = person.age(at);
    if (age >= 14) person.phone = phone(dice);
    give_health(person, age, dice);
    give_trade(person, age, village, household.luck, dice);
    person.cadre_kin = dice.chance(0.015);
    person.stage = stage_of(person, at);
    person.stage_since = at;
    person.labour = labour_of(person, at);
    const std::size_t months = setting.index(setting.last) + 1;
    person.places.assign(months, Place::nowhere);
    person.wages.assign(months, 0);
    household.members.push_back(std::move(person));
    return household.members.back();
}

Household make_household(const Setting& setting, const CountyPlan& county, const Village& village,
                         std::uint64_t number, Identities& identities) {
    Dice dice(setting.seed, Matter::household, {village.number, number});
    Household household;
    household.number = number;
    household.key = fmt::format("H{}{:04}", village.code, number);
    household.lifted = dice.chance(0.82);
    household.stable = household.lifted && dice.chance(0.15);
    household.relocated = household.lifted && dice.chance(0.04);
    household.luck = std::clamp(1 + 0.1 * dice.spread(), 0.75, 1.3);
    household.since = Month::of(2016, 1).plus(dice.whole(0, 11));
    const int size = 1 + static_cast<int>(dice.pick({0.14, 0.23, 0.21, 0.20, 0.12, 0.07, 0.03}));
    for (const Slot& slot : family_of(size, dice)) {
        const Date birth = birth_at(std::max(slot.age, 0), setting.dawn, dice);
        Person& person = add_member(setting, village, household, slot.relation, slot.sex, birth,
                                    std::max(household.since, birth.month()), dice, identities);
        person.married = slot.married;
    }
    const std::size_t months = setting.index(setting.last) + 1;
    household.accounts.resize(months);
    household.stated.resize(months);
    give_farm(household, county, village, setting.dawn, dice);
    give_support(household, setting.dawn, dice);
    give_house_and_car(household, dice);
    give_monitoring(setting, household, dice);
    household.savings = yuan(dice.whole(30, 400) * 100);
    return household;
}

Stage stage_of(const Person& person, Month month) {
    const int year = month.month_of_year() >= 9 ? month.year() : month.year() - 1;
    // Full years on 31 August before the school year.
    const int age = year - person.birth.year() - (person.birth.month_of_year() >= 9 ? 1 : 0);
    const double fate = person.schooling_fate;
    if (age < 3) return Stage::none;
    if (age < 6) return fate > 0.05 ? Stage::preschool : Stage::none;
    if (person.disability_grade == 1) return Stage::none;
    if (age < 12) return Stage::primary;
    if (age < 15) return Stage::junior;
    if (fate < 0.08) return Stage::none;
    if (age < 18) return fate < 0.5 ? Stage::secondary_vocational : Stage::senior;
    const bool higher = (fate >= 0.3 && fate < 0.5) || (fate >= 0.6 && fate < 0.8);
    if (age < 21 && higher) return Stage::higher_vocational;
    if (age < 22 && fate >= 0.8) return Stage::university;
    return Stage::none;
}

Labour labour_of(const Person& person, Month month) {
    const int age = person.age(month);
    if (age < 16 || stage_of(person, month) != Stage::none) return Labour::none;
    if (person.cannot_work) return Labour::lost;
    if (age >= 75) return Labour::none;
    if (age >= 70) return person.vigour > 0.8 ? Labour::weak : Labour::none;
    if (age >= 60) return person.vigour > 0.25 ? Labour::weak : Labour::none;
    if (person.chronic || person.severe || person.disability_kind > 0) return Labour::weak;
    return person.skilled ? Labour::skilled : Labour::ordinary;
}

std::string health_of(const Person& person) {
    std::string health;
    const auto add = [&](bool has, std::string_view word) {
        if (has) health += (health.empty() ? "" : "；") + std::string(word);
    };
    add(person.chronic, "长期慢性病");
    add(person.severe, "患有大病");
    add(person.disability_kind > 0, "残疾");
    return health.empty() ? "健康" : health;
}

}  // namespace zs::simulate
