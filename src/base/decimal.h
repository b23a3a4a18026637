#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace zs::base {

__extension__ typedef __int128 Wide;

/// An exact decimal: units × 10^−scale, up to 38 digits. Money is a Decimal of scale 2, in yuan.
struct Decimal {
    Wide units = 0;
    int scale = 0;
};

/// Equal value, whatever the scale: 1.50 equals 1.5.
std::strong_ordering compare(const Decimal& a, const Decimal& b);
inline bool operator==(const Decimal& a, const Decimal& b) { return compare(a, b) == 0; }
inline std::strong_ordering operator<=>(const Decimal& a, const Decimal& b) {
    return compare(a, b);
}

/// Exact arithmetic; nothing where the result has more than 38 digits.
std::optional<Decimal> add(const Decimal& a, const Decimal& b);
std::optional<Decimal> subtract(const Decimal& a, const Decimal& b);
std::optional<Decimal> multiply(const Decimal& a, const Decimal& b);
Decimal negate(const Decimal& a);

/// `a` at `scale` digits after the point, half away from zero.
Decimal round(const Decimal& a, int scale);

/// The nearest double.
double to_double(const Decimal& a);

/// `-12.50`: all digits of its scale.
std::string text(const Decimal& a);

/// Digits, one point, a sign; nothing where the text is none. The scale is the digits written.
std::optional<Decimal> parse_decimal(std::string_view text);

/// The shortest text that reads back as the same double; `12` for 12.0, never exponents between
/// 1e-6 and 1e15.
std::string text(double value);

}  // namespace zs::base
