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
    return ledger.period == plan::Period::date || ledger.period == plan::Period::span
               ? plan::Period::month
               : ledger.period;
}

struct Labels {
    std::int64_t first = 0, last = -1;
    bool before_owed = false;
};

Labels labels_of(const Ledger& ledger, const Months& months, const plan::Calendar& calendar) {
    const plan::Period period = delivered_by(ledger);
    Labels labels{plan::label_of(period, months.first, calendar),
                  plan::label_of(period, months.last.plus(1), calendar) - 1, false};
    // Of a window that ends before anything is owed, or holds no period, nothing can be known
    // either.
    labels.before_owed = labels.first < plan::label_of(period, ledger.delivery->from, calendar) ||
                         labels.last < labels.first;
    return labels;
}

std::string delivery_table(const std::string& ledger, const std::string& above) {
    return "#delivered " + ledger + (above.empty() ? "" : " below " + above);
}
bool is_key_of(const plan::Type& type, const std::string& grain) {
    return type.kind == plan::Kind::key && type.of == grain;
}

std::string periods_table(const std::string& ledger) { return "#periods " + ledger; }

}  // namespace

/// The ledger whose rows a feature `from` reads, or whose rows make the subjects that it reads.
const Ledger* Compiler::source_ledger(const Feature& feature) const {
    if (const Ledger* ledger = feature.from_grain ? nullptr : model_.ledger(feature.from))
        return ledger;
    const Grain* grain = model_.grain(feature.from);
    ZS_INVARIANT(grain != nullptr, "a feature's source exists");
    return grain->form == Grain::Form::match ? nullptr : model_.ledger(grain->ledger);
}

std::optional<Sql> Compiler::delivered(Node& n, const Feature& feature, const Seen& seen) {
    const Ledger& ledger = *source_ledger(feature);
    const base::Month ever = ever_first(ledger);
    const auto owed_to = [&](Months months) {
        if (!feature.period_by_given) return months;
        return months_held({months.first, request_.month}, &ledger, request_.month);
    };
    std::vector<Months> ranges;
    if (n.spine == nullptr) {
        ranges.push_back(seen.form == Seen::Form::none
                             ? months_held({ever, request_.month}, &ledger, request_.month)
                             : months_seen(seen, request_.month, ever, &ledger));
        if (labels_of(ledger, ranges[0], model_.calendar).before_owed) return std::nullopt;
    } else {
        for (const SpinePeriod& period : n.periods)
            ranges.push_back(
                owed_to(seen.form == Seen::Form::window
                            ? months_seen(seen, period.anchor, ever, &ledger)
                            : months_held({period.first, period.anchor}, &ledger, request_.month)));
    }
    const Owing owing = owing_of(n, ledger, feature);
    Sql result;
    result.needs = owing.needs;
    result.needs.at_least({1, 0});
    Join join;
    join.target = Join::Target::table;
    const std::string table = n.spine == nullptr ? delivery_table(ledger.name, owing.above)
                                                 : spine_delivery(n, ledger, owing.above, ranges);
    // Sorts behind the paths that lead to who owes.
    const std::string alias = "~" + table;
    join.table = quoted(table);
    join.on = fmt::format("{} = {}", column(alias, "code"), owing.code);
    if (n.spine != nullptr)
        join.on += fmt::format(" and {} = {}", column(alias, "label"), column("t", n.key.back()));
    result.needs.joins[alias] = join;
    const std::string name =
        n.spine == nullptr ? delivery_column(ledger, owing.above, ranges[0]) : "came";
    result.text = fmt::format("coalesce({}, false)", column(alias, name));
    return result;
}

