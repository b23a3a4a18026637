#include <algorithm>
#include <array>
#include <cmath>

#include <fmt/format.h>

#include "simulate/course.h"
#include "simulate/figures.h"

namespace zs::simulate {

namespace {

using base::Date;
using base::Month;

Date day(Month month, int day_of_month) {
    return *Date::of(month.year(), month.month_of_year(), day_of_month);
}

void miss(Scene& scene, const Person& person, std::string_view benefit, std::string_view period,
          Fen due, Fen paid, std::string_view how) {
    scene.truth.missed_benefits += fmt::format("{},{},{},{},{},{}\n", person.key, benefit, period,
                                               money(due), money(paid), how);
}

// Some are paid late or short, some never: the office's own mistakes, noted as truth.
struct Lapse {
    double never = 0, late = 0, brief = 0;
};

void pay_or_lapse(Scene& scene, Household& household, const Person& person, Payment payment,
                  std::string_view code, std::string_view period, const Lapse& lapse, Dice& dice) {
    const double at = dice.unit();
    // Only what the files can show is told as truth: whole years and terms of theirs.
    const bool told = payment.for_month.year() > scene.setting.history.year();
    const Date late{payment.date.days + dice.whole(120, 200)};
    const bool never =
        at < lapse.never || (at < lapse.never + lapse.late && late.month() > scene.setting.last);
    if (never) {
        if (told) miss(scene, person, code, period, payment.paid, 0, "unpaid");
        return;
    }
    if (at < lapse.never + lapse.late) {
        if (told) miss(scene, person, code, period, payment.paid, payment.paid, "late");
        payment.date = late;
    } else if (at < lapse.never + lapse.late + lapse.brief) {
        const Fen part = payment.paid * 2 / 3;
        if (told) miss(scene, person, code, period, payment.paid, part, "short");
        payment.paid = part;
    }
    hand_over(scene, household, person, payment);
}

void pay_posts(Scene& scene, Household& household, const Person& person, Month month) {
    // The pay of a month is handed over on the 10th of the next.
    const Month worked = month.plus(-1);
    if (!person.post || person.post->since > worked ||
        (person.post->ended && *person.post->ended <= worked))
        return;
    if (worked < scene.setting.dawn) return;
    const Date due = day(month, 10);
    if (person.post_unpaid && *person.post_unpaid <= worked &&
        worked <= person.post_unpaid->plus(1)) {
        if (worked >= scene.setting.history)
            miss(scene, person, "post", base::text(worked), person.post->pay, 0, "unpaid");
        return;
    }
    hand_over(scene, household, person, {"公岗工资", due, worked, due, person.post->pay});
}

int longest_run_out(const Scene& scene, const Person& person, Month from, Month to, int& total) {
    int run = 0;
    int longest = 0;
    total = 0;
    for (Month m = from; m <= to; m = m.plus(1)) {
        const bool out = person.places[scene.setting.index(m)] == Place::out_of_province;
        run = out ? run + 1 : 0;
        total += out ? 1 : 0;
        longest = std::max(longest, run);
    }
    return longest;
}

bool away_enough(const Scene& scene, const Person& person, int year, Month to) {
    const Month from = std::max(scene.setting.dawn, Month::of(year, 1));
    int total = 0;
    const int longest = longest_run_out(scene, person, from, to, total);
    return longest >= 3 || total >= 6;
}

// Most of a year's transport subsidies are paid in November, the others in the January after.
void pay_transport(Scene& scene, Household& household, const Person& person, Month month) {
    const int turn = month.month_of_year();
    if (turn != 11 && turn != 1) return;
    const int year = turn == 11 ? month.year() : month.year() - 1;
    const Month counted = Month::of(year, turn == 11 ? 10 : 12);
    if (counted < scene.setting.dawn || !away_enough(scene, person, year, counted)) return;
    if (turn == 1 &&
        away_enough(scene, person, year, std::max(scene.setting.dawn, Month::of(year, 10))))
        return;
    Dice dice(scene.setting.seed, Matter::benefit,
              {scene.village->number, household.number, static_cast<std::uint64_t>(person.number),
               static_cast<std::uint64_t>(year)});
    const Date date = day(month, dice.whole(8, 19));
    // What the journey cost, at most 300 yuan: nobody's is short.
    const Fen cost = dice.chance(0.6) ? yuan(300) : yuan(dice.whole(12, 29) * 10L);
    pay_or_lapse(scene, household, person,
                 {"跨省务工交通补贴", date, counted, day(month, 20), cost}, "transport",
                 std::to_string(year), {.never = 0.045, .late = 0.03}, dice);
}

void pay_yulu(Scene& scene, Household& household, const Person& person, Month month) {
    const bool vocational =
        person.stage == Stage::secondary_vocational || person.stage == Stage::higher_vocational;
    const int turn = month.month_of_year();
    if (!vocational || (turn != 5 && turn != 11)) return;
    Dice dice(scene.setting.seed, Matter::schooling,
              {scene.village->number, household.number, static_cast<std::uint64_t>(person.number),
               static_cast<std::uint64_t>(month.index)});
    const std::string term = std::to_string(month.year()) + (turn == 5 ? "s" : "a");
    pay_or_lapse(scene, household, person,
                 {"雨露计划", day(month, dice.whole(5, 25)), month, {}, yuan(1500)}, "yulu", term,
                 {.never = 0.03, .late = 0.02}, dice);
}

void pay_age_and_illness(Scene& scene, Household& household, const Person& person, Month month) {
    const int age = person.age(month);
    const Date date = day(month, 20);
    if (age >= 60) {
        const Fen own = yuan(12 + person.birth.days % 40 + (person.birth.days % 40 < 0 ? 40 : 0));
        hand_over(scene, household, person,
                  {"城乡居民养老保险金", date, month, {}, basic_pension(month) + own});
    }
    if (age >= 80)
        hand_over(scene, household, person,
                  {"高龄津贴", date, month, {}, yuan(age >= 90 ? 100 : 50)});
    if (person.disability_kind == 0 || person.tekun) return;
    if (household.dibao > 0)
        hand_over(scene, household, person, {"困难残疾人生活补贴", date, month, {}, yuan(75)});
    if (person.disability_grade <= 2)
        hand_over(scene, household, person, {"重度残疾人护理补贴", date, month, {}, yuan(75)});
}

void pay_land(Scene& scene, Household& household, const Person& head, Month month) {
    const int turn = month.month_of_year();
    Dice dice = scene.dice(Matter::benefit, household, month, 1'000);
    if (turn == 6) {
        const Fen sum = std::llround(household.farm.land_mu * 98 * 100);
        hand_over(scene, household, head, {"地力补贴", day(month, 25), month, {}, sum});
    }
    const bool farms = household.farm.land_mu - household.farm.rented_out_mu > 1.5;
    if (turn == 11 && farms && !household.stable && dice.chance(0.35))
        hand_over(scene, household, head,
                  {"到户产业奖补", day(month, 15), month, {}, yuan(dice.whole(4, 20) * 50)});
    if (turn == 9 && household.number % 17 == 0 && head.age(month) >= 60)
        hand_over(scene, household, head, {"计划生育奖扶", day(month, 12), month, {}, yuan(960)});
    if (turn == 12 && household.number % 13 == 0)
        hand_over(scene, household, head,
                  {"生态补偿金",
                   day(month, 12),
                   month,
                   {},
                   yuan(125 * (1 + static_cast<int>(household.number % 3)))});
}

// A pension that runs on after its owner's death, one death in twelve, up to four months.
void pay_the_dead(Scene& scene, Household& household, const Person& person, Month month) {
    if (!person.dead || !person.left || *person.left <= scene.setting.history ||
        person.age(*person.left) < 60)
        return;
    const int after = month.index - person.left->index;
    Dice dice(scene.setting.seed, Matter::fault,
              {scene.village->number, household.number, static_cast<std::uint64_t>(person.number)});
    if (!dice.chance(0.08) || after < 1 || after > dice.whole(1, 4)) return;
    hand_over(scene, household, person,
              {"城乡居民养老保险金", day(month, 20), month, {}, basic_pension(month)});
    if (month >= scene.setting.history)
        miss(scene, person, "pension", base::text(month), 0, basic_pension(month), "after_death");
}

}  // namespace

void hand_over(Scene& scene, Household& household, const Person& person, const Payment& payment) {
    const Month month = payment.date.month();
    if (month > scene.setting.last || payment.paid <= 0) return;
    scene.file(Ledger::payments, month,
               {person.id, std::string(payment.benefit), base::text(payment.date),
                base::text(payment.for_month), payment.due ? base::text(*payment.due) : "",
                money(payment.paid)});
    // What only reduces spending, or is tied to a purpose, is no income.
    constexpr std::array<std::string_view, 3> memo = {"雨露计划", "临时救助", "医保参保资助"};
    if (person.dead || std::find(memo.begin(), memo.end(), payment.benefit) != memo.end()) return;
    Account& account = household.accounts[scene.setting.index(month)];
    if (payment.benefit == "公岗工资")
        account.wage += payment.paid;
    else
        account.transfer += payment.paid;
    if (payment.benefit == "农村低保金") account.dibao += payment.paid;
}

void pay(Scene& scene, Household& household, Month month) {
    const Person* head = drawer(household, month);
    for (const Person& person : household.members) {
        pay_the_dead(scene, household, person, month);
        // Who has left is still paid for the last month.
        if (person.is_member(month.plus(-1))) pay_posts(scene, household, person, month);
        if (!person.is_member(month)) continue;
        pay_age_and_illness(scene, household, person, month);
        if (person.tekun)
            hand_over(scene, household, person,
                      {"特困供养金",
                       day(month, 18),
                       month,
                       {},
                       dibao_standard(month) * 13 / 10 + yuan(130)});
        if (!household.in_scope(month)) continue;
        pay_transport(scene, household, person, month);
        pay_yulu(scene, household, person, month);
    }
    if (head == nullptr) return;
    pay_land(scene, household, *head, month);
    if (household.dibao > 0)
        hand_over(scene, household, *head,
                  {"农村低保金", day(month, 18), month, {}, household.dibao});
}

}  // namespace zs::simulate
