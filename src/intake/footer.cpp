#include "intake/footer.h"

#include <algorithm>
#include <array>
#include <string>
#include <string_view>

#include "base/text.h"

namespace zs::intake {

namespace {

constexpr std::array totals{"合计", "总计",  "小计",     "共计",      "总合计",
                            "累计", "total", "subtotal", "grandtotal"};
/// Words before a colon of who answers for a table, and when.
constexpr std::array signatures{
    "填表人",     "填报人",   "制表人",   "制表",     "制单",     "审核人",   "审核",
    "复核人",     "复核",     "审批人",   "负责人",   "经办人",   "统计人",   "填表",
    "填报",       "联系人",   "联系电话", "填表单位", "填报单位", "制表单位", "报送单位",
    "单位负责人", "主管领导", "分管领导", "填表日期", "填报日期", "制表日期", "报送日期",
    "填报时间",   "填表时间", "制表时间", "填表说明", "填报说明", "单位盖章", "盖章",
    "签字",       "签名",     "签章",     "说明",     "备注",     "注",       "附注",
    "单位",       "金额单位"};

/// Without what only sets a word apart: 合 计, 合计：.
std::string compared(const std::string& text) { return compared_header(text); }

bool is_total(std::string text) {
    // 小计:1人, 合计3户
    for (const std::string_view word : totals)
        if (text.starts_with(word) && text.size() > word.size() &&
            (text[word.size()] == ':' || (text[word.size()] >= '0' && text[word.size()] <= '9')))
            return true;
    while (text.ends_with(":")) text.pop_back();
    if (const std::size_t bracket = text.find('('); bracket != std::string::npos && bracket > 0)
        text.resize(bracket);
    return std::find(totals.begin(), totals.end(), text) != totals.end();
}

/// 甲村小计, 本页合计: a total of something.
bool ends_as_total(const std::string& text) {
    constexpr std::size_t characters_max = 16;
    if (base::characters(text) > characters_max) return false;
    return std::any_of(totals.begin(), totals.begin() + 4,
                       [&](std::string_view word) { return text.ends_with(word); });
}

bool is_signature(const std::string& text) {
    const std::size_t colon = text.find(':');
    if (colon == std::string::npos) return text == "(盖章)" || text == "(公章)";
    std::string word = text.substr(0, colon);
    if (const std::size_t bracket = word.find('('); bracket != std::string::npos && bracket > 0)
        word.resize(bracket);
    constexpr std::size_t characters_max = 10, whole_word = 2;
    if (base::characters(word) > characters_max ||
        word.find_first_of("0123456789") != std::string::npos)
        return false;
    // 负责人签字, 单位负责人, 填表人签名
    return std::any_of(signatures.begin(), signatures.end(), [&](const std::string signature) {
        const bool long_enough = base::characters(signature) > whole_word;
        return word == signature ||
               (long_enough && (word.starts_with(signature) || word.ends_with(signature)));
    });
}

/// A glance: what has none of these letters is neither a total nor a signature.
bool may_be_one(std::string_view text) {
    for (const std::string_view letters : {"计", ":", "：", "章", "otal", "OTAL"})
        if (text.find(letters) != std::string_view::npos) return true;
    return false;
}

/// The row says whose it is: a cell of the ledger's key holds something else than such a text.
bool has_key(const sheet::RawRow& row, const Header& header, const plan::Ledger& ledger) {
    for (std::size_t i = 0; i < row.cells.size() && i < header.fields.size(); ++i) {
        if (!header.fields[i]) continue;
        const plan::Field& field = ledger.fields[*header.fields[i]];
        const bool in_key =
            std::find(ledger.key.begin(), ledger.key.end(), field.name) != ledger.key.end();
        if (!in_key || field.name == ledger.period_field() || field.name == "division") continue;
        const std::string text = compared(row.cells[i].text);
        if (!text.empty() && !is_total(text) && !ends_as_total(text) && !is_signature(text))
            return true;
    }
    return false;
}

/// The field of a column has such a code: what looks like a total is one of its labels.
bool is_free(const Header& header, const plan::Ledger& ledger, std::size_t column) {
    if (column >= header.fields.size() || !header.fields[column]) return false;
    const plan::Field& field = ledger.fields[*header.fields[column]];
    const bool in_key =
        std::find(ledger.key.begin(), ledger.key.end(), field.name) != ledger.key.end();
    return field.type.kind == plan::Kind::code || field.type.kind == plan::Kind::codes ||
           (field.type.kind == plan::Kind::text && !in_key);
}

}  // namespace

bool is_total_or_signature(const sheet::RawRow& row, const Header& header,
                           const plan::Ledger& ledger) {
    constexpr std::string_view control_z = "\x1A";
    bool first = true;
    for (std::size_t i = 0; i < row.cells.size(); ++i) {
        const std::string_view trimmed = base::trim(row.cells[i].text);
        if (trimmed.empty() || row.cells[i].merged == sheet::Cell::Merged::from_left) continue;
        if (trimmed == control_z) return first;
        constexpr std::size_t bytes_max = 400;
        if (row.cells[i].kind != sheet::Cell::Kind::text || trimmed.size() > bytes_max) {
            first = false;
            continue;
        }
        if (!may_be_one(trimmed)) {
            first = false;
            continue;
        }
        const std::string text = compared(std::string(trimmed));
        if (is_total(text) && (first || !is_free(header, ledger, i))) return true;
        if (first && (ends_as_total(text) || is_signature(text)) && !has_key(row, header, ledger))
            return true;
        first = false;
    }
    return false;
}

}  // namespace zs::intake
