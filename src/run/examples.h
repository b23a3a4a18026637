#pragma once

#include <functional>
#include <string>
#include <vector>

#include "plan/model.h"

namespace zs::run {

struct ExampleResult {
    const plan::Example* example = nullptr;
    bool passed = false;
    std::vector<std::string> why;  ///< one sentence for each expectation that did not hold
};

/// Runs one of the pack's examples on the engine: compiles what it tests, and compares.
ExampleResult run_example(const plan::Model& pack, const plan::Example& example);

}  // namespace zs::run
