#include <algorithm>

#include <fmt/format.h>

#include "base/text.h"
#include "plan/builder.h"

namespace zs::plan {

namespace {

/// `5 days`, `2 workdays`.
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

const std::set<std::string>& statuses() {
    static const std::set<std::string> names{"improper", "unknown",   "none",    "excess",
                                             "late",     "satisfied", "pending", "short",
                                             "gap",      "fired",     "clear"};
    return names;
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

int length_of(const Written& text) { return static_cast<int>(base::characters(text.text)); }

}  // namespace

/// Reads one workflow block (PACK.md, 7).
class Builder::WorkflowReader {
public:
    WorkflowReader(Builder& builder, Item& item)
        : builder_(builder),
          body_(item.block.body),
          model_(builder.model),
          report_(builder.report) {
        workflow_.name = item.block.name;
        workflow_.place = item.block.place;
        Table table(item.table, body_, report_, fmt::format("workflow '{}'", workflow_.name));
        builder_.common(table, workflow_, true);
        read_subject(table);
        for (const Written& state : table.texts("states")) workflow_.states.push_back(state.text);
        if (workflow_.states.empty()) missing("states");
        workflow_.auto_close = table.boolean("auto_close").value_or(false);
        for (const Written& start : table.texts("starts_on")) read_start(start);
        read_fields(table);
        if (const toml::node* list = table.node("transitions"); list != nullptr && list->is_array())
            for (const toml::node& entry : *list->as_array())
                if (entry.is_table()) read_transition(entry);
        table.report_unknown();
    }

    Workflow workflow() { return std::move(workflow_); }

private:
    void missing(const char* what) {
        report_.error("missing-key", workflow_.place, 1,
                      fmt::format("workflow '{}' has no {}", workflow_.name, what));
    }

    void read_subject(Table& table) {
        const auto subject = table.text("subject");
        grain_ = subject ? model_.grain(subject->text) : nullptr;
        if (!subject)
            missing("subject");
        else if (grain_ == nullptr)
            builder_.report_no_grain(subject->text, subject->at(0));
        else if (builder_.may_be_shown(*grain_, *subject))
            workflow_.subject = grain_->name;
    }

    /// `clue.*`, `entitlement.transport_subsidy = gap`, `every village_month`.
    void read_start(const Written& start) {
        workflow_.starts_on.push_back(start.text);
        std::string text = start.text;
        bool good = false, status_known = true;
        if (const std::size_t equals = text.find('='); equals != std::string::npos) {
            status_known = statuses().contains(std::string(base::trim(text.substr(equals + 1))));
            text = std::string(base::trim(text.substr(0, equals)));
        }
        if (text.starts_with("every ")) {
            good = model_.grain(text.substr(6)) != nullptr;
        } else if (const std::size_t dot = text.find('.'); dot != std::string::npos) {
            const std::string kind = text.substr(0, dot), name = text.substr(dot + 1);
            good = (kind == "clue" || kind == "entitlement" || kind == "check") &&
                   (name == "*" || model_.rule(name) != nullptr);
        }
        if (!good && builder_.faulty_.contains(kind_and_name(text))) return;
        if (!good || !status_known)
            report_.error("unknown-name", start.at(0), length_of(start),
                          fmt::format("'{}' starts nothing: write clue.NAME, clue.*, "
                                      "entitlement.NAME = gap, or every GRAIN",
                                      start.text));
    }

    void read_fields(Table& table) {
        const toml::node* fields = table.node("fields");
        if (fields == nullptr || !fields->is_table()) return;
        Ledger form;
        form.name = workflow_.name;
        Table field_table(*fields->as_table(), body_, report_, "fields");
        for (const std::string& name : field_table.keys())
            builder_.read_field(form, name, *fields->as_table()->get(name), body_);
        workflow_.fields = form.fields;
        for (const Field& field : workflow_.fields) declared_.push_back(field.name);
    }

    void read_transition(const toml::node& entry) {
        Table step(*entry.as_table(), body_, report_, "a transition");
        Transition transition;
        transition.place = step.node_place(entry);
        transition.from = read_state(step, "from", transition.place);
        transition.to = read_state(step, "to", transition.place);
        read_actor(step, transition);
        read_override(step, transition);
        transition.closes = step.text_or("closes", "");
        transition.urgent = step.boolean("urgent").value_or(false);
        transition.after = read_limit(step, "after");
        transition.within = read_limit(step, "within");
        for (const Written& need : step.texts("needs")) {
            transition.needs.push_back(need.text);
            if (!need.text.starts_with("attach:")) know_field(need.text, need, 0, true);
        }
        read_when(step, transition);
        read_writes(step, transition);
        step.report_unknown();
        workflow_.transitions.push_back(std::move(transition));
    }

    std::string read_state(Table& step, const char* key, const Place& place) {
        const auto state = step.text(key);
        if (!state) {
            report_.error("missing-key", place, 1, fmt::format("this transition has no '{}'", key));
            return "";
        }
        const auto& states = workflow_.states;
        if (std::find(states.begin(), states.end(), state->text) == states.end())
            report_.error(
                "unknown-name", state->at(0), length_of(*state),
                fmt::format("workflow '{}' has no state '{}'", workflow_.name, state->text),
                base::did_you_mean(state->text, states));
        return state->text;
    }

    /// `county bureau` with each word the nearest that is known, where one of them is not.
    std::string nearest_actor(const std::vector<std::string>& words) const {
        const auto nearest = [](const std::string& word, const std::vector<std::string>& known) {
            if (std::find(known.begin(), known.end(), word) != known.end()) return word;
            const std::vector<std::string> near = base::nearest_names(word, known);
            return near.empty() ? std::string() : near[0];
        };
        std::vector<std::string> levels;
        for (const Level& level : model_.levels) levels.push_back(level.name);
        if (words.empty() || words.size() > 2) return {};
        const std::string role = nearest(words.back(), {roles().begin(), roles().end()}),
                          level = words.size() == 2 ? nearest(words[0], levels) : "";
        if (role.empty() || (words.size() == 2 && level.empty())) return {};
        return fmt::format("did you mean '{}{}{}'?", level, level.empty() ? "" : " ", role);
    }

