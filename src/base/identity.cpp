#include "base/identity.h"

#include <array>

namespace zs::base {

namespace {

bool is_digit(char letter) { return letter >= '0' && letter <= '9'; }

int number(std::string_view digits) {
    int value = 0;
    for (const char digit : digits) value = value * 10 + (digit - '0');
    return value;
}

/// The letters of GB 32100, in order of their values.
constexpr std::string_view org_letters = "0123456789ABCDEFGHJKLMNPQRTUWXY";

}  // namespace

char id_check_character(std::string_view first_17) {
    static constexpr std::array<int, 17> weights{7, 9, 10, 5,  8, 4, 2, 1, 6,
                                                 3, 7, 9,  10, 5, 8, 4, 2};
    int sum = 0;
    for (std::size_t i = 0; i < weights.size(); ++i) sum += (first_17[i] - '0') * weights[i];
    return "10X98765432"[sum % 11];
}

bool is_id_number(std::string_view text) {
    if (text.size() != 18) return false;
    for (std::size_t i = 0; i < 17; ++i)
        if (!is_digit(text[i])) return false;
    const char check = text[17] == 'x' ? 'X' : text[17];
    const auto birth =
        Date::of(number(text.substr(6, 4)), number(text.substr(10, 2)), number(text.substr(12, 2)));
    return birth && birth->year() >= 1850 && text[0] != '0' &&
           check == id_check_character(text.substr(0, 17));
}

std::optional<Date> birth_of(std::string_view id_number) {
    if (!is_id_number(id_number)) return std::nullopt;
    return Date::of(number(id_number.substr(6, 4)), number(id_number.substr(10, 2)),
                    number(id_number.substr(12, 2)));
}

std::optional<char> sex_of(std::string_view id_number) {
    if (!is_id_number(id_number)) return std::nullopt;
    return (id_number[16] - '0') % 2 == 1 ? 'm' : 'f';
}

bool is_org_code(std::string_view text) {
    if (text.size() != 18) return false;
    int sum = 0, weight = 1;
    for (std::size_t i = 0; i < 17; ++i) {
        const std::size_t value = org_letters.find(text[i]);
        if (value == std::string_view::npos) return false;
        sum += static_cast<int>(value) * weight;
        weight = weight * 3 % 31;
    }
    return text[17] == org_letters[static_cast<std::size_t>((31 - sum % 31) % 31)];
}

std::string masked(std::string_view id_number) {
    if (id_number.size() < 5) return std::string(id_number.size(), '*');
    return std::string(id_number.substr(0, 2)) + std::string(id_number.size() - 4, '*') +
           std::string(id_number.substr(id_number.size() - 2));
}

std::string masked_name(std::string_view name) {
    std::size_t first = 1;
    while (first < name.size() && (static_cast<unsigned char>(name[first]) & 0xC0) == 0x80) ++first;
    return std::string(name.substr(0, first)) + "**";
}

std::string mask_id_numbers(std::string_view text) {
    std::string result;
    for (std::size_t at = 0; at < text.size();) {
        const bool inside_number = at > 0 && is_digit(text[at - 1]);
        const bool ends = at + 18 >= text.size() || !is_digit(text[at + 18]);
        if (!inside_number && ends && at + 18 <= text.size() && is_id_number(text.substr(at, 18))) {
            result += masked(text.substr(at, 18));
            at += 18;
        } else {
            result += text[at++];
        }
    }
    return result;
}

}  // namespace zs::base