/// Who owes what a subject reads: its division; or the subject of the owing grain it is or leads
/// to; or, of one above, all that owe below it.
Compiler::Owing Compiler::owing_of(Node& n, const Ledger& ledger, const Feature& feature) {
    if (ledger.delivery->by_level) return {column("t", "#division"), "", {}};
    const std::string& by = ledger.delivery->by;
    if (!subject_keys_.contains(ledger.name)) subject_keys_[ledger.name] = owing_key(ledger);
    if (n.grain->name == by) return {column("t", n.key[0]), "", {}};
    for (std::size_t i = 0; i < n.grain->key.size(); ++i)
        if (is_key_of(n.grain->key_types[i], by)) return {column("t", n.grain->key[i]), "", {}};
    const Context at = subject_context(n.id, {}, feature.name);
    if (const auto way = way_to(*n.grain, by)) {
        const End end = walk(*way, plan::Scope::row, at, false);
        return {column(end.alias, node(*end.node).key[0]), "", end.needs};
    }
    if (n.grain->key.size() - (n.grain->every ? 1 : 0) != 1)
        cannot(base::said("“{}”按“{}”的报送", "the delivery of '{}' by '{}'", ledger.name, by),
               feature.grain + "." + feature.name);
    const std::string above = n.grain->name;
    const std::pair<std::string, std::string> below{by, above};
    if (!above_keys_.contains(below)) {
        const plan::Type& type = n.grain->key_types[0];
        const Context owing = subject_context(NodeId{by, ""}, {}, feature.name);
        Sql key;
        if (const auto level = model_.level_index(type.of);
            n.grain->form == Grain::Form::level || (type.kind == plan::Kind::key && level)) {
            const std::string& name =
                n.grain->form == Grain::Form::level ? n.grain->level : type.of;
            const int digits =
                model_.levels[static_cast<std::size_t>(*model_.level_index(name))].digits;
            key.text = fmt::format("case when length({0}) >= {1} then substr({0}, 1, {1}) end",
                                   column("t", "#division"), digits);
            node(NodeId{by, ""});
        } else {
            const auto up =
                type.kind == plan::Kind::key ? way_to(*model_.grain(by), type.of) : std::nullopt;
            if (!up)
                cannot(
                    base::said("“{}”按“{}”的报送", "the delivery of '{}' by '{}'", ledger.name, by),
                    feature.grain + "." + feature.name);
            const End end = walk(*up, plan::Scope::row, owing, false);
            key = {column(end.alias, node(*end.node).key[0]), end.needs};
        }
        above_keys_[below] = key;
    }
    return {column("t", n.grain->key[0]), above, {}};
}

/// The way up from a grain's subject to one of another grain: along its own way to a division, or
/// by a key field whose grain leads there.
std::optional<std::vector<plan::Hop>> Compiler::way_to(const Grain& from,
                                                       const std::string& grain) const {
    const auto until = [&](const std::optional<std::vector<plan::Hop>>& way)
        -> std::optional<std::vector<plan::Hop>> {
        if (!way) return std::nullopt;
        const auto found = std::find_if(way->begin(), way->end(),
                                        [&](const plan::Hop& hop) { return hop.grain == grain; });
        if (found == way->end()) return std::nullopt;
        return std::vector<plan::Hop>(way->begin(), found + 1);
    };
    if (auto way = until(from.way_to_division)) return way;
    for (std::size_t i = 0; i < from.key.size(); ++i) {
        const Grain* next = from.key_types[i].kind == plan::Kind::key
                                ? model_.grain(from.key_types[i].of)
                                : nullptr;
        if (next == nullptr) continue;
        if (next->name == grain)
            return std::vector<plan::Hop>{{plan::Hop::Kind::key, from.key[i], grain}};
        if (auto rest = until(next->way_to_division)) {
            rest->insert(rest->begin(), {plan::Hop::Kind::key, from.key[i], next->name});
            return rest;
        }
    }
    return std::nullopt;
}

