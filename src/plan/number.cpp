#include "plan/number.h"

#include <cmath>

namespace zs::plan {

using base::Decimal;

namespace {

base::Wide power_of_ten(int exponent) {
    base::Wide power = 1;
    for (int i = 0; i < exponent; ++i) power *= 10;
    return power;
}

std::optional<Decimal> at_scale(const Decimal& number, int scale) {
    if (scale <= number.scale) return base::round(number, scale);
    if (scale - number.scale > 38)
        return number.units == 0 ? std::optional(Decimal{0, scale}) : std::nullopt;
    const auto scaled = base::multiply(number, Decimal{power_of_ten(scale - number.scale), 0});
    return scaled ? std::optional(Decimal{scaled->units, scale}) : std::nullopt;
}

Calculated integers(const std::string& sign, std::int64_t a, std::int64_t b) {
    std::int64_t result = 0;
    if (sign == "+")
        return __builtin_add_overflow(a, b, &result) ? Calculated() : Calculated(Value(result));
    if (sign == "-")
        return __builtin_sub_overflow(a, b, &result) ? Calculated() : Calculated(Value(result));
    if (sign == "*")
        return __builtin_mul_overflow(a, b, &result) ? Calculated() : Calculated(Value(result));
    if (b == 0) return Value();
    return Value(b == -1 ? std::int64_t{0} : a % b);
}

Calculated decimals(const std::string& sign, const Decimal& a, const Decimal& b) {
    std::optional<Decimal> result;
    if (sign == "+") result = base::add(a, b);
    if (sign == "-") result = base::subtract(a, b);
    if (sign == "*") result = base::multiply(a, b);
    if (sign == "%") {
        if (b.units == 0) return Value();
        const int scale = std::max(a.scale, b.scale);
        const auto left = at_scale(a, scale), right = at_scale(b, scale);
        if (left && right) result = Decimal{left->units % right->units, scale};
    }
    return result ? Calculated(Value(*result)) : Calculated();
}

Calculated doubles(const std::string& sign, double a, double b) {
    if (sign == "+") return Value(a + b);
    if (sign == "-") return Value(a - b);
    if (sign == "*") return Value(a * b);
    if (b == 0) return Value();
    return Value(sign == "/" ? a / b : std::fmod(a, b));
}

}  // namespace

bool has_digits(const Decimal& number, int digits) {
    const base::Wide limit = power_of_ten(std::min(digits, 38));
    return number.units < limit && number.units > -limit;
}

std::optional<base::Date> day_at(std::int64_t days) {
    static const std::int64_t first = base::Date::of(1, 1, 1)->days,
                              last = base::Date::of(9999, 12, 31)->days;
    if (days < first || days > last) return std::nullopt;
    return base::Date{static_cast<std::int32_t>(days)};
}

double as_double(const Value& number) {
    if (const auto* whole = std::get_if<std::int64_t>(&number)) return static_cast<double>(*whole);
    if (const auto* exact = std::get_if<Decimal>(&number)) return base::to_double(*exact);
    return std::get<double>(number);
}

std::optional<Decimal> rounded_double(double number, int scale) {
    const double scaled = std::round(number * static_cast<double>(power_of_ten(scale)));
    if (!(std::fabs(scaled) < 1e37)) return std::nullopt;
    return Decimal{static_cast<base::Wide>(scaled), scale};
}

std::optional<Decimal> as_decimal(const Value& number) {
    if (const auto* whole = std::get_if<std::int64_t>(&number)) return Decimal{*whole, 0};
    if (const auto* exact = std::get_if<Decimal>(&number)) return *exact;
    return rounded_double(std::get<double>(number), 6);
}

Calculated fitted(const Value& value, const Type& type) {
    if (is_null(value)) return value;
    if (type.kind == Kind::floating) return Value(as_double(value));
    if (type.kind == Kind::integer) {
        const auto* exact = std::get_if<Decimal>(&value);
        if (exact == nullptr) return value;
        const Decimal whole = base::round(*exact, 0);
        if (whole.units > INT64_MAX || whole.units < INT64_MIN) return std::nullopt;
        return Value(static_cast<std::int64_t>(whole.units));
    }
    if (type.kind != Kind::decimal) return value;
    std::optional<Decimal> number = std::holds_alternative<double>(value)
                                        ? rounded_double(std::get<double>(value), type.scale)
                                        : as_decimal(value);
    if (number) number = at_scale(*number, type.scale);
    if (!number || !has_digits(*number, type.precision)) return std::nullopt;
    return Value(*number);
}

Calculated calculated(const std::string& sign, const Value& a, const Value& b, const Type& type) {
    if (is_null(a) || is_null(b)) return Value();
    if (const auto* date = std::get_if<base::Date>(&a)) {
        std::int64_t days = 0;
        const std::int64_t from = date->days, count = std::get<std::int64_t>(b);
        const bool lost = sign == "-" ? __builtin_sub_overflow(from, count, &days)
                                      : __builtin_add_overflow(from, count, &days);
        const auto day = lost ? std::nullopt : day_at(days);
        return day ? Calculated(Value(*day)) : std::nullopt;
    }
    const bool any_double = std::holds_alternative<double>(a) || std::holds_alternative<double>(b);
    Calculated result;
    if (sign == "/" || any_double)
        result = doubles(sign, as_double(a), as_double(b));
    else if (std::holds_alternative<std::int64_t>(a) && std::holds_alternative<std::int64_t>(b))
        result = integers(sign, std::get<std::int64_t>(a), std::get<std::int64_t>(b));
    else
        result = decimals(sign, *as_decimal(a), *as_decimal(b));
    return result ? fitted(*result, type) : result;
}

std::partial_ordering compared(const Value& a, const Value& b) {
    const auto is_number = [](const Value& v) {
        return std::holds_alternative<std::int64_t>(v) || std::holds_alternative<Decimal>(v) ||
               std::holds_alternative<double>(v);
    };
    if (is_number(a) && is_number(b)) {
        if (std::holds_alternative<double>(a) || std::holds_alternative<double>(b))
            return as_double(a) <=> as_double(b);
        return base::compare(*as_decimal(a), *as_decimal(b));
    }
    if (const auto* left = std::get_if<std::string>(&a))
        return left->compare(std::get<std::string>(b)) <=> 0;
    if (a < b) return std::partial_ordering::less;
    if (b < a) return std::partial_ordering::greater;
    return std::partial_ordering::equivalent;
}

}  // namespace zs::plan
