#include <algorithm>
#include <initializer_list>

#include <fmt/format.h>

#include "plan/builder.h"

namespace zs::plan {

namespace {

bool is_one_of(std::string_view name, std::initializer_list<std::string_view> names) {
    return std::find(names.begin(), names.end(), name) != names.end();
}

/// Whether an aggregate may be written so: how many arguments, `distinct`, `*` (PACK.md 4).
/// `spans`: whether its rows last from one month to another.
bool is_written_well(const Syntax& s, bool spans) {
    const std::string& name = s.parts[0].text;
    if (s.star) return name == "count" && s.operands.empty() && !s.distinct;
    if (s.distinct && name != "count" && name != "sum") return false;
    const std::size_t given = s.operands.size();
    if (name == "quantile") return given == 2;
    if (name == "month_set") return given == 1 || (given == 0 && spans);
    if (name == "fingerprint" || (name == "count" && s.distinct)) return given >= 1 && given <= 50;
    return given == 1;
}

/// The type of an aggregate over well-typed arguments; `argument` is its first, or NULL.
Type aggregate_type(const std::string& name, const Expression* argument) {
    if (is_one_of(name, {"count", "count_if"})) return integer_type();
    if (is_one_of(name, {"any_of", "all_of"})) return boolean_type();
    if (is_one_of(name, {"avg", "stddev", "peer_rank"})) return floating_type();
    if (name == "fingerprint") return text_type();
    if (name == "month_set") return month_set_type();
    if (name == "gini") return decimal_type(18, 6);
    const Type& type = argument->type;
    if (name != "sum" || type.kind != Kind::decimal || type.money) return type;
    Type wide = decimal_type(38, type.scale);
    wide.unit = type.unit;
    return wide;
}

bool is_share(const Expression& e) {
    if (e.node != Expression::Node::literal) return false;
    if (const auto* fraction = std::get_if<base::Decimal>(&e.value))
        return !(*fraction < base::Decimal{0, 0}) && !(*fraction > base::Decimal{1, 0});
    const auto* whole = std::get_if<std::int64_t>(&e.value);
    return whole != nullptr && *whole >= 0 && *whole <= 1;
}

}  // namespace

bool Builder::may_aggregate(const Syntax& s, const Names& names) {
    const std::string& name = s.parts[0].text;
    std::string fault;
    if (!names.aggregates)
        fault = fmt::format(
            "'{}' aggregates rows; here there are none: state it as a feature with 'from'", name);
    else if (names.inside_aggregate)
        fault = fmt::format("'{}' stands inside another aggregate", name);
    else if (name == "gini" && !names.indicator)
        fault = "'gini' is for indicators only";
    else if (name == "peer_rank" && !names.peers)
        fault = "'peer_rank' is for features with 'peers' only";
    if (fault.empty()) return true;
    report.error("aggregate", place(s), length(s), fault);
    failed_ = true;
    return false;
}

bool Builder::aggregates_well(const Expression& made) {
    const std::string& name = made.name;
    if (name != "count")
        for (const ExpressionPtr& argument : made.operands)
            if (argument->type.kind == Kind::token) {
                report.error("identity", argument->place, argument->length,
                             "an identity token can be compared for equality and counted "
                             "distinct, nothing else");
                failed_ = true;
                return false;
            }
    if (made.operands.empty()) return true;
    const ExpressionPtr& argument = made.operands[0];
    const Kind kind = argument->type.kind;
    if (is_one_of(name, {"sum", "avg", "stddev", "gini"}) && kind == Kind::floating) {
        report.error("double-sum", argument->place, argument->length,
                     fmt::format("'{}' over a quotient is not exact", name),
                     "make it exact first: ratio(x)");
        failed_ = true;
        return false;
    }
    if (is_one_of(name, {"sum", "avg", "stddev", "peer_rank", "gini"}) &&
        !is_number(argument->type)) {
        clash_at(*argument, fmt::format("'{}' takes numbers, not {}", name, text(argument->type)));
        return false;
    }
    if (is_one_of(name, {"any_of", "all_of", "count_if"}))
        return expect(argument, boolean_type(), fmt::format("what '{}' is given", name).c_str());
    if (name == "month_set" && kind != Kind::month && kind != Kind::date) {
        clash_at(*argument,
                 fmt::format("'month_set' is given a month, this is {}", text(argument->type)));
        return false;
    }
    if (name == "quantile" && !is_share(*made.operands[1])) {
        clash_at(*made.operands[1], "the share of a quantile is a figure from 0 to 1");
        return false;
    }
    if (is_one_of(name, {"median", "quantile", "min", "max"}) &&
        (kind == Kind::codes || kind == Kind::month_set || kind == Kind::boolean)) {
        clash_at(*argument, fmt::format("{} has no order: '{}' cannot choose among them",
                                        text(argument->type), name));
        return false;
    }
    return true;
}

ExpressionPtr Builder::bind_aggregate(const Syntax& s, const Names& names) {
    const std::string& name = s.parts[0].text;
    if (!may_aggregate(s, names)) return nullptr;
    if (!s.indexes.empty()) {
        clash(s, fmt::format("nothing in brackets follows '{}'", name));
        return nullptr;
    }
    Names inner = names;
    inner.inside_aggregate = true;
    auto made = std::make_shared<Expression>();
    made->node = Expression::Node::aggregate;
    made->name = name;
    made->place = place(s);
    made->length = length(s);
    made->distinct = s.distinct;
    bool good = true;
    for (const Syntax& operand : s.operands) {
        made->operands.push_back(bind(operand, inner));
        good = good && made->operands.back();
    }
    if (!s.filter.empty()) {
        made->filter = bind(s.filter[0], inner);
        good = made->filter && expect(made->filter, boolean_type(), "a filter") && good;
    }
    if (!good) return nullptr;
    if (!is_written_well(s, names.ledger != nullptr && names.ledger->period == Period::span)) {
        clash(s, fmt::format("'{}' is not given what it takes", name));
        return nullptr;
    }
    if (!aggregates_well(*made)) return nullptr;
    made->type = aggregate_type(name, made->operands.empty() ? nullptr : made->operands[0].get());
    return made;
}

}  // namespace zs::plan
