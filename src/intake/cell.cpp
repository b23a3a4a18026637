#include "intake/cell.h"

#include <algorithm>
#include <cctype>
#include <utility>

#include "base/identity.h"
#include "base/text.h"
#include "intake/id_text.h"
#include "sheet/mark.h"

namespace zs::intake {

using plan::Kind;

namespace {

bool digit(char letter) { return letter >= '0' && letter <= '9'; }

std::string written_plain(const std::string& text, bool stored) {
    if (!stored || text.find_first_of("eE.") == std::string::npos) return text;
    const auto number = read_number(text, true);
    if (!number) return text;
    const base::Decimal whole = base::round(*number, 0);
    return base::compare(whole, *number) == 0 ? base::text(whole) : text;
}

/// `12.0`, as programs write whole numbers that were floats, without its zeros.
std::string without_zeros(const std::string& text) {
    const std::size_t point = text.find('.');
    if (point == std::string::npos || point == 0 || point + 1 == text.size() ||
        text.find_first_not_of('0', point + 1) != std::string::npos ||
        text.find_first_not_of("0123456789") != point)
        return text;
    return text.substr(0, point);
}

/// The unit of money at an amount's end, which is taken off: 4 for 万元; nothing where there is
/// none.
std::optional<int> unit_of(std::string& amount) {
    constexpr std::pair<std::string_view, int> units[] = {
        {"亿元", 8}, {"万元", 4}, {"千元", 3}, {"百元", 2}, {"元", 0}};
    for (const auto& [unit, power] : units)
        if (amount.size() > unit.size() && amount.ends_with(unit)) {
            amount = base::trim(amount.substr(0, amount.size() - unit.size()));
            return power;
        }
    return std::nullopt;
}

/// What Excel writes into a CSV file where a formula has failed.
bool is_error_value(const std::string& text) {
    if (!text.starts_with('#')) return false;
    static const std::vector<std::string> values{"#N/A",   "#REF!", "#VALUE!", "#NAME?", "#DIV/0!",
                                                 "#NULL!", "#NUM!", "#SPILL!", "#CALC!"};
    return std::find(values.begin(), values.end(), text) != values.end();
}

/// Blanks other than the plain space: in a key nobody sees the difference.
bool has_odd_blank(const std::string& text) {
    for (const char* blank : {"\u00A0", "\u2002", "\u2003", "\u2009", "\u202F", "\u205F"})
        if (text.find(blank) != std::string::npos) return true;
    return false;
}

/// A glance: letters that cannot be seen begin with one of these pairs of bytes.
bool may_hold_invisible(const std::string& text) {
    for (std::size_t i = 0; i + 1 < text.size(); ++i) {
        const auto byte = static_cast<unsigned char>(text[i]);
        if (byte < 0xC2) continue;
        const auto next = static_cast<unsigned char>(text[i + 1]);
        if ((byte == 0xE2 && (next == 0x80 || next == 0x81)) ||
            (byte == 0xEF && (next == 0xBB || next == 0xB8)) || (byte == 0xC2 && next == 0xAD) ||
            (byte == 0xE1 && next == 0xA0) || (byte == 0xD8 && next == 0x9C))
            return true;
    }
    return false;
}

/// An apostrophe that keeps Excel from reading a number or a formula is no part of the text.
std::string without_apostrophe(const std::string& text) {
    for (const char* mark : {"'", "\u2018", "\u2019", "\uFF07"})
        if (text.starts_with(mark) && text.size() > std::string(mark).size())
            return text.substr(std::string(mark).size());
    return text;
}

/// The number with the 15 digits that a spreadsheet shows of it.
base::Decimal as_shown(const base::Decimal& number) {
    constexpr int digits_shown = 15;
    int digits = 0;
    for (base::Wide units = number.units; units != 0; units /= 10) ++digits;
    const int places = digits_shown - digits + number.scale;
    return places < 0 || places >= number.scale ? number : base::round(number, places);
}

base::Said lost_digits() {
    return base::said("号码被Excel改成了科学计数，末几位已丢失；请把这一列设为“文本”后重新填写",
                      "Excel turned the number into scientific notation and lost its last digits; "
                      "format the column as text and enter it again");
}

/// Full-width figures, letters and signs (１２，Ａ) as plain ones; Chinese stays.
std::string narrowed(const std::string& text) {
    if (text.find("\xEF\xBC") == std::string::npos && text.find("\xEF\xBD") == std::string::npos)
        return text;
    std::string plain;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const auto byte = [&](std::size_t at) {
            return at < text.size() ? static_cast<unsigned char>(text[at]) : 0U;
        };
        const bool full_width = byte(i) == 0xEF && (byte(i + 1) == 0xBC ||
                                                    (byte(i + 1) == 0xBD && byte(i + 2) <= 0x9E));
        if (!full_width) {
            plain += text[i];
            continue;
        }
        // U+FF01 to U+FF5E stand for U+0021 to U+007E.
        plain += static_cast<char>((byte(i + 1) - 0xBC) * 64 + byte(i + 2) - 0x80 + 0x20);
        i += 2;
    }
    return plain;
}

}  // namespace

