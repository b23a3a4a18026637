#include <fmt/format.h>

#include "compile/compiler.h"

namespace zs::compile {

using plan::Expression;
using plan::Feature;
using Node_ = plan::Expression::Node;

/// True once the known part reaches the bound; else as it is, where all was delivered.
Sql Compiler::reached(const Expression& e, const Context& context) {
    Context as_is = context, known = context;
    as_is.known = false;
    known.known = true;
    const Sql part = expression(*e.operands[0], known), whole = expression(*e.operands[0], as_is),
              bound = expression(*e.operands[1], as_is),
              came = all_delivered(*e.operands[0], as_is);
    Expression compared = e;
    compared.name = ">=";
    const auto reaches = [&](const Sql& x) {
        return call_text(compared, {x.text, bound.text}, context.owner);
    };
    Sql result;
    result.add(part);
    result.add(bound);
    if (came.text.empty()) {
        result.text = reaches(part);
        return result;
    }
    result.add(whole);
    result.needs.add(came.needs);
    result.text = fmt::format("case when {} then true when {} then {} end", reaches(part),
                              came.text, reaches(whole));
    return result;
}

/// Whether something that the feature reads, itself or by others, may be undelivered.
bool Compiler::may_lack_delivery(const Feature& feature) {
    if (const auto found = may_lack_.find(&feature); found != may_lack_.end()) return found->second;
    bool may = feature.judged != Feature::Judged::never;
    const auto look = [&](const plan::ExpressionPtr& part) {
        if (part)
            plan::visit(*part, [&](const Expression& e) {
                may = may || (e.node == Node_::feature && !e.known &&
                              may_lack_delivery(*model_.feature(e.grain, e.name)));
            });
    };
    look(feature.where);
    look(feature.value);
    for (const plan::ExpressionPtr& column_shared : feature.peers) look(column_shared);
    return may_lack_[&feature] = may;
}

/// A boolean, never NULL: all that the features of an expression read was delivered. Empty text:
/// always.
Sql Compiler::all_delivered(const Expression& e, const Context& context) {
    Sql result;
    plan::visit(e, [&](const Expression& part) {
        if (part.node != Node_::feature || part.known ||
            !may_lack_delivery(*model_.feature(part.grain, part.name)))
            return;
        const Sql came = feature_read(part, context, Facet::delivered);
        result.needs.add(came.needs);
        // Where the way leads to nobody there is nothing to deliver.
        result.text +=
            fmt::format("{}coalesce({}, true)", result.text.empty() ? "" : " and ", came.text);
    });
    return result;
}

/// Of what stands outside the aggregates of a value.
Sql Compiler::outside_delivered(const Expression& e, const Context& context) {
    if (e.node == Node_::aggregate) return {};
    if (e.node == Node_::feature) return all_delivered(e, context);
    Sql result;
    for (const plan::ExpressionPtr& operand : e.operands) {
        const Sql part = outside_delivered(*operand, context);
        result.needs.add(part.needs);
        if (!part.text.empty()) result.text += (result.text.empty() ? "" : " and ") + part.text;
    }
    return result;
}

/// A condition over a row or peer: something that its `where`, or an aggregate's argument or
/// filter, reads there was not delivered. Empty: never.
std::string Compiler::row_undelivered(const Feature& feature, const Context& row, Needs& needs) {
    std::string all;
    const auto look = [&](const Expression& part) {
        const Sql came = all_delivered(part, row);
        needs.add(came.needs);
        if (!came.text.empty()) all += (all.empty() ? "" : " and ") + came.text;
    };
    if (feature.where) look(*feature.where);
    plan::visit(*feature.value, [&](const Expression& part) {
        if (part.node == Node_::aggregate) look(part);
    });
    return all.empty() ? "" : "not (" + all + ")";
}

}  // namespace zs::compile
