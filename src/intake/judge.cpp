#include "intake/judge.h"

#include <fmt/format.h>

#include "base/text.h"
#include "intake/reason.h"
#include "intake/registry.h"
#include "intake/row.h"
#include "lake/divisions.h"

namespace zs::intake {

using engine::literal;

namespace {

std::string month_of(const std::string& date) {
    return fmt::format("(year({0}) * 12 + month({0}) - 1)", date);
}

/// SQL: the fields of a ledger's key, as columns and as texts.
struct KeyNames {
    std::vector<std::string> columns, texts;
};
KeyNames key_of(const plan::Ledger& ledger) {
    KeyNames key;
    for (const std::string& name : ledger.key) {
        key.columns.push_back(engine::quoted(name));
        key.texts.push_back(literal(name));
    }
    return key;
}

/// SQL: a line in words; of several sheets the line of its sheet.
base::Said place_of_line(const std::string& line) {
    return base::said(
        "case when {1} < {0} then '' else '第' || ({1} // {0} + 1) || '张表' end || '第' || "
        "{1} % {0} || '行'",
        "'line ' || {1} % {0} || case when {1} < {0} then '' else ' of sheet ' || ({1} // {0} + "
        "1) end",
        lake::lines_a_sheet, line);
}

}  // namespace

std::optional<std::string> registered_numbers(const Judging& judging, const std::string& field) {
    const plan::Field& of = *judging.ledger.field(field);
    const auto registry =
        of.type.kind == plan::Kind::key ? registry_of(judging.model, of.type.of) : std::nullopt;
    const auto id = registry ? id_number_field(*registry->ledger) : std::nullopt;
    if (!id) return std::nullopt;
    return fmt::format(
        "select '#' || {0} as token, min({1}) as k from ({2}) where {0} is not null group by 1",
        engine::quoted(registry->ledger->fields[*id].name), engine::quoted(registry->key),
        lake::relation(judging.snapshot, judging.model, *registry->ledger));
}

void look_up_numbers(engine::Connection& engine, const Judging& judging) {
    for (const std::string& field : judging.by_number) {
        const auto known = registered_numbers(judging, field);
        ZS_INVARIANT(known.has_value(), "an ID number is looked up in a registry that has them");
        const auto registry = registry_of(judging.model, judging.ledger.field(field)->type.of);
        const bool own = registry->ledger == &judging.ledger;
        // Made anew, not updated: an update keeps what it undoes in memory.
        const std::string otherwise = own && field == registry->key ? "ltrim(s.{0}, '#')" : "s.{0}";
        engine.execute(fmt::format(
            fmt::runtime("create or replace table zs_staged as select s.* replace (coalesce(r.k, " +
                         otherwise +
                         ") as {0}) from zs_staged s left join ({1}) r on s.{0} = r.token"),
            engine::quoted(field), *known));
    }
}

void judge_references(engine::Connection& engine, const Judging& judging) {
    for (const plan::Field& field : judging.ledger.fields) {
        if (field.type.kind != plan::Kind::key || field.name == "entered_by") continue;
        const auto registry = registry_of(judging.model, field.type.of);
        if (!registry) continue;
        const bool own = registry->ledger == &judging.ledger;
        if (own && field.name == registry->key) continue;
        std::string known =
            fmt::format("select {} as k from ({})", engine::quoted(registry->key),
                        lake::relation(judging.snapshot, judging.model, *registry->ledger));
        if (own)
            known +=
                fmt::format(" union all select {} from zs_staged", engine::quoted(registry->key));
        hold(
            engine,
            fmt::format("select s._line from zs_staged s where s.{0} is not null and not exists "
                        "(select 1 from ({1}) k where k.k = s.{0}) and not exists (select 1 from "
                        "zs_faults f where f._line = s._line and f.field = {2} and f.code = 'key')",
                        engine::quoted(field.name), known, literal(field.name)),
            field.name, "reference",
            told(judging.model, field,
                 base::said("没有登记过，登记册到了以后可以重试",
                            "not registered; can be tried again once the register has come")));
    }
}

void judge_claims(engine::Connection& engine, const Judging& judging) {
    const plan::Grain* grain = judging.model.grain(judging.ledger.grain);
    if (!is_registry(judging.model, judging.ledger) || grain->parent.empty()) return;
    const auto parents = registry_of(judging.model, grain->parent_grain);
    const plan::Grain* parent = judging.model.grain(grain->parent_grain);
    if (!parents || parent == nullptr || parents->ledger->way_to_division == std::nullopt) return;
    const std::string key = engine::quoted(grain->key[0]), up = engine::quoted(grain->parent);
    const std::string where_lies =
        lake::subject_divisions(judging.snapshot, judging.model, *parent);
    engine.execute(fmt::format("create or replace temporary table zs_lies as {}", where_lies));
    // A row holds to its end or to the next `since` of its subject, here or in the registry. What
    // this file itself ends is no claim against it.
    engine.execute(fmt::format(
        "create or replace temporary table zs_history as select t.* from ({1}) t where t.{0} in "
        "(select {0} from zs_staged)",
        key, lake::relation(judging.snapshot, judging.model, judging.ledger)));
    engine.execute(fmt::format(
        "create or replace temporary table zs_follows as select {0} as k, \"since\", "
        "lead(\"since\") over (partition by {0} order by \"since\") as _next from (select {0}, "
        "\"since\" from zs_history union select {0}, \"since\" from zs_staged)",
        key));
    engine.execute(fmt::format(
        "create or replace temporary table zs_held_there as select o.{0} as k, o.\"since\", "
        "least(o.\"ended\", o._next) as \"ended\", d.division from (select t.{0}, t.{1}, "
        "t.\"since\", t.\"ended\", lead(t.\"since\") over (partition by t.{0} order by "
        "t.\"since\") as _next from zs_history t) o join zs_lies d on d.subject = o.{1} where not "
        "exists (select 1 from zs_staged e where e.{0} = o.{0} and e.\"since\" = o.\"since\" and "
        "e.\"ended\" is not null)",
        key, up));
    hold(engine,
         fmt::format(
             "select distinct s._line from zs_staged s join zs_follows f on f.k = s.{0} and "
             "f.\"since\" = s.\"since\" join zs_held_there o on o.k = s.{0} join zs_lies d on "
             "d.subject = s.{1} where d.division is distinct from o.division and "
             "coalesce(least(s.\"ended\", f._next) > o.\"since\", true) and "
             "coalesce(o.\"ended\" > s.\"since\", true)",
             key, up),
         grain->parent, "claimed",
         told(judging.model, base::said("此人（户）仍登记在其他地方且未终止，请人工核定",
                                        "this person (household) is still registered in another "
                                        "place, with no end; decide by hand")));
}

void judge_numbers(engine::Connection& engine, const Judging& judging) {
    const auto id = id_number_field(judging.ledger);
    if (!is_registry(judging.model, judging.ledger) || !id) return;
    const plan::Grain& grain = *judging.model.grain(judging.ledger.grain);
    const std::string key = engine::quoted(grain.key[0]),
                      number = engine::quoted(judging.ledger.fields[*id].name);
    // All rows of the subjects that this file or its ID numbers touch, as they will be: those that
    // the file repeats are the file's. A row holds to its end or to the next of its subject.
    engine.execute(fmt::format(
        "create or replace temporary table zs_numbers as select k, number, \"since\", "
        "least(\"ended\", lead(\"since\") over (partition by k order by \"since\", _line)) "
        "as \"ended\", _line from (select {0} as k, {1} as number, \"since\", \"ended\", "
        "cast(0 as bigint) as _line from ({2}) t where ({0} in (select {0} from zs_staged) or {1} "
        "in (select {1} from zs_staged)) and not exists (select 1 from zs_staged e where e.{0} = "
        "t.{0} and e.\"since\" = t.\"since\") union all select {0}, {1}, \"since\", "
        "\"ended\", _line from zs_staged s where {0} is not null and not exists (select 1 from "
        "zs_faults f where f._line = s._line and not f.warning)) a",
        key, number, lake::relation(judging.snapshot, judging.model, judging.ledger)));
    hold(engine,
         "select distinct s._line from zs_numbers s join zs_numbers o on o.number = s.number and "
         "o.k <> s.k and o._line < s._line where s._line > 0 and coalesce(s.\"ended\" > "
         "o.\"since\", true) and coalesce(o.\"ended\" > s.\"since\", true)",
         judging.ledger.fields[*id].name, "claimed",
         told(judging.model, base::said("同一证件号码已登记在另一个编号下且未终止，请人工核定",
                                        "the same ID number is registered under another key, with "
                                        "no end; decide by hand")));
}

std::optional<std::int64_t> latest_period(engine::Connection& engine, const plan::Ledger& ledger) {
    const std::string field = engine::quoted(ledger.period_field());
    const bool by_days = ledger.period == plan::Period::date ||
                         (ledger.period == plan::Period::span && ledger.span_by_days);
    const engine::Cell latest = engine.value(
        fmt::format("select {} from zs_staged", by_days ? month_of(fmt::format("max({})", field))
                                                        : fmt::format("max({})", field)));
    if (!latest) return std::nullopt;
    return std::stoll(*latest);
}

std::optional<std::int64_t> latest_row(engine::Connection& engine, const plan::Ledger& ledger) {
    const engine::Cell line =
        engine.value(fmt::format("select _line from zs_staged where {0} is not null order by {0} "
                                 "desc, _line limit 1",
                                 engine::quoted(ledger.period_field())));
    if (!line) return std::nullopt;
    return std::stoll(*line);
}

Lying lying(engine::Connection& engine, const Judging& judging) {
    const std::string rows = lake::with_division(judging.snapshot, judging.model, judging.ledger,
                                                 "select * from zs_staged");
    const engine::Rows ends =
        engine.query(fmt::format("select min(_division), max(_division) from ({})", rows));
    Lying found;
    if (!ends.cells[0][0]) return found;
    const std::string& low = *ends.cells[0][0];
    const std::string& high = *ends.cells[0][1];
    std::size_t same = 0;
    while (same < low.size() && same < high.size() && low[same] == high[same]) ++same;
    for (const plan::Level& level : judging.model.levels)
        if (static_cast<std::size_t>(level.digits) <= same)
            found.above = low.substr(0, static_cast<std::size_t>(level.digits));
    if (found.above) return found;
    for (const auto& row :
         engine
             .query(fmt::format("select distinct substr(_division, 1, {}) from ({}) where "
                                "_division is not null order by 1",
                                judging.model.levels.front().digits, rows))
             .cells)
        found.apart.push_back(row[0].value());
    return found;
}

void judge_whole(engine::Connection& engine, const Judging& judging, std::int64_t label,
                 const std::string& division) {
    const plan::Ledger& ledger = judging.ledger;
    if (!ledger.whole) return;
    if (ledger.period != plan::Period::span) {
        const std::string field = engine::quoted(ledger.period_field());
        const bool by_days = ledger.period == plan::Period::date;
        hold(engine,
             fmt::format("select _line from zs_staged where {} <> {}",
                         by_days ? month_of(field) : field, label),
             ledger.period_field(), by_days ? "date" : "month",
             told(judging.model,
                  base::said(
                      "这份名单是一个时期的全部，这一行属于另一个时期",
                      "this list is the whole of one period, and the row belongs to another")));
    }
    if (!ledger.way_to_division) return;
    const std::string rows =
        lake::with_division(judging.snapshot, judging.model, ledger, "select * from zs_staged");
    hold(engine,
         fmt::format(
             "select t._line from ({}) t where not coalesce({}, false) and not exists (select 1 "
             "from zs_faults f where f._line = t._line and f.code in ('reference', 'division', "
             "'columns', 'footer', 'key'))",
             rows, lake::lies_in("t._division", division, judging.divisions)),
         ledger.way_to_division->empty() ? ledger.division_field
                                         : ledger.way_to_division->front().field,
         "division",
         told(judging.model,
              base::said("这份名单是一个地方的全部，这一行属于另一个地方",
                         "this list is the whole of one place, and the row belongs to another")));
}

void judge_duplicates(engine::Connection& engine, const Judging& judging) {
    const plan::Ledger& ledger = judging.ledger;
    if (ledger.key.empty()) return;
    const auto [key, names] = key_of(ledger);
    // The first row of a key that is sound is taken; what follows it, sound or not, is one too
    // many.
    const std::string say =
        told(judging.model,
             base::said("'与本文件' || {} || '主键相同'", "'same key as ' || {} || ' of this file'",
                        place_of_line("_taken")));
    engine.execute(fmt::format(
        "insert into zs_faults select _line, '', 'duplicate', {}, false from (select _line, "
        "min(_line) filter (where _sound) over "
        "(partition by {}) as _taken from (select s.*, not exists (select 1 from "
        "zs_faults f where f._line = s._line and not f.warning) as _sound from "
        "zs_staged s)) d where _line > _taken and not exists (select 1 from zs_faults f "
        "where f._line = d._line and f.field in ({}))",
        say, base::join(key, ", "), base::join(names, ", ")));
}

void judge_taken(engine::Connection& engine, const Judging& judging,
                 const std::set<std::string>& batches) {
    const plan::Ledger& ledger = judging.ledger;
    if (ledger.key.empty()) return;
    lake::Snapshot delivery{.folder = judging.snapshot.folder, .batches = {}, .digest = {}};
    for (const lake::Batch& batch : judging.snapshot.batches)
        if (batches.contains(batch.id)) delivery.batches.push_back(batch);
    const auto [key, names] = key_of(ledger);
    std::vector<std::string> same;
    for (const std::string& column : key)
        same.push_back(fmt::format("t.{0} is not distinct from s.{0}", column));
    const std::string say =
        told(judging.model,
             base::said("'与已收下的批次' || _part || {} || '主键相同'",
                        "'same key as ' || {} || ' of batch ' || _part || ', which was taken'",
                        place_of_line("_taken")));
    engine.execute(fmt::format(
        "insert into zs_faults select d._line, '', 'duplicate', {}, false from (select s._line, "
        "min(t._line) as _taken, min(t._part) as _part "
        "from "
        "zs_staged s join ({}) t on {} group by s._line) d where not exists (select 1 from "
        "zs_faults f where f._line = d._line and (f.code = 'duplicate' or f.field in ({})))",
        say, lake::all_rows(delivery, judging.model, ledger), base::join(same, " and "),
        base::join(names, ", ")));
}

}  // namespace zs::intake
