#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <type_traits>

#include <fmt/format.h>

namespace zs::base {

/// What people are answered in. A home has one, its pack's `locale`; a line is in one.
enum class Language { chinese, english };

/// Of a `locale`: `en`, `en-GB` are English; all else, nothing too, is Chinese.
Language language_of(std::string_view locale);
/// Where no home says it: the first of LC_ALL, LC_MESSAGES and LANG that is set; `zh…` is Chinese,
/// all else English.
Language language_of_environment();

/// A text in both languages, made where what it tells is known; who prints it chooses.
class Said {
public:
    Said() = default;
    Said(std::string chinese, std::string english)
        : chinese_(std::move(chinese)), english_(std::move(english)) {}
    /// What is the same in both: a name, a path, the words of a library or of the pack.
    static Said as_is(const std::string& text) { return {text, text}; }

    const std::string& in(Language language) const {
        return language == Language::english ? english_ : chinese_;
    }
    bool empty() const { return english_.empty(); }

private:
    std::string chinese_, english_;
};

/// How many of the places `{}`, `{0}` of a format are filled in, each counted once; -1 where one is
/// past `count`.
consteval int places_filled(std::string_view format, std::size_t count) {
    unsigned long long seen = 0;
    std::size_t next = 0;
    for (std::size_t i = 0; i < format.size(); ++i) {
        if (format[i] != '{') continue;
        if (i + 1 < format.size() && format[i + 1] == '{') {
            ++i;
            continue;
        }
        std::size_t place = 0;
        const bool numbered = format[i + 1] >= '0' && format[i + 1] <= '9';
        for (std::size_t at = i + 1; numbered && format[at] >= '0' && format[at] <= '9'; ++at)
            place = place * 10 + static_cast<std::size_t>(format[at] - '0');
        if (!numbered) place = next++;
        if (place >= count) return -1;
        seen |= 1ULL << place;
    }
    int filled = 0;
    for (; seen != 0; seen &= seen - 1) ++filled;
    return filled;
}

/// As what a part of a text is formatted: of what is said in two languages, the text in one.
template <typename Part>
using Shown = std::conditional_t<std::is_same_v<Part, Said>, std::string, Part>;

/// One language's format, which must take each of the parts: so both languages tell the same.
template <typename... Parts>
struct Format {
    fmt::format_string<const Shown<Parts>&...> format;

    template <std::size_t Size>
    consteval Format(const char (&text)[Size])  // NOLINT(google-explicit-constructor)
        : format(text) {
        if (places_filled(text, sizeof...(Parts)) != static_cast<int>(sizeof...(Parts)))
            throw "a format must take every part";
    }
};

template <typename Part>
const auto& shown(const Part& part, Language language) {
    if constexpr (std::is_same_v<Part, Said>)
        return part.in(language);
    else
        return part;
}

/// `said("没有批次“{}”", "there is no batch '{}'", id)`. Either format may place the parts in its
/// own order (`{1}`), and must take them all. A part may itself be a `Said`.
template <typename... Parts>
Said said(Format<std::type_identity_t<Parts>...> chinese,
          Format<std::type_identity_t<Parts>...> english, const Parts&... parts) {
    return {fmt::format(chinese.format, shown(parts, Language::chinese)...),
            fmt::format(english.format, shown(parts, Language::english)...)};
}

}  // namespace zs::base
