#include <fmt/format.h>

#include "compile/compiler.h"

namespace zs::compile {

/// A target is judged from figures, after statements: what it came to is read as a table. A place
/// of the level that it does not speak of has status `none`.
Sql Compiler::target_read(const plan::Expression& e, const Context& context) {
    const Standing at = standing(e, context, false);
    const std::string code = column(at.alias, node(at.node).key[0]),
                      alias = fmt::format("{}#{}", at.alias, e.name);
    Sql result{fmt::format("case when {} is not null then coalesce({}, 'none') end", code,
                           column(alias, "status")),
               at.needs};
    Join join;
    join.target = Join::Target::table;
    join.table = fmt::format("(select division, status from in_target_status where target = {})",
                             text_literal(e.name));
    join.on = fmt::format("{} = {}", column(alias, "division"), code);
    result.needs.joins[alias] = join;
    return result;
}

/// Whether the target's `where` holds at a place.
const Column& Compiler::placed_column(const plan::Target& target) {
    const NodeId id{target.grain(), ""};
    Sql sql = expression(*target.where, subject_context(id, {}, target.name));
    Column made;
    made.name = unique_name(node(id), target.name + "#placed");
    made.type = plan::boolean_type();
    made.sql = cast(sql.text, made.type);
    made.needs = sql.needs;
    return add_column(node(id), "target " + target.name, std::move(made));
}

void Compiler::print_placed(Program& program) {
    std::vector<std::string> places;
    for (const plan::Target& target : model_.targets) {
        if (!target.where || !wanted(target.name)) continue;
        Node& n = node({target.grain(), ""});
        const std::string placed =
            column("t", n.columns[n.by_identity.at("target " + target.name)].name);
        places.push_back(
            fmt::format("select {} as \"target\", {} as \"division\", {} as \"placed\" from {} t "
                        "where t.\"#subject\" and coalesce({}, true)",
                        text_literal(target.name), column("t", n.key[0]), placed,
                        quoted(last_table(n.id)), placed));
    }
    print_parts(program, "out_placed", "the places that targets with `where` speak of",
                "select cast(null as string) as \"target\", cast(null as string) as \"division\", "
                "cast(null as boolean) as \"placed\" where false",
                places);
}

}  // namespace zs::compile
