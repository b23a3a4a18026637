#include <algorithm>

#include <fmt/format.h>

#include "base/text.h"
#include "plan/builder.h"

namespace zs::plan {

namespace {

bool is_literal(const ExpressionPtr& e) { return e->node == Expression::Node::literal; }
bool is_text_literal(const ExpressionPtr& e) {
    return is_literal(e) && std::holds_alternative<std::string>(e->value) &&
           e->type.kind == Kind::text;
}
bool is_ordered(Kind kind) {
    return kind != Kind::codes && kind != Kind::month_set && kind != Kind::token &&
           kind != Kind::boolean;
}

Type sum_type(const Type& a, const Type& b) {
    if (a.kind == Kind::floating || b.kind == Kind::floating) return floating_type();
    if (a.kind == Kind::integer && b.kind == Kind::integer) return integer_type();
    const bool a_fits = a.money || a.kind == Kind::integer,
               b_fits = b.money || b.kind == Kind::integer;
    if ((a.money || b.money) && a_fits && b_fits) return money_type();
    return decimal_type(38, std::max(a.scale, b.scale));
}

Type product_type(const Type& a, const Type& b) {
    if (a.kind == Kind::floating || b.kind == Kind::floating) return floating_type();
    if (a.kind == Kind::integer && b.kind == Kind::integer) return integer_type();
    if ((a.money && b.kind == Kind::integer) || (b.money && a.kind == Kind::integer))
        return money_type();
    return decimal_type(38, std::min(38, a.scale + b.scale));
}

}  // namespace

void Builder::clash(const Syntax& s, const std::string& message, const std::string& hint) {
    report.error("type-clash", place(s), length(s), message, hint);
    failed_ = true;
}

/// The same, at a part of it that is at fault.
void Builder::clash_at(const Expression& e, const std::string& message) {
    report.error("type-clash", e.place, e.length, message);
    failed_ = true;
}

/// Operations of one expression, at the most.
constexpr std::int64_t calls_max = 10'000;

/// The call; nothing (and a diagnostic) where it has grown beyond what can be handled.
ExpressionPtr Builder::call(std::string name, Type type, std::vector<ExpressionPtr> operands,
                            const Syntax& s) {
    auto made = std::make_shared<Expression>();
    made->node = Expression::Node::call;
    made->name = std::move(name);
    made->type = std::move(type);
    made->operands = std::move(operands);
    made->place = place(s);
    made->length = length(s);
    made->calls = 1;
    for (const ExpressionPtr& operand : made->operands)
        if (operand) made->calls += operand->calls;
    if (made->calls <= calls_max) return made;
    report.error("too-long", place(s), length(s),
                 fmt::format("the expression grows to more than {} operations: 'between' and 'case "
                             "x when' ask what stands before them once for each bound or value",
                             calls_max),
                 "make what is nested in them a feature and name it");
    failed_ = true;
    return nullptr;
}

/// A literal as what is expected there: '2024-09' as a month, 'lifted' as a code. Others as they
/// are; nothing (and a diagnostic) where the text is no such thing.
ExpressionPtr Builder::coerced(const ExpressionPtr& e, const Type& wanted, bool report_it) {
    if (!e) return nullptr;
    if (is_literal(e) && is_null(e->value)) {
        auto typed = std::make_shared<Expression>(*e);
        typed->type = wanted;
        return typed;
    }
    if (!is_text_literal(e) || wanted.kind == Kind::text || wanted.kind == Kind::null_) return e;
    const std::string& written_text = std::get<std::string>(e->value);
    auto typed = std::make_shared<Expression>(*e);
    typed->type = wanted;
    const auto wrong = [&](const char* id, const std::string& message,
                           const std::string& hint = {}) -> ExpressionPtr {
        if (report_it) {
            report.error(id, e->place, e->length, message, hint);
            failed_ = true;
        }
        return nullptr;
    };
    switch (wanted.kind) {
        case Kind::month:
            if (const auto month = base::parse_month(written_text))
                typed->value = *month;
            else
                return wrong("bad-value",
                             fmt::format("'{}' is no month, as '2024-09' is", written_text));
            return typed;
        case Kind::date:
            if (const auto date = base::parse_date(written_text))
                typed->value = *date;
            else
                return wrong("bad-value",
                             fmt::format("'{}' is no date, as '2024-09-30' is", written_text));
            return typed;
        case Kind::term:
            if (const auto term = base::parse_term(written_text))
                typed->value = *term;
            else
                return wrong("bad-value",
                             fmt::format("'{}' is no term, as '2024s' is", written_text));
            return typed;
        case Kind::code: {
            const CodeList* list = model.code_list(wanted.of);
            if (list == nullptr) return typed;
            std::vector<std::string> codes;
            for (const Code& code : list->codes) codes.push_back(code.code);
            if (std::find(codes.begin(), codes.end(), written_text) != codes.end()) return typed;
            return wrong("unknown-code",
                         fmt::format("'{}' is no code of the list '{}'", written_text, wanted.of),
                         base::did_you_mean(written_text, codes));
        }
        case Kind::division:
        case Kind::key:
            return typed;
        default:
            return e;
    }
}

bool Builder::make_comparable(ExpressionPtr& a, ExpressionPtr& b, const Syntax& s,
                              const std::string& sign) {
    if (!a || !b) return false;
    b = coerced(b, a->type);
    if (!b) return false;
    a = coerced(a, b->type);
    if (!a) return false;
    const Type &at = a->type, &bt = b->type;
    const bool tokens = at.kind == Kind::token || bt.kind == Kind::token;
    if (tokens && (at.kind != bt.kind || at.of != bt.of || (sign != "=" && sign != "<>"))) {
        report.error("identity", place(s), length(s),
                     "identity is kept as tokens, which can only be compared for equality with "
                     "tokens of the same kind");
        failed_ = true;
        return false;
    }
    if (is_number(at) && is_number(bt)) {
        if (!at.unit.empty() && !bt.unit.empty() && at.unit != bt.unit) {
            report.error("unit-clash", place(s), length(s),
                         fmt::format("'{}' is compared with '{}'", at.unit, bt.unit),
                         "bring both sides to one unit");
            failed_ = true;
            return false;
        }
        return true;
    }
    const bool keys_and_places =
        (at.kind == Kind::division && bt.kind == Kind::key && model.level_index(bt.of)) ||
        (bt.kind == Kind::division && at.kind == Kind::key && model.level_index(at.of)) ||
        (at.kind == Kind::key && bt.kind == Kind::key && model.level_index(at.of) &&
         model.level_index(bt.of));
    if (keys_and_places) return true;
    if (at.kind != bt.kind || (at.of != bt.of && at.kind != Kind::text)) {
        clash(s, fmt::format("{} is compared with {}", text(at), text(bt)));
        return false;
    }
    if (sign != "=" && sign != "<>" && !is_ordered(at.kind)) {
        clash(s, fmt::format("{} has no order: only '=' and '<>' compare it", text(at)));
        return false;
    }
    return true;
}

/// The type that all parts share, each made fit for it.
std::optional<Type> Builder::unified(std::vector<ExpressionPtr>& parts, const Syntax& s,
                                     const char* what) {
    for (const ExpressionPtr& part : parts)
        if (!part) return std::nullopt;
    const ExpressionPtr* leader = nullptr;
    for (const ExpressionPtr& part : parts)
        if (!(is_literal(part) && is_null(part->value)) &&
            (!is_text_literal(part) || leader == nullptr))
            if (leader == nullptr || is_text_literal(*leader)) leader = &part;
    if (leader == nullptr) return Type{};
    Type type = (*leader)->type;
    for (ExpressionPtr& part : parts) {
        part = coerced(part, type);
        if (!part) return std::nullopt;
        if (is_literal(part) && is_null(part->value)) continue;
        if (is_number(type) && is_number(part->type)) {
            const std::string unit = type.unit.empty() ? part->type.unit : type.unit;
            if (!(type.kind == part->type.kind && type.money == part->type.money &&
                  type.precision == part->type.precision && type.scale == part->type.scale))
                type = sum_type(type, part->type);
            type.unit = unit;
        } else if (type.kind != part->type.kind || type.of != part->type.of) {
            clash(s, fmt::format("{} gives {} and {}", what, text(type), text(part->type)));
            return std::nullopt;
        }
    }
    for (ExpressionPtr& part : parts)
        if (is_literal(part) && is_null(part->value)) part = coerced(part, type);
    return type;
}

ExpressionPtr Builder::arithmetic(const std::string& sign, ExpressionPtr a, ExpressionPtr b,
                                  const Syntax& s) {
    if (!a || !b) return nullptr;
    if (is_literal(a) && is_null(a->value)) a = coerced(a, b->type);
    if (is_literal(b) && is_null(b->value)) b = coerced(b, a->type);
    const Type at = a->type, bt = b->type;
    if (sign == "+" && at.kind == Kind::date && bt.kind == Kind::integer)
        return call(sign, date_type(), {a, b}, s);
    if (sign == "+" && bt.kind == Kind::date && at.kind == Kind::integer)
        return call(sign, date_type(), {b, a}, s);
    if (sign == "-" && at.kind == Kind::date && bt.kind == Kind::integer)
        return call(sign, date_type(), {a, b}, s);
    if (!is_number(at) || !is_number(bt)) {
        const Type& odd = is_number(at) ? bt : at;
        std::string hint;
        if (at.kind == Kind::date && bt.kind == Kind::date && sign == "-")
            hint = "days_between(a, b) gives the days from a to b";
        if (at.kind == Kind::month || bt.kind == Kind::month)
            hint = "add_months and months_between calculate with months";
        clash(s, fmt::format("'{}' calculates with numbers, not with {}", sign, text(odd)), hint);
        return nullptr;
    }
    if ((sign == "+" || sign == "-" || sign == "%") && !at.unit.empty() && !bt.unit.empty() &&
        at.unit != bt.unit) {
        report.error("unit-clash", place(s), length(s),
                     fmt::format("'{}' {} '{}'", at.unit, sign, bt.unit),
                     "bring both sides to one unit");
        failed_ = true;
        return nullptr;
    }
    if (sign == "*" && at.scale + bt.scale > 38) {
        clash(s, fmt::format("this product has {} decimals, more than 38", at.scale + bt.scale),
              "round(x, n) one side first");
        return nullptr;
    }
    Type type;
    if (sign == "/")
        type = floating_type();
    else if (sign == "*")
        type = product_type(at, bt);
    else
        type = sum_type(at, bt);
    if (sign != "*" && sign != "/") type.unit = at.unit.empty() ? bt.unit : at.unit;
    if (sign == "*" && (at.unit.empty() || bt.unit.empty()))
        type.unit = at.unit.empty() ? bt.unit : at.unit;
    return call(sign, type, {a, b}, s);
}

bool Builder::expect(const ExpressionPtr& e, const Type& wanted, const char* role) {
    if (!e) return false;
    if (e->type.kind == wanted.kind && (wanted.of.empty() || wanted.of == e->type.of)) return true;
    if (e->type.kind == Kind::null_) return true;
    report.error("type-clash", e->place, e->length,
                 fmt::format("{} must be {}, this is {}", role, text(wanted), text(e->type)));
    failed_ = true;
    return false;
}

/// A text, or what is written as one: a code, a key, a division's code.
bool Builder::expect_text(ExpressionPtr& e, const char* role) {
    e = coerced(e, text_type());
    const Kind kind = e ? e->type.kind : Kind::null_;
    if (kind == Kind::code || kind == Kind::key || kind == Kind::division) return true;
    return e && expect(e, text_type(), role);
}

/// What may fall when rows are added, among the aggregates that an expression computes or that its
/// features do; `feature` is the one that holds it. What `where` and `filter` read is taken as it
/// is.
const Expression* Builder::falling_in(const Expression& e, std::string& feature, int depth) const {
    static const std::set<std::string> growing{"count", "sum", "max", "month_set", "any_of"};
    constexpr int depth_max = 200;
    if (depth > depth_max) return nullptr;
    if (e.node == Expression::Node::aggregate && !growing.contains(e.name)) return &e;
    if (e.node == Expression::Node::feature) {
        const Feature* read = model.feature(e.grain, e.name);
        if (read == nullptr || !read->value) return nullptr;
        const std::string before = feature;
        feature = read->grain + "." + read->name;
        const Expression* found = falling_in(*read->value, feature, depth + 1);
        if (found == nullptr) feature = before;
        return found;
    }
    for (const ExpressionPtr& operand : e.operands)
        if (const Expression* found = falling_in(*operand, feature, depth + 1)) return found;
    return nullptr;
}

/// Whether an expression reads what may be undelivered, itself or by features of features.
bool Builder::reads_owed(const Expression& e, int depth) const {
    constexpr int depth_max = 200;
    bool owed = false;
    if (depth > depth_max) return owed;
    visit(e, [&](const Expression& part) {
        if (part.node != Expression::Node::feature || owed) return;
        const Feature* read = model.feature(part.grain, part.name);
        owed = read != nullptr && (read->judged != Feature::Judged::never ||
                                   (read->value && reads_owed(*read->value, depth + 1)));
    });
    return owed;
}

/// An operation that takes away what may still grow, in an expression or in the features without
/// `from` that it reads.
const Expression* Builder::taking_away(const Expression& e, int depth) const {
    constexpr int depth_max = 200;
    if (depth > depth_max) return nullptr;
    if (e.node == Expression::Node::feature) {
        const Feature* read = model.feature(e.grain, e.name);
        return read == nullptr || !read->value || !read->from.empty()
                   ? nullptr
                   : taking_away(*read->value, depth + 1);
    }
    const bool second = e.name == "-" || e.name == "/" || e.name == "%" || e.name == "set_minus";
    if (e.node == Expression::Node::call &&
        ((second && reads_owed(*e.operands[1], depth + 1)) ||
         (e.name == "negate" && reads_owed(*e.operands[0], depth + 1))))
        return &e;
    for (const ExpressionPtr& operand : e.operands)
        if (const Expression* found = taking_away(*operand, depth + 1)) return found;
    return nullptr;
}

/// `reached(e, n)`: e >= n as soon as what was delivered reaches it.
ExpressionPtr Builder::reached(std::vector<ExpressionPtr> args, const Syntax& s) {
    bool aggregates = false;
    for (const ExpressionPtr& arg : args)
        visit(*arg, [&](const Expression& part) {
            aggregates = aggregates || part.node == Expression::Node::aggregate;
        });
    if (aggregates) {
        clash(s, "'reached' is given features, no aggregates",
              "make the aggregate a feature and name it here");
        return nullptr;
    }
    std::string feature;
    if (const Expression* falling = falling_in(*args[0], feature)) {
        clash(
            s,
            fmt::format("'reached' needs what only grows when rows are added, but '{}' is made by "
                        "'{}'",
                        feature, falling->name),
            "only count, sum, max, month_set and any_of grow");
        return nullptr;
    }
    if (const Expression* taken = taking_away(*args[0]))
        report.warning("reached-falls", place(s), length(s),
                       fmt::format("'reached' is true as soon as what was delivered reaches the "
                                   "figure, but '{}' takes away what may still come",
                                   taken->name == "negate" ? "-" : taken->name),
                       "write it with >= if what is taken away must be known");
    if (!make_comparable(args[0], args[1], s, ">=")) return nullptr;
    return call("reached", boolean_type(), std::move(args), s);
}

ExpressionPtr Builder::function(const std::string& name, std::vector<ExpressionPtr> args,
                                const Syntax& s) {
    struct Shape {
        std::size_t least, most;
        const char* form;
    };
    static const std::map<std::string, Shape> shapes{
        {"age", {1, 1, "age(date)"}},
        {"month_of", {1, 1, "month_of(date)"}},
        {"month_end", {1, 1, "month_end(month)"}},
        {"add_months", {2, 2, "add_months(month, n)"}},
        {"months_between", {2, 2, "months_between(a, b)"}},
        {"days_between", {2, 2, "days_between(a, b)"}},
        {"year_of", {1, 1, "year_of(date)"}},
        {"term_of", {1, 1, "term_of(month)"}},
        {"date_of", {3, 3, "date_of(year, month, day)"}},
        {"count_months", {1, 1, "count_months(set)"}},
        {"longest_run", {1, 3, "longest_run(set) or longest_run(set, from, to)"}},
        {"has_month", {2, 2, "has_month(set, month)"}},
        {"set_union", {2, 2, "set_union(a, b)"}},
        {"set_minus", {2, 2, "set_minus(a, b)"}},
        {"set_intersect", {2, 2, "set_intersect(a, b)"}},
        {"has", {2, 2, "has(codes, 'code')"}},
        {"count_codes", {1, 1, "count_codes(codes)"}},
        {"abs", {1, 1, "abs(x)"}},
        {"round", {1, 2, "round(x, n)"}},
        {"floor", {1, 1, "floor(x)"}},
        {"ceil", {1, 1, "ceil(x)"}},
        {"greatest", {2, 50, "greatest(a, b, …)"}},
        {"least", {2, 50, "least(a, b, …)"}},
        {"coalesce", {2, 50, "coalesce(a, b, …)"}},
        {"nullif", {2, 2, "nullif(a, b)"}},
        {"ratio", {1, 1, "ratio(x)"}},
        {"reached", {2, 2, "reached(x, n)"}},
        {"length", {1, 1, "length(text)"}},
        {"starts_with", {2, 2, "starts_with(text, start)"}},
        {"substr", {2, 3, "substr(text, from, length)"}},
        {"lower", {1, 1, "lower(text)"}},
        {"trim", {1, 1, "trim(text)"}}};
    const auto shape = shapes.find(name);
    if (shape == shapes.end()) {
        std::vector<std::string> known{
            "count",    "sum",         "min",       "max",      "avg",      "median",
            "quantile", "stddev",      "any_of",    "all_of",   "count_if", "first",
            "last",     "fingerprint", "month_set", "start_of", "end_of",   "months_of"};
        for (const auto& [other, form] : shapes) known.push_back(other);
        report.error("unknown-name", place(s), length(s.parts[0].begin, s.parts[0].end),
                     fmt::format("there is no function '{}'", name),
                     base::did_you_mean(name, known));
        failed_ = true;
        return nullptr;
    }
    if (args.size() < shape->second.least || args.size() > shape->second.most ||
        (name == "longest_run" && args.size() == 2)) {
        clash(s, fmt::format("'{}' is written {}", name, shape->second.form));
        return nullptr;
    }
    for (const ExpressionPtr& arg : args)
        if (!arg) return nullptr;
    const auto want = [&](std::size_t i, const Type& type) {
        args[i] = coerced(args[i], type);
        return args[i] && expect(args[i], type, fmt::format("what '{}' is given", name).c_str());
    };
    const auto want_text = [&](std::size_t i) {
        return expect_text(args[i], fmt::format("what '{}' is given", name).c_str());
    };
    const auto number = [&](std::size_t i) {
        if (is_number(args[i]->type) || args[i]->type.kind == Kind::null_) return true;
        clash_at(*args[i], fmt::format("what '{}' is given must be a number, this is {}", name,
                                       text(args[i]->type)));
        return false;
    };
    const auto month_or_date = [&](std::size_t i) {
        if (args[i]->type.kind == Kind::date || args[i]->type.kind == Kind::month) return true;
        if (is_text_literal(args[i])) {
            const auto& written_text = std::get<std::string>(args[i]->value);
            args[i] = coerced(args[i], written_text.size() > 7 ? date_type() : month_type());
            return args[i] != nullptr;
        }
        clash_at(*args[i], fmt::format("what '{}' is given must be a month or a date, this is {}",
                                       name, text(args[i]->type)));
        return false;
    };
    const auto made = [&](Type type) { return call(name, std::move(type), args, s); };

    if (name == "age") return want(0, date_type()) ? made(integer_type()) : nullptr;
    if (name == "month_of") return want(0, date_type()) ? made(month_type()) : nullptr;
    if (name == "month_end") return want(0, month_type()) ? made(date_type()) : nullptr;
    if (name == "add_months")
        return month_or_date(0) && want(1, integer_type()) ? made(args[0]->type) : nullptr;
    if (name == "months_between")
        return month_or_date(0) && month_or_date(1) ? made(integer_type()) : nullptr;
    if (name == "days_between")
        return want(0, date_type()) && want(1, date_type()) ? made(integer_type()) : nullptr;
    if (name == "year_of")
        return (args[0]->type.kind == Kind::term || month_or_date(0)) ? made(integer_type())
                                                                      : nullptr;
    if (name == "term_of") return month_or_date(0) ? made(term_type()) : nullptr;
    if (name == "date_of")
        return want(0, integer_type()) && want(1, integer_type()) && want(2, integer_type())
                   ? made(date_type())
                   : nullptr;
    if (name == "count_months") return want(0, month_set_type()) ? made(integer_type()) : nullptr;
    if (name == "longest_run")
        return want(0, month_set_type()) &&
                       (args.size() == 1 || (want(1, month_type()) && want(2, month_type())))
                   ? made(integer_type())
                   : nullptr;
    if (name == "has_month")
        return want(0, month_set_type()) && want(1, month_type()) ? made(boolean_type()) : nullptr;
    if (name.starts_with("set_"))
        return want(0, month_set_type()) && want(1, month_set_type()) ? made(month_set_type())
                                                                      : nullptr;
    if (name == "has" || name == "count_codes") {
        if (args[0]->type.kind != Kind::codes) {
            clash_at(*args[0], fmt::format("what '{}' is given must be a set of codes, this is {}",
                                           name, text(args[0]->type)));
            return nullptr;
        }
        if (name == "count_codes") return made(integer_type());
        args[1] = coerced(args[1], code_type(args[0]->type.of));
        if (!args[1]) return nullptr;
        if (!is_literal(args[1])) {
            clash_at(*args[1], "the code that 'has' looks for is written in quotes");
            return nullptr;
        }
        return made(boolean_type());
    }
    if (name == "abs") return number(0) ? made(args[0]->type) : nullptr;
    if (name == "floor" || name == "ceil") return number(0) ? made(integer_type()) : nullptr;
    if (name == "round") {
        if (!number(0)) return nullptr;
        if (args.size() == 1) return made(integer_type());
        if (!is_literal(args[1]) || !std::holds_alternative<std::int64_t>(args[1]->value) ||
            std::get<std::int64_t>(args[1]->value) < 0 ||
            std::get<std::int64_t>(args[1]->value) > 9) {
            clash_at(*args[1], "the digits that 'round' keeps are a figure from 0 to 9");
            return nullptr;
        }
        const int digits = static_cast<int>(std::get<std::int64_t>(args[1]->value));
        Type type = digits == 2 ? money_type() : decimal_type(38, digits);
        type.unit = args[0]->type.unit;
        return made(type);
    }
    if (name == "reached") return number(0) && number(1) ? reached(args, s) : nullptr;
    if (name == "ratio") return number(0) ? made(decimal_type(18, 6)) : nullptr;
    if (name == "greatest" || name == "least" || name == "coalesce") {
        const auto type = unified(args, s, name.c_str());
        return type ? made(*type) : nullptr;
    }
    if (name == "nullif") {
        if (!make_comparable(args[0], args[1], s, "=")) return nullptr;
        return made(args[0]->type);
    }
    if (name == "length") return want_text(0) ? made(integer_type()) : nullptr;
    if (name == "starts_with") return want_text(0) && want_text(1) ? made(boolean_type()) : nullptr;
    if (name == "substr")
        return want_text(0) && want(1, integer_type()) &&
                       (args.size() == 2 || want(2, integer_type()))
                   ? made(text_type())
                   : nullptr;
    return want_text(0) ? made(text_type()) : nullptr;
}

}  // namespace zs::plan
