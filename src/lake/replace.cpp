#include "lake/replace.h"

#include <fmt/format.h>

#include "base/text.h"
#include "lake/divisions.h"

namespace zs::lake {

namespace {

std::string equal(const std::vector<std::string>& names, const std::string& a,
                  const std::string& b) {
    std::vector<std::string> conditions;
    for (const std::string& name : names)
        conditions.push_back(
            fmt::format("{0}.{2} is not distinct from {1}.{2}", a, b, engine::quoted(name)));
    return base::join(conditions, " and ");
}

/// SQL: a row belongs to the batch's period.
std::string of_period(const plan::Ledger& ledger, const Batch& batch, const std::string& alias) {
    if (ledger.period == plan::Period::date)
        return fmt::format("(year({0}.\"date\") * 12 + month({0}.\"date\") - 1) = {1}", alias,
                           batch.label);
    return fmt::format("{}.{} = {}", alias, engine::quoted(ledger.period_field()), batch.label);
}

/// A month as `since` and `ended` hold it.
std::string span_mark(const plan::Ledger& ledger, std::int64_t label) {
    if (!ledger.span_by_days) return std::to_string(label);
    return fmt::format("date '{}'",
                       base::text(base::first_day(base::Month{static_cast<std::int32_t>(label)})));
}

/// Columns that say what a span row says, apart from when it holds.
std::vector<std::string> content(const Sealing& sealing) {
    std::vector<std::string> names;
    for (const Column& column : file_columns_of(sealing.model, sealing.ledger))
        if (column.name != "since" && column.name != "ended") names.push_back(column.name);
    return names;
}

class Replacing {
public:
    Replacing(engine::Connection& engine, const Sealing& sealing, const Batch& batch)
        : engine_(engine),
          sealing_(sealing),
          batch_(batch),
          staged_(engine::quoted(sealing.staged)) {}

    void same_key() {
        const plan::Ledger& ledger = sealing_.ledger;
        if (ledger.key.empty() || !has_rows()) return;
        engine_.execute(
            fmt::format("insert into zs_superseded select a._part, a.batch, a._line from zs_before "
                        "a where exists (select 1 from {} n where {})",
                        staged_, equal(ledger.key, "n", "a")));
    }

    void whole_period() {
        engine_.execute(fmt::format(
            "insert into zs_superseded select _part, batch, _line from ({}) a where {} and {}",
            with_division(sealing_.before, sealing_.model, sealing_.ledger,
                          "select * from zs_before"),
            of_period(sealing_.ledger, batch_, "a"),
            lies_in("a._division", batch_.division, sealing_.divisions)));
    }

    /// The list is the state from its month on, up to the next list that counts already (one that
    /// came late is the state between). Rows in force at its month are all replaced: by one that
    /// goes on, keeping its `since`; or by what is left of them before the month and from the next
    /// list on.
    void whole_span() {
        const std::string mark = span_mark(sealing_.ledger, batch_.label);
        later_lists();
        engine_.execute(fmt::format(
            "create or replace temporary table zs_open as select a.* exclude (_division), {3} as "
            "_next from ({0}) a where a.\"since\" <= {1} and (a.\"ended\" is null or a.\"ended\" "
            "> {1}) and {2} "
            "and (a._of_part is null or exists (select 1 from ({4}) f where f._part = a._part and "
            "f.batch = a.batch and f._line = a._line and f._of_part = a._of_part))",
            divided("select * from zs_before"), mark,
            lies_in("a._division", batch_.division, sealing_.divisions), next_list("a"),
            rows_in_force(sealing_.before, sealing_.model, sealing_.ledger)));
        go_on(mark);
        same_key();
        engine_.execute(fmt::format(
            "create or replace temporary table zs_left as select o.* from zs_open o where not "
            "exists (select 1 from {} n where {} and n.\"since\" <= o.\"since\") "
            "and not exists (select 1 from zs_superseded s where s._part = o._part and s.batch = "
            "o.batch and s._line = o._line)",
            staged_, equal(content(sealing_), "n", "o")));
        engine_.execute(
            fmt::format("insert into zs_ended select * exclude (_next) replace ({0} as "
                        "\"ended\"), 1 from zs_left where \"since\" < {0}",
                        mark));
        engine_.execute(
            "insert into zs_ended select * exclude (_next) replace (_next as \"since\"), 2 "
            "from zs_left where \"ended\" is null and _next is not null or \"ended\" > _next");
        engine_.execute("insert into zs_superseded select _part, batch, _line from zs_open");
    }

private:
    bool has_rows() const { return batch_.accepted > 0; }

    std::string divided(const std::string& rows) const {
        return with_division(sealing_.before, sealing_.model, sealing_.ledger, rows);
    }

    /// Lists of later months that count: where they hold (codes that begin with `root`) and from
    /// when.
    void later_lists() {
        engine_.execute(
            fmt::format("create or replace temporary table zs_later (root text, mark {})",
                        sealing_.ledger.span_by_days ? "date" : "int"));
        std::vector<std::string> values;
        for (const Batch& batch : sealing_.before.batches) {
            if (batch.ledger != batch_.ledger || batch.label <= batch_.label || !batch.delivers())
                continue;
            for (const std::string& root : roots(batch.division, sealing_.divisions))
                values.push_back(fmt::format("({}, {})", engine::literal(root),
                                             span_mark(sealing_.ledger, batch.label)));
        }
        if (!values.empty())
            engine_.execute("insert into zs_later values " + base::join(values, ", "));
    }
    /// SQL: the month of the next list that holds where a row lies; NULL if there is none.
    static std::string next_list(const std::string& alias) {
        return fmt::format(
            "(select min(l.mark) from zs_later l where starts_with({}._division, l.root))", alias);
    }

