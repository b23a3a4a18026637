#include "lake/divisions.h"

#include <set>

#include <fmt/format.h>

#include "base/division.h"
#include "base/text.h"
#include "engine/connection.h"

namespace zs::lake {

using engine::literal;

namespace {

/// -1 in the record: since ever.
constexpr std::int64_t since_ever = -1;

/// The value of `field` in the latest row of each key of a grain's ledger.
std::string latest(const Snapshot& snapshot, const plan::Model& model, const plan::Ledger& ledger,
                   const std::string& key, const std::string& field) {
    const std::string rows = relation(snapshot, model, ledger);
    const std::string value =
        ledger.period == plan::Period::span
            ? fmt::format("arg_max_null({}, \"since\")", engine::quoted(field))
            : fmt::format("any_value({})", engine::quoted(field));
    return fmt::format("(select {0} as k, {1} as v from ({2}) where {0} is not null group by 1)",
                       engine::quoted(key), value, rows);
}

}  // namespace

std::set<std::string> roots(const std::string& inside, const std::vector<plan::Division>& all) {
    base::ReportingParents reporting;
    for (const plan::Division& division : all)
        if (!division.reporting_parent.empty())
            reporting.emplace_back(division.code, division.reporting_parent);
    return base::division_roots(inside, reporting);
}

std::vector<plan::Division> divisions(record::Connection& record) {
    std::vector<plan::Division> found;
    record.each(
        "select code, name, since, until, reporting_parent from division order by code, since", {},
        [&](const record::Row& row) {
            plan::Division division{.code = row.text(0),
                                    .name = row.text(1),
                                    .reporting_parent = row.text_or_empty(4),
                                    .since = {},
                                    .until = {}};
            if (row.integer(2) != since_ever)
                division.since = base::Month{static_cast<std::int32_t>(row.integer(2))};
            if (const auto until = row.integer_or_null(3))
                division.until = base::Month{static_cast<std::int32_t>(*until)};
            found.push_back(std::move(division));
        });
    return found;
}

DivisionsTaken take_divisions(record::Connection& record,
                              const std::vector<plan::Division>& divisions) {
    const std::int64_t before = record.first("select count(*) from division")->integer(0);
    record::Statement insert = record.prepare(
        "insert into division (code, name, since, until, reporting_parent) values (:code, :name, "
        ":since, :until, :parent) "
        "on conflict (code, since) do update set name = excluded.name, until = excluded.until, "
        "reporting_parent = excluded.reporting_parent",
        5);
    for (const plan::Division& division : divisions)
        insert.run({division.code, division.name,
                    record::cell(division.since ? division.since->index : since_ever),
                    division.until ? record::cell(division.until->index) : std::nullopt,
                    division.reporting_parent.empty() ? std::nullopt
                                                      : record::Cell(division.reporting_parent)});
    const std::int64_t added = record.first("select count(*) from division")->integer(0) - before;
    return {.added = added, .replaced = static_cast<std::int64_t>(divisions.size()) - added};
}

std::string lies_in(const std::string& division, const std::string& inside,
                    const std::vector<plan::Division>& all) {
    std::vector<std::string> conditions;
    for (const std::string& root : roots(inside, all))
        conditions.push_back(fmt::format("starts_with({}, {})", division, literal(root)));
    return fmt::format("({})", base::join(conditions, " or "));
}

bool lies_in_division(const std::string& division, const std::string& inside,
                      const std::vector<plan::Division>& all) {
    return base::lies_under(roots(inside, all), division);
}

std::string with_division(const Snapshot& snapshot, const plan::Model& model,
                          const plan::Ledger& ledger, const std::string& source) {
    if (!ledger.way_to_division)
        return fmt::format("select t.*, cast(null as text) as _division from ({}) t", source);
    std::string joins;
    std::string value = fmt::format("t.{}", engine::quoted(ledger.division_field));
    const std::vector<plan::Hop>& way = *ledger.way_to_division;
    for (std::size_t i = 0; i < way.size(); ++i) {
        if (way[i].kind != plan::Hop::Kind::key) break;
        const plan::Grain* grain = model.grain(way[i].grain);
        const plan::Ledger* registry = grain == nullptr ? nullptr : model.ledger(grain->ledger);
        const std::string from = i == 0 ? fmt::format("t.{}", engine::quoted(way[i].field))
                                        : fmt::format("h{}.v", i - 1);
        if (registry == nullptr || grain->key.size() != 1) {
            value = from;
            break;
        }
        const std::string next = i + 1 < way.size() ? way[i + 1].field : ledger.division_field;
        joins += fmt::format(" left join {} h{} on h{}.k = {}",
                             latest(snapshot, model, *registry, grain->key[0], next), i, i, from);
        value = fmt::format("h{}.v", i);
    }
    return fmt::format("select t.*, {} as _division from ({}) t{}", value, source, joins);
}

std::string subject_divisions(const Snapshot& snapshot, const plan::Model& model,
                              const plan::Grain& grain) {
    const plan::Ledger* registry = model.ledger(grain.ledger);
    ZS_INVARIANT(registry != nullptr && !grain.key.empty(),
                 "a registry's grain has a ledger and a key");
    const std::string last = fmt::format(
        "select * from ({}) qualify row_number() over (partition by {} order by \"since\" desc) = "
        "1",
        relation(snapshot, model, *registry), engine::quoted(grain.key[0]));
    return fmt::format("select {} as subject, _division as division from ({})",
                       engine::quoted(grain.key[0]),
                       with_division(snapshot, model, *registry, last));
}

}  // namespace zs::lake
