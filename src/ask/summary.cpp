#include "ask/summary.h"

#include <algorithm>
#include <optional>
#include <set>

#include <fmt/format.h>

#include "base/decimal.h"
#include "base/failure.h"
#include "lake/divisions.h"

namespace zs::ask {

namespace {

bool serves(const plan::Definition& definition, const std::string& prefix) {
    return std::any_of(definition.obligations.begin(), definition.obligations.end(),
                       [&](const std::string& id) { return id.starts_with(prefix); });
}

void sorted(std::vector<Summary::Count>& counts) {
    std::stable_sort(counts.begin(), counts.end(),
                     [](const Summary::Count& a, const Summary::Count& b) { return a.n > b.n; });
}

/// Values of the indicators on the monitoring line (obligations G3.…; in a pack without them of
/// all), with those of the run before.
void add_figures(const Runs& runs, const plan::Model& model, Summary& s) {
    const auto values = [&](const std::string& run) {
        std::map<std::string, std::pair<std::string, std::int64_t>> found;
        const List list = indicators(runs, {run, "", "", s.division});
        for (std::size_t row = 0; row < list.rows.size(); ++row) {
            if (list.cell(row, "division") != s.division || !list.cell(row, "codes").empty())
                continue;
            const std::string unknown = list.cell(row, "unknown");
            found[list.cell(row, "indicator")] = {list.cell(row, "value"),
                                                  unknown.empty() ? 0 : std::stoll(unknown)};
        }
        return found;
    };
    const auto now = values(s.run);
    const auto then = s.before.empty() ? decltype(values(s.run)){} : values(s.before);
    s.on_line = std::any_of(model.indicators.begin(), model.indicators.end(),
                            [](const plan::Indicator& i) { return serves(i, "G3."); });
    for (const plan::Indicator& indicator : model.indicators) {
        if (indicator.grain.empty() || !now.contains(indicator.name) ||
            (s.on_line && !serves(indicator, "G3.")))
            continue;
        const auto& [value, unknown] = now.at(indicator.name);
        const plan::Grain* grain = model.grain(indicator.grain);
        s.below.push_back({indicator.name, indicator.title, indicator.unit, value,
                           then.contains(indicator.name) ? then.at(indicator.name).first : "",
                           unknown, grain == nullptr ? "" : grain->title});
    }
    // Whoever asks how many live below the line asks for people first.
    std::stable_partition(s.below.begin(), s.below.end(),
                          [](const Summary::Figure& f) { return f.unit == "persons"; });
}

void add_findings(const Runs& runs, const plan::Model& model, const Titles& titles, Summary& s) {
    FindingFilter filter;
    filter.run = s.run;
    filter.division = s.division;
    const List list = findings(runs, filter);
    std::map<std::string, Summary::Due> due;
    std::map<std::string, base::Decimal> lacking;
    std::map<std::string, std::int64_t> risks, clues, doubts;
    const std::size_t rule_at = list.at("rule"), kind_at = list.at("kind"),
                      status_at = list.at("status"), risk_at = list.at("risk"),
                      amount_at = list.at("amount"), received_at = list.at("received"),
                      severity_at = list.at("severity");
    for (const auto& row : list.rows) {
        const std::string rule = *row[rule_at], kind = *row[kind_at], status = *row[status_at];
        if (kind == "clue" && status == "fired") {
            ++risks[row[risk_at].value_or("")];
            ++clues[rule];
            if (row[severity_at].value_or("") == "high") ++s.severe;
        }
        if (kind == "check" && status == "fired") ++doubts[rule];
        if (kind != "entitlement") continue;
        ++due[rule].by_status[status];
        if ((status == "gap" || status == "short") && row[amount_at]) {
            const auto amount = base::parse_decimal(*row[amount_at]);
            const auto received = base::parse_decimal(row[received_at].value_or("0"));
            const auto rest =
                amount && received ? base::subtract(*amount, *received) : std::nullopt;
            if (rest)
                if (const auto sum = base::add(lacking[rule], *rest)) lacking[rule] = *sum;
        }
    }
    for (const plan::Rule& rule : model.rules) {
        if (rule.kind != plan::Rule::Kind::entitlement || !due.contains(rule.name)) continue;
        Summary::Due& entry = due[rule.name];
        entry.rule = rule.name;
        entry.title = rule.title;
        if (const plan::Grain* grain = model.grain(rule.grain)) entry.grain = grain->title;
        if (lacking.contains(rule.name) && rule.amount && rule.amount->type.money)
            entry.lacking = base::text(base::round(lacking[rule.name], 2));
        s.entitlements.push_back(entry);
    }
    for (const auto& [risk, n] : risks)
        s.clues_by_risk.push_back(
            {risk, risk.empty() ? titles.say(phrase::risk_not_said) : titles.risk(risk), n});
    for (const auto& [rule, n] : clues) s.clues.push_back({rule, model.rule(rule)->title, n});
    for (const auto& [rule, n] : doubts) s.doubts.push_back({rule, model.rule(rule)->title, n});
    sorted(s.clues_by_risk);
    sorted(s.clues);
    sorted(s.doubts);
}

void add_targets(const Runs& runs, const std::filesystem::path& lake, const plan::Model& model,
                 const Titles& titles, Summary& s) {
    const List list = targets(runs, {s.run, "", "", s.division});
    std::optional<MissingFigures> missing;
    for (std::size_t row = 0; row < list.rows.size(); ++row) {
        if (list.cell(row, "division") != s.division ||
            list.cell(row, "label") != std::to_string(s.month.year()))
            continue;
        const std::string status = list.cell(row, "status");
        ++s.targets_by_status[status];
        const std::string codes = list.cell(row, "codes");
        const plan::Target* found = target_of_row(model, list.cell(row, "target"), codes);
        ZS_INVARIANT(found != nullptr, "a result's target is in the pack of its run");
        const plan::Target& target = *found;
        const std::string title =
            codes.empty()
                ? target.title
                : fmt::format("{} {}", target.title, titles.codes(target.published_name(), codes));
        if (status == "no_data") {
            if (!missing) missing.emplace(runs, lake, model, s.run, titles);
            s.without_figure.push_back(
                {target.published_name(), title,
                 missing->of_target(target.name, s.division, list.cell(row, "label"))});
        }
        if (status != "missed" && status != "behind") continue;
        const auto bound = target.years.find(s.month.year());
        s.missed.push_back({target.published_name(), title, status, list.cell(row, "value"),
                            list.cell(row, "bound"),
                            bound == target.years.end() ? "" : bound->second.comparison});
    }
}

void add_unknown(const Runs& runs, const plan::Model& model, Summary& s) {
    const List list = counts(runs, s.run);
    for (std::size_t row = 0; row < list.rows.size(); ++row)
        if (list.cell(row, "status") == "unknown" && list.cell(row, "n") != "0")
            s.unknown.push_back({list.cell(row, "rule"), model.rule(list.cell(row, "rule"))->title,
                                 std::stoll(list.cell(row, "n"))});
    sorted(s.unknown);
}

void add_undelivered(const plan::Model& model, Deliveries& deliveries, Summary& s) {
    s.nothing_delivered = deliveries.nothing();
    for (const plan::Ledger* ledger : deliveries.missing_registers())
        s.missing_registers.push_back(ledger->title);
    for (const plan::Ledger& ledger : model.ledgers)
        if (const std::int64_t missing = deliveries.missing(ledger, s.month, s.division);
            missing > 0)
            s.undelivered.push_back({ledger.name, ledger.title, missing});
    sorted(s.undelivered);
}

/// The narrowest place that holds all divisions of the home; a county with one town is still a
/// county's, so the last two levels are left alone.
std::string own_division(const Runs& runs, const plan::Model& model) {
    const std::vector<plan::Division> all = lake::divisions(runs.record);
    std::string own;
    const std::size_t deepest = model.levels.size() > 3 ? model.levels.size() - 2 : 1;
    for (std::size_t i = 0; i < deepest; ++i) {
        const plan::Level& level = model.levels[i];
        std::set<std::string> codes;
        for (const plan::Division& d : all)
            if (model.level_of_code(d.code) == &level && d.code.starts_with(own))
                codes.insert(d.code);
        if (codes.size() != 1) break;
        own = *codes.begin();
    }
    return own;
}

}  // namespace

Summary summary(const Runs& runs, const std::filesystem::path& lake, const plan::Model& model,
                const Titles& titles, const std::string& run, const std::string& division) {
    Summary s;
    s.run = run;
    s.month = base::Month{static_cast<std::int32_t>(
        runs.record.first("select month from run where run = :run", {s.run})->integer(0))};
    s.division = division.empty() ? own_division(runs, model) : division;
    for (const plan::Division& d : lake::divisions(runs.record))
        if (d.code == s.division) s.name = d.name;
    if (const auto earlier = runs.record.first(
            "select run, month from run where month < :month order by month desc, seq desc limit 1",
            {record::cell(s.month.index)})) {
        s.before = earlier->text(0);
        s.before_month = base::Month{static_cast<std::int32_t>(earlier->integer(1))};
    }
    Deliveries deliveries(runs, lake, model, run);
    add_figures(runs, model, s);
    add_findings(runs, model, titles, s);
    add_targets(runs, lake, model, titles, s);
    add_unknown(runs, model, s);
    add_undelivered(model, deliveries, s);
    return s;
}

}  // namespace zs::ask
