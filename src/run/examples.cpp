#include "run/examples.h"

#include <cmath>

#include <fmt/format.h>

#include "base/failure.h"
#include "compile/sql.h"
#include "plan/check.h"
#include "run/computation.h"
#include "run/inputs.h"

namespace zs::run {

using plan::Example;
using plan::Expectation;
using plan::Value;

namespace {

bool near(double a, double b) {
    return std::fabs(a - b) <= 1e-6 * std::max(1.0, std::max(std::fabs(a), std::fabs(b)));
}

double as_double(const Value& value) {
    if (const auto* number = std::get_if<std::int64_t>(&value)) return static_cast<double>(*number);
    if (const auto* number = std::get_if<base::Decimal>(&value)) return base::to_double(*number);
    if (const auto* number = std::get_if<double>(&value)) return *number;
    return std::nan("");
}

bool is_numeric(const Value& value) { return !std::isnan(as_double(value)); }

/// Money exactly, doubles to 1e-6, all else as it is.
bool same(const Value& found, const Expectation& expected) {
    if (expected.null_expected) return plan::is_null(found);
    if (plan::is_null(found)) return false;
    const bool doubles =
        std::holds_alternative<double>(found) || std::holds_alternative<double>(expected.value);
    if (is_numeric(found) && is_numeric(expected.value)) {
        if (doubles) return near(as_double(found), as_double(expected.value));
        const auto exact = [](const Value& v) {
            return std::holds_alternative<std::int64_t>(v)
                       ? base::Decimal{std::get<std::int64_t>(v), 0}
                       : std::get<base::Decimal>(v);
        };
        return exact(found) == exact(expected.value);
    }
    return found == expected.value;
}

std::string shown(const Value& value) { return plan::is_null(value) ? "null" : plan::text(value); }
std::string shown(const Expectation& expected) {
    return expected.null_expected ? "null" : plan::text(expected.value);
}

compile::Request request_of(const plan::Model& model, const Example& example) {
    compile::Request request;
    request.month = example.dataset.month;
    request.parameters = example.dataset.parameters;
    request.only.emplace();
    for (const plan::Exempted& exempted : example.dataset.exempted)
        if (exempted.until >= request.month) request.exempted_rules.insert(exempted.rule);
    switch (example.what) {
        case Example::What::feature:
            request.features.push_back({example.grain, example.name, example.code, example.window});
            break;
        case Example::What::indicator:
        case Example::What::target:
            request.only = needed_figures(model, example.name);
            break;
        default:
            request.only->insert(example.name);
    }
    return request;
}

void compare(const Expectation& expected, const std::optional<Value>& found,
             ExampleResult& result) {
    if (!found)
        result.why.push_back(
            fmt::format("'{}' is not there; expected {}", expected.subject, shown(expected)));
    else if (!same(*found, expected))
        result.why.push_back(fmt::format("'{}' is {}; expected {}", expected.subject, shown(*found),
                                         shown(expected)));
}

void compare_feature(engine::Connection& connection, const plan::Model& model,
                     const compile::Program& program, const Example& example,
                     ExampleResult& result) {
    const plan::Feature& feature = *model.feature(example.grain, example.name);
    const compile::WideColumn& column = program.requested.at(0);
    std::map<std::string, Value> values;
    const std::string sql = fmt::format(
        "select {}, cast(t.{} as string) from {} t", program.subject_text.at(example.grain),
        compile::quoted(column.column), compile::quoted(program.wide_tables.at(example.grain)));
    for (const auto& row : connection.query(sql).cells)
        values[row[0].value_or("")] =
            value_of(row[1], feature.type, compile::first_bit_month(example.dataset.month), model);
    for (const Expectation& expected : example.expected) {
        const auto found = values.find(expected.subject);
        compare(expected, found == values.end() ? std::nullopt : std::optional(found->second),
                result);
    }
}

/// Of a clue or check the column of who is not looked at, or exempted, is false: `clear` says that
/// too. Of an entitlement it is `none`.
bool is_status(const std::string& found, const std::string& expected, plan::Rule::Kind kind) {
    const char* quiet = kind == plan::Rule::Kind::entitlement ? "none" : "clear";
    return found == expected || (expected == quiet && (found == "none" || found == "exempted"));
}

void compare_rule(engine::Connection& connection, const plan::Model& model,
                  const compile::Program& program, const Example& example, ExampleResult& result) {
    const plan::Rule& rule = *model.rule(example.name);
    std::map<std::string, Value> values;
    const std::string sql =
        fmt::format("select {}, t.{} from {} t", program.subject_text.at(rule.grain),
                    compile::quoted(program.status_columns.at(rule.name)),
                    compile::quoted(program.rule_tables.at(rule.name)));
    for (const auto& row : connection.query(sql).cells)
        values[row[0].value_or("")] = row[1] ? Value(*row[1]) : Value(std::string("none"));
    for (const Expectation& expected : example.expected) {
        const std::string& wanted = std::get<std::string>(expected.value);
        const auto found = values.find(expected.subject);
        if (found == values.end() ? wanted == "none"
                                  : is_status(plan::text(found->second), wanted, rule.kind))
            continue;
        compare(expected, found == values.end() ? std::nullopt : std::optional(found->second),
                result);
    }
}

void compare_figures(const plan::Model& model, const plan::Outcome& outcome, const Example& example,
                     ExampleResult& result) {
    for (const Expectation& expected : example.expected) {
        const std::size_t slash = expected.subject.find('/');
        const std::string division = expected.subject.substr(0, slash),
                          rest =
                              slash == std::string::npos ? "" : expected.subject.substr(slash + 1);
        std::optional<Value> found;
        if (example.what == Example::What::target) {
            for (const plan::TargetState& state : outcome.targets)
                if (state.target == example.name && state.division == division &&
                    (state.codes.empty() ? state.label : state.label + "/" + state.codes) == rest)
                    found = Value(state.status);
        } else {
            const plan::Indicator* found_by_codes = model.published_indicator(example.name, rest);
            const plan::Indicator& indicator =
                found_by_codes != nullptr ? *found_by_codes : *model.indicator(example.name);
            const std::string label =
                plan::label_text(indicator.period, example.dataset.month, model.calendar);
            for (const plan::IndicatorValue& value : outcome.indicators)
                if (value.indicator == example.name && value.division == division &&
                    value.codes == rest && value.label == label)
                    found = value.value;
        }
        compare(expected, found, result);
    }
}

}  // namespace

ExampleResult run_example(const plan::Model& pack, const Example& example) {
    ExampleResult result{&example, false, {}};
    const std::optional<plan::Model> changed = plan::model_of_example(pack, example);
    const plan::Model& model = changed ? *changed : pack;
    try {
        const compile::Request request = request_of(model, example);
        engine::Settings settings;
        settings.threads = 1;
        settings.memory = "512MB";
        engine::Connection connection = engine::Connection::open(settings);
        load(connection, model, example.dataset);
        const Computation computed = computation(connection, model, request,
                                                 {.month = example.dataset.month,
                                                  .divisions = &example.dataset.divisions,
                                                  .figures = &example.dataset.figures,
                                                  .parameters = &example.dataset.parameters,
                                                  .home = example.dataset.home});
        if (example.what == Example::What::feature) {
            compare_feature(connection, model, computed.program, example, result);
        } else if (example.what == Example::What::indicator ||
                   example.what == Example::What::target) {
            compare_figures(model, computed.outcome, example, result);
        } else {
            compare_rule(connection, model, computed.program, example, result);
        }
    } catch (const base::Failure& failure) {
        result.why.push_back(failure.what());
    }
    result.passed = result.why.empty();
    return result;
}

}  // namespace zs::run