std::optional<bool> read_boolean(std::string_view text) {
    const std::string word = upper(std::string(text));
    if (word == "TRUE" || word == "1" || word == "是" || word == "YES") return true;
    if (word == "FALSE" || word == "0" || word == "否" || word == "NO") return false;
    return std::nullopt;
}

std::optional<base::Decimal> read_number(std::string_view text, bool stored) {
    std::string plain;
    int exponent = 0;
    if (const auto e = text.find_first_of("eE"); stored && e != std::string_view::npos) {
        const std::string power(text.substr(e + 1));
        if (power.empty() || power.size() > 4 ||
            power.find_first_not_of("+-0123456789") != std::string::npos)
            return std::nullopt;
        exponent = std::atoi(power.c_str());
        text = text.substr(0, e);
    }
    const bool grouped = text.find(',') != std::string_view::npos;
    std::size_t since_comma = 0;
    bool comma = false, point = false;
    for (const char letter : text) {
        if (letter == ',') {
            if (point || (comma && since_comma != 3) || plain.empty()) return std::nullopt;
            comma = true;
            since_comma = 0;
            continue;
        }
        if (letter == '.') {
            if (comma && since_comma != 3) return std::nullopt;
            point = true;
        }
        if (digit(letter) && !point) ++since_comma;
        plain += letter;
    }
    if (grouped && !point && since_comma != 3) return std::nullopt;
    if (!plain.empty() && plain[0] == '+') plain.erase(0, 1);
    auto number = base::parse_decimal(plain);
    if (!number || exponent == 0) return number;
    if (exponent > 30 || exponent < -30) return std::nullopt;
    for (; exponent < 0; ++exponent) ++number->scale;
    for (; exponent > 0; --exponent) {
        if (number->scale > 0)
            --number->scale;
        else if (const auto more = base::multiply(*number, {10, 0}))
            number = more;
        else
            return std::nullopt;
    }
    if (number->scale > 38) return std::nullopt;
    return number;
}

bool has_lost_digits(std::string_view text, bool stored) {
    std::size_t digits = 0;
    for (const char letter : text) digits += digit(letter) ? 1 : 0;
    // As a spreadsheet writes it, in a text cell with its plus: `2024E12` is somebody's number.
    if (const auto e = text.find_first_of("eE"); e != std::string_view::npos && e > 0 &&
                                                 digits >= 3 &&
                                                 (stored || text.substr(e + 1).starts_with('+'))) {
        const auto number = read_number(text, true);
        return number && number->scale == 0 && base::text(*number).size() > 15;
    }
    return stored && digits > 15;
}

