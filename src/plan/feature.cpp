#include <algorithm>

#include <fmt/format.h>

#include "base/failure.h"
#include "base/text.h"
#include "plan/builder.h"

namespace zs::plan {

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
            report_no_grain(feature.grain, at);
            faulty_.insert("feature " + full);
            continue;
        }
        at.column += static_cast<int>(feature.grain.size()) + 1;
        if (const Grain* other = model.grain(feature.name)) {
            Diagnostic& d = report.error(
                "reserved-name", at, static_cast<int>(feature.name.size()),
                fmt::format(
                    "'{}' is a grain's name (every ledger is a grain) and cannot name a feature",
                    feature.name));
            d.other = other->place;
            faulty_.insert("feature " + full);
            continue;
        }
        if (is_of_row(*grain, feature.name)) {
            Diagnostic& d = report.error(
                "duplicate", at, static_cast<int>(feature.name.size()),
                fmt::format("'{}' is already a field at grain {}", feature.name, feature.grain));
            if (const Ledger* ledger = model.ledger(grain->ledger)) d.other = ledger->place;
            faulty_.insert("feature " + full);
            continue;
        }
        const auto same_name = [&](const Definition& other, const char* what) {
            if (other.name != feature.name) return;
            Diagnostic& d = report.error(
                "duplicate", at, static_cast<int>(feature.name.size()),
                fmt::format("'{}' is already {} at grain {}", feature.name, what, feature.grain));
            d.other = other.place;
        };
        for (const Rule& rule : model.rules)
            if (rule.grain == feature.grain) same_name(rule, "a rule");
        for (const Target& target : model.targets)
            if (target.grain() == feature.grain) same_name(target, "a target's status");
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
        report.error("cycle", feature.place, 7,
                     fmt::format("a feature needs itself: {}{}", ring, full),
                     "break the ring: one of them must be said without the other");
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
        if (!grain->every &&
            (grain->form == Grain::Form::registry || grain->form == Grain::Form::rows))
            names.ledger = model.ledger(grain->ledger);
    }
    return names;
}

