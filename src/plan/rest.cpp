#include <algorithm>

#include <fmt/format.h>

#include "base/text.h"
#include "plan/builder.h"

namespace zs::plan {

namespace {

bool is_limit(const std::string& text) {
    const std::vector<std::string> words = base::split(text, ' ');
    return words.size() == 2 && !words[0].empty() &&
           std::all_of(words[0].begin(), words[0].end(),
                       [](char c) { return c >= '0' && c <= '9'; }) &&
           (words[1] == "days" || words[1] == "day" || words[1] == "workdays" ||
            words[1] == "workday");
}

const std::set<std::string>& roles() {
    static const std::set<std::string> names{"worker",     "officer", "bureau",
                                             "department", "analyst", "auditor"};
    return names;
}

}  // namespace

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

/// `clue x` of `clue.x`.
std::string kind_and_name(std::string text) {
    if (const std::size_t dot = text.find('.'); dot != std::string::npos) text[dot] = ' ';
    return text;
}

/// The first part of each name read in an expression.
void names_in(const Syntax& s, const std::function<void(const Syntax::Part&)>& found) {
    if (s.form == Syntax::Form::name && !s.called && !s.parts.empty()) found(s.parts.front());
    for (const std::vector<Syntax>* parts : {&s.operands, &s.indexes, &s.filter})
        for (const Syntax& part : *parts) names_in(part, found);
}

const std::set<std::string>& statuses() {
    static const std::set<std::string> names{"improper", "unknown",   "none",    "excess",
                                             "late",     "satisfied", "pending", "short",
                                             "gap",      "fired",     "clear"};
    return names;
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

void Builder::read_workflow(Item& item) {
    Workflow workflow;
    workflow.name = item.block.name;
    workflow.place = item.block.place;
    Table table(item.table, item.block.body, report, fmt::format("workflow '{}'", workflow.name));
    common(table, workflow, true);
    const auto subject = table.text("subject");
    const Grain* grain = subject ? model.grain(subject->text) : nullptr;
    if (!subject)
        report.error("missing-key", workflow.place, 1,
                     fmt::format("workflow '{}' has no subject", workflow.name));
    else if (grain == nullptr)
        report.error("unknown-name", subject->at(0),
                     static_cast<int>(base::characters(subject->text)),
                     fmt::format("there is no grain '{}'", subject->text));
    else
        workflow.subject = grain->name;
    for (const Written& state : table.texts("states")) workflow.states.push_back(state.text);
    if (workflow.states.empty())
        report.error("missing-key", workflow.place, 1,
                     fmt::format("workflow '{}' has no states", workflow.name));
    workflow.auto_close = table.boolean("auto_close").value_or(false);
    for (const Written& start : table.texts("starts_on")) {
        workflow.starts_on.push_back(start.text);
        std::string text = start.text;
        bool good = false, status_known = true;
        if (const std::size_t equals = text.find('='); equals != std::string::npos) {
            status_known = statuses().contains(std::string(base::trim(text.substr(equals + 1))));
            text = std::string(base::trim(text.substr(0, equals)));
        }
        if (text.starts_with("every "))
            good = model.grain(text.substr(6)) != nullptr;
        else if (const std::size_t dot = text.find('.'); dot != std::string::npos) {
            const std::string kind = text.substr(0, dot), name = text.substr(dot + 1);
            good = (kind == "clue" || kind == "entitlement" || kind == "check") &&
                   (name == "*" || model.rule(name) != nullptr);
        }
        if (!good && faulty_.contains(kind_and_name(text))) continue;
        if (!good || !status_known)
            report.error("unknown-name", start.at(0),
                         static_cast<int>(base::characters(start.text)),
                         fmt::format("'{}' starts nothing: write clue.NAME, clue.*, "
                                     "entitlement.NAME = gap, or every GRAIN",
                                     start.text));
    }
    if (const toml::node* fields = table.node("fields"); fields != nullptr && fields->is_table()) {
        Ledger form;
        form.name = workflow.name;
        Table field_table(*fields->as_table(), item.block.body, report, "fields");
        for (const std::string& name : field_table.keys())
            read_field(form, name, *fields->as_table()->get(name), item.block.body);
        workflow.fields = form.fields;
    }
    const auto known_state = [&](const Written& state) {
        if (std::find(workflow.states.begin(), workflow.states.end(), state.text) !=
            workflow.states.end())
            return;
        const auto near = base::nearest_names(state.text, workflow.states);
        report.error("unknown-name", state.at(0), static_cast<int>(base::characters(state.text)),
                     fmt::format("workflow '{}' has no state '{}'", workflow.name, state.text),
                     near.empty() ? "" : fmt::format("did you mean '{}'?", near[0]));
    };
    std::vector<std::string> declared;
    for (const Field& field : workflow.fields) declared.push_back(field.name);
    std::set<std::string> needed;  // a field that is needed and not declared is a text
    const auto known_field = [&](const std::string& name, const Written& text, std::size_t at,
                                 bool may_be_new) {
        const auto near = base::nearest_names(name, declared);
        if (std::find(declared.begin(), declared.end(), name) != declared.end() ||
            faulty_.contains("field " + workflow.name + "." + name) || needed.contains(name))
            return;
        if (may_be_new && near.empty()) {
            needed.insert(name);
            return;
        }
        report.error("unknown-name", text.at(at), static_cast<int>(base::characters(name)),
                     fmt::format("workflow '{}' has no field '{}'", workflow.name, name),
                     near.empty() ? "" : fmt::format("did you mean '{}'?", near[0]));
    };
    const auto check_cell = [&](const Written& text) {
        const Parsed parsed = parse_expression(text.text);
        if (!parsed.faults.empty()) {
            report.error("syntax", text.at(parsed.faults[0].at),
                         static_cast<int>(parsed.faults[0].length), parsed.faults[0].message);
            return;
        }
        names_in(parsed.syntax, [&](const Syntax::Part& first) {
            static const std::set<std::string> given{"subject", "run", "acted_on", "param"};
            if (!given.contains(first.text)) known_field(first.text, text, first.begin, false);
        });
    };
    if (const toml::node* list = table.node("transitions"); list != nullptr && list->is_array()) {
        for (const toml::node& entry : *list->as_array()) {
            const toml::table* parts = entry.as_table();
            if (parts == nullptr) continue;
            Table step(*parts, item.block.body, report, "a transition");
            Transition transition;
            transition.place = step.node_place(entry);
            if (const auto from = step.text("from")) {
                transition.from = from->text;
                known_state(*from);
            } else {
                report.error("missing-key", transition.place, 1, "this transition has no 'from'");
            }
            if (const auto to = step.text("to")) {
                transition.to = to->text;
                known_state(*to);
            } else {
                report.error("missing-key", transition.place, 1, "this transition has no 'to'");
            }
            if (const auto by = step.text("by")) {
                const std::vector<std::string> words = base::split(by->text, ' ');
                if (words.size() == 2 && model.level_index(words[0]) &&
                    roles().contains(words[1])) {
                    transition.by_level = words[0];
                    transition.by_role = words[1];
                } else {
                    report.error(
                        "bad-value", by->at(0), static_cast<int>(base::characters(by->text)),
                        fmt::format("'{}' is no level and role, as \"county bureau\" is; roles are "
                                    "worker, officer, bureau, department, analyst, auditor",
                                    by->text));
                }
            } else {
                report.error("missing-key", transition.place, 1,
                             "this transition does not say by whom: by = \"town officer\"");
            }
            if (const auto role = step.text("may_override")) {
                transition.may_override = role->text;
                // A role, or a level and a role.
                const std::vector<std::string> words = base::split(role->text, ' ');
                const bool known =
                    roles().contains(words.back()) &&
                    (words.size() == 1 || (words.size() == 2 && model.level_index(words[0])));
                if (!known)
                    report.error(
                        "bad-value", role->at(0), static_cast<int>(base::characters(role->text)),
                        fmt::format("'{}' is no role: worker, officer, bureau, department, "
                                    "analyst, auditor",
                                    role->text));
            }
            transition.closes = step.text_or("closes", "");
            transition.urgent = step.boolean("urgent").value_or(false);
            for (const char* key : {"after", "within"})
                if (const auto limit = step.text(key)) {
                    (std::string_view(key) == "after" ? transition.after : transition.within) =
                        limit->text;
                    if (!is_limit(limit->text))
                        report.error(
                            "bad-value", limit->at(0),
                            static_cast<int>(base::characters(limit->text)),
                            fmt::format("'{}' is no time limit, as \"5 days\" or \"2 workdays\" is",
                                        limit->text));
                }
            for (const Written& need : step.texts("needs")) {
                transition.needs.push_back(need.text);
                if (!need.text.starts_with("attach:")) known_field(need.text, need, 0, true);
            }
            if (step.has("when") && grain != nullptr) {
                Names names;
                names.grain = grain;
                const Type truth = boolean_type();
                transition.when = bound(step, "when", names, &truth, false);
            } else {
                step.node("when");
            }
            if (const toml::node* writes = step.node("writes");
                writes != nullptr && writes->is_table()) {
                Table write(*writes->as_table(), item.block.body, report, "writes");
                if (const auto ledger = write.text("ledger")) {
                    transition.writes_ledger = ledger->text;
                    if (model.ledger(ledger->text) == nullptr)
                        report.error("unknown-name", ledger->at(0),
                                     static_cast<int>(base::characters(ledger->text)),
                                     fmt::format("there is no ledger '{}'", ledger->text));
                }
                if (const toml::node* row = write.node("row"); row != nullptr && row->is_table()) {
                    Table cells(*row->as_table(), item.block.body, report, "row");
                    for (const std::string& field : cells.keys()) {
                        const toml::node& cell = *cells.node(field);
                        if (cell.is_string()) check_cell(written(cell, item.block.body));
                        transition.writes_row[field] =
                            cell.is_integer()   ? std::to_string(*cell.value<std::int64_t>())
                            : cell.is_boolean() ? (*cell.value<bool>() ? "true" : "false")
                                                : cells.text_or(field, "");
                        if (const Ledger* ledger = model.ledger(transition.writes_ledger);
                            ledger != nullptr && ledger->field(field) == nullptr)
                            report.error(
                                "unknown-name", cells.key_place(field),
                                static_cast<int>(field.size()),
                                fmt::format("ledger '{}' has no field '{}'", ledger->name, field));
                    }
                }
                write.report_unknown();
            }
            step.report_unknown();
            workflow.transitions.push_back(std::move(transition));
        }
    }
    table.report_unknown();
    model.workflows.push_back(std::move(workflow));
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
        if (grain_text && faulty_.contains("grain " + grain_text->text)) return;
        report.error(grain_text ? "unknown-name" : "missing-key",
                     grain_text ? grain_text->at(0) : measure.place,
                     grain_text ? static_cast<int>(base::characters(grain_text->text)) : 1,
                     grain_text ? fmt::format("there is no grain '{}'", grain_text->text)
                                : fmt::format("measure '{}' has no grain", measure.name));
        return;
    }
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
        if (grain == nullptr)
            report.error(text ? "unknown-name" : "missing-key", text ? text->at(0) : match.place,
                         text ? static_cast<int>(base::characters(text->text)) : 1,
                         text ? fmt::format("there is no grain '{}'", text->text)
                              : fmt::format("match '{}' has no '{}'", match.name, side));
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
    match.top = static_cast<int>(table.integer("top").value_or(0));
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
                         fmt::format("'{}' is no level of plan.toml", at->text));
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
    if (const auto due = table.integer("due")) duty.due_days = static_cast<std::int32_t>(*due);
    duty.least = static_cast<int>(table.integer("least").value_or(1));
    if (duty.least < 1)
        report.error("bad-value", table.place("least"), table.value_length("least"),
                     "'least' is a number from 1");
    if (const auto evidence = table.text("evidence")) {
        duty.evidence = evidence->text;
        if (model.ledger(evidence->text) == nullptr)
            report.error("unknown-name", evidence->at(0),
                         static_cast<int>(base::characters(evidence->text)),
                         fmt::format("there is no ledger '{}'", evidence->text));
    } else {
        report.error("missing-key", duty.place, 1,
                     fmt::format("duty '{}' names no ledger as evidence", duty.name));
    }
    table.report_unknown();
    model.duties.push_back(std::move(duty));
}

}  // namespace zs::plan