/// The key of the subject that owes a row of the ledger, over the row.
Sql Compiler::owing_key(const Ledger& ledger) {
    const std::string& by = ledger.delivery->by;
    Context row;
    row.over_rows = true;
    row.ledger = &ledger;
    row.node = NodeId{by, ""};
    row.owner = ledger.name;
    node(row.node);
    std::vector<plan::Hop> way;
    if (ledger.grain == by) way = {{plan::Hop::Kind::key, by, by}};
    if (way.empty() && ledger.way_to_division) {
        const auto& up = *ledger.way_to_division;
        const auto found = std::find_if(up.begin(), up.end(),
                                        [&](const plan::Hop& hop) { return hop.grain == by; });
        if (found != up.end()) way.assign(up.begin(), found + 1);
    }
    for (const plan::Field& field : ledger.fields)
        if (way.empty() && is_key_of(field.type, by))
            way = {{plan::Hop::Kind::key, field.name, by}};
    if (way.empty())
        cannot(base::said("“{}”按“{}”的报送", "the delivery of '{}' by '{}'", ledger.name, by),
               ledger.name);
    Sql key;
    if (way.size() == 1) {
        key.text = row_field(way[0].field, row, key.needs, true);
        return key;
    }
    const std::string last = way.back().field;
    way.pop_back();
    const End end = walk(way, plan::Scope::row, row, false);
    node(*end.node).fields.insert(last);
    return {column(end.alias, last), end.needs};
}

std::string Compiler::delivery_column(const Ledger& ledger, const std::string& above,
                                      const Months& months) {
    // What those above read is made from what is below.
    if (!above.empty()) delivery_column(ledger, "", months);
    for (const DeliveryColumn& known : delivery_columns_)
        if (known.ledger == ledger.name && known.above == above && known.months == months)
            return known.name;
    const auto same = std::find_if(delivery_columns_.begin(), delivery_columns_.end(),
                                   [&](const DeliveryColumn& known) {
                                       return known.ledger == ledger.name && known.months == months;
                                   });
    const std::string name =
        same == delivery_columns_.end() ? fmt::format("d{}", delivery_columns_.size()) : same->name;
    delivery_columns_.push_back({ledger.name, above, months, name});
    return name;
}

std::string Compiler::spine_delivery(Node& n, const Ledger& ledger, const std::string& above,
                                     const std::vector<Months>& ranges) {
    const std::string below = above.empty() ? "" : spine_delivery(n, ledger, "", ranges);
    for (const SpineDelivery& known : spine_deliveries_)
        if (known.ledger == ledger.name && known.above == above && known.ranges == ranges &&
            known.spine == n.id.spine)
            return known.table;
    SpineDelivery made{fmt::format("#delivered in {} {}", n.id.spine, spine_deliveries_.size()),
                       n.id.spine,
                       ledger.name,
                       above,
                       below,
                       ranges,
                       {}};
    for (const SpinePeriod& period : n.periods) made.labels.push_back(period.label);
    spine_deliveries_.push_back(made);
    return made.table;
}

namespace {

/// SQL rows (label, anchor) of the periods owed up to a month, the anchor being the period's last
/// month or that one.
std::string owed_periods(const plan::Model& model, const Ledger& ledger, base::Month upto) {
    const plan::Period period = delivered_by(ledger);
    std::vector<std::string> rows;
    for (base::Month month = ledger.delivery->from; month <= upto;) {
        const plan::Months whole = plan::period_of(period, month, model.calendar);
        rows.push_back(fmt::format("({}, {})", plan::label_of(period, month, model.calendar),
                                   std::min(whole.last, upto).index));
        month = whole.last.plus(1);
    }
    if (rows.empty()) rows.push_back("(null, null)");
    return fmt::format("(select * from (values {}) v(label, anchor))", joined(rows, ", "));
}

/// (code, period) of all divisions that a batch of themselves or of one above covers, and of those
/// above the level that owes of which every division below that was in force in the period is
/// covered.
std::string covered_periods(const plan::Model& model, const Ledger& ledger, base::Month upto) {
    std::vector<std::string> own;
    for (const plan::Level& level : model.levels)
        for (const char* way : {"up_", "rp_"})
            own.push_back(
                fmt::format("select d.code, x.period from in_division d join in_delivered x on "
                            "x.division = d.{} where x.ledger = {}",
                            quoted(way + level.name), text_literal(ledger.name)));
    std::vector<std::string> above;
    const int by = *model.level_index(ledger.delivery->by);
    for (int i = 0; i < by; ++i)
        above.push_back(
            fmt::format("select {0} as code, b.code as below, b.since, b.until from in_division b "
                        "where b.level = {1} and {0} is not null",
                        quoted("up_" + model.levels[static_cast<std::size_t>(i)].name),
                        text_literal(ledger.delivery->by)));
    std::string text = fmt::format("with own as ({})", joined(own, " union "));
    if (above.empty()) return text + " select code, period from own";
    return fmt::format(
        "{}, below as ({}), owed as (select b.code, b.below, p.label as period from below b cross "
        "join {} p where (b.since is null or b.since <= p.anchor) and (b.until is null or b.until "
        "> p.anchor)) "
        "select code, period from own union select w.code, w.period from owed w left join own o on "
        "o.code = w.below and o.period = w.period group by w.code, w.period having count(*) = "
        "count(o.code)",
        text, joined(above, " union "), owed_periods(model, ledger, upto));
}

}  // namespace

