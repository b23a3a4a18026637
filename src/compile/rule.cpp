#include <algorithm>
#include <initializer_list>
#include <map>
#include <set>

#include <fmt/format.h>

#include "base/failure.h"
#include "compile/compiler.h"
#include "compile/parts.h"

namespace zs::compile {

using plan::Kind;
using plan::Rule;

namespace {

const char* kind_name(Rule::Kind kind) {
    switch (kind) {
        case Rule::Kind::clue:
            return "clue";
        case Rule::Kind::entitlement:
            return "entitlement";
        case Rule::Kind::check:
            return "check";
    }
    return "";
}

}  // namespace

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

void Compiler::rule_columns(const Rule& rule) {
    Context context = rule_context(rule);
    context.keeps_lack = true;
    Node& n = node(context.node);
    const auto identity = [&](const std::string& facet) {
        return fmt::format("rule {} {}", rule.name, facet);
    };
    if (n.by_identity.contains(identity("status"))) return;
    ZS_INVARIANT(in_progress_.insert("rule " + rule.name).second,
                 "rules form a graph without cycles");

    // Each part of the rule is a column; the outcome is computed from them in the next step.
    Needs needs;
    std::map<std::string, std::string> lacks;  // by facet
    const auto part = [&](const plan::ExpressionPtr& expression_of_part,
                          const std::string& facet) -> std::string {
        if (!expression_of_part) return "";
        Sql sql = expression(*expression_of_part, context);
        if (!sql.lack.empty()) {
            const std::string lacking =
                fmt::format("case when t.\"#subject\" then {} end", sql.lack);
            lacks[facet] = column(
                "t", lack_column(n, rule.name + "#" + facet, {"", sql.needs, lacking}, rule.name));
        }
        Column made;
        made.of_rule = rule.name;
        made.name = unique_name(n, rule.name + "#" + facet);
        made.type = expression_of_part->type;
        if (made.type.kind == Kind::null_)
            made.type =
                facet == "due_on" || facet == "paid_on" ? plan::date_type() : plan::boolean_type();
        made.sql = fmt::format("case when t.\"#subject\" then {} end", cast(sql.text, made.type));
        made.needs = sql.needs;
        const Column& kept = add_column(n, identity(facet), std::move(made));
        needs.at_least({kept.needs.stage.layer, kept.needs.stage.step + 1});
        return column("t", kept.name);
    };
    const std::string where = part(rule.where, "where");
    std::string exempt = "false";
    if (request_.exempted_rules.contains(rule.name)) {
        Join join;
        join.target = Join::Target::table;
        join.table = fmt::format(
            "(select distinct subject from in_exempted where rule = {} and until >= {})",
            text_literal(rule.name), request_.month.index);
        const std::string alias = "#exempted " + rule.name;
        join.on = fmt::format("{} = {}", column(alias, "subject"), subject_text(n));
        needs.joins[alias] = join;
        exempt = fmt::format("({} is not null)", column(alias, "subject"));
    }
    const std::string looked = where.empty()
                                   ? "t.\"#subject\""
                                   : fmt::format("t.\"#subject\" and ({0} is null or {0})", where);
    const std::string in_doubt = where.empty() ? "false" : where + " is null";
    std::string status, outcome;
    // Only what is asked of those who are looked at ends the run.
    const auto lack_of = [&](std::initializer_list<const char*> facets) {
        std::string lack;
        for (const char* facet : facets)
            if (const auto found = lacks.find(facet); found != lacks.end())
                lack = either_lack(lack, found->second);
        return lack;
    };
    const auto only_where = [](const std::string& condition, const std::string& lack) {
        return lack.empty() ? lack : fmt::format("case when {} then {} end", condition, lack);
    };
    std::string lack;
    plan::Type outcome_type = plan::boolean_type();
    if (rule.kind != Rule::Kind::entitlement) {
        const std::string when = part(rule.when, "when");
        if (rule.kind == Rule::Kind::check) {
            const std::string computed = rule.score ? part(rule.score, "computed score") : "";
            Column score;
            score.of_rule = rule.name;
            score.name = unique_name(n, rule.name + "#score");
            score.type = plan::decimal_type(18, 6);
            score.sql = computed.empty() ? "cast(null as decimal(18,6))"
                                         : score_text(computed, rule.score->type, looked, in_doubt);
            score.needs.stage = needs.stage;
            Column read = score;
            const Column& kept = add_column(n, identity("score"), std::move(score));
            // Others see it after exemption, and as 0 where nobody looks.
            read.name = unique_name(n, rule.name + "#score read");
            read.sql =
                fmt::format("case when not ({}) or {} then cast(0 as decimal(18,6)) else {} end",
                            looked, exempt, column("t", kept.name));
            read.needs = needs;
            read.needs.at_least({kept.needs.stage.layer, kept.needs.stage.step + 1});
            add_column(n, identity("score read"), std::move(read));
        }
        status = fmt::format(
            "case when not ({}) then null when {} then 'unknown' when {} is null then 'unknown' "
            "when {} and {} then 'exempted' when {} then 'fired' else 'clear' end",
            looked, in_doubt, when, when, exempt, when);
        outcome = fmt::format(
            "case when not ({}) then false when {} then false when {} then cast(null as boolean) "
            "else {} end",
            looked, exempt, in_doubt, when);
        lack = only_where(fmt::format("({}) and not ({})", looked, in_doubt),
                          lack_of({"when", "computed score"}));
    } else {
        outcome_type = plan::text_type();
        const std::string eligible = part(rule.eligible, "eligible");
        const std::string amount = part(rule.amount, "amount");
        const std::string received = part(rule.received, "received");
        const std::string due = part(rule.due_on, "due_on");
        const std::string paid = part(rule.paid_on, "paid_on");
        const std::string wrongful = part(rule.wrongful, "wrongful");
        // A truth tells that all of it came, or nothing.
        const bool by_truth =
            rule.received->type.kind == Kind::boolean || rule.received->type.kind == Kind::null_;
        const std::string got = by_truth ? received : fmt::format("({} > 0)", received);
        const std::string full =
            amount.empty() || by_truth ? got : fmt::format("({} = {})", received, amount);
        std::string cases;
        if (!wrongful.empty())
            cases += fmt::format(" when {} and {} then 'improper'", wrongful, got);
        cases += fmt::format(
            " when {} is null then 'unknown' when not {} then 'none' when {} is null then "
            "'unknown'",
            eligible, eligible, received);
        if (!amount.empty()) cases += fmt::format(" when {} is null then 'unknown'", amount);
        if (!amount.empty() && !by_truth)
            cases += fmt::format(" when {} > {} then 'excess'", received, amount);
        if (!paid.empty() && !due.empty())
            cases += fmt::format(" when {} and {} > {} then 'late'", full, paid, due);
        cases += fmt::format(" when {} then 'satisfied'", full);
        if (!due.empty()) {
            cases += fmt::format(
                " when {0} is null then 'unknown' when cast('{1}' as date) <= {0} then 'pending'",
                due, base::text(base::last_day(request_.month)));
        } else if (n.spine != nullptr) {
            std::string open;
            for (const SpinePeriod& period : n.periods)
                if (plan::period_of(*n.spine->every, period.first, model_.calendar).last >
                    request_.month)
                    open += fmt::format("{}{}", open.empty() ? "" : ", ", period.label);
            if (!open.empty())
                cases +=
                    fmt::format(" when {} in ({}) then 'pending'", column("t", n.key.back()), open);
        }
        cases += fmt::format(" when {} then 'short' else 'gap'", got);
        Column raw;
        raw.of_rule = rule.name;
        raw.name = unique_name(n, rule.name + "#raw");
        raw.type = plan::text_type();
        raw.sql = fmt::format("case when not ({}) then null when {} then 'unknown'{} end", looked,
                              in_doubt, cases);
        raw.needs.stage = needs.stage;
        const Column& kept = add_column(n, identity("raw"), std::move(raw));
        needs.at_least({kept.needs.stage.layer, kept.needs.stage.step + 1});
        const std::string value = column("t", kept.name);
        status = fmt::format(
            "case when {} and {} not in ('satisfied', 'pending', 'none') then 'exempted' else {} "
            "end",
            exempt, value, value);
        outcome = fmt::format(
            "case when not ({}) then 'none' when {} then 'none' else nullif({}, 'unknown') end",
            looked, exempt, value);
        lack = either_lack(only_where(looked, lack_of({"eligible", "received", "wrongful"})),
                           only_where(fmt::format("({}) and {} <> 'none'", looked, value),
                                      lack_of({"amount", "due_on", "paid_on"})));
    }
    lack = either_lack(lack_of({"where"}), lack);
    if (!lack.empty()) {
        status = unless_lacking(lack, status, plan::text_type());
        outcome = unless_lacking(lack, outcome, outcome_type);
    }
    Column counted;
    counted.of_rule = rule.name;
    counted.name = unique_name(n, rule.name + "#status");
    counted.type = plan::text_type();
    counted.sql = status;
    counted.needs = needs;
    add_column(n, identity("status"), std::move(counted));
    Column made;
    made.of_rule = rule.name;
    made.name = unique_name(n, rule.name);
    made.type = outcome_type;
    made.sql = outcome;
    made.needs = needs;
    add_column(n, identity("outcome"), std::move(made));
    ruled_[rule.name] = &rule;
    in_progress_.erase("rule " + rule.name);
}

std::string Compiler::finding_select(const Rule& rule, const std::string& table) {
    const Context context = rule_context(rule);
    Node& n = node(context.node);
    const auto of = [&](const std::string& facet) -> std::string {
        const auto found = n.by_identity.find(fmt::format("rule {} {}", rule.name, facet));
        return found == n.by_identity.end() ? "null" : column("t", n.columns[found->second].name);
    };
    const std::string status = of("status");
    std::string amount = "cast(null as string)", received = amount,
                score = "cast(null as decimal(18,6))";
    if (rule.kind == Rule::Kind::entitlement) {
        if (rule.amount) amount = number_text(of("amount"), rule.amount->type);
        if (plan::is_number(rule.received->type))
            received = number_text(of("received"), rule.received->type);
    }
    if (rule.kind == Rule::Kind::check) score = of("score");
    const auto text_of = [&](const std::string& facet) {
        return of(facet) == "null" ? "cast(null as string)" : of(facet);
    };
    const std::string chosen =
        rule.kind == Rule::Kind::entitlement
            ? fmt::format("{} not in ('satisfied', 'pending', 'none')", status)
            : fmt::format("{} in ('fired', 'exempted')", status);
    return fmt::format(
        "select {} as \"rule\", '{}' as \"kind\", {} as \"grain\", {} as \"subject\", "
        "t.\"#division\" as \"division\", {} as \"status\", {} as \"amount\", "
        "{} as \"received\", {} as \"score\", {} as \"severity\", {} as \"risk\", {} as \"say\" "
        "from {} t where {}",
        text_literal(rule.name), kind_name(rule.kind), text_literal(rule.grain), subject_text(n),
        status, amount, received, score, text_of("severity"), text_of("risk"), text_of("say"),
        quoted(table), chosen);
}

std::string Compiler::count_select(const Rule& rule, const std::string& table) {
    const std::string status =
        column("t", rule_column(rule_context(rule).node, rule.name, "status").name);
    return fmt::format(
        "select {0} as \"rule\", '{1}' as \"kind\", {2} as \"status\", count(*) as \"n\" from {3} "
        "t where {2} is not null group by {2}",
        text_literal(rule.name), kind_name(rule.kind), status, quoted(table));
}

/// Whether it is a column of a rule that no other definition reads: it is not in its grain's wide
/// table. What an engine needs to plan a statement grows with its columns times the steps between
/// them, so that a thousand rules in one table cost far more than a thousand times one.
bool Compiler::stands_apart(const Column& made) const {
    return !made.of_rule.empty() && !read_rules_.contains(made.of_rule);
}

namespace {

/// What a rule can come to (PACK.md, 6).
const std::vector<std::string> statuses{"clear", "fired",    "unknown",   "exempted",
                                        "none",  "improper", "satisfied", "late",
                                        "short", "gap",      "excess",    "pending"};

}  // namespace

/// The table of the outcomes of some rules of a grain, over its wide table.
void Compiler::print_outcomes(Program& program, Node& n, const std::string& name,
                              const std::vector<const Rule*>& rules) {
    std::vector<std::string> kept;
    for (const std::string& key : n.key) kept.push_back(column("t", key));
    for (const std::string& field : n.fields)
        if (std::find(n.key.begin(), n.key.end(), field) == n.key.end())
            kept.push_back(column("t", field));
    kept.push_back("t.\"#division\"");
    std::set<std::string> names;
    for (const Rule* rule : rules) {
        names.insert(rule->name);
        program.rule_tables[rule->name] = name;
        const std::string status = rule_column(n.id, rule->name, "status").name;
        kept.push_back(fmt::format("{} as {}", dialect_.one_of(column("t", status), statuses),
                                   quoted(status)));
        for (const char* facet : {"amount", "received", "score", "severity", "risk", "say"}) {
            const auto found = n.by_identity.find(fmt::format("rule {} {}", rule->name, facet));
            if (found != n.by_identity.end())
                kept.push_back(column("t", n.columns[found->second].name));
        }
    }
    std::vector<const Column*> made;
    for (const Column& one : n.columns)
        if (stands_apart(one) && names.contains(one.of_rule)) made.push_back(&one);
    program.statements.push_back(
        {name, fmt::format("outcomes of {} rules of {}", rules.size(), n.id.text()),
         dialect_.create_table(
             name, fmt::format("select {} from ({}) t where t.\"#subject\"", joined(kept, ", "),
                               stacked(quoted(last_table(n.id)), made, last_layer() + 1, {})))});
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
        made.of_rule = rule.name;
        made.name = unique_name(n, rule.name + "#" + facet);
        made.type = plan::text_type();
        made.sql = fmt::format("case when {} then {} end", found, sql.text);
        made.needs = sql.needs;
        made.needs.at_least(after);
        add_column(n, fmt::format("rule {} {}", rule.name, facet), std::move(made));
    };
    if (rule.severity) add("severity", expression(*rule.severity, context));
    if (rule.risk) add("risk", expression(*rule.risk, context));
    add("say", say(rule.say, context));
}

