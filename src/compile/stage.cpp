#include <algorithm>
#include <functional>

#include <fmt/format.h>

#include "base/failure.h"
#include "compile/compiler.h"
#include "compile/parts.h"

namespace zs::compile {

std::string Compiler::table_name(const Node& n, int layer) const {
    return fmt::format("{}#{}", n.id.text(), layer);
}

std::string Compiler::table_before(const NodeId& id, int layer) {
    const Node& n = node(id);
    ZS_INVARIANT(!n.tables.empty(), "a table is printed before it is read");
    const std::string* found = &n.tables.front().second;
    for (const auto& [made_in, name] : n.tables)
        if (made_in < layer) found = &name;
    return *found;
}

const std::string& Compiler::last_table(const NodeId& id) { return node(id).tables.back().second; }

int Compiler::last_layer() const {
    int last = 0;
    for (const auto& [id, n] : nodes_) {
        for (const Column& made : n->columns) last = std::max(last, made.needs.stage.layer);
        for (const Scan& scan : n->scans) last = std::max(last, scan.layer);
    }
    return last;
}

std::string Compiler::joins_text(const Joins& joins, int layer) {
    std::string text;
    for (const auto& [alias, join] : joins) {
        std::string table;
        switch (join.target) {
            case Join::Target::node:
                table = quoted(table_before(join.node, layer));
                break;
            case Join::Target::division:
                table = "in_division";
                break;
            default:
                table = join.table;
                break;
        }
        text += fmt::format("\n  left join {} {} on {}", table, quoted(alias), join.on);
    }
    return text;
}

std::string Compiler::scan_select(const Scan& scan) {
    const bool peers = scan.from == "#peers";
    const std::string source =
        scan.source ? quoted(table_before(*scan.source, scan.layer)) : scan.from;
    std::string text = "select ";
    for (std::size_t i = 0; i < scan.group_sql.size(); ++i)
        text += fmt::format("{} as {}, ", scan.group_sql[i], quoted(scan.group_names[i]));
    std::vector<std::string> aggregates;
    for (const Aggregated& aggregated_column : scan.aggregates)
        aggregates.push_back(
            fmt::format("{} as {}", aggregated_column.sql, quoted(aggregated_column.name)));
    text += joined(aggregates, ",\n  ");
    text += fmt::format("\nfrom {} {}", source, peers ? "t" : "r");
    if (scan.by_periods)
        text += fmt::format("\n  cross join {} p", spine_values(node(scan.landing)));
    text += joins_text(scan.joins, scan.layer);
    if (!scan.all_rows) {
        std::vector<std::string> windows;
        for (const std::string& window : scan.windows)
            if (std::find(windows.begin(), windows.end(), "(" + window + ")") == windows.end())
                windows.push_back("(" + window + ")");
        text += fmt::format("\nwhere {}", joined(windows, "\n  or "));
    }
    std::vector<std::string> places;
    for (std::size_t i = 0; i < scan.group_sql.size(); ++i) places.push_back(std::to_string(i + 1));
    return text + fmt::format("\ngroup by {}", joined(places, ", "));
}

/// The rows that a pass took in, under the subjects at which they landed.
std::optional<SourceScan> Compiler::source_scan(const Scan& scan) {
    if (scan.from == "#peers" || scan.why.starts_with("#delivered")) return std::nullopt;
    const Node& landing = node(scan.landing);
    SourceScan made;
    made.landing = scan.landing.grain;
    made.reads = scan.reads;
    std::vector<std::string> parts;
    for (std::size_t i = 0; i < scan.group_sql.size(); ++i) {
        const auto at = std::find(landing.key.begin(), landing.key.end(), scan.join_on[i]);
        parts.push_back(fmt::format(
            "coalesce({}, '')",
            key_text(scan.group_sql[i],
                     landing.key_types[static_cast<std::size_t>(at - landing.key.begin())])));
    }
    std::string chosen;
    if (scan.source) {
        made.of_ledger = false;
        std::vector<std::string> keys;
        const Node& source = node(*scan.source);
        for (std::size_t i = 0; i < source.key.size(); ++i)
            keys.push_back(fmt::format("coalesce({}, '')",
                                       key_text(column("r", source.key[i]), source.key_types[i])));
        chosen = joined(keys, " || '/' || ") + " as \"source\"";
    } else if (model_.ledger(scan.reads) == nullptr) {
        made.of_ledger = false;  // a registry's history: its subjects
        chosen = cast(column("r", model_.grain(scan.reads)->key[0]), "string") + " as \"source\"";
    } else {
        chosen = "r.\"batch\" as \"batch\", r.\"#line\" as \"line\"";
    }
    const std::string source =
        scan.source ? quoted(table_before(*scan.source, scan.layer)) : scan.from;
    made.sql = fmt::format(
        "select {} as \"subject\", {} from {} r{}", joined(parts, " || '/' || "), chosen, source,
        (scan.by_periods ? fmt::format(" cross join {} p", spine_values(node(scan.landing)))
                         : std::string()) +
            joins_text(scan.joins, scan.layer));
    if (!scan.all_rows) {
        std::vector<std::string> windows;
        for (const std::string& window : scan.windows) windows.push_back("(" + window + ")");
        made.sql += " where " + joined(windows, " or ");
    }
    return made;
}

/// A table with further columns, each step over the one before; scans are joined in the first.
std::string Compiler::stacked(std::string table, const std::vector<const Column*>& columns,
                              int layer, const std::vector<const Scan*>& scans) {
    std::map<Stage, std::vector<const Column*>> steps;
    for (const Column* made : columns) steps[made->needs.stage].push_back(made);
    if (steps.empty()) return fmt::format("select * from {}", table);
    std::string text = std::move(table);
    bool first = true;
    for (const auto& [stage, made_here] : steps) {
        Joins joins;
        std::string chosen;
        for (const Column* made : made_here) {
            chosen += fmt::format(",\n  {} as {}", made->sql, quoted(made->name));
            joins.insert(made->needs.joins.begin(), made->needs.joins.end());
        }
        std::string from = first ? text + " t" : fmt::format("({}) t", text);
        Joins joined_already;
        if (first) {
            for (const Scan* scan : scans) {
                std::vector<std::string> on;
                for (std::size_t i = 0; i < scan->group_names.size(); ++i)
                    on.push_back(fmt::format("{} = {}", column(scan->alias, scan->group_names[i]),
                                             scan->from == "#peers"
                                                 ? scan->group_sql[i]
                                                 : column("t", scan->join_on[i])));
                // What peers share may itself be reached by joins, which then come before this one.
                if (scan->from == "#peers") {
                    Joins missing = scan->joins;
                    for (const auto& [alias, join] : joined_already) missing.erase(alias);
                    from += joins_text(missing, layer);
                    joined_already.insert(missing.begin(), missing.end());
                }
                from += fmt::format("\n  left join {0} {0} on {1}", quoted(scan->alias),
                                    joined(on, " and "));
            }
            first = false;
        }
        for (const auto& [alias, join] : joined_already) joins.erase(alias);
        text = fmt::format("select t.*{}\nfrom {}{}", chosen, from, joins_text(joins, layer));
    }
    return text;
}

/// The columns of a node's table that are made in a layer.
std::vector<const Column*> Compiler::columns_of(const Node& n, int layer) const {
    std::vector<const Column*> made;
    for (const Column& one : n.columns)
        if (one.needs.stage.layer == layer && !stands_apart(one)) made.push_back(&one);
    return made;
}

/// The node's table with the columns of one layer.
std::string Compiler::stage_select(const Node& n, int layer) {
    std::vector<const Scan*> scans;
    for (const Scan& scan : n.scans)
        if (scan.layer == layer) scans.push_back(&scan);
    return stacked(quoted(table_before(n.id, layer)), columns_of(n, layer), layer, scans);
}

void Compiler::print_tables(Program& program) {
    // A virtual node (another grain seen in a spine's periods) takes its rows from the plain one.
    for (auto& [id, n] : nodes_)
        if (!id.spine.empty() && id.spine != id.grain) {
            Node& plain = node(NodeId{id.grain, ""});
            plain.fields.insert(n->fields.begin(), n->fields.end());
        }
    std::set<NodeId> done;
    const std::function<void(Node&)> base = [&](Node& n) {
        if (!done.insert(n.id).second) return;
        if (!n.id.spine.empty() && n.id.spine != n.id.grain) base(node(NodeId{n.id.grain, ""}));
        if (n.grain->way_to_division && !n.grain->way_to_division->empty())
            base(node(NodeId{n.grain->way_to_division->front().grain, ""}));
        const std::string name = table_name(n, 0);
        n.tables.emplace_back(0, name);
        program.statements.push_back({name, fmt::format("subjects of {}", n.id.text()),
                                      dialect_.create_table(name, base_select(n))});
    };
    for (auto& [id, n] : nodes_) base(*n);
    print_delivery(program);
    for (int layer = 1; layer <= last_layer(); ++layer) {
        for (auto& [id, n] : nodes_)
            for (const Scan& scan : n->scans)
                if (scan.layer == layer)
                    program.statements.push_back(
                        {scan.alias,
                         fmt::format("pass {}: {} onto {}, {} aggregates", layer, scan.reads,
                                     id.text(), scan.aggregates.size()),
                         dialect_.create_table(scan.alias, scan_select(scan))});
        std::vector<std::pair<Node*, std::string>> made;
        for (auto& [id, n] : nodes_) {
            const std::size_t count = columns_of(*n, layer).size();
            if (count == 0) continue;
            const std::string name = table_name(*n, layer);
            program.statements.push_back(
                {name, fmt::format("pass {}: {} columns of {}", layer, count, id.text()),
                 dialect_.create_table(name, stage_select(*n, layer))});
            made.emplace_back(n.get(), name);
        }
        for (auto& [n, name] : made) n->tables.emplace_back(layer, name);
    }
}

void Compiler::print_parts(Program& program, const std::string& name, const std::string& why,
                           const std::string& none, const std::vector<std::string>& selects) {
    const auto united = [&](const std::vector<std::string>& some) {
        return joined(some, "\nunion all\n");
    };
    std::vector<std::string> all{none};
    for (const std::vector<std::string>& some : in_parts(selects)) {
        const std::string part = fmt::format("#{} {}", name, all.size());
        program.statements.push_back({part, why, dialect_.create_table(part, united(some))});
        all.push_back("select * from " + quoted(part));
    }
    program.statements.push_back({name, why, dialect_.create_view(name, united(all))});
}

/// Every column that what is wanted needs.
void Compiler::ask() {
    for (const plan::Rule& rule : model_.rules)
        if (wanted(rule.name)) rule_columns(rule);
    for (const plan::Rule& rule : model_.rules)
        if (wanted(rule.name)) rule_words(rule);
    for (const plan::Indicator& indicator : model_.indicators)
        if (wanted(indicator.name) && !indicator.given && !indicator.grain.empty())
            indicator_columns(indicator);
    for (const plan::Target& target : model_.targets)
        if (wanted(target.name) && target.where) placed_column(target);
}

/// The subjects of a coarser grain are the combinations in the windows that the whole pack uses,
/// also when only a part of it is computed.
void Compiler::take_combination_windows() {
    const auto is_open = [](const plan::Grain& grain) {
        return grain.form == plan::Grain::Form::combination && !grain.has_over;
    };
    if (!request_.only || std::none_of(model_.grains.begin(), model_.grains.end(), is_open)) return;
    Request all = request_;
    all.only.reset();
    Compiler whole(model_, all, dialect_);
    whole.ask();
    for (const auto& [id, n] : whole.nodes_)
        if (is_open(*n->grain) && id.spine.empty())
            combination_windows_[id.grain] = n->combination_windows;
}

Program Compiler::compile() {
    take_combination_windows();
    ask();
    std::vector<WideColumn> requested;
    std::vector<std::pair<NodeId, std::string>> lacking;
    for (const FeatureRead& read : request_.features) {
        const plan::Feature* feature = model_.feature(read.grain, read.name);
        ZS_INVARIANT(feature != nullptr, "a feature asked for exists");
        const NodeId id{read.grain, model_.grain(read.grain)->every ? read.grain : ""};
        const Seen reader = read.window ? Seen{Seen::Form::window, *read.window} : Seen{};
        node(id);
        const Column& made =
            feature_column(id, *feature, read.code, effective(*feature, reader, !id.spine.empty()));
        requested.push_back(
            {id.grain, made.feature, made.code, made.window, made.name, made.type, made.known});
        if (!made.lack.empty()) lacking.emplace_back(id, made.lack);
    }
    Program program;
    program.requested = std::move(requested);
    print_tables(program);
    for (const auto& [id, lack] : lacking)
        program.statements.push_back(
            {"#lacking", "parameters without value",
             dialect_.create_table(
                 "#lacking",
                 fmt::format("select {0} as \"lack\" from {1} t where t.\"#subject\" "
                             "having min({2}) is not null",
                             ended_by("min(" + column("t", lack) + ")", plan::text_type()),
                             quoted(last_table(id)), column("t", lack)))});
    print_findings(program);
    print_sums(program);
    print_indicators(program);
    print_placed(program);
    for (const plan::Rule& rule : model_.rules)
        if (wanted(rule.name)) {
            const NodeId at = rule_context(rule).node;
            program.status_columns[rule.name] = rule_column(at, rule.name, "status").name;
            if (rule.eligible)
                program.eligible_columns[rule.name] = rule_column(at, rule.name, "eligible").name;
            if (rule.amount)
                program.amount_columns[rule.name] = rule_column(at, rule.name, "amount").name;
        }
    for (const auto& [id, n] : nodes_)
        for (const Scan& scan : n->scans)
            if (auto source = source_scan(scan)) program.sources.push_back(std::move(*source));
    for (const auto& [id, n] : nodes_) {
        if (!id.spine.empty() && id.spine != id.grain) continue;
        program.wide_tables[id.grain] = last_table(id);
        program.keys[id.grain] = n->key;
        program.subject_text[id.grain] = subject_text(*n);
        for (const Column& made : n->columns)
            if (!made.feature.empty())
                program.columns.push_back({id.grain, made.feature, made.code, made.window,
                                           made.name, made.type, made.known});
    }
    return program;
}

Program compile(const plan::Model& model, const Request& request, const Dialect& dialect) {
    return Compiler(model, request, dialect).compile();
}

std::vector<DivisionRow> division_rows(const plan::Model& model,
                                       const std::vector<plan::Division>& divisions,
                                       base::Month month) {
    // Of several rows of a code the latest that has begun; of a code that has not begun, some row.
    const auto has_begun = [&](const plan::Division& division) {
        return !division.since || *division.since <= month;
    };
    const auto is_later = [&](const plan::Division& a, const plan::Division& b) {
        if (has_begun(a) != has_begun(b)) return has_begun(a);
        return a.since && (!b.since || *a.since > *b.since);
    };
    std::map<std::string, const plan::Division*> latest;
    for (const plan::Division& division : divisions) {
        const plan::Division*& kept = latest[division.code];
        if (kept == nullptr || is_later(division, *kept)) kept = &division;
    }
    std::map<std::string, std::vector<std::optional<std::string>>> reporting;
    // Codes sort before the longer codes below them, but a reporting parent may sort anywhere:
    // follow it, at most one step a level.
    const std::function<std::vector<std::optional<std::string>>(const std::string&, int)> path =
        [&](const std::string& code, int depth) {
            std::vector<std::optional<std::string>> levels(model.levels.size());
            const plan::Level* own = model.level_of_code(code);
            if (own == nullptr || depth > static_cast<int>(model.levels.size())) return levels;
            const auto index = static_cast<std::size_t>(*model.level_index(own->name));
            const auto found = latest.find(code);
            std::string parent = found != latest.end() ? found->second->reporting_parent : "";
            if (parent.empty() && index > 0)
                parent = code.substr(0, static_cast<std::size_t>(model.levels[index - 1].digits));
            if (!parent.empty()) levels = path(parent, depth + 1);
            levels[index] = code;
            return levels;
        };
    std::vector<DivisionRow> rows;
    for (const auto& [code, division] : latest) {
        const plan::Level* level = model.level_of_code(code);
        DivisionRow row{code,
                        division->name,
                        level ? level->name : "",
                        has_begun(*division) && (!division->until || *division->until > month),
                        division->since,
                        division->until,
                        {},
                        path(code, 0)};
        for (const plan::Level& above : model.levels)
            row.up.push_back(
                level && above.digits <= static_cast<int>(code.size())
                    ? std::optional(code.substr(0, static_cast<std::size_t>(above.digits)))
                    : std::nullopt);
        rows.push_back(std::move(row));
    }
    return rows;
}

}  // namespace zs::compile
