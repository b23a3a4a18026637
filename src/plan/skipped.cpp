#include <algorithm>
#include <set>

#include <fmt/format.h>

#include "plan/builder.h"

namespace zs::plan {

namespace {

bool skips_null(const std::string& aggregate) {
    static const std::set<std::string> names{"sum",    "avg",      "min",   "max",
                                             "median", "quantile", "stddev"};
    return names.contains(aggregate);
}

bool is_own_field(const Expression& e) {
    return e.node == Expression::Node::field && e.scope == Scope::row && e.path.empty();
}

void add_fields(const ExpressionPtr& e, std::set<std::string>& names) {
    if (!e) return;
    visit(*e, [&](const Expression& part) {
        if (is_own_field(part)) names.insert(part.name);
    });
}

bool may_be_empty(const Ledger& ledger, const std::string& name) {
    const Field* field = ledger.field(name);
    const bool is_key =
        std::find(ledger.key.begin(), ledger.key.end(), name) != ledger.key.end();
    return field != nullptr && !field->required && !field->built_in && !is_key &&
           name != ledger.grain && name != ledger.period_field();
}

/// A field by which the argument can be NULL, that nothing has asked about; nothing if there is
/// none.
const Expression* open_field(const Expression& e, const Ledger& ledger,
                             const std::set<std::string>& asked_about) {
    if (is_own_field(e))
        return may_be_empty(ledger, e.name) && !asked_about.contains(e.name) ? &e : nullptr;
    if (e.node != Expression::Node::call || e.name == "case" || e.name.starts_with("is_"))
        return nullptr;
    if (e.name == "coalesce") return open_field(*e.operands.back(), ledger, asked_about);
    for (const ExpressionPtr& operand : e.operands)
        if (const Expression* found = open_field(*operand, ledger, asked_about)) return found;
    return nullptr;
}

}  // namespace

/// Plain aggregates pass over rows in which their argument is NULL (PACK.md 4): said where a field
/// of the row may be empty, and neither `where`, `filter` nor `coalesce` deals with it.
void Builder::warn_skipped_rows() {
    for (const Feature& feature : model.features) {
        const Grain* grain = model.grain(feature.from);
        const Ledger* ledger = feature.from_grain && grain ? model.ledger(grain->ledger)
                                                           : model.ledger(feature.from);
        if (feature.from.empty() || ledger == nullptr || !feature.value) continue;
        visit(*feature.value, [&](const Expression& e) {
            if (e.node != Expression::Node::aggregate || !skips_null(e.name)) return;
            std::set<std::string> asked_about;
            add_fields(feature.where, asked_about);
            add_fields(e.filter, asked_about);
            const Expression* field = open_field(*e.operands[0], *ledger, asked_about);
            if (field == nullptr) return;
            report.warning(
                "skips-null", field->place, field->length,
                fmt::format("'{}' passes over rows in which '{}' is empty", e.name, field->name),
                fmt::format("say so with {0} is not null, count it with coalesce({0}, …), or make "
                            "the field required",
                            field->name));
        });
    }
}

}  // namespace zs::plan
