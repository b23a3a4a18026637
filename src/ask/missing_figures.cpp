#include "ask/missing_figures.h"

#include <algorithm>
#include <functional>

#include <fmt/format.h>

#include "base/text.h"
#include "engine/connection.h"
#include "plan/check.h"
#include "run/keep.h"

namespace zs::ask {

namespace {

constexpr std::size_t causes_max = 2;
constexpr int depth_max = 32;

plan::Period years_of(const plan::Indicator& indicator) {
    return indicator.period == plan::Period::year ? plan::Period::year
                                                  : plan::Period::calendar_year;
}

}  // namespace

MissingFigures::MissingFigures(const Runs& runs, const std::filesystem::path& lake,
                               const plan::Model& model, const std::string& run,
                               const Titles& titles)
    : model_(model), titles_(titles), deliveries_(runs, lake, model, run) {
    const run::Inputs inputs = run::inputs_of_run(runs.record, lake, runs.folder, model, run);
    now_ = inputs.month;
    for (const plan::Figure& figure : inputs.figures)
        if (figure.run_month <= now_ && !plan::is_null(figure.value))
            kept_[{figure.indicator, figure.codes, figure.division, figure.label}].has_value = true;
    // Targets speak of their own level and of what lies above it: of a province's million figures
    // of villages none is read.
    int digits = 2;
    for (const plan::Target& target : model.targets)
        for (const plan::Level& level : model.levels)
            if (level.name == target.at_level) digits = std::max(digits, level.digits);
    engine::Connection connection = engine::Connection::open({});
    connection.stream(
        fmt::format(
            "select indicator, codes, division, label, value is not null, unknown from "
            "read_parquet({}) where length(division) <= {}",
            engine::literal(
                run::kept_file(runs.record, runs.folder, run, "indicators.parquet").string()),
            digits),
        [&](const std::vector<engine::Cell>& row) {
            kept_[{*row[0], *row[1], *row[2], *row[3]}] = {*row[4] == "true",
                                                           row[5] ? std::stoll(*row[5]) : 0};
        });
}

std::string MissingFigures::of_target(const std::string& name, const std::string& division,
                                      const std::string& label) {
    causes_.clear();
    depth_ = 0;
    const plan::Target* target = model_.target(name);
    const plan::Indicator* indicator =
        target == nullptr ? nullptr : model_.indicator(target->indicator);
    if (indicator == nullptr) return "";
    const int year = std::stoi(label);
    const plan::Months months = plan::months_of_label(years_of(*indicator), year, model_.calendar);
    const At at{division, std::min(months.last, now_), months.last <= now_};
    of_indicator(*indicator, at);
    if (const auto bound = target->years.find(year); bound != target->years.end())
        for (const plan::ExpressionPtr& side : {bound->second.low, bound->second.high})
            if (side) of_expression(*side, at);
    if (causes_.empty()) of_unknown(*indicator, at);
    std::string all;
    for (std::size_t i = 0; i < std::min(causes_max, causes_.size()); ++i)
        all += (all.empty() ? "" : titles_.say(phrase::semicolon)) + causes_[i];
    if (causes_.size() > causes_max)
        all +=
            titles_.say(phrase::semicolon) + titles_.say(phrase::more, causes_.size() - causes_max);
    return all;
}

const MissingFigures::Kept* MissingFigures::kept(const plan::Indicator& indicator,
                                                 const At& at) const {
    const auto found =
        kept_.find({indicator.published_name(), indicator.published_codes(""), at.division,
                    plan::label_text(indicator.period, at.month, model_.calendar)});
    return found == kept_.end() ? nullptr : &found->second;
}

void MissingFigures::add(std::string cause) {
    if (std::find(causes_.begin(), causes_.end(), cause) == causes_.end())
        causes_.push_back(std::move(cause));
}

/// There are figures on both sides: what is unknown of those read could change the status.
void MissingFigures::of_unknown(const plan::Indicator& indicator, const At& at) {
    if (++depth_ > depth_max) return;
    const Kept* found = kept(indicator, at);
    if (found != nullptr && found->unknown > 0)
        add(titles_.say(phrase::unknown_could_change, indicator.title, found->unknown));
    if (indicator.given || !indicator.grain.empty()) return;
    plan::visit(*indicator.value, [&](const plan::Expression& e) {
        if (e.node == plan::Expression::Node::indicator)
            if (const plan::Indicator* read = model_.indicator(e.name)) of_unknown(*read, at);
    });
}

void MissingFigures::of_expression(const plan::Expression& expression, const At& at) {
    plan::visit(expression, [&](const plan::Expression& e) {
        if (e.node != plan::Expression::Node::indicator) return;
        const plan::Indicator* read = model_.indicator(e.name);
        if (read == nullptr) return;
        At there = at;
        if (e.at == "nation")
            there.division = "00";
        else if (!e.at.empty())
            there.division = model_.ancestor(at.division, e.at).value_or("");
        // Of a figure to date, what was known when as many months had gone.
        const int months = plan::months_in(read->period) * e.prior;
        there.month = at.month.plus(-months);
        of_indicator(*read, there);
    });
}

void MissingFigures::of_indicator(const plan::Indicator& indicator, const At& at) {
    const std::string label = plan::label_text(indicator.period, at.month, model_.calendar);
    const Kept* found = kept(indicator, at);
    if (found != nullptr && found->has_value) return;
    if (++depth_ > depth_max) return;
    if (indicator.given) {
        add(titles_.say(phrase::no_given_figure, indicator.title, titles_.place(at.division),
                        label));
    } else if (indicator.grain.empty()) {
        const std::size_t before = causes_.size();
        of_expression(*indicator.value, at);
        if (causes_.size() == before)
            add(titles_.say(phrase::other_place_without_figure, indicator.title,
                            titles_.place(at.division)));
    } else if (label == plan::label_text(indicator.period, now_, model_.calendar)) {
        of_own(indicator, at, found == nullptr ? Kept{} : *found);
    } else if (at.month < model_.first) {
        add(titles_.say(phrase::before_plan, indicator.title, label));
    } else {
        const base::Month last = plan::period_of(indicator.period, at.month, model_.calendar).last;
        add(titles_.say(phrase::no_earlier_run, indicator.title, label,
                        base::text(at.whole ? std::min(last, model_.last) : at.month)));
    }
}

/// Of what the run itself rolled up: what was not delivered, else whom nothing is known of.
void MissingFigures::of_own(const plan::Indicator& indicator, const At& at, const Kept& kept) {
    const plan::Months months = plan::period_of(indicator.period, at.month, model_.calendar);
    bool any = false;
    for (const plan::Ledger* ledger : owed_ledgers_of(indicator)) {
        for (base::Month month = at.month; months.first <= month; month = month.plus(-1)) {
            const std::int64_t missing = deliveries_.missing(*ledger, month, at.division);
            if (missing == 0) continue;
            add(titles_.say(phrase::ledger_undelivered, indicator.title, ledger->title, missing,
                            plan::label_text(owed_by(*ledger), month, model_.calendar)));
            any = true;
            break;
        }
    }
    if (any) return;
    for (const plan::Ledger* ledger : deliveries_.missing_registers()) {
        const plan::Grain* grain = model_.grain(indicator.grain);
        if (grain == nullptr || grain->ledger != ledger->name) continue;
        add(titles_.say(phrase::register_missing, ledger->title));
        any = true;
    }
    if (any) return;
    add(kept.unknown > 0 ? titles_.say(phrase::subjects_unknown, indicator.title, kept.unknown)
                         : titles_.say(phrase::no_subjects, indicator.title));
}

/// The ledgers that divisions owe and that an indicator reads, by whatever way, that of its own
/// grain first.
std::vector<const plan::Ledger*> MissingFigures::owed_ledgers_of(
    const plan::Indicator& indicator) const {
    std::set<std::string> all;
    std::vector<const plan::Ledger*> ledgers;
    const auto add = [&](const plan::Ledger* ledger) {
        if (ledger == nullptr || !ledger->delivery || !ledger->delivery->by_level) return;
        if (std::find(ledgers.begin(), ledgers.end(), ledger) == ledgers.end())
            ledgers.push_back(ledger);
    };
    if (const plan::Grain* grain = model_.grain(indicator.grain)) add(model_.ledger(grain->ledger));
    const std::function<void(const std::string&)> follow = [&](const std::string& reader) {
        for (const std::string& read : plan::reads(model_, reader)) {
            if (!all.insert(read).second) continue;
            const std::size_t space = read.find(' ');
            const std::string kind = read.substr(0, space), what = read.substr(space + 1);
            if (kind == "feature" || kind == "rule") follow(what);
            if (kind == "ledger") add(model_.ledger(what));
        }
    };
    follow(indicator.name);
    return ledgers;
}

const plan::Target* target_of_row(const plan::Model& model, const std::string& target,
                                  const std::string& codes) {
    for (const plan::Target& one : model.targets)
        if (one.published_name() == target && one.published_codes() == codes) return &one;
    return nullptr;
}

List with_causes(List targets, const plan::Model& model, MissingFigures& missing) {
    targets.columns.push_back({"why"});
    for (std::size_t row = 0; row < targets.rows.size(); ++row) {
        std::string why;
        if (targets.cell(row, "status") == "no_data")
            if (const plan::Target* target =
                    target_of_row(model, targets.cell(row, "target"), targets.cell(row, "codes")))
                why = missing.of_target(target->name, targets.cell(row, "division"),
                                        targets.cell(row, "label"));
        targets.rows[row].push_back(why.empty() ? std::nullopt : std::optional(why));
    }
    return targets;
}

}  // namespace zs::ask
