#include "ask/left_out.h"

#include <algorithm>
#include <set>

namespace zs::ask {

namespace {

using Node = plan::Expression::Node;

/// The row's own fields that a condition reads; nothing where it reads more, of which any may be
/// what is not known.
std::vector<std::string> fields_of(const plan::Feature& feature, const plan::Ledger* ledger) {
    std::set<std::string> fields;
    bool reads_more = ledger == nullptr;
    plan::visit(*feature.where, [&](const plan::Expression& e) {
        if (e.node == Node::field && e.scope == plan::Scope::row && e.path.empty()) {
            const plan::Field* field = ledger == nullptr ? nullptr : ledger->field(e.name);
            if (field != nullptr && !field->required && !field->built_in) fields.insert(e.name);
        } else if (e.node != Node::literal && e.node != Node::call && e.node != Node::run &&
                   e.node != Node::attribute && e.node != Node::parameter) {
            reads_more = true;
        }
    });
    if (reads_more) return {};
    return {fields.begin(), fields.end()};
}

/// The fields of a coarser grain's key that a row may lack.
std::vector<std::string> key_fields(const plan::Model& model, const plan::Grain& grain) {
    const plan::Ledger* ledger = model.ledger(grain.ledger);
    std::vector<std::string> fields;
    for (const std::string& key : grain.key) {
        const plan::Field* field = ledger == nullptr ? nullptr : ledger->field(key);
        if (field != nullptr && !field->required && !field->built_in) fields.push_back(key);
    }
    return fields;
}

}  // namespace

std::vector<LeftOut> left_out(const plan::Model& model,
                              const std::map<std::string, std::int64_t>& by_name) {
    std::map<std::pair<std::string, std::vector<std::string>>, std::int64_t> most;
    for (const auto& [name, rows] : by_name) {
        const std::size_t dot = name.find('.');
        if (const plan::Grain* grain = dot == std::string::npos ? model.grain(name) : nullptr) {
            std::int64_t& kept = most[{grain->ledger, key_fields(model, *grain)}];
            kept = std::max(kept, rows);
            continue;
        }
        const plan::Feature* feature = model.feature(name.substr(0, dot), name.substr(dot + 1));
        if (feature == nullptr || !feature->where) continue;
        std::int64_t& kept = most[{
            feature->from,
            fields_of(*feature, feature->from_grain ? nullptr : model.ledger(feature->from))}];
        kept = std::max(kept, rows);
    }
    std::vector<LeftOut> all;
    for (const auto& [key, rows] : most) all.push_back({key.first, key.second, rows});
    std::stable_sort(all.begin(), all.end(),
                     [](const LeftOut& a, const LeftOut& b) { return a.rows > b.rows; });
    return all;
}

}  // namespace zs::ask
