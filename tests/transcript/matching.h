#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace zs::transcript {

/// Stands for any text within one line of an expectation, the empty one too.
inline constexpr std::string_view any_text = "<any>";

/// Whether a line that came back is what a line of the transcript says.
bool matches_line(std::string_view expected, std::string_view actual);

/// Whether the lines match one by one and are as many.
bool matches(const std::vector<std::string>& expected, const std::vector<std::string>& actual);

/// What to write in place of `expected`: the lines that came back, but where a line of `expected`
/// matches, that line, so that its `<any>` stays.
std::vector<std::string> updated(const std::vector<std::string>& expected,
                                 const std::vector<std::string>& actual);

/// Lines with ` ` before what is the same in both, `-` before what was expected, `+` before what
/// came.
std::vector<std::string> difference(const std::vector<std::string>& expected,
                                    const std::vector<std::string>& actual);

}  // namespace zs::transcript
