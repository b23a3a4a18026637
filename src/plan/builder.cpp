#include "plan/builder.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/text.h"

namespace zs::plan {

namespace {

const std::set<std::string>& grammar_words() {
    static const std::set<std::string> words{
        "and",  "or",   "not",  "in",  "is",   "null",  "like",   "between", "case",
        "when", "then", "else", "end", "true", "false", "filter", "where",   "distinct"};
    return words;
}

bool is_name(const std::string& text) {
    if (text.empty() || text[0] < 'a' || text[0] > 'z') return false;
    return std::all_of(text.begin(), text.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
    });
}

}  // namespace

Builder::Builder(std::vector<SourceFile> files,
                 std::vector<std::pair<std::string, std::string>> side_files)
    : files_(std::move(files)), report(files_), side_files_(std::move(side_files)) {}

void Builder::build() {
    read_plan_toml();
    read_blocks();
    read_obligations();
    read_code_lists();
    declare_grains();
    declare_rules();
    declare_targets();
    read_ledgers();
    add_built_in_ledgers();
    add_built_in_lists();
    read_grains();
    find_ways();
    read_parameters();
    declare_features();
    declare_indicators();
    bind_conditions();
    read_ledger_checks();
    for (std::size_t i = 0; i < model.features.size(); ++i) bind_feature(i);
    for (Rule& rule : model.rules)
        read_rule(*item_of(rule.kind == Rule::Kind::clue    ? "clue"
                           : rule.kind == Rule::Kind::check ? "check"
                                                            : "entitlement",
                           rule.name),
                  rule);
    for (std::size_t i = 0; i < model.indicators.size(); ++i) bind_indicator(i);
    read_targets();
    read_rest();
    title_built_in_lists();
    check_cycles();
    settle_windows();
    warn_null_arguments();
    check_parameters_have_values();
    read_examples();
    check_month_sets();
    warn_missing_examples();
}

Item* Builder::item_of(const std::string& kind, const std::string& name) {
    for (Item* item : by_kind_[kind])
        if (item->block.name == name) return item;
    return nullptr;
}

std::string Builder::nearest_level(const std::string& written,
                                   std::vector<std::string> besides) const {
    for (const Level& level : model.levels) besides.push_back(level.name);
    return base::did_you_mean(written, besides);
}

bool Builder::is_faulty(std::initializer_list<const char*> kinds, const std::string& name) const {
    return std::any_of(kinds.begin(), kinds.end(), [&](const char* kind) {
        return faulty_.contains(std::string(kind) + " " + name);
    });
}

/// Unless it is there with a fault, which is reported there.
void Builder::report_no_grain(const std::string& name, const Place& at) {
    if (is_faulty({"grain", "ledger"}, name)) return;
    if (report_match(name, at)) return;
    std::vector<std::string> known;
    for (const Grain& grain : model.grains) known.push_back(grain.name);
    report.error("unknown-name", at, static_cast<int>(base::characters(name)),
                 fmt::format("there is no grain '{}'", name), base::did_you_mean(name, known));
}

/// Matches are checked, and not computed: what reads one could only find nothing.
bool Builder::report_match(const std::string& name, const Place& at) {
    const Grain* grain = model.grain(name);
    if (grain == nullptr || grain->form != Grain::Form::match) return false;
    report.error("match-unread", at, static_cast<int>(base::characters(name)),
                 fmt::format("the pairs of match '{}' cannot be read in this version", name),
                 "leave out what reads them until matches are computed");
    return true;
}

bool Builder::leans_on_fault(const std::string& name, int depth) const {
    const Grain* grain = model.grain(name);
    if (is_faulty({"grain", "ledger"}, name)) return true;
    if (grain == nullptr || depth > 20) return false;
    if (faulty_.contains("ledger " + grain->ledger)) return true;
    const Ledger* ledger = model.ledger(grain->ledger);
    std::set<std::string> above;
    if (ledger != nullptr) above.insert(ledger->grain);
    above.insert(grain->parent_grain);
    for (const Type& type : grain->key_types)
        if (type.kind == Kind::key) above.insert(type.of);
    return std::any_of(above.begin(), above.end(), [&](const std::string& other) {
        return other != name && leans_on_fault(other, depth + 1);
    });
}

