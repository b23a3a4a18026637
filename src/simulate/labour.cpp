#include <algorithm>
#include <array>
#include <cmath>

#include "simulate/course.h"
#include "simulate/figures.h"

namespace zs::simulate {

namespace {

using base::Month;

bool wants_work(const Person& person, Month month) {
    const int age = person.age(month);
    const double share = person.labour == Labour::weak ? (age >= 60 ? 0.15 : 0.30)
                         : person.sex == 'm'           ? (age >= 55 ? 0.60 : 0.80)
                                                       : (age >= 50 ? 0.35 : 0.55);
    return is_able(person.labour) && age < 70 && person.vigour < share;
}

bool stays(const Person& person, const Household& household, Month month, Dice& dice) {
    const bool away = person.usual_place != Place::in_county;
    const int turn = month.month_of_year();
    double stop = 0.036;
    if (turn == festival_month(month.year()))
        stop = away ? 0.55 : 0.25;
    else if (turn == 6 && household.farm.land_mu > household.farm.rented_out_mu)
        stop = 0.10;
    return !dice.chance(stop);
}

bool begins(Month month, Dice& dice) {
    const int festival = festival_month(month.year());
    if (month.month_of_year() == festival) return dice.chance(0.06);
    return dice.chance(month.month_of_year() == festival + 1 ? 0.75 : 0.32);
}

Fen wage_of(const Scene& scene, const Person& person, Place place, Month month, Dice& dice) {
    const double noise = 1 + 0.04 * dice.spread();
    const double amount = usual_wage(place, person.trade) * person.wage_level *
                          (person.skilled ? 1.1 : 1.0) * wage_growth(month) *
                          city_level(scene.county.city) * noise;
    const int step = dice.chance(0.6) ? 100 : 10;
    return yuan(std::max(600L, std::lround(amount / step) * step));
}

void lose_work(Household& household, Person& person, Month month, Dice& dice) {
    person.idle_until = month.plus(dice.whole(3, 7));
    household.shock = month;
    household.shock_kind = Risk::unstable_work;
}

// The office's list holds lifted and monitored households' people who are able to work.
void tell(Scene& scene, const Household& household, const Person& person, Month month, Dice& dice) {
    if (!household.in_scope(month)) return;
    const std::size_t at = scene.setting.index(month);
    const Place place = person.places[at];
    const bool at_work = place != Place::nowhere;
    const bool near = place == Place::in_county && !person.employer.empty();
    const bool willing = at_work || wants_work(person, month) || person.vigour > 0.93;
    std::string said(title(place));
    if (place == Place::in_province && dice.chance(0.5)) said = "省内县外";
    scene.file(Ledger::employment, month,
               {person.id, said, near ? person.employer : "",
                at_work ? std::string(title(person.trade)) : "",
                at_work ? money(person.wages[at]) : "", at_work ? yes(dice.chance(0.06)) : "",
                yes(willing), !at_work && willing ? std::string(title(person.trade)) : ""});
}

constexpr std::array<std::string_view, 7> post_kinds = {"护林员", "护路员",     "保洁员", "护水员",
                                                        "护理员", "村务管理员", "其他"};
constexpr std::array<std::string_view, 4> post_funds = {"光伏", "就业补助资金", "衔接资金", "林业"};

Post new_post(const Village& village, Month month, Dice& dice) {
    const std::size_t kind = dice.pick({0.06, 0.08, 0.52, 0.05, 0.08, 0.13, 0.08});
    Post post{
        post_kinds[kind],
        post_funds[village.has_pv_station ? dice.pick({0.6, 0.2, 0.2}) : 1 + dice.pick({0.5, 0.5})],
        yuan(300 + 50 * dice.whole(0, 8)),
        month,
        {}};
    if (kind == 0) post.fund = post_funds[3];
    return post;
}

}  // namespace

void work(Scene& scene, Household& household, Month month) {
    const std::size_t at = scene.setting.index(month);
    for (Person& person : household.members) {
        if (!person.is_member(month) || !is_able(person.labour) || person.age(month) >= 70)
            continue;
        Dice dice =
            scene.dice(Matter::work, household, month, static_cast<std::uint64_t>(person.number));
        const bool wants =
            wants_work(person, month) && (!person.idle_until || *person.idle_until <= month);
        const bool holds_post = person.post && !person.post->ended;
        const bool was = at > 0 && person.places[at - 1] != Place::nowhere;
        const bool works = wants && !holds_post &&
                           (at == 0 ? dice.chance(0.75)
                            : was   ? stays(person, household, month, dice)
                                    : begins(month, dice));
        if (works) {
            if (!was && at > 0 && dice.chance(0.07))
                person.usual_place = static_cast<Place>(1 + dice.pick({0.4, 0.25, 0.35}));
            person.places[at] = person.usual_place;
            if (person.usual_place == Place::in_county && person.employer.empty() &&
                !scene.employers.empty())
                person.employer = scene.employers[static_cast<std::size_t>(
                    dice.whole(0, static_cast<int>(scene.employers.size()) - 1))];
            person.wages[at] = wage_of(scene, person, person.places[at], month, dice);
            if (dice.chance(0.0015)) lose_work(household, person, month.plus(1), dice);
        }
        tell(scene, household, person, month, dice);
    }
}

void serve(Scene& scene, Household& household, Month month) {
    if (!household.in_scope(month)) return;
    Dice dice = scene.dice(Matter::benefit, household, month);
    const bool has_post = std::any_of(household.members.begin(), household.members.end(),
                                      [](const Person& p) { return p.post && !p.post->ended; });
    for (Person& person : household.members) {
        if (!person.is_member(month)) continue;
        if (person.post && !person.post->ended) {
            if (person.age(month) < 70 && is_able(person.labour) && !dice.chance(0.012)) continue;
            person.post->ended = month;
            register_post(scene, person, month);
        } else if (!has_post && person.labour == Labour::weak && person.age(month) < 68 &&
                   !person.cadre_kin) {
            const bool dawning = month == scene.setting.dawn;
            if (!dice.chance(dawning ? 0.30 : 0.006)) continue;
            person.post = new_post(*scene.village, month, dice);
            // Pay that is kept back from one in eight, two months running, some time later.
            if (dice.chance(0.12))
                person.post_unpaid = month.plus(dice.whole(dawning ? 26 : 2, dawning ? 60 : 24));
            register_post(scene, person, month);
            return;
        }
    }
}

}  // namespace zs::simulate
