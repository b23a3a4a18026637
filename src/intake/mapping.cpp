#include "intake/mapping.h"

#include <algorithm>

#include <fmt/format.h>
#include <toml++/toml.h>

#include "base/failure.h"
#include "base/file.h"
#include "base/text.h"

namespace zs::intake {

using base::Failure;
using base::Fault;

namespace {

class MappingReader {
public:
    MappingReader(std::string name, const plan::Model& model, const plan::Ledger& ledger)
        : name_(std::move(name)), model_(model), ledger_(ledger) {}

    Mapping read(const std::string& text) {
        Mapping mapping;
        mapping.text = text;
        toml::table table;
        try {
            table = toml::parse(text);
        } catch (const toml::parse_error& error) {
            fail(base::said("第 {} 行不是 TOML", "line {} is no TOML", error.source().begin.line),
                 base::said("看看那里的引号和括号", "look at the quotes and brackets there"));
        }
        for (const auto& [key, node] : table) {
            const std::string name(key.str());
            if (name == "columns")
                columns(node, mapping);
            else if (name == "codes")
                codes(node, mapping);
            else if (name == "join")
                joins(node, mapping);
            else if (name == "lookup")
                lookups(node, mapping);
            else if (name == "header_row")
                mapping.header_row = row(node);
            else if (name == "set")
                set(node, mapping);
            else
                fail(base::said("对照文件里不认“{}”", "'{}' is not known in a mapping", name),
                     nearest(name, {"columns", "codes", "join", "lookup", "header_row", "set"}));
        }
        return mapping;
    }

private:
    [[noreturn]] void fail(const base::Said& what, const base::Said& remedy) const {
        throw Failure(Fault::input, what, name_, remedy);
    }

    static base::Said nearest(const std::string& name, const std::vector<std::string>& known) {
        const auto near = base::nearest_names(name, known);
        return near.empty() ? base::said("认得的有：{}", "known are {}", base::join(known, ", "))
                            : base::said("是不是“{}”？", "did you mean '{}'?", near[0]);
    }

    const plan::Field& field(const std::string& name) const {
        if (const plan::Field* found = ledger_.field(name)) return *found;
        std::vector<std::string> known;
        for (const plan::Field& field : ledger_.fields) known.push_back(field.name);
        fail(
            base::said("台账“{}”没有字段“{}”", "ledger '{}' has no field '{}'", ledger_.name, name),
            nearest(name, known));
    }

    const toml::table& table_of(const toml::node& node, const std::string& name) const {
        if (!node.is_table())
            fail(base::said("“{}”要写成一节", "'{}' must be a table", name),
                 base::said("单独一行写 [{}]", "write [{}] on a line of its own", name));
        return *node.as_table();
    }

    void columns(const toml::node& node, Mapping& mapping) const {
        for (const auto& [header, target] : table_of(node, "columns")) {
            const std::string name = target.value_or(std::string());
            mapping.columns[std::string(header.str())] = field(name).name;
        }
    }

    void codes(const toml::node& node, Mapping& mapping) const {
        for (const auto& [name, labels] : table_of(node, "codes")) {
            const plan::Field& of = field(std::string(name.str()));
            const plan::CodeList* list = model_.code_list(of.type.of);
            if (list == nullptr)
                fail(base::said("字段“{}”没有代码", "field '{}' has no codes", of.name), {});
            for (const auto& [label, target] : table_of(labels, "codes." + of.name)) {
                const std::string code = target.value_or(std::string());
                std::vector<std::string> known;
                for (const plan::Code& each : list->codes) known.push_back(each.code);
                if (std::find(known.begin(), known.end(), code) == known.end())
                    fail(base::said("“{}”不是“{}”的代码", "'{}' is no code of '{}'", code,
                                    list->name),
                         nearest(code, known));
                mapping.codes[of.name][std::string(label.str())] = code;
            }
        }
    }

    std::vector<std::string> names_of(const toml::node& node, const std::string& name) const {
        std::vector<std::string> names;
        if (const toml::array* list = node.as_array())
            for (const toml::node& each : *list) names.push_back(each.value_or(std::string()));
        if (names.empty() || std::find(names.begin(), names.end(), "") != names.end())
            fail(base::said("“{}”要写成列名的列表", "'{}' must be a list of columns", name),
                 base::said("写成 {} = [\"风险1\", \"风险2\"]",
                            "write it as {} = [\"风险1\", \"风险2\"]", name));
        return names;
    }

    void joins(const toml::node& node, Mapping& mapping) const {
        for (const auto& [key, columns] : table_of(node, "join")) {
            const plan::Field& of = field(std::string(key.str()));
            if (of.type.kind != plan::Kind::codes && of.type.kind != plan::Kind::text)
                fail(base::said("字段“{}”只放一个值，不能并几列",
                                "field '{}' holds one value, so nothing can be joined in it",
                                of.name),
                     base::said("几列只能并进 text 或 codes 类型的字段",
                                "join columns in a field of type text or codes"));
            mapping.joins[of.name] = names_of(columns, of.name);
        }
    }

    void lookups(const toml::node& node, Mapping& mapping) const {
        for (const auto& [key, columns] : table_of(node, "lookup")) {
            const plan::Field& of = field(std::string(key.str()));
            const bool is_place =
                of.type.kind == plan::Kind::division ||
                (of.type.kind == plan::Kind::key && model_.level_index(of.type.of).has_value());
            if (!is_place)
                fail(base::said("字段“{}”不是区划，没有名称可查",
                                "field '{}' is no division, so it has no name to look up", of.name),
                     base::said("只能查 division 或 key:LEVEL 类型的字段",
                                "look up fields of type division or key:LEVEL"));
            mapping.lookups[of.name] = names_of(columns, of.name);
        }
    }

    std::int64_t row(const toml::node& node) const {
        const std::int64_t line = node.value_or(std::int64_t{0});
        if (line < 1)
            fail(base::said("header_row 是行号，从 1 起", "'header_row' is a line, from 1"), {});
        return line;
    }

    void set(const toml::node& node, Mapping& mapping) const {
        for (const auto& [key, value] : table_of(node, "set")) {
            const std::string name(key.str());
            if (name != "month") {
                mapping.values[field(name).name] = text_of(value, name);
                continue;
            }
            mapping.month = base::parse_month(value.value_or(std::string()));
            if (!mapping.month)
                fail(base::said("[set] 里的 month 不是月份", "'month' in [set] is no month"),
                     base::said("写成 month = \"2024-09\"", "write it as month = \"2024-09\""));
        }
    }

    /// A value as a cell has it.
    std::string text_of(const toml::node& node, const std::string& name) const {
        if (const auto text = node.value_exact<std::string>()) return *text;
        if (const auto number = node.value_exact<std::int64_t>()) return std::to_string(*number);
        if (const auto truth = node.value_exact<bool>()) return *truth ? "true" : "false";
        fail(base::said("[set] 里的“{}”不是文本、整数，也不是 true 或 false",
                        "'{}' in [set] is no text, whole number or true or false", name),
             base::said("写格子里会填的内容，加引号", "write what a cell would hold, in quotes"));
    }

    std::string name_;
    const plan::Model& model_;
    const plan::Ledger& ledger_;
};

}  // namespace

Mapping parse_mapping(const std::string& text, const std::string& name, const plan::Model& model,
                      const plan::Ledger& ledger) {
    return MappingReader(name, model, ledger).read(text);
}

Mapping read_mapping(const std::filesystem::path& file, const plan::Model& model,
                     const plan::Ledger& ledger) {
    return parse_mapping(base::read_file(file), file.filename().string(), model, ledger);
}

}  // namespace zs::intake