bool Builder::leans_on_fault(const Feature& feature) const {
    const Ledger* ledger = model.ledger(feature.from);
    return leans_on_fault(feature.grain) || leans_on_fault(feature.from) ||
           (ledger != nullptr && leans_on_fault(ledger->grain));
}

bool Builder::may_be_faulty(const Position& at, const std::string& name) const {
    if (is_faulty({"clue", "entitlement", "check", "target"}, name)) return true;
    if (at.row != nullptr && faulty_.contains("field " + at.row->name + "." + name)) return true;
    if (at.grain == nullptr) return false;
    return faulty_.contains("feature " + at.grain->name + "." + name) ||
           faulty_.contains("field " + at.grain->ledger + "." + name) ||
           faulty_.contains("grain " + at.grain->name) ||
           faulty_.contains("ledger " + at.grain->ledger) ||
           (model.level_index(name) && leans_on_fault(at.grain->name));
}

Feature* Builder::feature_named(const std::string& grain, const std::string& name) {
    const auto found = feature_index_.find(grain + "." + name);
    return found == feature_index_.end() ? nullptr : &model.features[found->second];
}

bool Builder::good_name(const std::string& name, const Place& at, const char* what,
                        bool reserved_too) {
    if (!is_name(name)) {
        report.error(
            "bad-value", at, std::max(1, static_cast<int>(base::characters(name))),
            fmt::format(
                "the name of {} is written with a–z, 0–9 and _, a letter first; '{}' is not", what,
                name));
        return false;
    }
    if (grammar_words().contains(name) || name == "param" || name == "run") {
        report.error("reserved-name", at, static_cast<int>(name.size()),
                     fmt::format("'{}' is a word of the language and cannot name {}", name, what));
        return false;
    }
    if (reserved_too && model.level_index(name)) {
        report.error("reserved-name", at, static_cast<int>(name.size()),
                     fmt::format("'{}' is a level of plan.toml and cannot name {}", name, what));
        return false;
    }
    return true;
}

std::optional<base::Month> Builder::month_at(Table& table, std::string_view key) {
    const auto text = table.text(key);
    if (!text) return std::nullopt;
    if (const auto month = base::parse_month(text->text)) return month;
    if (const auto term = base::parse_term(text->text)) return term->first();
    if (text->text.size() == 4 && std::all_of(text->text.begin(), text->text.end(),
                                              [](char c) { return c >= '0' && c <= '9'; }))
        return base::Month::of(std::stoi(text->text), 1);
    report.error("bad-value", text->at(0), static_cast<int>(base::characters(text->text)),
                 fmt::format("'{}' is no month, as '2024-09' is", text->text));
    return std::nullopt;
}

