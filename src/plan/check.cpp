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

Checked check(const std::filesystem::path& folder) {
    std::vector<SourceFile> files = read_pack(folder);
    std::vector<std::pair<std::string, std::string>> side_files;
    std::vector<Diagnostic> missing;
    if (const std::string name = named_file(files.front().text, "obligations"); !name.empty()) {
        if (std::filesystem::exists(folder / name)) {
            side_files.emplace_back(name, base::read_file(folder / name));
        } else {
            Diagnostic d;
            d.id = "missing-file";
            d.place = {"plan.toml", line_of_key(files.front().text, "obligations"), 1};
            d.source = line_of(files.front(), d.place.line);
            d.message = fmt::format("the file '{}' that plan.toml names is not there", name);
            missing.push_back(d);
        }
    }
    Checked checked = built(std::move(files), std::move(side_files));
    checked.model.folder = folder.string();
    checked.diagnostics.insert(checked.diagnostics.end(), missing.begin(), missing.end());
    return checked;
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
        if (!lacking_examples(model, name).empty()) names.push_back(name);
    };
    for (const Rule& rule : model.rules) take(rule.name);
    for (const Indicator& indicator : model.indicators)
        if (!indicator.given) take(indicator.name);
    for (const Target& target : model.targets) take(target.name);
    return names;
}

std::vector<Coverage> coverage(const Model& model) {
    std::vector<Coverage> rows;
    const auto has_example = [&](const std::string& name) {
        return std::any_of(model.examples.begin(), model.examples.end(),
                           [&](const Example& e) { return e.name == name; });
    };
    for (const Obligation& obligation : model.obligations) {
        Coverage row{obligation.id, obligation.title, "missing", {}};
        std::set<std::string> kinds;
        bool tested = true;
        const auto take = [&](const Definition& definition, const std::string& kind,
                              bool needs_example) {
            if (std::find(definition.obligations.begin(), definition.obligations.end(),
                          obligation.id) == definition.obligations.end())
                return;
            row.blocks.push_back(kind + " " + definition.name);
            kinds.insert(kind);
            if (needs_example && !has_example(definition.name)) tested = false;
        };
        for (const Ledger& ledger : model.ledgers) take(ledger, "ledger", false);
        for (const Feature& feature : model.features) take(feature, "feature", false);
        for (const Parameter& parameter : model.parameters) take(parameter, "parameter", false);
        for (const Rule& rule : model.rules)
            take(rule,
                 rule.kind == Rule::Kind::clue    ? "clue"
                 : rule.kind == Rule::Kind::check ? "check"
                                                  : "entitlement",
                 true);
        for (const Indicator& indicator : model.indicators)
            take(indicator, "indicator", !indicator.given);
        for (const Target& target : model.targets) take(target, "target", true);
        for (const Workflow& workflow : model.workflows) take(workflow, "workflow", false);
        for (const Measure& measure : model.measures) take(measure, "measure", false);
        for (const Match& match : model.matches) take(match, "match", false);
        for (const Duty& duty : model.duties) take(duty, "duty", false);
        if (!row.blocks.empty()) {
            const bool all =
                std::all_of(obligation.kinds.begin(), obligation.kinds.end(),
                            [&](const std::string& kind) { return kinds.contains(kind); });
            row.status = all && tested ? "live" : "partial";
        }
        rows.push_back(std::move(row));
    }
    return rows;
}

}  // namespace zs::plan
