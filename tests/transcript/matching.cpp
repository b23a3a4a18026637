#include "matching.h"

#include <algorithm>
#include <cstddef>

namespace zs::transcript {
namespace {

/// One step of an alignment: a line of both that match or not, of the expectation only, or of what
/// came only.
struct Step {
    enum class Kind { same, other, expected_only, actual_only } kind;
    std::size_t expected = 0;
    std::size_t actual = 0;
};

using Costs = std::vector<std::vector<std::size_t>>;

/// `costs[i][j]`: the fewest lines to change, add or remove to make what came from line j on of
/// what was expected from line i on. A changed line costs one, so that `<any>` stays in its place.
Costs costs_of(const std::vector<std::string>& expected, const std::vector<std::string>& actual) {
    const std::size_t rows = expected.size(), columns = actual.size();
    Costs costs(rows + 1, std::vector<std::size_t>(columns + 1, 0));
    for (std::size_t row = rows + 1; row-- > 0;)
        for (std::size_t column = columns + 1; column-- > 0;) {
            if (row == rows || column == columns) {
                costs[row][column] = (rows - row) + (columns - column);
                continue;
            }
            const std::size_t change = matches_line(expected[row], actual[column]) ? 0 : 1;
            costs[row][column] = std::min({costs[row + 1][column + 1] + change,
                                           costs[row + 1][column] + 1, costs[row][column + 1] + 1});
        }
    return costs;
}

std::vector<Step> aligned(const std::vector<std::string>& expected,
                          const std::vector<std::string>& actual) {
    const Costs costs = costs_of(expected, actual);
    std::vector<Step> steps;
    std::size_t row = 0, column = 0;
    while (row < expected.size() || column < actual.size()) {
        const bool both = row < expected.size() && column < actual.size();
        const bool same = both && matches_line(expected[row], actual[column]);
        if (both && costs[row][column] == costs[row + 1][column + 1] + (same ? 0 : 1)) {
            steps.push_back({same ? Step::Kind::same : Step::Kind::other, row++, column++});
        } else if (row < expected.size() && costs[row][column] == costs[row + 1][column] + 1) {
            steps.push_back({Step::Kind::expected_only, row++, column});
        } else {
            steps.push_back({Step::Kind::actual_only, row, column++});
        }
    }
    return steps;
}

}  // namespace

bool matches_line(std::string_view expected, std::string_view actual) {
    auto any = expected.find(any_text);
    if (any == std::string_view::npos) return expected == actual;
    if (!actual.starts_with(expected.substr(0, any))) return false;
    actual.remove_prefix(any);
    expected.remove_prefix(any + any_text.size());
    // Each fixed piece is taken where it first stands: the next `<any>` absorbs what is between.
    while ((any = expected.find(any_text)) != std::string_view::npos) {
        const auto at = actual.find(expected.substr(0, any));
        if (at == std::string_view::npos) return false;
        actual.remove_prefix(at + any);
        expected.remove_prefix(any + any_text.size());
    }
    return actual.ends_with(expected);
}

bool matches(const std::vector<std::string>& expected, const std::vector<std::string>& actual) {
    return std::equal(expected.begin(), expected.end(), actual.begin(), actual.end(), matches_line);
}

std::vector<std::string> updated(const std::vector<std::string>& expected,
                                 const std::vector<std::string>& actual) {
    std::vector<std::string> lines;
    for (const Step& step : aligned(expected, actual)) {
        if (step.kind == Step::Kind::same) lines.push_back(expected[step.expected]);
        if (step.kind == Step::Kind::other || step.kind == Step::Kind::actual_only)
            lines.push_back(actual[step.actual]);
    }
    return lines;
}

std::vector<std::string> difference(const std::vector<std::string>& expected,
                                    const std::vector<std::string>& actual) {
    std::vector<std::string> lines;
    for (const Step& step : aligned(expected, actual)) {
        if (step.kind == Step::Kind::same) lines.push_back(" " + actual[step.actual]);
        if (step.kind == Step::Kind::other || step.kind == Step::Kind::expected_only)
            lines.push_back("-" + expected[step.expected]);
        if (step.kind == Step::Kind::other || step.kind == Step::Kind::actual_only)
            lines.push_back("+" + actual[step.actual]);
    }
    return lines;
}

}  // namespace zs::transcript
