#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "ask/parameters_used.h"
#include "ask/results.h"
#include "guard/keys.h"
#include "intake/held_about.h"

namespace zs::ask {

/// Everything behind one finding: from its clause down to the lines of the files it came from.
struct Why {
    std::string finding, run, rule, kind, file;
    int line = 0;
    std::string subject, grain, division, status, say;
    struct FeatureUsed {
        std::string name, title, window;
        std::optional<std::string> value;
        List::Kind kind = List::Kind::text;
    };
    struct SourceLine {
        std::string batch, ledger, month, file;
        std::int64_t line = 0;
    };
    std::vector<ParameterUsed> parameters;
    std::vector<FeatureUsed> features;
    std::vector<SourceLine> sources;
    std::vector<intake::HeldAbout> held;  ///< rows about the same subjects that were not taken
};

/// The run in which a finding is, the latest first. @throws Failure (input) where none has it.
std::string run_of_finding(const Runs& runs, const std::string& finding);

/// @throws Failure (input) where no run has such a finding.
Why why(const Runs& runs, const std::filesystem::path& lake, const guard::Keys& keys,
        const std::string& finding);

}  // namespace zs::ask
