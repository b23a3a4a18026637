#include <algorithm>
#include <iostream>
#include <memory>
#include <optional>
#include <thread>

#include <fmt/format.h>

#include "base/failure.h"
#include "base/text.h"
#include "cli/commands.h"
#include "guard/audit.h"
#include "record/lock.h"
#include "run/keep.h"
#include "run/monthly.h"
#include "run/whatif.h"

namespace zs::cli {

namespace {

struct RunArguments {
    std::string month, engine = "duckdb", memory = "4GB", run, division;
    std::optional<int> threads;
    std::vector<std::string> set;
};

base::Month month_of(const std::string& text) {
    const auto month = base::parse_month(text);
    if (!month)
        throw base::Failure(base::Fault::input, fmt::format("'{}' is no month", text), "--month",
                            "write it as 2024-09");
    return *month;
}

run::Means means_of(const RunArguments& arguments, ProgressBar& bar) {
    if (arguments.engine != "duckdb")
        throw base::Failure(base::Fault::input,
                            fmt::format("there is no engine '{}' here", arguments.engine),
                            "--engine", "use --engine duckdb");
    run::Means means;
    means.memory = arguments.memory;
    means.threads = arguments.threads.value_or(
        static_cast<int>(std::max(1u, std::thread::hardware_concurrency())));
    if (means.threads < 1)
        throw base::Failure(base::Fault::input, "a run takes at least one thread",
                            fmt::format("--threads {}", means.threads),
                            "write a number from 1, or leave it out");
    means.progress = [&bar](std::size_t done, std::size_t total, const std::string& why) {
        bar.show(done, total, why);
    };
    means.cancelled = &cancelled;
    return means;
}

Json rules_json(const std::vector<plan::RuleCount>& counts) {
    static const std::vector<std::string> fired{"fired", "clear", "unknown", "exempted"};
    static const std::vector<std::string> statuses{"satisfied", "late",    "pending",  "short",
                                                   "gap",       "excess",  "improper", "unknown",
                                                   "none",      "exempted"};
    std::vector<Json> rows;
    for (const plan::RuleCount& count : counts) {
        std::vector<std::pair<std::string, Json>> members{{"name", Json::text(count.rule)},
                                                          {"kind", Json::text(count.kind)}};
        for (const std::string& status : count.kind == "entitlement" ? statuses : fired) {
            const auto n = count.by_status.find(status);
            members.emplace_back(
                status, Json::number(n == count.by_status.end() ? std::int64_t{0} : n->second));
        }
        rows.push_back(Json::object(members));
    }
    return Json::list(rows);
}

/// The counts that a run kept.
std::vector<plan::RuleCount> kept_counts(const ask::List& kept) {
    std::vector<plan::RuleCount> counts;
    for (const auto& row : kept.rows) {
        if (counts.empty() || counts.back().rule != *row[0])
            counts.push_back({*row[0], *row[1], {}});
        counts.back().by_status[*row[2]] = std::stoll(*row[3]);
    }
    return counts;
}

void print_counts(const std::vector<plan::RuleCount>& counts) {
    ask::List list;
    using Kind = ask::List::Kind;
    list.columns = {{"rule"},
                    {"kind"},
                    {"fired/gap", Kind::number},
                    {"short", Kind::number},
                    {"late", Kind::number},
                    {"excess", Kind::number},
                    {"improper", Kind::number},
                    {"exempted", Kind::number},
                    {"unknown", Kind::number},
                    {"looked at", Kind::number}};
    for (const plan::RuleCount& count : counts) {
        const auto of = [&](const char* status) {
            return count.by_status.contains(status) ? std::to_string(count.by_status.at(status))
                                                    : std::string();
        };
        std::int64_t looked = 0;
        for (const auto& [status, n] : count.by_status) looked += n;
        list.rows.push_back({count.rule, count.kind,
                             count.kind == "entitlement" ? of("gap") : of("fired"), of("short"),
                             of("late"), of("excess"), of("improper"), of("exempted"),
                             of("unknown"), std::to_string(looked)});
    }
    print(list, Format::table);
}

Json targets_json(const plan::Outcome& outcome) {
    std::vector<Json> rows;
    for (const plan::TargetState& t : outcome.targets)
        rows.push_back(Json::object({{"target", Json::text(t.target)},
                                     {"division", Json::text(t.division)},
                                     {"label", Json::text(t.label)},
                                     {"value", Json::value(t.value)},
                                     {"bound", Json::value(t.bound)},
                                     {"status", Json::text(t.status)},
                                     {"gap", Json::value(t.gap)}}));
    return Json::list(rows);
}

Json cases_json() {
    return Json::object({{"opened", Json::number(std::int64_t{0})},
                         {"confirmed", Json::number(std::int64_t{0})},
                         {"closed", Json::number(std::int64_t{0})},
                         {"quiet", Json::number(std::int64_t{0})}});
}

int run_month(const RunArguments& arguments, const Session& session) {
    home::Home home = session.open();
    const plan::Model model = sound_model(home.plan);
    const base::Month month = month_of(arguments.month);
    run::Answer answer;
    {
        ProgressBar bar;
        const run::Inputs inputs =
            run::take_inputs(home.record, home.lake(), home.runs(), model, month);
        answer = run::run_month(home.record, home.runs(), model, inputs, means_of(arguments, bar),
                                session.user, session.now());
    }
    if (session.json) {
        print(Json::object({{"run", Json::text(answer.run)},
                            {"snapshot", Json::text(answer.snapshot)},
                            {"digest", Json::text(answer.digest)},
                            {"month", Json::text(base::text(answer.month))},
                            {"engine", Json::text(answer.engine)},
                            {"seconds", Json::number(answer.seconds)},
                            {"rows_read", Json::number(answer.rows_read)},
                            {"rules", rules_json(answer.outcome.counts)},
                            {"targets", targets_json(answer.outcome)},
                            {"orphans", Json::number(answer.outcome.orphans)},
                            {"unknown_rows", Json::number(answer.outcome.unknown_rows)},
                            {"cases", cases_json()}}));
        return 0;
    }
    std::cout << fmt::format("run {} of {}: {} rows read, {} findings, {:.1f} s\n", answer.run,
                             base::text(answer.month), answer.rows_read, answer.findings,
                             answer.seconds);
    print_counts(answer.outcome.counts);
    std::cout << fmt::format(
        "{} orphans; {} rows left out because a condition was unknown\ndigest {}\n",
        answer.outcome.orphans, answer.outcome.unknown_rows, answer.digest);
    return 0;
}

int verify(const RunArguments& arguments, const Session& session) {
    home::Home home = session.ask();
    const std::string run = ask::chosen_run(home.results(), arguments.run);
    const std::string kept =
        home.record.first("select digest from run where run = :run", {run})->text(0);
    const std::vector<std::string> damaged =
        run::damaged_files(home.record, home.lake(), home.runs(), run);
    // What was read is not there any more as it was: there is nothing to compute again from.
    const bool can_compute = std::all_of(damaged.begin(), damaged.end(), [](const std::string& f) {
        return f.find("/input_") == std::string::npos && f.starts_with("runs/") &&
               !f.starts_with("runs/packs/");
    });
    std::string again;
    if (can_compute) {
        ProgressBar bar;
        again =
            run::digest_again(home.record, home.lake(), home.runs(), run, means_of(arguments, bar));
    }
    const bool equal = kept == again && damaged.empty();
    if (session.json) {
        std::vector<Json> files;
        for (const std::string& file : damaged) files.push_back(Json::text(file));
        print(Json::object({{"run", Json::text(run)},
                            {"digest", Json::text(kept)},
                            {"recomputed", can_compute ? Json::text(again) : Json::null()},
                            {"equal", Json::truth(equal)},
                            {"damaged", Json::list(files)}}));
    } else {
        std::cout << fmt::format("run {}: {}\n    kept       {}\n    recomputed {}\n", run,
                                 equal ? "the same" : "NOT the same", kept,
                                 can_compute ? again : "not possible");
        for (const std::string& file : damaged)
            std::cout << fmt::format("    damaged or missing: {}\n", file);
    }
    return equal ? 0 : 1;
}

int show(const RunArguments& arguments, const Session& session) {
    home::Home home = session.ask();
    const std::string run = ask::chosen_run(home.results(), arguments.run);
    const auto row = home.record.first(
        "select month, snapshot, digest, engine, at, by, plan_digest, batches from run where run = "
        ":run",
        {run});
    const std::string month = base::text(base::Month{static_cast<std::int32_t>(row->integer(0))});
    const std::vector<plan::RuleCount> counts = kept_counts(ask::counts(home.results(), run));
    const ask::List targets = ask::targets(home.results(), {run, "", "", ""});
    std::vector<std::string> batches = base::split(row->text(7), '\n');
    std::erase(batches, "");
    if (!session.json) {
        std::cout << fmt::format("run {} of {}: {} batches read, made {} by {}\n", run, month,
                                 batches.size(), row->text(4), row->text(5));
        print_counts(counts);
        if (!targets.rows.empty()) print(targets, Format::table);
        std::cout << fmt::format("plan {}\nsnapshot {}\ndigest {}\n", row->text(6), row->text(1),
                                 row->text(2));
        return 0;
    }
    std::vector<Json> batch_list;
    for (const std::string& batch : batches) batch_list.push_back(Json::text(batch));
    print(Json::object({{"run", Json::text(run)},
                        {"month", Json::text(month)},
                        {"snapshot", Json::text(row->text(1))},
                        {"digest", Json::text(row->text(2))},
                        {"engine", Json::text(row->text(3))},
                        {"at", Json::text(row->text(4))},
                        {"by", Json::text(row->text(5))},
                        {"plan", Json::text(row->text(6))},
                        {"rules", rules_json(counts)},
                        {"targets", list_json(targets)},
                        {"batches", Json::list(batch_list)}}));
    return 0;
}

/// NAME=VALUE as the parameter's type.
std::map<std::string, plan::Value> replaced(const plan::Model& model,
                                            const std::vector<std::string>& set) {
    std::map<std::string, plan::Value> values;
    for (const std::string& assignment : set) {
        const std::size_t equals = assignment.find('=');
        const std::string name = assignment.substr(0, equals),
                          text = equals == std::string::npos ? "" : assignment.substr(equals + 1);
        const plan::Parameter* parameter = model.parameter(name);
        const auto fail = [&](const std::string& what,
                              const std::string& remedy = "write it as the pack does") {
            throw base::Failure(base::Fault::input, what, "--set " + assignment, remedy);
        };
        if (parameter == nullptr) {
            std::vector<std::string> known;
            for (const plan::Parameter& one : model.parameters) known.push_back(one.name);
            const auto near = base::nearest_names(name, known);
            fail(fmt::format("there is no parameter '{}'", name),
                 near.empty() ? "write NAME=VALUE with a parameter of the pack"
                              : fmt::format("did you mean '{}'?", near[0]));
        }
        if (equals == std::string::npos)
            fail(fmt::format("the value of '{}' is missing", name), "write NAME=VALUE");
        const auto number = base::parse_decimal(text);
        switch (parameter->type.kind) {
            case plan::Kind::integer:
                if (!number || number->scale != 0) fail("a whole number is expected");
                values[name] = static_cast<std::int64_t>(number->units);
                break;
            case plan::Kind::decimal:
                if (!number || number->scale > parameter->type.scale)
                    fail("a number is expected, with no more decimals than the parameter has");
                values[name] = base::round(*number, parameter->type.scale);
                break;
            case plan::Kind::boolean:
                if (text != "true" && text != "false") fail("true or false is expected");
                values[name] = text == "true";
                break;
            case plan::Kind::month:
                if (const auto month = base::parse_month(text))
                    values[name] = *month;
                else
                    fail("a month is expected, as 2024-09");
                break;
            case plan::Kind::date:
                if (const auto date = base::parse_date(text))
                    values[name] = *date;
                else
                    fail("a date is expected, as 2024-09-30");
                break;
            case plan::Kind::code: {
                const plan::CodeList* list = model.code_list(parameter->type.of);
                if (list == nullptr ||
                    std::none_of(list->codes.begin(), list->codes.end(),
                                 [&](const plan::Code& c) { return c.code == text; }))
                    fail(fmt::format("a code of '{}' is expected", parameter->type.of));
                values[name] = text;
                break;
            }
            default:
                values[name] = text;
        }
    }
    return values;
}

/// The list as a screen shows it: narrow headings, the kind left out.
void to_read(ask::List& list) {
    static const std::vector<std::string> names{
        "rule", "kind", "division", "households", "after", "persons", "after", "cost", "after"};
    for (std::size_t i = 0; i < names.size(); ++i) list.columns[i].name = names[i];
    list.columns.erase(list.columns.begin() + 1);
    for (auto& row : list.rows) row.erase(row.begin() + 1);
}

int whatif(const RunArguments& arguments, const Session& session) {
    home::Home home = session.ask();
    const plan::Model model = sound_model(home.plan);
    const std::map<std::string, plan::Value> set = replaced(model, arguments.set);
    ask::known_division(home.record, arguments.division);
    ProgressBar bar;
    run::Inputs inputs =
        run::take_inputs(home.record, home.lake(), home.runs(), model, month_of(arguments.month));
    const std::vector<run::Effect> effects =
        run::what_if(home.runs(), model, inputs, set, means_of(arguments, bar), arguments.division);
    if (session.list_format() == Format::json) {
        std::vector<std::pair<std::string, Json>> values;
        for (const auto& [name, value] : set) values.emplace_back(name, Json::value(value));
        std::vector<Json> rows;
        const auto side = [](const run::Affected& a) {
            return Json::object({{"households", Json::number(a.households)},
                                 {"persons", Json::number(a.persons)},
                                 {"cost", Json::exact(base::text(a.cost))}});
        };
        for (const run::Effect& e : effects)
            rows.push_back(Json::object({{"name", Json::text(e.rule)},
                                         {"kind", Json::text(e.kind)},
                                         {"division", Json::text(e.division)},
                                         {"before", side(e.before)},
                                         {"after", side(e.after)}}));
        print(Json::object({{"month", Json::text(arguments.month)},
                            {"set", Json::object(values)},
                            {"rules", Json::list(rows)}}));
        return 0;
    }
    ask::List list;
    using Kind = ask::List::Kind;
    list.columns = {{"name"},
                    {"kind"},
                    {"division"},
                    {"households_before", Kind::number},
                    {"households_after", Kind::number},
                    {"persons_before", Kind::number},
                    {"persons_after", Kind::number},
                    {"cost_before", Kind::number},
                    {"cost_after", Kind::number}};
    for (const run::Effect& e : effects)
        list.rows.push_back({e.rule, e.kind, e.division, std::to_string(e.before.households),
                             std::to_string(e.after.households), std::to_string(e.before.persons),
                             std::to_string(e.after.persons), base::text(e.before.cost),
                             base::text(e.after.cost)});
    if (session.list_format() == Format::table) to_read(list);
    print(list, session.list_format());
    return 0;
}

}  // namespace

void add_run_commands(CLI::App& app, Session& session, int& status) {
    auto arguments = std::make_shared<RunArguments>();
    CLI::App* run = app.add_subcommand("run", "The monthly run; run list, show, verify");
    run->fallthrough();
    run->add_option("--month", arguments->month, "2024-09");
    run->add_option("--engine", arguments->engine, "duckdb");
    run->add_option("--memory", arguments->memory,
                    "Memory limit, as 4GB; beyond it the engine spills to disk");
    run->add_option("--threads", arguments->threads, "Default: all cores");
    CLI::App* list = run->add_subcommand("list", "Past runs");
    list->fallthrough();
    list->callback([&session, &status] {
        home::Home home = session.ask();
        print(ask::run_list(home.record), session.list_format());
        status = 0;
    });
    for (const auto& [name, what, act] : std::vector<
             std::tuple<const char*, const char*, int (*)(const RunArguments&, const Session&)>>{
             {"show", "One run", show},
             {"verify", "Recompute from the snapshot and compare digests", verify}}) {
        CLI::App* command = run->add_subcommand(name, what);
        command->fallthrough();
        command->add_option("RUN", arguments->run, "Its id; default: the latest");
        command->callback(
            [arguments, act = act, &session, &status] { status = act(*arguments, session); });
    }
    run->callback([run, arguments, &session, &status] {
        if (!run->get_subcommands().empty()) return;
        if (arguments->month.empty())
            throw base::Failure(base::Fault::input, "the month is missing", "run",
                                "as: zengshou run --month 2024-09");
        status = run_month(*arguments, session);
    });
    CLI::App* tried =
        app.add_subcommand("whatif", "Before and after a change of parameters; publishes nothing");
    tried->fallthrough();
    tried->add_option("--month", arguments->month, "2024-09")->required();
    tried->add_option("--set", arguments->set, "NAME=VALUE")->required();
    tried->add_option("--division", arguments->division, "This division and those below it");
    tried->add_option("--memory", arguments->memory, "Memory limit, as 4GB");
    tried->add_option("--threads", arguments->threads, "Default: all cores");
    tried->callback([arguments, &session, &status] { status = whatif(*arguments, session); });
}

}  // namespace zs::cli
