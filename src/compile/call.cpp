#include <algorithm>
#include <map>

#include <fmt/format.h>

#include "base/failure.h"
#include "compile/compiler.h"

namespace zs::compile {

using plan::Expression;
using plan::ExpressionPtr;
using plan::Kind;
using plan::Type;

namespace {

/// A number as a decimal wide enough for exact arithmetic.
std::string wide(const std::string& sql, const Type& type) {
    if (type.kind == Kind::integer) return cast(sql, "decimal(38,0)");
    return cast(sql, fmt::format("decimal(38,{})", type.scale));
}

std::string as_double(const std::string& sql, const Type& type) {
    return type.kind == Kind::floating ? sql : cast(sql, "double");
}

std::string arithmetic(const std::string& sign, const Type& result, const std::string& a,
                       const Type& at, const std::string& b, const Type& bt) {
    if (result.kind == Kind::floating)
        return fmt::format("({} {} {})", as_double(a, at), sign, as_double(b, bt));
    if (result.kind == Kind::integer)
        return fmt::format("({} {} {})", cast(a, "bigint"), sign, cast(b, "bigint"));
    return cast(fmt::format("{} {} {}", wide(a, at), sign,
                            sign == "*" && bt.kind == Kind::decimal ? b : wide(b, bt)),
                result);
}

/// NULL where what stands below is 0. Not by `nullif`: the engine writes out its first operand
/// twice, unseen by what keeps long texts from doubling.
std::string over_not_zero(const std::string& sign, const std::string& a, const std::string& b) {
    return fmt::format("(case when {1} <> 0 then {0} {2} {1} end)", a, b, sign);
}

bool is_exact(const Type& type) { return type.kind == Kind::decimal || type.kind == Kind::integer; }

/// The engine moves a cast from one side of a comparison to the other, and its overflow is lost:
/// not out of a sum.
std::string overflow_kept(const std::string& sql, const Type& type) {
    if (type.kind != Kind::decimal || type.precision >= 38 || !sql.starts_with("cast(")) return sql;
    return fmt::format("({} + {})", sql, cast("0", type));
}

/// An exact number as it can be compared with others of `scale` digits after the point: where both
/// cannot stand in 38 digits, one out of reach of the other becomes the largest figure there is.
std::string comparable(const std::string& sql, const Type& type, int scale) {
    constexpr int digits_max = 38, integer_digits = 19;
    const int own = type.kind == Kind::integer ? integer_digits : type.precision - type.scale;
    if (!is_exact(type) || type.scale >= scale || own + scale <= digits_max)
        return overflow_kept(sql, type);
    const std::string wide_type = fmt::format("decimal({},{})", digits_max, scale);
    const std::string largest =
        std::string(static_cast<std::size_t>(std::max(1, digits_max - scale)),
                    scale < digits_max ? '9' : '0') +
        "." + std::string(static_cast<std::size_t>(scale), '9');
    return fmt::format(
        "coalesce(try_cast({0} as {1}), case when {0} > 0 then cast({2} as {1}) when {0} < 0 then "
        "cast(-{2} as {1}) end)",
        sql, wide_type, largest);
}

std::string comparison(const std::string& sign, const std::string& a, const Type& at,
                       const std::string& b, const Type& bt) {
    const bool mixed = (at.kind == Kind::floating) != (bt.kind == Kind::floating);
    if (plan::is_number(at) && plan::is_number(bt) && mixed)
        return fmt::format("({} {} {})", as_double(a, at), sign, as_double(b, bt));
    if (is_exact(at) && is_exact(bt)) {
        const int scale = std::max(at.scale, bt.scale);
        return fmt::format("({} {} {})", comparable(a, at, scale), sign, comparable(b, bt, scale));
    }
    return fmt::format("({} {} {})", a, sign, b);
}

/// Whether it is written out and not NULL.
bool is_known(const ExpressionPtr& e) {
    return e->node == Expression::Node::literal && !plan::is_null(e->value);
}

/// Whether it is a written place or number of characters that every engine takes alike.
bool is_plain_count(const ExpressionPtr& e) {
    const auto* count = std::get_if<std::int64_t>(&e->value);
    return e->node == Expression::Node::literal && count != nullptr && *count >= 1 &&
           *count <= 1'000'000'000;
}

/// An integer that counts characters, within what the engine takes for one; NULL stays NULL.
std::string character_count(const std::string& sql) {
    return cast(fmt::format("case when {0} > 1000000000 then 1000000000 when {0} < -1000000000 "
                            "then -1000000000 else {0} end",
                            sql),
                "int");
}

/// Characters of a text from one on, so many of them (empty: all): places below 1 are settled here,
/// since engines differ in them. A place below 0 counts from the end (ADR 1, 70).
std::string substr_text(const std::string& text, const std::string& from,
                        const std::string& count) {
    const std::string place = fmt::format(
        "(case when {0} < 0 then cast(length({1}) as int) + {0} + 1 else {0} end)", from, text);
    const std::string start = fmt::format("case when {0} < 1 then 1 else {0} end", place);
    if (count.empty()) return fmt::format("substr({}, {})", text, start);
    return fmt::format(
        "substr({0}, {1}, case when {2} + {3} < 1 then 0 when {2} < 1 then {2} + {3} - 1 when {3} "
        "< 0 then 0 else {3} end)",
        text, start, place, count);
}

std::string month_parts(const std::string& month) {
    return fmt::format("cast(floor({} / 12) as int)", month);
}

std::string term_of_month(const std::string& m) {
    const std::string year = month_parts(m);
    return fmt::format(
        "cast(case when {0} % 12 between 1 and 6 then {1} * 2 when {0} % 12 >= 7 then {1} * 2 + 1 "
        "when {0} is not null then {1} * 2 - 1 end as int)",
        m, year);
}

/// Whether a condition is true or false for every row.
bool is_never_null(const Expression& e) {
    if (e.node == Expression::Node::literal) return !plan::is_null(e.value);
    if (e.node != Expression::Node::call) return false;
    if (e.name == "is_null" || e.name == "is_not_null") return true;
    return (e.name == "and" || e.name == "or" || e.name == "not") &&
           std::all_of(e.operands.begin(), e.operands.end(),
                       [](const ExpressionPtr& operand) { return is_never_null(*operand); });
}

constexpr std::size_t long_from = 2000;  ///< characters of an operand that is evaluated once

/// A text that may name its value more than once. A long value is evaluated once, under a name:
/// else texts that repeat it, nested in one another, would double with every level.
template <typename Body>
std::string with_one(const Dialect& dialect, const std::string& value, const Body& body) {
    if (value.size() < long_from) return body(value);
    const std::string name = "\"#value\"";
    return dialect.with_value(name, value, body(name));
}

/// The same for the operands of a call: the long ones stand under names while its text is written.
class LongOperands {
public:
    explicit LongOperands(std::vector<std::string> operands)
        : whole_(operands), shown_(std::move(operands)) {
        for (std::size_t i = 0; i < shown_.size(); ++i)
            if (shown_[i].size() >= long_from) shown_[i] = fmt::format("\"#value {}\"", i);
    }

