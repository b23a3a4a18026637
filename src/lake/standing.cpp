#include "lake/standing.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/text.h"
#include "lake/divisions.h"

namespace zs::lake {

namespace {

const Batch* found(const Snapshot& snapshot, const std::string& id) {
    const auto at = std::find_if(snapshot.batches.begin(), snapshot.batches.end(),
                                 [&](const Batch& batch) { return batch.id == id; });
    return at == snapshot.batches.end() ? nullptr : &*at;
}

Snapshot only(const Snapshot& snapshot, const std::set<std::string>& ids) {
    Snapshot part{.folder = snapshot.folder, .batches = {}, .digest = {}};
    std::copy_if(snapshot.batches.begin(), snapshot.batches.end(), std::back_inserter(part.batches),
                 [&](const Batch& batch) { return ids.contains(batch.id); });
    return part;
}

std::string rows_counting(engine::Connection& engine, const Snapshot& snapshot,
                          const plan::Model& model, const plan::Ledger& ledger,
                          const std::set<std::string>& ids) {
    std::vector<std::string> parts;
    for (const std::string& id : ids) parts.push_back(engine::literal(id));
    return engine
        .value(fmt::format("select count(*) from ({}) t where t._part in ({})",
                           rows_in_force(snapshot, model, ledger), base::join(parts, ", ")))
        .value();
}

}  // namespace

std::vector<std::string> added_to(const Snapshot& snapshot, const std::string& batch) {
    std::vector<std::string> added;
    std::set<std::string> of{batch};
    // In the order of acceptance: what was added to comes first.
    for (const Batch& each : snapshot.batches)
        if (each.added_to && of.contains(*each.added_to)) {
            of.insert(each.id);
            added.push_back(each.id);
        }
    return added;
}

std::set<std::string> delivery_of(const Snapshot& snapshot, const std::string& batch) {
    std::string first = batch;
    for (const Batch* at = found(snapshot, first); at != nullptr && at->added_to;
         at = found(snapshot, first))
        first = *at->added_to;
    std::set<std::string> all{first};
    for (const std::string& id : added_to(snapshot, first)) all.insert(id);
    return all;
}

bool stands(engine::Connection& engine, const Snapshot& snapshot, const plan::Model& model,
            const plan::Ledger& ledger, const std::vector<plan::Division>& divisions,
            const Batch& batch) {
    const std::set<std::string> delivery = delivery_of(snapshot, batch.id);
    if (ledger.whole || batch.empty)
        return std::none_of(
            snapshot.batches.begin(), snapshot.batches.end(), [&](const Batch& later) {
                return later.seq > batch.seq && later.ledger == batch.ledger &&
                       later.label == batch.label && later.delivers() &&
                       !delivery.contains(later.id) &&
                       (lies_in_division(later.division, batch.division, divisions) ||
                        lies_in_division(batch.division, later.division, divisions));
            });
    const bool is_touched =
        std::any_of(snapshot.batches.begin(), snapshot.batches.end(), [&](const Batch& later) {
            return !delivery.contains(later.id) &&
                   std::any_of(later.touched.begin(), later.touched.end(),
                               [&](const std::string& part) { return delivery.contains(part); });
        });
    return !is_touched ||
           rows_counting(engine, snapshot, model, ledger, delivery) ==
               rows_counting(engine, only(snapshot, delivery), model, ledger, delivery);
}

}  // namespace zs::lake
