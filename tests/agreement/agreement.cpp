// Random packs × random rows: what the compiled statements find on the engine is what the
// interpreter finds. usage: agreement FIRST LAST [verbose]; verbose shows the pack and all
// differences. Ends with `N passed, N failed`.
#include <algorithm>
#include <iostream>
#include <iterator>
#include <map>
#include <set>

#include <fmt/format.h>

#include "base/failure.h"
#include "compile/program.h"
#include "engine/connection.h"
#include "interpret/interpret.h"
#include "random_pack.h"
#include "run/computation.h"
#include "run/inputs.h"

namespace {

using namespace zs;

plan::Outcome compiled(const plan::Model& model, const plan::Dataset& dataset) {
    compile::Request request;
    request.month = dataset.month;
    request.parameters = dataset.parameters;
    for (const plan::Exempted& e : dataset.exempted)
        if (e.until >= dataset.month) request.exempted_rules.insert(e.rule);
    engine::Settings settings;
    settings.threads = 2;
    settings.memory = "1GB";
    engine::Connection connection = engine::Connection::open(settings);
    run::load(connection, model, dataset);
    plan::Outcome outcome = run::computation(connection, model, request,
                                             {.month = dataset.month,
                                              .divisions = &dataset.divisions,
                                              .figures = &dataset.figures,
                                              .parameters = &dataset.parameters})
                                .outcome;
    run::each_finding(connection,
                      [&](const plan::Finding& finding) { outcome.findings.push_back(finding); });
    return outcome;
}

std::string number(const std::optional<base::Decimal>& n) {
    if (!n) return "-";
    std::string text = base::text(base::round(*n, 6));
    while (text.find('.') != std::string::npos && (text.back() == '0' || text.back() == '.')) {
        const bool point = text.back() == '.';
        text.pop_back();
        if (point) break;
    }
    return text;
}

std::string number(const plan::Value& value) {
    if (const auto* floating = std::get_if<double>(&value)) return fmt::format("{:.9g}", *floating);
    if (const auto* exact = std::get_if<base::Decimal>(&value))
        return number(std::optional(*exact));
    return plan::text(value);
}

/// All results as lines, a set that does not mind the order.
std::multiset<std::string> lines_of(const plan::Model& model, const plan::Outcome& outcome) {
    std::multiset<std::string> lines;
    for (const plan::Finding& f : outcome.findings)
        lines.insert(fmt::format("finding {} {} {} {} {} {} {} {} {} {}", f.rule, f.subject,
                                 f.division, f.status, number(f.amount), number(f.received),
                                 number(f.score), f.severity, f.risk, f.say));
    for (const plan::RuleCount& c : outcome.counts)
        for (const auto& [status, n] : c.by_status)
            if (n > 0) lines.insert(fmt::format("count {} {} {}", c.rule, status, n));
    for (const plan::IndicatorValue& v : outcome.indicators) {
        if (v.undelivered)
            lines.insert(fmt::format("undelivered {} {} {} {} {}", v.indicator, v.division, v.codes,
                                     *v.undelivered, v.no_data));
        if (model.indicator(v.indicator)->given || plan::is_null(v.value)) continue;
        lines.insert(fmt::format("indicator {} {} {} {} {} {} {} {}", v.indicator, v.label, v.whole,
                                 v.division, v.codes, number(v.value), v.known.value_or(-1),
                                 v.unknown.value_or(-1)));
    }
    for (const plan::TargetState& t : outcome.targets)
        lines.insert(fmt::format("target {} {} {} {} {} {} {} {}", t.target, t.codes, t.division,
                                 t.label, number(t.value), number(t.bound), t.status,
                                 number(t.gap)));
    lines.insert(fmt::format("orphans {}", outcome.orphans));
    return lines;
}

/// The lines that only one of them has; empty where they agree.
std::vector<std::string> differences(const plan::Model& model, const plan::Outcome& a,
                                     const plan::Outcome& b) {
    const auto left = lines_of(model, a), right = lines_of(model, b);
    std::vector<std::string> result;
    const auto only = [&](const auto& of, const auto& other, const char* whose) {
        std::vector<std::string> lines;
        std::set_difference(of.begin(), of.end(), other.begin(), other.end(),
                            std::back_inserter(lines));
        for (const std::string& line : lines) result.push_back(whose + line);
    };
    only(left, right, "compiled     ");
    only(right, left, "interpreted  ");
    return result;
}

std::vector<std::string> differences_of(std::uint64_t seed) {
    const random::RandomCase made = random::make(seed);
    if (!made.checked.ok()) return {"the pack has errors"};
    std::string failure_a, failure_b;
    plan::Outcome a, b;
    try {
        a = compiled(made.checked.model, made.dataset);
    } catch (const base::Failure& failure) {
        failure_a = failure.what();
    }
    try {
        b = interpret::interpret(made.checked.model, made.dataset);
    } catch (const base::Failure& failure) {
        failure_b = failure.what();
    }
    if (!failure_a.empty() || !failure_b.empty()) {
        if (failure_a.empty() == failure_b.empty()) return {};
        return {"compiled     " + (failure_a.empty() ? "no failure" : failure_a),
                "interpreted  " + (failure_b.empty() ? "no failure" : failure_b)};
    }
    return differences(made.checked.model, a, b);
}

}  // namespace

int main(int argc, char** argv) {
    const std::vector<std::string> arguments(argv + 1, argv + argc);
    const std::uint64_t first = !arguments.empty() ? std::stoull(arguments[0]) : 1;
    const std::uint64_t last = arguments.size() > 1 ? std::stoull(arguments[1]) : 100;
    const bool verbose = arguments.size() > 2 && arguments[2] == "verbose";
    std::uint64_t passed = 0, failed = 0;
    for (std::uint64_t seed = first; seed <= last; ++seed) {
        const std::vector<std::string> found = differences_of(seed);
        if (found.empty()) {
            ++passed;
            continue;
        }
        ++failed;
        if (verbose) std::cout << random::shown(random::make(seed));
        std::cout << fmt::format("seed {}: {} differences\n", seed, found.size());
        for (std::size_t i = 0; i < found.size() && i < (verbose ? 40U : 3U); ++i)
            std::cout << "    " << found[i] << "\n";
    }
    std::cout << fmt::format("seeds {} to {}\n{} passed, {} failed\n", first, last, passed, failed);
    return failed == 0 ? 0 : 1;
}
