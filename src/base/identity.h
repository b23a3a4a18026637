#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/month.h"

namespace zs::base {

/// 18 characters of GB 11643 with a right check digit and a possible birth date.
bool is_id_number(std::string_view text);
/// Birth date and sex ('m' or 'f', from the 17th digit) of a right ID number; nothing otherwise.
std::optional<Date> birth_of(std::string_view id_number);
std::optional<char> sex_of(std::string_view id_number);
/// The 17 digits' check character (0–9 or X), GB 11643.
char id_check_character(std::string_view first_17);

/// 18 characters of GB 32100 (统一社会信用代码) with a right check character.
bool is_org_code(std::string_view text);

/// `41**************12`.
std::string masked(std::string_view id_number);
/// The first letter of a name and two stars: `张**`.
std::string masked_name(std::string_view name);
/// The text with each run of 18 characters that is a right ID number masked.
std::string mask_id_numbers(std::string_view text);

}  // namespace zs::base
