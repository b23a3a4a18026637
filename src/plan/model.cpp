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
const Indicator* Model::indicator(const std::string& wanted) const {
    return named(indicators, wanted);
}
const Target* Model::target(const std::string& wanted) const { return named(targets, wanted); }

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
