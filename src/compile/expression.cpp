#include <fmt/format.h>

#include "base/failure.h"
#include "compile/compiler.h"

namespace zs::compile {

using plan::Expression;
using plan::Kind;
using plan::Scope;
using Node_ = plan::Expression::Node;

void Compiler::cannot(const base::Said& what, const base::Where& where) const {
    throw base::Failure(base::Fault::input,
                        base::said("编译不了{}", "this compiler cannot say {}", what), where,
                        base::said("另写一个特征来表达，或把条款报给开发者",
                                   "state it with a feature of its own, or report the clause"));
}

Sql Compiler::expression(const Expression& e, const Context& context) {
    switch (e.node) {
        case Node_::literal:
            return {literal(e.value, e.type, first_bit_, model_), {}};
        case Node_::field:
            return field(e, context);
        case Node_::attribute:
            return attribute(e, context);
        case Node_::feature:
            return feature_read(e, context, e.known || context.known ? Facet::known : Facet::value);
        case Node_::feature_unknown:
            return feature_read(e, context, Facet::unknown_rows);
        case Node_::outcome:
        case Node_::score:
            return outcome_read(e, context);
        case Node_::target:
            return target_read(e, context);
        case Node_::parameter:
            return parameter(e, context);
        case Node_::run:
            return run_value(e);
        case Node_::window_start:
        case Node_::window_end:
        case Node_::window_months:
            return window_edge(e, context);
        case Node_::call:
            return call(e, context);
        case Node_::aggregate:
            cannot(
                base::said("特征和指标以外的聚合", "an aggregate outside a feature or indicator"),
                context.owner);
        case Node_::indicator:
            cannot(base::said("规则或特征里的指标", "an indicator inside a rule or feature"),
                   context.owner);
    }
    ZS_INVARIANT(false, "every kind of expression is compiled");
    return {};
}

Sql Compiler::field(const Expression& e, const Context& context) {
    Sql result;
    if (e.path.empty()) {
        if (e.scope == Scope::row) {
            result.text = row_field(e.name, context, result.needs, context.landing);
        } else {
            const std::string alias = root_alias(e.scope, context, result.needs);
            result.text = field_column(alias, node(context.node), e.name);
        }
        return result;
    }
    const End end = walk(e.path, e.scope, context, false);
    result.needs = end.needs;
    result.text =
        end.node ? field_column(end.alias, node(*end.node), e.name) : column(end.alias, e.name);
    return result;
}

/// Of a field it is looked up once a row, not told case by case wherever it is read.
Sql Compiler::attribute(const Expression& e, const Context& context) {
    Sql result = expression(*e.operands[0], context);
    const auto rows = attribute_rows(e);
    if (e.operands[0]->node != Node_::field || rows.empty()) {
        result.text = attribute_text(e, result.text);
        return result;
    }
    std::vector<std::string> values;
    for (const auto& [code, value] : rows) values.push_back(fmt::format("({}, {})", code, value));
    std::string alias = result.text + "#" + e.name;
    std::erase(alias, '"');
    Join join;
    join.target = Join::Target::table;
    join.table =
        fmt::format("(select * from (values {}) v(code, attribute))", joined(values, ", "));
    join.on = fmt::format("{} = {}", column(alias, "code"), result.text);
    result.needs.joins[alias] = join;
    result.text = column(alias, "attribute");
    return result;
}

/// The codes that have the attribute, and its value, as SQL.
std::vector<std::pair<std::string, std::string>> Compiler::attribute_rows(
    const Expression& e) const {
    const plan::CodeList* list = model_.code_list(e.operands[0]->type.of);
    ZS_INVARIANT(list != nullptr, "an attribute's code list exists");
    std::vector<std::pair<std::string, std::string>> rows;
    for (const plan::Code& code : list->codes)
        if (const auto found = code.attributes.find(e.name); found != code.attributes.end())
            rows.emplace_back(text_literal(code.code),
                              literal(found->second, e.type, first_bit_, model_));
    return rows;
}

std::string Compiler::attribute_text(const Expression& e, const std::string& operand) const {
    std::string text = "case " + operand;
    for (const auto& [code, value] : attribute_rows(e))
        text += fmt::format(" when {} then {}", code, value);
    return text + " else " + cast("null", e.type) + " end";
}

Sql Compiler::feature_read(const Expression& e, const Context& context, Facet facet) {
    const plan::Feature* feature = model_.feature(e.grain, e.name);
    ZS_INVARIANT(feature != nullptr, "a bound feature exists");
    Seen reader = context.seen;
    const bool of_periods = has_own_period(e, context);
    if (of_periods) reader = {};
    if (e.window) reader = Seen{Seen::Form::window, *e.window};
    if (e.window && e.at_month) {
        const Constant month = constant(*e.at_month);
        const auto* at = std::get_if<base::Month>(&month.value);
        const bool is_none = at == nullptr || *at > request_.month;
        if (is_none && facet == Facet::delivered) return {"true", {}};
        if (is_none) return read_at_no_month(e, context, month);
        reader.at = *at;
    }
    const bool spined = !context.node.spine.empty() || of_periods;
    const Seen::Form form = effective(*feature, reader, spined).form;
    // A window that the reader gives ends with the subject's period, as the period itself does.
    const bool given = form == Seen::Form::window && !e.window && !feature->over;
    const bool own_period = form == Seen::Form::own || (spined && given);
    const auto [alias, at, needs] = standing(e, context, own_period);
    Seen seen = effective(*feature, reader, !at.spine.empty());
    // Its own window, or a written one, ends with the run's month (ADR 1, 4).
    if (at.is_seen_in_periods() && (e.window || feature->over) && seen.form == Seen::Form::window &&
        !seen.at)
        seen.at = request_.month;
    const Column& read = feature_column(at, *feature, e.code, seen, facet);
    Sql result{column(alias, read.name), needs};
    if (!read.lack.empty() && context.keeps_lack) result.lack = column(alias, read.lack);
    if (!read.lack.empty() && !context.keeps_lack)
        result.text = unless_lacking(column(alias, read.lack), result.text, read.type);
    const bool same_table = alias == "t" && !context.over_rows;
    result.needs.at_least(same_table ? Stage{read.needs.stage.layer, read.needs.stage.step + 1}
                                     : Stage{read.needs.stage.layer + 1, 0});
    return result;
}

/// Whether a feature is named of the subjects of an `every` grain that are read as rows: those have
/// their own period, whatever the reader's window (PACK.md, 5).
bool Compiler::has_own_period(const Expression& e, const Context& context) const {
    return context.over_rows && context.source_is_row && !context.source->spine.empty() &&
           e.path.empty() && e.scope == Scope::row;
}

/// A feature read at a month that is NULL or after the run's.
Sql Compiler::read_at_no_month(const Expression& e, const Context& context,
                               const Constant& month) const {
    Sql result{cast("null", e.type), {}};
    if (month.too_large) result.text = dialect_.failure(overflow_words, sql_type(e.type));
    if (month.lack.empty()) return result;
    const std::string lack = text_literal(month.lack);
    if (context.keeps_lack)
        result.lack = lack;
    else
        result.text = unless_lacking(lack, result.text, e.type);
    return result;
}

Compiler::Standing Compiler::standing(const Expression& e, const Context& context,
                                      bool own_period) {
    Standing result{"", {e.grain, model_.grain(e.grain)->every ? e.grain : ""}, {}};
    auto& [alias, at, needs] = result;
    if (e.path.empty() && e.scope == Scope::row && context.over_rows) {
        alias = "r";
        at = *context.source;
        const bool seen_in_periods = own_period && at.spine.empty();
        if (!context.source_is_row || seen_in_periods) {
            std::vector<std::string> on;
            alias = current_alias;
            if (seen_in_periods) alias += " in period";
            // In the key of a ledger's own rows NULL equals NULL (PACK.md 3).
            const bool of_rows = node(at).grain->form == plan::Grain::Form::rows;
            for (const std::string& key : node(at).key) {
                const plan::Field* field = of_rows ? ledger_of(node(at)).field(key) : nullptr;
                const bool may_be_null = field != nullptr && !field->required;
                on.push_back(column(alias, key) + (may_be_null ? " is not distinct from " : " = ") +
                             row_field(key, context, needs, false));
            }
            if (seen_in_periods) {
                at.spine = context.node.spine;
                on.push_back(column(alias, node(at).key.back()) + " = " + context.period_label);
            }
            needs.joins[alias] = Join{Join::Target::node, at, "", joined(on, " and ")};
        }
    } else if (e.path.empty()) {
        alias = root_alias(e.scope, context, needs);
        at = context.node;
    } else {
        const End end = walk(e.path, e.scope, context, own_period);
        needs = end.needs;
        alias = end.alias;
        at = *end.node;
    }
    return result;
}

Sql Compiler::outcome_read(const Expression& e, const Context& context) {
    const Standing at = standing(e, context, false);
    const Column& read =
        rule_column(at.node, e.name, e.node == Node_::score ? "score read" : "outcome");
    const bool of_own_subjects = at.alias == "t" && !context.over_rows;
    if (of_own_subjects && model_.indicator(context.owner) != nullptr)
        rules_counted_[context.owner].insert(e.name);
    else
        read_rules_.insert(e.name);
    Sql result{column(at.alias, read.name), at.needs};
    const bool same_table = at.alias == "t" && !context.over_rows;
    result.needs.at_least(same_table ? Stage{read.needs.stage.layer, read.needs.stage.step + 1}
                                     : Stage{read.needs.stage.layer + 1, 0});
    return result;
}

Sql Compiler::run_value(const Expression& e) const {
    const base::Month month = request_.month;
    std::int64_t number = 0;
    if (e.name == "month")
        number = month.index;
    else if (e.name == "term")
        number = base::Term::of_month(month).index;
    else if (e.name == "year")
        number = month.year();
    else if (e.name == "accounting_year")
        number = plan::label_of(plan::Period::year, month, model_.calendar);
    else
        return {cast(text_literal(base::text(base::last_day(month))), "date"), {}};
    return {cast(std::to_string(number), e.type), {}};
}

Sql Compiler::window_edge(const Expression& e, const Context& context) {
    ZS_INVARIANT(e.window.has_value(), "start_of, end_of and months_of name a window");
    const bool spined = context.node.spine == context.node.grain;
    Node& n = node(context.node);
    const base::Month ever = first_bit_;
    if (!spined) {
        const plan::Months months =
            plan::months_of(*e.window, request_.month, model_.calendar, ever);
        if (e.node == Node_::window_start)
            return {cast(std::to_string(months.first.index), "int"), {}};
        if (e.node == Node_::window_end)
            return {cast(std::to_string(months.last.index), "int"), {}};
        plan::MonthSet set;
        for (base::Month month = months.first; month <= months.last; month = month.plus(1))
            set.insert(month);
        return {literal(set, plan::month_set_type(), first_bit_, model_), {}};
    }
    const std::string label = context.over_rows ? context.period_label : column("t", n.key.back());
    std::string text = "case " + label;
    for (const SpinePeriod& period : n.periods) {
        const plan::Months months =
            plan::months_of(*e.window, period.anchor, model_.calendar, ever);
        std::int64_t value = e.node == Node_::window_start ? months.first.index : months.last.index;
        if (e.node == Node_::window_months) {
            value = 0;
            for (base::Month month = months.first; month <= months.last; month = month.plus(1))
                if (month >= first_bit_ && month <= request_.month)
                    value |= std::int64_t{1} << (month.index - first_bit_.index);
        }
        text += fmt::format(" when {} then {}", period.label, value);
    }
    Sql result{cast(text + " end", e.node == Node_::window_months ? "bigint" : "int"), {}};
    result.needs.at_least({1, 0});
    return result;
}

}  // namespace zs::compile
