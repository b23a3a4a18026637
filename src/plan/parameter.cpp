#include <algorithm>

#include <fmt/format.h>

#include "base/text.h"
#include "plan/builder.h"
#include "plan/figure.h"

namespace zs::plan {

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
        report.error("missing-key", parameter.place, 1,
                     fmt::format("parameter '{}' has no type", parameter.name));
        return;
    }
    const auto found =
        type_of(type->text, type->at(0), static_cast<int>(base::characters(type->text)));
    if (!found) return;
    parameter.type = *found;
    parameter.type.unit = table.text_or("unit", "");
    parameter.optional = table.boolean("optional").value_or(false);
    if (const auto by = table.text("by")) {
        const auto list =
            type_of(by->text, by->at(0), static_cast<int>(base::characters(by->text)));
        if (list && list->kind == Kind::code)
            parameter.by = list->of;
        else if (list)
            report.error("bad-value", by->at(0), static_cast<int>(base::characters(by->text)),
                         "a parameter is keyed by = \"code:LIST\"");
    }
    if (const auto steps = table.text("steps")) {
        parameter.steps =
            type_of(steps->text, steps->at(0), static_cast<int>(base::characters(steps->text)));
        if (parameter.steps && !is_number(*parameter.steps))
            report.error("bad-value", steps->at(0), 1, "steps are money, int or decimal");
    }
    if (const toml::node* fallback = table.node("default"))
        parameter.fallback = value_of(*fallback, parameter.type, item.block.body);
    const toml::node* values = table.node("values");
    if (values != nullptr && !values->is_array())
        report.error("bad-value", table.place("values"), 1,
                     "'values' is a list of { from = …, value = … }");
    if (values != nullptr && values->is_array())
        read_parameter_values(*values->as_array(), item.block.body, parameter);
    table.report_unknown();
}

void Builder::read_parameter_values(const toml::array& values, const Body& body,
                                    Parameter& parameter) {
    for (const toml::node& entry : values) {
        const toml::table* parts = entry.as_table();
        if (parts == nullptr) continue;
        Table value_table(*parts, body, report, fmt::format("a value of '{}'", parameter.name));
        ParameterValue value;
        value.place = value_table.node_place(entry);
        value.from = model.first;
        if (const auto from = month_at(value_table, "from"))
            value.from = *from;
        else if (!value_table.has("from"))
            report.error("missing-key", value.place, 1,
                         "this value does not say from which month it holds: from = \"2023-01\"");
        if (const auto division = value_table.text("division")) {
            value.division = division->text;
            if (model.level_of_code(division->text) == nullptr)
                report.error(
                    "bad-value", division->at(0),
                    static_cast<int>(base::characters(division->text)),
                    fmt::format("'{}' has the length of no level's codes", division->text));
        }
        if (const auto code = value_table.text("item")) {
            value.item = code->text;
            const CodeList* list = model.code_list(parameter.by);
            if (parameter.by.empty())
                report.error("unknown-key", code->at(0), 1,
                             fmt::format("'{}' is not keyed: it has no 'by'", parameter.name));
            else if (list != nullptr &&
                     std::none_of(list->codes.begin(), list->codes.end(),
                                  [&](const Code& c) { return c.code == code->text; })) {
                std::vector<std::string> known;
                for (const Code& c : list->codes) known.push_back(c.code);
                report.error(
                    "unknown-code", code->at(0), static_cast<int>(base::characters(code->text)),
                    fmt::format("'{}' is no code of the list '{}'", code->text, parameter.by),
                    base::did_you_mean(code->text, known));
            }
        } else if (!parameter.by.empty()) {
            report.error("missing-key", value.place, 1,
                         fmt::format("this value does not say for which code of '{}': item = …",
                                     parameter.by));
        }
        if (const toml::node* at = value_table.node("at")) {
            if (at->is_integer())
                value.at = base::Decimal{*at->value<std::int64_t>(), 0};
            else if (at->is_floating_point())
                value.at = base::parse_decimal(figure_text(*at->value<double>()));
            if (!value.at || !parameter.steps)
                report.error(
                    "bad-value", value_table.place("at"), 1,
                    "'at' is the figure at which a step begins, of a parameter with 'steps'");
        } else if (parameter.steps) {
            report.error("missing-key", value.place, 1,
                         "this value does not say at which figure its step begins: at = …");
        }
        if (const toml::node* written_value = value_table.node("value")) {
            if (const auto typed = value_of(*written_value, parameter.type, body))
                value.value = *typed;
        } else {
            report.error("missing-key", value.place, 1, "this entry has no value");
        }
        value.source = value_table.text_or("source", "");
        value_table.report_unknown();
        for (const ParameterValue& other : parameter.values)
            if (other.from == value.from && other.division == value.division &&
                other.item == value.item && other.at.has_value() == value.at.has_value() &&
                (!other.at || *other.at == *value.at)) {
                Diagnostic& d =
                    report.error("duplicate", value.place, 1,
                                 "this value stands twice: same month, division, code and step");
                d.other = other.place;
                break;
            }
        parameter.values.push_back(std::move(value));
    }
}

void Builder::check_parameters_have_values() {
    for (const Parameter& parameter : model.parameters) {
        if (!used_parameters_.contains(parameter.name) || parameter.fallback || parameter.optional)
            continue;
        if (parameter.values.empty()) {
            report.error("no-value", parameter.place, 1,
                         fmt::format("parameter '{}' is used and has neither a value nor a default",
                                     parameter.name));
            continue;
        }
        base::Month earliest = parameter.values.front().from;
        for (const ParameterValue& value : parameter.values)
            earliest = std::min(earliest, value.from);
        if (earliest > model.first)
            report.error("no-value", parameter.place, 1,
                         fmt::format("parameter '{}' has no value from {} to {}", parameter.name,
                                     base::text(model.first), base::text(earliest.plus(-1))),
                         "give it a value from the plan's first month, or a default");
    }
}

}  // namespace zs::plan