std::optional<std::string> read_key(std::string_view text, bool stored) {
    constexpr std::size_t digits_kept = 15;
    const std::string written(text);
    const auto e = written.find_first_of("eE");
    const bool figures_only = written.find_first_not_of("0123456789.eE+") == std::string::npos;
    if (e != std::string::npos && e > 0 && figures_only) {
        const std::string mantissa = written.substr(0, e), power = written.substr(e + 1);
        const std::size_t point = mantissa.find('.');
        // `2024E12` in a text is somebody's number: a spreadsheet writes a point or a plus.
        if (!stored && point == std::string::npos && !power.starts_with('+')) return written;
        const auto number = read_number(written, true);
        if (!number) return written;
        const std::size_t places = point == std::string::npos ? 0 : mantissa.size() - point - 1;
        const base::Decimal whole = base::round(*number, 0);
        const std::string plain = base::text(whole);
        if (base::compare(whole, *number) != 0 || plain.size() > digits_kept ||
            plain.size() > places + 1)
            return std::nullopt;
        return plain;
    }
    const std::string plain = without_zeros(written);
    const bool is_number = plain.find_first_not_of("0123456789") == std::string::npos;
    if ((stored || plain != written) && is_number && plain.size() > digits_kept)
        return std::nullopt;
    return stored ? plain : written;
}

std::string without_invisible(const std::string& text, bool joiners) {
    if (!may_hold_invisible(text)) return text;
    static const std::vector<std::string> always{
        "\u200B", "\u200E", "\u200F", "\u202A", "\u202B", "\u202C", "\u202D",
        "\u202E", "\u2060", "\u2061", "\u2062", "\u2063", "\u2064", "\u2066",
        "\u2067", "\u2068", "\u2069", "\uFEFF", "\u00AD", "\u180E", "\u061C"};
    static const std::vector<std::string> joining{"\u200C", "\u200D", "\uFE0E", "\uFE0F"};
    std::string plain = text;
    const auto drop = [&](const std::vector<std::string>& letters) {
        for (const std::string& letter : letters)
            for (std::size_t at = plain.find(letter); at != std::string::npos;
                 at = plain.find(letter, at))
                plain.erase(at, letter.size());
    };
    drop(always);
    if (joiners) drop(joining);
    return plain;
}

CellReader::CellReader(const plan::Field& field, Context context)
    : field_(field), context_(std::move(context)) {
    if (const plan::CodeList* list = context_.model.code_list(field.type.of);
        list != nullptr && (field.type.kind == Kind::code || field.type.kind == Kind::codes)) {
        // What is said first counts: a code before any title, a title before any also.
        for (const plan::Code& code : list->codes) codes_.emplace(code.code, code.code);
        for (const plan::Code& code : list->codes) codes_.emplace(code.title, code.code);
        for (const plan::Code& code : list->codes)
            for (const std::string& also : code.also) codes_.emplace(also, code.code);
    }
    const auto& key = context_.ledger.key;
    in_key_ = std::find(key.begin(), key.end(), field.name) != key.end();
    if (field.type.kind != Kind::key) return;
    level_key_ = context_.model.level_index(field.type.of).has_value();
    const plan::Grain* grain = context_.model.grain(field.type.of);
    const plan::Ledger* registry = grain == nullptr || grain->form != plan::Grain::Form::registry
                                       ? nullptr
                                       : context_.model.ledger(grain->ledger);
    if (registry == nullptr) return;
    for (const plan::Field& of : registry->fields)
        by_number_ = by_number_ || of.written_type == "id_number";
}

CellResult CellReader::against(const std::string& code, const base::Said& say) const {
    return {.value = {},
            .reason = Reason{code, field_.name, told(context_.model, field_, say)},
            .masked = false,
            .identity = {},
            .by_number = false,
            .stored_key = false};
}

CellResult CellReader::read(const sheet::Cell& cell) const {
    if (cell.kind == sheet::Cell::Kind::empty) return {};
    const bool free_text = field_.written_type == "name" || field_.written_type == "text";
    std::string text(base::trim(without_invisible(cell.text, !free_text)));
    if (text.empty()) return {};
    if (cell.kind == sheet::Cell::Kind::error || is_error_value(text))
        return against("type",
                       cell.text == "="
                           ? base::said("单元格的公式没有算出值，请用Excel打开后保存再交",
                                        "the cell's formula has no computed value; open the file "
                                        "in Excel, save it and send it again")
                           : base::said("单元格是Excel的错误值，请改正公式",
                                        "the cell is an Excel error value; correct its formula"));
    if (text.find('\0') != std::string::npos)
        return against("type", base::said("含有空字符，请重新导出",
                                          "contains a NUL character; export the file again"));
    if (cell.kind == sheet::Cell::Kind::text) {
        text = base::trim(sheet::without_mark(text));
        if (!free_text) text = base::trim(without_apostrophe(text));
        if (text.empty()) return {};
    }
    return read_written(cell, text);
}

