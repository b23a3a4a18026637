#include "sheet/mark.h"

#include <string_view>

namespace zs::sheet {

namespace {

/// After any apostrophes the text begins as a formula does; signs alone have nothing to compute.
bool begins_as_formula(std::string_view text) {
    const std::size_t at = text.find_first_not_of('\'');
    return at != std::string_view::npos &&
           std::string_view("=+-@\t\r").find(text[at]) != std::string_view::npos &&
           text.find_first_not_of("=+-@", at) != std::string_view::npos;
}

/// A sign, digits, thousands commas, one point, an exponent.
bool is_number(std::string_view text) {
    if (text.starts_with('+') || text.starts_with('-')) text.remove_prefix(1);
    bool digits = false, point = false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char letter = text[i];
        if (letter >= '0' && letter <= '9') {
            digits = true;
        } else if (letter == '.' && !point) {
            point = true;
        } else if ((letter == 'e' || letter == 'E') && digits) {
            std::string_view power = text.substr(i + 1);
            if (power.starts_with('+') || power.starts_with('-')) power.remove_prefix(1);
            return !power.empty() &&
                   power.find_first_not_of("0123456789") == std::string_view::npos;
        } else if (letter != ',' || !digits || point) {
            return false;
        }
    }
    return digits;
}

}  // namespace

std::string with_mark(const std::string& text) {
    return begins_as_formula(text) && !is_number(text) ? "'" + text : text;
}

std::string without_mark(const std::string& text) {
    return text.starts_with('\'') && begins_as_formula(text) ? text.substr(1) : text;
}

}  // namespace zs::sheet
