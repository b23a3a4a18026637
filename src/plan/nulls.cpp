#include "plan/nulls.h"

#include <algorithm>
#include <initializer_list>
#include <string_view>

#include <fmt/format.h>

namespace zs::plan {

namespace {

using Node = Expression::Node;
using Known = Nulls::Known;

bool is_one_of(std::string_view name, std::initializer_list<std::string_view> names) {
    return std::find(names.begin(), names.end(), name) != names.end();
}

/// The text that stands for a column, the same wherever it is read the same way.
std::string column_text(const Expression& e) {
    std::string path;
    for (const Hop& hop : e.path) path += hop.field + ">" + hop.grain + ".";
    std::string window = e.window ? text(*e.window) : "";
    if (e.at_month)
        visit(*e.at_month, [&](const Expression& part) {
            window += fmt::format(" {}{}({})", part.name, text(part.value), part.operands.size());
        });
    return fmt::format("{} {}{}{} {} {}", static_cast<int>(e.scope), path, e.name,
                       e.known ? ".known" : "", e.code.value_or(""), window);
}

/// Whether the month at which a window is read may be none, or after the run's.
bool may_be_no_month(const Expression& e) {
    if (!e.at_month) return false;
    if (e.at_month->node == Node::run) return false;
    if (e.at_month->name != "add_months") return true;
    const ExpressionPtr& from = e.at_month->operands[0];
    const auto* count = std::get_if<std::int64_t>(&e.at_month->operands[1]->value);
    return from->node != Node::run || count == nullptr || *count > 0;
}

/// The columns that are not NULL where the value of `e` is not.
Known strict_columns(const Expression& e) {
    if (is_one_of(e.name, {"coalesce", "case", "greatest", "least"}) && e.node == Node::call)
        return {};
    if (e.node == Node::field || e.node == Node::feature || e.node == Node::outcome)
        return {column_text(e)};
    Known columns;
    if (e.node == Node::call || e.node == Node::attribute)
        for (const ExpressionPtr& operand : e.operands) columns.merge(strict_columns(*operand));
    return columns;
}

Known both(Known a, const Known& b) {
    std::erase_if(a, [&](const std::string& column) { return !b.contains(column); });
    return a;
}

Known known_when(const Expression& e, bool truth) {
    if (e.node != Node::call) return strict_columns(e);
    if (e.name == "not") return known_when(*e.operands[0], !truth);
    if (e.name == (truth ? "is_not_null" : "is_null")) return strict_columns(*e.operands[0]);
    if (e.name == "is_null" || e.name == "is_not_null") return {};
    if (e.name == "and" || e.name == "or") {
        Known left = known_when(*e.operands[0], truth), right = known_when(*e.operands[1], truth);
        if ((e.name == "and") != truth) return both(std::move(left), right);
        left.merge(right);
        return left;
    }
    if (e.name == "in" || e.name == "not_in") return strict_columns(*e.operands[0]);
    return strict_columns(e);
}

bool is_zero(const Expression& e) {
    if (e.node != Node::literal) return true;
    if (const auto* whole = std::get_if<std::int64_t>(&e.value)) return *whole == 0;
    if (const auto* number = std::get_if<base::Decimal>(&e.value)) return number->units == 0;
    return true;
}

bool is_kept(const Ledger* ledger, const std::string& name) {
    const Field* field = ledger != nullptr ? ledger->field(name) : nullptr;
    return field == nullptr || field->required || (field->built_in && name != "ended");
}

}  // namespace

bool Nulls::in_field(const Expression& e, const Feature& at) const {
    const std::string start = e.scope == Scope::subject || at.from.empty() ? at.grain : at.from;
    const auto ledger_of = [&](const std::string& name) {
        const Grain* grain = model_.grain(name);
        if (grain == nullptr) return model_.ledger(name);
        const bool has_rows =
            (grain->form == Grain::Form::registry || grain->form == Grain::Form::rows) &&
            !grain->every;
        return has_rows ? model_.ledger(grain->ledger) : nullptr;
    };
    const Ledger* ledger = ledger_of(start);
    for (const Hop& hop : e.path) {
        if (hop.kind != Hop::Kind::key) return false;
        if (!is_kept(ledger, hop.field)) return true;
        ledger = ledger_of(hop.grain);
    }
    return !is_kept(ledger, e.name);
}

bool Nulls::in_feature(const Feature& feature) {
    if (const auto found = features_.find(&feature); found != features_.end()) return found->second;
    features_[&feature] = false;
    const bool found = !feature.peers.empty() || feature.judged != Feature::Judged::never ||
                       (feature.value && possible(*feature.value, feature, {}));
    return features_[&feature] = found;
}

bool Nulls::in_case(const Expression& e, const Feature& at, Known known) {
    for (std::size_t i = 0; i + 1 < e.operands.size(); i += 2) {
        if (possible(*e.operands[i], at, known)) return true;
        Known here = known;
        here.merge(known_when(*e.operands[i], true));
        if (possible(*e.operands[i + 1], at, here)) return true;
        known.merge(known_when(*e.operands[i], false));
    }
    return possible(*e.operands.back(), at, known);
}

bool Nulls::in_call(const Expression& e, const Feature& at, const Known& known) {
    if (e.name == "is_null" || e.name == "is_not_null") return false;
    if (e.name == "nullif") return true;
    if (e.name == "case") return in_case(e, at, known);
    const auto possible_here = [&](const ExpressionPtr& part) {
        return possible(*part, at, known);
    };
    if (e.name == "coalesce")
        return std::all_of(e.operands.begin(), e.operands.end(), possible_here);
    if ((e.name == "/" || e.name == "%") && is_zero(*e.operands[1])) return true;
    return std::any_of(e.operands.begin(), e.operands.end(), possible_here);
}

/// Over no rows at all only counts, sums and sets are there.
bool Nulls::in_aggregate(const Expression& e, const Feature& at) {
    if (e.name == "count") return false;
    if (!is_one_of(e.name, {"sum", "any_of", "all_of", "count_if", "month_set"})) return true;
    return std::any_of(e.operands.begin(), e.operands.end(), [&](const ExpressionPtr& argument) {
        return in_argument(at, e, *argument);
    });
}

bool Nulls::possible(const Expression& e, const Feature& at, const Known& known) {
    switch (e.node) {
        case Node::literal:
            return is_null(e.value);
        case Node::field:
            return !known.contains(column_text(e)) && in_field(e, at);
        case Node::feature: {
            const Feature* read = model_.feature(e.grain, e.name);
            if (known.contains(column_text(e)) || read == nullptr) return false;
            if (may_be_no_month(e)) return true;
            // What was delivered of rows has a value, unless they or what they read have none.
            if (!e.known || read->from.empty()) return in_feature(*read);
            return read->value && possible(*read->value, *read, {});
        }
        case Node::attribute: {
            const CodeList* list = model_.code_list(e.operands[0]->type.of);
            const bool everywhere =
                list == nullptr ||
                std::all_of(list->codes.begin(), list->codes.end(),
                            [&](const Code& code) { return code.attributes.contains(e.name); });
            return !everywhere || possible(*e.operands[0], at, known);
        }
        case Node::outcome:
            return !known.contains(column_text(e));
        case Node::parameter: {
            const Parameter* parameter = model_.parameter(e.name);
            return (parameter != nullptr && parameter->optional) ||
                   (e.key && possible(*e.key, at, known)) ||
                   (e.step && possible(*e.step, at, known));
        }
        case Node::call:
            return in_call(e, at, known);
        case Node::aggregate:
            return in_aggregate(e, at);
        default:
            return false;
    }
}

bool Nulls::in_argument(const Feature& feature, const Expression& aggregate,
                        const Expression& argument) {
    Known known;
    if (feature.where) known.merge(known_when(*feature.where, true));
    if (aggregate.filter) known.merge(known_when(*aggregate.filter, true));
    return possible(argument, feature, known);
}

}  // namespace zs::plan
