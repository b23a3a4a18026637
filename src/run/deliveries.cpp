#include "run/deliveries.h"

#include <algorithm>
#include <map>

#include <fmt/format.h>

#include "compile/program.h"
#include "engine/appender.h"
#include "run/inputs.h"

namespace zs::run {

namespace {

struct Came {
    std::optional<base::Date> arrived;
    std::int64_t rows = 0, accepted = 0, quarantined = 0, warned = 0;
    bool own = false;
};

bool is_read(const plan::Model& model) {
    const auto of_deliveries = [](const std::string& name) { return name == "deliveries"; };
    return std::any_of(model.features.begin(), model.features.end(),
                       [&](const plan::Feature& f) {
                           return of_deliveries(f.from) || of_deliveries(f.grain);
                       }) ||
           std::any_of(model.grains.begin(), model.grains.end(),
                       [&](const plan::Grain& g) {
                           return g.name != "deliveries" && of_deliveries(g.ledger);
                       }) ||
           std::any_of(model.rules.begin(), model.rules.end(),
                       [&](const plan::Rule& r) { return of_deliveries(r.grain); }) ||
           std::any_of(model.indicators.begin(), model.indicators.end(),
                       [&](const plan::Indicator& i) { return of_deliveries(i.grain); });
}

}  // namespace

void load_delivery_rows(engine::Connection& connection, const plan::Model& model,
                        const lake::Snapshot& snapshot,
                        const std::vector<plan::Division>& divisions, base::Month month) {
    const plan::Ledger& table = *model.ledger("deliveries");
    connection.execute(fmt::format("create table in_deliveries ({})", ledger_columns(table)));
    if (!is_read(model)) return;
    std::map<std::tuple<std::string, std::string, std::int64_t>, Came> came;
    for (const lake::Batch& batch : snapshot.batches) {
        Came& entry = came[{batch.ledger, batch.division, batch.label}];
        if (batch.delivers() && (!entry.arrived || batch.arrived() < *entry.arrived))
            entry.arrived = batch.arrived();
        entry.rows += batch.rows;
        entry.accepted += batch.accepted;
        entry.quarantined += batch.quarantined;
        entry.warned += batch.warned;
        entry.own = true;
    }
    engine::Appender into(connection, "in_deliveries");
    std::int64_t line = 0;
    const std::vector<compile::DivisionRow> rows = compile::division_rows(model, divisions, month);
    for (const plan::Ledger& ledger : model.ledgers) {
        if (!ledger.delivery || !ledger.delivery->by_level) continue;
        const plan::Period period =
            ledger.period == plan::Period::date || ledger.period == plan::Period::span
                ? plan::Period::month
                : ledger.period;
        std::int64_t last_label = -1;
        for (base::Month at = ledger.delivery->from; at <= month; at = at.plus(1)) {
            const std::int64_t label = plan::label_of(period, at, model.calendar);
            if (label == last_label) continue;
            last_label = label;
            const base::Month end =
                std::min(plan::months_of_label(period, label, model.calendar).last, month);
            const base::Date due{
                base::last_day(plan::months_of_label(period, label, model.calendar).last).days +
                ledger.delivery->due_days};
            for (const compile::DivisionRow& division : rows) {
                const bool owes = (!division.since || *division.since <= end) &&
                                  (!division.until || *division.until > end);
                if (!owes || division.level != ledger.delivery->by) continue;
                const auto own = came.find({ledger.name, division.code, label});
                std::optional<base::Date> arrived;
                if (own != came.end()) arrived = own->second.arrived;
                for (const auto* way : {&division.up, &division.reporting})
                    for (const auto& above : *way) {
                        if (!above) continue;
                        const auto found = came.find({ledger.name, *above, label});
                        if (found != came.end() && found->second.arrived &&
                            (!arrived || *found->second.arrived < *arrived))
                            arrived = found->second.arrived;
                    }
                for (const plan::Field& field : table.fields) {
                    const auto count = [&](std::int64_t Came::*member) {
                        if (own != came.end())
                            into.integer(own->second.*member);
                        else
                            into.null();
                    };
                    if (field.name == "ledger")
                        into.text(ledger.name);
                    else if (field.name == "division")
                        into.text(division.code);
                    else if (field.name == "month")
                        into.integer(
                            plan::months_of_label(period, label, model.calendar).last.index);
                    else if (field.name == "due")
                        into.date(due);
                    else if (field.name == "arrived" && arrived)
                        into.date(*arrived);
                    else if (field.name == "rows")
                        count(&Came::rows);
                    else if (field.name == "accepted")
                        count(&Came::accepted);
                    else if (field.name == "quarantined")
                        count(&Came::quarantined);
                    else if (field.name == "warned")
                        count(&Came::warned);
                    else
                        into.null();
                }
                into.integer(++line);
                into.end_row();
            }
        }
    }
    into.close();
}

}  // namespace zs::run
