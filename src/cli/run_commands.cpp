#include <algorithm>
#include <iostream>
#include <memory>
#include <optional>

#include <fmt/format.h>

#include "ask/left_out.h"
#include "ask/missing_figures.h"
#include "base/failure.h"
#include "base/text.h"
#include "cli/commands.h"
#include "cli/means.h"
#include "guard/audit.h"
#include "record/lock.h"
#include "run/keep.h"
#include "run/monthly.h"

namespace zs::cli {

namespace {

namespace phrase = ask::phrase;

struct RunArguments : MeansAsked {
    std::string month, run;
};

Json rules_json(const std::vector<plan::RuleCount>& counts, const ask::Titles& titles) {
    static const std::vector<std::string> fired{"fired", "clear", "unknown", "exempted"};
    static const std::vector<std::string> statuses{"satisfied", "late",    "pending",  "short",
                                                   "gap",       "excess",  "improper", "unknown",
                                                   "none",      "exempted"};
    std::vector<Json> rows;
    for (const plan::RuleCount& count : counts) {
        std::vector<std::pair<std::string, Json>> members{
            {"name", Json::text(count.rule)},
            {"kind", Json::text(count.kind)},
            {"title", Json::text(titles.definition(count.rule))}};
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

void print_counts(const std::vector<plan::RuleCount>& counts, const ask::Titles& titles) {
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
    print(list, {}, titles);
}

/// Why rows were left out: a field that was empty, or a condition that nobody can judge.
std::string reason_of(const plan::Model& model, const ask::LeftOut& left,
                      const ask::Titles& titles) {
    if (left.empty_fields.empty()) return titles.say(phrase::condition_unknown);
    std::vector<std::string> names;
    const plan::Ledger* ledger = model.ledger(left.reads);
    for (const std::string& name : left.empty_fields) {
        const plan::Field* field = ledger == nullptr ? nullptr : ledger->field(name);
        names.push_back(field == nullptr || field->title.empty() ? name : field->title);
    }
    return titles.say(phrase::field_is_empty, base::join(names, titles.say(phrase::listed)));
}

Json left_out_json(const plan::Model& model, const plan::Outcome& outcome,
                   const ask::Titles& titles) {
    std::vector<Json> rows;
    for (const ask::LeftOut& left : ask::left_out(model, outcome.left_out)) {
        std::vector<Json> fields;
        for (const std::string& field : left.empty_fields) fields.push_back(Json::text(field));
        rows.push_back(Json::object({{"reads", Json::text(left.reads)},
                                     {"title", Json::text(titles.grain(left.reads))},
                                     {"empty", Json::list(fields)},
                                     {"reason", Json::text(reason_of(model, left, titles))},
                                     {"rows", Json::number(left.rows)}}));
    }
    return Json::list(rows);
}

Json targets_json(const plan::Outcome& outcome, const ask::Titles& titles) {
    std::vector<Json> rows;
    for (const plan::TargetState& t : outcome.targets)
        rows.push_back(Json::object({{"target", Json::text(t.target)},
                                     {"title", Json::text(titles.definition(t.target))},
                                     {"division", Json::text(t.division)},
                                     {"label", Json::text(t.label)},
                                     {"value", Json::value(t.value)},
                                     {"bound", Json::value(t.bound)},
                                     {"status", Json::text(t.status)},
                                     {"gap", Json::value(t.gap)},
                                     {"codes", Json::text(t.codes)}}));
    return Json::list(rows);
}

Json cases_json() {
    std::vector<std::pair<std::string, Json>> members;
    for (const char* what : {"opened", "attached", "confirmed", "closed", "quiet", "moved"})
        members.emplace_back(what, Json::number(std::int64_t{0}));
    return Json::object(members);
}

int run_month(const RunArguments& arguments, const Session& session) {
    home::Home home = session.open();
    const plan::Model model = sound_model(home.plan);
    const base::Month month = month_asked(arguments.month);
    run::Answer answer;
    {
        ProgressBar bar;
        run::Inputs inputs = run::take_inputs(home.record, home.lake(), home.runs(), model, month);
        inputs.home = home.division;
        answer = run::run_month(home.record, home.runs(), model, inputs, means_of(arguments, bar),
                                session.user, session.now());
    }
    const ask::Titles titles = titles_of(home, model);
    if (session.json) {
        print(Json::object({{"run", Json::text(answer.run)},
                            {"snapshot", Json::text(answer.snapshot)},
                            {"digest", Json::text(answer.digest)},
                            {"month", Json::text(base::text(answer.month))},
                            {"engine", Json::text(answer.engine)},
                            {"seconds", Json::number(answer.seconds)},
                            {"rows_read", Json::number(answer.rows_read)},
                            {"rules", rules_json(answer.outcome.counts, titles)},
                            {"targets", targets_json(answer.outcome, titles)},
                            {"orphans", Json::number(answer.outcome.orphans)},
                            {"left_out", left_out_json(model, answer.outcome, titles)},
                            {"cases", cases_json()}}));
        return 0;
    }
    std::cout << titles.say(phrase::run_made, answer.run, base::text(answer.month),
                            answer.rows_read, answer.findings, answer.seconds)
              << "\n";
    print_counts(answer.outcome.counts, titles);
    if (answer.outcome.orphans > 0)
        std::cout << titles.say(phrase::orphans, answer.outcome.orphans) << "\n";
    for (const ask::LeftOut& left : ask::left_out(model, answer.outcome.left_out))
        std::cout << titles.say(phrase::left_out, titles.grain(left.reads), left.rows,
                                reason_of(model, left, titles))
                  << "\n";
    std::cout << titles.say(phrase::digest, answer.digest) << "\n";
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
        const base::Said same =
            equal ? base::said("一致", "the same") : base::said("不一致", "NOT the same");
        std::cout << session.say(base::said("运行 {}：{}", "run {}: {}", run, same)) << "\n    "
                  << session.say(base::said("留存 {}", "kept       {}", kept)) << "\n    "
                  << session.say(base::said("重算 {}", "recomputed {}",
                                            can_compute ? base::Said::as_is(again)
                                                        : base::said("算不了", "not possible")))
                  << "\n";
        for (const std::string& file : damaged)
            std::cout << "    "
                      << session.say(base::said("损坏或缺失：{}", "damaged or missing: {}", file))
                      << "\n";
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
    const plan::Model model = run::model_of_run(home.record, home.runs(), run);
    const ask::Titles titles = titles_of(home, model);
    ask::MissingFigures missing(home.results(), home.lake(), model, run, titles);
    const ask::List targets =
        ask::with_causes(ask::targets(home.results(), {run, "", "", ""}), model, missing);
    std::vector<std::string> batches = base::split(row->text(7), '\n');
    std::erase(batches, "");
    if (!session.json) {
        std::cout << titles.say(phrase::run_shown, run, month, batches.size(), row->text(4),
                                row->text(5))
                  << "\n";
        print_counts(counts, titles);
        if (!targets.rows.empty()) print(targets, {}, titles);
        std::cout << titles.say(phrase::plan, row->text(6)) << "\n"
                  << titles.say(phrase::snapshot, row->text(1)) << "\n"
                  << titles.say(phrase::digest, row->text(2)) << "\n";
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
                        {"rules", rules_json(counts, titles)},
                        {"targets", list_json(titles.beside(targets))},
                        {"batches", Json::list(batch_list)}}));
    return 0;
}

}  // namespace

void add_run_commands(CLI::App& app, Session& session, int& status) {
    auto arguments = std::make_shared<RunArguments>();
    CLI::App* run = app.add_subcommand(
        "run", session.say(base::said("按月运行；run list、show、verify",
                                      "The monthly run; run list, show, verify")));
    run->fallthrough();
    run->add_option("--month", arguments->month, "2024-09");
    run->add_option("--engine", arguments->engine, "duckdb");
    run->add_option(
        "--memory", arguments->memory,
        session.say(base::said("内存上限，如 4GB；超出的放到磁盘",
                               "Memory limit, as 4GB; beyond it the engine spills to disk")));
    run->add_option("--threads", arguments->threads,
                    session.say(base::said("缺省：全部核", "Default: all cores")));
    CLI::App* list =
        run->add_subcommand("list", session.say(base::said("以前的运行", "Past runs")));
    list->fallthrough();
    answers_with_list(*list, session);
    list->callback([&session, &status] {
        home::Home home = session.ask();
        session.print_list(ask::run_list(home.record), titles_of(home));
        status = 0;
    });
    for (const auto& [name, what, act] : std::vector<
             std::tuple<const char*, std::string, int (*)(const RunArguments&, const Session&)>>{
             {"show", session.say(base::said("一次运行", "One run")), show},
             {"verify",
              session.say(base::said("按快照重算，核对摘要",
                                     "Recompute from the snapshot and compare digests")),
              verify}}) {
        CLI::App* command = run->add_subcommand(name, what);
        command->fallthrough();
        command->add_option(
            "RUN", arguments->run,
            session.say(base::said("编号；缺省：最近一次", "Its id; default: the latest")));
        command->callback(
            [arguments, act = act, &session, &status] { status = act(*arguments, session); });
    }
    run->callback([run, arguments, &session, &status] {
        if (!run->get_subcommands().empty()) return;
        if (arguments->month.empty())
            throw base::Failure(base::Fault::input, base::said("缺月份", "the month is missing"),
                                "run",
                                base::said("写成：zengshou run --month 2024-09",
                                           "as: zengshou run --month 2024-09"));
        status = run_month(*arguments, session);
    });
}

}  // namespace zs::cli