/// (subject, period) of all rows of a ledger that is owed subject by subject, and of what was said
/// to be none.
std::string Compiler::periods_of_subjects(const Ledger& ledger) {
    const Sql& key = subject_keys_.at(ledger.name);
    std::string period = row_period(ledger, "r"), months;
    if (ledger.period == plan::Period::span) {
        // A spell is a row of every month in which it is in force.
        std::vector<std::string> values;
        for (base::Month month = ledger.delivery->from; month <= request_.month;
             month = month.plus(1))
            values.push_back(fmt::format("({})", month.index));
        if (values.empty()) values.push_back("(null)");
        period = "v.month";
        months =
            fmt::format(" join (select * from (values {}) v(month)) v on {}", joined(values, ", "),
                        in_window(ledger, {"v.month", "v.month", std::nullopt}, false, "r"));
    }
    return fmt::format(
        "select {0} as code, cast({1} as bigint) as period from {2} r{3}{4} where {0} is not null "
        "union select subject, period from in_subject_delivered where ledger = {5}",
        key.text, period, is_registry(ledger) ? history(ledger) : quoted(input_view(ledger.name)),
        months, joins_text(key.needs.joins, 1), text_literal(ledger.name));
}

/// Of those above: whether each that owes below it has delivered.
std::string Compiler::delivered_below(const std::string& by, const std::string& above,
                                      const std::string& columns, const std::string& from,
                                      const std::string& group) {
    const Sql& key = above_keys_.at({by, above});
    const Node& owing = node(NodeId{by, ""});
    return fmt::format(
        "select {0} as code{1} from {2} t{3} {4} w on w.code = {5}{6} where t.\"#subject\" and {0} "
        "is not null group by 1{7}",
        key.text, columns, quoted(table_before(owing.id, 1)), joins_text(key.needs.joins, 1), from,
        column("t", owing.key[0]), group.empty() ? "" : " and w.label = p.label", group);
}

void Compiler::print_window_deliveries(Program& program, const Ledger& ledger) {
    std::vector<std::string> aboves;
    for (const DeliveryColumn& wanted : delivery_columns_)
        if (wanted.ledger == ledger.name &&
            std::find(aboves.begin(), aboves.end(), wanted.above) == aboves.end())
            aboves.push_back(wanted.above);
    std::sort(aboves.begin(), aboves.end());
    for (const std::string& above : aboves) {
        std::string columns;
        for (const DeliveryColumn& wanted : delivery_columns_) {
            if (wanted.ledger != ledger.name || wanted.above != above) continue;
            const Labels labels = labels_of(ledger, wanted.months, model_.calendar);
            const std::string name = quoted(wanted.name);
            columns +=
                above.empty()
                    ? fmt::format(", count(*) filter (where period between {} and {}) = {} as {}",
                                  labels.first, labels.last, labels.last - labels.first + 1, name)
                    : fmt::format(", count(*) = count(*) filter (where w.{0}) as {0}", name);
        }
        const std::string table = delivery_table(ledger.name, above);
        const std::string select =
            above.empty()
                ? fmt::format("select code{} from {} group by code", columns,
                              quoted(periods_table(ledger.name)))
                : delivered_below(ledger.delivery->by, above, columns,
                                  "left join " + quoted(delivery_table(ledger.name, "")), "");
        program.statements.push_back(
            {table, fmt::format("whether '{}' has come for each window", ledger.name),
             dialect_.create_table(table, select)});
    }
}

