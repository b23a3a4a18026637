#pragma once

#include <string>
#include <string_view>

#include "guard/keys.h"

namespace zs::guard {

/// Encrypts with AES-256-GCM under the home's vault key, a new nonce each time. `about` says what
/// the text is (a grain, subject and field): sealed text opens only under the same words.
/// Gives base64, fit for a text column.
std::string seal(const Keys& keys, std::string_view about, std::string_view plain);

/// @throws Failure (system) when the text was changed, moved, or sealed under another key.
std::string unseal(const Keys& keys, std::string_view about, std::string_view sealed);

}  // namespace zs::guard
