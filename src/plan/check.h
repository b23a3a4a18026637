#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "plan/diagnostic.h"
#include "plan/model.h"

namespace zs::plan {

/// What came of reading a pack: all its faults and warnings, and the model, which may be used only
/// if `ok()`.
struct Checked {
    Model model;
    std::vector<Diagnostic> diagnostics;  ///< sorted
    bool ok() const;
};

/// Reads the folder, parses, resolves, types and checks everything that PACK.md asks, and reports
/// all faults at once. A fault in one definition does not hide those of another, nor make new ones.
/// @throws Failure (input) when the folder or its plan.toml cannot be read.
Checked check(const std::filesystem::path& folder);

/// The same, and that the file of divisions which plan.toml names is there. Only `init` reads it;
/// the copy of a pack that a run keeps is without it.
Checked check_with_divisions(const std::filesystem::path& folder);

/// The same over texts given by name (`plan.toml`, `a/b.md`, …), for tests.
Checked check_texts(const std::vector<std::pair<std::string, std::string>>& files);

/// A pack without the blocks that have errors, and without those that then have one because they
/// need them: what examples that expect no error run over.
struct SoundPart {
    Checked checked;  ///< faulty only where plan.toml or a file it names is
    /// Examples that went with what they test: their block's place and the first error in it.
    std::vector<Diagnostic> lost_examples;
};
/// @throws Failure (input) as `check` does.
SoundPart sound_part(const std::filesystem::path& folder);

/// The model that an example is run over: the pack's, with the values that it gives parameters.
/// Empty where it gives none by month, division, code or step: then it is the pack's own.
std::optional<Model> model_of_example(const Model& model, const Example& example);

/// What a rule, indicator, target or feature (`person.months_out`) reads, as `kind name`:
/// `feature person.months_out`, `parameter monitoring_line`, `ledger payments` …, sorted, each
/// once.
std::vector<std::string> reads(const Model& model, const std::string& name);

/// A definition and those it reads, both as `kind name` (`rule` for clues, entitlements and
/// checks).
struct Dependency {
    std::string name;
    std::vector<std::string> reads;  ///< sorted, each once
};
/// Every definition of the pack, in the order of its kinds: for `plan show`, both ways.
std::vector<Dependency> dependencies(const Model& model);

/// Which of the three examples a rule, indicator or target should have (PACK.md, 9) are not there:
/// `that fires`, `that just does not`, `with data missing`. Of an indicator any example will do.
std::vector<std::string> lacking_examples(const Model& model, const std::string& name);

/// Rules, indicators that are not given, and targets, that lack one of them.
std::vector<std::string> without_examples(const Model& model);

/// One row of `plan coverage`. Live (PACK.md, 9): each kind of block that the obligation asks for
/// is there; what it has reads a ledger that somebody delivers, has its three examples and waits
/// for no part of the program. Partial: some block. Missing: none.
struct Coverage {
    std::string id, title, status;
    std::vector<std::string> blocks;
    std::vector<std::string> why;  ///< of a partial one: what it lacks, a sentence each
};
std::vector<Coverage> coverage(const Model& model);

}  // namespace zs::plan
