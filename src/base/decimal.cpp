#include "base/decimal.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdlib>

#include <fmt/format.h>

namespace zs::base {

namespace {

constexpr int digits_max = 38;

Wide power_of_ten(int exponent) {
    Wide power = 1;
    for (int i = 0; i < exponent; ++i) power *= 10;
    return power;
}

bool fits(Wide units) {
    const Wide limit = power_of_ten(digits_max);
    return units < limit && units > -limit;
}

std::optional<Wide> scaled(const Decimal& a, int scale) {
    Wide units = 0;
    if (scale - a.scale > digits_max) return a.units == 0 ? std::optional<Wide>(0) : std::nullopt;
    if (__builtin_mul_overflow(a.units, power_of_ten(scale - a.scale), &units)) return std::nullopt;
    return units;
}

std::optional<Decimal> checked(Wide units, int scale) {
    if (!fits(units)) return std::nullopt;
    return Decimal{units, scale};
}

std::string digits_of(Wide magnitude) {
    std::string digits;
    do {
        digits += static_cast<char>('0' + static_cast<int>(magnitude % 10));
        magnitude /= 10;
    } while (magnitude != 0);
    std::reverse(digits.begin(), digits.end());
    return digits;
}

}  // namespace

std::strong_ordering compare(const Decimal& a, const Decimal& b) {
    const int scale = std::max(a.scale, b.scale);
    const auto left = scaled(a, scale), right = scaled(b, scale);
    if (left && right) return *left <=> *right;
    // What does not fit at the common scale is the larger in magnitude.
    if (!left) return a.units <=> Wide{0};
    return Wide{0} <=> b.units;
}

std::optional<Decimal> add(const Decimal& a, const Decimal& b) {
    const int scale = std::max(a.scale, b.scale);
    const auto left = scaled(a, scale), right = scaled(b, scale);
    Wide units = 0;
    if (!left || !right || __builtin_add_overflow(*left, *right, &units)) return std::nullopt;
    return checked(units, scale);
}

std::optional<Decimal> subtract(const Decimal& a, const Decimal& b) { return add(a, negate(b)); }

std::optional<Decimal> multiply(const Decimal& a, const Decimal& b) {
    Wide units = 0;
    if (__builtin_mul_overflow(a.units, b.units, &units)) return std::nullopt;
    return checked(units, a.scale + b.scale);
}

Decimal negate(const Decimal& a) { return {-a.units, a.scale}; }

Decimal round(const Decimal& a, int scale) {
    if (scale >= a.scale) {
        const auto units = scaled(a, scale);
        return units ? Decimal{*units, scale} : a;
    }
    if (a.scale - scale > digits_max) return {0, scale};
    const Wide divisor = power_of_ten(a.scale - scale);
    Wide quotient = a.units / divisor;
    const Wide rest = a.units % divisor;
    const Wide magnitude = rest < 0 ? -rest : rest;
    if (magnitude >= divisor - magnitude) quotient += a.units < 0 ? -1 : 1;
    return {quotient, scale};
}

double to_double(const Decimal& a) {
    const std::string written = text(a);
    return std::strtod(written.c_str(), nullptr);
}

std::string text(const Decimal& a) {
    const bool negative = a.units < 0;
    std::string digits = digits_of(negative ? -a.units : a.units);
    if (a.scale > 0) {
        const auto scale = static_cast<std::size_t>(a.scale);
        if (digits.size() <= scale) digits.insert(0, scale + 1 - digits.size(), '0');
        digits.insert(digits.size() - scale, 1, '.');
    }
    return (negative ? "-" : "") + digits;
}

std::optional<Decimal> parse_decimal(std::string_view text) {
    Decimal result;
    bool negative = false, point = false, any = false;
    if (!text.empty() && (text[0] == '-' || text[0] == '+')) {
        negative = text[0] == '-';
        text.remove_prefix(1);
    }
    for (const char letter : text) {
        if (letter == '.' && !point) {
            point = true;
            continue;
        }
        if (letter < '0' || letter > '9') return std::nullopt;
        any = true;
        if (__builtin_mul_overflow(result.units, Wide{10}, &result.units)) return std::nullopt;
        result.units += letter - '0';
        if (!fits(result.units)) return std::nullopt;
        if (point) ++result.scale;
    }
    if (!any) return std::nullopt;
    if (negative) result.units = -result.units;
    return result;
}

std::string text(double value) {
    if (std::isnan(value)) return "nan";
    if (std::isinf(value)) return value > 0 ? "inf" : "-inf";
    if (value == 0) return "0";
    const double magnitude = std::fabs(value);
    char buffer[64];
    const bool plain = magnitude >= 1e-6 && magnitude < 1e15;
    const auto end =
        plain ? std::to_chars(buffer, buffer + sizeof buffer, value, std::chars_format::fixed)
              : std::to_chars(buffer, buffer + sizeof buffer, value);
    return std::string(buffer, end.ptr);
}

}  // namespace zs::base
