#include <algorithm>

#include <fmt/format.h>

#include "base/failure.h"
#include "compile/compiler.h"

namespace zs::compile {

using plan::Expression;
using plan::Parameter;
using plan::ParameterValue;

namespace {

/// Values of one division, code and step by the month from which they hold, the latest first.
struct History {
    std::string item;
    std::optional<base::Decimal> at;
    std::vector<const ParameterValue*> values;
};

struct Place {
    std::string division;
    std::vector<History> histories;
};

std::vector<Place> by_place(const Parameter& parameter) {
    std::vector<Place> places;
    for (const ParameterValue& value : parameter.values) {
        auto place = std::find_if(places.begin(), places.end(),
                                  [&](const Place& p) { return p.division == value.division; });
        if (place == places.end()) place = places.insert(places.end(), Place{value.division, {}});
        auto history =
            std::find_if(place->histories.begin(), place->histories.end(), [&](const History& h) {
                return h.item == value.item && h.at.has_value() == value.at.has_value() &&
                       (!h.at || *h.at == *value.at);
            });
        if (history == place->histories.end())
            history =
                place->histories.insert(place->histories.end(), History{value.item, value.at, {}});
        history->values.push_back(&value);
    }
    // The nearest division first: the longest code.
    std::stable_sort(places.begin(), places.end(), [](const Place& a, const Place& b) {
        return a.division.size() > b.division.size();
    });
    for (Place& place : places) {
        for (History& history : place.histories)
            std::stable_sort(
                history.values.begin(), history.values.end(),
                [](const ParameterValue* a, const ParameterValue* b) { return a->from > b->from; });
        // The highest step first.
        std::stable_sort(
            place.histories.begin(), place.histories.end(), [](const History& a, const History& b) {
                return a.item < b.item || (a.item == b.item && a.at && b.at && *a.at > *b.at);
            });
    }
    return places;
}

}  // namespace

Sql Compiler::parameter(const Expression& e, const Context& context) {
    const Parameter* found = model_.parameter(e.name);
    ZS_INVARIANT(found != nullptr, "a bound parameter exists");
    const Parameter& p = *found;
    Sql result;
    const auto part = [&](const plan::ExpressionPtr& operand) {
        if (!operand) return std::string{};
        Sql sql = expression(*operand, context);
        result.needs.add(sql.needs);
        return sql.text;
    };
    const std::string month = part(e.at_month), key = part(e.key), step = part(e.step);
    if (const auto replaced = request_.parameters.find(e.name);
        replaced != request_.parameters.end()) {
        result.text = literal(replaced->second, p.type, first_bit_, model_);
        for (const std::string& operand : {month, key, step})
            if (!operand.empty())
                result.text = fmt::format("case when {} is null then {} else {} end", operand,
                                          cast("null", p.type), result.text);
        return result;
    }
    const std::vector<Place> places = by_place(p);
    const bool by_division = std::any_of(
        places.begin(), places.end(), [](const Place& place) { return !place.division.empty(); });
    const std::string division =
        by_division ? division_of(context, result.needs, e.scope == plan::Scope::subject) : "";
    const auto value_sql = [&](const ParameterValue& value) {
        return literal(value.value, p.type, first_bit_, model_);
    };
    const auto holds = [&](const ParameterValue& value) -> std::optional<std::string> {
        if (!month.empty()) return fmt::format("{} >= {}", month, value.from.index);
        if (value.from > request_.month) return std::nullopt;
        return std::string{};
    };

    std::string missing = cast("null", p.type);
    if (p.fallback)
        missing = literal(*p.fallback, p.type, first_bit_, model_);
    else if (!p.optional) {
        std::string failure =
            dialect_.failure(fmt::format("parameter without value: '{}' in {} at ", p.name,
                                         base::text(request_.month)),
                             sql_type(p.type));
        if (by_division)
            failure = fmt::format(
                "case when {0} is null then null else {1} end", division,
                dialect_.failure_at(fmt::format("parameter without value: '{}' in {} at division ",
                                                p.name, base::text(request_.month)),
                                    division, sql_type(p.type)));
        missing = failure;
    }

    std::string text = "case";
    if (!key.empty()) text += fmt::format(" when {} is null then {}", key, cast("null", p.type));
    if (!step.empty()) text += fmt::format(" when {} is null then {}", step, cast("null", p.type));
    if (!month.empty())
        text += fmt::format(" when {} is null then {}", month, cast("null", p.type));
    std::string otherwise = missing;
    bool any_branch = text != "case";
    for (const Place& place : places) {
        const std::string here =
            place.division.empty()
                ? ""
                : fmt::format("substr({}, 1, {}) = {}", division, place.division.size(),
                              text_literal(place.division));
        std::vector<std::string> items;
        for (const History& history : place.histories)
            if (items.empty() || items.back() != history.item) items.push_back(history.item);
        for (const std::string& item : items) {
            // The scale (or single value) of this place and code: in force if any of its values is.
            std::vector<std::string> any_in_force;
            bool always = false;
            std::string scale = "case";
            for (const History& history : place.histories) {
                if (history.item != item) continue;
                for (const ParameterValue* value : history.values) {
                    const auto condition = holds(*value);
                    if (!condition) continue;
                    std::vector<std::string> all;
                    if (!condition->empty()) all.push_back(*condition);
                    if (history.at)
                        all.push_back(fmt::format("{} >= {}", step, base::text(*history.at)));
                    if (condition->empty())
                        always = true;
                    else
                        any_in_force.push_back(*condition);
                    scale +=
                        fmt::format(" when {} then {}", all.empty() ? "true" : joined(all, " and "),
                                    value_sql(*value));
                    if (condition->empty() && !history.at) break;
                    if (condition->empty())
                        break;  // older values of this step never hold in this run's month
                }
            }
            if (!always && any_in_force.empty()) continue;
            scale += fmt::format(" else {} end", missing);
            std::vector<std::string> all;
            if (!here.empty()) all.push_back(here);
            if (!p.by.empty()) all.push_back(fmt::format("{} = {}", key, text_literal(item)));
            if (!always) all.push_back("(" + joined(any_in_force, " or ") + ")");
            if (all.empty()) {
                otherwise = scale;
                break;
            }
            text += fmt::format(" when {} then {}", joined(all, " and "), scale);
            any_branch = true;
        }
    }
    result.text = any_branch ? fmt::format("{} else {} end", text, otherwise) : otherwise;
    return result;
}

}  // namespace zs::compile
