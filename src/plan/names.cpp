#include <algorithm>

#include <fmt/format.h>

#include "base/text.h"
#include "plan/builder.h"

namespace zs::plan {

namespace {

/// Of a registry's subject: since when it has been in force without a gap (PACK.md, 3).
const std::string first_since = "first_since";

}  // namespace

/// The fields that can be named at a grain: all of a registry's or ledger's row, else only the
/// key's.
std::vector<std::pair<std::string, Type>> Builder::fields_of(const Grain& grain) {
    std::vector<std::pair<std::string, Type>> fields;
    if (grain.form == Grain::Form::match)
        return {{"seek", key_type(grain.ledger)},
                {"offer", key_type(grain.level)},
                {"score", decimal_type(18, 6)}};
    const Ledger* ledger = grain.ledger.empty() ? nullptr : model.ledger(grain.ledger);
    if (ledger != nullptr && !grain.every &&
        (grain.form == Grain::Form::registry || grain.form == Grain::Form::rows)) {
        for (const Field& field : ledger->fields) fields.emplace_back(field.name, field.type);
        const Field* since = ledger->field("since");
        if (grain.form == Grain::Form::registry && since != nullptr)
            fields.emplace_back(first_since, since->type);
        return fields;
    }
    for (std::size_t i = 0; i < grain.key.size(); ++i)
        fields.emplace_back(grain.key[i], i < grain.key_types.size() ? grain.key_types[i] : Type{});
    return fields;
}

/// The ledger whose row, with its conditions, is in scope at a grain's subject.
Ledger* Builder::rows_in_scope(const Grain& grain) {
    const bool has_row =
        !grain.every && (grain.form == Grain::Form::registry || grain.form == Grain::Form::rows);
    if (!has_row) return nullptr;
    for (Ledger& ledger : model.ledgers)
        if (ledger.name == grain.ledger) return &ledger;
    return nullptr;
}

/// Whether a grain's row has a field or condition of that name.
bool Builder::is_of_row(const Grain& grain, const std::string& name) {
    const auto is_named = [&](const auto& one) { return one.name == name; };
    const Ledger* ledger = rows_in_scope(grain);
    if (ledger != nullptr &&
        std::any_of(ledger->conditions.begin(), ledger->conditions.end(), is_named))
        return true;
    const auto fields = fields_of(grain);
    return std::any_of(fields.begin(), fields.end(),
                       [&](const auto& field) { return field.first == name; });
}

/// A ledger's condition of that name.
bool Builder::find_condition(const std::string& ledger_name, const std::string& name,
                             Found& found) {
    for (Ledger& ledger : model.ledgers)
        for (std::size_t i = 0; ledger.name == ledger_name && i < ledger.conditions.size(); ++i)
            if (ledger.conditions[i].name == name) {
                found.kind = Found::Kind::condition;
                found.type = boolean_type();
                found.ledger = &ledger;
                found.condition = i;
                return true;
            }
    return false;
}

/// A field or condition of the row at hand, or a field of its subject.
bool Builder::look_up_field(const Position& at, const std::string& name, Found& found) {
    const auto field = [&](const Type& type, const Field* of_row) {
        found.kind = Found::Kind::field;
        found.field_name = name;
        found.type = type;
        found.field = of_row;
        return true;
    };
    if (at.row != nullptr)
        if (const Field* of_row = at.row->field(name)) return field(of_row->type, of_row);
    Ledger* ledger = at.grain != nullptr ? rows_in_scope(*at.grain) : nullptr;
    const bool is_registry = at.grain != nullptr && at.grain->form == Grain::Form::registry;
    if (name == first_since && is_registry && ledger != nullptr && is_of_row(*at.grain, name)) {
        ledger->first_since_is_read = true;
        return field(ledger->field("since")->type, nullptr);
    }
    if (at.row != nullptr) return find_condition(at.row->name, name, found);
    if (at.grain == nullptr) return false;
    const Ledger* named = at.grain->ledger.empty() ? nullptr : model.ledger(at.grain->ledger);
    for (const auto& [field_name, type] : fields_of(*at.grain))
        if (field_name == name) return field(type, named != nullptr ? named->field(name) : nullptr);
    return ledger != nullptr && find_condition(ledger->name, name, found);
}

Builder::Found Builder::look_up(const Position& at, const std::string& name) {
    Found found;
    const auto level = [&] {
        found.kind = Found::Kind::level;
        found.grain = model.grain(name);
    };
    if (at.division) {
        if (name == "code" || name == "name") {
            found.kind = Found::Kind::built_in;
            found.type = name == "code" ? division_type() : text_type();
        } else if (model.level_index(name)) {
            level();
        }
        return found;
    }
    if (look_up_field(at, name, found)) return found;
    if (at.grain != nullptr) {
        if (const auto feature = feature_index_.find(at.grain->name + "." + name);
            feature != feature_index_.end()) {
            found.kind = Found::Kind::feature;
            found.feature = feature->second;
            return found;
        }
        if (const Rule* rule = model.rule(name); rule != nullptr && rule->grain == at.grain->name) {
            found.kind = Found::Kind::rule;
            found.rule = rule;
            return found;
        }
        if (const Target* target = model.target(name);
            target != nullptr && target->grain() == at.grain->name) {
            found.kind = Found::Kind::target;
            return found;
        }
        if (at.grain->form == Grain::Form::level && (name == "code" || name == "name")) {
            found.kind = Found::Kind::built_in;
            found.type = name == "code" ? division_type() : text_type();
            return found;
        }
    }
    const bool leads = at.row != nullptr
                           ? at.row->way_to_division.has_value()
                           : at.grain != nullptr && at.grain->way_to_division.has_value();
    if (leads && model.level_index(name)) level();
    return found;
}

std::vector<std::string> Builder::known_names(const Position& at) {
    std::vector<std::string> names;
    const Ledger* row = at.row;
    if (row == nullptr && at.grain != nullptr) row = rows_in_scope(*at.grain);
    if (row != nullptr)
        for (const Condition& condition : row->conditions) names.push_back(condition.name);
    if (at.row != nullptr)
        for (const Field& field : at.row->fields) names.push_back(field.name);
    if (at.grain != nullptr) {
        if (at.row == nullptr)
            for (const auto& [name, type] : fields_of(*at.grain)) names.push_back(name);
        const std::string prefix = at.grain->name + ".";
        for (const auto& [name, index] : feature_index_)
            if (name.starts_with(prefix)) names.push_back(name.substr(prefix.size()));
        for (const Rule& rule : model.rules)
            if (rule.grain == at.grain->name) names.push_back(rule.name);
        for (const Target& target : model.targets)
            if (target.grain() == at.grain->name) names.push_back(target.published_name());
    }
    if (at.division || (at.grain != nullptr && at.grain->form == Grain::Form::level))
        names.insert(names.end(), {"code", "name"});
    for (const Level& level : model.levels) names.push_back(level.name);
    return names;
}

/// Follows what was found one step up; false where nothing can follow it.
bool Builder::hop_to(Position& at, const Found& found, const std::string& name) {
    if (found.kind == Found::Kind::level) {
        Hop hop{Hop::Kind::level, "division", name};
        if (at.division) {
            hop.field = "code";
        } else {
            const auto& way =
                at.row != nullptr ? at.row->way_to_division : at.grain->way_to_division;
            at.path.insert(at.path.end(), way->begin(), way->end());
            hop.field = at.row != nullptr ? at.row->division_field : at.grain->division_field;
        }
        at.path.push_back(hop);
        at.grain = found.grain;
        at.row = nullptr;
        at.division = false;
        return at.grain != nullptr;
    }
    if (found.kind != Found::Kind::field) return false;
    if (found.type.kind == Kind::key) {
        at.path.push_back({Hop::Kind::key, found.field_name, found.type.of});
        at.grain = model.grain(found.type.of);
        at.row = nullptr;
        return at.grain != nullptr;
    }
    if (found.type.kind == Kind::division) {
        at.path.push_back({Hop::Kind::division, found.field_name, ""});
        at.grain = nullptr;
        at.row = nullptr;
        at.division = true;
        return true;
    }
    return false;
}

/// Reports at a part of a name; nothing is made of it.
ExpressionPtr Builder::fail_at(const Syntax::Part& word, const char* id, const std::string& message,
                               const std::string& hint) {
    report.error(id, text_->at(word.begin), length(word.begin, word.end), message, hint);
    failed_ = true;
    return nullptr;
}

ExpressionPtr Builder::fail_unknown(const Position& at, const Syntax::Part& word) {
    // A definition that is there but faulty was reported where it stands.
    if (may_be_faulty(at, word.text)) {
        failed_ = true;
        return nullptr;
    }
    const std::string where =
        at.row != nullptr ? fmt::format("in a row of '{}'", at.row->name)
                          : fmt::format("at grain {}", at.grain != nullptr ? at.grain->name : "?");
    return fail_at(
        word, "unknown-name",
        at.division ? fmt::format("a division has a code, a name and the levels above it, no '{}'",
                                  word.text)
                    : fmt::format("no field, feature or parameter named '{}' {}", word.text, where),
        base::did_you_mean(word.text, known_names(at)));
}

/// What follows a value that leads no further, if it is an attribute of its code: the last part of
/// the name, `part` being the value's.
std::shared_ptr<Expression> Builder::attribute_of(const Syntax& s, const ExpressionPtr& value,
                                                  std::size_t part) {
    const Syntax::Part& next = s.parts[part + 1];
    if (value->type.kind != Kind::code) {
        fail_at(next, "type-clash",
                fmt::format("'{}' is {}: no '.{}' follows it", s.parts[part].text,
                            text(value->type), next.text));
        return nullptr;
    }
    const CodeList* list = model.code_list(value->type.of);
    if (list == nullptr) return nullptr;
    if (!list->attributes.contains(next.text) || part + 2 != s.parts.size()) {
        std::vector<std::string> known;
        for (const auto& [name, type] : list->attributes) known.push_back(name);
        fail_at(next, "unknown-name",
                fmt::format("the code list '{}' has no attribute '{}'", value->type.of, next.text),
                base::did_you_mean(next.text, known));
        return nullptr;
    }
    auto attribute = std::make_shared<Expression>();
    attribute->node = Expression::Node::attribute;
    attribute->type = list->attributes.at(next.text);
    attribute->name = next.text;
    attribute->place = value->place;
    attribute->length = value->length;
    attribute->operands = {value};
    return attribute;
}

namespace {

/// A condition's expression, said of what a name leads to.
std::shared_ptr<Expression> said_of(const Expression& e, Scope scope,
                                    const std::vector<Hop>& path) {
    auto made = std::make_shared<Expression>(e);
    using Node = Expression::Node;
    if (e.node == Node::field || e.node == Node::feature || e.node == Node::feature_unknown ||
        e.node == Node::outcome || e.node == Node::score || e.node == Node::target) {
        made->scope = scope;
        made->path.insert(made->path.begin(), path.begin(), path.end());
    }
    for (ExpressionPtr* part : {&made->at_month, &made->key, &made->step, &made->filter})
        if (*part) *part = said_of(**part, scope, path);
    for (ExpressionPtr& operand : made->operands) operand = said_of(*operand, scope, path);
    return made;
}

}  // namespace

/// Its expression stands where it is named.
ExpressionPtr Builder::walk_to_condition(const Syntax& s, const Position& at, const Found& found,
                                         std::size_t part) {
    bind_condition(*found.ledger, found.condition);
    const Condition& condition = found.ledger->conditions[found.condition];
    if (!condition.that) {
        failed_ = true;
        return nullptr;
    }
    if (part + 1 != s.parts.size())
        return fail_at(s.parts[part + 1], "type-clash",
                       fmt::format("'{}' is a condition of ledger '{}': no '.{}' follows it",
                                   condition.name, found.ledger->name, s.parts[part + 1].text));
    auto made = said_of(*condition.that, at.scope, at.path);
    made->place = text_->at(s.begin);
    made->length = length(s);
    return s.indexes.empty() ? made : apply_indexes(s, made, nullptr);
}

ExpressionPtr Builder::walk_to_feature(const Syntax& s, const std::shared_ptr<Expression>& made,
                                       std::size_t index, std::size_t part) {
    bind_feature(index);
    const Feature& feature = model.features[index];
    if (!feature.value || feature.type.kind == Kind::null_) {
        failed_ = true;
        return nullptr;
    }
    made->node = Expression::Node::feature;
    made->type = feature.type;
    const bool last = part + 1 == s.parts.size();
    if (part + 2 == s.parts.size() && s.parts[part + 1].text == "unknown") {
        made->node = Expression::Node::feature_unknown;
        made->type = integer_type();
        return apply_indexes(s, made, &feature);
    }
    made->known = !last && s.parts[part + 1].text == "known";
    if (made->known) ++part;
    const ExpressionPtr read = apply_indexes(s, made, &feature);
    if (part + 1 == s.parts.size() || !read) return read;
    return attribute_of(s, read, part);
}

ExpressionPtr Builder::walk_to_rule(const Syntax& s, std::shared_ptr<Expression> made,
                                    const Rule& rule, std::size_t part) {
    made->node = Expression::Node::outcome;
    made->type = rule.kind == Rule::Kind::entitlement ? text_type() : boolean_type();
    if (part + 1 == s.parts.size()) return apply_indexes(s, made, nullptr);
    const Syntax::Part& next = s.parts[part + 1];
    if (next.text == "score" && part + 2 == s.parts.size() && rule.kind == Rule::Kind::check) {
        made->node = Expression::Node::score;
        made->type = decimal_type(18, 6);
        return made;
    }
    return fail_at(next, "type-clash",
                   fmt::format("'{}' is a rule's outcome: no '.{}' follows it", s.parts[part].text,
                               next.text));
}

ExpressionPtr Builder::walk_to_target(const Syntax& s, const std::shared_ptr<Expression>& made,
                                      std::size_t part) {
    made->node = Expression::Node::target;
    made->type = text_type();
    const bool is_last = part + 1 == s.parts.size();
    if (const Target* target = model.target(made->name);
        is_last && target != nullptr && !target->family.empty()) {
        const auto name = member_named(s, target->family, target->each_list);
        if (!name) return nullptr;
        made->name = *name;
        return made;
    }
    if (is_last) return apply_indexes(s, made, nullptr);
    const Syntax::Part& next = s.parts[part + 1];
    return fail_at(next, "type-clash",
                   fmt::format("'{}' is a target's status: no '.{}' follows it", s.parts[part].text,
                               next.text));
}

ExpressionPtr Builder::walk_to_field(const Syntax& s, std::shared_ptr<Expression> made,
                                     const Found& found, std::size_t part) {
    made->node = Expression::Node::field;
    made->type = found.type;
    if (found.field != nullptr && found.field->written_type == "name") {
        report.error("identity", made->place, made->length,
                     fmt::format("'{}' is a name: it stays in the vault and no expression can "
                                 "read it",
                                 s.parts[part].text));
        failed_ = true;
        return nullptr;
    }
    const bool last = part + 1 == s.parts.size();
    if (!last) made = attribute_of(s, made, part);
    return made ? apply_indexes(s, made, nullptr) : nullptr;
}

/// Walks the dots of a name from `at`, its parts from `part` on, to the last, and applies its
/// indexes.
ExpressionPtr Builder::walk(const Syntax& s, Position at, std::size_t part) {
    for (;; ++part) {
        const Syntax::Part& word = s.parts[part];
        const bool last = part + 1 == s.parts.size();
        const Found found = look_up(at, word.text);
        auto made = std::make_shared<Expression>();
        made->place = text_->at(s.begin);
        made->length = length(s);
        made->scope = at.scope;
        made->path = at.path;
        made->name = word.text;
        if (at.grain != nullptr) made->grain = at.grain->name;
        switch (found.kind) {
            case Found::Kind::none:
                return fail_unknown(at, word);
            case Found::Kind::condition:
                return walk_to_condition(s, at, found, part);
            case Found::Kind::feature:
                return walk_to_feature(s, made, found.feature, part);
            case Found::Kind::rule:
                return walk_to_rule(s, made, *found.rule, part);
            case Found::Kind::target:
                return walk_to_target(s, made, part);
            case Found::Kind::level:
                if (!last) break;
                // A bare level is its division's code.
                if (!hop_to(at, found, word.text)) return nullptr;
                made->node = Expression::Node::field;
                made->path = at.path;
                made->grain = word.text;
                made->name = "code";
                made->type = division_type();
                return apply_indexes(s, made, nullptr);
            case Found::Kind::field:
            case Found::Kind::built_in:
                if (last || found.type.kind == Kind::code)
                    return walk_to_field(s, made, found, part);
                break;
        }
        if (!hop_to(at, found, word.text))
            return fail_at(s.parts[part + 1], "type-clash",
                           fmt::format("'{}' is {}: no '.{}' follows it", word.text,
                                       text(found.type), s.parts[part + 1].text));
    }
}

/// Whether it is the name `code` of a block with `each`, which stands for its code.
bool Builder::is_each_code(const Syntax& s) const {
    return each_code_ != nullptr && s.form == Syntax::Form::name && !s.called &&
           s.parts.size() == 1 && s.indexes.empty() && s.parts[0].text == "code";
}

/// `x['wage']`: the name of the one that `each` of `x` made for this code.
std::optional<std::string> Builder::member_named(const Syntax& s, const std::string& family,
                                                 const std::string& list_name) {
    const Syntax* index = s.indexes.size() == 1 ? &s.indexes[0] : nullptr;
    failed_ = true;
    if (index == nullptr || (index->form != Syntax::Form::string && !is_each_code(*index))) {
        report.error("type-clash", place(s), length(s),
                     fmt::format("'{0}' is one for each code of '{1}': say which, as {0}['code']",
                                 family, list_name));
        return std::nullopt;
    }
    const std::string& code = is_each_code(*index) ? *each_code_ : index->text;
    std::vector<std::string> known;
    for (const Code& one : model.code_list(list_name)->codes) known.push_back(one.code);
    if (std::find(known.begin(), known.end(), code) == known.end()) {
        report.error("unknown-code", text_->at(index->begin), length(*index),
                     fmt::format("'{}' is no code of the list '{}'", code, list_name),
                     base::did_you_mean(code, known));
        return std::nullopt;
    }
    failed_ = false;
    return family + "[" + code + "]";
}

bool Builder::is_literal_index(const Syntax& index) {
    if (index.form == Syntax::Form::string) return true;
    report.error("type-clash", text_->at(index.begin), length(index),
                 "what stands in brackets here is a code or a window in quotes");
    failed_ = true;
    return false;
}

/// The month at which a window is read: the same for every subject of a run.
bool Builder::apply_month(const Syntax& written_month, Expression& e) {
    Names names;
    names.form = Names::Form::constant;
    const ExpressionPtr month = coerced(bind(written_month, names), month_type());
    if (!month || !expect(month, month_type(), "the month at which a window is read")) return false;
    bool good = true;
    visit(*month, [&](const Expression& part) {
        const Parameter* parameter =
            part.node == Expression::Node::parameter ? model.parameter(part.name) : nullptr;
        if (parameter == nullptr || !good) return;
        good = std::all_of(parameter->values.begin(), parameter->values.end(),
                           [](const ParameterValue& value) { return value.division.empty(); });
        if (good) return;
        Diagnostic& d = report.error(
            "window", part.place, part.length,
            fmt::format("the month at which a window is read is one for all subjects, but "
                        "'param.{}' has values by division",
                        parameter->name));
        d.other = parameter->place;
        failed_ = true;
    });
    e.at_month = month;
    return good;
}

/// `['window']` or `['window' at M]` behind a feature.
bool Builder::apply_window(const Syntax& index, Expression& e, const Feature& feature) {
    if (!is_literal_index(index)) return false;
    const auto fail = [&](const std::string& message) {
        report.error("window", text_->at(index.begin), length(index), message);
        failed_ = true;
        return false;
    };
    e.window = parse_window(index.text);
    if (!e.window)
        return fail(fmt::format(
            "'{}' is no window, as '12 months', 'whole year' or 'month ago 1' is", index.text));
    if (feature.over)
        return fail(fmt::format("'{}' has its own window, over = \"{}\", and takes no other",
                                feature.name, text(*feature.over)));
    return index.operands.empty() || apply_month(index.operands[0], e);
}

/// `['code']['window']` behind a name.
ExpressionPtr Builder::apply_indexes(const Syntax& s, std::shared_ptr<Expression> e,
                                     const Feature* feature) {
    std::size_t next = 0;
    if (feature != nullptr && !feature->by_code.empty()) {
        if (s.indexes.empty()) {
            report.error("type-clash", e->place, e->length,
                         fmt::format("'{}' is a column a code: say which, as {}['code']",
                                     feature->name, feature->name));
            failed_ = true;
            return nullptr;
        }
        const Syntax& index = s.indexes[0];
        const bool is_each = is_each_code(index);
        if (!is_each && !is_literal_index(index)) return nullptr;
        if (!index.operands.empty()) {
            clash(index, fmt::format("'at' follows a window, and '{}' is a code", index.text),
                  fmt::format("as {}['{}']['month' at …]", feature->name, index.text));
            return nullptr;
        }
        const std::string* code = is_each ? each_code_ : &index.text;
        if (!feature->code_list.empty()) {
            auto written_code = std::make_shared<Expression>();
            written_code->node = Expression::Node::literal;
            written_code->type = text_type();
            written_code->value = *code;
            written_code->place = text_->at(s.indexes[0].begin);
            written_code->length = length(s.indexes[0]);
            if (!coerced(written_code, code_type(feature->code_list))) return nullptr;
        }
        e->code = *code;
        next = 1;
    }
    if (next < s.indexes.size()) {
        const Syntax& index = s.indexes[next];
        if (feature == nullptr) {
            report.error("type-clash", text_->at(index.begin), length(index),
                         fmt::format("'{}' takes no window or code in brackets", e->name));
            failed_ = true;
            return nullptr;
        }
        if (!apply_window(index, *e, *feature)) return nullptr;
        ++next;
    }
    if (next < s.indexes.size()) {
        report.error("type-clash", text_->at(s.indexes[next].begin), length(s.indexes[next]),
                     "there are more brackets than this takes");
        failed_ = true;
        return nullptr;
    }
    return e;
}

}  // namespace zs::plan
