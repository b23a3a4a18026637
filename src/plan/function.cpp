#include "plan/function.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <map>
#include <numeric>

#include "base/failure.h"
#include "base/text.h"

namespace zs::plan {

using base::Date;
using base::Decimal;
using base::Month;

namespace {

using Values = std::vector<Value>;

bool is_true(const Value& v) { return !is_null(v) && std::get<bool>(v); }
bool is_false(const Value& v) { return !is_null(v) && !std::get<bool>(v); }

Value both(const Value& a, const Value& b) {
    if (is_false(a) || is_false(b)) return false;
    if (is_null(a) || is_null(b)) return {};
    return true;
}

Value either(const Value& a, const Value& b) {
    if (is_true(a) || is_true(b)) return true;
    if (is_null(a) || is_null(b)) return {};
    return false;
}

Value negated(const Value& a) { return is_null(a) ? a : Value(!std::get<bool>(a)); }

Value equal(const Value& a, const Value& b) {
    if (is_null(a) || is_null(b)) return {};
    return compared(a, b) == 0;
}

Value ordered(const std::string& sign, const Value& a, const Value& b) {
    if (is_null(a) || is_null(b)) return {};
    const auto order = compared(a, b);
    if (sign == "<>") return order != 0;
    if (sign == "<") return order < 0;
    if (sign == "<=") return order <= 0;
    if (sign == ">") return order > 0;
    if (sign == ">=") return order >= 0;
    return order == 0;
}

Value is_among(const Values& v) {
    Value found = false;
    for (std::size_t i = 1; i < v.size(); ++i) found = either(found, equal(v[0], v[i]));
    return found;
}

Month month_of(const Value& v) {
    if (const auto* date = std::get_if<Date>(&v)) return date->month();
    return std::get<Month>(v);
}

int age_on(Date birth, Date day) {
    const bool had_birthday = day.month_of_year() > birth.month_of_year() ||
                              (day.month_of_year() == birth.month_of_year() &&
                               day.day_of_month() >= birth.day_of_month());
    return day.year() - birth.year() - (had_birthday ? 0 : 1);
}

constexpr std::int64_t calendar_months = std::int64_t{12} * 9999;

/// Nothing outside the years 1 to 9999.
Calculated months_added(const Value& from, std::int64_t months) {
    if (months < -calendar_months || months > calendar_months) return std::nullopt;
    const Month month = month_of(from).plus(static_cast<int>(months));
    if (month.year() < 1 || month.year() > 9999) return std::nullopt;
    if (std::holds_alternative<Month>(from)) return Value(month);
    const Date date = std::get<Date>(from);
    const Date last = base::last_day(month);
    return Value(*Date::of(month.year(), month.month_of_year(),
                           std::min(date.day_of_month(), last.day_of_month())));
}

/// The most months in a row up to and including some month from `first` to `last` (ADR 1, 20).
std::int64_t longest_run(const MonthSet& set, const Month* first, const Month* last) {
    std::int64_t longest = 0, run = 0;
    const Month* before = nullptr;
    for (const Month& month : set) {
        run = before != nullptr && before->plus(1) == month ? run + 1 : 1;
        before = &month;
        if ((first == nullptr || *first <= month) && (last == nullptr || month <= *last))
            longest = std::max(longest, run);
    }
    return longest;
}

MonthSet combined(const std::string& name, const MonthSet& a, const MonthSet& b) {
    MonthSet result;
    if (name == "set_union")
        std::set_union(a.begin(), a.end(), b.begin(), b.end(), std::inserter(result, result.end()));
    else if (name == "set_minus")
        std::set_difference(a.begin(), a.end(), b.begin(), b.end(),
                            std::inserter(result, result.end()));
    else
        std::set_intersection(a.begin(), a.end(), b.begin(), b.end(),
                              std::inserter(result, result.end()));
    return result;
}

Calculated whole_number(double number) {
    if (!(std::fabs(number) < 9.2e18)) return std::nullopt;
    return Value(static_cast<std::int64_t>(number));
}

/// floor, ceil and round(x): integers.
Calculated to_integer(const std::string& name, const Value& v) {
    if (std::holds_alternative<std::int64_t>(v)) return v;
    if (const auto* number = std::get_if<double>(&v))
        return whole_number(name == "floor"  ? std::floor(*number)
                            : name == "ceil" ? std::ceil(*number)
                                             : std::round(*number));
    const Decimal exact = std::get<Decimal>(v);
    Decimal whole = base::round(exact, 0);
    if (name == "floor" && whole > exact) whole.units -= 1;
    if (name == "ceil" && whole < exact) whole.units += 1;
    if (whole.units > INT64_MAX || whole.units < INT64_MIN) return std::nullopt;
    return Value(static_cast<std::int64_t>(whole.units));
}

Calculated absolute(const Value& v, const Type& type) {
    if (const auto* whole = std::get_if<std::int64_t>(&v))
        return *whole < 0 ? calculated("-", Value(std::int64_t{0}), v, type) : Calculated(v);
    if (const auto* number = std::get_if<double>(&v)) return Value(std::fabs(*number));
    const Decimal exact = std::get<Decimal>(v);
    return Value(exact.units < 0 ? base::negate(exact) : exact);
}

/// The characters (code points) of a text, each as its bytes.
std::vector<std::string> letters(const std::string& text) {
    std::vector<std::string> result;
    for (const char byte : text) {
        if ((static_cast<unsigned char>(byte) & 0xC0) == 0x80 && !result.empty())
            result.back() += byte;
        else
            result.emplace_back(1, byte);
    }
    return result;
}

/// `count` characters from the `from`th on; from below 0 counts from the end, the last being -1.
std::string part_of(const std::string& text, std::int64_t from, std::int64_t count) {
    std::string result;
    const std::vector<std::string> all = letters(text);
    constexpr std::int64_t most = 1'000'000'000;
    from = std::clamp(from, -most, most);
    if (from < 0) from += static_cast<std::int64_t>(all.size()) + 1;
    for (std::int64_t i = 0; i < static_cast<std::int64_t>(all.size()); ++i)
        if (i + 1 >= from && i + 1 - from < count) result += all[static_cast<std::size_t>(i)];
    return result;
}

std::string lowered(std::string text) {
    for (char& byte : text)
        if (byte >= 'A' && byte <= 'Z') byte = static_cast<char>(byte - 'A' + 'a');
    return text;
}

std::string without_spaces(const std::string& text) {
    const std::size_t first = text.find_first_not_of(' ');
    return first == std::string::npos ? ""
                                      : text.substr(first, text.find_last_not_of(' ') - first + 1);
}

Value extreme(const std::string& name, const Values& v) {
    Value best = v[0];
    for (const Value& other : v)
        if (name == "greatest" ? compared(other, best) > 0 : compared(other, best) < 0)
            best = other;
    return best;
}

using Strict = std::function<Calculated(const Values&, const Type&, Date)>;

/// Functions that are NULL where an operand is.
const std::map<std::string, Strict>& strict_functions() {
    static const auto text = [](const Value& v) -> const std::string& {
        return std::get<std::string>(v);
    };
    static const auto whole = [](const Value& v) { return std::get<std::int64_t>(v); };
    static const auto set = [](const Value& v) -> const MonthSet& { return std::get<MonthSet>(v); };
    using V = const Values&;
    using T = const Type&;
    static const std::map<std::string, Strict> functions{
        {"like", [](V v, T, Date) { return Value(is_like(text(v[0]), text(v[1]))); }},
        {"not_like", [](V v, T, Date) { return Value(!is_like(text(v[0]), text(v[1]))); }},
        {"||", [](V v, T, Date) { return Value(text(v[0]) + text(v[1])); }},
        {"negate",
         [](V v, T type, Date) { return calculated("-", Value(std::int64_t{0}), v[0], type); }},
        {"age",
         [](V v, T, Date day) { return Value(std::int64_t{age_on(std::get<Date>(v[0]), day)}); }},
        {"month_of", [](V v, T, Date) { return Value(month_of(v[0])); }},
        {"month_end", [](V v, T, Date) { return Value(base::last_day(std::get<Month>(v[0]))); }},
        {"add_months", [](V v, T, Date) { return months_added(v[0], whole(v[1])); }},
        {"months_between",
         [](V v, T, Date) {
             return Value(std::int64_t{month_of(v[1]).index - month_of(v[0]).index});
         }},
        {"days_between",
         [](V v, T, Date) {
             return Value(std::int64_t{std::get<Date>(v[1]).days - std::get<Date>(v[0]).days});
         }},
        {"year_of",
         [](V v, T, Date) {
             if (const auto* term = std::get_if<base::Term>(&v[0]))
                 return Value(std::int64_t{term->year()});
             return Value(std::int64_t{month_of(v[0]).year()});
         }},
        {"term_of", [](V v, T, Date) { return Value(base::Term::of_month(month_of(v[0]))); }},
        {"date_of",
         [](V v, T, Date) {
             const bool possible = whole(v[0]) >= 1 && whole(v[0]) <= 9999 && whole(v[1]) >= 1 &&
                                   whole(v[1]) <= 12 && whole(v[2]) >= 1 && whole(v[2]) <= 31;
             if (!possible) return Value();
             const auto date =
                 Date::of(static_cast<int>(whole(v[0])), static_cast<int>(whole(v[1])),
                          static_cast<int>(whole(v[2])));
             return date ? Value(*date) : Value();
         }},
        {"count_months",
         [](V v, T, Date) { return Value(static_cast<std::int64_t>(set(v[0]).size())); }},
        {"longest_run",
         [](V v, T, Date) {
             const bool bounded = v.size() == 3;
             return Value(longest_run(set(v[0]), bounded ? &std::get<Month>(v[1]) : nullptr,
                                      bounded ? &std::get<Month>(v[2]) : nullptr));
         }},
        {"has_month",
         [](V v, T, Date) { return Value(set(v[0]).contains(std::get<Month>(v[1]))); }},
        {"set_union",
         [](V v, T, Date) { return Value(combined("set_union", set(v[0]), set(v[1]))); }},
        {"set_minus",
         [](V v, T, Date) { return Value(combined("set_minus", set(v[0]), set(v[1]))); }},
        {"set_intersect",
         [](V v, T, Date) { return Value(combined("set_intersect", set(v[0]), set(v[1]))); }},
        {"has", [](V v, T, Date) { return Value(std::get<CodeSet>(v[0]).contains(text(v[1]))); }},
        {"count_codes",
         [](V v, T, Date) {
             return Value(static_cast<std::int64_t>(std::get<CodeSet>(v[0]).size()));
         }},
        {"abs", [](V v, T type, Date) { return absolute(v[0], type); }},
        {"floor", [](V v, T, Date) { return to_integer("floor", v[0]); }},
        {"ceil", [](V v, T, Date) { return to_integer("ceil", v[0]); }},
        {"round",
         [](V v, T type, Date) {
             if (v.size() == 1) return to_integer("round", v[0]);
             return fitted(v[0], type);
         }},
        {"ratio", [](V v, T type, Date) { return fitted(v[0], type); }},
        {"greatest", [](V v, T, Date) { return extreme("greatest", v); }},
        {"least", [](V v, T, Date) { return extreme("least", v); }},
        {"length",
         [](V v, T, Date) { return Value(static_cast<std::int64_t>(letters(text(v[0])).size())); }},
        {"starts_with", [](V v, T, Date) { return Value(text(v[0]).starts_with(text(v[1]))); }},
        {"substr",
         [](V v, T, Date) {
             return Value(
                 part_of(text(v[0]), whole(v[1]), v.size() == 3 ? whole(v[2]) : INT32_MAX));
         }},
        {"lower", [](V v, T, Date) { return Value(lowered(text(v[0]))); }},
        {"trim", [](V v, T, Date) { return Value(without_spaces(text(v[0]))); }},
    };
    return functions;
}

bool is_comparison(const std::string& name) {
    return name == "=" || name == "<>" || name == "<" || name == "<=" || name == ">" ||
           name == ">=";
}
bool is_arithmetic(const std::string& name) {
    return name == "+" || name == "-" || name == "*" || name == "/" || name == "%";
}

}  // namespace

bool is_like(const std::string& text, const std::string& pattern) {
    const std::vector<std::string> t = letters(text), p = letters(pattern);
    // reach[j]: the text so far is like the first j signs of the pattern.
    std::vector<bool> reach(p.size() + 1, false);
    reach[0] = true;
    for (std::size_t j = 0; j < p.size() && p[j] == "%"; ++j) reach[j + 1] = true;
    for (const std::string& letter : t) {
        std::vector<bool> next(p.size() + 1, false);
        for (std::size_t j = 0; j < p.size(); ++j) {
            if (p[j] == "%")
                next[j + 1] = reach[j + 1] || next[j];
            else if (p[j] == "_" || p[j] == letter)
                next[j + 1] = reach[j];
        }
        reach = next;
    }
    return reach[p.size()];
}

Calculated called(const std::string& name, const Values& v, const Type& type, Date day) {
    if (name == "and") return std::accumulate(v.begin(), v.end(), Value(true), both);
    if (name == "or") return std::accumulate(v.begin(), v.end(), Value(false), either);
    if (name == "not") return negated(v[0]);
    if (name == "is_null") return Value(is_null(v[0]));
    if (name == "is_not_null") return Value(!is_null(v[0]));
    if (name == "in") return is_among(v);
    if (name == "not_in") return negated(is_among(v));
    if (is_comparison(name)) return ordered(name, v[0], v[1]);
    if (is_arithmetic(name)) return calculated(name, v[0], v[1], type);
    if (name == "nullif") return is_true(equal(v[0], v[1])) ? Value() : v[0];
    if (name == "coalesce") {
        for (const Value& value : v)
            if (!is_null(value)) return fitted(value, type);
        return Value();
    }
    for (const Value& value : v)
        if (is_null(value)) return Value();
    const auto function = strict_functions().find(name);
    ZS_INVARIANT(function != strict_functions().end(),
                 "every function that plan binds is known here");
    const Calculated result = function->second(v, type, day);
    return result ? fitted(*result, type) : result;
}

}  // namespace zs::plan