CellResult CellReader::read_written(const sheet::Cell& cell, const std::string& text) const {
    const bool stored = cell.kind == sheet::Cell::Kind::number;
    // A format of zeros says what the number is where it names something: 000017.
    const std::string named = cell.shown.empty() ? text : cell.shown;
    const bool stored_as_is = stored && cell.shown.empty();
    if (field_.is_identity()) {
        if (field_.written_type == "name")
            return identity(written_plain(named, stored_as_is), stored_as_is);
        return identity(narrowed(named), stored_as_is);
    }
    switch (field_.type.kind) {
        case Kind::boolean:
            return truth(text);
        case Kind::integer:
        case Kind::decimal:
            return number(narrowed(field_.written_type == "money" ? named : text), stored);
        case Kind::date:
        case Kind::month:
        case Kind::term:
            return time(narrowed(written_plain(text, stored)), stored);
        case Kind::code:
            return one_code(written_plain(named, stored_as_is));
        case Kind::codes:
            return code_set(written_plain(named, stored_as_is));
        case Kind::key:
            return key(cell, narrowed(named));
        default:
            return text_of(cell, named);
    }
}

CellResult CellReader::truth(const std::string& text) const {
    const auto known = read_boolean(without_zeros(narrowed(text)));
    if (!known) return against("type", base::said("应填“是”或“否”", "must be yes or no"));
    CellResult result;
    result.value = *known;
    return result;
}

CellResult CellReader::number(const std::string& text, bool stored) const {
    std::string written = text;
    if (field_.written_type == "year" && written.ends_with("年"))
        written.resize(written.size() - std::string("年").size());
    int power = context_.power;
    // Its number format says so.
    if (stored && field_.written_type == "money")
        if (const auto own = unit_of(written)) power = *own;
    auto found = read_number(written, stored);
    if (found && power > 0) {
        base::Decimal factor{1, 0};
        for (int i = 0; i < power; ++i) factor.units *= 10;
        found = base::multiply(stored ? as_shown(*found) : *found, factor);
    }
    if (!found)
        return against("type", base::said("应填数字，请核对单位和多余的文字",
                                          "must be a number; check the unit and stray text"));
    // Zeros at the end are no more digits: 12.500 is 12.50.
    const int scale = field_.type.kind == Kind::integer ? 0 : field_.type.scale;
    base::Decimal value = base::round(*found, scale);
    if (base::compare(value, *found) != 0) {
        // Spreadsheets store 1234.56 as 1234.5599999999999: what they show is the number.
        const bool noise =
            stored && ((found->scale >= 10 && base::compare(base::round(*found, 9), value) == 0) ||
                       base::compare(as_shown(*found), value) == 0);
        if (!noise)
            return against(
                "scale", scale == 0
                             ? base::said("应填整数", "must be a whole number")
                             : base::said("最多{}位小数", "too many decimals; {} at most", scale));
    }
    base::Wide limit = 1;
    for (int i = 0; i < field_.type.precision; ++i) limit *= 10;
    if (field_.type.kind == Kind::integer) limit = base::Wide{1} << 63;
    if (value.units >= limit || value.units <= -limit)
        return against("type", base::said("数字过大，请核对", "the number is too large; check it"));
    if (field_.written_type == "year" && !is_year(static_cast<std::int64_t>(value.units)))
        return against("type", base::said("应填四位的年份，如 2024",
                                          "must be a year of four digits, such as 2024"));
    if (field_.min && value < *field_.min)
        return against("min", base::said("小于{}，请核对单位", "less than {}; check the unit",
                                         base::text(*field_.min)));
    if (field_.max && value > *field_.max)
        return against("max", base::said("大于{}，请核对单位", "more than {}; check the unit",
                                         base::text(*field_.max)));
    CellResult result;
    if (field_.type.kind == Kind::integer)
        result.value = static_cast<std::int64_t>(value.units);
    else
        result.value = value;
    return result;
}

