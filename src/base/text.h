#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace zs::base {

/// Without white space (ASCII, U+3000, U+00A0, U+FEFF) at both ends.
std::string_view trim(std::string_view text);
std::vector<std::string> split(std::string_view text, char separator);
std::string join(const std::vector<std::string>& parts, std::string_view separator);

bool is_valid_utf8(std::string_view text);
/// Code points, and terminal cells (a Chinese character takes two).
std::size_t characters(std::string_view utf8);
std::size_t cells(std::string_view utf8);

/// The text with control characters (line breaks, a terminal's escapes) as spaces.
std::string one_line(std::string text);

/// The names of `known` that are near `name` (edit distance at most a third of its length, at
/// least 1), nearest first, at most `count`.
std::vector<std::string> nearest_names(std::string_view name, const std::vector<std::string>& known,
                                       std::size_t count = 1);
/// `did you mean 'x'?` with the nearest of the known names; empty where none is near.
std::string did_you_mean(std::string_view name, const std::vector<std::string>& known);

}  // namespace zs::base
