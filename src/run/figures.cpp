#include "run/figures.h"

#include <algorithm>

#include "run/figure_reader.h"
#include "run/targets.h"

namespace zs::run {

using plan::Indicator;
using plan::IndicatorValue;

namespace {

constexpr const char* nation = "00";

class Publication {
public:
    Publication(const plan::Model& model, const FigureSources& sources, plan::Outcome& outcome)
        : model_(model),
          sources_(sources),
          outcome_(outcome),
          figures_(model, sources, outcome.indicators) {
        for (const compile::DivisionRow& row : figures_.divisions()) by_code_[row.code] = &row;
    }

    void label_own() {
        for (IndicatorValue& row : outcome_.indicators) {
            const Indicator& indicator = *model_.indicator(row.indicator);
            row.period = plan::text(indicator.period);
            row.label = plan::label_text(indicator.period, sources_.month, model_.calendar);
            row.whole = plan::period_of(indicator.period, sources_.month, model_.calendar).last ==
                        sources_.month;
            row.unit = indicator.unit;
        }
    }

    void add_derived(const Indicator& indicator) {
        for (const base::Month month : last_months(indicator.period))
            for (const std::string& division : places_of(indicator)) {
                FigureAt at{division, "", indicator.period, month, std::nullopt, false};
                for (const std::string& codes : figures_.codes_of(indicator, at)) {
                    at.codes = codes;
                    const auto found = figures_.figure(indicator, at);
                    add_row(indicator, at, found->value, found->whole);
                }
            }
    }

    /// Of the labels of the plan; those before are read by others only.
    void add_given(const Indicator& indicator) {
        std::set<std::pair<std::string, std::string>> places;
        for (const plan::Figure& figure : *sources_.figures)
            if (model_.published_indicator(figure.indicator, figure.codes) == &indicator)
                places.insert({figure.division, indicator.split_of(figure.codes).value_or("")});
        for (const base::Month month : last_months(indicator.period))
            for (const auto& [division, codes] : places) {
                if (division != nation && !figures_.is_listed(indicator, division)) continue;
                const FigureAt at{division, codes, indicator.period, month, std::nullopt, false};
                if (const auto found = figures_.figure(indicator, at))
                    add_row(indicator, at, found->value, true);
            }
    }

    void judge(const plan::Target& target) {
        const auto states = target_states(model_, sources_, target, figures_);
        outcome_.targets.insert(outcome_.targets.end(), states.begin(), states.end());
    }

    /// Rows stand under the names of the pack: those of `each` with its code.
    void name_as_published() {
        for (IndicatorValue& row : outcome_.indicators) {
            const Indicator& indicator = *model_.indicator(row.indicator);
            row.codes = indicator.published_codes(row.codes);
            row.indicator = indicator.published_name();
        }
        for (plan::TargetState& state : outcome_.targets) {
            const plan::Target& target = *model_.target(state.target);
            state.codes = target.published_codes();
            state.target = target.published_name();
        }
    }

private:
    /// Of every label of the plan so far its last month, or the run's where that is earlier.
    std::vector<base::Month> last_months(plan::Period period) const {
        std::vector<base::Month> months;
        for (base::Month month = model_.first; month <= sources_.month;
             month = months.back().plus(1))
            months.push_back(
                std::min(plan::period_of(period, month, model_.calendar).last, sources_.month));
        return months;
    }

    std::vector<std::string> places_of(const Indicator& indicator) const {
        std::vector<std::string> places;
        for (const compile::DivisionRow& row : figures_.divisions())
            if (figures_.is_listed(indicator, row.code)) places.push_back(row.code);
        if (figures_.reads_given(indicator)) places.emplace_back(nation);
        return places;
    }

    void add_row(const Indicator& indicator, const FigureAt& at, const plan::Value& value,
                 bool whole) {
        const auto division = by_code_.find(at.division);
        IndicatorValue row;
        row.indicator = indicator.name;
        row.period = plan::text(indicator.period);
        row.label = plan::label_text(at.period, at.month, model_.calendar);
        row.whole = whole;
        row.level = division == by_code_.end() ? "nation" : division->second->level;
        row.division = at.division;
        row.name = division == by_code_.end() ? "全国" : division->second->name;
        row.codes = at.codes;
        row.value = value;
        row.unit = indicator.unit;
        outcome_.indicators.push_back(std::move(row));
    }

    const plan::Model& model_;
    const FigureSources& sources_;
    plan::Outcome& outcome_;
    FigureReader figures_;
    std::map<std::string, const compile::DivisionRow*> by_code_;
};

}  // namespace

void add_figures_and_targets(const plan::Model& model, const FigureSources& sources,
                             plan::Outcome& outcome) {
    Publication publication(model, sources, outcome);
    publication.label_own();
    const auto wanted = [&](const std::string& name) {
        return sources.only == nullptr || sources.only->contains(name);
    };
    for (const Indicator& indicator : model.indicators) {
        if (!wanted(indicator.name)) continue;
        if (indicator.given)
            publication.add_given(indicator);
        else if (indicator.grain.empty())
            publication.add_derived(indicator);
    }
    for (const plan::Target& target : model.targets)
        if (wanted(target.name)) publication.judge(target);
    publication.name_as_published();
}

}  // namespace zs::run
