#include "simulate/world.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/failure.h"

namespace zs::simulate {

int Person::age(base::Month month) const {
    return month.year() - birth.year() - (month.month_of_year() < birth.month_of_year() ? 1 : 0);
}

bool Household::is_open(base::Month month) const {
    if (monitored.empty() || monitored.back().since > month) return false;
    const Monitoring& spell = monitored.back();
    return !spell.cleared || month < *spell.cleared;
}

bool Household::in_scope(base::Month month) const {
    return lifted || (!monitored.empty() && monitored.front().since <= month);
}

int Household::size(base::Month month) const {
    return static_cast<int>(std::count_if(members.begin(), members.end(),
                                          [&](const Person& p) { return p.is_member(month); }));
}

bool Household::has_able(base::Month month) const {
    return std::any_of(members.begin(), members.end(),
                       [&](const Person& p) { return p.is_member(month) && is_able(p.labour); });
}

Account Household::last_year(std::size_t index) const {
    Account sum;
    for (std::size_t i = index >= 11 ? index - 11 : 0; i <= index; ++i) {
        const Account& month = accounts[i];
        sum.wage += month.wage;
        sum.operation += month.operation;
        sum.property += month.property;
        sum.transfer += month.transfer;
        sum.expense += month.expense;
        sum.dibao += month.dibao;
        sum.rigid += month.rigid;
    }
    sum.members = accounts[index].members;
    return sum;
}

char kind_of(std::string_view item) {
    switch (item.front()) {
        case 'W':
            return 'w';
        case 'B':
            return 'b';
        case 'P':
            return 'p';
        case 'T':
            return 't';
        case 'X':
            return 'x';
        default:
            return 'n';
    }
}

bool is_able(Labour labour) { return labour != Labour::lost && labour != Labour::none; }

std::string_view title(Place place) {
    constexpr std::array<std::string_view, 4> titles = {"", "省外", "县外省内", "县内"};
    return titles[static_cast<std::size_t>(place)];
}

std::string_view title(Trade trade) {
    constexpr std::array<std::string_view, 6> titles = {"服装", "电子", "建筑",
                                                        "服务", "农业", "其他"};
    return titles[static_cast<std::size_t>(trade)];
}

std::string_view title(Labour labour) {
    constexpr std::array<std::string_view, 5> titles = {
        "普通劳动力", "技能劳动力", "弱劳动力或半劳动力", "丧失劳动力", "无劳动力"};
    return titles[static_cast<std::size_t>(labour)];
}

std::string_view title(Stage stage) {
    constexpr std::array<std::string_view, 8> titles = {
        "", "学前教育", "小学", "初中", "普通高中", "中职", "高职高专", "本科及以上"};
    return titles[static_cast<std::size_t>(stage)];
}

std::string_view title(Risk risk) {
    constexpr std::array<std::string_view, 7> titles = {
        "因病", "因残", "因学", "因自然灾害", "因产业项目失败", "因务工就业不稳", "缺劳动力"};
    return titles[static_cast<std::size_t>(risk)];
}

std::string_view word(Invention invention) {
    constexpr std::array<std::string_view, 5> words = {"none", "copied_rows", "flat_growth",
                                                       "wage_without_work", "quantity_mismatch"};
    return words[static_cast<std::size_t>(invention)];
}

std::string money(Fen amount) {
    ZS_INVARIANT(amount >= 0, "no amount in a file is below zero");
    return fmt::format("{}.{:02}", amount / 100, amount % 100);
}

}  // namespace zs::simulate
