#include "interpret/evaluation.h"

namespace zs::interpret {

using plan::Expression;
using plan::Feature;
using plan::is_null;
using plan::Value;

/// True once the known part reaches the bound; else as it is, where all was delivered.
Value Evaluation::reached(const Expression& e, const Context& context) {
    Context as_is = context, known = context;
    as_is.known = false;
    known.known = true;
    const Value bound = value(*e.operands[1], as_is);
    const auto reaches = [&](const Context& taken) -> Value {
        const Value x = value(*e.operands[0], taken);
        if (is_null(x) || is_null(bound)) return {};
        return compared(x, bound) >= 0;
    };
    const Value already = reaches(known);
    if (!is_null(already) && std::get<bool>(already)) return already;
    return all_delivered(*e.operands[0], as_is) ? reaches(as_is) : Value();
}

bool Evaluation::all_delivered(const Expression& e, const Context& context) {
    bool all = true;
    plan::visit(e, [&](const Expression& part) {
        if (part.node != Expression::Node::feature || part.known || !all) return;
        const auto thing = follow(part.path, start(part, context));
        if (!thing) return;
        const Feature& read = *model_.feature(part.grain, part.name);
        // What is read at no month is NULL, whatever was delivered.
        const auto window = window_of(part, read, *thing, context);
        if (window) all = is_all_delivered(read, part.code.value_or(""), *thing, *window);
    });
    return all;
}

/// Of what stands outside the aggregates of a value.
bool Evaluation::outside_delivered(const Expression& e, const Context& context) {
    if (e.node == Expression::Node::aggregate) return true;
    if (e.node == Expression::Node::feature) return all_delivered(e, context);
    bool all = true;
    for (const plan::ExpressionPtr& operand : e.operands)
        all = all && outside_delivered(*operand, context);
    return all;
}

/// Of what a feature reads at one of its rows or peers, counted or not.
bool Evaluation::row_delivered(const Feature& feature, const Context& row) {
    bool all = !feature.where || all_delivered(*feature.where, row);
    plan::visit(*feature.value, [&](const Expression& part) {
        if (part.node == Expression::Node::aggregate) all = all && all_delivered(part, row);
    });
    return all;
}

/// Of a feature over rows or peers: its own rows, and all that those rows read.
bool Evaluation::is_all_delivered(const Feature& feature, const std::string& code,
                                  const Thing& found_at, const Seen& seen) {
    const Thing subject = as_of_run(found_at);
    const Context own{
        .row = &subject, .subject = &subject, .row_window = seen, .subject_window = seen};
    if (feature.from.empty() && feature.peers.empty()) return all_delivered(*feature.value, own);
    if (!outside_delivered(*feature.value, own)) return false;
    if (feature.from.empty()) {
        for (const plan::ExpressionPtr& column : feature.peers)
            if (!all_delivered(*column, own)) return false;
        for (const Context& peer : sharing(feature, subject, seen))
            if (!row_delivered(feature, peer)) return false;
        return true;
    }
    if (!own_delivered(feature, subject, seen)) return false;
    for (const Thing& thing : landed(feature, seen, subject)) {
        if (!feature.by_code.empty() && plan::text(field_at(thing, feature.by_code)) != code)
            continue;
        if (!row_delivered(feature, at_row(thing, subject, seen))) return false;
    }
    return true;
}

}  // namespace zs::interpret