CellResult CellReader::time(const std::string& text, bool stored) const {
    CellResult result;
    if (field_.type.kind == Kind::date) {
        const auto date = read_date(without_zeros(text), context_.zone);
        if (!date)
            return against("date", base::said("应填日期，如 2024-09-01",
                                              "must be a date, such as 2024-09-01"));
        result.value = *date;
    } else if (field_.type.kind == Kind::month) {
        // A stored 2024.1 may have been typed as 2024.10: nobody knows which month it is.
        const std::string plain = without_zeros(text);
        if (stored && plain.find('.') != std::string::npos)
            return against("month",
                           base::said("月份被存成了数字，请写成 2024-09",
                                      "the month is stored as a number; write it as 2024-09"));
        auto month = read_month(plain);
        if (const auto date = read_date(plain, context_.zone); !month && date)
            month = date->month();
        if (!month)
            return against("month",
                           base::said("应填月份，如 2024-09", "must be a month, such as 2024-09"));
        result.value = *month;
    } else {
        const auto term = read_term(text);
        if (!term)
            return against(
                "type",
                base::said("应填学期，如 2024s（春）或 2024a（秋）",
                           "must be a school term, such as 2024s (spring) or 2024a (autumn)"));
        result.value = *term;
    }
    return result;
}

std::optional<std::string> CellReader::code_of(const std::string& label) const {
    if (const auto mapped = context_.code_labels.find(label); mapped != context_.code_labels.end())
        return mapped->second;
    if (const auto known = codes_.find(label); known != codes_.end()) return known->second;
    const std::string plain = without_zeros(label);
    return plain == label ? std::nullopt : code_of(plain);
}

CellResult CellReader::one_code(const std::string& text) const {
    const auto code = code_of(text);
    if (!code)
        return against("code", base::said("不是这一栏的选项，请从选项中选",
                                          "not one of this column's choices; choose one of them"));
    CellResult result;
    result.value = *code;
    return result;
}

CellResult CellReader::code_set(const std::string& text) const {
    std::string joined = text;
    for (const char* mark : {"；", "、", "，", ",", ";"})
        for (std::size_t at = joined.find(mark); at != std::string::npos;
             at = joined.find(mark, at + 1))
            joined.replace(at, std::string(mark).size(), "\n");
    plan::CodeSet set;
    for (const std::string& label : base::split(joined, '\n')) {
        const std::string trimmed(base::trim(label));
        if (trimmed.empty()) continue;
        const auto code = code_of(trimmed);
        if (!code)
            return against(
                "code",
                base::said(
                    "其中有不是这一栏的选项，请从选项中选",
                    "holds something that is not one of this column's choices; choose from them"));
        set.insert(*code);
    }
    CellResult result;
    result.value = set;
    return result;
}

/// What is wrong with a key that a program took for a number or a date; nothing where it is sound.
std::optional<CellResult> CellReader::spoilt_key(const sheet::Cell& cell,
                                                 const std::string& text) const {
    const bool stored = cell.kind == sheet::Cell::Kind::number && cell.shown.empty();
    if (cell.kind == sheet::Cell::Kind::date ||
        (field_.type.kind == Kind::key && is_date_of_key(text)))
        return against(
            "key",
            base::said(
                "编号被当成日期改写了；请把这一列设为“文本”后重新填写",
                "the key was turned into a date; format the column as text and enter it again"));
    if (cell.kind == sheet::Cell::Kind::boolean)
        return against("key", base::said("编号被当成真假值改写了；请把这一列设为“文本”后重新填写",
                                         "the key was turned into true or false; format the column "
                                         "as text and enter it again"));
    if (!read_key(text, stored))
        // Of 18 figures it was an ID number.
        return against(by_number_ && has_lost_digits(text, stored) ? "id_number" : "key",
                       lost_digits());
    const bool controls = std::any_of(text.begin(), text.end(), [](char letter) {
        return static_cast<unsigned char>(letter) < 0x20 || letter == 0x7F;
    });
    if (controls || has_odd_blank(text))
        return against("key", base::said("编号中间有换行、空格一类看不见的字符，请重新填写",
                                         "the key contains line breaks, unusual spaces or other "
                                         "invisible characters; enter it again"));
    return std::nullopt;
}

