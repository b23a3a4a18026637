#include "run/computation.h"

#include <functional>

#include "engine/appender.h"
#include "plan/check.h"
#include "run/overflow.h"

namespace zs::run {

namespace {

using plan::Expression;

/// Targets whose status is read on the way to what is asked for, those that others need first.
std::vector<std::string> targets_read(const plan::Model& model, const compile::Request& request) {
    std::vector<std::string> order;
    std::set<std::string> seen;
    const std::function<void(const std::string&)> follow = [&](const std::string& name) {
        for (const std::string& read : plan::reads(model, name)) {
            const std::size_t space = read.find(' ');
            const std::string kind = read.substr(0, space), what = read.substr(space + 1);
            if (kind != "feature" && kind != "rule" && kind != "indicator" && kind != "target")
                continue;
            if (!seen.insert(read).second) continue;
            follow(what);
            if (kind == "target") order.push_back(what);
        }
    };
    const auto begin = [&](const std::string& name) {
        if (!request.only || request.only->contains(name)) follow(name);
    };
    for (const compile::FeatureRead& read : request.features) follow(read.grain + "." + read.name);
    for (const plan::Rule& rule : model.rules) begin(rule.name);
    for (const plan::Indicator& indicator : model.indicators) begin(indicator.name);
    for (const plan::Target& target : model.targets) begin(target.name);
    return order;
}

std::map<std::pair<std::string, std::string>, plan::Value> placed_of(
    engine::Connection& connection) {
    std::map<std::pair<std::string, std::string>, plan::Value> placed;
    for (const auto& row :
         connection.query("select target, division, placed from out_placed").cells)
        placed[{*row[0], *row[1]}] = row[2] ? plan::Value(true) : plan::Value();
    return placed;
}

Computation computed(engine::Connection& connection, const plan::Model& model,
                     const compile::Request& request, const FigureSources& sources,
                     const Progress& progress) {
    Computation result{compile::compile(model, request, compile::DuckDbDialect()), {}};
    execute(connection, result.program, progress);
    result.outcome = outcome_of(connection, model);
    const auto placed = placed_of(connection);
    FigureSources with_places = sources;
    with_places.placed = &placed;
    with_places.only = request.only ? &*request.only : nullptr;
    add_figures_and_targets(model, with_places, result.outcome);
    return result;
}

std::vector<std::string> names_asked_for(const plan::Model& model,
                                         const compile::Request& request) {
    std::vector<std::string> names;
    const auto take = [&](const std::string& name) {
        if (!request.only || request.only->contains(name)) names.push_back(name);
    };
    for (const plan::Rule& rule : model.rules) take(rule.name);
    for (const plan::Indicator& indicator : model.indicators) take(indicator.name);
    for (const plan::Target& target : model.targets) take(target.name);
    return names;
}

bool overflows(engine::Connection& connection, const plan::Model& model,
               const compile::Request& request) {
    try {
        execute(connection, compile::compile(model, request, compile::DuckDbDialect()));
    } catch (const Overflow&) {
        return true;
    }
    return false;
}

/// The definition in which a figure overflows: what is asked for is halved until one is left.
std::string overflowing(engine::Connection& connection, const plan::Model& model,
                        const compile::Request& request) {
    std::vector<std::string> names = names_asked_for(model, request);
    compile::Request part = request;
    part.features.clear();
    while (names.size() > 1) {
        const auto middle = names.begin() + static_cast<std::ptrdiff_t>(names.size() / 2);
        part.only = std::set<std::string>(names.begin(), middle);
        if (overflows(connection, model, part))
            names.erase(middle, names.end());
        else
            names.erase(names.begin(), middle);
    }
    if (!names.empty()) return names.front();
    return request.features.empty()
               ? std::string{}
               : request.features.front().grain + "." + request.features.front().name;
}

}  // namespace

std::set<std::string> needed_figures(const plan::Model& model, const std::string& name) {
    std::set<std::string> names;
    const std::function<void(const std::string&)> follow = [&](const std::string& at) {
        if (!names.insert(at).second) return;
        for (const std::string& read : plan::reads(model, at))
            if (read.starts_with("indicator ")) follow(read.substr(10));
    };
    for (const std::string& one : model.family(name)) follow(one);
    return names;
}

void write_target_status(engine::Connection& connection,
                         const std::vector<plan::TargetState>& states) {
    std::map<std::pair<std::string, std::string>, const plan::TargetState*> latest;
    for (const plan::TargetState& state : states) {
        // Expressions name one of `each` by its code.
        const std::string name =
            state.codes.empty()
                ? state.target
                : state.target + "[" + state.codes.substr(state.codes.find('=') + 1) + "]";
        const plan::TargetState*& kept = latest[{name, state.division}];
        if (kept == nullptr || kept->label < state.label) kept = &state;
    }
    connection.execute(
        "create or replace table in_target_status (target string, division string, status string)");
    engine::Appender rows(connection, "in_target_status");
    for (const auto& [place, state] : latest) {
        rows.text(place.first).text(place.second).text(state->status);
        rows.end_row();
    }
    rows.close();
}

namespace {

Computation with_targets(engine::Connection& connection, const plan::Model& model,
                         const compile::Request& request, const FigureSources& sources,
                         const Progress& progress) {
    std::vector<plan::TargetState> states;
    compile::Request before = request;
    before.features.clear();
    for (const std::string& target : targets_read(model, request)) {
        before.only = needed_figures(model, target);
        write_target_status(connection, states);
        for (const plan::TargetState& state :
             computed(connection, model, before, sources, progress).outcome.targets)
            states.push_back(state);
    }
    write_target_status(connection, states);
    return computed(connection, model, request, sources, progress);
}

}  // namespace

Computation computation(engine::Connection& connection, const plan::Model& model,
                        const compile::Request& request, const FigureSources& sources,
                        const Progress& progress) {
    try {
        return with_targets(connection, model, request, sources, progress);
    } catch (const Overflow& overflow) {
        const std::string name = overflowing(connection, model, request);
        throw Overflow(name.empty() ? overflow.place() : base::said("“{}”", "'{}'", name));
    }
}

}  // namespace zs::run
