#include <algorithm>

#include <fmt/format.h>

#include "base/failure.h"
#include "compile/compiler.h"

namespace zs::compile {

using plan::Feature;

namespace {

/// An aggregate's place in a value's text until its scan has a name.
std::string placeholder(std::size_t index) { return fmt::format("\x01{}\x02", index); }

std::string with_scan(std::string text, const std::vector<std::string>& columns) {
    std::string result;
    for (std::size_t at = 0; at < text.size();) {
        if (text[at] != '\x01') {
            result += text[at++];
            continue;
        }
        const std::size_t end = text.find('\x02', at);
        result +=
            columns.at(static_cast<std::size_t>(std::stoul(text.substr(at + 1, end - at - 1))));
        at = end + 1;
    }
    return result;
}

Stage table_stage(const Stage& stage) { return stage.step > 0 ? Stage{stage.layer + 1, 0} : stage; }

const char* name_of(Facet facet) {
    switch (facet) {
        case Facet::value:
            return "value";
        case Facet::known:
            return "known";
        case Facet::delivered:
            return "delivered";
        case Facet::unknown_rows:
            return "unknown";
    }
    return "";
}

/// SQL: `over` holds the whole window in which a subject of the period reads.
std::string held_whole(const plan::Months& over, const Node& n,
                       const std::vector<plan::Months>& windows) {
    const auto holds = [&](const plan::Months& months) {
        return over.first <= months.first && months.last <= over.last;
    };
    if (std::all_of(windows.begin(), windows.end(), holds)) return "true";
    if (std::none_of(windows.begin(), windows.end(), holds)) return "false";
    std::vector<std::string> labels;
    for (std::size_t i = 0; i < windows.size(); ++i)
        if (holds(windows[i])) labels.push_back(std::to_string(n.periods.at(i).label));
    return fmt::format("{} in ({})", column("t", n.key.back()), joined(labels, ", "));
}

}  // namespace

Seen Compiler::effective(const Feature& feature, const Seen& reader, bool spined) const {
    if (feature.timeless) return {};
    if (feature.over) return {Seen::Form::window, *feature.over};
    if (reader.form != Seen::Form::none) return reader;
    if (spined) return {Seen::Form::own, {}};
    if (feature.as_of) return {Seen::Form::window, plan::Window{}};
    cannot(base::said("不带时间窗读“{}”", "a reading of '{}' without a window", feature.name),
           feature.grain + "." + feature.name);
}

const Column& Compiler::add_column(Node& n, const std::string& identity, Column made) {
    made.needs.at_least({1, 0});
    n.columns.push_back(std::move(made));
    n.by_identity[identity] = n.columns.size() - 1;
    return n.columns.back();
}

/// A column of what a value lacks; gives its name, empty where nothing can be lacking.
std::string Compiler::lack_column(Node& n, const std::string& of, Sql sql,
                                  const std::string& owner) {
    if (sql.lack.empty()) return {};
    Column made;
    made.owner = owner;
    made.name = unique_name(n, "#lack " + of);
    made.type = plan::text_type();
    made.sql = cast(sql.lack, made.type);
    made.needs = std::move(sql.needs);
    return add_column(n, "lack " + of, std::move(made)).name;
}

const Column& Compiler::feature_column(const NodeId& id, const Feature& feature,
                                       const std::optional<std::string>& code, Seen seen,
                                       Facet facet) {
    Node& n = node(id);
    if (seen.form == Seen::Form::own && id.spine.empty())
        cannot(base::said("按对象自己的期间读“{}”", "a reading of '{}' in the subject's own period",
                          feature.name),
               feature.grain + "." + feature.name);
    const std::string identity =
        fmt::format("{} {}|{}|{}", name_of(facet), feature.name, code.value_or(""), seen.text());
    if (const auto found = n.by_identity.find(identity); found != n.by_identity.end())
        return n.columns[found->second];
    ZS_INVARIANT(in_progress_.insert(id.text() + identity).second,
                 "features form a graph without cycles");

    Column made;
    if (!feature.from.empty()) {
        made = from_column(n, feature, code, seen, facet);
    } else if (!feature.peers.empty()) {
        made = peers_column(n, feature, seen, facet);
    } else {
        Context context = subject_context(id, seen, feature.grain + "." + feature.name);
        context.keeps_lack = true;
        context.known = facet == Facet::known;
        const bool asks_delivery = facet == Facet::delivered;
        Sql value = asks_delivery ? all_delivered(*feature.value, context)
                                  : expression(*feature.value, context);
        if (value.text.empty()) value.text = "true";
        made.type = asks_delivery ? plan::boolean_type() : feature.type;
        made.sql = cast(value.text, made.type);
        made.needs = value.needs;
        made.lack = lack_column(n, identity, std::move(value));
    }
    std::string name = feature.name;
    if (code) name += "['" + *code + "']";
    if (seen.form == Seen::Form::window && !feature.over) name += "['" + seen.text() + "']";
    if (facet != Facet::value) name += fmt::format(".{}", name_of(facet));
    made.name = unique_name(n, facet == Facet::delivered ? "#" + name : name);
    if (facet == Facet::value || facet == Facet::known) {
        made.feature = feature.name;
        made.known = facet == Facet::known;
        made.code = code;
        made.window = seen.text();
    }
    in_progress_.erase(id.text() + identity);
    return add_column(n, identity, std::move(made));
}

Column Compiler::from_column(Node& n, const Feature& feature,
                             const std::optional<std::string>& code, const Seen& seen,
                             Facet facet) {
    Context rows = row_context(n, feature, seen);
    rows.keeps_lack = true;
    const plan::Ledger* ledger = rows.ledger;
    const plan::Ledger* begins = ledger;
    if (rows.source_is_row && node(*rows.source).grain->form == plan::Grain::Form::combination &&
        rows.source->spine.empty())
        begins = &ledger_of(node(*rows.source));
    const Range range = range_of(
        n, seen,
        begins ? std::optional(plan::Months{ever_first(*begins), request_.month}) : std::nullopt,
        begins);
    if (range.months && n.grain->form == plan::Grain::Form::combination && n.spine == nullptr)
        n.combination_windows.insert(
            seen.form == Seen::Form::window
                ? months_seen(seen, request_.month, ever_first(ledger_of(n)), &ledger_of(n))
                : *range.months);

    Needs row_needs;
    std::vector<std::string> group_sql, group_names, join_on;
    std::size_t place = 0;
    for (const plan::Landing& landing : feature.landing) {
        Context landed = rows;
        landed.landing = true;
        landed.keeps_lack = false;
        Sql key = expression(*landing.from_row, landed);
        row_needs.add(key.needs);
        group_sql.push_back(key.text);
        if (n.spine != nullptr && landing.key_field == n.key.back()) rows.period_label = key.text;
        rows.subject_on.push_back(
            fmt::format("{} = {}", column("~t", landing.key_field), key.text));
        group_names.push_back(fmt::format("k{}", place++));
        join_on.push_back(landing.key_field);
    }
    if (n.spine != nullptr && !feature.period_by_given) {
        group_sql.push_back("p.label");
        group_names.push_back(fmt::format("k{}", place++));
        join_on.push_back(n.key.back());
        rows.subject_on.push_back(fmt::format("{} = p.label", column("~t", n.key.back())));
    }

    std::string window = source_condition(n, feature, rows, seen, range, row_needs);
    std::string condition = window;
    if (code)
        condition += fmt::format(" and {} = {}", row_field(feature.by_code, rows, row_needs, false),
                                 text_literal(*code));
    const std::string of_code = condition;
    std::vector<std::string> asked, lacks;
    const AddAggregate add = [&](const std::string& sql) {
        asked.push_back(sql);
        return placeholder(asked.size() - 1);
    };
    std::string unknown_condition = "false";
    if (feature.where) {
        Sql where = expression(*feature.where, rows);
        row_needs.add(where.needs);
        if (!where.lack.empty())
            lacks.push_back(add(fmt::format("min({}) filter (where {})", where.lack, condition)));
        unknown_condition = fmt::format("{} and ({}) is null", condition, where.text);
        condition += fmt::format(" and ({})", where.text);
    }

    Context subject = subject_context(n.id, seen, rows.owner);
    subject.keeps_lack = true;
    Context taken = rows;
    subject.known = taken.known = facet == Facet::known;
    Filtered filtered;
    filtered.condition = condition;
    filtered.lacks = &lacks;
    filtered.ledger = ledger;
    filtered.history = ledger != nullptr && is_registry(*ledger);
    filtered.range = range;
    filtered.cut = seen.form == Seen::Form::window &&
                   seen.window.unit != plan::Window::Unit::ever &&
                   (seen.at || n.spine == nullptr) &&
                   months_seen(seen, request_.month, first_bit_, ledger).first < first_bit_;
    filtered.order = ledger                            ? row_order(*ledger, "r")
                     : node(*rows.source).grain->every ? column("r", node(*rows.source).key.back())
                                                       : "0";
    Sql value;
    Column made;
    made.type = feature.type;
    if (facet == Facet::unknown_rows) {
        value.text = fmt::format("coalesce({}, 0)",
                                 add(fmt::format("count(*) filter (where {})", unknown_condition)));
        made.type = plan::integer_type();
    } else if (facet == Facet::delivered) {
        made.type = plan::boolean_type();
        lacks.clear();
        value = outside_delivered(*feature.value, subject);
        if (value.text.empty()) value.text = "true";
        const std::string late = row_undelivered(feature, rows, row_needs);
        if (!late.empty())
            value.text =
                fmt::format("{} and coalesce({}, 0) = 0", value.text,
                            add(fmt::format("count(*) filter (where {} and {})", of_code, late)));
    } else {
        value = aggregated(*feature.value, taken, subject, filtered, add, row_needs);
        value.text = cast(value.text, feature.type);
    }
    for (const std::string& lack : lacks) value.lack = either_lack(value.lack, lack);

    // Absence is zero only where the facts were delivered.
    const bool judged = (facet == Facet::value || facet == Facet::delivered) && !feature.partial &&
                        feature.judged != Feature::Judged::never;
    const plan::Grain* source_grain = feature.from_grain ? model_.grain(feature.from) : nullptr;
    bool never = false;
    Needs late;
    if (judged) {
        const std::optional<Sql> came = delivered(n, feature, seen);
        if (!came)
            never = true;
        else if (!came->text.empty()) {
            value.text = facet == Facet::delivered
                             ? fmt::format("({} and {})", came->text, value.text)
                             : fmt::format("case when {} then {} end", came->text, value.text);
            if (!value.lack.empty())
                value.lack = fmt::format("case when {} then {} end", came->text, value.lack);
            late = came->needs;
        }
    }
    if (source_grain && source_grain->every && facet != Facet::unknown_rows &&
        facet != Facet::delivered && source_grain->over.unit != plan::Window::Unit::ever) {
        const std::string held = held_whole(
            plan::months_of(source_grain->over, request_.month, model_.calendar, first_bit_), n,
            windows_read(n, seen, range.months, nullptr));
        never = never || held == "false";
        if (held != "true") value.text = fmt::format("case when {} then {} end", held, value.text);
    }
    if (asked.empty() && !never) {
        made.sql = cast(value.text, made.type);
        made.needs = value.needs;
        made.needs.add(late);
        return made;
    }
    if (never) {
        made.sql = facet == Facet::delivered ? "false" : cast("null", made.type);
        made.needs.at_least({1, 0});
        return made;
    }

    int layer = std::max(1, row_needs.stage.layer);
    layer = std::max({layer, table_stage(value.needs.stage).layer, table_stage(late.stage).layer});
    Joins joins = row_needs.joins;
    Scan& scan = scan_for(n, feature, rows, layer, joins);
    if (scan.group_sql.empty() && scan.aggregates.empty()) {
        scan.group_sql = group_sql;
        scan.group_names = group_names;
        scan.join_on = join_on;
    }
    ZS_INVARIANT(scan.group_sql == group_sql, "features of one scan land alike");
    scan.windows.push_back(window);
    std::vector<std::string> names;
    for (const std::string& sql : asked)
        names.push_back(column(scan.alias, aggregate_name(scan, sql)));
    made.sql = with_scan(value.text, names);
    made.needs.stage = {layer, 0};
    made.needs.joins = value.needs.joins;
    made.needs.joins.insert(late.joins.begin(), late.joins.end());
    made.lack = lack_column(
        n, fmt::format("{} {} {} {}", feature.name, code.value_or(""), seen.text(), name_of(facet)),
        {"", made.needs, with_scan(value.lack, names)});
    const std::string counter_identity =
        fmt::format("counter {} {} {}", feature.name, code.value_or(""), seen.text());
    if ((facet == Facet::value || facet == Facet::known) && feature.where &&
        !n.by_identity.contains(counter_identity)) {
        const std::string unknown_name =
            aggregate_name(scan, fmt::format("count(*) filter (where {})", unknown_condition));
        const std::string counted =
            unique_name(n, "#unknown " + feature.name + " " + seen.text() + code.value_or(""));
        Column counter;
        counter.name = counted;
        counter.type = plan::integer_type();
        counter.sql = fmt::format("coalesce({}, 0)", column(scan.alias, unknown_name));
        counter.needs.stage = {layer, 0};
        add_column(n, counter_identity, std::move(counter));
        n.unknown_counters[feature.grain + "." + feature.name].push_back(counted);
    }
    return made;
}

Column Compiler::peers_column(Node& n, const Feature& feature, const Seen& seen, Facet facet) {
    // The peers are read from the table of the layer before, under alias t like the subject they
    // join back to.
    const Context subject = subject_context(n.id, seen, feature.grain + "." + feature.name);
    Context peer = subject;
    peer.keeps_lack = true;
    Needs needs;
    std::vector<std::string> lacks;
    std::vector<std::string> shared;
    std::string columns_came = "true";
    for (const plan::ExpressionPtr& column_shared : feature.peers) {
        Sql key = expression(*column_shared, subject);
        needs.add(key.needs);
        shared.push_back(key.text);
        if (facet != Facet::delivered) continue;
        const Sql came = all_delivered(*column_shared, subject);
        needs.add(came.needs);
        if (!came.text.empty()) columns_came += " and " + came.text;
    }
    // Seen in periods every subject has a row a period; its peers are those of the same one.
    if (n.id.is_seen_in_periods()) shared.push_back(column("t", n.key.back()));
    std::vector<std::string> asked;
    const AddAggregate add = [&](const std::string& sql) {
        asked.push_back(sql);
        return placeholder(asked.size() - 1);
    };
    const bool ranks = feature.value->name == "peer_rank";
    std::string condition = "t.\"#subject\"";
    if (feature.where) {
        Sql where = expression(*feature.where, ranks ? subject : peer);
        needs.add(where.needs);
        if (!where.lack.empty())
            lacks.push_back(add(fmt::format("min({}) filter (where {})", where.lack, condition)));
        condition += fmt::format(" and ({})", where.text);
    }
    Filtered filtered;
    filtered.lacks = &lacks;
    filtered.condition = condition;
    filtered.order = "0";
    filtered.at_least = feature.at_least;
    if (feature.value->node == plan::Expression::Node::call ||
        feature.value->node == plan::Expression::Node::aggregate) {
        if (ranks) {
            Context ranked_at = peer;
            ranked_at.known = facet == Facet::known;
            Sql ranked = expression(*feature.value->operands[0], ranked_at);
            needs.add(ranked.needs);
            std::vector<std::string> known;
            for (const std::string& key : shared)
                known.push_back(fmt::format("({}) is not null", key));
            // Who is no peer (outside `where`, or no longer in force) is ranked among those who
            // are.
            const std::string peer_known =
                fmt::format("({} and {} is not null)", condition, ranked.text);
            const auto peers_over = [&](const std::string& window) {
                return fmt::format("sum(case when {} then 1 else 0 end) over (partition by {}{})",
                                   peer_known, joined(shared, ", "), window);
            };
            const std::string all = peers_over("");
            const std::string others =
                fmt::format("({} - case when {} then 1 else 0 end)", all, peer_known);
            const std::string up_to = peers_over(fmt::format(
                " order by {} nulls last range between unbounded preceding and current row",
                ranked.text));
            const std::string equal = peers_over(", " + ranked.text);
            Column made;
            made.type = feature.type;
            made.sql = cast(fmt::format("case when {} is not null and {} and {} >= {} and {} > 0 "
                                        "then cast({} - {} as double) / cast({} as double) end",
                                        ranked.text, joined(known, " and "), all, feature.at_least,
                                        others, up_to, equal, others),
                            feature.type);
            made.needs = needs;
            std::string lack;
            if (!ranked.lack.empty())
                lack = fmt::format("min(case when {} then {} end) over (partition by {})",
                                   condition, ranked.lack, joined(shared, ", "));
            made.lack = lack_column(n, feature.name + " " + seen.text(), {"", needs, lack});
            return made;
        }
    }
    Sql value;
    if (facet == Facet::delivered) {
        value = outside_delivered(*feature.value, subject);
        if (value.text.empty()) value.text = "true";
        value.text += " and " + columns_came;
        const std::string late = row_undelivered(feature, peer, needs);
        if (!late.empty())
            value.text += fmt::format(
                " and coalesce({}, 0) = 0",
                add(fmt::format("count(*) filter (where t.\"#subject\" and {})", late)));
        lacks.clear();
    } else {
        Context known_subject = subject;
        known_subject.known = peer.known = facet == Facet::known;
        value = aggregated(*feature.value, peer, known_subject, filtered, add, needs);
    }
    const plan::Type type = facet == Facet::delivered ? plan::boolean_type() : feature.type;
    const int layer = std::max(1, table_stage(needs.stage).layer);
    Scan scan;
    scan.alias = fmt::format("s{}", ++scans_);
    scan.reads = feature.grain;
    scan.from = "#peers";
    scan.why = "peers of " + feature.grain;
    scan.landing = n.id;
    scan.layer = layer;
    scan.source = n.id;
    scan.joins = needs.joins;
    scan.group_sql = shared;
    for (std::size_t i = 0; i < shared.size(); ++i)
        scan.group_names.push_back(fmt::format("k{}", i));
    scan.all_rows = true;
    std::vector<std::string> names;
    n.scans.push_back(scan);
    for (const std::string& sql : asked)
        names.push_back(column(scan.alias, aggregate_name(n.scans.back(), sql)));
    Column made;
    made.type = type;
    made.sql = cast(with_scan(value.text, names), type);
    made.needs.stage = {scan.layer, 0};
    made.needs.joins = needs.joins;
    for (const std::string& lack : lacks) value.lack = either_lack(value.lack, lack);
    made.lack = lack_column(n, feature.name + " " + seen.text(),
                            {"", made.needs, with_scan(value.lack, names)});
    return made;
}

}  // namespace zs::compile
