#include <algorithm>

#include <fmt/format.h>

#include "base/text.h"
#include "plan/builder.h"

namespace zs::plan {

// --- Parameters -------------------------------------------------------------------------------

void Builder::read_parameters() {
    for (Item* item : by_kind_["parameter"]) {
        Parameter parameter;
        parameter.name = item->block.name;
        parameter.place = item->block.place;
        const int before = report.errors;
        read_parameter(*item, parameter);
        if (report.errors != before && parameter.type.kind == Kind::null_) {
            faulty_.insert("parameter " + parameter.name);
            continue;
        }
        model.parameters.push_back(std::move(parameter));
    }
}

void Builder::read_parameter(Item& item, Parameter& parameter) {
    Table table(item.table, item.block.body, report, fmt::format("parameter '{}'", parameter.name));
    common(table, parameter, true);
    const auto type = table.text("type");
    if (!type) {
        report.error("missing-key", parameter.place, 1, fmt::format("parameter '{}' has no type", parameter.name));
        return;
    }
    const auto found = type_of(type->text, type->at(0), static_cast<int>(base::characters(type->text)));
    if (!found) return;
    parameter.type = *found;
    parameter.type.unit = table.text_or("unit", "");
    parameter.optional = table.boolean("optional").value_or(false);
    if (const auto by = table.text("by")) {
        const auto list = type_of(by->text, by->at(0), static_cast<int>(base::characters(by->text)));
        if (list && list->kind == Kind::code) parameter.by = list->of;
        else if (list) report.error("bad-value", by->at(0), static_cast<int>(base::characters(by->text)), "a parameter is keyed by = \"code:LIST\"");
    }
    if (const auto steps = table.text("steps")) {
        parameter.steps = type_of(steps->text, steps->at(0), static_cast<int>(base::characters(steps->text)));
        if (parameter.steps && !is_number(*parameter.steps)) report.error("bad-value", steps->at(0), 1, "steps are money, int or decimal");
    }
    if (const toml::node* fallback = table.node("default")) parameter.fallback = value_of(*fallback, parameter.type, item.block.body);
    const toml::node* values = table.node("values");
    if (values != nullptr && !values->is_array()) report.error("bad-value", table.place("values"), 1, "'values' is a list of { from = …, value = … }");
    if (values != nullptr && values->is_array())
        for (const toml::node& entry : *values->as_array()) {
            const toml::table* parts = entry.as_table();
            if (parts == nullptr) continue;
            Table value_table(*parts, item.block.body, report, fmt::format("a value of '{}'", parameter.name));
            ParameterValue value;
            value.place = value_table.node_place(entry);
            value.from = model.first;
            if (const auto from = month_at(value_table, "from")) value.from = *from;
            else if (!value_table.has("from")) report.error("missing-key", value.place, 1, "this value does not say from which month it holds: from = \"2023-01\"");
            if (const auto division = value_table.text("division")) {
                value.division = division->text;
                if (model.level_of_code(division->text) == nullptr)
                    report.error("bad-value", division->at(0), static_cast<int>(base::characters(division->text)), fmt::format("'{}' has the length of no level's codes", division->text));
            }
            if (const auto code = value_table.text("item")) {
                value.item = code->text;
                const CodeList* list = model.code_list(parameter.by);
                if (parameter.by.empty()) report.error("unknown-key", code->at(0), 1, fmt::format("'{}' is not keyed: it has no 'by'", parameter.name));
                else if (list != nullptr && std::none_of(list->codes.begin(), list->codes.end(), [&](const Code& c) { return c.code == code->text; })) {
                    std::vector<std::string> known;
                    for (const Code& c : list->codes) known.push_back(c.code);
                    const auto near = base::nearest_names(code->text, known);
                    report.error("unknown-code", code->at(0), static_cast<int>(base::characters(code->text)), fmt::format("'{}' is no code of the list '{}'", code->text, parameter.by), near.empty() ? "" : fmt::format("did you mean '{}'?", near[0]));
                }
            } else if (!parameter.by.empty()) {
                report.error("missing-key", value.place, 1, fmt::format("this value does not say for which code of '{}': item = …", parameter.by));
            }
            if (const toml::node* at = value_table.node("at")) {
                if (at->is_integer()) value.at = base::Decimal{*at->value<std::int64_t>(), 0};
                else if (at->is_floating_point()) value.at = base::parse_decimal(base::text(*at->value<double>()));
                if (!value.at || !parameter.steps) report.error("bad-value", value_table.place("at"), 1, "'at' is the figure at which a step begins, of a parameter with 'steps'");
            } else if (parameter.steps) {
                report.error("missing-key", value.place, 1, "this value does not say at which figure its step begins: at = …");
            }
            if (const toml::node* written_value = value_table.node("value")) {
                if (const auto typed = value_of(*written_value, parameter.type, item.block.body)) value.value = *typed;
            } else {
                report.error("missing-key", value.place, 1, "this entry has no value");
            }
            value.source = value_table.text_or("source", "");
            value_table.report_unknown();
            for (const ParameterValue& other : parameter.values)
                if (other.from == value.from && other.division == value.division && other.item == value.item && other.at.has_value() == value.at.has_value() && (!other.at || *other.at == *value.at)) {
                    Diagnostic& d = report.error("duplicate", value.place, 1, "this value stands twice: same month, division, code and step");
                    d.other = other.place;
                    break;
                }
            parameter.values.push_back(std::move(value));
        }
    table.report_unknown();
}

void Builder::check_parameters_have_values() {
    for (const Parameter& parameter : model.parameters) {
        if (!used_parameters_.contains(parameter.name) || parameter.fallback || parameter.optional) continue;
        if (parameter.values.empty()) {
            report.error("no-value", parameter.place, 1, fmt::format("parameter '{}' is used and has neither a value nor a default", parameter.name));
            continue;
        }
        base::Month earliest = parameter.values.front().from;
        for (const ParameterValue& value : parameter.values) earliest = std::min(earliest, value.from);
        if (earliest > model.first)
            report.error("no-value", parameter.place, 1, fmt::format("parameter '{}' has no value from {} to {}", parameter.name, base::text(model.first), base::text(earliest.plus(-1))), "give it a value from the plan's first month, or a default");
    }
}

// --- Features ---------------------------------------------------------------------------------

void Builder::declare_features() {
    for (Item* item : by_kind_["feature"]) {
        const std::string& full = item->block.name;
        const std::size_t dot = full.find('.');
        Feature feature;
        feature.grain = full.substr(0, dot);
        feature.name = full.substr(dot + 1);
        feature.place = item->block.place;
        Place at = item->block.place;
        at.column += 8;
        const Grain* grain = model.grain(feature.grain);
        if (grain == nullptr || grain->form == Grain::Form::match) {
            if (!faulty_.contains("grain " + feature.grain)) {
                std::vector<std::string> known;
                for (const Grain& other : model.grains) known.push_back(other.name);
                const auto near = base::nearest_names(feature.grain, known);
                report.error("unknown-name", at, static_cast<int>(feature.grain.size()), fmt::format("there is no grain '{}'", feature.grain), near.empty() ? "" : fmt::format("did you mean '{}'?", near[0]));
            }
            faulty_.insert("feature " + full);
            continue;
        }
        at.column += static_cast<int>(feature.grain.size()) + 1;
        if (const Grain* other = model.grain(feature.name)) {
            Diagnostic& d = report.error("reserved-name", at, static_cast<int>(feature.name.size()), fmt::format("'{}' is a grain's name (every ledger is a grain) and cannot name a feature", feature.name));
            d.other = other->place;
            faulty_.insert("feature " + full);
            continue;
        }
        bool taken = false;
        for (const auto& [name, type] : fields_of(*grain)) taken = taken || name == feature.name;
        if (taken) {
            Diagnostic& d = report.error("duplicate", at, static_cast<int>(feature.name.size()), fmt::format("'{}' is already a field at grain {}", feature.name, feature.grain));
            if (const Ledger* ledger = model.ledger(grain->ledger)) d.other = ledger->place;
            faulty_.insert("feature " + full);
            continue;
        }
        for (const Rule& rule : model.rules)
            if (rule.grain == feature.grain && rule.name == feature.name) {
                Diagnostic& d = report.error("duplicate", at, static_cast<int>(feature.name.size()), fmt::format("'{}' is already a rule at grain {}", feature.name, feature.grain));
                d.other = rule.place;
            }
        feature_index_[full] = model.features.size();
        feature_items_.push_back(item);
        model.features.push_back(std::move(feature));
    }
    feature_state_.assign(model.features.size(), 0);
}

void Builder::bind_feature(std::size_t index) {
    if (feature_state_[index] == 2) return;
    Feature& feature = model.features[index];
    const std::string full = feature.grain + "." + feature.name;
    if (feature_state_[index] == 1) {
        std::string ring;
        const auto begin = std::find(under_way_.begin(), under_way_.end(), full);
        for (auto it = begin; it != under_way_.end(); ++it) ring += *it + " → ";
        report.error("cycle", feature.place, 7, fmt::format("a feature needs itself: {}{}", ring, full), "break the ring: one of them must be said without the other");
        failed_ = true;
        return;
    }
    feature_state_[index] = 1;
    under_way_.push_back(full);
    const bool failed_before = failed_;
    failed_ = false;
    read_feature(*feature_items_[index], feature);
    if (failed_) feature.value = nullptr;
    failed_ = failed_before;
    under_way_.pop_back();
    feature_state_[index] = 2;
}

Names Builder::rows_of(const Feature& feature, const Place& at) {
    (void)at;
    Names names;
    names.form = Names::Form::rows;
    names.grain = model.grain(feature.grain);
    const Grain* grain = model.grain(feature.from);
    const Ledger* ledger = model.ledger(feature.from);
    if (ledger != nullptr) {
        names.ledger = ledger;
        names.row_grain = grain;  // the ledger's rows as a grain
    } else if (grain != nullptr) {
        names.row_grain = grain;
        if (!grain->every && (grain->form == Grain::Form::registry || grain->form == Grain::Form::rows)) names.ledger = model.ledger(grain->ledger);
    }
    return names;
}

void Builder::read_feature(Item& item, Feature& feature) {
    Table table(item.table, item.block.body, report, fmt::format("feature '{}.{}'", feature.grain, feature.name));
    common(table, feature, false);
    if (const auto over = table.text("over")) {
        feature.over = parse_window(over->text);
        if (!feature.over) {
            report.error("window", over->at(0), static_cast<int>(base::characters(over->text)), fmt::format("'{}' is no window, as '12 months', 'whole year' or 'month ago 1' is", over->text));
            failed_ = true;
        }
    }
    feature.partial = table.boolean("partial").value_or(false);
    if (const auto cover = table.text("cover")) {
        feature.cover_any = cover->text == "any";
        if (!feature.cover_any) report.error("bad-value", cover->at(0), 1, "'cover' is \"any\"");
    }
    feature.at_least = static_cast<int>(table.integer("at_least").value_or(5));
    const auto from = table.text("from");
    const auto by_code = table.text("by_code");
    const std::vector<Written> peers = table.texts("peers");
    const Grain* grain = model.grain(feature.grain);
    const Type truth = boolean_type();
    if (from) {
        feature.from = from->text;
        feature.from_grain = model.ledger(from->text) == nullptr;
        const Names rows = rows_of(feature, from->at(0));
        if (rows.ledger == nullptr && rows.row_grain == nullptr) {
            if (!faulty_.contains("ledger " + from->text) && !faulty_.contains("grain " + from->text)) {
                std::vector<std::string> known;
                for (const Grain& other : model.grains) known.push_back(other.name);
                const auto near = base::nearest_names(from->text, known);
                report.error("unknown-name", from->at(0), static_cast<int>(base::characters(from->text)), fmt::format("there is no ledger or grain '{}'", from->text), near.empty() ? "" : fmt::format("did you mean '{}'?", near[0]));
            }
            failed_ = true;
            table.node("value");
            table.node("where");
            table.node("by");
            table.report_unknown();
            return;
        }
        if (by_code) {
            const Position at{Scope::row, {}, rows.row_grain, rows.ledger, false};
            const Found found = look_up(at, by_code->text);
            if (found.kind != Found::Kind::field || found.type.kind != Kind::code) {
                report.error("unknown-name", by_code->at(0), static_cast<int>(base::characters(by_code->text)), fmt::format("'{}' has no coded field '{}'", from->text, by_code->text));
                failed_ = true;
            } else {
                feature.by_code = by_code->text;
                feature.code_list = found.type.of;
            }
        }
        Names row_level = rows;
        feature.where = bound(table, "where", row_level, &truth, false);
        Names values = rows;
        values.aggregates = true;
        feature.value = bound(table, "value", values, nullptr, true);
        if (feature.value) {
            bool any = false;
            visit(*feature.value, [&](const Expression& part) { any = any || part.node == Expression::Node::aggregate; });
            if (!any) {
                report.error("aggregate", feature.value->place, feature.value->length, "a feature with 'from' gives one value for many rows: it needs an aggregate, as sum, count or max");
                failed_ = true;
            }
        }
        read_landing(table, feature, rows);
        if (!failed_) judge_delivery(feature, from->at(0));
    } else if (table.has("peers")) {
        Names names;
        names.form = Names::Form::subject;
        names.grain = grain;
        for (const Written& column : peers) {
            ExpressionPtr shared;
            if (model.level_index(column.text) && grain->way_to_division) {
                Names plain = names;
                shared = bound(column, plain, nullptr);
            } else {
                shared = bound(column, names, nullptr);
            }
            if (shared) feature.peers.push_back(shared);
        }
        Names values = names;
        values.aggregates = values.over_subjects = values.peers = true;
        feature.where = bound(table, "where", names, &truth, false);
        feature.value = bound(table, "value", values, nullptr, true);
        table.node("by");
    } else {
        Names names;
        names.form = Names::Form::subject;
        names.grain = grain;
        feature.value = bound(table, "value", names, nullptr, true);
        for (const char* key : {"where", "by", "over", "by_code", "partial", "cover"})
            if (table.has(key) && std::string_view(key) != "over") {
                table.node(key);
                report.error("unknown-key", table.key_place(key), static_cast<int>(std::string_view(key).size()), fmt::format("'{}' belongs to a feature with 'from'", key));
            }
    }
    if (feature.value) {
        feature.type = feature.value->type;
        if (feature.type.kind == Kind::token) {
            // A token may be carried on (peers = ["phone"]), not shown.
        }
        if (feature.type.kind == Kind::null_) {
            report.error("type-clash", feature.value->place, feature.value->length, "this is always NULL");
            failed_ = true;
        }
    }
    table.report_unknown();
}

ExpressionPtr Builder::row_path(const Names&, const std::vector<Hop>& path, const Type& type, const std::string& key_field, const Place& at) {
    auto made = std::make_shared<Expression>();
    made->node = Expression::Node::field;
    made->type = type;
    made->place = at;
    made->path = path;
    made->name = key_field;
    // The last hop along a key is that key itself; nothing is looked up for it.
    if (!path.empty() && path.back().kind == Hop::Kind::key) {
        made->name = path.back().field;
        made->path.pop_back();
    } else if (!path.empty() && path.back().kind == Hop::Kind::level) {
        made->grain = path.back().grain;
        made->name = "code";
    }
    return made;
}

/// All ways of the first rule that gives any (ADR 1, 7): a key field of the row; its own grain and
/// that grain's parents; another key field's way.
std::vector<std::vector<Hop>> Builder::ways_to(const Names& rows, const std::string& grain_name, const std::string& key_field) {
    std::vector<std::pair<std::string, Type>> fields;
    std::string own;
    if (rows.ledger != nullptr) {
        for (const Field& field : rows.ledger->fields) fields.emplace_back(field.name, field.type);
        own = rows.ledger->grain;
    } else if (rows.row_grain != nullptr) {
        fields = fields_of(*rows.row_grain);
    }
    std::vector<std::vector<Hop>> direct;
    for (const auto& [name, type] : fields) {
        if (type.kind != Kind::key || type.of != grain_name || name == "entered_by") continue;
        std::vector<Hop> way{{Hop::Kind::key, name, grain_name}};
        if (name == own || name == key_field) return {way};
        direct.push_back(way);
    }
    if (rows.row_grain != nullptr && rows.row_grain->name == grain_name) {
        const std::string key = rows.row_grain->key.empty() ? grain_name : rows.row_grain->key[0];
        return {{{Hop::Kind::key, key, grain_name}}};
    }
    if (!direct.empty()) return direct;
    const auto& way_to_division = rows.ledger != nullptr ? rows.ledger->way_to_division : rows.row_grain->way_to_division;
    const std::string division_field = rows.ledger != nullptr ? rows.ledger->division_field : rows.row_grain->division_field;
    if (way_to_division) {
        std::vector<Hop> way;
        for (const Hop& hop : *way_to_division) {
            way.push_back(hop);
            if (hop.grain == grain_name) return {way};
        }
        if (model.level_index(grain_name)) {
            way.push_back({Hop::Kind::level, division_field, grain_name});
            return {way};
        }
    }
    if (grain_name == "user")
        for (const auto& [name, type] : fields)
            if (type.kind == Kind::key && type.of == "user") return {{{Hop::Kind::key, name, "user"}}};
    std::vector<std::vector<Hop>> others;
    for (const auto& [name, type] : fields) {
        if (type.kind != Kind::key || type.of == "user") continue;
        std::vector<Hop> way{{Hop::Kind::key, name, type.of}};
        std::string field;
        std::vector<Hop> rest;
        if (!way_of(type.of, rest, field, 0)) continue;
        for (const Hop& hop : rest) {
            way.push_back(hop);
            if (hop.grain == grain_name) {
                others.push_back(way);
                break;
            }
        }
    }
    return others;
}

namespace {

/// `say which: by = "seller" or by = "buyer"`.
std::string choices(const std::vector<std::vector<Hop>>& ways) {
    std::vector<std::string> written;
    for (const std::vector<Hop>& way : ways) written.push_back(fmt::format("by = \"{}\"", way.front().field));
    return "say which: " + base::join(written, " or ");
}

}  // namespace

void Builder::read_landing(Table& table, Feature& feature, const Names& rows) {
    const Grain* grain = model.grain(feature.grain);
    const toml::node* by = table.node("by");
    const std::size_t plain_keys = grain->key.size() - (grain->every ? 1 : 0);
    std::map<std::string, ExpressionPtr> given;
    if (by != nullptr && by->is_table()) {
        Table ways(*by->as_table(), table.body(), report, "by");
        for (const std::string& key : ways.keys()) {
            const auto at = std::find(grain->key.begin(), grain->key.end(), key);
            if (at == grain->key.end()) {
                const auto near = base::nearest_names(key, grain->key);
                report.error("no-way", ways.key_place(key), static_cast<int>(key.size()), fmt::format("grain '{}' has no key field '{}'", grain->name, key), near.empty() ? "" : fmt::format("did you mean '{}'?", near[0]));
                failed_ = true;
                continue;
            }
            const Type& wanted = grain->key_types[static_cast<std::size_t>(at - grain->key.begin())];
            ExpressionPtr e = bound(ways, key, rows, nullptr, true);
            if (!e) continue;
            const bool places = wanted.kind == Kind::key && model.level_index(wanted.of) && (e->type.kind == Kind::division || (e->type.kind == Kind::key && model.level_index(e->type.of)));
            if (!places && (e->type.kind != wanted.kind || e->type.of != wanted.of)) {
                report.error("type-clash", e->place, e->length, fmt::format("the key field '{}' is {}, this is {}", key, text(wanted), text(e->type)));
                failed_ = true;
                continue;
            }
            given[key] = e;
        }
    } else if (by != nullptr && by->is_string()) {
        const Written way = written(*by, table.body());
        ExpressionPtr e = bound(way, rows, nullptr);
        const std::size_t single = plain_keys;
        if (e && single == 1 && e->type.kind == Kind::key && (e->type.of == grain->key_types[0].of)) {
            given[grain->key[0]] = e;
        } else if (e) {
            report.error("no-way", e->place, e->length, fmt::format("'{}' leads to {}, not to grain '{}'", way.text, text(e->type), grain->name));
            failed_ = true;
        }
    } else if (by != nullptr) {
        report.error("bad-value", table.place("by"), 1, "'by' is a way in quotes, or { key_field = \"expression\" }");
        failed_ = true;
    }
    const Place at = table.place("from");
    for (std::size_t i = 0; i < grain->key.size(); ++i) {
        const std::string& key = grain->key[i];
        const bool period = grain->every && i + 1 == grain->key.size();
        if (const auto found = given.find(key); found != given.end()) {
            feature.landing.push_back({key, found->second});
            if (period) feature.period_by_given = true;
            continue;
        }
        if (period) continue;
        const Type& type = grain->key_types[i];
        if (type.kind == Kind::key) {
            const auto ways = ways_to(rows, type.of, key);
            if (ways.size() == 1) {
                feature.landing.push_back({key, row_path(rows, ways[0], type, key, at)});
                continue;
            }
            if (ways.size() > 1) {
                report.error("ambiguous-name", at, table.value_length("from"), fmt::format("several ways lead from '{}' to '{}'", feature.from, type.of), choices(ways));
                failed_ = true;
                continue;
            }
        }
        // A field of the same name and type.
        const Position position{Scope::row, {}, rows.row_grain, rows.ledger, false};
        const Found found = look_up(position, key);
        if (found.kind == Found::Kind::field && found.type.kind == type.kind && found.type.of == type.of) {
            feature.landing.push_back({key, row_path(rows, {}, type, key, at)});
            continue;
        }
        report.error("no-way", at, table.value_length("from"), fmt::format("no way leads from '{}' to '{}' of grain '{}'", feature.from, key, grain->name), fmt::format("say it: by = {{ {} = \"…\" }}", key));
        failed_ = true;
    }
}

/// Whether, and how, delivery is judged for the landing grain's subjects.
void Builder::judge_delivery(Feature& feature, const Place& at) {
    const Ledger* ledger = feature.from_grain ? nullptr : model.ledger(feature.from);
    if (feature.from_grain) {
        const Grain* source = model.grain(feature.from);
        if (source != nullptr && !source->every && source->form == Grain::Form::rows) ledger = model.ledger(source->ledger);
    }
    if (ledger == nullptr || !ledger->delivery || feature.partial) return;
    feature.judged = ledger->delivery->by_level ? Feature::Judged::by_division : Feature::Judged::by_subject;
    const Grain* grain = model.grain(feature.grain);
    const auto chain = [&](const std::string& name) {
        std::set<std::string> grains{name};
        std::vector<Hop> way;
        std::string field;
        if (way_of(name, way, field, 0))
            for (const Hop& hop : way) grains.insert(hop.grain);
        return grains;
    };
    bool judged = grain->way_to_division.has_value();
    if (judged && grain->form != Grain::Form::level && !ledger->grain.empty()) {
        std::set<std::string> above = chain(grain->name);
        for (const Type& type : grain->key_types)
            if (type.kind == Kind::key) above.merge(chain(type.of));
        const std::set<std::string> rows = chain(ledger->grain);
        judged = std::any_of(above.begin(), above.end(), [&](const std::string& g) { return rows.contains(g); });
    }
    if (judged && grain->form != Grain::Form::level && ledger->grain.empty() && grain->form != Grain::Form::rows) {
        judged = std::any_of(grain->key_types.begin(), grain->key_types.end(), [&](const Type& type) { return type.kind == Kind::division; });
    }
    if (!judged) {
        report.error("delivery-unjudged", at, static_cast<int>(base::characters(feature.from)),
                     fmt::format("whether '{}' was delivered cannot be judged for {}: its rows do not come by that subject's division", feature.from, feature.grain), "add partial = true, which takes what is there");
        failed_ = true;
    }
}

// --- Rules ------------------------------------------------------------------------------------

void Builder::declare_rules() {
    for (const auto& [kind, which] : std::vector<std::pair<std::string, Rule::Kind>>{{"clue", Rule::Kind::clue}, {"entitlement", Rule::Kind::entitlement}, {"check", Rule::Kind::check}})
        for (Item* item : by_kind_[kind]) {
            Rule rule;
            rule.name = item->block.name;
            rule.place = item->block.place;
            rule.kind = which;
            if (const toml::node* grain = item->table.get("grain")) rule.grain = grain->value_or<std::string>("");
            model.rules.push_back(std::move(rule));
        }
}

void Builder::read_rule(Item& item, Rule& rule) {
    static const char* const kinds[] = {"clue", "entitlement", "check"};
    Table table(item.table, item.block.body, report, fmt::format("{} '{}'", kinds[static_cast<int>(rule.kind)], rule.name));
    common(table, rule, true);
    failed_ = false;
    const auto grain_text = table.text("grain");
    const Grain* grain = model.grain(rule.grain);
    if (grain == nullptr || grain->form == Grain::Form::match) {
        if (!grain_text) report.error("missing-key", rule.place, 1, fmt::format("'{}' has no grain", rule.name));
        else if (!faulty_.contains("grain " + rule.grain) && !faulty_.contains("ledger " + rule.grain)) {
            std::vector<std::string> known;
            for (const Grain& other : model.grains) known.push_back(other.name);
            const auto near = base::nearest_names(rule.grain, known);
            report.error("unknown-name", grain_text->at(0), static_cast<int>(base::characters(rule.grain)), fmt::format("there is no grain '{}'", rule.grain), near.empty() ? "" : fmt::format("did you mean '{}'?", near[0]));
        }
        return;
    }
    Names names;
    names.form = Names::Form::subject;
    names.grain = grain;
    const Type truth = boolean_type(), date = date_type();
    rule.where = bound(table, "where", names, &truth, false);
    if (const auto text = table.text("say")) rule.say = say(*text, names);
    const auto word_or_expression = [&](const char* key, const std::set<std::string>* words, const Type* codes) -> ExpressionPtr {
        const auto text = table.text(key);
        if (!text) return nullptr;
        const bool bare = std::all_of(text->text.begin(), text->text.end(), [](char c) { return (c >= 'a' && c <= 'z') || c == '_' || (c >= '0' && c <= '9'); });
        if (bare) {
            auto word = std::make_shared<Expression>();
            word->type = text_type();
            word->value = text->text;
            word->place = text->at(0);
            word->length = static_cast<int>(base::characters(text->text));
            if (words != nullptr && !words->contains(text->text)) {
                const auto near = base::nearest_names(text->text, {words->begin(), words->end()});
                report.error("unknown-code", word->place, word->length, fmt::format("'{}' is no {}: low, medium or high", text->text, key), near.empty() ? "" : fmt::format("did you mean '{}'?", near[0]));
                return nullptr;
            }
            if (codes != nullptr && model.code_list(codes->of) != nullptr) {
                if (!coerced(word, *codes)) return nullptr;
            }
            return word;
        }
        ExpressionPtr e = bound(*text, names, nullptr);
        if (e && e->type.kind != Kind::text && e->type.kind != Kind::code && e->type.kind != Kind::null_) {
            report.error("type-clash", e->place, e->length, fmt::format("'{}' gives a code, this is {}", key, plan::text(e->type)));
            return nullptr;
        }
        if (e && codes != nullptr && model.code_list(codes->of) != nullptr) {
            // Every literal that may come out is looked at.
            visit(*e, [&](const Expression& part) {
                if (part.node != Expression::Node::call || part.name != "case") return;
                for (std::size_t i = 1; i < part.operands.size(); i += 2) coerced(part.operands[i], *codes);
                coerced(part.operands.back(), *codes);
            });
        }
        return e;
    };
    static const std::set<std::string> severities{"low", "medium", "high"};
    rule.severity = word_or_expression("severity", &severities, nullptr);
    const Type risk = code_type("risk");
    rule.risk = word_or_expression("risk", nullptr, &risk);
    if (const auto opens = table.text("opens")) {
        rule.opens = opens->text;
        if (item_of("workflow", opens->text) == nullptr && opens->text != "finding") {
            std::vector<std::string> known;
            for (Item* workflow : by_kind_["workflow"]) known.push_back(workflow->block.name);
            const auto near = base::nearest_names(opens->text, known);
            report.error("unknown-name", opens->at(0), static_cast<int>(base::characters(opens->text)), fmt::format("there is no workflow '{}'", opens->text), near.empty() ? "" : fmt::format("did you mean '{}'?", near[0]));
        }
    }
    rule.quiet_months = static_cast<int>(table.integer("quiet").value_or(0));
    if (rule.kind == Rule::Kind::entitlement) {
        rule.eligible = bound(table, "eligible", names, &truth, true);
        rule.amount = bound(table, "amount", names, nullptr, false);
        rule.received = bound(table, "received", names, nullptr, true);
        rule.due_on = bound(table, "due_on", names, &date, false);
        rule.paid_on = bound(table, "paid_on", names, &date, false);
        rule.wrongful = bound(table, "wrongful", names, &truth, false);
        for (const ExpressionPtr& part : {rule.amount, rule.received})
            if (part && !is_number(part->type) && part->type.kind != Kind::boolean && part->type.kind != Kind::null_)
                report.error("type-clash", part->place, part->length, fmt::format("what is due and what came are money, a number or (received) a truth; this is {}", text(part->type)));
        if (rule.amount && rule.received && is_number(rule.amount->type) != is_number(rule.received->type))
            report.error("type-clash", rule.received->place, rule.received->length, fmt::format("'amount' is {} and 'received' is {}: they are compared", text(rule.amount->type), text(rule.received->type)));
        if (rule.amount && rule.received && !rule.amount->type.unit.empty() && !rule.received->type.unit.empty() && rule.amount->type.unit != rule.received->type.unit)
            report.error("unit-clash", rule.received->place, rule.received->length, fmt::format("'{}' is compared with '{}'", rule.received->type.unit, rule.amount->type.unit));
    } else {
        rule.when = bound(table, "when", names, &truth, true);
    }
    if (rule.kind == Rule::Kind::check) {
        rule.score = bound(table, "score", names, nullptr, false);
        if (rule.score && !is_number(rule.score->type)) report.error("type-clash", rule.score->place, rule.score->length, fmt::format("a score is a number from 0 to 1, this is {}", text(rule.score->type)));
        const auto kind = table.text("kind");
        rule.check_kind = kind ? kind->text : "";
        if (!kind) report.error("missing-key", rule.place, 1, fmt::format("check '{}' has no kind: logic, physical or statistical", rule.name));
        else if (kind->text != "logic" && kind->text != "physical" && kind->text != "statistical") report.error("bad-value", kind->at(0), static_cast<int>(base::characters(kind->text)), fmt::format("'{}' is no kind of check: logic, physical or statistical", kind->text));
    }
    if (rule.kind == Rule::Kind::clue) {
        if (const toml::node* verify = table.node("verify"); verify != nullptr && verify->is_table()) {
            Table parts(*verify->as_table(), item.block.body, report, "verify");
            if (const auto by = parts.text("by")) {
                rule.verify_by = by->text;
                if (!model.level_index(by->text)) report.error("level", by->at(0), static_cast<int>(base::characters(by->text)), fmt::format("'{}' is no level of plan.toml", by->text));
            }
            rule.verify_days = static_cast<int>(parts.integer("days").value_or(0));
            parts.report_unknown();
        }
    }
    table.report_unknown();
}

// --- Indicators and targets -------------------------------------------------------------------

void Builder::declare_indicators() {
    for (Item* item : by_kind_["indicator"]) {
        Indicator indicator;
        indicator.name = item->block.name;
        indicator.Definition::place = item->block.place;
        indicator_index_[indicator.name] = model.indicators.size();
        indicator_items_.push_back(item);
        model.indicators.push_back(std::move(indicator));
    }
    indicator_state_.assign(model.indicators.size(), 0);
}

void Builder::bind_indicator(std::size_t index) {
    if (indicator_state_[index] != 0) return;  // one that reads itself is found by check_cycles
    indicator_state_[index] = 1;
    const bool failed_before = failed_;
    failed_ = false;
    Indicator& indicator = model.indicators[index];
    read_indicator(*indicator_items_[index], indicator);
    if (failed_) {
        faulty_.insert("indicator " + indicator.name);
        indicator.type = Type{};
    }
    failed_ = failed_before;
    indicator_state_[index] = 2;
}

void Builder::read_indicator(Item& item, Indicator& indicator) {
    Table table(item.table, item.block.body, report, fmt::format("indicator '{}'", indicator.name));
    common(table, indicator, true);
    indicator.given = table.boolean("given").value_or(false);
    indicator.unit = table.text_or("unit", "");
    if (indicator.unit.empty()) report.error("missing-key", indicator.Definition::place, 1, fmt::format("indicator '{}' has no unit", indicator.name));
    indicator.better = table.text_or("better", "none");
    if (indicator.better != "up" && indicator.better != "down" && indicator.better != "none") report.error("bad-value", table.place("better"), table.value_length("better"), "'better' is up, down or none");
    if (const auto period = table.text("period")) {
        static const std::map<std::string, Period> periods{{"month", Period::month}, {"year", Period::year}, {"calendar_year", Period::calendar_year}, {"school_term", Period::school_term}};
        const auto found = periods.find(period->text);
        if (found == periods.end()) report.error("bad-value", period->at(0), static_cast<int>(base::characters(period->text)), fmt::format("'{}' is none of month, year, calendar_year, school_term", period->text));
        else indicator.period = found->second;
    }
    for (const Written& level : table.texts("levels")) {
        if (!model.level_index(level.text)) report.error("level", level.at(0), static_cast<int>(base::characters(level.text)), fmt::format("'{}' is no level of plan.toml", level.text));
        else indicator.levels.push_back(level.text);
    }
    if (const toml::node* share = table.node("min_known")) {
        if (share->is_integer()) indicator.min_known = base::Decimal{*share->value<std::int64_t>(), 0};
        else if (share->is_floating_point()) indicator.min_known = base::parse_decimal(base::text(*share->value<double>()));
        else report.error("bad-value", table.place("min_known"), 1, "'min_known' is a share from 0 to 1");
    }
    const auto grain_text = table.text("grain");
    if (indicator.given) {
        indicator.type = floating_type();
        if (grain_text) report.error("bad-value", grain_text->at(0), 1, "a given indicator has no grain: its figures are imported");
        table.report_unknown();
        return;
    }
    const Type truth = boolean_type();
    if (!grain_text) {
        Names names;
        names.form = Names::Form::figures;
        indicator.value = bound(table, "value", names, nullptr, true);
        if (indicator.value) {
            indicator.type = indicator.value->type;
            if (!is_number(indicator.type)) report.error("type-clash", indicator.value->place, indicator.value->length, fmt::format("an indicator is a number, this is {}", text(indicator.type)));
        }
        for (const char* key : {"where", "per", "split", "place"})
            if (table.has(key)) {
                table.node(key);
                report.error("unknown-key", table.key_place(key), static_cast<int>(std::string_view(key).size()), fmt::format("'{}' belongs to an indicator with a grain", key));
            }
        table.report_unknown();
        return;
    }
    const Grain* grain = model.grain(grain_text->text);
    if (grain == nullptr || grain->form == Grain::Form::match) {
        if (!faulty_.contains("grain " + grain_text->text) && !faulty_.contains("ledger " + grain_text->text)) {
            std::vector<std::string> known;
            for (const Grain& other : model.grains) known.push_back(other.name);
            const auto near = base::nearest_names(grain_text->text, known);
            report.error("unknown-name", grain_text->at(0), static_cast<int>(base::characters(grain_text->text)), fmt::format("there is no grain '{}'", grain_text->text), near.empty() ? "" : fmt::format("did you mean '{}'?", near[0]));
        }
        failed_ = true;
        return;
    }
    indicator.grain = grain->name;
    Names names;
    names.form = Names::Form::subject;
    names.grain = grain;
    indicator.where = bound(table, "where", names, &truth, false);
    Names values = names;
    values.aggregates = values.over_subjects = values.indicator = true;
    indicator.value = bound(table, "value", values, nullptr, true);
    indicator.per = bound(table, "per", values, nullptr, false);
    for (const ExpressionPtr& side : {indicator.value, indicator.per}) {
        if (!side) continue;
        bool any = false;
        visit(*side, [&](const Expression& part) { any = any || part.node == Expression::Node::aggregate; });
        if (!any || !is_number(side->type)) {
            report.error(any ? "type-clash" : "aggregate", side->place, side->length, any ? fmt::format("an indicator is a number, this is {}", text(side->type)) : "an indicator with a grain aggregates its subjects: sum, count, median …");
            failed_ = true;
        }
    }
    if (indicator.value) indicator.type = indicator.per ? floating_type() : indicator.value->type;
    const std::vector<Written> splits = table.texts("split");
    if (splits.size() > 3) report.error("bad-value", table.place("split"), 1, "an indicator is split by three columns at most");
    for (const Written& column : splits) {
        ExpressionPtr e = bound(column, names, nullptr);
        if (!e) continue;
        if (e->type.kind != Kind::code && e->type.kind != Kind::boolean) {
            report.error("type-clash", e->place, e->length, fmt::format("an indicator is split by coded columns, '{}' is {}", column.text, text(e->type)));
            failed_ = true;
            continue;
        }
        indicator.split.push_back(e);
        indicator.split_names.push_back(column.text);
    }
    if (const auto place_text = table.text("place")) {
        indicator.place = place_text->text;
        ExpressionPtr e = bound(*place_text, names, nullptr);
        const bool is_place = e && (e->type.kind == Kind::division || (e->type.kind == Kind::key && model.level_index(e->type.of)));
        if (e && e->type.kind == Kind::key && !is_place) {
            // A subject's own place: `place = "household"` is its division.
            const Grain* target = model.grain(e->type.of);
            if (target != nullptr && target->way_to_division) {
                indicator.way_to_place = e->path;
                indicator.way_to_place.push_back({Hop::Kind::key, e->name, e->type.of});
                indicator.way_to_place.insert(indicator.way_to_place.end(), target->way_to_division->begin(), target->way_to_division->end());
                indicator.place_field = target->division_field;
            }
        } else if (is_place && e->node == Expression::Node::field) {
            indicator.way_to_place = e->path;
            indicator.place_field = e->name;
        } else if (e) {
            report.error("type-clash", e->place, e->length, fmt::format("'place' leads to a division, this is {}", text(e->type)));
            failed_ = true;
        } else if (place_text->text.ends_with(".division")) {
            failed_ = true;
        }
    } else if (!grain->way_to_division) {
        report.error("no-way", grain_text->at(0), static_cast<int>(base::characters(grain_text->text)), fmt::format("grain '{}' leads to no division, so its subjects count nowhere", grain->name), "say where: place = \"…\"");
        failed_ = true;
    }
    table.report_unknown();
}

void Builder::read_targets() {
    for (Item* item : by_kind_["target"]) {
        Target target;
        target.name = item->block.name;
        target.place = item->block.place;
        read_target(*item, target);
        model.targets.push_back(std::move(target));
    }
}

void Builder::read_target(Item& item, Target& target) {
    Table table(item.table, item.block.body, report, fmt::format("target '{}'", target.name));
    common(table, target, true);
    Names names;
    names.form = Names::Form::figures;
    if (const auto indicator = table.text("indicator")) {
        target.indicator = indicator->text;
        bound(*indicator, names, nullptr);
    } else {
        report.error("missing-key", target.place, 1, fmt::format("target '{}' names no indicator", target.name));
    }
    if (const auto at = table.text("at")) {
        std::string level = at->text;
        if (level.starts_with("every ")) {
            target.every = true;
            level = level.substr(6);
        }
        if (model.level_index(level)) target.at_level = level;
        else if (const Grain* grain = model.grain(level); grain != nullptr && grain->form == Grain::Form::level) {
            target.at_level = grain->level;
            target.at_grain = level;
        } else {
            report.error("level", at->at(0), static_cast<int>(base::characters(at->text)), fmt::format("'{}' is no level: \"province\", \"every city\"", at->text));
        }
    } else {
        report.error("missing-key", target.place, 1, fmt::format("target '{}' does not say where: at = \"every county\"", target.name));
    }
    const Type truth = boolean_type();
    if (table.has("where") && !target.at_level.empty()) {
        Names subject;
        subject.form = Names::Form::subject;
        subject.grain = model.grain(target.at_grain.empty() ? target.at_level : target.at_grain);
        target.where = bound(table, "where", subject, &truth, false);
    }
    const toml::node* years = table.node("years");
    if (years == nullptr || !years->is_table()) {
        report.error("missing-key", target.place, 1, fmt::format("target '{}' has no years = {{ 2023 = \">= …\" }}", target.name));
    } else {
        Table year_table(*years->as_table(), item.block.body, report, "years");
        for (const std::string& key : year_table.keys()) {
            const int year = std::atoi(key.c_str());
            const auto text = year_table.text(key);
            if (year < 1900 || year > 2200 || !text) {
                report.error("bad-value", year_table.key_place(key), static_cast<int>(key.size()), fmt::format("'{}' is no year", key));
                continue;
            }
            Bound limit;
            limit.written = text->text;
            std::size_t skip = text->text.find_first_not_of(' ');
            skip = skip == std::string::npos ? 0 : skip;
            for (const char* sign : {">=", "<=", ">", "<", "=", "between "})
                if (text->text.compare(skip, std::string_view(sign).size(), sign) == 0) {
                    limit.comparison = std::string(base::trim(sign));
                    skip += std::string_view(sign).size();
                    break;
                }
            if (limit.comparison.empty()) {
                report.error("bad-value", text->at(0), static_cast<int>(base::characters(text->text)), "a bound begins with >=, >, <=, <, = or between");
                continue;
            }
            const auto piece = [&](std::size_t from, std::size_t to) {
                Written part;
                part.text = text->text.substr(from, to - from);
                for (std::size_t i = from; i <= to; ++i) part.places.push_back(text->at(i));
                return bound(part, names, nullptr);
            };
            std::size_t end = text->text.size();
            if (limit.comparison == "between") {
                const std::size_t conjunction = text->text.find(" and ", skip);
                if (conjunction == std::string::npos) {
                    report.error("syntax", text->at(0), static_cast<int>(base::characters(text->text)), "'between' has two ends: between 1 and 3");
                    continue;
                }
                limit.high = piece(conjunction + 5, end);
                end = conjunction;
            }
            limit.low = piece(skip, end);
            limit.constant = true;
            for (const ExpressionPtr& side : {limit.low, limit.high}) {
                if (!side) continue;
                if (!is_number(side->type)) report.error("type-clash", side->place, side->length, fmt::format("a bound is a number, this is {}", plan::text(side->type)));
                visit(*side, [&](const Expression& part) {
                    if (part.node == Expression::Node::indicator || part.node == Expression::Node::parameter) limit.constant = false;
                });
            }
            if (limit.low) target.years[year] = std::move(limit);
        }
    }
    if (const toml::node* pace = table.node("pace")) {
        if (pace->is_string() && *pace->value<std::string>() == "linear") target.linear = true;
        else if (pace->is_string() && *pace->value<std::string>() == "as is") target.linear = false;
        else if (pace->is_array() && pace->as_array()->size() == 12) {
            for (const toml::node& share : *pace->as_array()) {
                const auto number = share.is_integer() ? std::optional(base::Decimal{*share.value<std::int64_t>(), 0}) : share.is_floating_point() ? base::parse_decimal(base::text(*share.value<double>())) : std::nullopt;
                if (number) target.pace.push_back(*number);
            }
            if (target.pace.size() != 12) report.error("bad-value", table.place("pace"), 1, "the twelve shares of 'pace' are figures");
        } else {
            report.error("bad-value", table.place("pace"), table.value_length("pace"), "'pace' is \"linear\", \"as is\" or twelve shares");
        }
    }
    table.report_unknown();
}

}  // namespace zs::plan
