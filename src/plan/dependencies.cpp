#include <algorithm>
#include <set>

#include "plan/check.h"

namespace zs::plan {

namespace {

using Found = std::set<std::string>;

void note_type(const Type& type, Found& found) {
    if (type.kind == Kind::code || type.kind == Kind::codes) found.insert("codelist " + type.of);
    if (type.kind == Kind::key) found.insert("grain " + type.of);
}

void note_expression(const ExpressionPtr& e, Found& found) {
    if (!e) return;
    visit(*e, [&](const Expression& part) {
        for (const Hop& hop : part.path)
            if (!hop.grain.empty()) found.insert("grain " + hop.grain);
        switch (part.node) {
            case Expression::Node::feature:
            case Expression::Node::feature_unknown:
                found.insert("feature " + part.grain + "." + part.name);
                break;
            case Expression::Node::outcome:
            case Expression::Node::score:
                found.insert("rule " + part.name);
                break;
            case Expression::Node::target:
            case Expression::Node::parameter:
            case Expression::Node::indicator:
                found.insert((part.node == Expression::Node::target      ? "target "
                              : part.node == Expression::Node::parameter ? "parameter "
                                                                         : "indicator ") +
                             part.name);
                break;
            default:
                break;
        }
    });
}

Found of_ledger(const Ledger& ledger) {
    Found found;
    for (const Field& field : ledger.fields)
        if (field.name != "entered_by") note_type(field.type, found);
    if (ledger.delivery) found.insert("grain " + ledger.delivery->by);
    for (const Condition& condition : ledger.conditions) note_expression(condition.that, found);
    for (const RowCheck& check : ledger.checks) note_expression(check.that, found);
    return found;
}

Found of_grain(const Grain& grain) {
    Found found;
    if (!grain.ledger.empty() && grain.form != Grain::Form::match)
        found.insert("ledger " + grain.ledger);
    if (!grain.parent_grain.empty()) found.insert("grain " + grain.parent_grain);
    for (const Type& type : grain.key_types) note_type(type, found);
    found.erase("grain " + grain.name);
    return found;
}

Found of_parameter(const Parameter& parameter) {
    Found found;
    note_type(parameter.type, found);
    if (!parameter.by.empty()) found.insert("codelist " + parameter.by);
    return found;
}

Found of_feature(const Feature& feature) {
    Found found{"grain " + feature.grain};
    if (!feature.from.empty())
        found.insert((feature.from_grain ? "grain " : "ledger ") + feature.from);
    if (!feature.code_list.empty()) found.insert("codelist " + feature.code_list);
    note_expression(feature.where, found);
    note_expression(feature.value, found);
    for (const ExpressionPtr& peer : feature.peers) note_expression(peer, found);
    for (const Landing& landing : feature.landing) note_expression(landing.from_row, found);
    return found;
}

Found of_rule(const Rule& rule) {
    Found found{"grain " + rule.grain};
    for (const ExpressionPtr& e :
         {rule.where, rule.when, rule.eligible, rule.amount, rule.received, rule.due_on,
          rule.paid_on, rule.wrongful, rule.score, rule.severity, rule.risk})
        note_expression(e, found);
    for (const SayPart& part : rule.say) note_expression(part.expression, found);
    if (!rule.opens.empty() && rule.opens != "finding") found.insert("workflow " + rule.opens);
    return found;
}

Found of_indicator(const Indicator& indicator) {
    Found found;
    if (!indicator.grain.empty()) found.insert("grain " + indicator.grain);
    for (const ExpressionPtr& e : {indicator.where, indicator.value, indicator.per})
        note_expression(e, found);
    for (const ExpressionPtr& column : indicator.split) note_expression(column, found);
    for (const Hop& hop : indicator.way_to_place)
        if (!hop.grain.empty()) found.insert("grain " + hop.grain);
    return found;
}

Found of_target(const Target& target) {
    Found found{"indicator " + target.indicator, "grain " + target.grain()};
    note_expression(target.where, found);
    for (const auto& [year, bound] : target.years) {
        note_expression(bound.low, found);
        note_expression(bound.high, found);
    }
    return found;
}

Found of_workflow(const Workflow& workflow) {
    Found found{"grain " + workflow.subject};
    for (const Field& field : workflow.fields) note_type(field.type, found);
    for (const Transition& transition : workflow.transitions) {
        note_expression(transition.when, found);
        if (!transition.writes_ledger.empty()) found.insert("ledger " + transition.writes_ledger);
    }
    for (const std::string& start : workflow.starts_on) {
        if (start.starts_with("every ")) found.insert("grain " + start.substr(6));
        const std::size_t dot = start.find('.');
        if (dot == std::string::npos || start.find('*') != std::string::npos) continue;
        found.insert("rule " + start.substr(dot + 1, start.find_first_of(" =", dot) - dot - 1));
    }
    return found;
}

Found of_measure(const Measure& measure) {
    Found found{"grain " + measure.grain};
    for (const ExpressionPtr& e : {measure.for_whom, measure.gain, measure.sure, measure.cost,
                                   measure.capacity, measure.in_force})
        note_expression(e, found);
    for (const std::string& other : measure.excludes) found.insert("measure " + other);
    if (!measure.fits.empty()) found.insert("codelist risk");
    return found;
}

Found of_match(const Match& match) {
    Found found{"grain " + match.seek, "grain " + match.offer};
    for (const auto& [seek, offer] : match.on) {
        note_expression(seek, found);
        note_expression(offer, found);
    }
    for (const ExpressionPtr& e : {match.where, match.score, match.places})
        note_expression(e, found);
    return found;
}

}  // namespace

std::vector<std::string> reads(const Model& model, const std::string& name) {
    Found found;
    for (const Feature& feature : model.features)
        if (feature.grain + "." + feature.name == name) found = of_feature(feature);
    if (const Rule* rule = model.rule(name)) found = of_rule(*rule);
    if (const Indicator* indicator = model.indicator(name)) found = of_indicator(*indicator);
    if (const Target* target = model.target(name)) found = of_target(*target);
    return {found.begin(), found.end()};
}

std::vector<Dependency> dependencies(const Model& model) {
    std::vector<Dependency> all;
    const auto add = [&](const std::string& what, const Found& found) {
        all.push_back({what, {found.begin(), found.end()}});
    };
    for (const Ledger& one : model.ledgers) add("ledger " + one.name, of_ledger(one));
    for (const Grain& one : model.grains)
        if (one.form != Grain::Form::match) add("grain " + one.name, of_grain(one));
    for (const Parameter& one : model.parameters) add("parameter " + one.name, of_parameter(one));
    for (const Feature& one : model.features)
        add("feature " + one.grain + "." + one.name, of_feature(one));
    for (const Rule& one : model.rules) add("rule " + one.name, of_rule(one));
    for (const Indicator& one : model.indicators) add("indicator " + one.name, of_indicator(one));
    for (const Target& one : model.targets) add("target " + one.name, of_target(one));
    for (const Workflow& one : model.workflows) add("workflow " + one.name, of_workflow(one));
    for (const Measure& one : model.measures) add("measure " + one.name, of_measure(one));
    for (const Match& one : model.matches) add("match " + one.name, of_match(one));
    for (const Duty& one : model.duties) add("duty " + one.name, {"ledger " + one.evidence});
    return all;
}

}  // namespace zs::plan
