#include <cmath>

#include <fmt/format.h>

#include "base/failure.h"
#include "base/text.h"
#include "interpret/evaluation.h"
#include "interpret/interpret.h"
#include "plan/check.h"

namespace zs::interpret {

using plan::Example;
using plan::Expectation;
using plan::is_null;
using plan::Value;

namespace {

std::string shown(const Value& value) { return is_null(value) ? "null" : plan::text(value); }

bool is_number(const Value& v) {
    return std::holds_alternative<std::int64_t>(v) || std::holds_alternative<base::Decimal>(v) ||
           std::holds_alternative<double>(v);
}

/// Exactly equal; doubles to 1e-6.
bool agrees(const Expectation& expected, const Value& found) {
    if (expected.null_expected) return is_null(found);
    if (is_null(found)) return false;
    if (is_number(found) && is_number(expected.value)) {
        const bool exact = !std::holds_alternative<double>(found) &&
                           !std::holds_alternative<double>(expected.value);
        return exact ? compared(found, expected.value) == 0
                     : std::fabs(as_double(found) - as_double(expected.value)) <= 1e-6;
    }
    return found.index() == expected.value.index() && compared(found, expected.value) == 0;
}

/// A clue or check is false, an entitlement `none`, for who is not looked at or exempted.
bool agrees_quietly(const Example& example, const Expectation& expected, const Value& found) {
    if (example.what == Example::What::feature || example.what == Example::What::indicator ||
        example.what == Example::What::target)
        return false;
    const char* quiet = example.what == Example::What::entitlement ? "none" : "clear";
    return plan::text(expected.value) == quiet &&
           (plan::text(found) == "none" || plan::text(found) == "exempted");
}

/// The status as `[expect]` writes it; `none` for who is not looked at, or no subject at all.
Value status_of(Evaluation& evaluation, const plan::Model& model, const Example& example,
                const std::string& subject) {
    const auto judged = evaluation.judged(*model.rule(example.name), subject);
    if (!judged || !judged->looked_at) return std::string("none");
    const bool listed =
        judged->status != "clear" && judged->status != "satisfied" && judged->status != "pending" &&
        judged->status != "none" &&
        !(judged->status == "unknown" && example.what != Example::What::entitlement);
    return judged->exempted && listed ? std::string("exempted") : judged->status;
}

/// `41` or `41/sex=f`, of the label that holds the run's month.
std::optional<Value> indicator_at(Evaluation& evaluation, const plan::Model& model,
                                  const Example& example, const std::string& subject) {
    const std::size_t slash = subject.find('/');
    const std::string division = subject.substr(0, slash),
                      published = slash == std::string::npos ? "" : subject.substr(slash + 1);
    const plan::Indicator* named = model.published_indicator(example.name, published);
    if (named == nullptr) return std::nullopt;
    const plan::Indicator& indicator = *named;
    const auto codes = indicator.split_of(published);
    const std::string label = label_text(indicator.period, example.dataset.month, model.calendar);
    for (const plan::IndicatorValue& row : evaluation.indicator_values(indicator))
        if (row.division == division && row.codes == codes && row.label == label) return row.value;
    return std::nullopt;
}

/// `41/2023`, of `each` `41/2023/income_kind=wage`.
std::optional<Value> target_at(Evaluation& evaluation, const plan::Model& model,
                               const Example& example, const std::string& subject) {
    for (const std::string& name : model.family(example.name)) {
        const plan::Target& target = *model.target(name);
        const std::string codes = target.published_codes();
        for (const plan::TargetState& state : evaluation.target_states(target))
            if (state.division + "/" + state.label + (codes.empty() ? "" : "/" + codes) == subject)
                return Value(state.status);
    }
    return std::nullopt;
}

std::optional<Value> found_at(Evaluation& evaluation, const plan::Model& model,
                              const Example& example, const std::string& subject) {
    switch (example.what) {
        case Example::What::feature:
            return evaluation.feature_at(example.grain, example.name, example.code, example.window,
                                         subject);
        case Example::What::indicator:
            return indicator_at(evaluation, model, example, subject);
        case Example::What::target:
            return target_at(evaluation, model, example, subject);
        default:
            return status_of(evaluation, model, example, subject);
    }
}

}  // namespace

ExampleResult run_example(const plan::Model& pack, const Example& example) {
    ExampleResult result{false, example.tested + (example.says.empty() ? "" : ": " + example.says),
                         ""};
    if (example.what == Example::What::faulty_pack) {
        result.why = "it expects errors of the pack, which are found when the pack is checked";
        return result;
    }
    const std::optional<plan::Model> changed = plan::model_of_example(pack, example);
    const plan::Model& model = changed ? *changed : pack;
    std::vector<std::string> faults;
    try {
        Evaluation evaluation(model, example.dataset);
        for (const Expectation& expected : example.expected) {
            const auto found = found_at(evaluation, model, example, expected.subject);
            const std::string wanted = expected.null_expected ? "null" : shown(expected.value);
            if (!found)
                faults.push_back(
                    fmt::format("{}: expected {}, there is no such row", expected.subject, wanted));
            else if (!agrees(expected, *found) && !agrees_quietly(example, expected, *found))
                faults.push_back(fmt::format("{}: expected {}, found {}", expected.subject, wanted,
                                             shown(*found)));
        }
    } catch (const base::Failure& failure) {
        faults.emplace_back(failure.what());
    }
    result.passed = faults.empty();
    result.why = base::join(faults, "; ");
    return result;
}

}  // namespace zs::interpret
