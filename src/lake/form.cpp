#include "lake/form.h"

#include <algorithm>
#include <set>

#include <fmt/format.h>

#include "base/failure.h"
#include "base/text.h"
#include "engine/connection.h"

namespace zs::lake {

namespace {

const std::set<std::string>& batch_columns() {
    static const std::set<std::string> names{"batch", "_line", "entered_by", "entered_at", "_seq"};
    return names;
}

std::string type_of(const plan::Type& type) {
    switch (type.kind) {
        case plan::Kind::boolean:
            return "boolean";
        case plan::Kind::integer:
        case plan::Kind::codes:
            return "bigint";
        case plan::Kind::decimal:
            return fmt::format("decimal({},{})", type.precision, type.scale);
        case plan::Kind::floating:
            return "double";
        case plan::Kind::date:
            return "date";
        case plan::Kind::month:
        case plan::Kind::term:
            return "int";
        default:
            return "text";
    }
}

std::vector<std::string> codes_of(const plan::Model& model, const plan::Type& type) {
    std::vector<std::string> codes;
    if (type.kind != plan::Kind::codes) return codes;
    const plan::CodeList* list = model.code_list(type.of);
    ZS_INVARIANT(list != nullptr, "a field's code list is in the model");
    for (const plan::Code& code : list->codes) codes.push_back(code.code);
    return codes;
}

/// A mask over `there` as a mask over `wanted`; a code that is gone is left out.
std::string remapped(const std::string& column, const Column& wanted, const Column& there) {
    std::vector<std::string> bits;
    for (std::size_t to = 0; to < wanted.codes.size(); ++to) {
        const auto found = std::find(there.codes.begin(), there.codes.end(), wanted.codes[to]);
        if (found == there.codes.end()) continue;
        bits.push_back(fmt::format("(case when ({} & {}) <> 0 then {} else 0 end)", column,
                                   std::int64_t{1} << (found - there.codes.begin()),
                                   std::int64_t{1} << to));
    }
    if (bits.empty()) return fmt::format("(case when {} is null then null else 0 end)", column);
    return base::join(bits, " + ");
}

}  // namespace

std::vector<Column> file_columns_of(const plan::Model& model, const plan::Ledger& ledger) {
    std::vector<Column> columns;
    for (const plan::Field& field : ledger.fields) {
        if (field.written_type == "name" || batch_columns().contains(field.name)) continue;
        columns.push_back({.name = field.name,
                           .type = type_of(field.type),
                           .codes = codes_of(model, field.type)});
    }
    return columns;
}

std::vector<Column> columns_of(const plan::Model& model, const plan::Ledger& ledger) {
    std::vector<Column> columns = file_columns_of(model, ledger);
    columns.push_back({.name = "batch", .type = "text", .codes = {}});
    columns.push_back({.name = "_line", .type = "bigint", .codes = {}});
    columns.push_back({.name = "entered_by", .type = "text", .codes = {}});
    columns.push_back({.name = "entered_at", .type = "date", .codes = {}});
    columns.push_back({.name = "_seq", .type = "bigint", .codes = {}});
    return columns;
}

std::string form_text(const std::vector<Column>& columns) {
    std::vector<std::string> lines;
    for (const Column& column : columns)
        lines.push_back(
            fmt::format("{}\t{}\t{}", column.name, column.type, base::join(column.codes, ";")));
    return base::join(lines, "\n");
}

std::vector<Column> parse_form(const std::string& text) {
    std::vector<Column> columns;
    for (const std::string& line : base::split(text, '\n')) {
        if (line.empty()) continue;
        const std::vector<std::string> parts = base::split(line, '\t');
        ZS_INVARIANT(parts.size() == 3, "a form's line has name, type and codes");
        columns.push_back(
            {.name = parts[0],
             .type = parts[1],
             .codes = parts[2].empty() ? std::vector<std::string>{} : base::split(parts[2], ';')});
    }
    return columns;
}

std::string read_column(const Column& wanted, const std::vector<Column>& there) {
    const auto found = std::find_if(there.begin(), there.end(),
                                    [&](const Column& c) { return c.name == wanted.name; });
    const std::string name = engine::quoted(wanted.name);
    if (found == there.end()) return fmt::format("cast(null as {}) as {}", wanted.type, name);
    if (*found == wanted) return name;
    if (!wanted.codes.empty() && !found->codes.empty())
        return fmt::format("cast({} as bigint) as {}", remapped(name, wanted, *found), name);
    // What an older pack wrote in another type and does not fit today's is unknown today.
    return fmt::format("try_cast({} as {}) as {}", name, wanted.type, name);
}

std::string listed(const std::vector<Column>& columns, const std::string& alias) {
    std::vector<std::string> names;
    for (const Column& column : columns)
        names.push_back((alias.empty() ? "" : alias + ".") + engine::quoted(column.name));
    return base::join(names, ", ");
}

}  // namespace zs::lake
