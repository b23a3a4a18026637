#include "transcript.h"

#include "matching.h"
#include "shell.h"

#include <algorithm>
#include <cstddef>

namespace zs::transcript {
namespace {

std::vector<std::string> lines_of(std::string_view text) {
    std::vector<std::string> lines;
    while (!text.empty()) {
        const auto end = text.find('\n');
        lines.emplace_back(text.substr(0, end));
        if (end == std::string_view::npos) break;
        text.remove_prefix(end + 1);
    }
    return lines;
}

std::string text_of(const std::vector<std::string>& lines) {
    std::string text;
    for (const auto& line : lines) text += line + "\n";
    return text;
}

bool opens_console(std::string_view line) { return line == "```console"; }
bool closes(std::string_view line) { return line == "```"; }
// An empty line of a command is a lone `>`: editors take blanks at the end of a line away.
bool goes_on(std::string_view line) { return line == ">" || line.starts_with("> "); }

void append_difference(const std::string& name, const Step& step,
                       const std::vector<std::string>& actual, std::string& report) {
    report += name + ":" + std::to_string(step.line) + ": $ " + step.command + "\n";
    report += text_of(difference(step.expected, actual));
    report += "\n";
}

}  // namespace

std::vector<Step> steps_of(std::string_view markdown) {
    std::vector<Step> steps;
    bool inside = false;
    bool begun = false;  // a command of this block has been seen
    int number = 0;
    for (const auto& line : lines_of(markdown)) {
        ++number;
        if (!inside) {
            inside = opens_console(line);
            begun = false;
        } else if (closes(line)) {
            inside = false;
        } else if (line.starts_with("$ ")) {
            steps.push_back({line.substr(2), {}, number, number + 1});
            begun = true;
        } else if (begun && goes_on(line) && steps.back().expected.empty()) {
            steps.back().command += "\n" + line.substr(std::min<std::size_t>(2, line.size()));
            steps.back().expected_end = number + 1;
        } else if (begun) {
            steps.back().expected.push_back(line);
            steps.back().expected_end = number + 1;
        }
    }
    return steps;
}

std::vector<std::string> answer_lines(std::string_view output, int exit_status) {
    auto lines = lines_of(output);
    if (exit_status != 0) lines.push_back("[exit " + std::to_string(exit_status) + "]");
    return lines;
}

Result run(const std::string& name, std::string_view markdown,
           const std::map<std::string, std::string>& environment) {
    const TemporaryFolder folder;
    auto complete = environment;
    complete["HOME"] = folder.path();
    complete["ZENGSHOU_HOME"] = folder.path() / "zengshou-home";

    Result result;
    const auto source = lines_of(markdown);
    std::vector<std::string> written;
    std::size_t copied = 0;  // lines of the source that are in `written`
    for (const auto& step : steps_of(markdown)) {
        const auto answer = run_in_shell(step.command, folder.path(), complete);
        const auto actual = answer_lines(answer.output, answer.exit_status);
        const bool passed = matches(step.expected, actual);
        (passed ? result.passed : result.failed) += 1;
        if (!passed) append_difference(name, step, actual, result.report);

        const auto expected_begin =
            static_cast<std::size_t>(step.expected_end - 1) - step.expected.size();
        written.insert(written.end(), source.begin() + static_cast<std::ptrdiff_t>(copied),
                       source.begin() + static_cast<std::ptrdiff_t>(expected_begin));
        const auto now = updated(step.expected, actual);
        written.insert(written.end(), now.begin(), now.end());
        copied = static_cast<std::size_t>(step.expected_end - 1);
    }
    written.insert(written.end(), source.begin() + static_cast<std::ptrdiff_t>(copied),
                   source.end());
    result.updated = text_of(written);
    return result;
}

}  // namespace zs::transcript
