#include "intake/row_expression.h"

#include <cmath>
#include <functional>
#include <map>

#include <fmt/format.h>

#include "base/text.h"

namespace zs::intake {

using base::Date;
using base::Decimal;
using base::Month;
using plan::CodeSet;
using plan::Expression;
using plan::is_null;
using plan::Value;

namespace {

using Values = std::vector<Value>;
using Truth = std::optional<bool>;

const Value null;

Truth truth(const Value& value) {
    if (const bool* known = std::get_if<bool>(&value)) return *known;
    return std::nullopt;
}

Value value_of(Truth known) { return known ? Value(*known) : null; }

std::optional<Decimal> decimal(const Value& value) {
    if (const auto* whole = std::get_if<std::int64_t>(&value)) return Decimal{*whole, 0};
    if (const auto* exact = std::get_if<Decimal>(&value)) return *exact;
    return std::nullopt;
}

std::optional<double> floating(const Value& value) {
    if (const auto* number = std::get_if<double>(&value)) return *number;
    if (const auto exact = decimal(value)) return base::to_double(*exact);
    return std::nullopt;
}

std::optional<std::int64_t> whole(const Value& value) {
    const auto exact = decimal(value);
    if (!exact) return std::nullopt;
    return static_cast<std::int64_t>(base::round(*exact, 0).units);
}

/// The order of two values; nothing where one is NULL or they do not compare.
std::optional<std::partial_ordering> order(const Value& a, const Value& b) {
    if (is_null(a) || is_null(b)) return std::nullopt;
    const auto exact_a = decimal(a), exact_b = decimal(b);
    if (exact_a && exact_b) return base::compare(*exact_a, *exact_b);
    if (const auto x = floating(a), y = floating(b); x && y) return *x <=> *y;
    if (a.index() != b.index()) return std::nullopt;
    if (a == b) return std::partial_ordering::equivalent;
    return std::visit(
        [&](const auto& x) -> std::optional<std::partial_ordering> {
            using T = std::decay_t<decltype(x)>;
            if constexpr (std::is_same_v<T, std::string> || std::is_same_v<T, Date> ||
                          std::is_same_v<T, Month> || std::is_same_v<T, base::Term> ||
                          std::is_same_v<T, bool>)
                return std::partial_ordering(x <=> std::get<T>(b));
            else
                return std::partial_ordering::unordered;
        },
        a);
}

Truth compared(const std::string& sign, const Value& a, const Value& b) {
    const auto found = order(a, b);
    if (!found) return std::nullopt;
    if (sign == "=") return *found == 0;
    if (sign == "<>") return *found != 0;
    if (sign == "<") return *found < 0;
    if (sign == "<=") return *found <= 0;
    if (sign == ">") return *found > 0;
    return *found >= 0;
}

/// Letters of a UTF-8 text, each with all its bytes.
std::vector<std::string> letters(const std::string& text) {
    std::vector<std::string> found;
    for (const char byte : text) {
        if ((static_cast<unsigned char>(byte) & 0xC0) != 0x80) found.emplace_back();
        if (!found.empty()) found.back() += byte;
    }
    return found;
}

/// SQL's like, by the greedy walk that goes back to the last `%` only.
bool like(const std::vector<std::string>& text, const std::vector<std::string>& pattern) {
    std::size_t t = 0, p = 0, star = std::string::npos, mark = 0;
    while (t < text.size()) {
        if (p < pattern.size() && (pattern[p] == "_" || pattern[p] == text[t]) &&
            pattern[p] != "%") {
            ++t, ++p;
        } else if (p < pattern.size() && pattern[p] == "%") {
            star = p++;
            mark = t;
        } else if (star != std::string::npos) {
            p = star + 1;
            t = ++mark;
        } else {
            return false;
        }
    }
    while (p < pattern.size() && pattern[p] == "%") ++p;
    return p == pattern.size();
}

Value arithmetic(const std::string& sign, const Value& a, const Value& b) {
    if (const auto* date = std::get_if<Date>(&a); date != nullptr && (sign == "+" || sign == "-"))
        if (const auto days = whole(b))
            return Date{static_cast<std::int32_t>(date->days + (sign == "+" ? *days : -*days))};
    if (sign == "/") {
        const auto x = floating(a), y = floating(b);
        return x && y && *y != 0 ? Value(*x / *y) : null;
    }
    const auto exact_a = decimal(a), exact_b = decimal(b);
    if (!exact_a || !exact_b) {
        const auto x = floating(a), y = floating(b);
        if (!x || !y) return null;
        return sign == "+" ? *x + *y : sign == "-" ? *x - *y : *x * *y;
    }
    if (sign == "%") {
        const int scale = std::max(exact_a->scale, exact_b->scale);
        const base::Wide x = base::round(*exact_a, scale).units,
                         y = base::round(*exact_b, scale).units;
        if (y == 0) return null;
        return Decimal{x % y, scale};
    }
    const auto result = sign == "+"   ? base::add(*exact_a, *exact_b)
                        : sign == "-" ? base::subtract(*exact_a, *exact_b)
                                      : base::multiply(*exact_a, *exact_b);
    return result ? Value(*result) : null;
}

const std::string* text_of(const Value& value) { return std::get_if<std::string>(&value); }

Value substr(const Values& args) {
    const std::string* text = text_of(args[0]);
    const auto from = whole(args[1]);
    const auto length = args.size() > 2 ? whole(args[2]) : std::optional<std::int64_t>(1 << 20);
    if (text == nullptr || !from || !length) return null;
    const std::vector<std::string> all = letters(*text);
    std::string part;
    for (std::int64_t i = *from; i < *from + *length && i <= static_cast<std::int64_t>(all.size());
         ++i)
        if (i >= 1) part += all[static_cast<std::size_t>(i - 1)];
    return part;
}

Value rounded(const std::string& name, const Values& args) {
    if (const auto exact = decimal(args[0])) {
        if (name == "round") {
            const auto scale = args.size() > 1 ? whole(args[1]) : std::optional<std::int64_t>(0);
            return scale ? Value(base::round(*exact, static_cast<int>(*scale))) : null;
        }
        if (name == "abs") return exact->units < 0 ? base::negate(*exact) : *exact;
        if (name == "ratio") return base::round(*exact, 6);
        base::Wide units = exact->units, one = 1;
        for (int i = 0; i < exact->scale; ++i) one *= 10;
        base::Wide down = units / one;
        if (units % one != 0 && units < 0) --down;
        const bool up = name == "ceil" && units % one != 0;
        return static_cast<std::int64_t>(up ? down + 1 : down);
    }
    const auto number = floating(args[0]);
    if (!number) return null;
    if (name == "abs") return std::fabs(*number);
    if (name == "floor") return static_cast<std::int64_t>(std::floor(*number));
    if (name == "ceil") return static_cast<std::int64_t>(std::ceil(*number));
    const auto exact = base::parse_decimal(fmt::format("{:.12f}", *number));
    const int scale = name == "ratio"   ? 6
                      : args.size() > 1 ? static_cast<int>(whole(args[1]).value_or(0))
                                        : 0;
    return exact ? Value(base::round(*exact, scale)) : null;
}

Value most(const Values& args, bool greatest) {
    Value best = args.empty() ? null : args[0];
    for (const Value& value : args) {
        const auto found = order(value, best);
        if (!found) return null;
        if (greatest ? *found > 0 : *found < 0) best = value;
    }
    return best;
}

std::optional<Month> month_in(const Value& value) {
    if (const auto* month = std::get_if<Month>(&value)) return *month;
    if (const auto* date = std::get_if<Date>(&value)) return date->month();
    return std::nullopt;
}

Value of_time(const std::string& name, const Values& args) {
    const auto month = month_in(args[0]);
    if (name == "date_of") {
        const auto y = whole(args[0]), m = whole(args[1]), d = whole(args[2]);
        if (!y || !m || !d) return null;
        const auto date =
            Date::of(static_cast<int>(*y), static_cast<int>(*m), static_cast<int>(*d));
        return date ? Value(*date) : null;
    }
    if (!month) return null;
    if (name == "month_of") return *month;
    if (name == "month_end") return base::last_day(*month);
    if (name == "year_of") return std::int64_t{month->year()};
    if (name == "term_of") return base::Term::of_month(*month);
    if (name == "add_months") {
        const auto count = whole(args[1]);
        if (!count) return null;
        const Month moved = month->plus(static_cast<int>(*count));
        const auto* date = std::get_if<Date>(&args[0]);
        if (date == nullptr) return moved;
        const Date end = base::last_day(moved);
        return Date::of(moved.year(), moved.month_of_year(),
                        std::min(date->day_of_month(), end.day_of_month()))
            .value_or(end);
    }
    if (name == "months_between") {
        const auto other = month_in(args[1]);
        return other ? Value(std::int64_t{other->index - month->index}) : null;
    }
    const auto* a = std::get_if<Date>(&args[0]);
    const auto* b = std::get_if<Date>(&args[1]);
    return a != nullptr && b != nullptr ? Value(std::int64_t{b->days - a->days}) : null;
}

Value of_text(const std::string& name, const Values& args) {
    const std::string* text = text_of(args[0]);
    if (text == nullptr) return null;
    if (name == "length") return static_cast<std::int64_t>(base::characters(*text));
    if (name == "trim") {
        const auto first = text->find_first_not_of(' ');
        return first == std::string::npos
                   ? std::string()
                   : text->substr(first, text->find_last_not_of(' ') - first + 1);
    }
    if (name == "lower") {
        std::string low = *text;
        for (char& letter : low)
            if (letter >= 'A' && letter <= 'Z') letter = static_cast<char>(letter - 'A' + 'a');
        return low;
    }
    const std::string* start = text_of(args[1]);
    return start != nullptr ? Value(text->starts_with(*start)) : null;
}

Value of_set(const std::string& name, const Values& args) {
    const auto* set = std::get_if<CodeSet>(&args[0]);
    if (set == nullptr) return null;
    if (name == "count_codes") return static_cast<std::int64_t>(set->size());
    const std::string* code = text_of(args[1]);
    return code != nullptr ? Value(set->contains(*code)) : null;
}

Value function(const std::string& name, const Values& args) {
    using Group = Value (*)(const std::string&, const Values&);
    static const std::map<std::string, Group> groups{
        {"round", rounded},        {"abs", rounded},         {"floor", rounded},
        {"ceil", rounded},         {"ratio", rounded},       {"date_of", of_time},
        {"month_of", of_time},     {"month_end", of_time},   {"year_of", of_time},
        {"term_of", of_time},      {"add_months", of_time},  {"months_between", of_time},
        {"days_between", of_time}, {"length", of_text},      {"trim", of_text},
        {"lower", of_text},        {"starts_with", of_text}, {"has", of_set},
        {"count_codes", of_set},
    };
    if (name == "substr") return substr(args);
    if (name == "greatest" || name == "least") return most(args, name == "greatest");
    if (name == "nullif") return compared("=", args[0], args[1]).value_or(false) ? null : args[0];
    const auto found = groups.find(name);
    return found == groups.end() ? null : found->second(name, args);
}

class Evaluator {
public:
    explicit Evaluator(const RowValues& row) : row_(row) {}

