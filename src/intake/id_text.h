#pragma once

#include <string>

#include "guard/keys.h"

namespace zs::intake {

/// The text with its ASCII letters as capitals.
std::string upper(std::string text);

/// What is said where the number of a disability certificate stands in place of an ID number.
inline constexpr const char* disability_number =
    "这是残疾人证号（身份证号后加残疾类别和等级），请填前18位的身份证号";

/// The number of a disability certificate: an ID number, the kind and the degree, and a letter and
/// figure of each re-issue.
bool is_disability_number(const std::string& number);

/// What a number is that is no ID number of 18 digits: a sentence without the number.
std::string wrong_number(const std::string& number);

/// The text with a token for each ID number: two that are masked can look alike, and a key must
/// not.
std::string tokenised(const std::string& text, const guard::Keys& keys);

}  // namespace zs::intake