void Compiler::print_spine_delivery(Program& program, const SpineDelivery& wanted) {
    const Ledger& ledger = *model_.ledger(wanted.ledger);
    std::vector<std::string> rows, labels_only;
    for (std::size_t i = 0; i < wanted.labels.size(); ++i) {
        const Labels labels = labels_of(ledger, wanted.ranges[i], model_.calendar);
        rows.push_back(fmt::format("({}, {}, {}, {})", wanted.labels[i], labels.first, labels.last,
                                   labels.before_owed ? -1 : labels.last - labels.first + 1));
        labels_only.push_back(fmt::format("({})", wanted.labels[i]));
    }
    std::string select;
    if (wanted.above.empty()) {
        select = fmt::format(
            "select c.code, p.label, count(*) = p.wanted as came from {} c join (select * from "
            "(values {}) v(label, first, last, wanted)) p on c.period between p.first and p.last "
            "group by c.code, p.label, p.wanted",
            quoted(periods_table(wanted.ledger)), joined(rows, ", "));
    } else {
        const std::string from =
            fmt::format("cross join (select * from (values {}) v(label)) p left join {}",
                        joined(labels_only, ", "), quoted(wanted.below));
        select = delivered_below(ledger.delivery->by, wanted.above,
                                 ", p.label, count(*) = count(*) filter (where w.came) as came",
                                 from, ", p.label");
    }
    program.statements.push_back(
        {wanted.table, fmt::format("whether '{}' has come for each period", wanted.ledger),
         dialect_.create_table(wanted.table, select)});
}

namespace {

/// SQL rows (label, anchor) of the periods owed in some months; empty where none is.
std::string owed_within(const Ledger& ledger, const Months& months, const plan::Calendar& calendar,
                        base::Month run_month) {
    const plan::Period period = delivered_by(ledger);
    const Labels labels = labels_of(ledger, months, calendar);
    std::vector<std::string> rows;
    for (std::int64_t label =
             std::max(labels.first, plan::label_of(period, ledger.delivery->from, calendar));
         label <= labels.last; ++label)
        rows.push_back(fmt::format(
            "({}, {})", label,
            std::min(plan::months_of_label(period, label, calendar).last, run_month).index));
    if (rows.empty()) return {};
    return fmt::format("(select * from (values {}) v(label, anchor))", joined(rows, ", "));
}

std::string owing_name(const std::string& ledger, const Months& months) {
    return fmt::format("#owing {} {} {}", ledger, months.first.index, months.last.index);
}

/// Who owes counted at every place to which their figures roll up: how many, how many are late.
/// `own` and `below` are conditions over who owes (alias o): counted upwards, or at its own place
/// only (empty: none).
std::string owing_by_place(const plan::Model& model, const std::string& owing,
                           const std::string& own, const std::string& below) {
    std::vector<std::string> places;
    for (const plan::Level& level : model.levels)
        places.push_back(
            fmt::format("select d.{} as code, o.owed, o.come from owing o join in_division d on "
                        "d.code = o.division where {}",
                        quoted("rp_" + level.name), own));
    if (!below.empty())
        places.push_back("select o.division as code, o.owed, o.come from owing o where " + below);
    return fmt::format(
        "with owing as ({}), places as ({}) select code, count(*) as owing, count(*) filter (where "
        "come < owed) as late from places where code is not null group by code",
        owing, joined(places, " union all "));
}

}  // namespace

