#include <initializer_list>
#include <map>

#include <fmt/format.h>

#include "base/failure.h"
#include "compile/compiler.h"

namespace zs::compile {

using plan::Kind;
using plan::Rule;

Context Compiler::rule_context(const Rule& rule) {
    const plan::Grain* grain = model_.grain(rule.grain);
    ZS_INVARIANT(grain != nullptr, "a rule's grain exists");
    return subject_context({rule.grain, grain->every ? rule.grain : ""}, {}, rule.name);
}

std::string Compiler::subject_text(const Node& n) const {
    std::vector<std::string> parts;
    for (std::size_t i = 0; i < n.key.size(); ++i)
        parts.push_back(
            fmt::format("coalesce({}, '')", key_text(column("t", n.key[i]), n.key_types[i])));
    return joined(parts, " || '/' || ");
}

const Column& Compiler::rule_column(const NodeId& id, const std::string& rule_name,
                                    const std::string& facet) {
    Node& n = node(id);
    const Rule* rule = model_.rule(rule_name);
    ZS_INVARIANT(rule != nullptr, "a bound rule exists");
    const std::string identity = fmt::format("rule {} {}", rule_name, facet);
    if (!n.by_identity.contains(identity)) rule_columns(*rule);
    return n.columns[n.by_identity.at(identity)];
}

namespace {

/// A check's score within 0 and 1, NULL where it is not known who is looked at.
std::string score_text(const std::string& computed, const plan::Type& type,
                       const std::string& looked, const std::string& in_doubt) {
    const std::string within =
        fmt::format("case when {0} < 0 then 0 when {0} > 1 then 1 else {0} end", computed);
    return fmt::format(
        "case when ({}) and not ({}) and {} is not null then {} end", looked, in_doubt, computed,
        type.kind == Kind::floating
            ? cast(double_at_scale(within, 6), "decimal(18,6)")
            : cast(fmt::format("round({}, 6)", cast(within, "decimal(38,9)")), "decimal(18,6)"));
}

}  // namespace

/// A part of the rule as a column of its own: the outcome is computed from them in a later step.
/// Gives how it is read; empty where the rule has no such part.
std::string Compiler::rule_part(RuleParts& parts, const plan::ExpressionPtr& written,
                                const std::string& facet) {
    if (!written) return "";
    Node& n = parts.node;
    const std::string& rule = parts.rule.name;
    Sql sql = expression(*written, parts.context);
    if (!sql.lack.empty()) {
        const std::string lacking = fmt::format("case when t.\"#subject\" then {} end", sql.lack);
        parts.lacks[facet] =
            column("t", lack_column(n, rule + "#" + facet, {"", sql.needs, lacking}, rule));
    }
    Column made;
    made.name = unique_name(n, rule + "#" + facet);
    made.type = written->type;
    if (made.type.kind == Kind::null_)
        made.type =
            facet == "due_on" || facet == "paid_on" ? plan::date_type() : plan::boolean_type();
    made.sql = fmt::format("case when t.\"#subject\" then {} end", cast(sql.text, made.type));
    made.needs = sql.needs;
    const Column& kept = add_rule_column(n, rule, facet, std::move(made));
    parts.needs.at_least({kept.needs.stage.layer, kept.needs.stage.step + 1});
    return column("t", kept.name);
}

const Column& Compiler::add_rule_column(Node& n, const std::string& rule, const std::string& facet,
                                        Column made) {
    made.owner = rule;
    return add_column(n, fmt::format("rule {} {}", rule, facet), std::move(made));
}

/// A condition: the rule has an exemption for the subject in the run's month.
std::string Compiler::exempted(RuleParts& parts) {
    const std::string& rule = parts.rule.name;
    if (!request_.exempted_rules.contains(rule)) return "false";
    Join join;
    join.target = Join::Target::table;
    join.table =
        fmt::format("(select distinct subject from in_exempted where rule = {} and until >= {})",
                    text_literal(rule), request_.month.index);
    const std::string alias = "#exempted " + rule;
    join.on = fmt::format("{} = {}", column(alias, "subject"), subject_text(parts.node));
    parts.needs.joins[alias] = join;
    return fmt::format("({} is not null)", column(alias, "subject"));
}

namespace {

/// The first lack among those of some parts of a rule.
std::string lack_of(const std::map<std::string, std::string>& lacks,
                    std::initializer_list<const char*> facets) {
    std::string lack;
    for (const char* facet : facets)
        if (const auto found = lacks.find(facet); found != lacks.end())
            lack = either_lack(lack, found->second);
    return lack;
}

/// Only what is asked of those for whom a condition holds ends the run.
std::string only_where(const std::string& condition, const std::string& lack) {
    return lack.empty() ? lack : fmt::format("case when {} then {} end", condition, lack);
}

}  // namespace

/// A check's score, as findings show it and as others read it: after exemption, and 0 where nobody
/// looks.
void Compiler::score_columns(RuleParts& parts) {
    Node& n = parts.node;
    const std::string& rule = parts.rule.name;
    const std::string computed = rule_part(parts, parts.rule.score, "computed score");
    Column score;
    score.name = unique_name(n, rule + "#score");
    score.type = plan::decimal_type(18, 6);
    score.sql = computed.empty()
                    ? "cast(null as decimal(18,6))"
                    : score_text(computed, parts.rule.score->type, parts.looked, parts.in_doubt);
    score.needs.stage = parts.needs.stage;
    const Column& kept = add_rule_column(n, rule, "score", score);
    Column read;
    read.name = unique_name(n, rule + "#score read");
    read.type = score.type;
    read.sql = fmt::format("case when not ({}) or {} then cast(0 as decimal(18,6)) else {} end",
                           parts.looked, parts.exempt, column("t", kept.name));
    read.needs = parts.needs;
    read.needs.at_least({kept.needs.stage.layer, kept.needs.stage.step + 1});
    add_rule_column(n, rule, "score read", std::move(read));
}

/// Of a clue or check.
Compiler::RuleOutcome Compiler::truth_outcome(RuleParts& parts) {
    const std::string when = rule_part(parts, parts.rule.when, "when");
    if (parts.rule.kind == Rule::Kind::check) score_columns(parts);
    RuleOutcome made;
    made.type = plan::boolean_type();
    made.status = fmt::format(
        "case when not ({}) then null when {} then 'unknown' when {} is null then 'unknown' "
        "when {} and {} then 'exempted' when {} then 'fired' else 'clear' end",
        parts.looked, parts.in_doubt, when, when, parts.exempt, when);
    made.outcome = fmt::format(
        "case when not ({}) then false when {} then false when {} then cast(null as boolean) "
        "else {} end",
        parts.looked, parts.exempt, parts.in_doubt, when);
    made.lack = only_where(fmt::format("({}) and not ({})", parts.looked, parts.in_doubt),
                           lack_of(parts.lacks, {"when", "computed score"}));
    return made;
}

/// The periods of an `every` grain that are not over in the run's month, as a condition; empty
/// where there are none.
std::string Compiler::open_period(const Node& n) const {
    if (n.spine == nullptr) return "";
    std::vector<std::string> open;
    for (const SpinePeriod& period : n.periods)
        if (plan::period_of(*n.spine->every, period.first, model_.calendar).last > request_.month)
            open.push_back(std::to_string(period.label));
    return open.empty() ? ""
                        : fmt::format("{} in ({})", column("t", n.key.back()), joined(open, ", "));
}

/// The branches of an entitlement's status (PACK.md, 6: the first that holds).
std::string Compiler::status_cases(RuleParts& parts) {
    const Rule& rule = parts.rule;
    const std::string eligible = rule_part(parts, rule.eligible, "eligible");
    const std::string amount = rule_part(parts, rule.amount, "amount");
    const std::string received = rule_part(parts, rule.received, "received");
    const std::string due = rule_part(parts, rule.due_on, "due_on");
    const std::string paid = rule_part(parts, rule.paid_on, "paid_on");
    const std::string wrongful = rule_part(parts, rule.wrongful, "wrongful");
    // A truth tells that all of it came, or nothing.
    const Kind told = rule.received->type.kind;
    const bool by_truth = told == Kind::boolean || told == Kind::null_;
    const std::string got = by_truth ? received : fmt::format("({} > 0)", received);
    const std::string full =
        amount.empty() || by_truth ? got : fmt::format("({} = {})", received, amount);
    std::string cases;
    if (!wrongful.empty()) cases += fmt::format(" when {} and {} then 'improper'", wrongful, got);
    cases += fmt::format(
        " when {0} is null then 'unknown' when not {0} then 'none' when {1} is null then 'unknown'",
        eligible, received);
    if (!amount.empty()) cases += fmt::format(" when {} is null then 'unknown'", amount);
    if (!amount.empty() && !by_truth)
        cases += fmt::format(" when {} > {} then 'excess'", received, amount);
    if (!paid.empty() && !due.empty())
        cases += fmt::format(" when {} and {} > {} then 'late'", full, paid, due);
    cases += fmt::format(" when {} then 'satisfied'", full);
    if (!due.empty())
        cases += fmt::format(
            " when {0} is null then 'unknown' when cast('{1}' as date) <= {0} then 'pending'", due,
            base::text(base::last_day(request_.month)));
    else if (const std::string open = open_period(parts.node); !open.empty())
        cases += fmt::format(" when {} then 'pending'", open);
    return cases + fmt::format(" when {} then 'short' else 'gap'", got);
}

Compiler::RuleOutcome Compiler::entitlement_outcome(RuleParts& parts) {
    const std::string cases = status_cases(parts);
    Column raw;
    raw.name = unique_name(parts.node, parts.rule.name + "#raw");
    raw.type = plan::text_type();
    raw.sql = fmt::format("case when not ({}) then null when {} then 'unknown'{} end", parts.looked,
                          parts.in_doubt, cases);
    raw.needs.stage = parts.needs.stage;
    const Column& kept = add_rule_column(parts.node, parts.rule.name, "raw", std::move(raw));
    parts.needs.at_least({kept.needs.stage.layer, kept.needs.stage.step + 1});
    const std::string value = column("t", kept.name);
    RuleOutcome made;
    made.type = plan::text_type();
    made.status = fmt::format(
        "case when {} and {} not in ('satisfied', 'pending', 'none') then 'exempted' else {} end",
        parts.exempt, value, value);
    made.outcome = fmt::format(
        "case when not ({}) then 'none' when {} then 'none' else nullif({}, 'unknown') end",
        parts.looked, parts.exempt, value);
    made.lack = either_lack(
        only_where(parts.looked, lack_of(parts.lacks, {"eligible", "received", "wrongful"})),
        only_where(fmt::format("({}) and {} <> 'none'", parts.looked, value),
                   lack_of(parts.lacks, {"amount", "due_on", "paid_on"})));
    return made;
}

void Compiler::rule_columns(const Rule& rule) {
    RuleParts parts{rule, node(rule_context(rule).node), rule_context(rule)};
    parts.context.keeps_lack = true;
    Node& n = parts.node;
    if (n.by_identity.contains(fmt::format("rule {} status", rule.name))) return;
    ZS_INVARIANT(in_progress_.insert("rule " + rule.name).second,
                 "rules form a graph without cycles");
    const std::string where = rule_part(parts, rule.where, "where");
    parts.exempt = exempted(parts);
    parts.looked = where.empty() ? "t.\"#subject\""
                                 : fmt::format("t.\"#subject\" and ({0} is null or {0})", where);
    parts.in_doubt = where.empty() ? "false" : where + " is null";
    RuleOutcome made =
        rule.kind == Rule::Kind::entitlement ? entitlement_outcome(parts) : truth_outcome(parts);
    const std::string lack = either_lack(lack_of(parts.lacks, {"where"}), made.lack);
    if (!lack.empty()) {
        made.status = unless_lacking(lack, made.status, plan::text_type());
        made.outcome = unless_lacking(lack, made.outcome, made.type);
    }
    Column status;
    status.name = unique_name(n, rule.name + "#status");
    status.type = plan::text_type();
    status.sql = made.status;
    status.needs = parts.needs;
    add_rule_column(n, rule.name, "status", std::move(status));
    Column outcome;
    outcome.name = unique_name(n, rule.name);
    outcome.type = made.type;
    outcome.sql = made.outcome;
    outcome.needs = parts.needs;
    add_rule_column(n, rule.name, "outcome", std::move(outcome));
    in_progress_.erase("rule " + rule.name);
}

/// Sentences, severities and risks are computed for what is found only, after its outcome.
void Compiler::rule_words(const Rule& rule) {
    const Context context = rule_context(rule);
    Node& n = node(context.node);
    const Column& status = rule_column(context.node, rule.name, "status");
    const std::string status_column = column("t", status.name);
    const Stage after{status.needs.stage.layer, status.needs.stage.step + 1};
    const std::string found =
        rule.kind == Rule::Kind::entitlement
            ? fmt::format("{} not in ('satisfied', 'pending', 'none')", status_column)
            : fmt::format("{} in ('fired', 'exempted')", status_column);
    const auto add = [&](const std::string& facet, Sql sql) {
        Column made;
        made.name = unique_name(n, rule.name + "#" + facet);
        made.type = plan::text_type();
        made.sql = fmt::format("case when {} then {} end", found, sql.text);
        made.needs = sql.needs;
        made.needs.at_least(after);
        add_rule_column(n, rule.name, facet, std::move(made));
    };
    if (rule.severity) add("severity", expression(*rule.severity, context));
    if (rule.risk) add("risk", expression(*rule.risk, context));
    add("say", say(rule.say, context));
}

}  // namespace zs::compile