CellResult CellReader::division(const std::string& text, bool stored) const {
    const auto code = read_key(narrowed(text), stored);
    if (!code)
        return against(
            "division",
            base::said("代码被Excel改成了科学计数，末几位已丢失；请把这一列设为“文本”后重新填写",
                       "Excel turned the code into scientific notation and lost its last digits; "
                       "format the column as text and enter it again"));
    CellResult result;
    for (const std::string& known : {*code, without_zeros(*code)})
        if (context_.divisions.contains(known)) {
            result.value = known;
            return result;
        }
    return against("division", base::said("没有这个行政区划代码", "no division has this code"));
}

CellResult CellReader::key(const sheet::Cell& cell, const std::string& text) const {
    const bool stored = cell.kind == sheet::Cell::Kind::number && cell.shown.empty();
    if (level_key_) return division(text, stored);
    if (auto spoilt = spoilt_key(cell, text)) return std::move(*spoilt);
    CellResult result;
    result.stored_key = stored;
    const std::string written = read_key(text, stored).value();
    const std::string number = upper(written);
    if (by_number_ && base::is_id_number(number)) {
        result.value = guard::person_key(context_.keys, number);
        result.by_number = true;
        result.identity = number;
        return result;
    }
    const bool like_number = written.size() == 18 && written.find_first_not_of("0123456789") >= 17;
    if (by_number_ && like_number)
        return against("id_number",
                       base::said("身份证号校验位不对，请核对",
                                  "the check digit of the ID number is wrong; check the number"));
    if (by_number_ && is_disability_number(number))
        return against("id_number", disability_number());
    const std::string plain = tokenised(written, context_.keys);
    result.value = plain;
    result.masked = plain != written;
    return result;
}

CellResult CellReader::identity(const std::string& text, bool stored) const {
    CellResult result;
    result.identity = text;
    if (field_.written_type == "name") return result;
    const bool id_number = field_.written_type == "id_number";
    const auto figures = read_key(text, stored);
    if (!figures || has_lost_digits(text, stored))
        return against(id_number ? "id_number" : "type", lost_digits());
    std::string plain;
    for (const char letter : upper(without_zeros(*figures)))
        if (letter != ' ' && letter != '-') plain += letter;
    if (id_number && !base::is_id_number(plain)) return against("id_number", wrong_number(plain));
    const bool only_figures = plain.find_first_not_of("+0123456789") == std::string::npos &&
                              plain.size() >= 5 && plain.size() <= 30;
    if (!id_number && !only_figures)
        return against("type", base::said("应填号码，只有数字", "must be a number, digits only"));
    result.identity = plain;
    result.value = guard::token(context_.keys, field_.written_type, plain);
    return result;
}

CellResult CellReader::text_of(const sheet::Cell& cell, const std::string& text) const {
    CellResult result;
    const bool stored = cell.kind == sheet::Cell::Kind::number && cell.shown.empty();
    if (field_.type.kind == Kind::division) return division(text, stored);
    std::string written = written_plain(text, stored);
    if (in_key_ && field_.written_type == "text") {
        if (auto spoilt = spoilt_key(cell, narrowed(text))) return std::move(*spoilt);
        written = read_key(text, stored).value_or(written);
        result.stored_key = stored;
    }
    if (field_.written_type == "org_code") {
        if (!base::is_org_code(upper(narrowed(written))))
            return against("type", base::said("不是正确的统一社会信用代码",
                                              "not a correct unified social credit code"));
        result.value = upper(narrowed(written));
        return result;
    }
    const std::string masked = base::mask_id_numbers(written);
    result.masked = masked != written;
    result.value = masked;
    return result;
}

}  // namespace zs::intake
