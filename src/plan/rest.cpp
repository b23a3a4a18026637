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
        const std::size_t status = text.find(" = ");
        if (status != std::string::npos) text = text.substr(0, status);
        bool good = false;
        if (text.starts_with("every "))
            good = model.grain(text.substr(6)) != nullptr;
        else if (const std::size_t dot = text.find('.'); dot != std::string::npos) {
            const std::string kind = text.substr(0, dot), name = text.substr(dot + 1);
            good = (kind == "clue" || kind == "entitlement" || kind == "check") &&
                   (name == "*" || model.rule(name) != nullptr);
        }
        if (!good)
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
            transition.may_override = step.text_or("may_override", "");
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
            for (const Written& need : step.texts("needs")) transition.needs.push_back(need.text);
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
                        transition.writes_row[field] = cells.text_or(field, "");
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
        report.error(grain_text ? "unknown-name" : "missing-key", measure.place, 1,
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
            report.error(text ? "unknown-name" : "missing-key", text ? text->at(0) : match.place, 1,
                         text ? fmt::format("there is no grain '{}'", text->text)
                              : fmt::format("match '{}' has no '{}'", match.name, side));
        (std::string_view(side) == "seek" ? names.seek : names.offer) = grain;
        (std::string_view(side) == "seek" ? match.seek : match.offer) = text ? text->text : "";
    }
    if (names.seek != nullptr && names.offer != nullptr) {
        const Type truth = boolean_type();
        for (const Written& equality : table.texts("on")) {
            ExpressionPtr e = bound(equality, names, &truth);
            if (!e) continue;
            const bool equal = e->node == Expression::Node::call && e->name == "=" &&
                               e->operands[0]->scope != e->operands[1]->scope;
            if (!equal)
                report.error("type-clash", e->place, e->length,
                             "a match is on an equality seek.x = offer.y");
            else if (e->operands[0]->scope == Scope::subject)
                match.on.emplace_back(e->operands[0], e->operands[1]);
            else
                match.on.emplace_back(e->operands[1], e->operands[0]);
        }
        if (match.on.empty())
            report.error("missing-key", match.place, 1,
                         fmt::format("match '{}' needs an equality: on = [\"seek.x = offer.y\"]",
                                     match.name));
        match.where = bound(table, "where", names, &truth, false);
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
    duty.every = table.text_or("every", "month");
    static const std::vector<std::string> periods{"month", "year", "calendar_year", "school_term"};
    if (std::find(periods.begin(), periods.end(), duty.every) == periods.end())
        report.error("bad-value", table.place("every"), table.value_length("every"),
                     "'every' is month, year, calendar_year or school_term");
    duty.due_days = static_cast<int>(table.integer("due").value_or(-1));  // -1: no due day
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