void Builder::read_feature(Item& item, Feature& feature) {
    Table table(item.table, item.block.body, report,
                fmt::format("feature '{}.{}'", feature.grain, feature.name));
    common(table, feature, false);
    if (const auto over = table.text("over")) {
        feature.over = parse_window(over->text);
        if (!feature.over) {
            report.error(
                "window", over->at(0), static_cast<int>(base::characters(over->text)),
                fmt::format("'{}' is no window, as '12 months', 'whole year' or 'month ago 1' is",
                            over->text));
            failed_ = true;
        }
    }
    feature.partial = table.boolean("partial").value_or(false);
    if (const auto cover = table.text("cover")) {
        feature.cover_any = cover->text == "any";
        if (!feature.cover_any) report.error("bad-value", cover->at(0), 1, "'cover' is \"any\"");
    }
    feature.at_least = table.count("at_least", 1).value_or(5);
    const auto from = table.text("from");
    const auto by_code = table.text("by_code");
    const std::vector<Written> peers = table.texts("peers");
    const Grain* grain = model.grain(feature.grain);
    const Type truth = boolean_type();
    if (from) {
        feature.from = from->text;
        feature.from_grain = model.ledger(from->text) == nullptr;
        const Names rows = rows_of(feature, from->at(0));
        const bool is_match = report_match(from->text, from->at(0));
        if (is_match || (rows.ledger == nullptr && rows.row_grain == nullptr)) {
            if (!faulty_.contains("ledger " + from->text) &&
                !faulty_.contains("grain " + from->text) && !is_match) {
                std::vector<std::string> known;
                for (const Grain& other : model.grains) known.push_back(other.name);
                report.error("unknown-name", from->at(0),
                             static_cast<int>(base::characters(from->text)),
                             fmt::format("there is no ledger or grain '{}'", from->text),
                             base::did_you_mean(from->text, known));
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
                report.error(
                    "unknown-name", by_code->at(0),
                    static_cast<int>(base::characters(by_code->text)),
                    fmt::format("'{}' has no coded field '{}'", from->text, by_code->text));
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
            visit(*feature.value, [&](const Expression& part) {
                any = any || part.node == Expression::Node::aggregate;
            });
            if (!any) {
                report.error("aggregate", feature.value->place, feature.value->length,
                             "a feature with 'from' gives one value for many rows: it needs an "
                             "aggregate, as sum, count or max");
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
            if (ExpressionPtr shared = bound(column, names, nullptr))
                feature.peers.push_back(std::move(shared));
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
                report.error("unknown-key", table.key_place(key),
                             static_cast<int>(std::string_view(key).size()),
                             fmt::format("'{}' belongs to a feature with 'from'", key));
            }
    }
    if (feature.value) {
        feature.type = feature.value->type;
        if (feature.type.kind == Kind::token) {
            // A token may be carried on (peers = ["phone"]), not shown.
        }
        if (feature.type.kind == Kind::null_) {
            report.error("type-clash", feature.value->place, feature.value->length,
                         "this is always NULL");
            failed_ = true;
        }
    }
    table.report_unknown();
}

ExpressionPtr Builder::row_path(const Names&, const std::vector<Hop>& path, const Type& type,
                                const std::string& key_field, const Place& at) {
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
std::vector<std::vector<Hop>> Builder::ways_to(const Names& rows, const std::string& grain_name,
                                               const std::string& key_field) {
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
    ZS_INVARIANT(rows.ledger != nullptr || rows.row_grain != nullptr,
                 "rows are of a ledger or of a grain");
    const auto& way_to_division =
        rows.ledger != nullptr ? rows.ledger->way_to_division : rows.row_grain->way_to_division;
    const std::string division_field =
        rows.ledger != nullptr ? rows.ledger->division_field : rows.row_grain->division_field;
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
            if (type.kind == Kind::key && type.of == "user")
                return {{{Hop::Kind::key, name, "user"}}};
    std::vector<std::vector<Hop>> others, further;
    for (const auto& [name, type] : fields) {
        if (type.kind != Kind::key || type.of == "user") continue;
        std::vector<Hop> way{{Hop::Kind::key, name, type.of}};
        std::string field;
        std::vector<Hop> rest;
        bool reached = false;
        if (way_of(type.of, rest, field, 0))
            for (const Hop& hop : rest) {
                way.push_back(hop);
                reached = hop.grain == grain_name;
                if (reached) break;
            }
        if (reached) {
            others.push_back(way);
            continue;
        }
        // One dot further: a key field of what it names.
        for (const auto& [next, next_type] : fields_of(*model.grain(type.of)))
            if (next_type.kind == Kind::key && next_type.of == grain_name && next != "entered_by")
                further.push_back(
                    {{Hop::Kind::key, name, type.of}, {Hop::Kind::key, next, grain_name}});
    }
    return others.empty() ? further : others;
}

namespace {

/// `say which: by = "seller" or by = "buyer"`.
std::string choices(const std::vector<std::vector<Hop>>& ways) {
    std::vector<std::string> written;
    for (const std::vector<Hop>& way : ways)
        written.push_back(fmt::format("by = \"{}\"", way.front().field));
    return "say which: " + base::join(written, " or ");
}

/// A field of this type names one row of the ledger whose rows the grain has.
bool leads_to_row(const Type& type, const Grain& grain) {
    return grain.form == Grain::Form::rows && grain.key.size() == 1 && type.kind == Kind::key &&
           type.of == grain.ledger;
}

}  // namespace

/// A division on the way to a grain of a level: the one above it at that level, or itself.
ExpressionPtr Builder::at_level(const ExpressionPtr& e, const Type& wanted) const {
    if (wanted.kind != Kind::key || !model.level_index(wanted.of) ||
        e->node != Expression::Node::field || e->type.kind != Kind::division)
        return e;
    auto made = std::make_shared<Expression>(*e);
    made->type = wanted;
    const bool is_level =
        !e->path.empty() && e->path.back().kind == Hop::Kind::level && e->name == "code";
    if (is_level && e->path.back().grain == wanted.of) return made;
    if (!is_level) made->path.push_back({Hop::Kind::division, e->name, ""});
    made->path.push_back({Hop::Kind::level, is_level ? e->path.back().grain : "code", wanted.of});
    made->grain = wanted.of;
    made->name = "code";
    return made;
}

void Builder::read_landing(Table& table, Feature& feature, const Names& rows) {
    const Grain* grain = model.grain(feature.grain);
    // Where rows land is said of the row alone: `person.mentor` begins at its person.
    Names of_row = rows;
    of_row.grain = nullptr;
    const toml::node* by = table.node("by");
    const std::size_t plain_keys = grain->key.size() - (grain->every ? 1 : 0);
    std::map<std::string, ExpressionPtr> given;
    if (by != nullptr && by->is_table()) {
        Table ways(*by->as_table(), table.body(), report, "by");
        for (const std::string& key : ways.keys()) {
            const auto at = std::find(grain->key.begin(), grain->key.end(), key);
            if (at == grain->key.end()) {
                report.error("no-way", ways.key_place(key), static_cast<int>(key.size()),
                             fmt::format("grain '{}' has no key field '{}'", grain->name, key),
                             base::did_you_mean(key, grain->key));
                failed_ = true;
                continue;
            }
            const Type& wanted =
                grain->key_types[static_cast<std::size_t>(at - grain->key.begin())];
            ExpressionPtr e = bound(ways, key, of_row, nullptr, true);
            if (!e) continue;
            const bool places = wanted.kind == Kind::key && model.level_index(wanted.of) &&
                                (e->type.kind == Kind::division ||
                                 (e->type.kind == Kind::key && model.level_index(e->type.of)));
            const bool names_row = wanted.kind == Kind::text && leads_to_row(e->type, *grain);
            if (!places && !names_row && (e->type.kind != wanted.kind || e->type.of != wanted.of)) {
                report.error("type-clash", e->place, e->length,
                             fmt::format("the key field '{}' is {}, this is {}", key, text(wanted),
                                         text(e->type)));
                failed_ = true;
                continue;
            }
            given[key] = e;
        }
    } else if (by != nullptr && by->is_string()) {
        const Written way = written(*by, table.body());
        ExpressionPtr e = bound(way, of_row, nullptr);
        if (e && plain_keys == 1) e = at_level(e, grain->key_types[0]);
        if (e && plain_keys == 1 && e->type.kind == Kind::key &&
            (e->type.of == grain->key_types[0].of || leads_to_row(e->type, *grain))) {
            given[grain->key[0]] = e;
        } else if (e) {
            report.error("no-way", e->place, e->length,
                         fmt::format("'{}' leads to {}, not to grain '{}'", way.text, text(e->type),
                                     grain->name));
            failed_ = true;
        }
    } else if (by != nullptr) {
        report.error("bad-value", table.place("by"), 1,
                     "'by' is a way in quotes, or { key_field = \"expression\" }");
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
        const bool names_row = leads_to_row(key_type(grain->ledger), *grain);
        if (type.kind == Kind::key || names_row) {
            const auto ways = ways_to(rows, type.kind == Kind::key ? type.of : grain->ledger, key);
            if (ways.size() == 1) {
                feature.landing.push_back({key, row_path(rows, ways[0], type, key, at)});
                continue;
            }
            if (ways.size() > 1) {
                report.error(
                    "ambiguous-name", at, table.value_length("from"),
                    fmt::format("several ways lead from '{}' to '{}'", feature.from, type.of),
                    choices(ways));
                failed_ = true;
                continue;
            }
        }
        // A field of the same name and type.
        const Position position{Scope::row, {}, rows.row_grain, rows.ledger, false};
        const Found found = look_up(position, key);
        if (found.kind == Found::Kind::field && found.type.kind == type.kind &&
            found.type.of == type.of) {
            feature.landing.push_back({key, row_path(rows, {}, type, key, at)});
            continue;
        }
        failed_ = true;
        if (leans_on_fault(feature)) continue;
        report.error("no-way", at, table.value_length("from"),
                     fmt::format("no way leads from '{}' to '{}' of grain '{}'", feature.from, key,
                                 grain->name),
                     fmt::format("say it: by = {{ {} = \"…\" }}", key));
    }
}

}  // namespace zs::plan
