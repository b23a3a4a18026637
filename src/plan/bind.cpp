#include <algorithm>

#include <fmt/format.h>

#include "base/text.h"
#include "plan/builder.h"
#include "plan/figure.h"

namespace zs::plan {

int Builder::length(std::size_t begin, std::size_t end) const {
    const std::size_t size = text_->text.size();
    begin = std::min(begin, size);
    end = std::min(std::max(end, begin), size);
    return std::max(1, static_cast<int>(base::characters(
                           std::string_view(text_->text).substr(begin, end - begin))));
}

int Builder::length(const Syntax& s) const { return length(s.begin, s.end); }

ExpressionPtr Builder::bound(Table& table, std::string_view key, const Names& names,
                             const Type* wanted, bool needed) {
    const toml::node* node = table.node(key);
    if (node == nullptr) {
        if (needed) {
            report.error("missing-key", table.place(key), 1, fmt::format("'{}' is missing", key));
            failed_ = true;
        }
        return nullptr;
    }
    if (node->is_string()) return bound(written(*node, table.body()), names, wanted);
    // A bare figure or truth stands for itself.
    Written text;
    if (node->is_integer())
        text.text = std::to_string(*node->value<std::int64_t>());
    else if (node->is_boolean())
        text.text = *node->value<bool>() ? "true" : "false";
    else if (node->is_floating_point()) {
        const Place at = table.place(key);
        (void)at;
        text.text = figure_text(*node->value<double>());
    } else {
        report.error("bad-value", table.place(key), table.value_length(key),
                     fmt::format("'{}' must be an expression in quotes", key));
        failed_ = true;
        return nullptr;
    }
    text.places.assign(text.text.size() + 1, table.place(key));
    return bound(text, names, wanted);
}

ExpressionPtr Builder::bound(const Written& text, const Names& names, const Type* wanted) {
    const Written* before = text_;
    text_ = &text;
    const Parsed parsed = parse_expression(text.text);
    ExpressionPtr result;
    if (!parsed.faults.empty()) {
        const SyntaxFault& fault = parsed.faults.front();
        report.error(text.text.size() > expression_bytes_max ? "too-long" : "syntax",
                     text.at(fault.at), length(fault.at, fault.at + fault.length), fault.message);
        failed_ = true;
    } else {
        result = bind(parsed.syntax, names);
        if (result && wanted != nullptr) {
            result = coerced(result, *wanted);
            if (result && wanted->kind != Kind::null_ && result->type.kind != wanted->kind &&
                result->type.kind != Kind::null_) {
                report.error("type-clash", result->place, result->length,
                             fmt::format("{} is expected here, this is {}", plan::text(*wanted),
                                         plan::text(result->type)));
                failed_ = true;
                result = nullptr;
            }
        }
        if (!result) failed_ = true;
    }
    text_ = before;
    return result;
}

std::vector<SayPart> Builder::say(const Written& text, const Names& names) {
    std::vector<SayPart> parts;
    std::string plain;
    for (std::size_t at = 0; at < text.text.size();) {
        if (text.text[at] != '{') {
            plain += text.text[at++];
            continue;
        }
        std::size_t end = at + 1;
        for (bool quoted = false; end < text.text.size() && (quoted || text.text[end] != '}');
             ++end)
            if (text.text[end] == '\'') quoted = !quoted;
        if (end >= text.text.size()) {
            report.error("syntax", text.at(at), 1, "this brace is not closed");
            failed_ = true;
            return parts;
        }
        if (!plain.empty()) parts.push_back({plain, nullptr, false});
        plain.clear();
        Written inner;
        std::size_t inner_end = end;
        bool percent = false;
        if (text.text.substr(at + 1, end - at - 1).ends_with(":%")) {
            percent = true;
            inner_end = end - 2;
        }
        inner.text = text.text.substr(at + 1, inner_end - at - 1);
        for (std::size_t i = at + 1; i <= inner_end; ++i) inner.places.push_back(text.at(i));
        ExpressionPtr e = bound(inner, names, nullptr);
        if (e && e->type.kind == Kind::token) {
            report.error("identity", e->place, e->length, "an identity token is never shown");
            failed_ = true;
        } else if (e && percent && !is_number(e->type)) {
            report.error("type-clash", e->place, e->length,
                         fmt::format("'%' shows a number, this is {}", plan::text(e->type)));
            failed_ = true;
        } else if (e) {
            parts.push_back({"", e, percent});
        }
        at = end + 1;
    }
    if (!plain.empty()) parts.push_back({plain, nullptr, false});
    return parts;
}

ExpressionPtr Builder::bind_literal(const Syntax& s) {
    auto made = std::make_shared<Expression>();
    made->node = Expression::Node::literal;
    made->place = place(s);
    made->length = length(s);
    switch (s.form) {
        case Syntax::Form::boolean:
            made->type = boolean_type();
            made->value = s.text == "true";
            return made;
        case Syntax::Form::string:
            if (!s.operands.empty()) {
                clash(s,
                      fmt::format("'at' follows a window, and '{}' stands for none here", s.text));
                return nullptr;
            }
            made->type = text_type();
            made->value = s.text;
            return made;
        case Syntax::Form::number: {
            const auto number = base::parse_decimal(s.text);
            if (!number || (number->scale == 0 && number->units > INT64_MAX)) {
                report.error(
                    "bad-value", place(s), length(s),
                    fmt::format("the figure '{}' has more digits than can be kept", s.text));
                failed_ = true;
                return nullptr;
            }
            if (number->scale == 0) {
                made->type = integer_type();
                made->value = static_cast<std::int64_t>(number->units);
            } else {
                made->type =
                    decimal_type(std::min(38, static_cast<int>(s.text.size())), number->scale);
                made->value = *number;
            }
            return made;
        }
        default:
            return made;  // NULL
    }
}

/// Features bind the features that they read, so that depth adds up over all under way.
ExpressionPtr Builder::bind(const Syntax& s, const Names& names) {
    constexpr int depth_max = 2 * expression_height_max;
    if (depth_ >= depth_max) {
        report.error(
            "too-long", place(s), length(s),
            fmt::format(
                "expressions that lean on one another are nested deeper than {} levels here",
                depth_max),
            "say less in one chain of features");
        failed_ = true;
        return nullptr;
    }
    ++depth_;
    ExpressionPtr result = bind_form(s, names);
    --depth_;
    return result;
}

ExpressionPtr Builder::bind_form(const Syntax& s, const Names& names) {
    switch (s.form) {
        case Syntax::Form::number:
        case Syntax::Form::string:
        case Syntax::Form::boolean:
        case Syntax::Form::null_:
            return bind_literal(s);
        case Syntax::Form::name:
            return s.called ? bind_call(s, names) : bind_name(s, names);
        case Syntax::Form::operation:
            return bind_operation(s, names);
        case Syntax::Form::case_:
            return bind_case(s, names);
        case Syntax::Form::in: {
            std::vector<ExpressionPtr> operands;
            for (const Syntax& operand : s.operands) operands.push_back(bind(operand, names));
            bool good = operands[0] != nullptr;
            for (std::size_t i = 1; i < operands.size(); ++i)
                if (!operands[i] || !operands[0] ||
                    !make_comparable(operands[0], operands[i], s.operands[i], "="))
                    good = false;
            return good ? call(s.negated ? "not_in" : "in", boolean_type(), operands, s) : nullptr;
        }
        case Syntax::Form::between: {
            ExpressionPtr x = bind(s.operands[0], names), low = bind(s.operands[1], names),
                          high = bind(s.operands[2], names);
            if (!make_comparable(x, low, s.operands[1], ">=") ||
                !make_comparable(x, high, s.operands[2], "<="))
                return nullptr;
            ExpressionPtr both = call(
                "and", boolean_type(),
                {call(">=", boolean_type(), {x, low}, s), call("<=", boolean_type(), {x, high}, s)},
                s);
            return s.negated ? call("not", boolean_type(), {both}, s) : both;
        }
        case Syntax::Form::like: {
            ExpressionPtr x = bind(s.operands[0], names), pattern = bind(s.operands[1], names);
            if (!x || !pattern || !expect_text(x, "what 'like' looks at") ||
                !expect_text(pattern, "the pattern"))
                return nullptr;
            return call(s.negated ? "not_like" : "like", boolean_type(), {x, pattern}, s);
        }
    }
    return nullptr;
}

ExpressionPtr Builder::bind_operation(const Syntax& s, const Names& names) {
    std::vector<ExpressionPtr> operands;
    for (const Syntax& operand : s.operands) operands.push_back(bind(operand, names));
    for (const ExpressionPtr& operand : operands)
        if (!operand) return nullptr;
    const std::string& sign = s.text;
    if (sign == "and" || sign == "or" || sign == "not") {
        bool good = true;
        for (ExpressionPtr& operand : operands)
            good = expect(operand, boolean_type(), fmt::format("what '{}' joins", sign).c_str()) &&
                   good;
        return good ? call(sign, boolean_type(), operands, s) : nullptr;
    }
    if (sign == "is_null" || sign == "is_not_null") return call(sign, boolean_type(), operands, s);
    if (sign == "||") {
        for (ExpressionPtr& operand : operands)
            if (!expect_text(operand, "what '||' joins")) return nullptr;
        return call(sign, text_type(), operands, s);
    }
    if (sign == "negate") {
        if (!is_number(operands[0]->type)) {
            clash(s,
                  fmt::format("'-' calculates with numbers, not with {}", text(operands[0]->type)));
            return nullptr;
        }
        if (operands[0]->node == Expression::Node::literal) {
            auto negative = std::make_shared<Expression>(*operands[0]);
            if (auto* number = std::get_if<std::int64_t>(&negative->value)) *number = -*number;
            if (auto* number = std::get_if<base::Decimal>(&negative->value))
                *number = base::negate(*number);
            negative->place = place(s);
            negative->length = length(s);
            return negative;
        }
        return call(sign, operands[0]->type, operands, s);
    }
    if (sign == "+" || sign == "-" || sign == "*" || sign == "/" || sign == "%")
        return arithmetic(sign, operands[0], operands[1], s);
    if (!make_comparable(operands[0], operands[1], s, sign)) return nullptr;
    return call(sign, boolean_type(), operands, s);
}

ExpressionPtr Builder::bind_case(const Syntax& s, const Names& names) {
    std::size_t next = 0;
    ExpressionPtr subject;
    if (s.has_subject) subject = bind(s.operands[next++], names);
    std::vector<ExpressionPtr> conditions, values;
    bool good = !s.has_subject || subject != nullptr;
    const std::size_t pairs_end = s.operands.size() - (s.has_else ? 1 : 0);
    for (; next + 1 < pairs_end; next += 2) {
        ExpressionPtr condition = bind(s.operands[next], names);
        if (s.has_subject) {
            ExpressionPtr left = subject;
            condition = make_comparable(left, condition, s.operands[next], "=")
                            ? call("=", boolean_type(), {left, condition}, s.operands[next])
                            : nullptr;
        } else if (condition && !expect(condition, boolean_type(), "the condition after 'when'")) {
            condition = nullptr;
        }
        conditions.push_back(condition);
        values.push_back(bind(s.operands[next + 1], names));
        good = good && condition && values.back();
    }
    ExpressionPtr otherwise;
    if (s.has_else) {
        otherwise = bind(s.operands.back(), names);
    } else {
        otherwise = std::make_shared<Expression>();
    }
    values.push_back(otherwise);
    if (!good || !otherwise) return nullptr;
    const auto type = unified(values, s, "'case'");
    if (!type) return nullptr;
    std::vector<ExpressionPtr> operands;
    for (std::size_t i = 0; i < conditions.size(); ++i) {
        operands.push_back(conditions[i]);
        operands.push_back(values[i]);
    }
    operands.push_back(values.back());
    return call("case", *type, operands, s);
}

ExpressionPtr Builder::bind_run(const Syntax& s) {
    static const std::map<std::string, Type> values{{"month", month_type()},
                                                    {"year", integer_type()},
                                                    {"accounting_year", integer_type()},
                                                    {"term", term_type()},
                                                    {"day", date_type()}};
    auto made = std::make_shared<Expression>();
    made->node = Expression::Node::run;
    made->place = place(s);
    made->length = length(s);
    made->name = s.parts.size() == 2 ? s.parts[1].text : "";
    const auto found = values.find(made->name);
    if (found == values.end()) {
        std::vector<std::string> known;
        for (const auto& [name, type] : values) known.push_back(name);
        const Syntax::Part& word = s.parts[std::min<std::size_t>(1, s.parts.size() - 1)];
        return fail_at(word, "unknown-name",
                       "a run has run.month, run.year, run.accounting_year, run.term and run.day",
                       base::did_you_mean(made->name, known));
    }
    made->type = found->second;
    return made;
}

ExpressionPtr Builder::bind_name(const Syntax& s, const Names& names) {
    const std::string& first = s.parts[0].text;
    if (first == "param") return bind_parameter(s, names);
    if (first == "code" && each_code_ != nullptr) return bind_each_code(s);
    if (first == "run") return bind_run(s);
    if (names.form == Names::Form::figures) return bind_figure(s, names);
    if (names.form == Names::Form::constant) {
        report.error("unknown-name", place(s), length(s),
                     fmt::format("the month at which a window is read is one for all subjects: "
                                 "'{}' is neither of the run nor a parameter",
                                 first));
        failed_ = true;
        return nullptr;
    }
    Position at;
    if (names.form == Names::Form::pair) {
        if (first != "seek" && first != "offer") {
            report.error("unknown-name", place(s), length(s),
                         "in a match every name begins with 'seek.' or 'offer.'");
            failed_ = true;
            return nullptr;
        }
        at.scope = first == "seek" ? Scope::subject : Scope::row;
        at.grain = first == "seek" ? names.seek : names.offer;
        if (s.parts.size() < 2 || at.grain == nullptr) {
            failed_ = true;
            if (at.grain != nullptr)
                report.error("unknown-name", place(s), length(s),
                             fmt::format("'{}' is followed by a name, as {}.x", first, first));
            return nullptr;
        }
        return walk(s, at, 1);
    }
    if (names.form == Names::Form::rows && names.grain != nullptr && s.parts.size() > 1 &&
        first == names.grain->name) {
        at.scope = Scope::subject;
        at.grain = names.grain;
        return walk(s, at, 1);
    }
    if (names.aggregates && !names.inside_aggregate) {
        // Outside an aggregate only the landing subject, parameters and the run can be read.
        report.error("aggregate", place(s), length(s),
                     fmt::format("'{}' stands outside an aggregate: many rows give one value only "
                                 "by sum, count, max …",
                                 first));
        failed_ = true;
        return nullptr;
    }
    if (names.form == Names::Form::rows) {
        at.row = names.ledger;
        at.grain = names.row_grain;
    } else if (names.form == Names::Form::row_only) {
        at.row = names.ledger;
    } else {
        at.grain = names.grain;
    }
    if (at.row == nullptr && at.grain == nullptr) {
        failed_ = true;
        return nullptr;
    }
    return walk(s, at, 0);
}

void Builder::report_no_parameter(const Syntax& s, const std::string& name,
                                  const std::vector<std::string>& known) {
    failed_ = true;
    const Syntax::Part& word = s.parts.back();
    const Place at = text_->at(word.begin);
    const int size = length(word.begin, word.end);
    if (s.parts.size() == 1) {
        report.error("unknown-name", at, size, "'param' is followed by a parameter, as param.x");
    } else if (s.parts.size() > 2 && model.parameter(name) != nullptr) {
        report.error("type-clash", at, size,
                     fmt::format("'param.{}' is a value: no '.{}' follows it", name, word.text));
    } else {
        report.error(
            "unknown-name", text_->at(s.parts[1].begin), length(s.parts[1].begin, s.parts[1].end),
            fmt::format("there is no parameter '{}'", name), base::did_you_mean(name, known));
    }
}

/// A code that is written out must have a value at some time, or the run that meets it ends.
bool Builder::has_value_for(const Parameter& parameter, const Expression& key) {
    const auto* code = std::get_if<std::string>(&key.value);
    if (key.node != Expression::Node::literal || code == nullptr || parameter.fallback ||
        parameter.optional ||
        std::any_of(parameter.values.begin(), parameter.values.end(),
                    [&](const ParameterValue& value) { return value.item == *code; }))
        return true;
    Diagnostic& d =
        report.error("no-value", key.place, key.length,
                     fmt::format("parameter '{}' has neither a value for '{}' nor a default",
                                 parameter.name, *code));
    d.other = parameter.place;
    failed_ = true;
    return false;
}

ExpressionPtr Builder::bind_parameter(const Syntax& s, const Names& names) {
    std::vector<std::string> known;
    for (const Parameter& parameter : model.parameters) known.push_back(parameter.name);
    std::string name = s.parts.size() > 1 ? s.parts[1].text : "";
    const bool at_month = s.called && name.ends_with("_at") && model.parameter(name) == nullptr;
    if (at_month) name.resize(name.size() - 3);
    const Parameter* parameter = model.parameter(name);
    if (parameter == nullptr || s.parts.size() != 2 || (s.called && !at_month)) {
        if (faulty_.contains("parameter " + name)) {
            failed_ = true;
            return nullptr;
        }
        report_no_parameter(s, name, known);
        return nullptr;
    }
    used_parameters_.insert(name);
    auto made = std::make_shared<Expression>();
    made->node = Expression::Node::parameter;
    made->name = name;
    made->type = parameter->type;
    made->place = place(s);
    made->length = length(s);
    bool good = true;
    if (at_month) {
        if (s.operands.size() != 1) {
            clash(s, fmt::format("'param.{}_at' is given one month", name));
            return nullptr;
        }
        made->at_month = coerced(bind(s.operands[0], names), month_type());
        good = made->at_month && expect(made->at_month, month_type(), "the month of a parameter");
    }
    const std::size_t wanted = (parameter->by.empty() ? 0u : 1u) + (parameter->steps ? 1u : 0u);
    if (s.indexes.size() != wanted) {
        clash(s, wanted == 0 ? fmt::format("'param.{}' takes nothing in brackets", name)
                             : fmt::format("'param.{}' is read with {} in brackets", name,
                                           parameter->by.empty() ? "a step"
                                           : parameter->steps    ? "a code and a step"
                                                                 : "a code"));
        return nullptr;
    }
    std::size_t next = 0;
    if (!parameter->by.empty()) {
        made->key = coerced(bind(s.indexes[next++], names), code_type(parameter->by));
        good = made->key &&
               expect(made->key, code_type(parameter->by), "the code of a parameter") &&
               has_value_for(*parameter, *made->key) && good;
    }
    if (parameter->steps) {
        made->step = bind(s.indexes[next], names);
        if (made->step && !is_number(made->step->type)) {
            clash(s.indexes[next],
                  fmt::format("the step of a parameter must be a number, this is {}",
                              text(made->step->type)));
            good = false;
        }
        good = made->step && good;
    }
    return good ? made : nullptr;
}

ExpressionPtr Builder::bind_figure(const Syntax& s, const Names& names) {
    (void)names;
    std::string name = s.parts[0].text;
    const Indicator* of_family = model.indicator(name);
    const bool is_family = of_family != nullptr && of_family->family == name;
    if (is_family && s.parts.size() == 1) {
        const auto member = member_named(s, name, of_family->each_list);
        if (!member) return nullptr;
        name = *member;
    }
    const auto found = indicator_index_.find(name);
    if (found == indicator_index_.end() || s.parts.size() != 1 ||
        (!s.indexes.empty() && !is_family)) {
        if (faulty_.contains("indicator " + name)) {
            failed_ = true;
            return nullptr;
        }
        std::vector<std::string> known;
        for (const Indicator& other : model.indicators) known.push_back(other.published_name());
        report.error("unknown-name", place(s), length(s),
                     fmt::format("there is no indicator '{}'", name),
                     base::did_you_mean(name, known));
        failed_ = true;
        return nullptr;
    }
    bind_indicator(found->second);
    const Indicator& indicator = model.indicators[found->second];
    auto made = std::make_shared<Expression>();
    made->node = Expression::Node::indicator;
    made->name = name;
    made->type = indicator.type;
    made->place = place(s);
    made->length = length(s);
    if (indicator.type.kind == Kind::null_) {
        failed_ = true;
        return nullptr;
    }
    return made;
}

/// `code` in a block with `each`: a literal, of which the attributes can be read.
ExpressionPtr Builder::bind_each_code(const Syntax& s) {
    auto made = std::make_shared<Expression>();
    made->place = place(s);
    made->length = length(s);
    made->type = code_type(*each_list_);
    made->value = *each_code_;
    if (!s.indexes.empty()) {
        clash(s, "'code' takes nothing in brackets");
        return nullptr;
    }
    return s.parts.size() == 1 ? made : attribute_of(s, made, 0);
}

/// `prior(x)`, `prior(x, 2)`, `prior(x, else = y)`: y is the figure's only operand.
ExpressionPtr Builder::bind_prior(const Syntax& s, const Names& names,
                                  const ExpressionPtr& figure) {
    auto made = std::make_shared<Expression>(*figure);
    made->place = place(s);
    made->length = length(s);
    made->prior += 1;
    if (s.operands.size() - (s.has_else ? 1 : 0) == 2) {
        const Syntax& labels = s.operands[1];
        if (labels.form != Syntax::Form::number || labels.text == "0" ||
            labels.text.find('.') != std::string::npos) {
            clash(labels, "how many labels before is a whole number from 1");
            return nullptr;
        }
        made->prior += std::atoi(labels.text.c_str()) - 1;
    }
    if (!s.has_else) return made;
    std::vector<ExpressionPtr> parts{made, bind(s.operands.back(), names)};
    const auto type = unified(parts, s, "'prior'");
    if (!type) return nullptr;
    auto whole = std::make_shared<Expression>(*made);
    whole->type = *type;
    whole->operands = {parts[1]};
    return whole;
}

ExpressionPtr Builder::bind_window_edge(const Syntax& s) {
    const std::string& name = s.parts[0].text;
    auto made = std::make_shared<Expression>();
    made->node = name == "start_of" ? Expression::Node::window_start
                 : name == "end_of" ? Expression::Node::window_end
                                    : Expression::Node::window_months;
    made->type = name == "months_of" ? month_set_type() : month_type();
    made->place = place(s);
    made->length = length(s);
    if (s.operands.size() != 1 || s.operands[0].form != Syntax::Form::string) {
        clash(s, fmt::format("'{}' is given a window in quotes", name));
        return nullptr;
    }
    made->window = parse_window(s.operands[0].text);
    if (!made->window) {
        report.error(
            "window", text_->at(s.operands[0].begin), length(s.operands[0]),
            fmt::format("'{}' is no window, as '12 months', 'whole year' or 'month ago 1' is",
                        s.operands[0].text));
        failed_ = true;
        return nullptr;
    }
    return made;
}

ExpressionPtr Builder::bind_call(const Syntax& s, const Names& names) {
    const std::string& name = s.parts[0].text;
    if (name == "param") return bind_parameter(s, names);
    if (s.has_else && name != "prior") {
        clash(s, fmt::format("'{}' takes no 'else': only 'prior' does", name));
        return nullptr;
    }
    if (s.parts.size() > 1) {
        report.error("unknown-name", place(s), length(s), "a function's name has no dots");
        failed_ = true;
        return nullptr;
    }
    static const std::set<std::string> aggregates{
        "count",    "sum",         "min",       "max",       "avg",      "median",
        "quantile", "stddev",      "any_of",    "all_of",    "count_if", "first",
        "last",     "fingerprint", "month_set", "peer_rank", "gini"};
    if (aggregates.contains(name)) return bind_aggregate(s, names);
    if (!s.filter.empty() || s.distinct || s.star) {
        clash(s,
              fmt::format("'{}' is no aggregate: 'filter', 'distinct' and '*' do not belong to it",
                          name));
        return nullptr;
    }
    if (!s.indexes.empty()) {
        clash(s, fmt::format("nothing in brackets follows '{}'", name));
        return nullptr;
    }
    if (name == "start_of" || name == "end_of" || name == "months_of") {
        if (names.form != Names::Form::constant) return bind_window_edge(s);
        clash(s, fmt::format("the month at which a window is read is one for all subjects: '{}' "
                             "is seen from each subject",
                             name));
        return nullptr;
    }
    if ((name == "prior" || name == "at") && names.form == Names::Form::figures) {
        ExpressionPtr figure = s.operands.empty() ? nullptr : bind(s.operands[0], names);
        if (!figure) {
            if (s.operands.empty()) clash(s, fmt::format("'{}' is given an indicator", name));
            return nullptr;
        }
        if (figure->node != Expression::Node::indicator ||
            s.operands.size() - (s.has_else ? 1 : 0) > 2) {
            clash(s, fmt::format("'{}' is given an indicator's name{}", name,
                                 name == "prior" ? " and how many labels before" : " and a level"));
            return nullptr;
        }
        if (!figure->operands.empty()) {
            clash(s, fmt::format("a figure with 'else' is not read by '{}' once more", name));
            return nullptr;
        }
        if (name == "prior") return bind_prior(s, names, figure);
        auto made = std::make_shared<Expression>(*figure);
        made->place = place(s);
        made->length = length(s);
        if (s.operands.size() != 2 || s.operands[1].form != Syntax::Form::string ||
            (s.operands[1].text != "nation" && !model.level_index(s.operands[1].text))) {
            report.error("level", text_->at(s.operands.back().begin), length(s.operands.back()),
                         "'at' is given an indicator and a level of plan.toml, or 'nation'",
                         nearest_level(s.operands.back().text, {"nation"}));
            failed_ = true;
            return nullptr;
        }
        made->at = s.operands[1].text;
        return made;
    }
    std::vector<ExpressionPtr> args;
    for (const Syntax& operand : s.operands) args.push_back(bind(operand, names));
    return function(name, std::move(args), s);
}

}  // namespace zs::plan
