#pragma once

#include <filesystem>
#include <string>
#include <string_view>

namespace zs::guard {

/// The keys of a home, 32 bytes each. They are never printed and lie outside the data.
struct Keys {
    std::string person;  ///< person keys and tokens are keyed hashes by it
    std::string vault;   ///< seals names, numbers and held rows
};

/// Makes the folder and new random keys in it, files that only their owner reads.
/// @throws Failure (input) when there are keys already: new ones would orphan all data.
Keys make_keys(const std::filesystem::path& folder);
/// @throws Failure (input) when a key is missing or has not 32 bytes.
Keys open_keys(const std::filesystem::path& folder);

/// Lower-case hex of HMAC-SM3 (GB/T 32905, key `key`): 64 characters.
std::string hmac_sm3(std::string_view key, std::string_view bytes);

/// The key under which a person with this ID number is known: HMAC-SM3(home key, number), the
/// number's last letter as X.
std::string person_key(const Keys& keys, std::string_view id_number);

/// What an identity field leaves in the lake: it can be compared and counted, and says nothing.
/// `kind` (id_number, phone, bank_card) keeps the same digits of two kinds apart; of an ID number
/// it is the person key.
std::string token(const Keys& keys, std::string_view kind, std::string_view value);

}  // namespace zs::guard
