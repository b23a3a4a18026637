#include "run/monthly.h"

#include <algorithm>
#include <chrono>
#include <thread>

#include <fmt/format.h>

#include "base/digest.h"
#include "base/failure.h"
#include "base/file.h"
#include "compile/sql.h"
#include "guard/audit.h"
#include "run/computation.h"
#include "run/keep.h"

namespace zs::run {

namespace fs = std::filesystem;

namespace {

/// Interrupts the engine when somebody cancels.
class Watch {
public:
    Watch(engine::Connection& connection, const std::atomic<bool>* cancelled) {
        if (cancelled == nullptr) return;
        thread_ = std::jthread([&connection, cancelled](const std::stop_token& stop) {
            while (!stop.stop_requested()) {
                if (cancelled->load()) connection.interrupt();
                std::this_thread::sleep_for(std::chrono::milliseconds(50));
            }
        });
    }

private:
    std::jthread thread_;
};

struct Computed {
    Computation computation;
    std::int64_t rows_read = 0;
};

Computed compute(engine::Connection& connection, const plan::Model& model, const Inputs& inputs,
                 const Means& means) {
    const Watch watch(connection, means.cancelled);
    Computed done;
    for (const plan::Ledger& ledger : model.ledgers) {
        if (ledger.built_in) continue;
        done.rows_read += std::stoll(*connection.value(fmt::format(
            "select count(*) from {}", compile::quoted(compile::input_view(ledger.name)))));
    }
    done.computation = computation(connection, model, request_of(inputs),
                                   {.month = inputs.month,
                                    .divisions = &inputs.divisions,
                                    .figures = &inputs.figures,
                                    .parameters = &inputs.parameters,
                                    .home = inputs.home},
                                   means.progress);
    return done;
}

engine::Settings settings_of(const Means& means, const fs::path& folder) {
    engine::Settings settings;
    settings.database = folder / "work.duckdb";
    settings.memory = means.memory;
    settings.threads = means.threads;
    settings.temporary = folder / "spill";
    settings.keep_order = false;
    return settings;
}

/// What counted before counts again (a batch was withdrawn): the run is the latest once more.
void publish_again(record::Connection& record, const Answer& answer, const std::string& by,
                   const std::string& at) {
    const auto latest = record.first("select run, seq from run order by seq desc limit 1");
    if (latest->text(0) == answer.run) return;
    record.execute("update run set seq = :seq, at = :at, by = :by where run = :run",
                   {record::cell(latest->integer(1) + 1), at, by, answer.run});
    guard::append_audit(record, at, by, "run",
                        fmt::format("run {} of {} published again, digest {}", answer.run,
                                    base::text(answer.month), answer.digest),
                        guard::written(record, {"publication"}, answer.run));
}

/// The number of findings, and the SM3 over all results in a fixed order.
struct Digested {
    std::int64_t findings = 0;
    std::string digest;
};

Digested digest_of(engine::Connection& connection, const plan::Outcome& outcome) {
    Digested result;
    base::Sm3 digest;
    const auto number = [](const std::optional<base::Decimal>& n) {
        return n ? base::text(*n) : std::string("-");
    };
    each_finding(connection, [&](const plan::Finding& f) {
        ++result.findings;
        digest.add(fmt::format("f|{}|{}|{}|{}|{}|{}|{}|{}|{}|{}\n", f.rule, f.subject, f.division,
                               f.status, number(f.amount), number(f.received), number(f.score),
                               f.severity, f.risk, f.say));
    });
    for (const plan::RuleCount& c : outcome.counts)
        for (const auto& [status, n] : c.by_status)
            digest.add(fmt::format("c|{}|{}|{}\n", c.rule, status, n));
    std::vector<std::string> lines;
    for (const plan::IndicatorValue& v : outcome.indicators)
        lines.push_back(fmt::format(
            "i|{}|{}|{}|{}|{}|{}|{}|{}|{}|{}{}\n", v.indicator, v.label, v.whole, v.division,
            v.codes, plan::text(v.value), plan::text(v.numerator), plan::text(v.denominator),
            v.known ? std::to_string(*v.known) : "", v.unknown ? std::to_string(*v.unknown) : "",
            v.undelivered ? "|" + std::to_string(*v.undelivered) : ""));
    for (const plan::TargetState& t : outcome.targets)
        lines.push_back(fmt::format("t|{}|{}|{}|{}|{}|{}|{}\n",
                                    t.codes.empty() ? t.target : t.target + " " + t.codes,
                                    t.division, t.label, plan::text(t.value), plan::text(t.bound),
                                    t.status, plan::text(t.gap)));
    std::sort(lines.begin(), lines.end());
    for (const std::string& line : lines) digest.add(line);
    digest.add(fmt::format("o|{}|{}\n", outcome.orphans, outcome.unknown_rows));
    result.digest = digest.finish();
    return result;
}

}  // namespace

Answer run_month(record::Connection& record, const fs::path& runs, const plan::Model& model,
                 const Inputs& inputs, const Means& means, const std::string& by,
                 const std::string& at) {
    if (inputs.month < model.first || inputs.month > model.last)
        throw base::Failure(
            base::Fault::input,
            base::said("{} 不在方案的月份里", "the month {} is not one of the plan's",
                       base::text(inputs.month)),
            fmt::format("{}..{}", base::text(model.first), base::text(model.last)),
            base::said("选其中的一个月", "choose a month in between"));
    const auto begun = std::chrono::steady_clock::now();
    Answer answer;
    answer.month = inputs.month;
    answer.engine = "duckdb";
    answer.snapshot = snapshot_digest(model, inputs);
    answer.run = answer.snapshot.substr(0, 16);
    fs::create_directories(runs);
    const Workplace work(runs, "new-" + answer.run);
    keep_pack(model, runs, work);
    const fs::path kept = work.folder() / "kept";
    fs::create_directories(kept);
    {
        engine::Connection connection =
            open_inputs(model, inputs, settings_of(means, work.folder()));
        Computed computed = compute(connection, model, inputs, means);
        answer.outcome = std::move(computed.computation.outcome);
        answer.rows_read = computed.rows_read;
        Digested digested = digest_of(connection, answer.outcome);
        answer.findings = digested.findings;
        answer.digest = std::move(digested.digest);
        keep_findings(connection, computed.computation.program, answer.run, kept);
        keep_counts(connection, answer.outcome, kept);
        keep_figures(connection, answer.outcome, kept);
        keep_inputs(connection, inputs, kept);
    }
    for (const auto& file : fs::directory_iterator(kept)) base::sync(file.path());
    answer.seconds =
        std::chrono::duration<double>(std::chrono::steady_clock::now() - begun).count();

    const fs::path place = runs / answer.run;
    record::Transaction transaction(record);
    if (const auto known = record.first("select digest from run where run = :run", {answer.run})) {
        if (known->text(0) != answer.digest)
            throw base::Failure(
                base::Fault::system,
                base::said("同一快照算出的结果和以前不一样",
                           "the same snapshot gave other results than before"),
                base::said("运行 {}", "run {}", answer.run),
                base::said(
                    "请报给开发者：结果不该随何时、怎样计算而变",
                    "please report it: results must not depend on when or how they are computed"));
        if (!fs::exists(place)) fs::rename(kept, place);  // its results were lost
        publish_again(record, answer, by, at);
        transaction.commit();
        return answer;
    }
    fs::remove_all(place);  // of a command that stopped before it was noted
    fs::rename(kept, place);
    base::sync(runs);
    const auto last = record.first("select coalesce(max(seq), 0) from run");
    std::string batches;
    for (const std::string& id : inputs.lake.ids()) batches += id + "\n";
    record.execute(
        "insert into run (seq, run, month, snapshot, digest, engine, at, by, plan_digest, batches, "
        "answer) values (:seq, :run, :month, :snapshot, :digest, :engine, :at, :by, :plan, "
        ":batches, :answer)",
        {record::cell(last->integer(0) + 1), answer.run, record::cell(inputs.month.index),
         answer.snapshot, answer.digest, answer.engine, at, by, model.digest, batches, ""});
    for (const auto& [file, digest] : digests_in(place))
        record.execute("insert into run_file (run, file, digest) values (:run, :file, :digest)",
                       {answer.run, file, digest});
    guard::append_audit(
        record, at, by, "run",
        fmt::format("run {} of {}, digest {}", answer.run, base::text(inputs.month), answer.digest),
        guard::written(record, {"run", "publication", "run_file"}, answer.run));
    transaction.commit();
    return answer;
}

std::string digest_again(record::Connection& record, const fs::path& lake_folder,
                         const fs::path& runs, const std::string& run, const Means& means) {
    const plan::Model model = model_of_run(record, runs, run);
    const Inputs inputs = inputs_of_run(record, lake_folder, runs, model, run);
    const Workplace work(runs, "verify-" + run);
    engine::Connection connection = open_inputs(model, inputs, settings_of(means, work.folder()));
    const Computed computed = compute(connection, model, inputs, means);
    return digest_of(connection, computed.computation.outcome).digest;
}

}  // namespace zs::run
