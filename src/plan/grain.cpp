#include <algorithm>

#include <fmt/format.h>

#include "base/text.h"
#include "plan/builder.h"

namespace zs::plan {

namespace {

/// The period's field in the key of an `every` grain.
std::string period_field_of(Period every) {
    switch (every) {
        case Period::school_term:
            return "term";
        case Period::year:
        case Period::calendar_year:
            return "year";
        default:
            return "month";
    }
}

Type period_type_of(Period every) {
    switch (every) {
        case Period::school_term:
            return term_type();
        case Period::year:
        case Period::calendar_year:
            return integer_type();
        default:
            return month_type();
    }
}

/// A block that speaks of a ledger's rows, not of a registry: under the ledger's own name, or with
/// a window of its own.
bool names_rows(const Grain& grain, const toml::table& table, const Item* ledger) {
    if (ledger == nullptr) return false;
    const toml::node* about = ledger->table.get("grain");
    if (about != nullptr && about->value_or<std::string>("") == grain.name) return false;
    return table.get("over") != nullptr || grain.name == grain.ledger;
}

}  // namespace

/// Grains by name and form, before ledgers are read: a ledger's types name them.
void Builder::declare_grains() {
    for (const Level& level : model.levels) {
        Grain grain;
        grain.name = grain.title = level.name;
        grain.form = Grain::Form::level;
        grain.level = level.name;
        grain.key = {level.name};
        grain.key_types = {key_type(level.name)};
        model.grains.push_back(grain);
    }
    Grain user;
    user.name = "user";
    user.title = "用户";
    user.form = Grain::Form::user;
    user.key = {"user"};
    user.key_types = {key_type("user")};
    model.grains.push_back(user);
    for (Item* item : by_kind_["grain"]) {
        Grain grain;
        grain.name = item->block.name;
        grain.place = item->block.place;
        if (const Grain* known = model.grain(grain.name)) {
            Diagnostic& d =
                report.error("reserved-name", grain.place, 1,
                             fmt::format("'{}' is already a grain: every level, and 'user', is one",
                                         grain.name));
            d.other = known->place;
            continue;
        }
        const toml::table& table = item->table;
        const auto text = [&](const char* key) {
            return table.get(key) != nullptr ? table.get(key)->value_or<std::string>("")
                                             : std::string();
        };
        grain.ledger = text("ledger");
        grain.level = text("level");
        grain.parent = text("parent");
        const bool every = table.get("every") != nullptr;
        if (!grain.level.empty())
            grain.form = Grain::Form::level;
        else if (table.get("key") != nullptr || every)
            grain.form = Grain::Form::combination;
        else if (names_rows(grain, table, item_of("ledger", grain.ledger)))
            grain.form = Grain::Form::rows;
        else
            grain.form = Grain::Form::registry;
        model.grains.push_back(grain);
    }
    for (Item* item : by_kind_["match"]) {
        Grain grain;
        grain.name = item->block.name;
        grain.form = Grain::Form::match;
        grain.place = item->block.place;
        model.grains.push_back(grain);
    }
    // A grain's own ledger decides whether it names a registry; a span ledger with `grain = NAME`.
    model.grains.reserve(model.grains.size() + by_kind_["ledger"].size() + 16);
    for (Grain& grain : model.grains)
        if (grain.form == Grain::Form::registry) {
            grain.key = {grain.name};
            grain.key_types = {key_type(grain.name)};
            for (Item* item : by_kind_["grain"])
                if (item->block.name == grain.name)
                    grain.title = item->table.get("title") != nullptr
                                      ? item->table.get("title")->value_or<std::string>("")
                                      : "";
        }
}

/// A row with an empty key field is of no combination: it is left out, and counted by a run.
void Builder::warn_empty_key(const Grain& grain, const Ledger& ledger, const Written& key) {
    const Field* field = ledger.field(key.text);
    if (grain.form != Grain::Form::combination || field == nullptr || field->required ||
        field->built_in)
        return;
    report.warning("null-key", key.at(0), static_cast<int>(base::characters(key.text)),
                   fmt::format("rows of '{}' whose '{}' is empty are no subject of '{}': what is "
                               "read through that grain leaves them out",
                               ledger.name, key.text, grain.name),
                   fmt::format("require the field: {} = {{ …, required = true }}", key.text));
}

void Builder::read_grain(Item& item, Grain& grain) {
    Table table(item.table, item.block.body, report, fmt::format("grain '{}'", grain.name));
    common(table, grain, true);
    const auto over = table.text("over");
    if (over) {
        if (const auto window = parse_window(over->text)) {
            grain.over = *window;
            grain.has_over = true;
        } else {
            report.error("window", over->at(0), static_cast<int>(base::characters(over->text)),
                         fmt::format("'{}' is no window", over->text));
        }
    }
    if (const auto every = table.text("every")) {
        static const std::map<std::string, Period> periods{{"month", Period::month},
                                                           {"school_term", Period::school_term},
                                                           {"calendar_year", Period::calendar_year},
                                                           {"year", Period::year}};
        const auto found = periods.find(every->text);
        if (found == periods.end())
            report.error("bad-value", every->at(0), static_cast<int>(base::characters(every->text)),
                         fmt::format("'{}' is none of month, school_term, calendar_year, year",
                                     every->text));
        else
            grain.every = found->second;
        if (!over) grain.over.unit = Window::Unit::calendar_year;
    }
    const auto level = table.text("level");
    if (level && !model.level_index(level->text)) {
        report.error("level", level->at(0), static_cast<int>(base::characters(level->text)),
                     fmt::format("'{}' is no level of plan.toml", level->text),
                     nearest_level(level->text));
        grain.level.clear();
    }
    const auto ledger_name = table.text("ledger");
    const std::vector<Written> keys = table.list("key");
    if (table.has("key") && keys.empty())
        report.error("bad-value", table.place("key"), table.value_length("key"),
                     fmt::format("the key of grain '{}' names no field", grain.name),
                     "name the fields that tell its subjects apart");
    const auto parent = table.text("parent");
    table.report_unknown();
    if (grain.form == Grain::Form::level) {
        grain.key = {grain.level};
        grain.key_types = {key_type(grain.level)};
    } else {
        const Ledger* ledger = ledger_name ? model.ledger(ledger_name->text) : nullptr;
        if (ledger == nullptr) {
            if (!ledger_name)
                report.error("missing-key", grain.place, 1,
                             fmt::format("grain '{}' names no ledger and no level", grain.name));
            else if (!faulty_.contains("ledger " + ledger_name->text)) {
                std::vector<std::string> known;
                for (const Ledger& other : model.ledgers) known.push_back(other.name);
                report.error("unknown-name", ledger_name->at(0),
                             static_cast<int>(base::characters(ledger_name->text)),
                             fmt::format("there is no ledger '{}'", ledger_name->text),
                             base::did_you_mean(ledger_name->text, known));
            }
            faulty_.insert("grain " + grain.name);
            grain.ledger.clear();
            return;
        }
        if (grain.form == Grain::Form::registry) {
            if (ledger->period != Period::span || ledger->grain != grain.name) {
                report.error(
                    "bad-value", ledger_name->at(0),
                    static_cast<int>(base::characters(ledger_name->text)),
                    fmt::format(
                        "the registry of '{}' is a span ledger with grain = \"{}\"; '{}' is not",
                        grain.name, grain.name, ledger->name));
                faulty_.insert("grain " + grain.name);
                grain.ledger.clear();
                return;
            }
            if (parent) {
                const Field* field = ledger->field(parent->text);
                if (field == nullptr || field->type.kind != Kind::key) {
                    report.error("unknown-name", parent->at(0),
                                 static_cast<int>(base::characters(parent->text)),
                                 fmt::format("ledger '{}' has no key field '{}'", ledger->name,
                                             parent->text));
                    grain.parent.clear();
                } else {
                    grain.parent_grain = field->type.of;
                }
            }
        } else {
            if (grain.form == Grain::Form::rows)
                grain.key = ledger->key;
            else if (keys.empty() && !ledger->grain.empty())
                grain.key = {ledger->grain};
            for (const Written& key : keys) {
                if (ledger->field(key.text) == nullptr) {
                    report.error(
                        "unknown-name", key.at(0), static_cast<int>(base::characters(key.text)),
                        fmt::format("ledger '{}' has no field '{}'", ledger->name, key.text));
                    continue;
                }
                grain.key.push_back(key.text);
            }
            for (const std::string& key : grain.key)
                grain.key_types.push_back(ledger->field(key)->type);
            for (const Written& key : keys) warn_empty_key(grain, *ledger, key);
        }
    }
    if (grain.every) {
        grain.key.push_back(period_field_of(*grain.every));
        grain.key_types.push_back(period_type_of(*grain.every));
    }
}

void Builder::read_grains() {
    for (Grain& grain : model.grains)
        if (Item* item = item_of("grain", grain.name);
            item != nullptr && item->block.place.line == grain.place.line)
            read_grain(*item, grain);
    // Every ledger is a grain too, under its own name.
    for (const Ledger& ledger : model.ledgers) {
        if (ledger.key.empty()) continue;
        if (const Grain* known = model.grain(ledger.name)) {
            if (known->form == Grain::Form::rows && known->ledger == ledger.name) continue;
            Diagnostic& d = report.error(
                "duplicate", ledger.place, 1,
                fmt::format(
                    "'{}' names a grain and a ledger; every ledger is a grain under its own name",
                    ledger.name));
            d.other = known->place;
            continue;
        }
        Grain grain;
        grain.name = ledger.name;
        grain.title = ledger.title;
        grain.place = ledger.place;
        grain.form = Grain::Form::rows;
        grain.ledger = ledger.name;
        grain.key = ledger.key;
        for (const std::string& key : ledger.key)
            grain.key_types.push_back(ledger.field(key)->type);
        model.grains.push_back(std::move(grain));
    }
    for (Item* item : by_kind_["match"])
        for (Grain& grain : model.grains)
            if (grain.form == Grain::Form::match && grain.name == item->block.name) {
                grain.ledger = item->table.get("seek") != nullptr
                                   ? item->table.get("seek")->value_or<std::string>("")
                                   : "";
                grain.level = item->table.get("offer") != nullptr
                                  ? item->table.get("offer")->value_or<std::string>("")
                                  : "";
                grain.key = {"seek", "offer"};
                grain.key_types = {key_type(grain.ledger), key_type(grain.level)};
            }
}

/// From a subject of a grain to what holds its division.
bool Builder::way_of(const std::string& grain_name, std::vector<Hop>& way, std::string& field,
                     int depth) {
    const Grain* grain = model.grain(grain_name);
    if (grain == nullptr || depth > 20) return false;
    if (grain->form == Grain::Form::level) {
        field = grain->key.empty() ? grain->level : grain->key[0];
        return true;
    }
    if (grain->form == Grain::Form::user || grain->form == Grain::Form::match) return false;
    const Ledger* ledger = grain->ledger.empty() ? nullptr : model.ledger(grain->ledger);
    if (ledger == nullptr) return false;
    if (grain->form == Grain::Form::registry) {
        if (grain->parent.empty()) {
            field = "division";
            return true;
        }
        way.push_back({Hop::Kind::key, grain->parent, grain->parent_grain});
        return way_of(grain->parent_grain, way, field, depth + 1);
    }
    for (std::size_t i = 0; i < grain->key.size(); ++i) {
        if (grain->key_types[i].kind == Kind::division) {
            field = grain->key[i];
            return true;
        }
        if (grain->key_types[i].kind == Kind::key && grain->key_types[i].of != "user") {
            const std::vector<Hop> before = way;
            way.push_back({Hop::Kind::key, grain->key[i], grain->key_types[i].of});
            if (model.level_index(grain->key_types[i].of)) {
                way = before;
                field = grain->key[i];
                return true;
            }
            if (way_of(grain->key_types[i].of, way, field, depth + 1)) return true;
            way = before;
        }
    }
    if (grain->form == Grain::Form::rows && ledger->way_to_division) {
        way.insert(way.end(), ledger->way_to_division->begin(), ledger->way_to_division->end());
        field = ledger->division_field;
        return true;
    }
    return false;
}

void Builder::way_of_ledger(Ledger& ledger) {
    std::vector<Hop> way;
    std::string field;
    if (ledger.grain.empty()) {
        ledger.way_to_division = way;
        ledger.division_field = "division";
        return;
    }
    const Grain* grain = model.grain(ledger.grain);
    if (grain == nullptr) return;
    if (grain->form == Grain::Form::level) {
        ledger.way_to_division = way;
        ledger.division_field = ledger.grain;
        return;
    }
    if (grain->ledger != ledger.name) way.push_back({Hop::Kind::key, ledger.grain, ledger.grain});
    if (way_of(ledger.grain, way, field, 0)) {
        ledger.way_to_division = way;
        ledger.division_field = field;
    }
}

void Builder::find_ways() {
    for (Ledger& ledger : model.ledgers) way_of_ledger(ledger);
    for (Grain& grain : model.grains) {
        std::vector<Hop> way;
        std::string field;
        const Ledger* ledger = grain.ledger.empty() ? nullptr : model.ledger(grain.ledger);
        if (grain.form == Grain::Form::rows && ledger != nullptr) {
            grain.way_to_division = ledger->way_to_division;
            grain.division_field = ledger->division_field;
        } else if (way_of(grain.name, way, field, 0)) {
            grain.way_to_division = way;
            grain.division_field = field;
        }
    }
}

}  // namespace zs::plan
