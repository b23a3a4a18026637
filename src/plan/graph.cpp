#include <algorithm>

#include <fmt/format.h>

#include "plan/builder.h"

namespace zs::plan {

namespace {

using Node = Expression::Node;

const Feature* feature_of(const Model& model, const Expression& e) {
    return model.feature(e.grain, e.name);
}

std::vector<const Expression*> parts_of(const Feature& feature) {
    std::vector<const Expression*> parts;
    for (const ExpressionPtr& e : {feature.where, feature.value})
        if (e) parts.push_back(e.get());
    for (const ExpressionPtr& e : feature.peers) parts.push_back(e.get());
    return parts;
}

std::vector<ExpressionPtr> parts_of(const Rule& rule) {
    std::vector<ExpressionPtr> parts;
    for (const ExpressionPtr& e :
         {rule.where, rule.when, rule.eligible, rule.amount, rule.received, rule.due_on,
          rule.paid_on, rule.wrongful, rule.score, rule.severity, rule.risk})
        if (e) parts.push_back(e);
    for (const SayPart& part : rule.say)
        if (part.expression) parts.push_back(part.expression);
    return parts;
}

}  // namespace

/// A feature is timeless if it reads no window at all; as of the month if, without one, it stands
/// for the state on run.day. Both spread along expressions (PACK.md, 2).
void Builder::settle_windows() {
    const auto is_span_state = [&](const Feature& feature) {
        if (feature.from.empty() || feature.cover_any) return false;
        const Grain* grain = model.grain(feature.from);
        if (feature.from_grain && grain != nullptr) {
            if (grain->form == Grain::Form::registry && !grain->every) return true;
            if (grain->form == Grain::Form::level && !grain->every) return true;
            if (grain->form == Grain::Form::rows) {
                const Ledger* ledger = model.ledger(grain->ledger);
                return ledger != nullptr && ledger->period == Period::span;
            }
            return false;
        }
        const Ledger* ledger = model.ledger(feature.from);
        return ledger != nullptr && ledger->period == Period::span;
    };
    // From the widest assumption down to what holds: each round takes away what does not.
    for (Feature& feature : model.features) {
        feature.timeless = feature.from.empty() && !feature.over;
        feature.as_of = feature.from.empty() || is_span_state(feature);
    }
    for (bool again = true; again;) {
        again = false;
        for (Feature& feature : model.features) {
            if (!feature.timeless && !feature.as_of) continue;
            bool timeless_still = feature.timeless, as_of_still = feature.as_of;
            for (const Expression* part : parts_of(feature))
                visit(*part, [&](const Expression& e) {
                    if (e.node != Node::feature && e.node != Node::feature_unknown) return;
                    const Feature* read = feature_of(model, e);
                    if (read == nullptr || e.window || read->over || read->timeless) return;
                    timeless_still = false;
                    if (!read->as_of) as_of_still = false;
                });
            if (timeless_still != feature.timeless || as_of_still != feature.as_of) {
                feature.timeless = timeless_still;
                feature.as_of = as_of_still;
                again = true;
            }
        }
    }
    for (Rule& rule : model.rules) {
        const Grain* grain = model.grain(rule.grain);
        if (grain == nullptr) continue;
        for (const ExpressionPtr& e : parts_of(rule))
            check_windows(*e, rule.name, grain->every.has_value(), grain);
    }
    for (const Indicator& indicator : model.indicators) {
        const Grain* grain = model.grain(indicator.grain);
        if (grain == nullptr) continue;
        for (const ExpressionPtr& e : {indicator.where, indicator.value, indicator.per})
            if (e) check_windows(*e, indicator.name, true, grain);
    }
    for (const Target& target : model.targets)
        if (target.where)
            check_windows(*target.where, target.name, false, model.grain(target.grain()));
    for (const Feature& feature : model.features) {
        // What is read from an every grain must be held by its `over`, where both are constant.
        const Grain* source = feature.from_grain ? model.grain(feature.from) : nullptr;
        const Grain* landing = model.grain(feature.grain);
        if (source == nullptr || !source->every || !feature.over ||
            (landing != nullptr && landing->every))
            continue;
        const Months wanted = months_of(*feature.over, model.last, model.calendar,
                                        model.last.plus(-1200)),
                     held = months_of(source->over, model.last, model.calendar,
                                      model.last.plus(-1200));
        const Months wanted_early = months_of(*feature.over, model.first, model.calendar,
                                              model.first.plus(-1200)),
                     held_early = months_of(source->over, model.first, model.calendar,
                                            model.first.plus(-1200));
        if (wanted.first < held.first && wanted_early.first < held_early.first)
            report.error("window-not-held", feature.place, 7,
                         fmt::format("'{}.{}' reads '{}' over '{}', but that grain holds '{}' only",
                                     feature.grain, feature.name, feature.from, text(*feature.over),
                                     text(source->over)),
                         "widen the grain's over");
    }
}

void Builder::check_windows(const Expression& expression, const std::string& owner,
                            bool window_given, const Grain*) {
    if (window_given) return;
    visit(expression, [&](const Expression& e) {
        if (e.node != Node::feature && e.node != Node::feature_unknown) return;
        const Feature* read = feature_of(model, e);
        if (read == nullptr || !read->value || e.window || read->over || read->timeless ||
            read->as_of)
            return;
        report.error("no-window", e.place, e.length,
                     fmt::format("'{}' says no window in '{}': over which months is '{}'?", owner,
                                 read->name, read->name),
                     fmt::format("as {}['12 months'], or over = \"…\" in the feature", read->name));
    });
}

/// Every ring of features, rules, indicators and targets, once, with all its members.
void Builder::check_cycles() {
    struct Member {
        std::string name;
        Place place;
        std::vector<std::string> reads;
    };
    std::map<std::string, Member> members;
    const auto reads_of = [&](const Expression& whole, std::vector<std::string>& into) {
        visit(whole, [&](const Expression& e) {
            if (e.node == Node::feature || e.node == Node::feature_unknown)
                into.push_back("feature " + e.grain + "." + e.name);
            if (e.node == Node::outcome || e.node == Node::score) into.push_back("rule " + e.name);
            if (e.node == Node::target) into.push_back("target " + e.name);
            if (e.node == Node::indicator && e.prior == 0) into.push_back("indicator " + e.name);
        });
    };
    for (const Feature& feature : model.features) {
        Member member{feature.grain + "." + feature.name, feature.place, {}};
        for (const Expression* part : parts_of(feature)) reads_of(*part, member.reads);
        members["feature " + member.name] = member;
    }
    for (const Rule& rule : model.rules) {
        Member member{rule.name, rule.place, {}};
        // Words shown are computed after the outcome: they close no ring.
        for (const ExpressionPtr& e :
             {rule.where, rule.when, rule.eligible, rule.amount, rule.received, rule.due_on,
              rule.paid_on, rule.wrongful, rule.score})
            if (e) reads_of(*e, member.reads);
        members["rule " + rule.name] = member;
    }
    for (const Indicator& indicator : model.indicators) {
        Member member{indicator.name, indicator.Definition::place, {}};
        for (const ExpressionPtr& e : {indicator.where, indicator.value, indicator.per})
            if (e) reads_of(*e, member.reads);
        members["indicator " + indicator.name] = member;
    }
    for (const Target& target : model.targets) {
        Member member{target.name, target.place, {"indicator " + target.indicator}};
        for (const auto& [year, limit] : target.years)
            for (const ExpressionPtr& e : {limit.low, limit.high})
                if (e) reads_of(*e, member.reads);
        if (target.where) reads_of(*target.where, member.reads);
        members["target " + target.name] = member;
    }
    std::map<std::string, int> state;
    std::vector<std::string> path;
    const std::function<void(const std::string&)> go = [&](const std::string& id) {
        const auto found = members.find(id);
        if (found == members.end() || state[id] == 2) return;
        if (state[id] == 1) {
            std::string ring;
            for (auto it = std::find(path.begin(), path.end(), id); it != path.end(); ++it)
                ring += members[*it].name + " → ";
            report.error("cycle", found->second.place, 1,
                         fmt::format("these need each other: {}{}", ring, found->second.name),
                         "break the ring: one of them must be said without the other");
            return;
        }
        state[id] = 1;
        path.push_back(id);
        for (const std::string& read : found->second.reads) go(read);
        path.pop_back();
        state[id] = 2;
    };
    for (const auto& [id, member] : members) go(id);
}

}  // namespace zs::plan
