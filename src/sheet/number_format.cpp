#include "sheet/number_format.h"

#include <algorithm>

namespace zs::sheet {

namespace {

constexpr char slot = '\x01';

/// The first section of a format's code, its text apart from its signs.
struct Section {
    std::string pattern;  ///< text as it is, `0` as a slot
    std::string text;     ///< what stands in quotes or behind a backslash
    std::string signs;    ///< all other signs
};

Section section_of(const std::string& code) {
    Section section;
    bool quoted = false;
    for (std::size_t i = 0; i < code.size(); ++i) {
        const char sign = code[i];
        const auto text = [&](char letter) {
            section.text += letter;
            section.pattern += letter;
        };
        if (sign == '"') {
            quoted = !quoted;
        } else if (quoted) {
            text(sign);
        } else if ((sign == '\\' || sign == '!') && i + 1 < code.size()) {
            text(code[++i]);
        } else if ((sign == '_' || sign == '*') && i + 1 < code.size()) {
            ++i;
        } else if (sign == '[') {
            i = std::min(code.find(']', i), code.size());
        } else if (sign == ';') {
            break;
        } else if (static_cast<unsigned char>(sign) >= 0x80 || sign == '-' || sign == ' ') {
            text(sign);
        } else {
            section.signs += sign;
            section.pattern += sign == '0' ? slot : sign;
        }
    }
    return section;
}

bool is_date_code(const std::string& code, const Section& section) {
    if (section.signs.find_first_of("yYdD") != std::string::npos && section.signs != "Standard")
        return true;
    return code.find("年") != std::string::npos && code.find("月") != std::string::npos;
}

/// The unit of money that stands behind a number as it is stored; a comma behind the last digit
/// would show it divided.
std::string money_unit(const Section& section) {
    const std::size_t last = section.signs.find_last_of("0#?");
    if (last == std::string::npos || section.signs.find(',', last) != std::string::npos) return {};
    for (const char* unit : {"亿元", "万元", "千元", "百元"})
        if (section.text.find(unit) != std::string::npos) return unit;
    if (section.text == "万") return "万元";
    return section.text == "元" ? "元" : "";
}

}  // namespace

NumberFormat::NumberFormat(const std::string& code) {
    const Section section = section_of(code);
    date_ = is_date_code(code, section);
    if (date_) return;
    unit_ = money_unit(section);
    const auto slots = std::count(section.pattern.begin(), section.pattern.end(), slot);
    const bool only_digits = section.signs.find_first_not_of('0') == std::string::npos;
    if (unit_.empty() && only_digits && slots > 0 && (slots > 1 || !section.text.empty()))
        pattern_ = section.pattern;
    constexpr const char* general = "General";
    if (section.signs == general && !section.text.empty()) {
        pattern_ = section.pattern;
        pattern_.replace(pattern_.find(general), std::string(general).size(), 1, slot);
    }
}

NumberFormat NumberFormat::built_in(int id) {
    NumberFormat format;
    format.date_ =
        (id >= 14 && id <= 17) || id == 22 || (id >= 27 && id <= 36) || (id >= 50 && id <= 58);
    return format;
}

std::string NumberFormat::shown(const std::string& digits) const {
    if (!unit_.empty()) return digits + unit_;
    if (pattern_.empty() || digits.find_first_not_of("0123456789") != std::string::npos) return {};
    std::string left = digits, back;
    const std::size_t first = pattern_.find(slot);
    for (std::size_t i = pattern_.size(); i-- > 0;) {
        if (pattern_[i] != slot) {
            back += pattern_[i];
            continue;
        }
        back += left.empty() ? '0' : left.back();
        if (!left.empty()) left.pop_back();
        if (i == first) back.append(left.rbegin(), left.rend());
    }
    return {back.rbegin(), back.rend()};
}

}  // namespace zs::sheet
