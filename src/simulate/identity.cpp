#include "simulate/identity.h"

#include <array>
#include <string_view>

#include <fmt/format.h>

#include "base/failure.h"
#include "base/identity.h"

namespace zs::simulate {

namespace {

constexpr std::array<std::string_view, 30> surnames = {
    "王", "李", "张", "刘", "陈", "杨", "赵", "黄", "周", "吴", "徐", "孙", "胡", "朱", "高",
    "林", "何", "郭", "马", "罗", "梁", "宋", "郑", "谢", "韩", "唐", "冯", "于", "董", "尚"};
constexpr std::array<std::string_view, 6> rare_surnames = {"亓", "逯", "禤", "妫", "郄", "仝"};
constexpr std::array<std::string_view, 24> men = {"建", "国", "志", "强", "伟", "军", "勇", "杰",
                                                  "涛", "明", "超", "刚", "平", "辉", "鹏", "华",
                                                  "飞", "鑫", "波", "斌", "浩", "宇", "轩", "振"};
constexpr std::array<std::string_view, 24> women = {"芳", "娜", "敏", "静", "丽", "艳", "娟", "霞",
                                                    "秀", "英", "玉", "梅", "兰", "红", "玲", "桂",
                                                    "凤", "洁", "燕", "雪", "琳", "颖", "婷", "欣"};
// Beyond the first two levels of GB 2312, some beyond the basic plane: names as registers have
// them.
constexpr std::array<std::string_view, 12> rare = {"翀", "赟", "堃",   "烜", "垚", "燚",
                                                   "㛃", "䶮", "𬭎", "𣲘", "喆", "𬸣"};

template <std::size_t N>
std::string_view one_of(const std::array<std::string_view, N>& list, Dice& dice) {
    return list[static_cast<std::size_t>(dice.whole(0, static_cast<int>(N) - 1))];
}

constexpr std::string_view org_letters = "0123456789ABCDEFGHJKLMNPQRTUWXY";

}  // namespace

std::string Identities::id_number(base::Date birth, char sex, Dice& dice) {
    int sequence = dice.whole(0, 499) * 2 + (sex == 'm' ? 1 : 0);
    for (int tries = 0; tries < 500; ++tries, sequence = (sequence + 2) % 1000) {
        std::string number = fmt::format("{}{:04}{:02}{:02}{:03}", county_, birth.year(),
                                         birth.month_of_year(), birth.day_of_month(), sequence);
        number += base::id_check_character(number);
        if (given_.insert(number).second) return number;
    }
    base::broken_invariant("a free number",
                           "a day has fewer than 500 births of one sex in a county", __FILE__,
                           __LINE__);
}

std::string surname(Dice& dice) {
    return std::string(dice.chance(0.01) ? one_of(rare_surnames, dice) : one_of(surnames, dice));
}

std::string given_name(char sex, Dice& dice) {
    std::string name(sex == 'm' ? one_of(men, dice) : one_of(women, dice));
    if (dice.chance(0.03)) return name + std::string(one_of(rare, dice));
    if (dice.chance(0.75)) name += sex == 'm' ? one_of(men, dice) : one_of(women, dice);
    return name;
}

std::string phone(Dice& dice) {
    const int carrier = dice.whole(3, 9);
    return fmt::format("1{}{:09}", carrier, dice.whole(0, 999'999'999));
}

std::string org_code(const std::string& county, char kind, Dice& dice) {
    constexpr std::array<int, 8> body_weights = {3, 7, 9, 10, 5, 8, 4, 2};
    std::string code = std::string("9") + kind + county;
    int sum = 0;
    for (const int weight : body_weights) {
        const int digit = dice.whole(0, 9);
        code += static_cast<char>('0' + digit);
        sum += digit * weight;
    }
    const int body_check = (11 - sum % 11) % 11;
    code += body_check == 10 ? 'X' : static_cast<char>('0' + body_check);
    int weighted = 0;
    int weight = 1;
    for (const char c : code) {
        weighted += static_cast<int>(org_letters.find(c)) * weight;
        weight = weight * 3 % 31;
    }
    code += org_letters[static_cast<std::size_t>((31 - weighted % 31) % 31)];
    return code;
}

}  // namespace zs::simulate