void Builder::read_plan_toml() {
    model.levels = {{"province", 2}, {"city", 4}, {"county", 6}, {"town", 9}, {"village", 12}};
    model.first = base::Month::of(2000, 1);
    model.last = base::Month::of(2000, 1);
    const SourceFile* file = nullptr;
    for (const SourceFile& candidate : files_)
        if (candidate.name == "plan.toml") file = &candidate;
    if (file == nullptr) {
        report.error("missing-key", {"plan.toml", 1, 1}, 1, "the pack has no plan.toml");
        return;
    }
    plan_bodies_.push_back({"plan.toml", file->text, 1, {}});
    const auto parsed = parse_table(plan_bodies_.back(), report);
    if (!parsed) return;
    Table table(*parsed, plan_bodies_.back(), report, "plan.toml");
    const auto language = table.integer("language");
    if (!language)
        report.error("missing-key", {"plan.toml", 1, 1}, 1,
                     "'language' is missing: this is version 1");
    else if (*language != 1)
        report.error("bad-value", table.place("language"), 1,
                     fmt::format("language version {} is not known: this program reads version 1",
                                 *language));
    model.name = table.text_or("name", "");
    model.title = table.text_or("title", model.name);
    model.locale = table.text_or("locale", "zh-CN");
    model.divisions_file = table.text_or("divisions", "");
    table.text("obligations");
    if (const auto months = table.text("months")) {
        const std::size_t dots = months->text.find("..");
        const auto first = dots == std::string::npos
                               ? std::nullopt
                               : base::parse_month(months->text.substr(0, dots));
        const auto last = dots == std::string::npos
                              ? std::nullopt
                              : base::parse_month(months->text.substr(dots + 2));
        if (!first || !last || *last < *first)
            report.error("bad-value", months->at(0),
                         static_cast<int>(base::characters(months->text)),
                         "'months' is written '2023-01..2025-12'");
        else {
            model.first = *first;
            model.last = *last;
        }
    } else {
        report.error("missing-key", {"plan.toml", 1, 1}, 1,
                     "'months' is missing, as months = \"2023-01..2025-12\"");
    }
    if (const auto ends = table.integer("year_ends")) {
        if (*ends < 1 || *ends > 12)
            report.error("bad-value", table.place("year_ends"), 1,
                         "'year_ends' is a month from 1 to 12");
        else
            model.calendar.year_ends = static_cast<int>(*ends);
    }
    const std::vector<Written> levels = table.list("levels");
    if (!levels.empty()) {
        model.levels.clear();
        static const int usual[] = {2, 4, 6, 9, 12};
        for (const Written& level : levels) {
            const bool taken = model.level_index(level.text).has_value() ||
                               level.text == "nation" || level.text == "user" ||
                               level.text == "param" || level.text == "run";
            if (!is_name(level.text) || grammar_words().contains(level.text) || taken)
                report.error("reserved-name", level.at(0),
                             static_cast<int>(base::characters(level.text)),
                             fmt::format("'{}' cannot name a level", level.text));
            model.levels.push_back(
                {level.text, model.levels.size() < 5
                                 ? usual[model.levels.size()]
                                 : 12 + 3 * (static_cast<int>(model.levels.size()) - 4)});
        }
    }
    if (const toml::node* digits = table.node("digits")) {
        const toml::array* list = digits->as_array();
        if (list == nullptr || list->size() != model.levels.size())
            report.error("bad-value", table.place("digits"), 1,
                         "'digits' has a length for each level");
        else
            for (std::size_t i = 0; i < list->size(); ++i) {
                const auto length_of_code = (*list)[i].value<std::int64_t>();
                if (!length_of_code || *length_of_code < 1 || *length_of_code > 30 ||
                    (i > 0 && *length_of_code <= model.levels[i - 1].digits))
                    report.error("bad-value", table.place("digits"), 1,
                                 "'digits' are whole numbers that grow");
                else
                    model.levels[i].digits = static_cast<int>(*length_of_code);
            }
    }
    table.report_unknown();
}

void Builder::read_blocks() {
    for (const SourceFile& file : files_) {
        if (!file.name.ends_with(".md")) continue;
        for (Block& block : blocks_of(file, report.diagnostics)) {
            items_.push_back({std::move(block), {}});
            Item& item = items_.back();
            auto table = parse_table(item.block.body, report);
            if (!table) {
                faulty_.insert(item.block.kind + " " + item.block.name);
                items_.pop_back();
                continue;
            }
            item.table = std::move(*table);
            by_kind_[item.block.kind].push_back(&item);
        }
    }
    name_blocks();
}

/// Duplicates and names, in the order of files and lines; what is left has one definition a name.
void Builder::name_blocks() {
    std::map<std::string, const Item*> first;
    std::set<const Item*> dropped;
    for (const Item& item : items_)
        if (item.block.kind != "example" && !is_named_well(item, first)) dropped.insert(&item);
    for (auto& [kind, items] : by_kind_)
        std::erase_if(items, [&](const Item* item) { return dropped.contains(item); });
}

