#include <algorithm>
#include <cmath>
#include <set>

#include <fmt/format.h>

#include "base/text.h"
#include "plan/builder.h"
#include "plan/check.h"
#include "plan/figure.h"

namespace zs::plan {

namespace {

/// Whether a TOML number with a point is told apart from its neighbours in the last of so many
/// decimals: it is read as a double, exact up to 2^53 units.
bool keeps_digits(double number, int scale) {
    return std::abs(number) * std::pow(10.0, scale) <= 9'007'199'254'740'992.0;
}

}  // namespace

/// A TOML value as a value of a type; a diagnostic and nothing where it does not fit.
std::optional<Value> Builder::value_of(const toml::node& node, const Type& type, const Body& body,
                                       bool quiet) {
    const auto& begin = node.source().begin;
    const auto& end = node.source().end;
    const Place at = body.place(static_cast<int>(begin.line), static_cast<int>(begin.column));
    const int size =
        begin.line == end.line
            ? std::max(1, static_cast<int>(end.column) - static_cast<int>(begin.column))
            : 1;
    const auto wrong = [&](const char* id, const std::string& message,
                           const std::string& hint = {}) -> std::optional<Value> {
        if (!quiet) report.error(id, at, size, message, hint);
        return std::nullopt;
    };
    const auto wanted = [&] {
        return wrong("bad-value", fmt::format("{} is expected here", text(type)));
    };
    if (type.kind == Kind::boolean)
        return node.is_boolean() ? std::optional<Value>(*node.value<bool>()) : wanted();
    if (type.kind == Kind::integer)
        return node.is_integer() ? std::optional<Value>(*node.value<std::int64_t>()) : wanted();
    if (type.kind == Kind::floating) {
        if (node.is_integer()) return Value(static_cast<double>(*node.value<std::int64_t>()));
        return node.is_floating_point() ? std::optional<Value>(*node.value<double>()) : wanted();
    }
    if (type.kind == Kind::decimal) {
        std::optional<base::Decimal> number;
        if (node.is_integer())
            number = base::Decimal{*node.value<std::int64_t>(), 0};
        else if (node.is_floating_point())
            number = base::parse_decimal(figure_text(*node.value<double>()));
        else if (node.is_string())
            number = base::parse_decimal(*node.value<std::string>());
        if (!number) return wanted();
        if (node.is_floating_point() && !keeps_digits(*node.value<double>(), type.scale))
            return wrong("bad-value",
                         "a number with a point does not keep all digits when it is this large",
                         fmt::format("write it as text, in quotes: \"{}\"", base::text(*number)));
        if (number->scale > type.scale && base::round(*number, type.scale) != *number)
            return wrong("bad-value", fmt::format("{} has {} digits after the point, this has more",
                                                  text(type), type.scale));
        return Value(base::round(*number, type.scale));
    }
    if (node.is_date() && type.kind == Kind::date) {
        const toml::date day = *node.value<toml::date>();
        if (const auto date = base::Date::of(day.year, day.month, day.day)) return Value(*date);
    }
    if (type.kind == Kind::month_set || type.kind == Kind::codes) {
        std::vector<std::string> items;
        if (const toml::array* list = node.as_array()) {
            for (const toml::node& item : *list)
                if (item.is_string())
                    items.push_back(*item.value<std::string>());
                else
                    return wanted();
        } else if (node.is_string()) {
            items.push_back(*node.value<std::string>());
        } else {
            return wanted();
        }
        if (type.kind == Kind::codes) {
            const CodeList* list = model.code_list(type.of);
            CodeSet set;
            for (const std::string& item : items) {
                if (list != nullptr && std::none_of(list->codes.begin(), list->codes.end(),
                                                    [&](const Code& c) { return c.code == item; }))
                    return wrong("unknown-code",
                                 fmt::format("'{}' is no code of the list '{}'", item, type.of));
                set.insert(item);
            }
            return Value(set);
        }
        MonthSet set;
        for (const std::string& item : items) {
            const std::size_t dots = item.find("..");
            const auto first = base::parse_month(item.substr(0, dots)),
                       last = dots == std::string::npos ? first
                                                        : base::parse_month(item.substr(dots + 2));
            if (!first || !last)
                return wrong("bad-value", fmt::format("'{}' is no month, as '2024-09' is", item));
            for (base::Month month = *first; month <= *last; month = month.plus(1))
                set.insert(month);
        }
        return Value(set);
    }
    if (!node.is_string()) {
        if (type.kind == Kind::term || type.kind == Kind::month || type.kind == Kind::date ||
            type.kind == Kind::code || !node.is_integer())
            return wanted();
        return Value(std::to_string(*node.value<std::int64_t>()));
    }
    const std::string written_text = *node.value<std::string>();
    switch (type.kind) {
        case Kind::month:
            if (const auto month = base::parse_month(written_text)) return Value(*month);
            return wrong("bad-value",
                         fmt::format("'{}' is no month, as '2024-09' is", written_text));
        case Kind::date:
            if (const auto date = base::parse_date(written_text)) return Value(*date);
            return wrong("bad-value",
                         fmt::format("'{}' is no date, as '2024-09-30' is", written_text));
        case Kind::term:
            if (const auto term = base::parse_term(written_text)) return Value(*term);
            return wrong("bad-value", fmt::format("'{}' is no term, as '2024s' is", written_text));
        case Kind::code: {
            const CodeList* list = model.code_list(type.of);
            if (list == nullptr) return Value(written_text);
            std::vector<std::string> known;
            for (const Code& code : list->codes) {
                if (code.code == written_text) return Value(written_text);
                known.push_back(code.code);
            }
            return wrong("unknown-code",
                         fmt::format("'{}' is no code of the list '{}'", written_text, type.of),
                         base::did_you_mean(written_text, known));
        }
        default:
            return Value(written_text);
    }
}

void Builder::add_divisions(Dataset& dataset, const std::string& code) {
    for (const Level& level : model.levels) {
        if (level.digits > static_cast<int>(code.size())) break;
        const std::string above = code.substr(0, static_cast<std::size_t>(level.digits));
        if (std::none_of(dataset.divisions.begin(), dataset.divisions.end(),
                         [&](const Division& d) { return d.code == above; }))
            dataset.divisions.push_back({above, above, "", std::nullopt, std::nullopt});
    }
}

/// A division that an example names has the length of a level's codes.
void Builder::check_division(const std::string& code, const Type& type, const Place& at,
                             int length) {
    const Level* level = model.level_of_code(code);
    const bool is_of_type = type.kind != Kind::key || (level != nullptr && level->name == type.of);
    if (level != nullptr && is_of_type) return;
    report.error("bad-value", at, length,
                 level == nullptr
                     ? fmt::format("'{}' has the length of no level's codes", code)
                     : fmt::format("'{}' has the length of a code of level {}, not of {}", code,
                                   level->name, type.of));
}

/// Shared rows are read once by themselves, so that a fault in some that no example uses is seen
/// too.
void Builder::read_examples() {
    for (const Item* item : by_kind_["rows"]) {
        Example unused;
        unused.dataset.month = model.last;
        lay_rows(item->table, item->block.body, unused);
    }
    for (Item* item : by_kind_["example"]) read_example(*item);
}

/// What is tested: a rule, an indicator, a target, or a feature with its grain, code and window.
bool Builder::example_target(Example& example, const Written& tested, const Place& at) {
    const auto unknown = [&](const std::string& name, const std::vector<std::string>& known) {
        report.error("unknown-name", at, static_cast<int>(base::characters(tested.text)),
                     fmt::format("there is nothing named '{}' to test", name),
                     base::did_you_mean(name, known));
        return false;
    };
    std::vector<std::string> names;
    if (tested.text.find('.') == std::string::npos) {
        example.name = tested.text;
        for (const Rule& rule : model.rules) {
            names.push_back(rule.name);
            if (rule.name != tested.text) continue;
            example.grain = rule.grain;
            example.what = rule.kind == Rule::Kind::clue    ? Example::What::clue
                           : rule.kind == Rule::Kind::check ? Example::What::check
                                                            : Example::What::entitlement;
            return true;
        }
        for (const Indicator& indicator : model.indicators) {
            names.push_back(indicator.published_name());
            if (names.back() != tested.text) continue;
            example.what = Example::What::indicator;
            return true;
        }
        for (const Target& target : model.targets) {
            names.push_back(target.published_name());
            if (names.back() != tested.text) continue;
            example.what = Example::What::target;
            return true;
        }
        return unknown(tested.text, names);
    }
    const Parsed parsed = parse_expression(tested.text);
    if (!parsed.faults.empty() || parsed.syntax.form != Syntax::Form::name ||
        parsed.syntax.parts.size() != 2)
        return unknown(tested.text, names);
    example.what = Example::What::feature;
    example.grain = parsed.syntax.parts[0].text;
    example.name = parsed.syntax.parts[1].text;
    const Feature* feature = model.feature(example.grain, example.name);
    if (feature == nullptr) {
        if (faulty_.contains("feature " + example.grain + "." + example.name)) return false;
        for (const Feature& other : model.features) names.push_back(other.grain + "." + other.name);
        return unknown(example.grain + "." + example.name, names);
    }
    if (!feature->value) return false;
    std::vector<std::string> indexes;
    for (const Syntax& index : parsed.syntax.indexes)
        if (index.form == Syntax::Form::string) indexes.push_back(index.text);
    std::size_t next = 0;
    if (!feature->by_code.empty()) {
        if (indexes.empty()) {
            report.error("example", at, static_cast<int>(base::characters(tested.text)),
                         fmt::format("'{}' is a column a code: say which, as {}['code']",
                                     feature->name, feature->name));
            return false;
        }
        example.code = indexes[next++];
    }
    if (next < indexes.size()) {
        example.window = parse_window(indexes[next]);
        if (!example.window) {
            report.error("window", at, static_cast<int>(base::characters(tested.text)),
                         fmt::format("'{}' is no window", indexes[next]));
            return false;
        }
    }
    const Grain* grain = model.grain(example.grain);
    if (!example.window && !feature->over && !feature->timeless && !feature->as_of &&
        grain != nullptr && !grain->every) {
        report.error("no-window", at, static_cast<int>(base::characters(tested.text)),
                     fmt::format("'{}' is tested without a window", feature->name),
                     fmt::format("as {}.{}['12 months']", feature->grain, feature->name));
        return false;
    }
    return true;
}

namespace {

/// Rows of the built-in ledger `exemptions` that hold in the run's month exempt, as in a run.
void take_exemptions(const Ledger& ledger, Dataset& dataset) {
    const auto at = [&](const Row& row, const char* field) -> const Value& {
        return row[*ledger.index_of(field)];
    };
    for (const Row& row : dataset.rows[ledger.name]) {
        const auto* since = std::get_if<base::Month>(&at(row, "since"));
        const auto* ended = std::get_if<base::Month>(&at(row, "ended"));
        if (since == nullptr || dataset.month < *since || is_null(at(row, "rule")) ||
            is_null(at(row, "subject")))
            continue;
        dataset.exempted.push_back({text(at(row, "rule")), text(at(row, "subject")),
                                    ended == nullptr ? dataset.month : ended->plus(-1)});
    }
}

}  // namespace

void Builder::read_example(Item& item) {
    Example example;
    example.place = item.block.place;
    const std::string& info = item.block.name;
    std::size_t colon = info.find(':');
    for (bool quoted = false; colon != std::string::npos; colon = info.find(':', colon + 1)) {
        quoted =
            std::count(info.begin(), info.begin() + static_cast<std::ptrdiff_t>(colon), '\'') % 2 ==
            1;
        if (!quoted) break;
    }
    example.tested = std::string(base::trim(info.substr(0, colon)));
    example.says =
        colon == std::string::npos ? "" : std::string(base::trim(info.substr(colon + 1)));
    Table table(item.table, item.block.body, report, fmt::format("example '{}'", example.tested));
    for (const Written& error : table.texts("errors")) example.errors.push_back(error.text);
    for (const char* key : {"run", "rows", "missing", "params", "expect", "exempted", "cases",
                            "note", "source", "title", "obligations", "units"})
        table.node(key);
    std::vector<ExampleLayer> layers = shared_rows(table);
    table.report_unknown();
    if (!example.errors.empty()) {
        example.what = Example::What::faulty_pack;
        model.examples.push_back(std::move(example));
        return;
    }
    Place at = item.block.place;
    at.column += 8;
    Written tested;
    tested.text = example.tested;
    if (!example_target(example, tested, at)) return;
    layers.push_back({&item.table, &item.block.body});
    // With cases, what an example expects of its own month is an example of its own.
    const toml::node* cases = item.table.get("cases");
    if (cases == nullptr || (table.has("expect") && table.has("run"))) lay_example(layers, example);
    if (cases == nullptr) return;
    if (cases->is_array_of_tables())
        read_cases(*cases->as_array(), item, layers, example);
    else
        report.error("bad-value", table.place("cases"), 1,
                     "the cases of an example are written [[cases]], each with its own rows");
}

/// The layers that an example's `base` names: rows that examples share.
std::vector<Builder::ExampleLayer> Builder::shared_rows(Table& table) {
    std::vector<ExampleLayer> layers;
    for (const Written& name : table.texts("base")) {
        if (const Item* item = item_of("rows", name.text)) {
            layers.push_back({&item->table, &item->block.body, true});
            continue;
        }
        if (faulty_.contains("rows " + name.text)) continue;
        std::vector<std::string> known;
        for (const Item* item : by_kind_["rows"]) known.push_back(item->block.name);
        report.error("unknown-name", name.at(0), static_cast<int>(base::characters(name.text)),
                     fmt::format("there are no shared rows '{}'", name.text),
                     base::did_you_mean(name.text, known));
    }
    return layers;
}

/// Each case is an example by itself, laid over the one it stands in; it is named by its number and
/// by what it says.
void Builder::read_cases(const toml::array& cases, const Item& item,
                         const std::vector<ExampleLayer>& below, const Example& shared) {
    for (std::size_t i = 0; i < cases.size(); ++i) {
        const toml::table& parts = *cases[i].as_table();
        Table table(parts, item.block.body, report, "a case");
        Example one = shared;
        one.place = table.node_place(cases[i]);
        const std::string says = table.text_or("says", "");
        one.says = fmt::format("{}{}case {}{}{}", shared.says, shared.says.empty() ? "" : ": ",
                               i + 1, says.empty() ? "" : ": ", says);
        for (const char* key : {"run", "rows", "missing", "params", "expect", "exempted"})
            table.node(key);
        std::vector<ExampleLayer> layers = below;
        for (const ExampleLayer& layer : shared_rows(table)) layers.push_back(layer);
        table.report_unknown();
        layers.push_back({&parts, &item.block.body});
        lay_example(layers, std::move(one));
    }
}

/// An example whole: what its layers say, each over those before it.
void Builder::lay_example(const std::vector<ExampleLayer>& layers, Example example) {
    std::optional<Written> run;
    for (const ExampleLayer& layer : layers)
        if (!layer.rows_only && layer.table->contains("run"))
            run = Table(*layer.table, *layer.body, report, "").text("run");
    const auto month = run ? base::parse_month(run->text) : std::nullopt;
    if (!month) {
        report.error(run ? "bad-value" : "missing-key", run ? run->at(0) : example.place, 1,
                     "an example says of which month it is: run = \"2024-09\"");
        return;
    }
    if (*month < model.first || model.last < *month)
        report.error("bad-value", run->at(0), static_cast<int>(base::characters(run->text)),
                     fmt::format("{} is no month of the plan, whose months are {} to {}", run->text,
                                 base::text(model.first), base::text(model.last)));
    example.dataset.month = *month;
    const auto table_at = [&](const ExampleLayer& layer, const char* key) {
        const toml::node* node = layer.rows_only ? nullptr : layer.table->get(key);
        if (node == nullptr || node->is_table())
            return node == nullptr ? nullptr : node->as_table();
        Table table(*layer.table, *layer.body, report, "");
        report.error("bad-value", table.place(key), table.value_length(key),
                     fmt::format("'{0}' of an example is a table: [{0}]", key));
        return static_cast<const toml::table*>(nullptr);
    };
    for (const ExampleLayer& layer : layers) {
        if (layer.rows_only) lay_rows(*layer.table, *layer.body, example);
        if (const toml::table* rows = table_at(layer, "rows"))
            lay_rows(*rows, *layer.body, example);
    }
    take_exemptions(*model.ledger("exemptions"), example.dataset);
    for (const ExampleLayer& layer : layers) {
        if (const toml::table* params = table_at(layer, "params"))
            lay_parameters(*params, *layer.body, example);
        if (const toml::table* expected = table_at(layer, "expect"))
            lay_expectations(*expected, *layer.body, example);
    }
    if (example.expected.empty())
        report.error("missing-key", example.place, 1,
                     fmt::format("the example of '{}' says nothing of what it expects: [expect]",
                                 example.tested));
    example_deliveries(layers, example);
    model.examples.push_back(std::move(example));
}

/// Parameters replaced everywhere, or, written like a parameter's `values`, by month, division,
/// code and step.
void Builder::lay_parameters(const toml::table& params, const Body& body, Example& example) {
    Table values(params, body, report, "params");
    for (const std::string& name : values.keys()) {
        const Parameter* parameter = model.parameter(name);
        const toml::node& node = *params.get(name);
        if (parameter == nullptr) {
            if (faulty_.contains("parameter " + name)) continue;
            std::vector<std::string> known;
            for (const Parameter& other : model.parameters) known.push_back(other.name);
            report.error("unknown-name", values.key_place(name), static_cast<int>(name.size()),
                         fmt::format("there is no parameter '{}'", name),
                         base::did_you_mean(name, known));
        } else if (node.is_array_of_tables()) {
            Parameter replaced = *parameter;
            replaced.values.clear();
            read_parameter_values(*node.as_array(), body, replaced);
            example.dataset.parameters.erase(name);
            example.parameter_values[name] = std::move(replaced.values);
        } else if (const auto value = value_of(node, parameter->type, body)) {
            example.parameter_values.erase(name);
            example.dataset.parameters[name] = *value;
        }
    }
}

namespace {

/// The words that a rule's or target's status can be; nothing where a value is expected.
const std::set<std::string>* words_of(Example::What what) {
    static const std::set<std::string> fired{"fired", "clear", "unknown", "exempted", "none"};
    static const std::set<std::string> statuses{"satisfied", "late",    "pending",  "short",
                                                "gap",       "excess",  "improper", "unknown",
                                                "none",      "exempted"};
    static const std::set<std::string> states{"met", "missed", "on_track", "behind", "no_data"};
    switch (what) {
        case Example::What::clue:
        case Example::What::check:
            return &fired;
        case Example::What::entitlement:
            return &statuses;
        case Example::What::target:
            return &states;
        default:
            return nullptr;
    }
}

}  // namespace

/// Of one subject the later layer's expectation counts.
void Builder::lay_expectations(const toml::table& lines, const Body& body, Example& example) {
    Table expected(lines, body, report, "expect");
    const Feature* feature = example.what == Example::What::feature
                                 ? model.feature(example.grain, example.name)
                                 : nullptr;
    const Grain* grain = example.grain.empty() ? nullptr : model.grain(example.grain);
    for (const std::string& key : expected.keys()) {
        const toml::node& node = *lines.get(key);
        Expectation expectation;
        expectation.subject = key;
        expectation.place = expected.node_place(node);
        const std::string word = node.value_or<std::string>("");
        const std::set<std::string>* words = words_of(example.what);
        const std::string code = key.substr(0, key.find('/'));
        const bool names_division = example.what == Example::What::indicator ||
                                    example.what == Example::What::target ||
                                    (grain != nullptr && grain->form == Grain::Form::level);
        if (names_division && code != "00") {
            check_division(code, division_type(), expected.key_place(key),
                           static_cast<int>(base::characters(key)));
            add_divisions(example.dataset, code);
        }
        if (words != nullptr) {
            if (!words->contains(word)) {
                report.error("example", expectation.place, expected.value_length(key),
                             fmt::format("'{}' is nothing that '{}' can be", word, example.tested),
                             base::did_you_mean(word, {words->begin(), words->end()}));
                continue;
            }
            expectation.value = word;
        } else if (node.is_string() && word == "null") {
            expectation.null_expected = true;
        } else if (feature != nullptr) {
            const auto value = value_of(node, feature->type, body);
            if (!value) continue;
            expectation.value = *value;
        } else if (node.is_integer()) {
            expectation.value = base::Decimal{*node.value<std::int64_t>(), 0};
        } else if (node.is_floating_point()) {
            expectation.value = *node.value<double>();
        } else if (const auto number = base::parse_decimal(word)) {
            expectation.value = *number;
        } else {
            report.error("example", expectation.place, expected.value_length(key),
                         "an indicator's value is a number, or \"null\"");
            continue;
        }
        std::erase_if(example.expected,
                      [&](const Expectation& below) { return below.subject == key; });
        example.expected.push_back(std::move(expectation));
    }
}

/// A rule, indicator or target without its three examples cannot be trusted.
void Builder::warn_missing_examples() {
    std::set<std::string> warned;
    const auto warn = [&](const Definition& definition, const std::string& name, const char* kind) {
        const std::vector<std::string> lacking = lacking_examples(model, name);
        if (lacking.empty() || !warned.insert(name).second) return;
        if (lacking.size() == 3)
            report.warning("no-example", definition.place, 1,
                           fmt::format("{} '{}' has no example", kind, name),
                           "one that fires, one that just does not, one with data missing");
        else
            report.warning("no-example", definition.place, 1,
                           fmt::format("{} '{}' has no example {}", kind, name,
                                       base::join(lacking, " and none ")));
    };
    for (const Rule& rule : model.rules)
        warn(rule, rule.name,
             rule.kind == Rule::Kind::clue    ? "clue"
             : rule.kind == Rule::Kind::check ? "check"
                                              : "entitlement");
    for (const Indicator& indicator : model.indicators)
        if (!indicator.given) warn(indicator, indicator.published_name(), "indicator");
    for (const Target& target : model.targets) warn(target, target.published_name(), "target");
}

}  // namespace zs::plan
