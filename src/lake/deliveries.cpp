#include "lake/deliveries.h"

#include <map>
#include <optional>

#include "base/failure.h"
#include "lake/divisions.h"

namespace zs::lake {

namespace {

/// What came of one division for one period.
struct Came {
    std::optional<base::Date> arrived;
    std::int64_t rows = 0, accepted = 0, quarantined = 0, warned = 0;
};
using ByDivision = std::map<std::string, Came>;

std::map<std::int64_t, ByDivision> came_for(const Snapshot& snapshot, const std::string& ledger) {
    std::map<std::int64_t, ByDivision> came;
    for (const Batch& batch : snapshot.batches) {
        if (batch.ledger != ledger) continue;
        Came& of = came[batch.label][batch.division];
        of.rows += batch.rows;
        of.accepted += batch.accepted;
        of.quarantined += batch.quarantined;
        of.warned += batch.warned;
        const bool delivers = batch.accepted > 0 || batch.quarantined == 0;
        const auto date = base::parse_date(batch.entered_at.substr(0, 10));
        if (delivers && date && (!of.arrived || *date < *of.arrived)) of.arrived = date;
    }
    return came;
}

/// The division, then those above it, by codes and by reporting parents.
std::vector<std::string> upwards(const plan::Model& model, const plan::Division& division) {
    std::vector<std::string> codes{division.code};
    const auto add_above = [&](const std::string& code) {
        for (auto level = model.levels.rbegin(); level != model.levels.rend(); ++level)
            if (static_cast<std::size_t>(level->digits) < code.size()) codes.push_back(code.substr(0, static_cast<std::size_t>(level->digits)));
    };
    if (!division.reporting_parent.empty()) {
        codes.push_back(division.reporting_parent);
        add_above(division.reporting_parent);
    }
    add_above(division.code);
    return codes;
}

bool in_force(const plan::Division& division, base::Month month) {
    return (!division.since || *division.since <= month) && (!division.until || month < *division.until);
}

plan::Value figure(const Came* came, std::int64_t Came::*count) {
    if (came == nullptr || !came->arrived) return {};
    return came->*count;
}

class Owed {
public:
    Owed(const Snapshot& snapshot, const plan::Model& model, const std::vector<plan::Division>& divisions)
        : snapshot_(snapshot), model_(model), divisions_(divisions), ledger_(*model.ledger("deliveries")) {}

    void add(const plan::Ledger& ledger, base::Month until, std::vector<plan::Row>& rows) const {
        const auto came = came_for(snapshot_, ledger.name);
        const bool by_month = ledger.period == plan::Period::month || ledger.period == plan::Period::date || ledger.period == plan::Period::span;
        const plan::Period period = by_month ? plan::Period::month : ledger.period;
        for (base::Month month = ledger.delivery->from; month <= until;) {
            const plan::Months months = plan::period_of(period, month, model_.calendar);
            const auto found = came.find(plan::label_of(period, month, model_.calendar));
            static const ByDivision nothing;
            add_period(ledger, months, found == came.end() ? nothing : found->second, rows);
            month = months.last.plus(1);
        }
    }

private:
    void add_period(const plan::Ledger& ledger, const plan::Months& months, const ByDivision& came, std::vector<plan::Row>& rows) const {
        for (const plan::Division& division : divisions_) {
            const plan::Level* level = model_.level_of_code(division.code);
            if (level == nullptr || level->name != ledger.delivery->by || !in_force(division, months.last)) continue;
            rows.push_back(row(ledger, division, months, came));
        }
    }

    plan::Row row(const plan::Ledger& ledger, const plan::Division& division, const plan::Months& months, const ByDivision& came) const {
        std::optional<base::Date> arrived;
        for (const std::string& code : upwards(model_, division))
            if (const auto found = came.find(code); found != came.end() && found->second.arrived && (!arrived || *found->second.arrived < *arrived)) arrived = found->second.arrived;
        const auto own = came.find(division.code);
        const Came* counts = own == came.end() ? nullptr : &own->second;
        plan::Row row(ledger_.fields.size());
        const auto set = [&](const char* name, plan::Value value) { row.at(ledger_.index_of(name).value()) = std::move(value); };
        set("ledger", ledger.name);
        set("division", division.code);
        set("month", months.last);
        set("due", base::Date{base::last_day(months.last).days + ledger.delivery->due_days});
        if (arrived) set("arrived", *arrived);
        set("rows", figure(counts, &Came::rows));
        set("accepted", figure(counts, &Came::accepted));
        set("quarantined", figure(counts, &Came::quarantined));
        set("warned", figure(counts, &Came::warned));
        return row;
    }

    const Snapshot& snapshot_;
    const plan::Model& model_;
    const std::vector<plan::Division>& divisions_;
    const plan::Ledger& ledger_;
};

}  // namespace

std::vector<plan::Row> delivery_rows(const Snapshot& snapshot, const plan::Model& model, const std::vector<plan::Division>& divisions, base::Month until) {
    std::vector<plan::Row> rows;
    if (model.ledger("deliveries") == nullptr) return rows;
    const Owed owed(snapshot, model, divisions);
    for (const plan::Ledger& ledger : model.ledgers)
        if (ledger.delivery && ledger.delivery->by_level) owed.add(ledger, until, rows);
    return rows;
}

}  // namespace zs::lake
