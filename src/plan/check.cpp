#include "plan/check.h"

#include <algorithm>
#include <set>
#include <tuple>

#include <fmt/format.h>

#include "base/digest.h"
#include "base/failure.h"
#include "base/file.h"
#include "plan/builder.h"

namespace zs::plan {

namespace {

/// One fault that two definitions run into is one fault.
void each_once(std::vector<Diagnostic>& diagnostics) {
    std::set<std::tuple<std::string, std::string, int, int, std::string>> seen;
    std::erase_if(diagnostics, [&](const Diagnostic& d) {
        return !seen.insert({d.id, d.place.file, d.place.line, d.place.column, d.message}).second;
    });
}

Checked built(std::vector<SourceFile> files,
              std::vector<std::pair<std::string, std::string>> side_files) {
    base::Sm3 digest;
    for (const SourceFile& file : files)
        digest.add(file.name + "\n" + std::to_string(file.text.size()) + "\n" + file.text);
    for (const auto& [name, text] : side_files)
        digest.add(name + "\n" + std::to_string(text.size()) + "\n" + text);
    Builder builder(std::move(files), std::move(side_files));
    builder.build();
    Checked checked;
    checked.model = std::move(builder.model);
    checked.model.digest = digest.finish();
    checked.diagnostics = std::move(builder.report.diagnostics);
    sort(checked.diagnostics);
    each_once(checked.diagnostics);
    return checked;
}

/// The value of a key at the top of plan.toml that names a file; read before the TOML is checked.
std::string named_file(const std::string& plan_toml, const std::string& key) {
    try {
        const toml::table table = toml::parse(plan_toml);
        return table[key].value_or<std::string>("");
    } catch (const toml::parse_error&) {
        return {};
    }
}

int line_of_key(const std::string& plan_toml, const std::string& key) {
    const toml::table table = toml::parse(plan_toml);
    return static_cast<int>(table[key].node()->source().begin.line);
}

}  // namespace

bool Checked::ok() const {
    return std::none_of(diagnostics.begin(), diagnostics.end(), [](const Diagnostic& d) {
        return d.severity == Diagnostic::Severity::error;
    });
}

namespace {

/// The files of a pack: those with blocks, those that plan.toml names, and what of these is not
/// there.
struct PackFiles {
    std::vector<SourceFile> files;
    std::vector<std::pair<std::string, std::string>> side_files;
    std::vector<Diagnostic> missing;
};

/// Of a file that plan.toml names under a key and that is not there.
Diagnostic missing_file(const SourceFile& plan_toml, const std::string& key,
                        const std::string& name) {
    Diagnostic d;
    d.id = "missing-file";
    d.place = {"plan.toml", line_of_key(plan_toml.text, key), 1};
    d.source = line_of(plan_toml, d.place.line);
    d.message = fmt::format("the file '{}' that plan.toml names is not there", name);
    return d;
}

PackFiles files_of(const std::filesystem::path& folder) {
    PackFiles pack{read_pack(folder), {}, {}};
    const SourceFile& plan_toml = pack.files.front();
    const std::string name = named_file(plan_toml.text, "obligations");
    if (name.empty()) return pack;
    if (std::filesystem::exists(folder / name))
        pack.side_files.emplace_back(name, base::read_file(folder / name));
    else
        pack.missing.push_back(missing_file(plan_toml, "obligations", name));
    return pack;
}

Checked checked_files(const PackFiles& pack, const std::filesystem::path& folder) {
    Checked checked = built(pack.files, pack.side_files);
    checked.model.folder = folder.string();
    checked.diagnostics.insert(checked.diagnostics.end(), pack.missing.begin(), pack.missing.end());
    return checked;
}

/// Empties a block's lines; all others keep their numbers.
void take_out(SourceFile& file, const Block& block) {
    const int last = block.body.line + static_cast<int>(std::count(block.body.text.begin(),
                                                                   block.body.text.end(), '\n'));
    std::string left;
    std::size_t at = 0;
    for (int line = 1; at < file.text.size(); ++line) {
        const std::size_t end = std::min(file.text.find('\n', at), file.text.size());
        if (line < block.place.line || line > last) left += file.text.substr(at, end - at);
        left += '\n';
        at = end + 1;
    }
    file.text = std::move(left);
}

/// Takes out every block that has an error, with the first error in each.
std::vector<std::pair<Block, Diagnostic>> take_out_faulty(
    std::vector<SourceFile>& files, const std::vector<Diagnostic>& diagnostics) {
    std::vector<std::pair<Block, Diagnostic>> taken;
    for (SourceFile& file : files) {
        if (!file.name.ends_with(".md")) continue;
        std::vector<Diagnostic> unused;
        for (const Block& block : blocks_of(file, unused)) {
            const auto lines = std::count(block.body.text.begin(), block.body.text.end(), '\n');
            const auto error =
                std::find_if(diagnostics.begin(), diagnostics.end(), [&](const Diagnostic& d) {
                    return d.severity == Diagnostic::Severity::error && d.place.file == file.name &&
                           d.place.line >= block.place.line &&
                           d.place.line <= block.body.line + static_cast<int>(lines);
                });
            if (error != diagnostics.end()) taken.emplace_back(block, *error);
        }
    }
    for (const auto& [block, error] : taken)
        for (SourceFile& file : files)
            if (file.name == block.body.file) take_out(file, block);
    return taken;
}

}  // namespace

Checked check(const std::filesystem::path& folder) {
    return checked_files(files_of(folder), folder);
}

Checked check_with_divisions(const std::filesystem::path& folder) {
    PackFiles pack = files_of(folder);
    const SourceFile& plan_toml = pack.files.front();
    const std::string name = named_file(plan_toml.text, "divisions");
    if (!name.empty() && !std::filesystem::is_regular_file(folder / name))
        pack.missing.push_back(missing_file(plan_toml, "divisions", name));
    return checked_files(pack, folder);
}

SoundPart sound_part(const std::filesystem::path& folder) {
    PackFiles pack = files_of(folder);
    SoundPart part;
    for (bool is_first = true;; is_first = false) {
        part.checked = checked_files(pack, folder);
        if (part.checked.ok()) return part;
        const auto taken = take_out_faulty(pack.files, part.checked.diagnostics);
        if (taken.empty()) return part;
        for (const auto& [block, error] : taken) {
            if (is_first || block.kind != "example") continue;
            part.lost_examples.push_back(error);
            part.lost_examples.back().place = block.place;
            part.lost_examples.back().source = block.name;
        }
    }
}

std::optional<Model> model_of_example(const Model& model, const Example& example) {
    if (example.parameter_values.empty()) return std::nullopt;
    Model changed = model;
    for (Parameter& parameter : changed.parameters)
        if (const auto given = example.parameter_values.find(parameter.name);
            given != example.parameter_values.end())
            parameter.values = given->second;
    return changed;
}

Checked check_texts(const std::vector<std::pair<std::string, std::string>>& texts) {
    std::vector<SourceFile> files;
    std::vector<std::pair<std::string, std::string>> side_files;
    for (const auto& [name, text] : texts) {
        if (name.ends_with(".tsv"))
            side_files.emplace_back(name, text);
        else
            files.push_back({name, text});
    }
    return built(std::move(files), std::move(side_files));
}

std::vector<std::string> lacking_examples(const Model& model, const std::string& name) {
    static const std::set<std::string> fires{"fired", "short",    "gap",    "excess",
                                             "late",  "improper", "missed", "behind"},
        does_not{"clear", "none", "satisfied", "pending", "met", "on_track"},
        missing{"unknown", "no_data"};
    const bool of_outcomes = model.indicator(name) == nullptr;
    std::set<std::string> statuses;  // an entitlement is told apart by two
    bool any = false, any_fires = !of_outcomes, any_not = !of_outcomes, any_missing = !of_outcomes;
    for (const Example& example : model.examples) {
        if (example.name != name || example.what == Example::What::feature) continue;
        any = true;
        for (const Expectation& expectation : example.expected) {
            const auto* word = std::get_if<std::string>(&expectation.value);
            if (word == nullptr) continue;
            any_fires = any_fires || fires.contains(*word);
            any_not = any_not || does_not.contains(*word);
            any_missing = any_missing || missing.contains(*word);
            if (!missing.contains(*word)) statuses.insert(*word);
        }
    }
    const Rule* rule = model.rule(name);
    if (rule != nullptr && rule->kind == Rule::Kind::entitlement && statuses.size() > 1)
        any_fires = any_not = true;
    std::vector<std::string> lacking;
    if (!any || !any_fires) lacking.push_back("that fires");
    if (!any || !any_not) lacking.push_back("that just does not");
    if (!any || !any_missing) lacking.push_back("with data missing");
    return lacking;
}

std::vector<std::string> without_examples(const Model& model) {
    std::vector<std::string> names;
    const auto take = [&](const std::string& name) {
        if (!names.empty() && names.back() == name) return;  // of one `each`
        if (!lacking_examples(model, name).empty()) names.push_back(name);
    };
    for (const Rule& rule : model.rules) take(rule.name);
    for (const Indicator& indicator : model.indicators)
        if (!indicator.given) take(indicator.published_name());
    for (const Target& target : model.targets) take(target.published_name());
    return names;
}

}  // namespace zs::plan
