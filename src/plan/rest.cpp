#include <algorithm>

#include <fmt/format.h>

#include "base/text.h"
#include "plan/builder.h"

namespace zs::plan {

namespace {

/// Which side of a match an expression speaks of; nothing where it is both or neither.
std::optional<Scope> side_of(const Expression& e) {
    bool seek = false, offer = false;
    visit(e, [&](const Expression& part) {
        const bool reads = part.node == Expression::Node::field ||
                           part.node == Expression::Node::feature ||
                           part.node == Expression::Node::outcome;
        (part.scope == Scope::subject ? seek : offer) |= reads;
    });
    if (seek == offer) return std::nullopt;
    return seek ? Scope::subject : Scope::row;
}

/// Equalities of the two sides go to `on`, whatever else is asked to `others`.
void sort_condition(const ExpressionPtr& e, Match& match, std::vector<ExpressionPtr>& others) {
    if (e->node == Expression::Node::call && e->name == "and") {
        for (const ExpressionPtr& part : e->operands) sort_condition(part, match, others);
        return;
    }
    const bool equal = e->node == Expression::Node::call && e->name == "=";
    const auto left = equal ? side_of(*e->operands[0]) : std::nullopt,
               right = equal ? side_of(*e->operands[1]) : std::nullopt;
    if (!left || !right || *left == *right)
        others.push_back(e);
    else if (*left == Scope::subject)
        match.on.emplace_back(e->operands[0], e->operands[1]);
    else
        match.on.emplace_back(e->operands[1], e->operands[0]);
}

/// One condition that holds where all do; nothing where there are none.
ExpressionPtr all_of(const std::vector<ExpressionPtr>& conditions) {
    ExpressionPtr all;
    for (const ExpressionPtr& condition : conditions) {
        if (!all) {
            all = condition;
            continue;
        }
        auto both = std::make_shared<Expression>();
        both->node = Expression::Node::call;
        both->type = boolean_type();
        both->name = "and";
        both->place = all->place;
        both->length = all->length;
        both->operands = {all, condition};
        all = std::move(both);
    }
    return all;
}

}  // namespace

void Builder::read_rest() {
    for (Item* item : by_kind_["workflow"]) read_workflow(*item);
    for (Item* item : by_kind_["measure"]) read_measure(*item);
    for (const Measure& measure : model.measures)
        for (const std::string& other : measure.excludes)
            if (std::none_of(model.measures.begin(), model.measures.end(),
                             [&](const Measure& m) { return m.name == other; }))
                report.error("unknown-name", measure.place, 1,
                             fmt::format("measure '{}' excludes '{}', which is no measure",
                                         measure.name, other));
    for (Item* item : by_kind_["match"]) read_match(*item);
    for (Item* item : by_kind_["duty"]) read_duty(*item);
}

void Builder::read_measure(Item& item) {
    Measure measure;
    measure.name = item.block.name;
    measure.place = item.block.place;
    Table table(item.table, item.block.body, report, fmt::format("measure '{}'", measure.name));
    common(table, measure, true);
    const auto grain_text = table.text("grain");
    Names names;
    names.grain = grain_text ? model.grain(grain_text->text) : nullptr;
    if (names.grain == nullptr) {
        if (grain_text)
            report_no_grain(grain_text->text, grain_text->at(0));
        else
            report.error("missing-key", measure.place, 1,
                         fmt::format("measure '{}' has no grain", measure.name));
        return;
    }
    may_be_shown(*names.grain, *grain_text);
    measure.grain = names.grain->name;
    const Type truth = boolean_type();
    measure.for_whom = bound(table, "for", names, &truth, true);
    measure.in_force = bound(table, "in_force", names, &truth, false);
    for (const auto& [key, part] :
         std::vector<std::pair<const char*, ExpressionPtr*>>{{"gain", &measure.gain},
                                                             {"sure", &measure.sure},
                                                             {"cost", &measure.cost},
                                                             {"capacity", &measure.capacity}}) {
        *part = bound(table, key, names, nullptr, false);
        if (*part && !is_number((*part)->type))
            report.error("type-clash", (*part)->place, (*part)->length,
                         fmt::format("'{}' is a number, this is {}", key, text((*part)->type)));
    }
    for (const Written& risk : table.texts("fits")) {
        measure.fits.push_back(risk.text);
        const CodeList* list = model.code_list("risk");
        if (list != nullptr && std::none_of(list->codes.begin(), list->codes.end(),
                                            [&](const Code& c) { return c.code == risk.text; }))
            report.error("unknown-code", risk.at(0), static_cast<int>(base::characters(risk.text)),
                         fmt::format("'{}' is no code of the list 'risk'", risk.text));
    }
    for (const Written& other : table.texts("excludes")) measure.excludes.push_back(other.text);
    table.report_unknown();
    model.measures.push_back(std::move(measure));
}

void Builder::read_match(Item& item) {
    Match match;
    match.name = item.block.name;
    match.place = item.block.place;
    Table table(item.table, item.block.body, report, fmt::format("match '{}'", match.name));
    common(table, match, true);
    Names names;
    names.form = Names::Form::pair;
    for (const char* side : {"seek", "offer"}) {
        const auto text = table.text(side);
        const Grain* grain = text ? model.grain(text->text) : nullptr;
        if (grain == nullptr && text)
            report_no_grain(text->text, text->at(0));
        else if (grain == nullptr)
            report.error("missing-key", match.place, 1,
                         fmt::format("match '{}' has no '{}'", match.name, side));
        (std::string_view(side) == "seek" ? names.seek : names.offer) = grain;
        (std::string_view(side) == "seek" ? match.seek : match.offer) = text ? text->text : "";
    }
    if (names.seek != nullptr && names.offer != nullptr) {
        const Type truth = boolean_type();
        const int before = report.errors;
        std::vector<ExpressionPtr> conditions;
        for (const Written& condition : table.texts("on"))
            if (const ExpressionPtr e = bound(condition, names, &truth))
                sort_condition(e, match, conditions);
        if (match.on.empty() && report.errors == before)
            report.error("missing-key", table.has("on") ? table.place("on") : match.place, 1,
                         fmt::format("match '{}' needs an equality: on = [\"seek.x = offer.y\"]",
                                     match.name));
        if (ExpressionPtr where = bound(table, "where", names, &truth, false))
            conditions.push_back(std::move(where));
        match.where = all_of(conditions);
        match.score = bound(table, "score", names, nullptr, false);
        match.places = bound(table, "places", names, nullptr, false);
    } else {
        for (const char* key : {"on", "where", "score", "places"}) table.node(key);
    }
    match.top = table.count("top", 1).value_or(0);
    table.report_unknown();
    model.matches.push_back(std::move(match));
}

void Builder::read_duty(Item& item) {
    Duty duty;
    duty.name = item.block.name;
    duty.place = item.block.place;
    Table table(item.table, item.block.body, report, fmt::format("duty '{}'", duty.name));
    common(table, duty, true);
    if (const auto at = table.text("at")) {
        duty.at = at->text;
        if (!model.level_index(at->text))
            report.error("level", at->at(0), static_cast<int>(base::characters(at->text)),
                         fmt::format("'{}' is no level of plan.toml", at->text),
                         nearest_level(at->text));
    } else {
        report.error("missing-key", duty.place, 1,
                     fmt::format("duty '{}' does not say where: at = \"county\"", duty.name));
    }
    duty.every = "month";
    if (const auto every = table.text("every")) {
        static const std::set<std::string> periods{"month", "year", "calendar_year", "school_term"};
        duty.every = every->text;
        if (!periods.contains(every->text))
            report.error("bad-value", every->at(0), static_cast<int>(base::characters(every->text)),
                         fmt::format("'{}' is none of month, year, calendar_year, school_term",
                                     every->text));
    }
    if (const auto due = table.count("due", 0)) duty.due_days = *due;
    duty.least = table.count("least", 1).value_or(1);
    if (const auto evidence = table.text("evidence")) {
        duty.evidence = evidence->text;
        const Ledger* ledger = model.ledger(evidence->text);
        const int size = static_cast<int>(base::characters(evidence->text));
        if (ledger == nullptr)
            report.error("unknown-name", evidence->at(0), size,
                         fmt::format("there is no ledger '{}'", evidence->text));
        else if (ledger->is_of_years_or_terms() && duty.every != text(ledger->period))
            report.error("window", evidence->at(0), size,
                         fmt::format("this duty is of every {}, but a row of '{}' is of a whole {}",
                                     duty.every, ledger->name, text(ledger->period)),
                         fmt::format("every = \"{}\"", text(ledger->period)));
    } else {
        report.error("missing-key", duty.place, 1,
                     fmt::format("duty '{}' names no ledger as evidence", duty.name));
    }
    table.report_unknown();
    model.duties.push_back(std::move(duty));
}

}  // namespace zs::plan
