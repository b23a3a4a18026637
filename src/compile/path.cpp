#include <fmt/format.h>

#include "base/failure.h"
#include "compile/compiler.h"

namespace zs::compile {

using plan::Hop;
using plan::Scope;

namespace {

/// The subject in a row's context: joined last, so its alias sorts behind all paths.
constexpr const char* landing_alias = "~t";

/// A path's alias begins with what no name begins with: a field may be called `t`.
std::string alias_of_hop(const std::string& alias, const std::string& step) {
    return alias == "t" || alias == "r" ? "/" + step : alias + "." + step;
}

}  // namespace

std::string Compiler::root_alias(Scope scope, const Context& context, Needs& needs) {
    if (!context.over_rows) return "t";
    if (scope == Scope::row) return "r";
    needs.joins[landing_alias] =
        Join{Join::Target::node, context.node, "", joined(context.subject_on, " and ")};
    needs.at_least({1, 0});
    return landing_alias;
}

/// A field of the row or subject at the root of a path. Along a registry's history the way up goes
/// by the row of the run's month, not by the row read (ADR 1, 2). A division's code is the key of
/// its level's grain.
std::string Compiler::field_column(const std::string& alias, Node& n, const std::string& name) {
    if (n.grain->form == plan::Grain::Form::level && name == "code") return column(alias, n.key[0]);
    n.fields.insert(name);
    return column(alias, name);
}

std::string Compiler::row_field(const std::string& name, const Context& context, Needs& needs,
                                bool as_hop) {
    if (!context.over_rows) {
        needs.at_least({1, 0});
        return field_column("t", node(context.node), name);
    }
    if (context.source_is_row) return field_column("r", node(*context.source), name);
    if (context.history && as_hop) {
        Node& current = node(*context.source);
        current.fields.insert(name);
        needs.joins[current_alias] =
            Join{Join::Target::node, *context.source, "",
                 fmt::format("{} = {}", column(current_alias, current.key[0]),
                             column("r", current.key[0]))};
        return column(current_alias, name);
    }
    return field_of_row(*context.ledger, "r", name);
}

std::string Compiler::division_at(const std::string& alias, const std::optional<NodeId>& at,
                                  const Context& context, Needs& needs) {
    if (at) return column(alias, "#division");
    if (alias == "r" && context.over_rows && !context.source_is_row) {
        ZS_INVARIANT(context.ledger != nullptr && context.ledger->way_to_division &&
                         context.ledger->way_to_division->empty(),
                     "a row whose division is asked for has a field that names it");
        return row_field(context.ledger->division_field, context, needs, true);
    }
    return column(alias, "#division");
}

Compiler::End Compiler::walk(const std::vector<Hop>& path, Scope scope, const Context& context,
                             bool with_spine) {
    End end;
    end.alias = root_alias(scope, context, end.needs);
    if (!context.over_rows || scope == Scope::subject)
        end.node = context.node;
    else if (context.source_is_row)
        end.node = context.source;
    bool at_root = true;
    for (const Hop& hop : path) {
        const bool at_row = at_root && !end.node;
        // What stands at the end is seen in the periods; what leads there is not. One thing may be
        // reached in both ways.
        const bool spined_here = with_spine && &hop == &path.back();
        const std::string step =
            (hop.kind == Hop::Kind::level ? hop.grain : hop.field) + (spined_here ? "@" : "");
        std::string alias;
        Join join;
        if (hop.kind == Hop::Kind::key) {
            std::string from;
            if (at_root && scope == Scope::row) {
                from = row_field(hop.field, context, end.needs, true);
                if (from.starts_with(quoted(current_alias) + ".")) end.alias = current_alias;
            } else {
                node(*end.node).fields.insert(hop.field);
                from = column(end.alias, hop.field);
            }
            alias = alias_of_hop(end.alias, step);
            const NodeId target{hop.grain, spined_here ? context.node.spine : ""};
            join.node = target;
            join.on = fmt::format("{} = {}", column(alias, node(target).key[0]), from);
            end.node = target;
        } else {
            std::string code;
            if (!end.node && !at_row) {
                code = column(end.alias, "code");  // a division reached by a field
            } else if (at_row) {
                code = row_field(hop.field, context, end.needs, true);
            } else {
                const Node& here = node(*end.node);
                const bool own = hop.field.empty() || hop.field == "division" ||
                                 hop.field == here.grain->division_field ||
                                 (here.grain->form == plan::Grain::Form::level);
                if (!own) node(*end.node).fields.insert(hop.field);
                code = column(end.alias, own ? "#division" : hop.field);
            }
            alias = alias_of_hop(end.alias, step);
            if (hop.kind == Hop::Kind::division) {
                join.target = Join::Target::division;
                join.on = fmt::format("{} = {}", column(alias, "code"), code);
                end.node.reset();
            } else {
                const NodeId target{hop.grain, spined_here ? context.node.spine : ""};
                const int digits =
                    model_.levels[static_cast<std::size_t>(*model_.level_index(hop.grain))].digits;
                join.node = target;
                join.on = fmt::format("length({0}) >= {1} and {2} = substr({0}, 1, {1})", code,
                                      digits, column(alias, node(target).key[0]));
                end.node = target;
            }
        }
        if (spined_here && end.node)
            join.on += fmt::format(" and {} = {}", column(alias, node(*end.node).key.back()),
                                   context.over_rows ? context.period_label
                                                     : column("t", node(context.node).key.back()));
        end.needs.joins[alias] = join;
        end.needs.at_least({1, 0});
        end.alias = alias;
        at_root = false;
    }
    return end;
}

/// The code of the division at which a row's or subject's parameters hold.
std::string Compiler::division_of(const Context& context, Needs& needs, bool subject) {
    if (!context.over_rows || subject) {
        const std::string alias = root_alias(subject ? Scope::subject : Scope::row, context, needs);
        needs.at_least({1, 0});
        return column(alias, "#division");
    }
    if (context.source_is_row) return column("r", "#division");
    if (context.history) {
        const std::string key = row_field(node(*context.source).key[0], context, needs, true);
        (void)key;
        return column(current_alias, "#division");
    }
    if (!context.ledger->way_to_division) return "cast(null as string)";
    const End end = walk(*context.ledger->way_to_division, Scope::row, context, false);
    needs.add(end.needs);
    if (context.ledger->way_to_division->empty())
        return row_field(context.ledger->division_field, context, needs, true);
    return column(end.alias, "#division");
}

}  // namespace zs::compile