    const std::vector<std::string>& shown() const { return shown_; }

    /// The text with each of them in it: by its name where the text repeats it.
    std::string bound(const std::string& text, const Dialect& dialect) const {
        std::vector<std::size_t> repeated;
        std::map<std::size_t, std::size_t> once;  ///< by where it stands in the text
        for (std::size_t i = 0; i < whole_.size(); ++i) {
            if (shown_[i] == whole_[i]) continue;
            const std::size_t first = text.find(shown_[i]);
            if (first == std::string::npos) continue;
            if (text.find(shown_[i], first + 1) != std::string::npos)
                repeated.push_back(i);
            else
                once[first] = i;
        }
        std::string result;
        std::size_t at = 0;
        for (const auto& [place, i] : once) {
            result += text.substr(at, place - at) + whole_[i];
            at = place + shown_[i].size();
        }
        result += text.substr(at);
        for (const std::size_t i : repeated)
            result = dialect.with_value(shown_[i], whole_[i], result);
        return result;
    }

private:
    std::vector<std::string> whole_, shown_;
};

/// What the conditions tried and the branch taken lack: after a condition that is NULL nothing is
/// tried.
std::string lack_of_case(const std::vector<std::string>& args,
                         const std::vector<std::string>& lacks, const Dialect& dialect) {
    std::string lack = lacks.back();
    for (std::size_t i = args.size() - 1; i >= 2; i -= 2) {
        const std::string& taken = lacks[i - 1];
        if (!taken.empty() || !lack.empty())
            lack = with_one(dialect, args[i - 2], [&](const std::string& condition) {
                return fmt::format("case when {0} then {1} when not ({0}) then {2} end", condition,
                                   taken.empty() ? "null" : taken, lack.empty() ? "null" : lack);
            });
        lack = either_lack(lacks[i - 2], lack);
    }
    return lack;
}

std::string escaped_pattern(const ExpressionPtr& pattern, const std::string& sql) {
    if (pattern->node == Expression::Node::literal &&
        std::holds_alternative<std::string>(pattern->value)) {
        std::string doubled;
        for (const char letter : std::get<std::string>(pattern->value)) {
            if (letter == '!') doubled += '!';
            doubled += letter;
        }
        return text_literal(doubled);
    }
    return fmt::format("replace({}, '!', '!!')", sql);
}

}  // namespace

/// A day or month calculated, which must lie in the years 1 to 9999 (ADR 1, 43).
std::string Compiler::day_of_calendar(const std::string& day) const {
    return fmt::format(
        "case when {0} < cast('0001-01-01' as date) or {0} > cast('9999-12-31' as date) then {1} "
        "else {0} end",
        day, dialect_.failure(overflow_words, "date"));
}

std::string Compiler::month_of_calendar(const std::string& month) const {
    constexpr int first = 12, last = 12 * 9999 + 11;
    return fmt::format("case when {0} < {1} or {0} > {2} then {3} else {0} end", month, first, last,
                       dialect_.failure(overflow_words, "int"));
}

std::string Compiler::as(const std::string& sql, const Type& from, const Type& to) const {
    if (from == to || to.kind == Kind::null_) return sql;
    if (from.kind == Kind::null_) return cast("null", to);
    if (plan::is_number(to) &&
        (to.kind != from.kind || to.scale != from.scale || to.precision != from.precision))
        return cast(sql, to);
    return sql;
}

Sql Compiler::call(const Expression& e, const Context& context) {
    if (e.name == "reached") return reached(e, context);
    Sql result;
    std::vector<std::string> args, lacks;
    for (const ExpressionPtr& operand : e.operands) {
        Sql part = expression(*operand, context);
        result.add(part);
        args.push_back(std::move(part.text));
        lacks.push_back(std::move(part.lack));
    }
    if (e.name == "case" && !result.lack.empty()) result.lack = lack_of_case(args, lacks, dialect_);
    result.text = call_text(e, args, context.owner);
    return result;
}

/// The call over operands already compiled; `owner` names the definition in failures.
std::string Compiler::call_text(const Expression& e, const std::vector<std::string>& args,
                                const std::string& owner) const {
    if (e.name == "case") return case_text(e, args);
    const LongOperands operands(args);
    return operands.bound(text_of_call(e, operands.shown(), owner), dialect_);
}

/// A condition that is NULL before one that is true makes it NULL. What stands after a condition
/// that holds is not evaluated.
std::string Compiler::case_text(const Expression& e, const std::vector<std::string>& args) const {
    const auto value = [&](std::size_t i) { return as(args[i], e.operands[i]->type, e.type); };
    std::string branches, otherwise = value(args.size() - 1);
    for (std::size_t i = args.size() - 1; i >= 2; i -= 2) {
        const ExpressionPtr& condition = e.operands[i - 2];
        const auto branch = [&](const std::string& text) {
            return fmt::format(
                " when {} then {}{}", text, value(i - 1),
                is_never_null(*condition) ? "" : fmt::format(" when {} is null then null", text));
        };
        if (args[i - 2].size() < long_from) {
            branches = branch(args[i - 2]) + branches;
            continue;
        }
        if (!branches.empty()) otherwise = fmt::format("case{} else {} end", branches, otherwise);
        branches.clear();
        otherwise = with_one(dialect_, args[i - 2], [&](const std::string& text) {
            return fmt::format("case{} else {} end", branch(text), otherwise);
        });
    }
    return branches.empty() ? otherwise : fmt::format("case{} else {} end", branches, otherwise);
}

std::string Compiler::text_of_call(const Expression& e, const std::vector<std::string>& args,
                                   const std::string& owner) const {
    std::vector<Type> types;
    for (const ExpressionPtr& operand : e.operands) types.push_back(operand->type);
    const std::string& name = e.name;
    const auto arg = [&](std::size_t i) -> const std::string& { return args.at(i); };
    const auto month_at = [&](std::size_t i) {
        return types[i].kind == Kind::date ? month_of_date(arg(i)) : arg(i);
    };
    std::string out;

    if (name == "and" || name == "or") {
        out = fmt::format("({} {} {})", arg(0), name, arg(1));
    } else if (name == "not") {
        out = fmt::format("(not {})", arg(0));
    } else if (name == "=" || name == "<>" || name == "<" || name == "<=" || name == ">" ||
               name == ">=") {
        out = comparison(name, arg(0), types[0], arg(1), types[1]);
    } else if ((name == "+" || name == "-") && e.type.kind == Kind::date) {
        out = day_of_calendar(
            cast(fmt::format("{} {} {}", types[0].kind == Kind::date ? arg(0) : arg(1), name,
                             cast(types[0].kind == Kind::date ? arg(1) : arg(0), "int")),
                 "date"));
    } else if (name == "-" && types[0].kind == Kind::date && types.size() == 2) {
        out = cast(fmt::format("{} - {}", arg(0), arg(1)), "bigint");
    } else if ((name == "+" || name == "-") && e.type.kind == Kind::month) {
        out = cast(fmt::format("{} {} {}", arg(0), name, arg(1)), "int");
    } else if (name == "+" || name == "-" || name == "*") {
        out = arithmetic(name, e.type, arg(0), types[0], arg(1), types[1]);
    } else if (name == "/") {
        out = over_not_zero("/", as_double(arg(0), types[0]), as_double(arg(1), types[1]));
    } else if (name == "%") {
        if (e.type.kind == Kind::integer)
            out = over_not_zero("%", cast(arg(0), "bigint"), cast(arg(1), "bigint"));
        else if (e.type.kind == Kind::floating)
            out = over_not_zero("%", as_double(arg(0), types[0]), as_double(arg(1), types[1]));
        else {
            const std::string common = fmt::format("decimal(38,{})", e.type.scale);
            out = cast(over_not_zero("%", cast(arg(0), common), cast(arg(1), common)), e.type);
        }
    } else if (name == "negate") {
        out = fmt::format("(- {})", arg(0));
    } else if (name == "is_null" || name == "is_not_null") {
        out = fmt::format("({} is {})", arg(0), name == "is_null" ? "null" : "not null");
    } else if (name == "in" || name == "not_in") {
        int scale = 0;
        for (const Type& type : types)
            if (is_exact(type)) scale = std::max(scale, type.scale);
        std::vector<std::string> items;
        for (std::size_t i = 1; i < args.size(); ++i) {
            const bool floating =
                plan::is_number(types[0]) && types[0].kind != types[i].kind &&
                (types[0].kind == Kind::floating || types[i].kind == Kind::floating);
            items.push_back(floating ? as_double(arg(i), types[i])
                                     : comparable(arg(i), types[i], scale));
        }
        out = fmt::format("({} {} ({}))", comparable(arg(0), types[0], scale),
                          name == "in" ? "in" : "not in", joined(items, ", "));
    } else if (name == "like" || name == "not_like") {
        out = fmt::format("({} {} {} escape '!')", arg(0), name == "like" ? "like" : "not like",
                          escaped_pattern(e.operands[1], arg(1)));
    } else if (name == "||") {
        out = fmt::format("({} || {})", arg(0), arg(1));
    } else if (name == "coalesce" || name == "greatest" || name == "least") {
        std::vector<std::string> same, nulls;
        for (std::size_t i = 0; i < args.size(); ++i) {
            same.push_back(as(arg(i), types[i], e.type));
            if (!is_known(e.operands[i])) nulls.push_back(fmt::format("{} is null", arg(i)));
        }
        out = fmt::format("{}({})", name, joined(same, ", "));
        if (name != "coalesce" && !nulls.empty())
            out = fmt::format("case when {} then null else {} end", joined(nulls, " or "), out);
    } else if (name == "nullif") {
        out = fmt::format("case when {} then null else {} end",
                          comparison("=", arg(0), types[0], arg(1), types[1]), arg(0));
    } else if (name == "abs") {
        out = fmt::format("abs({})", arg(0));
    } else if (name == "floor" || name == "ceil") {
        out = types[0].kind == Kind::integer ? arg(0)
                                             : cast(fmt::format("{}({})", name, arg(0)), "bigint");
    } else if (name == "round") {
        if (types[0].kind == Kind::floating) {
            out = args.size() == 1 ? cast(fmt::format("round({})", arg(0)), "bigint")
                                   : cast(double_at_scale(arg(0), e.type.scale), e.type);
        } else if (types[0].kind == Kind::integer) {
            out = as(arg(0), types[0], e.type);
        } else {
            const int digits = args.size() == 1 ? 0 : e.type.scale;
            out = cast(fmt::format("round({}, {})", wide(arg(0), types[0]), digits), e.type);
        }
    } else if (name == "ratio") {
        out = cast(types[0].kind == Kind::floating
                       ? double_at_scale(arg(0), 6)
                       : fmt::format("round({}, 6)", wide(arg(0), types[0])),
                   "decimal(18,6)");
    } else if (name == "age") {
        const std::string day = base::text(base::last_day(request_.month));
        const base::Date run = base::last_day(request_.month);
        out = fmt::format(
            "cast({0} - year({1}) - case when month({1}) * 100 + day({1}) > {2} then 1 else 0 end "
            "as bigint)",
            run.year(), arg(0), run.month_of_year() * 100 + run.day_of_month());
    } else if (name == "month_of") {
        out = month_at(0);
    } else if (name == "month_end") {
        out = fmt::format("cast(last_day(make_date({0}, cast({1} % 12 + 1 as int), 1)) as date)",
                          month_parts(arg(0)), arg(0));
    } else if (name == "add_months") {
        out = types[0].kind == Kind::date
                  ? day_of_calendar(dialect_.add_months(arg(0), arg(1)))
                  : month_of_calendar(cast(fmt::format("{} + {}", arg(0), arg(1)), "int"));
    } else if (name == "months_between") {
        out = cast(fmt::format("{} - {}", month_at(1), month_at(0)), "bigint");
    } else if (name == "days_between") {
        out = cast(fmt::format("{} - {}", arg(1), arg(0)), "bigint");
    } else if (name == "year_of") {
        if (types[0].kind == Kind::term)
            out = cast(fmt::format("floor({} / 2)", arg(0)), "bigint");
        else
            out = cast(month_parts(month_at(0)), "bigint");
    } else if (name == "term_of") {
        out = term_of_month(month_at(0));
    } else if (name == "date_of") {
        const std::string y = cast(arg(0), "int"), m = cast(arg(1), "int"), d = cast(arg(2), "int");
        out = fmt::format(
            "case when {3} between 1 and 9999 and {4} between 1 and 12 and {5} between 1 and 31 "
            "then case when {2} <= day(last_day(make_date({0}, {1}, 1))) "
            "then make_date({0}, {1}, {2}) end end",
            y, m, d, arg(0), arg(1), arg(2));
    } else if (name == "count_months" || name == "count_codes") {
        out = cast(fmt::format("bit_count({})", arg(0)), "bigint");
    } else if (name == "longest_run") {
        const std::string digits = dialect_.binary_digits(arg(0));
        if (args.size() == 1) {
            out = dialect_.longest_ones(digits);
        } else {
            // Months after `to` are cut off; of those before `from` only the run that reaches into
            // it stays.
            const std::string last =
                fmt::format("least(greatest({} - {}, -1), 62)", arg(2), first_bit_.index);
            const std::string cut = fmt::format(
                "({} & (case when {} < 0 then 0 when {} >= 62 then 9223372036854775807 else "
                "(cast(1 as bigint) << ({} + 1)) - 1 end))",
                arg(0), last, last, fmt::format("least(greatest({}, 0), 61)", last));
            const std::string cut_digits = dialect_.binary_digits(cut);
            const std::string length = fmt::format(
                "cast(least(greatest({} - {} + 1, 0), 63) as int)", request_.month.index, arg(1));
            const std::string kept = fmt::format(
                "substr({0}, 1, {1}) || case when substr({0}, {1}, 1) = '1' then "
                "split_part(substr({0}, {1} + 1), '0', 1) else '' end",
                cut_digits, length);
            out = fmt::format(
                "case when {0} is null or {1} is null or {2} is null then null when {3} = 0 then 0 "
                "else {4} end",
                arg(0), arg(1), arg(2), length, dialect_.longest_ones("(" + kept + ")"));
            out = cast(out, "bigint");
        }
    } else if (name == "has_month") {
        out = fmt::format(
            "case when {1} - {2} between 0 and 62 then (({0} >> least(greatest({1} - {2}, 0), 62)) "
            "& 1) = 1 when {1} is not null and {0} is not null then false end",
            arg(0), arg(1), first_bit_.index);
    } else if (name == "set_union") {
        out = fmt::format("({} | {})", arg(0), arg(1));
    } else if (name == "set_minus") {
        out = fmt::format("({} & ~{})", arg(0), arg(1));
    } else if (name == "set_intersect") {
        out = fmt::format("({} & {})", arg(0), arg(1));
    } else if (name == "has") {
        out = fmt::format("(({} & {}) <> 0)", arg(0), arg(1));
        if (e.operands[1]->node == Expression::Node::literal &&
            std::holds_alternative<std::string>(e.operands[1]->value)) {
            const plan::CodeSet one{std::get<std::string>(e.operands[1]->value)};
            out =
                fmt::format("(({} & {}) <> 0)", arg(0), literal(one, types[0], first_bit_, model_));
        }
    } else if (name == "length") {
        out = cast(fmt::format("length({})", arg(0)), "bigint");
    } else if (name == "starts_with") {
        out = fmt::format("(substr({0}, 1, cast(length({1}) as int)) = {1})", arg(0), arg(1));
    } else if (name == "substr") {
        if (std::all_of(e.operands.begin() + 1, e.operands.end(), is_plain_count))
            out = fmt::format("substr({}, {}{})", arg(0), cast(arg(1), "int"),
                              args.size() == 2 ? "" : ", " + cast(arg(2), "int"));
        else
            out = substr_text(arg(0), character_count(arg(1)),
                              args.size() == 2 ? "" : character_count(arg(2)));
    } else if (name == "lower") {
        out = fmt::format("lower({})", arg(0));
    } else if (name == "trim") {
        out = fmt::format("trim({}, ' ')", arg(0));
    } else {
        cannot(base::said("函数“{}”", "the function '{}'", name), owner);
    }
    return out;
}

/// A key as text: `p1`, `2024-05`, `2024s`.
std::string Compiler::key_text(const std::string& sql, const Type& type) const {
    switch (type.kind) {
        case Kind::month:
            return fmt::format(
                "(cast({0} as string) || '-' || lpad(cast({1} % 12 + 1 as string), 2, '0'))",
                month_parts(sql), sql);
        case Kind::term:
            return fmt::format(
                "(cast(cast(floor({0} / 2) as int) as string) || case when {0} % 2 = 1 then 'a' "
                "else 's' end)",
                sql);
        case Kind::boolean:
            return fmt::format("case when {} then 'true' when not {} then 'false' end", sql, sql);
        default:
            return cast(sql, "string");
    }
}

/// A number with all its digits.
std::string Compiler::number_text(const std::string& sql, const Type& type) const {
    return type.kind == Kind::floating ? dialect_.double_text(sql) : cast(sql, "string");
}

/// A value as a sentence shows it; NULL stays NULL.
std::string Compiler::shown(const std::string& sql, const Type& type, bool percent) const {
    if (percent) {
        const std::string exact =
            type.kind == Kind::floating ? double_at_scale(sql, 4) : wide(sql, type);
        return fmt::format("(cast(cast(round(({}) * 100, 2) as decimal(38,2)) as string) || '%')",
                           exact);
    }
    switch (type.kind) {
        case Kind::boolean:
            return fmt::format("case when {0} then '是' when not {0} then '否' end", sql);
        case Kind::floating:
            return fmt::format(
                "case when {0} = floor({0}) and abs({0}) < 1e15 then cast(cast({0} as bigint) as "
                "string) else {1} end",
                sql, dialect_.double_text(sql));
        case Kind::code: {
            const plan::CodeList* list = model_.code_list(type.of);
            if (list == nullptr || list->codes.empty()) return sql;
            std::string text = "case " + sql;
            for (const plan::Code& code : list->codes)
                text += fmt::format(" when {} then {}", text_literal(code.code),
                                    text_literal(code.title));
            return fmt::format("{} else {} end", text, sql);
        }
        case Kind::codes: {
            const plan::CodeList* list = model_.code_list(type.of);
            std::vector<std::string> titles;
            for (std::size_t bit = 0; list != nullptr && bit < list->codes.size(); ++bit)
                titles.push_back(fmt::format("case when ({} & {}) <> 0 then {} end", sql,
                                             std::int64_t{1} << bit,
                                             text_literal(list->codes[bit].title)));
            return fmt::format("case when {} is not null then concat_ws('、', {}) end", sql,
                               joined(titles, ", "));
        }
        case Kind::month_set: {
            std::vector<std::string> months;
            for (int bit = 0; bit <= 62; ++bit)
                months.push_back(fmt::format("case when (({} >> {}) & 1) = 1 then '{}' end", sql,
                                             bit, base::text(first_bit_.plus(bit))));
            return fmt::format("case when {} is not null then concat_ws('、', {}) end", sql,
                               joined(months, ", "));
        }
        default:
            return key_text(sql, type);
    }
}

Sql Compiler::say(const std::vector<plan::SayPart>& parts, const Context& context) {
    Sql result;
    std::vector<std::string> pieces;
    for (const plan::SayPart& part : parts) {
        if (!part.expression) {
            pieces.push_back(text_literal(part.text));
            continue;
        }
        Sql value = expression(*part.expression, context);
        result.needs.add(value.needs);
        pieces.push_back(fmt::format("coalesce({}, '未知')",
                                     shown(value.text, part.expression->type, part.percent)));
    }
    result.text = pieces.empty() ? "''" : joined(pieces, " || ");
    return result;
}

}  // namespace zs::compile
