#include "compile/sql.h"

#include <fmt/format.h>

#include "base/failure.h"

namespace zs::compile {

using plan::Kind;
using plan::Type;
using plan::Value;

std::string quoted(std::string_view name) {
    std::string result = "\"";
    for (const char letter : name) {
        if (letter == '"') result += '"';
        result += letter;
    }
    return result + '"';
}

std::string column(std::string_view alias, std::string_view name) {
    return fmt::format("{}.{}", quoted(alias), quoted(name));
}

std::string text_literal(std::string_view text) {
    std::string result = "'";
    for (const char letter : text) {
        if (letter == '\'') result += '\'';
        result += letter;
    }
    return result + '\'';
}

std::string sql_type(const Type& type) {
    switch (type.kind) {
        case Kind::boolean:
            return "boolean";
        case Kind::integer:
            return "bigint";
        case Kind::decimal:
            return fmt::format("decimal({},{})", type.precision, type.scale);
        case Kind::floating:
            return "double";
        case Kind::date:
            return "date";
        case Kind::month:
        case Kind::term:
            return "int";
        case Kind::month_set:
        case Kind::codes:
            return "bigint";
        case Kind::null_:
        case Kind::text:
        case Kind::division:
        case Kind::code:
        case Kind::key:
        case Kind::token:
            return "string";
    }
    ZS_INVARIANT(false, "every type has its column type");
    return {};
}

std::string cast(const std::string& expression, std::string_view type) {
    return fmt::format("cast({} as {})", expression, type);
}

std::string cast(const std::string& expression, const Type& type) {
    return cast(expression, sql_type(type));
}

namespace {

std::int64_t mask_of(const plan::CodeSet& set, const Type& type, const plan::Model& model) {
    const plan::CodeList* list = model.code_list(type.of);
    ZS_INVARIANT(list != nullptr, "a set's code list exists");
    std::int64_t mask = 0;
    for (std::size_t bit = 0; bit < list->codes.size(); ++bit)
        if (set.contains(list->codes[bit].code)) mask |= std::int64_t{1} << bit;
    return mask;
}

std::int64_t mask_of(const plan::MonthSet& set, base::Month first_bit) {
    std::int64_t mask = 0;
    for (const base::Month month : set) {
        const int bit = month.index - first_bit.index;
        if (bit >= 0 && bit <= 62) mask |= std::int64_t{1} << bit;
    }
    return mask;
}

}  // namespace

std::string literal(const Value& value, const Type& type, base::Month first_bit,
                    const plan::Model& model) {
    struct Printer {
        const Type& type;
        base::Month first_bit;
        const plan::Model& model;

        std::string operator()(std::monostate) const { return cast("null", type); }
        std::string operator()(bool truth) const { return truth ? "true" : "false"; }
        std::string operator()(std::int64_t number) const {
            return cast(std::to_string(number),
                        type.kind == Kind::null_ ? "bigint" : sql_type(type));
        }
        std::string operator()(const base::Decimal& number) const {
            if (type.kind == Kind::decimal) return cast(base::text(number), type);
            return cast(base::text(number), fmt::format("decimal(38,{})", number.scale));
        }
        std::string operator()(double number) const { return cast(base::text(number), "double"); }
        std::string operator()(const std::string& text) const { return text_literal(text); }
        std::string operator()(base::Date date) const {
            return cast(text_literal(base::text(date)), "date");
        }
        std::string operator()(base::Month month) const {
            return cast(std::to_string(month.index), "int");
        }
        std::string operator()(base::Term term) const {
            return cast(std::to_string(term.index), "int");
        }
        std::string operator()(const plan::MonthSet& set) const {
            return cast(std::to_string(mask_of(set, first_bit)), "bigint");
        }
        std::string operator()(const plan::CodeSet& set) const {
            return cast(std::to_string(mask_of(set, type, model)), "bigint");
        }
    };
    return std::visit(Printer{type, first_bit, model}, value);
}

std::string month_of_date(const std::string& date) {
    return fmt::format("cast(year({0}) * 12 + month({0}) - 1 as int)", date);
}

std::string field_of_row(const plan::Ledger& ledger, const std::string& alias,
                         const std::string& field) {
    if (ledger.is_months_of_dates(field)) return month_of_date(column(alias, "date"));
    return column(alias, field);
}

base::Month first_bit_month(base::Month run_month) { return run_month.plus(-62); }

std::string joined(const std::vector<std::string>& parts, std::string_view separator) {
    return fmt::format("{}", fmt::join(parts, separator));
}

std::string double_at_scale(const std::string& number, int scale) {
    if (scale == 0) return fmt::format("cast(round({}) as decimal(38,0))", number);
    const std::string zeros(static_cast<std::size_t>(scale - 1), '0');
    return fmt::format("cast(round({} * 1{}0) as decimal({},0)) * 0.{}1", number, zeros, 37 - scale,
                       zeros);
}

std::string input_view(const std::string& ledger) { return "in_" + ledger; }

}  // namespace zs::compile
