#pragma once

#include <string>

#include <fmt/format.h>

#include "base/said.h"

namespace zs::ask {

using base::Language;
using base::language_of;

/// A fixed phrase of an answer, in both languages: the compiler takes none that lacks one.
/// `{}` in it is filled in by `said`.
struct Phrase {
    const char* chinese;
    const char* english;

    consteval Phrase(const char* in_chinese, const char* in_english)
        : chinese(in_chinese), english(in_english) {
        if (*in_chinese == '\0' || *in_english == '\0') throw "a phrase is said in both languages";
    }
    constexpr const char* in(Language language) const {
        return language == Language::english ? english : chinese;
    }
};

/// The phrase with its places filled in.
template <typename... Parts>
std::string said(Language language, const Phrase& phrase, const Parts&... parts) {
    return fmt::format(fmt::runtime(phrase.in(language)), parts...);
}

}  // namespace zs::ask