    /// A level, then a role.
    void read_actor(Table& step, Transition& transition) {
        const auto by = step.text("by");
        if (!by) {
            report_.error("missing-key", transition.place, 1,
                          "this transition does not say by whom: by = \"town officer\"");
            return;
        }
        const std::vector<std::string> words = base::split(by->text, ' ');
        if (words.size() == 2 && model_.level_index(words[0]) && roles().contains(words[1])) {
            transition.by_level = words[0];
            transition.by_role = words[1];
            return;
        }
        report_.error("bad-value", by->at(0), length_of(*by),
                      fmt::format("'{}' is no level and role, as \"county bureau\" is; roles are "
                                  "worker, officer, bureau, department, analyst, auditor",
                                  by->text),
                      words.size() == 2 ? nearest_actor(words) : "");
    }

    /// A role, or a level and a role.
    void read_override(Table& step, Transition& transition) {
        const auto role = step.text("may_override");
        if (!role) return;
        transition.may_override = role->text;
        const std::vector<std::string> words = base::split(role->text, ' ');
        const bool known =
            roles().contains(words.back()) &&
            (words.size() == 1 || (words.size() == 2 && model_.level_index(words[0])));
        if (!known)
            report_.error("bad-value", role->at(0), length_of(*role),
                          fmt::format("'{}' is no role: worker, officer, bureau, department, "
                                      "analyst, auditor",
                                      role->text));
    }

    std::string read_limit(Table& step, const char* key) {
        const auto limit = step.text(key);
        if (!limit) return "";
        if (!is_limit(limit->text))
            report_.error("bad-value", limit->at(0), length_of(*limit),
                          fmt::format("'{}' is no time limit, as \"5 days\" or \"2 workdays\" is",
                                      limit->text));
        return limit->text;
    }

    void read_when(Table& step, Transition& transition) {
        if (!step.has("when") || grain_ == nullptr) {
            step.node("when");  // read, so that it is not reported as unknown
            return;
        }
        Names names;
        names.grain = grain_;
        const Type truth = boolean_type();
        transition.when = builder_.bound(step, "when", names, &truth, false);
    }

    void read_writes(Table& step, Transition& transition) {
        const toml::node* writes = step.node("writes");
        if (writes == nullptr || !writes->is_table()) return;
        Table write(*writes->as_table(), body_, report_, "writes");
        if (const auto ledger = write.text("ledger")) {
            transition.writes_ledger = ledger->text;
            if (model_.ledger(ledger->text) == nullptr)
                report_.error("unknown-name", ledger->at(0), length_of(*ledger),
                              fmt::format("there is no ledger '{}'", ledger->text));
        }
        if (const toml::node* row = write.node("row"); row != nullptr && row->is_table())
            read_row(*row->as_table(), transition);
        write.report_unknown();
    }

    void read_row(const toml::table& row, Transition& transition) {
        Table cells(row, body_, report_, "row");
        const Ledger* ledger = model_.ledger(transition.writes_ledger);
        for (const std::string& field : cells.keys()) {
            const toml::node& cell = *cells.node(field);
            if (cell.is_string()) check_cell(written(cell, body_));
            transition.writes_row[field] =
                cell.is_integer()   ? std::to_string(*cell.value<std::int64_t>())
                : cell.is_boolean() ? (*cell.value<bool>() ? "true" : "false")
                                    : cells.text_or(field, "");
            if (ledger != nullptr && ledger->field(field) == nullptr)
                report_.error("unknown-name", cells.key_place(field),
                              static_cast<int>(field.size()),
                              fmt::format("ledger '{}' has no field '{}'", ledger->name, field));
        }
    }

    /// An expression over the fields, `subject`, `run.month`, `acted_on`.
    void check_cell(const Written& text) {
        const Parsed parsed = parse_expression(text.text);
        if (!parsed.faults.empty()) {
            report_.error("syntax", text.at(parsed.faults[0].at),
                          static_cast<int>(parsed.faults[0].length), parsed.faults[0].message);
            return;
        }
        names_in(parsed.syntax, [&](const Syntax::Part& first) {
            static const std::set<std::string> given{"subject", "run", "acted_on", "param"};
            if (!given.contains(first.text)) know_field(first.text, text, first.begin, false);
        });
    }

    /// A field that is needed and not declared is a text, unless it is near a declared one.
    void know_field(const std::string& name, const Written& text, std::size_t at, bool may_be_new) {
        if (std::find(declared_.begin(), declared_.end(), name) != declared_.end() ||
            builder_.faulty_.contains("field " + workflow_.name + "." + name) ||
            needed_.contains(name))
            return;
        const std::string hint = base::did_you_mean(name, declared_);
        if (may_be_new && hint.empty()) {
            needed_.insert(name);
            return;
        }
        report_.error("unknown-name", text.at(at), static_cast<int>(base::characters(name)),
                      fmt::format("workflow '{}' has no field '{}'", workflow_.name, name), hint);
    }

    Builder& builder_;
    const Body& body_;
    Model& model_;
    Report& report_;
    Workflow workflow_;
    const Grain* grain_ = nullptr;
    std::vector<std::string> declared_;
    std::set<std::string> needed_;
};

void Builder::read_workflow(Item& item) {
    model.workflows.push_back(WorkflowReader(*this, item).workflow());
}

}  // namespace zs::plan