void Compiler::print_findings(Program& program) {
    std::map<NodeId, std::vector<const Rule*>> rules;
    for (const Rule& rule : model_.rules)
        if (wanted(rule.name)) rules[rule_context(rule).node].push_back(&rule);
    std::vector<std::string> findings, counts;
    for (const auto& [id, all] : rules) {
        int number = 0;
        for (const std::vector<const Rule*>& some : in_parts(all)) {
            const std::string table = fmt::format("#outcomes {} {}", id.text(), ++number);
            print_outcomes(program, node(id), table, some);
            for (const Rule* rule : some) {
                findings.push_back(finding_select(*rule, table));
                counts.push_back(count_select(*rule, table));
            }
        }
    }
    print_parts(program, "out_findings", "what each rule found, from its grain's table",
                "select cast(null as string) as \"rule\", cast(null as string) as \"kind\", "
                "cast(null as string) as \"grain\", cast(null as string) as \"subject\", "
                "cast(null as string) as \"division\", cast(null as string) as \"status\", "
                "cast(null as string) as \"amount\", cast(null as string) as \"received\", "
                "cast(null as decimal(18,6)) as \"score\", cast(null as string) as \"severity\", "
                "cast(null as string) as \"risk\", cast(null as string) as \"say\" where false",
                findings);
    print_parts(program, "out_counts", "subjects by status, rule by rule",
                "select cast(null as string) as \"rule\", cast(null as string) as \"kind\", "
                "cast(null as string) as \"status\", cast(null as bigint) as \"n\" where false",
                counts);
}

void Compiler::print_sums(Program& program) {
    std::vector<std::string> sums;
    for (const auto& [id, n] : nodes_)
        if (id.spine.empty() && n->grain->form == plan::Grain::Form::registry &&
            !n->grain->parent.empty())
            sums.push_back(fmt::format(
                "select 'orphans' as \"name\", count(*) as \"n\" from {} t where t.\"#orphan\"",
                quoted(last_table(id))));
    for (const auto& [id, n] : nodes_) {
        std::vector<std::string> counters;
        for (const std::string& counter : n->unknown_counters)
            counters.push_back(column("t", counter));
        for (const std::vector<std::string>& some : in_parts(counters))
            sums.push_back(
                fmt::format("select 'unknown rows' as \"name\", cast(coalesce(sum({}), 0) as "
                            "bigint) as \"n\" from {} t",
                            joined(some, " + "), quoted(last_table(id))));
    }
    print_parts(
        program, "out_sums", "orphans, and rows left out because a condition was unknown",
        "select cast(null as string) as \"name\", cast(null as bigint) as \"n\" where false", sums);
}

}  // namespace zs::compile
