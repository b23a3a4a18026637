#include "simulate/office.h"

#include <algorithm>
#include <array>
#include <charconv>

#include <fmt/format.h>

#include "simulate/figures.h"

namespace zs::simulate {

namespace {

using base::Date;
using base::Month;

std::uint64_t number_of(const std::string& code) {
    std::uint64_t number = 0;
    std::from_chars(code.data(), code.data() + code.size(), number);
    return number;
}

constexpr std::array<std::string_view, 6> leaders = {"龙头企业", "农民合作社", "家庭农场",
                                                     "种养大户", "致富带头人", "其他"};
constexpr std::array<std::string_view, 7> modes = {"土地流转", "务工",     "订单",    "入股",
                                                   "托管",     "租赁返租", "资产收益"};

bool once_a_year(const Setting& setting, Month month, int turn) {
    return month == setting.history || (month > setting.history && month.month_of_year() == turn);
}

}  // namespace

std::vector<std::string> register_enterprises(const Setting& setting, const CountyPlan& county,
                                              Desk& desk) {
    std::vector<std::string> keys;
    const int count = std::max(12, static_cast<int>(county.settlements.size()) / 5);
    for (int i = 1; i <= count; ++i) {
        Dice dice(setting.seed, Matter::enterprise,
                  {number_of(county.county.code), static_cast<std::uint64_t>(i)});
        const std::size_t kind = dice.pick({0.12, 0.35, 0.2, 0.1, 0.08, 0.15});
        keys.push_back(fmt::format("E{}{:04}", county.county.code, i));
        desk.file(Ledger::enterprises, setting.history, 0,
                  {keys.back(), org_code(county.county.code, kind == 1 ? '3' : '1', dice),
                   fmt::format("{}第{}{}", county.county.name, i, leaders[kind]),
                   std::string(leaders[kind]), county.county.code,
                   base::text(Month::of(2016, 1).plus(dice.whole(0, 60)))});
    }
    return keys;
}

void register_projects(Scene& scene, Month month) {
    Dice dice(scene.setting.seed, Matter::project, {scene.village->number});
    if (!dice.chance(0.4) || scene.employers.empty()) return;
    const std::string key = "X" + scene.village->code + "01";
    const std::string& leader = scene.employers[static_cast<std::size_t>(
        dice.whole(0, static_cast<int>(scene.employers.size()) - 1))];
    const int funds = dice.whole(20, 300) * 10000;
    const Month built = Month::of(2017, 1).plus(dice.whole(0, 48));
    constexpr std::array<std::string_view, 3> kinds = {"经营性", "公益性", "到户类"};
    const std::size_t kind = dice.pick({0.75, 0.1, 0.15});
    if (month == scene.setting.history)
        scene.file(Ledger::projects, month,
                   {key, scene.village->name + "产业项目", std::string(kinds[kind]),
                    money(yuan(funds)), leader, scene.village->code, base::text(built)});
    if (kind == 1 || dice.chance(0.06)) return;  // a few operate without leading anybody
    for (const Household& household : scene.village->households) {
        Dice tie(scene.setting.seed, Matter::project, {scene.village->number, household.number});
        if (!household.in_scope(month) || !tie.chance(0.35)) continue;
        const std::size_t mode = tie.pick({0.25, 0.15, 0.12, 0.12, 0.08, 0.03, 0.25});
        const Fen due = yuan(tie.whole(4, 30) * 100);
        const Fen got = tie.chance(0.06) ? due / 2 : due;
        scene.file(Ledger::ties, month,
                   {key, household.key, leader, std::string(modes[mode]), money(due), money(got),
                    base::text(Month::of(month.year(), 1))});
    }
}

void grant_support(Scene& scene, Month month) {
    if (!scene.village->supported) return;
    Dice dice(scene.setting.seed, Matter::fund, {scene.village->number});
    const int promised = dice.whole(50, 70) * 10000;
    const Month listed = scene.setting.history.plus(dice.whole(0, 8));
    const Month first = listed.plus(dice.whole(1, 6));
    const Month second = first.plus(dice.whole(4, 12));
    const bool short_paid = dice.chance(0.15);
    if (month == listed)
        scene.file(Ledger::support_villages, month,
                   {scene.village->code, money(yuan(promised)), base::text(listed)});
    if (month != first && month != second) return;
    const int sum = month == first ? promised * 3 / 5
                    : short_paid   ? promised / 10
                                   : promised - promised * 3 / 5;
    scene.file(Ledger::support_grants, month,
               {scene.village->code, base::text(*Date::of(month.year(), month.month_of_year(), 15)),
                money(yuan(sum))});
}

namespace {

Fen insurance_aid(std::string_view aided, int year) {
    if (aided == "特困") return insurance_contribution(year);
    if (aided == "低保") return insurance_contribution(year) / 2;
    return aided.empty() ? 0 : yuan(30);
}

}  // namespace

void insure(Scene& scene, Month month) {
    if (!once_a_year(scene.setting, month, 2)) return;
    for (const Household& household : scene.village->households)
        for (const Person& person : household.members) {
            if (!person.is_member(month)) continue;
            Dice dice(
                scene.setting.seed, Matter::benefit,
                {scene.village->number, household.number, static_cast<std::uint64_t>(person.number),
                 static_cast<std::uint64_t>(month.year()), 3});
            if (dice.chance(0.006)) continue;
            const std::string_view aided = person.tekun               ? "特困"
                                           : household.dibao > 0      ? "低保"
                                           : household.is_open(month) ? "监测对象"
                                                                      : "";
            scene.file(Ledger::insured, month,
                       {person.id, std::to_string(month.year()),
                        dice.chance(0.03) ? "职工基本医疗保险" : "城乡居民基本医疗保险",
                        std::string(aided), money(insurance_aid(aided, month.year()))});
        }
}

void certify(Scene& scene, Month month) {
    for (const Household& household : scene.village->households)
        for (const Person& person : household.members) {
            if (!person.is_member(month) ||
                (person.labour != Labour::ordinary && person.labour != Labour::skilled))
                continue;
            Dice dice(
                scene.setting.seed, Matter::work,
                {scene.village->number, household.number, static_cast<std::uint64_t>(person.number),
                 static_cast<std::uint64_t>(month.index), 5});
            if (!dice.chance(person.skilled ? 0.008 : 0.0025)) continue;
            const Date date = *Date::of(month.year(), month.month_of_year(), dice.whole(1, 28));
            constexpr std::array<std::string_view, 4> levels = {"专项能力", "初级工", "中级工",
                                                                "高级工"};
            scene.file(Ledger::certificates, month,
                       {person.id,
                        fmt::format("Z{}{:02}{}", month.year(), month.month_of_year(),
                                    person.key.substr(1)),
                        std::string(levels[dice.pick({0.45, 0.3, 0.2, 0.05})]), base::text(date)});
        }
}

void register_public_pay(Scene& scene) {
    const Month month = scene.setting.history;
    for (const Household& household : scene.village->households)
        for (const Person& person : household.members) {
            const int age = person.age(month);
            if (!person.is_member(month) || age < 24 || age > 60) continue;
            Dice dice(scene.setting.seed, Matter::comparison,
                      {scene.village->number, household.number,
                       static_cast<std::uint64_t>(person.number)});
            if (!dice.chance(household.lifted ? 0.001 : 0.01)) continue;
            scene.file(Ledger::public_pay, month,
                       {person.id, dice.chance(0.6) ? "乡村教师" : "乡镇职工",
                        base::text(Month::of(2018, 9))});
        }
}

void allot_funds(const Setting& setting, const CountyPlan& county, Desk& desk, Month month) {
    if (!once_a_year(setting, month, 3)) return;
    constexpr std::array<std::string_view, 4> tiers = {"中央", "省", "市", "县"};
    constexpr std::array<std::string_view, 4> purposes = {"产业", "引导吸纳就业", "扶持村集体经济",
                                                          "其他"};
    for (int i = 1; i <= 30; ++i) {
        Dice dice(setting.seed, Matter::fund,
                  {number_of(county.county.code), static_cast<std::uint64_t>(month.year()),
                   static_cast<std::uint64_t>(i)});
        const std::size_t tier = dice.pick({0.5, 0.25, 0.1, 0.15});
        const double industry = 0.60 + 0.04 * std::clamp(month.year() - 2022, 0, 3);
        const std::size_t purpose = dice.pick({industry, 0.06, 0.08, 0.86 - industry});
        const int budget = dice.whole(40, 600) * 10000;
        const bool spent = month.year() < setting.last.year() || dice.chance(0.7);
        const int paid =
            static_cast<int>(budget * (spent ? dice.between(0.9, 1.0) : dice.between(0.3, 0.8)));
        desk.file(Ledger::fund_lines, month, 0,
                  {fmt::format("F{}{}{:03}", county.county.code, month.year(), i),
                   county.county.code, std::to_string(month.year()), std::string(tiers[tier]),
                   i % 5 == 0 ? "统筹涉农资金" : "衔接资金", std::string(purposes[purpose]),
                   money(yuan(budget)), money(yuan(paid))});
    }
}

void publish_statistics(const Setting& setting, const CountyPlan& county, Desk& desk, Month month) {
    if (!once_a_year(setting, month, 2)) return;
    const int year = month.year() - 1;
    constexpr std::array<int, 6> lifted_area = {14366, 15500, 16720, 18040, 19455, 20900};
    constexpr std::array<int, 6> lifted_person = {10740, 12550, 14342, 15800, 17100, 18300};
    const auto at = static_cast<std::size_t>(std::clamp(year - 2020, 0, 5));
    const auto row = [&](const std::string& code, int income, std::string_view note) {
        if (income > 0)
            desk.file(
                Ledger::rural_income, month, 0,
                {code, std::to_string(year), money(yuan(income)), money(yuan(lifted_area[at])),
                 money(yuan(lifted_person[at])), std::string(note)});
    };
    row("41", rural_income("41", year), year >= 2025 ? "模拟数" : "凭记忆，待核");
    row(county.city, rural_income(county.city, year), "模拟数");
    row(county.county.code, rural_income(county.city, year) * (county.lifted ? 94 : 103) / 100,
        "模拟数");
}

}  // namespace zs::simulate