    /// A staged row that says what a row in force says holds since that one did. None holds longer
    /// than to the next list, but where the row in force does.
    void go_on(const std::string& mark) {
        if (!has_rows()) return;
        engine_.execute(fmt::format(
            "create or replace temporary table zs_until as select a._line, {} as until from ({}) a",
            next_list("a"), divided("select * from " + staged_)));
        engine_.execute(
            fmt::format("create or replace temporary table zs_since as select n._line, "
                        "min(o.\"since\") as since, bool_or(o.\"ended\" is null) as open, "
                        "max(o.\"ended\") as ended from {0} n join ({3}) o on {1} "
                        "where n.\"since\" = {2} and o.\"since\" <= {2} and (o.\"ended\" is null "
                        "or o.\"ended\" > {2}) and {4} group by n._line",
                        staged_, equal(content(sealing_), "n", "o"), mark,
                        divided(relation(sealing_.before, sealing_.model, sealing_.ledger)),
                        lies_in("o._division", batch_.division, sealing_.divisions)));
        engine_.execute(
            fmt::format("update {0} set \"ended\" = u.until from zs_until u where {0}._line = "
                        "u._line and ({0}.\"ended\" is null or {0}.\"ended\" > u.until) "
                        "and not exists (select 1 from zs_since z where z._line = u._line and "
                        "(z.open or z.ended > u.until))",
                        staged_));
        engine_.execute(
            fmt::format("update {0} set \"ended\" = z.ended from zs_since z, zs_until u where "
                        "{0}._line = z._line and u._line = z._line and not z.open and z.ended > "
                        "u.until and {0}.\"ended\" is null",
                        staged_));
        // Not where the file itself has the key with that `since`: a key stays unique.
        std::vector<std::string> others;
        for (const std::string& name : sealing_.ledger.key)
            if (name != "since") others.push_back(name);
        engine_.execute(fmt::format(
            "update {0} set \"since\" = z.since from zs_since z where {0}._line = z._line and not "
            "exists (select 1 from {0} x where x._line <> z._line and x.\"since\" = z.since{1}{2})",
            staged_, others.empty() ? "" : " and ", equal(others, "x", staged_)));
    }

    engine::Connection& engine_;
    const Sealing& sealing_;
    const Batch& batch_;
    std::string staged_;
};

/// Reads what counts into a table, once: only rows that this batch can touch where that is known.
void read_before(engine::Connection& engine, const Sealing& sealing, const Batch& batch) {
    const plan::Ledger& ledger = sealing.ledger;
    std::string rows = all_rows(sealing.before, sealing.model, ledger);
    const std::string key = equal(ledger.key, "n", "a");
    if (!ledger.key.empty() && ledger.whole && ledger.period != plan::Period::span)
        rows =
            fmt::format("select a.* from ({}) a where {} or exists (select 1 from {} n where {})",
                        rows, of_period(ledger, batch, "a"), engine::quoted(sealing.staged), key);
    if (!ledger.whole && !ledger.key.empty())
        rows = fmt::format("select a.* from ({}) a where exists (select 1 from {} n where {})",
                           rows, engine::quoted(sealing.staged), key);
    if (!ledger.whole && ledger.key.empty())
        rows = fmt::format("select * from ({}) where false", rows);
    engine.execute("create or replace temporary table zs_before as " + rows);
    engine.execute(
        "create or replace temporary table zs_ended as select *, 0 as _piece from zs_before where "
        "false");
    engine.execute(
        "create or replace temporary table zs_superseded (_part text, batch text, _line bigint)");
}

}  // namespace

Replaced work_out_replaced(engine::Connection& engine, const Sealing& sealing, const Batch& batch) {
    read_before(engine, sealing, batch);
    if (!batch.delivers()) return {};
    Replacing replacing(engine, sealing, batch);
    const bool span = sealing.ledger.period == plan::Period::span;
    if (sealing.ledger.whole && span && !sealing.adds)
        replacing.whole_span();
    else
        replacing.same_key();
    if (sealing.ledger.whole && !span && !sealing.adds) replacing.whole_period();
    engine.execute(
        "create or replace temporary table zs_superseded as select distinct _part, batch, _line "
        "from zs_superseded");
    // What is superseded already is noted again but not counted.
    const std::string in_force = rows_in_force(sealing.before, sealing.model, sealing.ledger);
    Replaced replaced;
    engine.stream(
        fmt::format("select t.batch, count(*) from ({}) t semi join zs_superseded s on s._part = "
                    "t._part and s.batch = t.batch and s._line = t._line group by t.batch",
                    in_force),
        [&](const std::vector<engine::Cell>& row) {
            replaced[row[0].value()] = std::stoll(row[1].value());
        });
    return replaced;
}

}  // namespace zs::lake
