#include <algorithm>

#include <fmt/format.h>

#include "base/failure.h"
#include "base/text.h"
#include "plan/builder.h"

namespace zs::plan {

namespace {

/// The steps of a way up to the first that reaches a grain; nothing where none does.
std::optional<std::vector<Hop>> way_until(const std::optional<std::vector<Hop>>& way,
                                          const std::string& grain) {
    if (!way) return std::nullopt;
    const auto found =
        std::find_if(way->begin(), way->end(), [&](const Hop& hop) { return hop.grain == grain; });
    if (found == way->end()) return std::nullopt;
    return std::vector<Hop>(way->begin(), found + 1);
}

bool is_key_of(const Type& type, const std::string& grain) {
    return type.kind == Kind::key && type.of == grain;
}

}  // namespace

/// The ledger whose rows a feature `from` reads, or whose rows make the subjects that it reads.
const Ledger* Builder::source_ledger(const Feature& feature) const {
    if (!feature.from_grain) return model.ledger(feature.from);
    const Grain* source = model.grain(feature.from);
    if (source == nullptr || source->form == Grain::Form::match) return nullptr;
    return model.ledger(source->ledger);
}

/// Levels above a division are reached by its code: they are no further step.
Builder::Steps Builder::steps_of(const std::vector<Hop>& way, const std::string& last,
                                 bool at_division) const {
    Steps steps;
    for (const Hop& hop : way) {
        if (at_division) break;
        steps.push_back(hop.field);
        at_division = hop.kind != Hop::Kind::key || model.level_index(hop.grain).has_value();
    }
    if (!at_division) steps.push_back(last);
    return steps;
}

/// The same way, begun at the subject that the row is about: a registry's row is its own.
Builder::Steps Builder::from_row(const Ledger& ledger, Steps steps) const {
    const Grain* own = model.grain(ledger.grain);
    const bool is_registry =
        own != nullptr && own->form == Grain::Form::registry && own->ledger == ledger.name;
    if (is_registry && (steps.empty() || steps.front() != ledger.grain))
        steps.insert(steps.begin(), ledger.grain);
    return steps;
}

/// How a key field of the landing grain is got; nothing where it is no field that dots reach.
std::optional<Builder::Steps> Builder::landing_steps(const Ledger& ledger,
                                                     const Landing& landing) const {
    const Expression& e = *landing.from_row;
    if (e.node != Expression::Node::field) return std::nullopt;
    return from_row(ledger, steps_of(e.path, e.name));
}

/// From a row through the subject at which it lands, and on by the subject's own way.
std::optional<Builder::Steps> Builder::steps_through(const Feature& feature, const Ledger& ledger,
                                                     const std::vector<Hop>& way,
                                                     const std::string& last) const {
    const Grain& grain = *model.grain(feature.grain);
    const auto& landings = feature.landing;
    const bool is_own_row =
        grain.form == Grain::Form::rows && grain.ledger == ledger.name &&
        std::all_of(landings.begin(), landings.end(), [&](const Landing& landing) {
            const Expression& e = *landing.from_row;
            return e.node == Expression::Node::field && e.path.empty() &&
                   e.name == landing.key_field;
        });
    if (is_own_row) return from_row(ledger, steps_of(way, last));
    if (landings.empty()) return std::nullopt;
    // Of a subject with several key fields the way begins with one of them.
    const std::string& begin = way.empty() ? last : way.front().field;
    const auto by_key = std::find_if(landings.begin(), landings.end(), [&](const Landing& landing) {
        return grain.form != Grain::Form::registry && landing.key_field == begin;
    });
    if (by_key == landings.end() && grain.key.size() != 1) return std::nullopt;
    auto steps = landing_steps(ledger, by_key == landings.end() ? landings.front() : *by_key);
    if (!steps || grain.form == Grain::Form::level || (by_key != landings.end() && way.empty()))
        return steps;
    std::vector<Hop> rest = way;
    bool at_division = false;
    if (by_key != landings.end()) {
        at_division = model.level_index(way.front().grain).has_value();
        rest.erase(rest.begin());
    }
    const Steps further = steps_of(rest, last, at_division);
    steps->insert(steps->end(), further.begin(), further.end());
    return steps;
}

/// Whether rows come to the subject by the division in which they are delivered.
bool Builder::comes_by_division(const Feature& feature, const Ledger& ledger) const {
    const Grain& grain = *model.grain(feature.grain);
    if (!grain.way_to_division || !ledger.way_to_division) return false;
    return steps_through(feature, ledger, *grain.way_to_division, grain.division_field) ==
           from_row(ledger, steps_of(*ledger.way_to_division, ledger.division_field));
}

/// From a row of a ledger that is owed subject by subject to who owes it.
std::optional<Builder::Steps> Builder::steps_to_owing(const Ledger& ledger) const {
    const std::string& by = ledger.delivery->by;
    if (ledger.grain == by) return Steps{by};
    if (auto way = way_until(ledger.way_to_division, by)) {
        const std::string last = way->back().field;
        way->pop_back();
        return from_row(ledger, steps_of(*way, last));
    }
    for (const Field& field : ledger.fields)
        if (is_key_of(field.type, by)) return from_row(ledger, {field.name});
    return std::nullopt;
}

/// Whether rows come to the subject by the one that owes them: it is that one, leads to it, or lies
/// above it.
bool Builder::comes_by_owing(const Feature& feature, const Ledger& ledger) const {
    const Grain& grain = *model.grain(feature.grain);
    const Grain* by = model.grain(ledger.delivery->by);
    const std::optional<Steps> owing = steps_to_owing(ledger);
    if (by == nullptr || !owing || feature.landing.empty()) return false;
    if (grain.name == by->name) return landing_steps(ledger, feature.landing[0]) == owing;
    const std::size_t plain_keys = grain.key.size() - (grain.every ? 1 : 0);
    const auto reaches = [&](std::vector<Hop> way) {
        const std::string last = way.back().field;
        way.pop_back();
        return steps_through(feature, ledger, way, last) == owing;
    };
    for (std::size_t i = 0; i < plain_keys; ++i)
        if (is_key_of(grain.key_types[i], by->name))
            return reaches({{Hop::Kind::key, grain.key[i], by->name}});
    if (const auto way = way_until(grain.way_to_division, by->name)) return reaches(*way);
    for (std::size_t i = 0; i < plain_keys; ++i) {
        const Grain* next =
            grain.key_types[i].kind == Kind::key ? model.grain(grain.key_types[i].of) : nullptr;
        auto rest = next == nullptr ? std::nullopt : way_until(next->way_to_division, by->name);
        if (!rest) continue;
        rest->insert(rest->begin(), {Hop::Kind::key, grain.key[i], next->name});
        return reaches(*rest);
    }
    if (plain_keys != 1 || grain.key_types[0].kind != Kind::key || !by->way_to_division)
        return false;
    Steps above = *owing;
    Steps further;
    if (model.level_index(grain.key_types[0].of)) {
        further = steps_of(*by->way_to_division, by->division_field);
    } else {
        auto up = way_until(by->way_to_division, grain.key_types[0].of);
        if (!up) return false;
        for (const Hop& hop : *up) further.push_back(hop.field);
    }
    above.insert(above.end(), further.begin(), further.end());
    return landing_steps(ledger, feature.landing[0]) == above;
}

/// Whether, and how, delivery is judged for the landing grain's subjects: what was delivered where
/// a subject lies says nothing of rows that come to it by another way.
void Builder::judge_delivery(Feature& feature, const Place& at) {
    const Ledger* ledger = source_ledger(feature);
    if (ledger == nullptr || !ledger->delivery || feature.partial) return;
    const bool by_level = ledger->delivery->by_level;
    feature.judged = by_level ? Feature::Judged::by_division : Feature::Judged::by_subject;
    if (by_level ? comes_by_division(feature, *ledger) : comes_by_owing(feature, *ledger)) return;
    failed_ = true;
    if (leans_on_fault(feature)) return;
    report.error("delivery-unjudged", at, static_cast<int>(base::characters(feature.from)),
                 fmt::format("whether '{}' was delivered cannot be judged for {}: its rows do "
                             "not come by that subject's division",
                             feature.from, feature.grain),
                 "add partial = true, which takes what is there");
}

}  // namespace zs::plan
