#include "interpret/thing.h"

namespace zs::interpret {

std::string key_text(const std::vector<plan::Value>& key) {
    std::string text;
    for (std::size_t i = 0; i < key.size(); ++i) text += (i == 0 ? "" : "/") + plan::text(key[i]);
    return text;
}

std::string key_identity(const std::vector<plan::Value>& key) {
    std::string text;
    for (const plan::Value& part : key) text += plan::text(part) + '\x1f';
    return text;
}

plan::Value field_of(const plan::Ledger& ledger, const plan::Row& row, const std::string& field) {
    const auto index = ledger.index_of(field);
    return index && *index < row.size() ? row[*index] : plan::Value();
}

}  // namespace zs::interpret