    Value value(const Expression& e) const {
        switch (e.node) {
            case Expression::Node::literal:
                return e.value;
            case Expression::Node::field:
                return field(e);
            case Expression::Node::attribute:
                return attribute(e);
            case Expression::Node::call:
                return call(e);
            default:
                return null;
        }
    }

private:
    Value field(const Expression& e) const {
        if (!e.path.empty()) return null;
        const auto place = row_.ledger.index_of(e.name);
        return place ? row_.values.at(*place) : null;
    }

    Value attribute(const Expression& e) const {
        const Value operand = value(*e.operands.at(0));
        const std::string* code = text_of(operand);
        const plan::CodeList* list = row_.model.code_list(e.operands[0]->type.of);
        if (code == nullptr || list == nullptr) return null;
        for (const plan::Code& known : list->codes)
            if (known.code == *code) {
                const auto found = known.attributes.find(e.name);
                return found == known.attributes.end() ? null : found->second;
            }
        return null;
    }

    Value both(const Expression& e, bool decisive) const {
        bool unknown = false;
        for (const plan::ExpressionPtr& operand : e.operands) {
            const Truth known = truth(value(*operand));
            if (known == decisive) return decisive;
            unknown = unknown || !known;
        }
        return unknown ? null : Value(!decisive);
    }

