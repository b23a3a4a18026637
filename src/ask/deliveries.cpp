#include "ask/deliveries.h"

#include <algorithm>

#include "base/text.h"
#include "lake/divisions.h"
#include "lake/snapshot.h"

namespace zs::ask {

Deliveries::Deliveries(const Runs& runs, const std::filesystem::path& lake,
                       const plan::Model& model, const std::string& run)
    : model_(model) {
    const auto row = runs.record.first("select batches, month from run where run = :run", {run});
    std::vector<std::string> ids = base::split(row->text(0), '\n');
    std::erase(ids, "");
    const lake::Snapshot snapshot = lake::of_batches(runs.record, lake, ids);
    for (const plan::Delivered& d : lake::delivered(snapshot))
        came_.insert({d.ledger, d.division, d.period});
    nothing_ = snapshot.batches.empty();
    for (const lake::Batch& batch : snapshot.batches)
        if (batch.accepted > 0) with_rows_.insert(batch.ledger);
    divisions_ = lake::divisions(runs.record);
    places_ =
        compile::division_rows(model, divisions_, {static_cast<std::int32_t>(row->integer(1))});
}

std::vector<const plan::Ledger*> Deliveries::missing_registers() const {
    std::vector<const plan::Ledger*> missing;
    std::set<std::string> seen;
    for (const plan::Grain& grain : model_.grains) {
        if (grain.form != plan::Grain::Form::registry || with_rows_.contains(grain.ledger) ||
            !seen.insert(grain.ledger).second)
            continue;
        const plan::Ledger* ledger = model_.ledger(grain.ledger);
        if (ledger != nullptr && !ledger->built_in) missing.push_back(ledger);
    }
    return missing;
}

plan::Period owed_by(const plan::Ledger& ledger) {
    return ledger.period == plan::Period::date || ledger.period == plan::Period::span
               ? plan::Period::month
               : ledger.period;
}

/// The codes with which those of a division begin; of no division all.
const std::set<std::string>& Deliveries::roots(const std::string& below) {
    const auto [found, is_new] = roots_.try_emplace(below);
    if (is_new) found->second = lake::roots(below, divisions_);
    return found->second;
}

std::int64_t Deliveries::missing(const plan::Ledger& ledger, base::Month month,
                                 const std::string& below) {
    if (!ledger.delivery || !ledger.delivery->by_level || ledger.delivery->from > month) return 0;
    const std::int64_t label = plan::label_of(owed_by(ledger), month, model_.calendar);
    const std::set<std::string>& inside = roots(below);
    const auto lies_inside = [&](const std::string& code) {
        return std::any_of(inside.begin(), inside.end(),
                           [&](const std::string& root) { return code.starts_with(root); });
    };
    std::int64_t missing = 0;
    for (const compile::DivisionRow& place : places_) {
        if (!place.in_force || place.level != ledger.delivery->by || !lies_inside(place.code))
            continue;
        bool here = false;
        for (const auto* way : {&place.up, &place.reporting})
            for (const auto& above : *way)
                here = here || (above && came_.contains({ledger.name, *above, label}));
        if (!here) ++missing;
    }
    return missing;
}

}  // namespace zs::ask
