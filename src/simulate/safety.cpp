#include <algorithm>

#include "simulate/course.h"
#include "simulate/figures.h"

namespace zs::simulate {

namespace {

using base::Date;
using base::Month;

// Income a head and month, 低保 left out, over the last twelve months.
Fen own_income(const Scene& scene, const Household& household, Month month) {
    const std::size_t at = scene.setting.index(month);
    const Account year = household.last_year(at);
    const int months = static_cast<int>(std::min<std::size_t>(at + 1, 12));
    return year.members == 0 ? 0
                             : std::max<Fen>(0, (year.net() - year.dibao) / months / year.members);
}

bool has_large_property(const Household& household) { return household.car_worth > yuan(30000); }

void support_the_alone(Scene& scene, Household& household, Month month) {
    // 特困: old, alone, without support; settled once, at the dawn.
    if (month != scene.setting.dawn || household.size(month) != 1 || household.support_a_month > 0)
        return;
    Person& person = household.members.front();
    Dice dice = scene.dice(Matter::safety_net, household, month, 7);
    person.tekun = !is_able(person.labour) && person.age(month) >= 60 &&
                   !has_large_property(household) && dice.chance(0.8);
}

void decide_dibao(Scene& scene, Household& household, Month month) {
    const std::size_t at = scene.setting.index(month);
    if (at < 6 || std::any_of(household.members.begin(), household.members.end(),
                              [&](const Person& p) { return p.tekun && p.is_member(month); }))
        return;
    Dice dice = scene.dice(Matter::safety_net, household, month);
    const Fen standard = dibao_standard(month);
    const Fen own = own_income(scene, household, month);
    const int members = household.size(month);
    const bool need =
        own < standard && !has_large_property(household) && household.ended == std::nullopt;
    household.in_need = need ? household.in_need + 1 : 0;
    if (household.dibao == 0) {
        if (household.in_need == 1) household.dibao_missed = dice.chance(0.06);
        if (household.in_need >= 2 && !household.dibao_missed && dice.chance(0.6))
            household.dibao =
                std::max((standard - own) * members, standard * members / 4) / 100 / 5 * 500;
        else if (household.in_need >= 3 && month >= scene.setting.history)
            scene.truth.in_need += household.key + "," + base::text(month) + "\n";
        return;
    }
    // Once a year the supplement follows the standard; who earns well for a while leaves by
    // degrees.
    if (month.month_of_year() == 7 && need)
        household.dibao = std::max(household.dibao, (standard - own) * members / 100 / 5 * 500);
    if (own > standard * 3 / 2 && !household.single_cover && !household.dibao_leaving &&
        dice.chance(0.12))
        household.dibao_leaving = month;
    if (household.dibao_leaving && month.index - household.dibao_leaving->index >= 6) {
        household.dibao = 0;
        household.dibao_leaving.reset();
    }
}

// Gravely ill or disabled members of families that earn more may draw 低保 alone.
void cover_single(Scene& scene, Household& household, Month month) {
    if (month.index != scene.setting.dawn.index + 6 || household.dibao > 0 ||
        household.dibao_missed || has_large_property(household))
        return;
    Dice dice = scene.dice(Matter::safety_net, household, month, 9);
    const bool grave =
        std::any_of(household.members.begin(), household.members.end(), [&](const Person& p) {
            return p.is_member(month) && !p.tekun &&
                   (p.severe || (p.disability_grade > 0 && p.disability_grade <= 2));
        });
    if (grave && household.lifted && dice.chance(0.6)) {
        household.single_cover = true;
        household.dibao = dibao_standard(month) * 4 / 5;
    }
}

// Children who live apart, and kin, give more where a year showed that it does not suffice; not all
// do.
void kin_step_in(const Scene& scene, Household& household, Month month) {
    if ((month.index - scene.setting.dawn.index) % 12 != 11) return;
    const Account year = household.last_year(scene.setting.index(month));
    const Fen wanting = subsistence(month) * year.members * 14 / 10 - year.net();
    Dice dice = scene.dice(Matter::safety_net, household, month, 11);
    if (wanting <= 0 || !dice.chance(0.72)) return;
    const Fen more =
        static_cast<Fen>(static_cast<double>(wanting) / 12 * dice.between(0.8, 1.2)) / 1000 * 1000;
    household.support_a_month = std::min(household.support_a_month + more, yuan(1600));
}

void list(Scene& scene, const Household& household, Month month) {
    const Person* head = drawer(household, month);
    if (household.dibao > 0 && head != nullptr)
        scene.file(Ledger::dibao, month,
                   {household.key, head->name, money(dibao_standard(month)), money(household.dibao),
                    yes(household.single_cover), month_cell(household.dibao_leaving)});
    for (const Person& person : household.members)
        if (person.tekun && person.is_member(month))
            scene.file(Ledger::tekun, month,
                       {person.id, "分散供养", money(dibao_standard(month) * 13 / 10 + yuan(130))});
}

void compare_property(Scene& scene, const Household& household, Month month) {
    const bool turn = (household.number + static_cast<std::uint64_t>(month.index)) % 6 == 0;
    if (!household.in_scope(month) || !(turn || household.in_need == 1)) return;
    scene.file(Ledger::property_checks, month, {household.key, yes(has_large_property(household))});
}

void relieve(Scene& scene, Household& household, Month month) {
    Dice dice = scene.dice(Matter::safety_net, household, month, 1);
    const bool struck = household.shock && month.index - household.shock->index <= 1 &&
                        household.shock->index <= month.index;
    if (!dice.chance(struck ? 0.25 : 0.0006)) return;
    const Person* head = drawer(household, month);
    if (head == nullptr) return;
    const bool urgent = dice.chance(0.25);
    const Fen approved = yuan(dice.whole(urgent ? 2 : 1, urgent ? 10 : 6) * 500);
    const Date asked = *Date::of(month.year(), month.month_of_year(), dice.whole(1, 26));
    const double at = dice.unit();
    const Date paid_on{asked.days + (urgent ? dice.whole(0, 1) : dice.whole(4, 18)) +
                       (at < 0.05 ? 30 : 0)};
    const bool paid = at >= 0.03;
    const bool in_files = paid && paid_on.month() <= scene.setting.last;
    scene.file(Ledger::relief_requests, month,
               {household.key, base::text(asked), money(approved), yes(urgent),
                in_files ? money(approved) : "", in_files ? base::text(paid_on) : ""});
    if (paid)
        hand_over(scene, household, *head, {"临时救助", paid_on, month, {}, approved});
    else if (month >= scene.setting.history)
        scene.truth.missed_benefits +=
            head->key + ",relief," + base::text(asked) + "," + money(approved) + ",0.00,unpaid\n";
}

}  // namespace

void secure(Scene& scene, Household& household, Month month) {
    support_the_alone(scene, household, month);
    decide_dibao(scene, household, month);
    cover_single(scene, household, month);
    kin_step_in(scene, household, month);
    list(scene, household, month);
    compare_property(scene, household, month);
    relieve(scene, household, month);
}

}  // namespace zs::simulate
