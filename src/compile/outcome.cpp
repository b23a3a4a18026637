#include <algorithm>
#include <map>
#include <set>

#include <fmt/format.h>

#include "compile/compiler.h"
#include "compile/parts.h"

namespace zs::compile {

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

/// Whether it is a column of an indicator, or of a rule that at most indicators read: it is not in
/// its grain's wide table but computed over it, some rules or indicators at a time. What an engine
/// needs to plan a statement grows with its columns times the steps between them, so that a
/// thousand rules in one table cost far more than a thousand times one.
bool Compiler::stands_apart(const Column& made) const {
    return !made.owner.empty() && !read_rules_.contains(made.owner);
}

/// A node's wide table with the columns of some rules and indicators that stand apart from it.
std::string Compiler::with_columns_of(const Node& n, const std::set<std::string>& owners) {
    std::vector<const Column*> made;
    for (const Column& one : n.columns)
        if (stands_apart(one) && owners.contains(one.owner)) made.push_back(&one);
    return stacked(quoted(last_table(n.id)), made, last_layer() + 1, {});
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
        for (const char* facet :
             {"eligible", "amount", "received", "score", "severity", "risk", "say"}) {
            const auto found = n.by_identity.find(fmt::format("rule {} {}", rule->name, facet));
            if (found != n.by_identity.end())
                kept.push_back(column("t", n.columns[found->second].name));
        }
    }
    program.statements.push_back(
        {name, fmt::format("outcomes of {} rules of {}", rules.size(), n.id.text()),
         dialect_.create_table(name, fmt::format("select {} from ({}) t where t.\"#subject\"",
                                                 joined(kept, ", "), with_columns_of(n, names)))});
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
            sums.push_back(
                fmt::format("select 'orphans' as \"name\", '' as \"of\", count(*) as \"n\", "
                            "cast(0 as bigint) as \"most\" from {} t where t.\"#orphan\"",
                            quoted(last_table(id))));
    for (const auto& [id, n] : nodes_) {
        if (!id.spine.empty() && id.spine != id.grain) continue;
        const std::string keyless = keyless_rows(*n);
        if (!keyless.empty())
            sums.push_back(
                fmt::format("select 'keyless rows' as \"name\", {} as \"of\", count(*) "
                            "as \"n\", count(*) as \"most\" from {}",
                            text_literal(id.grain), keyless));
    }
    for (const auto& [id, n] : nodes_)
        for (const auto& [feature, counters] : n->unknown_counters) {
            std::vector<std::string> each;
            for (const std::string& counter : counters)
                each.push_back(
                    fmt::format("cast(coalesce(sum({}), 0) as bigint)", column("t", counter)));
            sums.push_back(fmt::format(
                "select 'unknown rows' as \"name\", {} as \"of\", {} as \"n\", {} as \"most\" "
                "from {} t",
                text_literal(feature), joined(each, " + "),
                each.size() == 1 ? each[0] : fmt::format("greatest({})", joined(each, ", ")),
                quoted(last_table(id))));
        }
    print_parts(
        program, "out_sums", "orphans, and rows left out because a condition or key is unknown",
        "select cast(null as string) as \"name\", cast(null as string) as \"of\", cast(null as "
        "bigint) as \"n\", cast(null as bigint) as \"most\" where false",
        sums);
}

}  // namespace zs::compile