/// Whether a block has a good name that none before it has.
bool Builder::is_named_well(const Item& item, std::map<std::string, const Item*>& first) {
    static const std::set<std::string> shared{"clue", "entitlement", "check", "indicator",
                                              "target"};
    const std::string& kind = item.block.kind;
    const std::string& name = item.block.name;
    std::string bare = name;
    if (kind == "feature") {
        const std::size_t dot = name.find('.');
        if (dot == std::string::npos) {
            report.error("bad-value", item.block.place, 7,
                         "a feature is named with its grain, as 'person.months_out'");
            return false;
        }
        bare = name.substr(dot + 1);
    }
    Place at = item.block.place;
    at.column += static_cast<int>(kind.size()) + 1;
    const Place whole = at;
    at.column += static_cast<int>(name.size() - bare.size());
    if (!good_name(bare, at,
                   ((kind == "entitlement" || kind == "indicator" ? "an " : "a ") + kind).c_str(),
                   kind == "feature")) {
        faulty_.insert(kind + " " + name);
        return false;
    }
    const auto [found, is_new] =
        first.emplace(shared.contains(kind) ? "rule " + name : kind + " " + name, &item);
    if (is_new) return true;
    Diagnostic& d = report.error("duplicate", whole, static_cast<int>(base::characters(name)),
                                 fmt::format("'{}' is defined twice", name));
    d.other = found->second->block.place;
    if (shared.contains(kind)) faulty_.insert(kind + " " + name);
    return false;
}

/// Columns are known by the names in the first line, else by their order.
void Builder::read_obligations() {
    static const std::vector<std::string> names{"id",    "clause", "title", "what_it_needs",
                                                "kinds", "units"};
    const auto list_of = [](const std::string& cell) {
        std::vector<std::string> items;
        for (const std::string& item : base::split(cell, ';'))
            if (!item.empty()) items.push_back(item);
        return items;
    };
    for (const auto& [file, text] : side_files_) {
        std::vector<std::size_t> column;
        for (const std::string& line : base::split(text, '\n')) {
            std::vector<std::string> cells = base::split(line, '\t');
            for (std::string& cell : cells) cell = std::string(base::trim(cell));
            if (cells.front().empty()) continue;
            if (column.empty()) {
                const bool named = std::find(cells.begin(), cells.end(), "id") != cells.end();
                for (std::size_t i = 0; i < names.size(); ++i) {
                    const auto found = std::find(cells.begin(), cells.end(), names[i]);
                    column.push_back(named ? static_cast<std::size_t>(found - cells.begin()) : i);
                }
                continue;
            }
            const auto cell = [&](std::size_t i) {
                return column[i] < cells.size() ? cells[column[i]] : std::string();
            };
            model.obligations.push_back(
                {cell(0), cell(1), cell(2), cell(3), list_of(cell(4)), list_of(cell(5))});
        }
    }
}

void Builder::common(Table& table, Definition& definition, bool title_needed) {
    definition.title = table.text_or("title", "");
    if (definition.title.empty() && title_needed)
        report.error("missing-key", definition.place, 1,
                     fmt::format("'{}' has no title", definition.name));
    definition.note = table.text_or("note", "");
    definition.source = table.text_or("source", "");
    for (const Written& unit : table.texts("units")) definition.units.push_back(unit.text);
    for (const Written& id : table.texts("obligations")) {
        definition.obligations.push_back(id.text);
        if (model.obligations.empty()) continue;
        std::vector<std::string> known;
        for (const Obligation& obligation : model.obligations) known.push_back(obligation.id);
        if (std::find(known.begin(), known.end(), id.text) == known.end()) {
            report.error("unknown-obligation", id.at(0),
                         static_cast<int>(base::characters(id.text)),
                         fmt::format("there is no obligation '{}'", id.text),
                         base::did_you_mean(id.text, known));
        }
    }
    if (definition.units.empty())
        for (const std::string& id : definition.obligations)
            for (const Obligation& obligation : model.obligations)
                if (obligation.id == id) definition.units = obligation.units;
}

}  // namespace zs::plan
