#include <algorithm>

#include <fmt/format.h>

#include "base/failure.h"
#include "compile/compiler.h"

namespace zs::compile {

using plan::Feature;
using plan::Grain;
using plan::Ledger;
using plan::Months;

namespace {

/// Labels of a ledger's periods; spans and dates are delivered by the month.
plan::Period delivered_by(const Ledger& ledger) {
    return ledger.period == plan::Period::date || ledger.period == plan::Period::span ? plan::Period::month : ledger.period;
}

struct Labels {
    std::int64_t first = 0, last = -1;
    bool before_owed = false;
};

Labels labels_of(const Ledger& ledger, const Months& months, const plan::Calendar& calendar) {
    const plan::Period period = delivered_by(ledger);
    Labels labels{plan::label_of(period, months.first, calendar), plan::label_of(period, months.last, calendar), false};
    labels.before_owed = labels.first < plan::label_of(period, ledger.delivery->from, calendar);
    return labels;
}

std::string delivery_table(const std::string& ledger) { return "#delivered " + ledger; }
std::string periods_table(const std::string& ledger) { return "#periods " + ledger; }

}  // namespace

std::optional<Sql> Compiler::delivered(Node& n, const Feature& feature, const Seen& seen) {
    const Ledger& ledger = *row_context(n, feature, seen).ledger;
    const base::Month ever = ever_first(ledger);
    const auto owed_to = [&](Months months) {
        if (feature.period_by_given) months.last = request_.month;
        return months;
    };
    std::vector<Months> ranges;
    if (n.spine == nullptr) {
        ranges.push_back(seen.form == Seen::Form::none ? Months{ever, request_.month}
                                                       : plan::months_of(seen.window, request_.month, model_.calendar, ever));
        if (labels_of(ledger, ranges[0], model_.calendar).before_owed) return std::nullopt;
    } else {
        for (const SpinePeriod& period : n.periods)
            ranges.push_back(owed_to(seen.form == Seen::Form::window ? plan::months_of(seen.window, period.anchor, model_.calendar, ever)
                                                                     : Months{period.first, period.anchor}));
    }
    if (feature.judged == Feature::Judged::by_division) {
        Sql result;
        result.needs.at_least({1, 0});
        Join join;
        join.target = Join::Target::table;
        std::string alias, name;
        if (n.spine == nullptr) {
            alias = "#d " + ledger.name;
            name = division_delivery(ledger, ranges[0]);
            join.table = quoted(delivery_table(ledger.name));
            join.on = fmt::format("{} = t.\"#division\"", column(alias, "code"));
        } else {
            alias = spine_delivery(n, ledger, ranges);
            name = "came";
            join.table = quoted(alias);
            join.on = fmt::format("{} = t.\"#division\" and {} = {}", column(alias, "code"), column(alias, "label"), column("t", n.key.back()));
        }
        result.needs.joins[alias] = join;
        result.text = fmt::format("coalesce({}, false)", column(alias, name));
        return result;
    }

    // By subjects: the grain's own, the one above, or all below a division.
    const NodeId by{ledger.delivery->by, n.spine ? n.id.spine : ""};
    if (n.grain->form == Grain::Form::level) {
        if (n.spine != nullptr) cannot("the delivery of '" + ledger.name + "' by subjects at an every grain of divisions", feature.name);
        const Column& own = subject_delivery(by, ledger, seen, ranges);
        const std::string identity = fmt::format("#delivered {} {}", ledger.name, seen.text());
        if (!n.by_identity.contains(identity)) {
            Scan scan;
            scan.alias = fmt::format("s{}", ++scans_);
            scan.reads = by.grain;
            scan.why = identity;
            scan.landing = n.id;
            scan.source = by;
            scan.layer = own.needs.stage.layer + 1;
            const int digits = model_.levels[static_cast<std::size_t>(*model_.level_index(n.grain->level))].digits;
            scan.group_sql = {fmt::format("case when length(r.\"#division\") >= {0} then substr(r.\"#division\", 1, {0}) end", digits)};
            scan.group_names = {"k0"};
            scan.join_on = {n.key[0]};
            scan.all_rows = true;
            scan.aggregates.push_back({"a1", fmt::format("count(*) filter (where r.\"#subject\" and not {})", column("r", own.name))});
            scan.aggregates.push_back({"a2", "count(*) filter (where r.\"#subject\")"});
            Column made;
            made.name = unique_name(n, identity);
            made.type = plan::boolean_type();
            made.sql = fmt::format("coalesce({} = 0 and {} > 0, false)", column(scan.alias, "a1"), column(scan.alias, "a2"));
            made.needs.stage = {scan.layer, 0};
            n.scans.push_back(scan);
            add_column(n, identity, std::move(made));
        }
        const Column& all = n.columns[n.by_identity.at(identity)];
        Sql result{column("t", all.name), {}};
        result.needs.at_least({all.needs.stage.layer, all.needs.stage.step + 1});
        return result;
    }
    const Column& own = subject_delivery(by, ledger, seen, ranges);
    Sql result;
    if (n.id.grain == by.grain && (n.spine == nullptr || n.id.spine != n.id.grain)) {
        result.text = column("t", own.name);
        result.needs.at_least({own.needs.stage.layer, own.needs.stage.step + 1});
        return result;
    }
    std::vector<plan::Hop> way;
    for (std::size_t i = 0; i < n.key_types.size(); ++i)
        if (n.key_types[i].kind == plan::Kind::key && n.key_types[i].of == by.grain) way = {{plan::Hop::Kind::key, n.key[i], by.grain}};
    if (way.empty() && n.grain->way_to_division) {
        for (const plan::Hop& hop : *n.grain->way_to_division) {
            way.push_back(hop);
            if (hop.grain == by.grain) break;
        }
        if (way.empty() || way.back().grain != by.grain) cannot("the delivery of '" + ledger.name + "' by '" + by.grain + "'", feature.grain + "." + feature.name);
    }
    const End end = walk(way, plan::Scope::row, subject_context(n.id, {}, feature.name), n.spine != nullptr);
    result.needs = end.needs;
    result.needs.at_least({own.needs.stage.layer + 1, 0});
    result.text = fmt::format("coalesce({}, false)", column(end.alias, own.name));
    return result;
}

std::string Compiler::division_delivery(const Ledger& ledger, const Months& months) {
    for (const DeliveryColumn& known : delivery_columns_)
        if (known.ledger == ledger.name && known.months == months) return known.name;
    delivery_columns_.push_back({ledger.name, months, fmt::format("d{}", delivery_columns_.size())});
    return delivery_columns_.back().name;
}

std::string Compiler::spine_delivery(Node& n, const Ledger& ledger, const std::vector<Months>& ranges) {
    for (const SpineDelivery& known : spine_deliveries_)
        if (known.ledger == ledger.name && known.ranges == ranges && known.table.starts_with("#delivered in " + n.id.spine)) return known.table;
    SpineDelivery made{fmt::format("#delivered in {} {}", n.id.spine, spine_deliveries_.size()), ledger.name, ranges, {}};
    for (const SpinePeriod& period : n.periods) made.labels.push_back(period.label);
    spine_deliveries_.push_back(made);
    return made.table;
}

/// Whether each subject of the grain by which a ledger is owed has a row in every period of the months.
const Column& Compiler::subject_delivery(const NodeId& by, const Ledger& ledger, const Seen& seen, const std::vector<Months>& ranges) {
    Node& n = node(by);
    std::string identity = fmt::format("#delivered {}", ledger.name);
    for (const Months& months : ranges) identity += fmt::format(" {}-{}", months.first.index, months.last.index);
    if (const auto found = n.by_identity.find(identity); found != n.by_identity.end()) return n.columns[found->second];
    std::string key_field;
    for (const plan::Field& field : ledger.fields)
        if (field.type.kind == plan::Kind::key && field.type.of == by.grain && (key_field.empty() || field.name == n.key[0])) key_field = field.name;
    if (key_field.empty()) cannot("the delivery of '" + ledger.name + "' by '" + by.grain + "'", ledger.name);
    const std::string alias = "r";
    Scan* scan = nullptr;
    const std::string why = "#delivered " + ledger.name;
    for (Scan& known : n.scans)
        if (known.why == why) scan = &known;
    if (scan == nullptr) {
        Scan made;
        made.alias = fmt::format("s{}", ++scans_);
        made.reads = ledger.name;
        made.why = why;
        made.landing = n.id;
        made.layer = 1;
        made.all_rows = true;
        made.by_periods = n.spine != nullptr;
        std::string period = row_period(ledger, "r");
        made.from = fmt::format("(select {} as subject, cast({} as bigint) as period from {} r union all select subject, period from in_subject_delivered where ledger = {})",
                                column("r", key_field), period, quoted(input_view(ledger.name)), text_literal(ledger.name));
        made.group_sql = {"r.subject"};
        made.group_names = {"k0"};
        made.join_on = {n.key[0]};
        if (n.spine != nullptr) {
            made.group_sql.push_back("p.label");
            made.group_names.push_back("k1");
            made.join_on.push_back(n.key.back());
        }
        n.scans.push_back(made);
        scan = &n.scans.back();
    }
    Column made;
    made.name = unique_name(n, "#delivered " + ledger.name + " " + seen.text());
    made.type = plan::boolean_type();
    made.needs.stage = {1, 0};
    if (n.spine == nullptr) {
        const Labels labels = labels_of(ledger, ranges[0], model_.calendar);
        const std::string came = aggregate_name(*scan, fmt::format("count(distinct r.period) filter (where r.period between {} and {})", labels.first, labels.last));
        made.sql = fmt::format("coalesce({} = {}, false)", column(scan->alias, came), labels.last - labels.first + 1);
    } else {
        std::string first = "case p.label", last = first, wanted = "case " + column("t", n.key.back());
        for (std::size_t i = 0; i < n.periods.size(); ++i) {
            const Labels labels = labels_of(ledger, ranges[i], model_.calendar);
            first += fmt::format(" when {} then {}", n.periods[i].label, labels.first);
            last += fmt::format(" when {} then {}", n.periods[i].label, labels.last);
            wanted += fmt::format(" when {} then {}", n.periods[i].label, labels.before_owed ? -1 : labels.last - labels.first + 1);
        }
        const std::string came = aggregate_name(*scan, fmt::format("count(distinct r.period) filter (where r.period between {} end and {} end)", first, last));
        made.sql = fmt::format("coalesce({} = {} end, false)", column(scan->alias, came), wanted);
    }
    return add_column(n, identity, std::move(made));
}

namespace {

/// (code, period) of all divisions that a batch of themselves or of one above covers, and of those above
/// the level that owes of which every division below at that level is covered.
std::string covered_periods(const plan::Model& model, const Ledger& ledger) {
    std::vector<std::string> own;
    for (const plan::Level& level : model.levels)
        for (const char* way : {"up_", "rp_"})
            own.push_back(fmt::format("select d.code, x.period from in_division d join in_delivered x on x.division = d.{} where x.ledger = {}",
                                      quoted(way + level.name), text_literal(ledger.name)));
    std::vector<std::string> above;
    const int by = *model.level_index(ledger.delivery->by);
    for (int i = 0; i < by; ++i)
        for (const char* way : {"up_", "rp_"})
            above.push_back(fmt::format("select {0} as code, b.code as below from in_division b where b.level = {1} and b.in_force and {0} is not null",
                                        quoted(way + model.levels[static_cast<std::size_t>(i)].name), text_literal(ledger.delivery->by)));
    std::string text = fmt::format("with own as ({})", joined(own, " union "));
    if (above.empty()) return text + " select code, period from own";
    return fmt::format("{}, below as ({}), owed as (select code, count(*) as n from below group by code), "
                       "got as (select b.code, o.period, count(*) as n from below b join own o on o.code = b.below group by b.code, o.period) "
                       "select code, period from own union select g.code, g.period from got g join owed w on w.code = g.code and w.n = g.n",
                       text, joined(above, " union "));
}

}  // namespace

void Compiler::print_delivery(Program& program) {
    std::vector<std::string> ledgers;
    const auto note = [&](const std::string& name) {
        if (std::find(ledgers.begin(), ledgers.end(), name) == ledgers.end()) ledgers.push_back(name);
    };
    for (const DeliveryColumn& wanted : delivery_columns_) note(wanted.ledger);
    for (const SpineDelivery& wanted : spine_deliveries_) note(wanted.ledger);
    for (const std::string& name : ledgers) {
        const Ledger& ledger = *model_.ledger(name);
        program.statements.push_back({periods_table(name), fmt::format("periods of '{}' that have come, by division", name),
                                      dialect_.create_table(periods_table(name), covered_periods(model_, ledger))});
        std::string columns;
        for (const DeliveryColumn& wanted : delivery_columns_) {
            if (wanted.ledger != name) continue;
            const Labels labels = labels_of(ledger, wanted.months, model_.calendar);
            columns += fmt::format(", count(*) filter (where period between {} and {}) = {} as {}", labels.first, labels.last,
                                   labels.last - labels.first + 1, quoted(wanted.name));
        }
        if (!columns.empty())
            program.statements.push_back({delivery_table(name), fmt::format("whether '{}' has come for each window, by division", name),
                                          dialect_.create_table(delivery_table(name), fmt::format("select code{} from {} group by code", columns, quoted(periods_table(name))))});
    }
    for (const SpineDelivery& wanted : spine_deliveries_) {
        const Ledger& ledger = *model_.ledger(wanted.ledger);
        std::vector<std::string> rows;
        for (std::size_t i = 0; i < wanted.labels.size(); ++i) {
            const Labels labels = labels_of(ledger, wanted.ranges[i], model_.calendar);
            rows.push_back(fmt::format("({}, {}, {}, {})", wanted.labels[i], labels.first, labels.last, labels.before_owed ? -1 : labels.last - labels.first + 1));
        }
        program.statements.push_back({wanted.table, fmt::format("whether '{}' has come for each period, by division", wanted.ledger),
                                      dialect_.create_table(wanted.table, fmt::format("select c.code, p.label, count(*) = p.wanted as came from {} c join (select * from (values {}) v(label, first, last, wanted)) p on c.period between p.first and p.last group by c.code, p.label, p.wanted",
                                                                                      quoted(periods_table(wanted.ledger)), joined(rows, ", ")))});
    }
}

}  // namespace zs::compile
