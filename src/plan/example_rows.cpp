#include <algorithm>
#include <iterator>
#include <set>

#include <fmt/format.h>

#include "base/text.h"
#include "plan/builder.h"
#include "plan/check.h"
#include "plan/figure.h"

namespace zs::plan {

namespace {

/// The built-in `case_steps` is dated by `entered_on`: either field stands for the other.
void date_by_entry(const Ledger& ledger, Row& row) {
    Value& date = row[*ledger.index_of("date")];
    Value& entered = row[*ledger.index_of("entered_on")];
    if (is_null(date)) date = entered;
    if (is_null(entered)) entered = date;
}

/// An exemption holds to `until` inclusive: the month before it has `ended`.
void end_by_until(const Ledger& ledger, Row& row) {
    Value& ended = row[*ledger.index_of("ended")];
    Value& until = row[*ledger.index_of("until")];
    if (const auto* last = std::get_if<base::Month>(&until); last != nullptr && is_null(ended))
        ended = last->plus(1);
    else if (const auto* end = std::get_if<base::Month>(&ended); end != nullptr && is_null(until))
        until = end->plus(-1);
}

/// The months a row of a ledger without spans is of; empty where it says none.
Months months_of_row(const Ledger& ledger, const Row& row, const Calendar& calendar) {
    const Value& when = row[*ledger.index_of(ledger.period_field())];
    if (const auto* month = std::get_if<base::Month>(&when)) return {*month, *month};
    if (const auto* date = std::get_if<base::Date>(&when)) return {date->month(), date->month()};
    if (const auto* term = std::get_if<base::Term>(&when))
        return months_of_label(ledger.period, term->index, calendar);
    if (const auto* year = std::get_if<std::int64_t>(&when))
        return months_of_label(ledger.period, *year, calendar);
    return {base::Month{1}, base::Month{0}};
}

}  // namespace

namespace {

/// Text by which the rows of a ledger with one key are told; in a key NULL equals NULL.
std::string key_of(const Ledger& ledger, const Row& row) {
    std::string key;
    for (const std::string& field : ledger.key) {
        const Value& value = row[*ledger.index_of(field)];
        const std::string written = text(value);
        key += fmt::format("{}:{}:{};", value.index(), written.size(), written);
    }
    return key;
}

/// Rows of a layer over those below: one replaces the row of its key, as a later batch would.
void lay_over(const Ledger& ledger, std::vector<Row>& below, std::vector<Row> rows) {
    if (!ledger.key.empty() && !below.empty()) {
        std::set<std::string> keys;
        for (const Row& row : rows) keys.insert(key_of(ledger, row));
        std::erase_if(below, [&](const Row& row) { return keys.contains(key_of(ledger, row)); });
    }
    below.insert(below.end(), std::make_move_iterator(rows.begin()),
                 std::make_move_iterator(rows.end()));
}

}  // namespace

/// Rows by ledger, laid over what the example has.
void Builder::lay_rows(const toml::table& rows, const Body& body, Example& example) {
    Table ledgers(rows, body, report, "rows");
    for (const std::string& name : ledgers.keys()) {
        const Ledger* ledger = model.ledger(name);
        const toml::array* list = rows.get(name)->as_array();
        const bool is_words = name == "note" || name == "source" || name == "title";
        if (ledger == nullptr && is_words && rows.get(name)->is_string()) continue;
        if (ledger == nullptr && name == "rows" && rows.get(name)->is_table()) {
            lay_rows(*rows.get(name)->as_table(), body, example);
            continue;
        }
        if (name == "figures" && list != nullptr) {
            example_figures(*list, body, example);
            continue;
        }
        if (ledger == nullptr) {
            if (faulty_.contains("ledger " + name) || name.starts_with("x_")) continue;
            std::vector<std::string> known;
            for (const Ledger& other : model.ledgers) known.push_back(other.name);
            report.error("unknown-name", ledgers.key_place(name), static_cast<int>(name.size()),
                         fmt::format("there is no ledger '{}'", name),
                         base::did_you_mean(name, known));
            continue;
        }
        if (list == nullptr) {
            report.error("bad-value", ledgers.place(name), 1,
                         fmt::format("the rows of '{}' are a list of {{ field = value }}", name));
            continue;
        }
        std::vector<Row> layer;
        for (const toml::node& entry : *list) {
            if (const toml::table* parts = entry.as_table())
                example_row(*ledger, *parts, body, example.dataset, layer);
            else
                report.error("bad-value", ledgers.node_place(entry), 1,
                             fmt::format("a row of '{}' is written {{ field = value }}", name));
        }
        lay_over(*ledger, example.dataset.rows[name], std::move(layer));
    }
}

/// One row as written; a range of months makes a row a month.
void Builder::example_row(const Ledger& ledger, const toml::table& parts, const Body& body,
                          Dataset& dataset, std::vector<Row>& into) {
    Table cells(parts, body, report, fmt::format("a row of '{}'", ledger.name));
    Row row(ledger.fields.size());
    std::optional<Months> spread;
    for (const std::string& field_name : cells.keys()) {
        const auto index = ledger.index_of(field_name);
        if (!index) {
            if (faulty_.contains("field " + ledger.name + "." + field_name) ||
                faulty_.contains("grain " + field_name))
                continue;
            std::vector<std::string> known;
            for (const Field& field : ledger.fields) known.push_back(field.name);
            report.error("unknown-name", cells.key_place(field_name),
                         static_cast<int>(field_name.size()),
                         fmt::format("ledger '{}' has no field '{}'", ledger.name, field_name),
                         base::did_you_mean(field_name, known));
            continue;
        }
        const Field& field = ledger.fields[*index];
        const toml::node& cell = *parts.get(field_name);
        const std::string range = cell.value_or<std::string>("");
        if (field.built_in && field.name == "month" && ledger.period == Period::month &&
            range.find("..") != std::string::npos) {
            const auto first = base::parse_month(range.substr(0, range.find(".."))),
                       last = base::parse_month(range.substr(range.find("..") + 2));
            if (first && last && *first <= *last)
                spread = Months{*first, *last};
            else
                report.error(
                    "bad-value", cells.place(field_name), cells.value_length(field_name),
                    fmt::format("'{}' is no range of months, as '2024-03..2024-05' is", range));
            continue;
        }
        if (const auto value = value_of(cell, field.type, body)) {
            row[*index] = *value;
            if (field.type.kind == Kind::division ||
                (field.type.kind == Kind::key && model.level_index(field.type.of))) {
                const std::string& code = std::get<std::string>(*value);
                check_division(code, field.type, cells.place(field_name),
                               cells.value_length(field_name));
                add_divisions(dataset, code);
            }
        }
    }
    if (const auto since = ledger.index_of("since");
        ledger.period == Period::span && since && is_null(row[*since]))
        row[*since] =
            ledger.span_by_days ? Value(base::first_day(model.first)) : Value(model.first);
    if (ledger.name == "case_steps") date_by_entry(ledger, row);
    if (ledger.name == "exemptions") end_by_until(ledger, row);
    if (const auto month = ledger.index_of("month");
        ledger.period == Period::date && month && ledger.fields[*month].built_in)
        if (const auto* date = std::get_if<base::Date>(&row[*ledger.index_of("date")]))
            row[*month] = date->month();
    if (!spread) {
        into.push_back(row);
        return;
    }
    for (base::Month month = spread->first; month <= spread->last; month = month.plus(1)) {
        row[*ledger.index_of("month")] = month;
        into.push_back(row);
    }
}

namespace {

/// A figure as a row of the built-in ledger.
Row figure_row(const Ledger& ledger, const Figure& figure) {
    Row row(ledger.fields.size());
    const auto set = [&](const char* field, Value value) {
        row[*ledger.index_of(field)] = std::move(value);
    };
    set("indicator", figure.indicator);
    set("division", figure.division);
    set("label", figure.label);
    set("codes", figure.codes);
    set("month", figure.run_month);
    if (const auto* number = std::get_if<base::Decimal>(&figure.value))
        set("value", base::round(*number, 6));
    return row;
}

}  // namespace

/// Given and published figures: rows of the built-in ledger `figures`.
void Builder::example_figures(const toml::array& list, const Body& body, Example& example) {
    for (const toml::node& entry : list) {
        const toml::table* parts = entry.as_table();
        if (parts == nullptr) continue;
        Table cells(*parts, body, report, "a figure");
        Figure figure;
        figure.indicator = cells.text_or("indicator", "");
        figure.division = cells.text_or("division", "");
        if (const toml::node* label = cells.node("label"))
            figure.label = label->is_integer() ? std::to_string(*label->value<std::int64_t>())
                                               : label->value_or<std::string>("");
        figure.codes = cells.text_or("codes", "");
        const Indicator* indicator = model.published_indicator(figure.indicator, figure.codes);
        if (const toml::node* value = cells.node("value"))
            if (const auto number = value_of(*value, decimal_type(38, 9), body))
                figure.value = *number;
        figure.run_month = example.dataset.month;
        if (cells.has("month"))
            if (const auto month = month_at(cells, "month")) figure.run_month = *month;
        for (const char* count : {"known", "unknown"})
            if (cells.has(count))
                (count[0] == 'k' ? figure.known : figure.unknown) = cells.integer(count);
        figure.order = static_cast<std::int64_t>(example.dataset.figures.size());
        example.dataset.rows["figures"].push_back(figure_row(*model.ledger("figures"), figure));
        if (indicator == nullptr)
            report.error("unknown-name", cells.place("indicator"), cells.value_length("indicator"),
                         fmt::format("there is no indicator '{}'", figure.indicator));
        else
            figure.given = indicator->given;
        figure.whole = cells.boolean("whole").value_or(
            !cells.has("month") || indicator == nullptr ||
            period_of(indicator->period, figure.run_month, model.calendar).last ==
                figure.run_month);
        if (figure.division != "00") {
            check_division(figure.division, division_type(), cells.place("division"),
                           cells.value_length("division"));
            add_divisions(example.dataset, figure.division);
        }
        cells.report_unknown();
        example.dataset.figures.push_back(figure);
    }
}

/// What [[missing]] lists.
void Builder::lay_missing(const toml::array& list, const Body& body, Example& example,
                          std::vector<Missing>& missing) {
    for (const toml::node& entry : list) {
        const toml::table* parts = entry.as_table();
        if (parts == nullptr) continue;
        Table cells(*parts, body, report, "missing");
        Missing absent;
        absent.ledger = cells.text_or("ledger", "");
        const Ledger* ledger = model.ledger(absent.ledger);
        if (ledger == nullptr && faulty_.contains("ledger " + absent.ledger)) continue;
        if (ledger == nullptr || !ledger->delivery) {
            report.error(
                ledger == nullptr ? "unknown-name" : "example", cells.place("ledger"),
                cells.value_length("ledger"),
                ledger == nullptr
                    ? fmt::format("there is no ledger '{}'", absent.ledger)
                    : fmt::format("ledger '{}' is owed by nobody: nothing of it can be missing",
                                  absent.ledger));
            continue;
        }
        absent.division = cells.text_or("division", "");
        absent.subject = cells.text_or("subject", "");
        if (!absent.division.empty()) {
            check_division(absent.division, division_type(), cells.place("division"),
                           cells.value_length("division"));
            add_divisions(example.dataset, absent.division);
        }
        absent.months = {base::Month{0}, example.dataset.month};
        for (const char* key : {"months", "month"})
            if (const toml::node* months = cells.node(key)) {
                const std::string range = months->is_integer()
                                              ? std::to_string(*months->value<std::int64_t>())
                                              : months->value_or<std::string>("");
                const std::size_t dots = range.find("..");
                const auto read = [&](const std::string& text,
                                      bool first) -> std::optional<base::Month> {
                    if (const auto month = base::parse_month(text)) return month;
                    if (const auto term = base::parse_term(text))
                        return first ? term->first() : term->last();
                    if (text.size() == 4)
                        return months_of_label(ledger->period == Period::year
                                                   ? Period::year
                                                   : Period::calendar_year,
                                               std::atoi(text.c_str()), model.calendar)
                            .first.plus(first ? 0 : 11);
                    return std::nullopt;
                };
                const auto first = read(range.substr(0, dots), true),
                           last = read(dots == std::string::npos ? range : range.substr(dots + 2),
                                       false);
                if (first && last)
                    absent.months = {*first, *last};
                else
                    report.error("bad-value", cells.place(key), cells.value_length(key),
                                 fmt::format("'{}' is no month or range of months", range));
            }
        cells.report_unknown();
        missing.push_back(absent);
    }
}

/// Whom `exempted` lists.
void Builder::lay_exempted(const toml::array& list, const Body& body, Example& example) {
    for (const toml::node& entry : list) {
        const toml::table* parts = entry.as_table();
        if (parts == nullptr) continue;
        Table cells(*parts, body, report, "exempted");
        Exempted exempted{cells.text_or("rule", example.name), cells.text_or("subject", ""),
                          example.dataset.month};
        if (cells.has("until"))
            if (const auto until = month_at(cells, "until")) exempted.until = *until;
        cells.report_unknown();
        example.dataset.exempted.push_back(exempted);
    }
}

/// Everything is delivered but what [[missing]] lists.
void Builder::example_deliveries(const std::vector<ExampleLayer>& layers, Example& example) {
    std::vector<Missing> missing;
    for (const ExampleLayer& layer : layers) {
        if (layer.rows_only) continue;
        if (const toml::array* list = layer.table->get_as<toml::array>("missing"))
            lay_missing(*list, *layer.body, example, missing);
        if (const toml::array* list = layer.table->get_as<toml::array>("exempted"))
            lay_exempted(*list, *layer.body, example);
    }
    Dataset& dataset = example.dataset;
    const auto related = [](const std::string& a, const std::string& b) {
        return a.starts_with(b) || b.starts_with(a);
    };
    for (const Ledger& ledger : model.ledgers) {
        if (!ledger.delivery) continue;
        const Period period = ledger.period == Period::date || ledger.period == Period::span
                                  ? Period::month
                                  : ledger.period;
        std::vector<std::pair<std::string, std::string>> subjects;  // key, division
        if (!ledger.delivery->by_level) {
            const Grain* grain = model.grain(ledger.delivery->by);
            const Ledger* registry = grain != nullptr ? model.ledger(grain->ledger) : nullptr;
            if (registry == nullptr) continue;
            const auto key = registry->index_of(grain->name),
                       division = registry->index_of("division");
            for (const Row& row : dataset.rows[registry->name]) {
                if (!key || is_null(row[*key])) continue;
                subjects.emplace_back(text(row[*key]), division ? text(row[*division]) : "");
            }
        }
        std::int64_t last_label = -1;
        for (base::Month month = ledger.delivery->from; month <= dataset.month;
             month = month.plus(1)) {
            const std::int64_t label = label_of(period, month, model.calendar);
            if (label == last_label) continue;
            last_label = label;
            const Months months = months_of_label(period, label, model.calendar);
            const auto absent = [&](const Missing& m) {
                return m.ledger == ledger.name && m.months.first <= months.last &&
                       months.first <= m.months.last;
            };
            if (ledger.delivery->by_level) {
                for (const Division& division : dataset.divisions)
                    if (std::none_of(missing.begin(), missing.end(), [&](const Missing& m) {
                            return absent(m) && related(m.division, division.code);
                        }))
                        dataset.delivered.push_back({ledger.name, division.code, label});
            } else {
                // Who is said to be missing has no row then.
                if (ledger.grain == ledger.delivery->by && ledger.period != Period::span)
                    std::erase_if(dataset.rows[ledger.name], [&](const Row& row) {
                        const Months own = months_of_row(ledger, row, model.calendar);
                        if (own.count() == 0 || own.last < months.first || months.last < own.first)
                            return false;
                        const std::string who = text(row[*ledger.index_of(ledger.grain)]);
                        return std::any_of(missing.begin(), missing.end(), [&](const Missing& m) {
                            return absent(m) && m.subject == who;
                        });
                    });
                for (const auto& owing : subjects)
                    if (std::none_of(missing.begin(), missing.end(), [&](const Missing& m) {
                            return absent(m) &&
                                   (m.subject == owing.first ||
                                    (m.subject.empty() && owing.second.starts_with(m.division)));
                        }))
                        dataset.subject_delivered.push_back({ledger.name, owing.first, label});
            }
        }
    }
}

}  // namespace zs::plan
