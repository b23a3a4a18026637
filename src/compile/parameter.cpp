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
        result.add(sql);
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
    const auto holds = [&](const ParameterValue& value) -> std::optional<std::string> {
        if (!month.empty()) return fmt::format("{} >= {}", month, value.from.index);
        if (value.from > request_.month) return std::nullopt;
        return std::string{};
    };
    bool may_lack = false;
    // The text with `value_of` for each value, and `missing` where none is in force.
    const auto read = [&](const auto& value_of, const std::string& nothing,
                          const std::string& missing) {
        std::string text = "case";
        for (const std::string* asked : {&key, &step, &month})
            if (!asked->empty()) text += fmt::format(" when {} is null then {}", *asked, nothing);
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
                // The scale (or single value) of this place and code: in force if any of its
                // values is.
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
                        scale += fmt::format(" when {} then {}",
                                             all.empty() ? "true" : joined(all, " and "),
                                             value_of(*value));
                        // Older values of this step never hold in this run's month.
                        if (condition->empty()) break;
                    }
                }
                if (!always && any_in_force.empty()) continue;
                may_lack = may_lack || p.steps.has_value();
                scale += fmt::format(" else {} end", p.steps ? missing : nothing);
                std::vector<std::string> all;
                if (!here.empty()) all.push_back(here);
                if (!p.by.empty()) all.push_back(fmt::format("{} = {}", key, text_literal(item)));
                if (!always) all.push_back("(" + joined(any_in_force, " or ") + ")");
                if (all.empty()) return text == "case" ? scale : text + " else " + scale + " end";
                text += fmt::format(" when {} then {}", joined(all, " and "), scale);
            }
        }
        may_lack = true;
        return text == "case" ? missing : text + " else " + missing + " end";
    };
    const std::string null = cast("null", p.type);
    const auto value_sql = [&](const ParameterValue& value) {
        return literal(value.value, p.type, first_bit_, model_);
    };
    result.text =
        read(value_sql, null, p.fallback ? literal(*p.fallback, p.type, first_bit_, model_) : null);
    if (p.fallback || p.optional || !may_lack) return result;

    const std::string asked_month = month.empty() ? text_literal(base::text(request_.month))
                                                  : key_text(month, plan::month_type());
    std::string lack = text_literal(fmt::format("{}'{}'", lack_words, p.name));
    if (!key.empty()) lack += fmt::format(" || ' of ' || {}", key);
    lack += fmt::format(" || ' in ' || {}", asked_month);
    const std::string asked_at =
        by_division ? division
                    : division_of(context, result.needs, e.scope == plan::Scope::subject);
    lack += fmt::format(" || coalesce(' at division ' || {}, '')", asked_at);
    lack = read([](const ParameterValue&) { return "null"; }, "null", lack);
    if (context.keeps_lack)
        result.lack = either_lack(result.lack, lack);
    else
        result.text = unless_lacking(lack, result.text, p.type);
    return result;
}

/// Ends the statement with what is lacking.
std::string Compiler::ended_by(const std::string& lack, const plan::Type& type) const {
    return dialect_.failure_at("", lack, sql_type(type));
}

std::string Compiler::unless_lacking(const std::string& lack, const std::string& value,
                                     const plan::Type& type) const {
    return fmt::format("case when {0} is not null then {1} else {2} end", lack,
                       ended_by(lack, type), value);
}

void Sql::add(const Sql& part) {
    needs.add(part.needs);
    lack = either_lack(lack, part.lack);
}

std::string either_lack(const std::string& a, const std::string& b) {
    if (a.empty() || a == b) return b;
    return b.empty() ? a : fmt::format("coalesce({}, {})", a, b);
}

}  // namespace zs::compile
