#include "plan/model.h"

#include <algorithm>

namespace zs::plan {

namespace {

template <typename List>
auto named(const List& list, const std::string& name) -> const typename List::value_type* {
    const auto found =
        std::find_if(list.begin(), list.end(), [&](const auto& item) { return item.name == name; });
    return found == list.end() ? nullptr : &*found;
}

}  // namespace

const Field* Ledger::field(const std::string& field_name) const {
    return named(fields, field_name);
}

bool Ledger::is_months_of_dates(const std::string& field_name) const {
    if (period != Period::date || field_name != "month") return false;
    const Field* month = field(field_name);
    return month != nullptr && month->built_in;
}

std::string Ledger::period_field() const {
    switch (period) {
        case Period::month:
            return "month";
        case Period::date:
            return "date";
        case Period::year:
        case Period::calendar_year:
            return "year";
        case Period::school_term:
            return "term";
        case Period::span:
            return "since";
    }
    return {};
}

std::optional<std::size_t> Ledger::index_of(const std::string& field_name) const {
    for (std::size_t i = 0; i < fields.size(); ++i)
        if (fields[i].name == field_name) return i;
    return std::nullopt;
}

const CodeList* Model::code_list(const std::string& wanted) const {
    return named(code_lists, wanted);
}
const Ledger* Model::ledger(const std::string& wanted) const { return named(ledgers, wanted); }
const Grain* Model::grain(const std::string& wanted) const { return named(grains, wanted); }
const Parameter* Model::parameter(const std::string& wanted) const {
    return named(parameters, wanted);
}
const Rule* Model::rule(const std::string& wanted) const { return named(rules, wanted); }

namespace {

/// By its own name, else the first of the family.
template <class Definition>
const Definition* named_or_family(const std::vector<Definition>& list, const std::string& wanted) {
    if (const Definition* found = named(list, wanted)) return found;
    const auto first = std::find_if(list.begin(), list.end(), [&](const Definition& one) {
        return !wanted.empty() && one.family == wanted;
    });
    return first == list.end() ? nullptr : &*first;
}

}  // namespace

const Indicator* Model::indicator(const std::string& wanted) const {
    return named_or_family(indicators, wanted);
}
const Target* Model::target(const std::string& wanted) const {
    return named_or_family(targets, wanted);
}

const Indicator* Model::published_indicator(const std::string& wanted,
                                            const std::string& codes) const {
    if (const Indicator* found = named(indicators, wanted)) return found;
    for (const Indicator& one : indicators)
        if (!one.family.empty() && one.family == wanted && one.split_of(codes)) return &one;
    return nullptr;
}

std::vector<std::string> Model::family(const std::string& wanted) const {
    std::vector<std::string> names;
    for (const Indicator& one : indicators)
        if (one.family == wanted) names.push_back(one.name);
    for (const Target& one : targets)
        if (one.family == wanted) names.push_back(one.name);
    if (names.empty()) names.push_back(wanted);
    return names;
}

std::string Indicator::published_codes(const std::string& split_codes) const {
    if (family.empty()) return split_codes;
    const std::string own = each_list + "=" + each_code;
    return split_codes.empty() ? own : own + "," + split_codes;
}

std::optional<std::string> Indicator::split_of(const std::string& published) const {
    if (family.empty()) return published;
    const std::string own = published_codes("");
    if (published == own) return "";
    if (published.starts_with(own + ",")) return published.substr(own.size() + 1);
    return std::nullopt;
}

const Feature* Model::feature(const std::string& at_grain, const std::string& wanted) const {
    const auto found = std::find_if(features.begin(), features.end(), [&](const Feature& f) {
        return f.grain == at_grain && f.name == wanted;
    });
    return found == features.end() ? nullptr : &*found;
}

std::optional<int> Model::level_index(const std::string& wanted) const {
    for (std::size_t i = 0; i < levels.size(); ++i)
        if (levels[i].name == wanted) return static_cast<int>(i);
    return std::nullopt;
}

const Level* Model::level_of_code(const std::string& code) const {
    for (const Level& level : levels)
        if (level.digits == static_cast<int>(code.size())) return &level;
    return nullptr;
}

std::optional<std::string> Model::ancestor(const std::string& code,
                                           const std::string& level) const {
    const auto index = level_index(level);
    if (!index) return std::nullopt;
    const auto digits = static_cast<std::size_t>(levels[static_cast<std::size_t>(*index)].digits);
    if (code.size() < digits) return std::nullopt;
    return code.substr(0, digits);
}

}  // namespace zs::plan