    Value in(const Expression& e) const {
        const Value left = value(*e.operands.at(0));
        bool unknown = is_null(left);
        for (std::size_t i = 1; i < e.operands.size(); ++i) {
            const Truth same = compared("=", left, value(*e.operands[i]));
            if (same.value_or(false)) return true;
            unknown = unknown || !same;
        }
        return unknown ? null : Value(false);
    }

    Value negated(const Value& known) const {
        const Truth found = truth(known);
        return found ? Value(!*found) : null;
    }

    Value case_of(const Expression& e) const {
        std::size_t i = 0;
        for (; i + 1 < e.operands.size(); i += 2)
            if (truth(value(*e.operands[i])).value_or(false)) return value(*e.operands[i + 1]);
        return i < e.operands.size() ? value(*e.operands[i]) : null;
    }

    Value call(const Expression& e) const {
        if (e.name == "and" || e.name == "or") return both(e, e.name == "or");
        if (e.name == "not") return negated(value(*e.operands.at(0)));
        if (e.name == "in") return in(e);
        if (e.name == "not_in") return negated(in(e));
        if (e.name == "case") return case_of(e);
        if (e.name == "is_null") return is_null(value(*e.operands.at(0)));
        if (e.name == "is_not_null") return !is_null(value(*e.operands.at(0)));
        if (e.name == "coalesce") {
            for (const plan::ExpressionPtr& operand : e.operands)
                if (Value found = value(*operand); !is_null(found)) return found;
            return null;
        }
        Values args;
        for (const plan::ExpressionPtr& operand : e.operands) args.push_back(value(*operand));
        return computed(e.name, args);
    }

