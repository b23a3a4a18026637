#pragma once

#include <string>

#include "base/said.h"
#include "guard/keys.h"

namespace zs::intake {

/// The text with its ASCII letters as capitals.
std::string upper(std::string text);

/// What is said where the number of a disability certificate stands in place of an ID number.
base::Said disability_number();

/// The number of a disability certificate: an ID number, the kind and the degree, and a letter and
/// figure of each re-issue.
bool is_disability_number(const std::string& number);

/// What a number is that is no ID number of 18 digits: a sentence without the number.
base::Said wrong_number(const std::string& number);

/// The text with a token for each ID number: two that are masked can look alike, and a key must
/// not.
std::string tokenised(const std::string& text, const guard::Keys& keys);

}  // namespace zs::intake
