#pragma once

#include <string>
#include <vector>

#include "plan/check.h"
#include "plan/outcome.h"

namespace zs::interpret::sample {

/// The head of an example with one person in one household, to be followed by more.
inline constexpr const char* one_person = R"md(
run = "2024-09"
[rows]
households = [ { household = "h1", division = "411625001001" } ]
people = [ { person = "p1", household = "h1", sex = "f" } ]
)md";

/// A feature over a ledger that villages owe.
inline constexpr const char* wages = R"md(
```feature person.wages
from = "employment"
value = "sum(wage)"
```
)md";

/// A pack of households, their people and their months of work, with the blocks added; its faults
/// fail the test.
plan::Checked checked(const std::string& blocks);

/// What the examples in the blocks say against the evaluator; empty where all pass.
std::vector<std::string> complaints(const std::string& blocks);

/// What a run over the data of the first example finds.
plan::Outcome outcome_of(const std::string& blocks);

/// The text of an example: its head, its rows, its expectations.
std::string example(const std::string& head, const std::string& rows, const std::string& expect);

}  // namespace zs::interpret::sample
