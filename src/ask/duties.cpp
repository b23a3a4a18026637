#include "ask/duties.h"

#include <algorithm>
#include <map>
#include <set>

#include <fmt/format.h>

#include "base/failure.h"
#include "compile/program.h"
#include "compile/sql.h"
#include "lake/divisions.h"
#include "run/keep.h"

namespace zs::ask {

namespace {

using plan::Period;

/// Days on which evidence came, by place and label of the duty's period.
using Arrivals = std::map<std::pair<std::string, std::int64_t>, std::vector<base::Date>>;

Period period_of_duty(const plan::Duty& duty) {
    if (duty.every == "year") return Period::year;
    if (duty.every == "calendar_year") return Period::calendar_year;
    if (duty.every == "school_term") return Period::school_term;
    return Period::month;
}

/// The last month of what the row's period field says.
base::Month month_of(const plan::Ledger& ledger, const std::string& cell,
                     const plan::Calendar& calendar) {
    const bool by_days =
        ledger.period == Period::date || (ledger.period == Period::span && ledger.span_by_days);
    if (by_days) return base::parse_date(cell.substr(0, 10)).value().month();
    const std::int64_t label = std::stoll(cell);
    if (ledger.period == Period::month || ledger.period == Period::span)
        return {static_cast<std::int32_t>(label)};
    return plan::months_of_label(ledger.period, label, calendar).last;
}

Arrivals arrivals_of(engine::Connection& connection, const plan::Model& model,
                     const run::Inputs& inputs, const plan::Duty& duty) {
    const plan::Ledger& ledger = *model.ledger(duty.evidence);
    const std::string period = compile::quoted(ledger.period_field());
    const std::string rows = lake::with_division(
        inputs.lake, model, ledger,
        fmt::format("select * from {}", compile::quoted(compile::input_view(ledger.name))));
    Arrivals arrivals;
    std::map<std::string, base::Date> came_with;
    for (const lake::Batch& batch : inputs.lake.batches)
        came_with.emplace(batch.id, batch.arrived());
    connection.stream(
        fmt::format("select \"_division\", {0}, \"batch\", count(*) from ({1}) e where "
                    "\"_division\" is not null and {0} is not null group by all",
                    period, rows),
        [&](const std::vector<engine::Cell>& row) {
            const base::Month month = month_of(ledger, *row[1], model.calendar);
            const auto place = model.ancestor(*row[0], duty.at);
            if (!place || month > inputs.month) return;
            const auto came = row[2] ? came_with.find(*row[2]) : came_with.end();
            auto& days =
                arrivals[{*place, plan::label_of(period_of_duty(duty), month, model.calendar)}];
            days.insert(
                days.end(),
                std::min<std::size_t>(std::stoull(*row[3]), static_cast<std::size_t>(duty.least)),
                came == came_with.end() ? base::first_day(month) : came->second);
        });
    for (auto& [place, days] : arrivals) std::sort(days.begin(), days.end());
    return arrivals;
}

std::vector<std::string> units_of(const plan::Model& model, const plan::Duty& duty) {
    std::vector<std::string> units = duty.units;
    for (const plan::Obligation& obligation : model.obligations)
        if (duty.units.empty() && std::find(duty.obligations.begin(), duty.obligations.end(),
                                            obligation.id) != duty.obligations.end())
            for (const std::string& unit : obligation.units)
                if (std::find(units.begin(), units.end(), unit) == units.end())
                    units.push_back(unit);
    if (units.empty()) units.emplace_back();
    return units;
}

/// What an entitlement would say of as many rows, come on these days.
std::string status_of(const plan::Duty& duty, const std::vector<base::Date>& days,
                      const std::optional<base::Date>& due, base::Month end, base::Month now) {
    if (days.size() >= static_cast<std::size_t>(duty.least))
        return due && days[static_cast<std::size_t>(duty.least - 1)] > *due ? "late" : "satisfied";
    if (due ? base::last_day(now) <= *due : now < end) return "pending";
    return days.empty() ? "gap" : "short";
}

void add_rows(List& list, const plan::Model& model, const run::Inputs& inputs,
              const plan::Duty& duty, const Arrivals& arrivals, const DutyFilter& filter) {
    const Period period = period_of_duty(duty);
    const std::vector<std::string> units = units_of(model, duty);
    const std::set<std::string> inside = lake::roots(filter.division, inputs.divisions);
    static const std::vector<base::Date> none;
    for (const compile::DivisionRow& place :
         compile::division_rows(model, inputs.divisions, inputs.month)) {
        if (!place.in_force || place.level != duty.at ||
            std::none_of(inside.begin(), inside.end(),
                         [&](const std::string& root) { return place.code.starts_with(root); }))
            continue;
        for (base::Month month = model.first; month <= inputs.month;) {
            const base::Month end = plan::period_of(period, month, model.calendar).last;
            const std::int64_t label = plan::label_of(period, month, model.calendar);
            month = end.plus(1);
            const auto found = arrivals.find({place.code, label});
            const std::vector<base::Date>& days = found == arrivals.end() ? none : found->second;
            const std::optional<base::Date> due =
                duty.due_days ? std::optional(base::Date{base::last_day(end).days + *duty.due_days})
                              : std::nullopt;
            const std::string status = status_of(duty, days, due, end, inputs.month);
            if (!filter.status.empty() && filter.status != status) continue;
            const bool done = status == "satisfied" || status == "late";
            for (const std::string& unit : units)
                list.rows.push_back({duty.name, place.code,
                                     unit.empty() ? std::nullopt : std::optional<std::string>(unit),
                                     plan::label_text(period, label),
                                     due ? std::optional(base::text(*due)) : std::nullopt,
                                     done ? std::optional(base::text(
                                                days[static_cast<std::size_t>(duty.least - 1)]))
                                          : std::nullopt,
                                     status});
        }
    }
}

}  // namespace

List duties(const Runs& runs, const std::filesystem::path& lake, const DutyFilter& filter) {
    const std::string run = chosen_run(runs, filter.run);
    known_division(runs.record, filter.division);
    const plan::Model model = run::model_of_run(runs.record, runs.folder, run);
    std::vector<std::string> names;
    for (const plan::Duty& duty : model.duties) names.push_back(duty.name);
    known_name(base::said("任务", "duty"), "--name", filter.name, names);
    known_name(base::said("状态", "status"), "--status", filter.status,
               {"satisfied", "late", "pending", "short", "gap"});
    List list;
    list.columns = {{"duty"}, {"division"}, {"unit"}, {"period"}, {"due"}, {"arrived"}, {"status"}};
    if (model.duties.empty()) return list;
    const run::Inputs inputs = run::inputs_of_run(runs.record, lake, runs.folder, model, run);
    engine::Connection connection = run::open_inputs(model, inputs, {});
    for (const plan::Duty& duty : model.duties)
        if (filter.name.empty() || duty.name == filter.name)
            add_rows(list, model, inputs, duty, arrivals_of(connection, model, inputs, duty),
                     filter);
    return list;
}

}  // namespace zs::ask
