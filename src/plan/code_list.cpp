#include <fmt/format.h>

#include "base/text.h"
#include "plan/builder.h"
#include "plan/figure.h"

namespace zs::plan {

void Builder::read_code_lists() {
    for (Item* item : by_kind_["codelist"]) {
        CodeList list;
        list.name = item->block.name;
        list.place = item->block.place;
        Table table(item->table, item->block.body, report,
                    fmt::format("code list '{}'", list.name));
        common(table, list, true);
        list.standard = table.text_or("standard", "");
        const toml::node* node = table.node("codes");
        const toml::table* codes = node != nullptr ? node->as_table() : nullptr;
        if (codes == nullptr) {
            report.error("missing-key", list.place, 1,
                         fmt::format("code list '{}' has no [codes]", list.name));
        } else {
            Table code_table(*codes, item->block.body, report, "");
            for (const std::string& key : code_table.keys()) {
                const toml::node& value = *codes->get(key);
                Code code;
                code.code = key;
                if (value.is_string()) {
                    code.title = *value.value<std::string>();
                } else if (const toml::table* parts = value.as_table()) {
                    Table part(*parts, item->block.body, report, fmt::format("code '{}'", key));
                    code.title = part.text_or("title", key);
                    for (const Written& also : part.texts("also")) code.also.push_back(also.text);
                    for (const std::string& attribute : part.keys()) {
                        if (attribute == "title" || attribute == "also") continue;
                        const toml::node& written_value = *parts->get(attribute);
                        Type type;
                        Value attribute_value;
                        if (written_value.is_boolean()) {
                            type = boolean_type();
                            attribute_value = *written_value.value<bool>();
                        } else if (written_value.is_integer()) {
                            type = integer_type();
                            attribute_value = *written_value.value<std::int64_t>();
                        } else if (written_value.is_string()) {
                            type = text_type();
                            attribute_value = *written_value.value<std::string>();
                        } else if (written_value.is_floating_point()) {
                            const auto number =
                                base::parse_decimal(figure_text(*written_value.value<double>()));
                            type = decimal_type(18, number ? number->scale : 0);
                            if (number) attribute_value = *number;
                        } else {
                            report.error(
                                "bad-value", part.place(attribute), 1,
                                fmt::format(
                                    "the attribute '{}' must be a text, a figure or true/false",
                                    attribute));
                            continue;
                        }
                        const auto [known, is_new] = list.attributes.emplace(attribute, type);
                        if (!is_new && known->second.kind == Kind::decimal &&
                            type.kind == Kind::integer) {
                            attribute_value =
                                base::Decimal{*written_value.value<std::int64_t>(), 0};
                        } else if (!is_new && known->second.kind == Kind::decimal &&
                                   type.kind == Kind::decimal) {
                            known->second.scale = std::max(known->second.scale, type.scale);
                        } else if (!is_new && known->second.kind != type.kind) {
                            report.error(
                                "type-clash", part.place(attribute), part.value_length(attribute),
                                fmt::format(
                                    "the attribute '{}' is {} elsewhere in this list, here {}",
                                    attribute, plan::text(known->second), plan::text(type)));
                            continue;
                        }
                        code.attributes[attribute] = attribute_value;
                    }
                } else {
                    report.error(
                        "bad-value", code_table.place(key), 1,
                        fmt::format(
                            "code '{}' is written with a title in quotes or {{ title = … }}", key));
                }
                list.codes.push_back(std::move(code));
            }
            if (list.codes.empty())
                report.error("missing-key", table.place("codes"), 1,
                             fmt::format("code list '{}' has no codes", list.name));
            check_labels(list, code_table);
        }
        table.report_unknown();
        model.code_lists.push_back(std::move(list));
    }
}

/// What stands in a file (a code, its title, its other labels) names one code.
void Builder::check_labels(const CodeList& list, Table& codes) {
    std::map<std::string, std::string> meant;
    for (const Code& code : list.codes) meant[code.code] = code.code;
    for (const Code& code : list.codes) {
        std::vector<std::string> labels = code.also;
        labels.push_back(code.title);
        for (const std::string& label : labels) {
            const auto [known, is_new] = meant.emplace(std::string(base::trim(label)), code.code);
            if (is_new || known->second == code.code) continue;
            Diagnostic& d = report.error(
                "duplicate", codes.place(code.code), codes.value_length(code.code),
                fmt::format("'{}' stands for the code '{}' already", label, known->second),
                "give each code titles and labels of its own");
            d.other = codes.key_place(known->second);
        }
    }
}

void Builder::add_code_list(const std::string& name, const std::string& title,
                            const std::vector<std::string>& codes) {
    if (model.code_list(name) != nullptr) return;
    CodeList list;
    list.name = name;
    list.title = title;
    list.built_in = true;
    std::set<std::string> seen;
    for (const std::string& code : codes)
        if (seen.insert(code).second) list.codes.push_back({code, code, {}, {}});
    model.code_lists.push_back(std::move(list));
}

void Builder::add_built_in_lists() {
    std::vector<std::string> ledgers, rules, workflows{"finding"},
        states{"open", "confirmed", "dismissed", "closed"}, indicators;
    for (const Ledger& ledger : model.ledgers) ledgers.push_back(ledger.name);
    for (const Rule& rule : model.rules) rules.push_back(rule.name);
    for (Item* item : by_kind_["indicator"]) indicators.push_back(item->block.name);
    for (Item* item : by_kind_["workflow"]) {
        workflows.push_back(item->block.name);
        Table table(item->table, item->block.body, report, "");
        if (const toml::node* node = item->table.get("states"); node != nullptr && node->is_array())
            for (const toml::node& state : *node->as_array())
                if (state.is_string()) states.push_back(*state.value<std::string>());
    }
    add_code_list("ledger", "台账", ledgers);
    add_code_list("rule", "规则", rules);
    add_code_list("workflow", "流程", workflows);
    add_code_list("state", "状态", states);
    add_code_list("indicator", "指标", indicators);
}

/// The codes of ledgers, rules, indicators and workflows have the titles of what they name.
void Builder::title_built_in_lists() {
    std::map<std::string, std::map<std::string, std::string>> titles;
    const auto take = [&](const char* list, const auto& definitions) {
        for (const Definition& one : definitions)
            if (!one.title.empty()) titles[list][one.name] = one.title;
    };
    take("ledger", model.ledgers);
    take("rule", model.rules);
    take("indicator", model.indicators);
    take("workflow", model.workflows);
    for (CodeList& list : model.code_lists)
        if (list.built_in)
            for (Code& code : list.codes)
                if (const auto found = titles[list.name].find(code.code);
                    found != titles[list.name].end())
                    code.title = found->second;
}

}  // namespace zs::plan
