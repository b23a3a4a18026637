#include <algorithm>

#include <fmt/format.h>

#include "simulate/course.h"
#include "simulate/family.h"

namespace zs::simulate {

using base::Month;

std::string yes(bool value) { return value ? "是" : "否"; }

std::string month_cell(std::optional<Month> month) { return month ? base::text(*month) : ""; }

void register_person(Scene& scene, const Household& household, const Person& person, Month month) {
    if (!scene.registers(month)) return;
    scene.file(Ledger::people, month,
               {household.key, person.key, person.name, person.id, std::string(person.relation),
                "汉族", person.phone, std::string(title(person.labour)), health_of(person),
                yes(person.cadre_kin), base::text(person.since), month_cell(person.left)});
}

void register_monitoring(Scene& scene, const Household& household, Month month) {
    if (!scene.registers(month)) return;
    const Monitoring& spell = household.monitored.back();
    scene.file(Ledger::monitoring, month,
               {household.key, std::string(spell.kind), spell.risks, base::text(spell.since),
                month_cell(spell.cleared), std::string(spell.how), spell.helper, ""});
}

void register_student(Scene& scene, const Person& person, Stage stage, Month since,
                      std::optional<Month> ended, Month month) {
    if (!scene.registers(month)) return;
    const bool last_stage = ended && stage >= Stage::secondary_vocational;
    scene.file(
        Ledger::students, month,
        {person.id, std::string(title(stage)), fmt::format("第{}学校", 1 + person.birth.days % 7),
         base::text(since), month_cell(ended), last_stage ? base::text(ended->plus(-2)) : ""});
}

void register_post(Scene& scene, const Person& person, Month month) {
    if (!scene.registers(month)) return;
    const Post& post = *person.post;
    scene.file(Ledger::posts, month,
               {person.id, std::string(post.kind), money(post.pay), std::string(post.fund),
                base::text(post.since), month_cell(post.ended)});
}

namespace {

void register_household(Scene& scene, const Household& household, Month month) {
    scene.file(Ledger::households, month,
               {scene.village->code, household.key,
                household.lifted ? (household.stable ? "稳定脱贫户" : "脱贫户") : "一般农户",
                yes(household.stable), yes(household.relocated),
                std::string(household.house_grade) + "级", yes(household.safe_water),
                household.pv_kw > 0 ? fmt::format("{:.2f}", household.pv_kw) : "0",
                base::text(household.since), month_cell(household.ended)});
}

}  // namespace

void register_all(Scene& scene, Household& household) {
    const Month month = scene.setting.history;
    scene.beginning = true;
    register_household(scene, household, month);
    for (const Person& person : household.members) {
        if (!person.is_member(month)) continue;
        register_person(scene, household, person, month);
        if (person.stage != Stage::none)
            register_student(scene, person, person.stage, person.stage_since, {}, month);
        if (person.post && !person.post->ended) register_post(scene, person, month);
    }
    if (!household.monitored.empty()) register_monitoring(scene, household, month);
    scene.beginning = false;
    if (household.car_plate.empty()) return;
    const Person* owner = drawer(household, month);
    if (owner == nullptr) return;
    Dice dice = scene.dice(Matter::comparison, household, month);
    const std::size_t kind = dice.pick({0.72, 0.08, 0.14, 0.06});
    constexpr std::string_view kinds[] = {"小汽车", "货车", "三轮车", "农用车"};
    if (kind >= 2) household.car_worth = yuan(dice.whole(3, 9) * 1000);
    scene.file(
        Ledger::vehicles, month,
        {owner->id, household.car_plate, std::string(kinds[kind]), money(household.car_worth),
         base::text(Month::of(2019, 6).plus(dice.whole(0, 24)))});
}

const Person* drawer(const Household& household, Month month) {
    const Person* oldest = nullptr;
    for (const Person& person : household.members) {
        if (!person.is_member(month)) continue;
        if (person.relation == "户主") return &person;
        if (oldest == nullptr || person.birth < oldest->birth) oldest = &person;
    }
    return oldest;
}

}  // namespace zs::simulate
