#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace zs::transcript {

/// A command of a transcript and what is to come back: a line `$ command` in a block fenced as
/// ```console, the lines until the next command or the fence, a last line `[exit N]` if N is not 0.
/// A command that ends in a backslash, or a here-document, goes on in lines that begin with `> `.
struct Step {
    std::string command;
    std::vector<std::string> expected;
    int line = 0;          ///< of the command in the file, from 1
    int expected_end = 0;  ///< the line after the expectation
};

/// The steps of a transcript's text. Lines of a console block before its first command are ignored.
std::vector<Step> steps_of(std::string_view markdown);

/// The lines that a step's expectation is compared with: what came, then `[exit N]` if N is not 0.
std::vector<std::string> answer_lines(std::string_view output, int exit_status);

/// What running a file came to.
struct Result {
    int passed = 0;
    int failed = 0;
    std::string report;   ///< a difference for each failure
    std::string updated;  ///< the file's text with what came back in place of each expectation
};

/// Runs all steps of a file in one fresh folder, which is HOME and holds ZENGSHOU_HOME.
/// A step that fails does not stop those after it.
Result run(const std::string& name, std::string_view markdown,
           const std::map<std::string, std::string>& environment);

}  // namespace zs::transcript
