#pragma once

#include <optional>
#include <string>
#include <vector>

#include "ask/results.h"

namespace zs::ask {

/// Everything behind one finding: from its clause down to the lines of the files it came from.
struct Why {
    std::string finding, rule, kind, file;
    int line = 0;
    std::string subject, status, say;
    struct ParameterUsed {
        std::string name, value, division, from, source;
    };
    struct FeatureUsed {
        std::string name, window;
        std::optional<std::string> value;
    };
    struct SourceLine {
        std::string batch, ledger, file;
        std::int64_t line = 0;
    };
    std::vector<ParameterUsed> parameters;
    std::vector<FeatureUsed> features;
    std::vector<SourceLine> sources;
};

/// @throws Failure (input) where no run has such a finding.
Why why(const Runs& runs, const std::filesystem::path& lake, const std::string& finding);

}  // namespace zs::ask
