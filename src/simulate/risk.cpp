#include <algorithm>

#include <fmt/format.h>

#include "simulate/course.h"
#include "simulate/figures.h"

namespace zs::simulate {

namespace {

using base::Month;

// At risk: what is left of a year's true income after medicine and schooling does not keep a head;
// or nobody of those who earned has earned for two months.
std::optional<Risk> risk_of(const Scene& scene, const Household& household, Month month) {
    const std::size_t at = scene.setting.index(month);
    if (at < 11) return std::nullopt;
    const Account year = household.last_year(at);
    if (year.members == 0) return std::nullopt;
    const Fen need = subsistence(month) * year.members;
    if (year.net() - year.rigid < need) {
        if (household.shock && month.index - household.shock->index < 12)
            return household.shock_kind;
        if (year.rigid * 4 > year.net()) return Risk::illness;
        return household.has_able(month) ? Risk::unstable_work : Risk::no_labour;
    }
    const Account& now = household.accounts[at];
    const Account& last = household.accounts[at - 1];
    const bool lived_off_wages = year.wage * 10 > year.net() * 7;
    if (household.shock && month.index - household.shock->index <= 6 && lived_off_wages &&
        now.wage + last.wage == 0)
        return household.shock_kind;
    return std::nullopt;
}

void take_measure(Scene& scene, const Household& household, std::string_view measure,
                  const Person* member, Month since, Month month) {
    scene.file(Ledger::measures_taken, month,
               {household.key, std::string(measure), member == nullptr ? "" : member->key,
                base::text(since), ""});
}

void help(Scene& scene, const Household& household, Risk risk, Month month, Dice& dice) {
    if (month > scene.setting.last || dice.chance(0.04)) return;
    const bool able = household.has_able(month);
    if (risk == Risk::illness) take_measure(scene, household, "健康帮扶", nullptr, month, month);
    if (risk == Risk::schooling) take_measure(scene, household, "教育帮扶", nullptr, month, month);
    if (able)
        take_measure(scene, household, dice.chance(0.5) ? "就业帮扶" : "产业帮扶", nullptr, month,
                     month);
    if (!able || dice.chance(0.5))
        take_measure(scene, household, "综合性保障", nullptr, month, month);
    take_measure(scene, household, "社会帮扶", nullptr, month, month);
}

void identify(Scene& scene, Household& household, Risk risk, Month month, Dice& dice) {
    Monitoring spell;
    spell.kind = household.shock && month.index - household.shock->index < 12 ? "突发严重困难户"
                 : household.lifted                                           ? "脱贫不稳定户"
                                    : "边缘易致贫户";
    spell.main = risk;
    spell.risks = title(risk);
    spell.since = month;
    spell.helper = phone(dice);
    household.monitored.push_back(std::move(spell));
    register_monitoring(scene, household, month);
    help(scene, household, risk, month.plus(dice.chance(0.7) ? 0 : 1), dice);
}

void monitor(Scene& scene, Household& household, std::optional<Risk> risk, Month month) {
    Dice dice = scene.dice(Matter::monitoring, household, month);
    if (risk && !household.is_open(month) && household.at_risk_months >= 2 && dice.chance(0.12)) {
        identify(scene, household, *risk, month, dice);
        return;
    }
    if (!household.is_open(month) || risk || !household.has_able(month)) return;
    Monitoring& spell = household.monitored.back();
    if (month.index - spell.since.index < 7 || !dice.chance(0.06)) return;
    spell.cleared = month;
    spell.how = "帮扶消除";
    register_monitoring(scene, household, month);
}

void first_measures(Scene& scene, const Household& household, Month month) {
    if (!household.in_scope(month)) return;
    Dice dice = scene.dice(Matter::measure, household, month);
    const Month since = Month::of(2021, 1).plus(dice.whole(0, 9));
    const bool able = household.has_able(month);
    if (able && !dice.chance(0.04)) {
        // Industry is the household's; work is each worker's, and now and then one is left out.
        if (dice.chance(0.6))
            take_measure(scene, household, "产业帮扶", nullptr, since, month);
        else
            for (const Person& person : household.members)
                if (person.is_member(month) && is_able(person.labour) && !dice.chance(0.05))
                    take_measure(scene, household, "就业帮扶", &person, since, month);
        if (dice.chance(0.35)) take_measure(scene, household, "金融帮扶", nullptr, since, month);
    }
    for (const Person& person : household.members)
        if (person.is_member(month) && person.post && !person.post->ended)
            take_measure(scene, household, "公益岗位", &person, person.post->since, month);
    if (household.dibao > 0 || !able)
        take_measure(scene, household, "综合性保障", nullptr, since, month);
    if (dice.chance(0.8)) take_measure(scene, household, "健康帮扶", nullptr, since, month);
}

void visit(Scene& scene, const Household& household, Month month) {
    const bool due = household.is_open(month) ||
                     (household.in_scope(month) &&
                      (household.number + static_cast<std::uint64_t>(month.index)) % 3 == 0);
    if (!due) return;
    Dice dice = scene.dice(Matter::monitoring, household, month, 1);
    if (dice.chance(0.04)) return;
    const int day = dice.whole(1, 28);
    scene.file(
        Ledger::visits, month,
        {household.key, base::text(*base::Date::of(month.year(), month.month_of_year(), day)),
         dice.chance(0.85) ? "入户" : "电话"});
}

}  // namespace

void judge(Scene& scene, Household& household, Month month) {
    const std::optional<Risk> risk = risk_of(scene, household, month);
    household.at_risk_months = risk ? household.at_risk_months + 1 : 0;
    if (risk && month >= scene.setting.history && !household.members.empty()) {
        constexpr std::string_view words[] = {"illness",  "disability",      "schooling",
                                              "disaster", "project_failure", "unstable_work",
                                              "no_labour"};
        scene.truth.at_risk += fmt::format("{},{},{},{}\n", household.key, base::text(month),
                                           words[static_cast<std::size_t>(*risk)],
                                           household.in_scope(month) ? "in_scope" : "ordinary");
    }
    monitor(scene, household, risk, month);
    if (month == scene.setting.history) first_measures(scene, household, month);
    visit(scene, household, month);
}

}  // namespace zs::simulate