    Value computed(const std::string& name, const Values& args) const {
        if (name == "negate") return arithmetic("-", std::int64_t{0}, args.at(0));
        if (args.size() == 2) {
            for (const char* sign : {"=", "<>", "<", "<=", ">", ">="})
                if (name == sign) return value_of(compared(name, args[0], args[1]));
            for (const char* sign : {"+", "-", "*", "/", "%"})
                if (name == sign) return arithmetic(name, args[0], args[1]);
            const std::string* a = text_of(args[0]);
            const std::string* b = text_of(args[1]);
            if (name == "||") return a != nullptr && b != nullptr ? Value(*a + *b) : null;
            if (name == "like" || name == "not_like") {
                if (a == nullptr || b == nullptr) return null;
                return like(letters(*a), letters(*b)) == (name == "like");
            }
        }
        return args.empty() ? null : function(name, args);
    }

    const RowValues& row_;
};

}  // namespace

Value evaluated(const Expression& expression, const RowValues& row) {
    return Evaluator(row).value(expression);
}

std::string sentence(const std::vector<plan::SayPart>& parts, const RowValues& row) {
    std::string said;
    for (const plan::SayPart& part : parts) {
        if (!part.expression) {
            said += part.text;
            continue;
        }
        const Value value = evaluated(*part.expression, row);
        std::string shown = is_null(value) ? "未知" : plan::text(value);
        if (part.expression->type.kind == plan::Kind::token && !is_null(value)) shown = "…";
        if (const plan::CodeList* list = row.model.code_list(part.expression->type.of);
            part.expression->type.kind == plan::Kind::code && list != nullptr)
            for (const plan::Code& code : list->codes)
                if (code.code == shown) shown = code.title;
        said += shown;
    }
    return said;
}

}  // namespace zs::intake