/// A table of those who owe a ledger within some months, by place; made when first asked for.
std::string Compiler::owing_table(const Ledger& ledger, const Months& months) {
    const std::pair<std::string, Months> wanted{ledger.name, months};
    if (std::find(owing_.begin(), owing_.end(), wanted) == owing_.end()) owing_.push_back(wanted);
    if (!ledger.delivery->by_level) {
        node(NodeId{ledger.delivery->by, ""});
        if (!subject_keys_.contains(ledger.name)) subject_keys_[ledger.name] = owing_key(ledger);
    }
    return owing_name(ledger.name, months);
}

std::string Compiler::owing_divisions(const Ledger& ledger, const Months& months) const {
    const std::string owed = owed_within(ledger, months, model_.calendar, request_.month);
    std::vector<std::string> levels;
    for (std::size_t i = static_cast<std::size_t>(*model_.level_index(ledger.delivery->by));
         i < model_.levels.size(); ++i)
        levels.push_back(text_literal(model_.levels[i].name));
    const std::string by = text_literal(ledger.delivery->by);
    return owing_by_place(
        model_,
        fmt::format(
            "select b.code as division, b.level, count(*) as owed, count(c.code) as come from "
            "in_division b cross join {} p left join {} c on c.code = b.code and c.period = "
            "p.label where b.level in ({}) and (b.since is null or b.since <= p.anchor) and "
            "(b.until is null or b.until > p.anchor) group by b.code, b.level",
            owed, quoted(periods_table(ledger.name)), joined(levels, ", ")),
        "o.level = " + by, "o.level <> " + by);
}

std::string Compiler::owing_subjects(const Ledger& ledger, const Months& months) {
    const std::string owed = owed_within(ledger, months, model_.calendar, request_.month);
    const Node& owing = node(NodeId{ledger.delivery->by, ""});
    const std::string key = column("t", owing.key[0]);
    return owing_by_place(
        model_,
        fmt::format("select {0} as subject, t.\"#division\" as division, count(*) as owed, "
                    "count(c.code) as come from {1} t cross join {2} p left join {3} c on c.code = "
                    "{0} and c.period = p.label where t.\"#subject\" and t.\"#division\" is not "
                    "null group by 1, 2",
                    key, quoted(table_before(owing.id, 1)), owed,
                    quoted(periods_table(ledger.name))),
        "true", "");
}

void Compiler::print_owing(Program& program) {
    for (const auto& [name, months] : owing_) {
        const Ledger& ledger = *model_.ledger(name);
        std::string select =
            "select cast(null as string) as code, cast(0 as bigint) as owing, cast(0 as bigint) as "
            "late where false";
        if (!owed_within(ledger, months, model_.calendar, request_.month).empty())
            select = ledger.delivery->by_level ? owing_divisions(ledger, months)
                                               : owing_subjects(ledger, months);
        const std::string table = owing_name(name, months);
        program.statements.push_back({table, fmt::format("who owes '{}', by place", name),
                                      dialect_.create_table(table, select)});
    }
}

void Compiler::print_delivery(Program& program) {
    std::set<std::string> ledgers;
    for (const DeliveryColumn& wanted : delivery_columns_) ledgers.insert(wanted.ledger);
    for (const SpineDelivery& wanted : spine_deliveries_) ledgers.insert(wanted.ledger);
    for (const auto& [ledger, months] : owing_) ledgers.insert(ledger);
    for (const std::string& name : ledgers) {
        const Ledger& ledger = *model_.ledger(name);
        program.statements.push_back(
            {periods_table(name), fmt::format("periods of '{}' that have come", name),
             dialect_.create_table(periods_table(name),
                                   ledger.delivery->by_level
                                       ? covered_periods(model_, ledger, request_.month)
                                       : periods_of_subjects(ledger))});
        print_window_deliveries(program, ledger);
    }
    for (const SpineDelivery& wanted : spine_deliveries_) print_spine_delivery(program, wanted);
    print_owing(program);
}

}  // namespace zs::compile
