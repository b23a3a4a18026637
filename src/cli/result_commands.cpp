#include <iostream>
#include <memory>

#include <fmt/format.h>

#include "ask/duties.h"
#include "ask/missing_figures.h"
#include "base/digest.h"
#include "base/failure.h"
#include "base/identity.h"
#include "base/text.h"
#include "cli/commands.h"
#include "guard/audit.h"
#include "record/lock.h"
#include "run/keep.h"

namespace zs::cli {

namespace {

struct ResultArguments {
    ask::FindingFilter finding;
    ask::FigureFilter figure;
    ask::DutyFilter duty;
    std::string id, reason, until, evidence;
};

/// The run that is asked for, and how people read it.
struct Chosen {
    std::string run;
    plan::Model model;
    ask::Titles titles;
};

Chosen chosen(home::Home& home, const std::string& asked) {
    std::string run = ask::chosen_run(home.results(), asked);
    plan::Model model = run::model_of_run(home.record, home.runs(), run);
    ask::Titles titles = titles_of(home, model);
    return {std::move(run), std::move(model), std::move(titles)};
}

int list_findings(const ResultArguments& arguments, const Session& session) {
    home::Home home = session.ask();
    const ask::List list = ask::findings(home.results(), arguments.finding);
    session.print_list(list, chosen(home, arguments.finding.run).titles);
    return 0;
}

int list_indicators(const ResultArguments& arguments, const Session& session) {
    home::Home home = session.ask();
    const ask::List list = ask::indicators(home.results(), arguments.figure);
    session.print_list(list, chosen(home, arguments.figure.run).titles);
    return 0;
}

int list_targets(const ResultArguments& arguments, const Session& session) {
    home::Home home = session.ask();
    const ask::List list = ask::targets(home.results(), arguments.figure);
    const Chosen of = chosen(home, arguments.figure.run);
    ask::MissingFigures missing(home.results(), home.lake(), of.model, of.run, of.titles);
    session.print_list(ask::with_causes(list, of.model, missing), of.titles);
    return 0;
}

int list_duties(const ResultArguments& arguments, const Session& session) {
    home::Home home = session.ask();
    const ask::List list = ask::duties(home.results(), home.lake(), arguments.duty);
    session.print_list(list, chosen(home, arguments.duty.run).titles);
    return 0;
}

int add_exemption(const ResultArguments& arguments, const Session& session) {
    home::Home home = session.open();
    const auto until = base::parse_month(arguments.until);
    if (!until)
        throw base::Failure(base::Fault::input,
                            base::said("“{}”不是月份", "'{}' is no month", arguments.until),
                            "--until", base::said("写成 2024-09", "write it as 2024-09"));
    ask::FindingFilter all;
    std::string rule, subject;
    for (const auto& row : home.record.query("select run from run order by seq desc")) {
        all.run = row.text(0);
        const ask::List list = ask::findings(home.results(), all);
        for (const auto& cells : list.rows)
            if (cells[0] == arguments.id) {
                rule = cells[2].value_or("");
                subject = cells[4].value_or("");
            }
        if (!rule.empty()) break;
    }
    if (rule.empty())
        throw base::Failure(base::Fault::input,
                            base::said("没有发现“{}”", "there is no finding '{}'", arguments.id),
                            "", base::said("查看：zengshou findings", "see: zengshou findings"));
    const std::string evidence =
        arguments.evidence.empty() ? "" : base::sm3_of_file(arguments.evidence);
    const record::HomeLock lock(home.lock());
    record::Transaction transaction(home.record);
    const std::int64_t seq =
        home.record.first("select coalesce(max(seq), 0) + 1 from exemption")->integer(0);
    home.record.execute(
        "insert into exemption (seq, rule, subject, finding, reason, evidence, until, by, at) "
        "values (:seq, :rule, :subject, :finding, :reason, :evidence, :until, :by, :at)",
        {record::cell(seq), rule, subject, arguments.id, base::mask_id_numbers(arguments.reason),
         evidence.empty() ? record::Cell{} : record::Cell{evidence}, record::cell(until->index),
         session.user, session.now()});
    guard::append_audit(home.record, session.now(), session.user, "exemption",
                        fmt::format("{}: rule {} until {}", seq, rule, arguments.until),
                        guard::written(home.record, {"exemption"}, std::to_string(seq)));
    transaction.commit();
    const ask::Titles titles = titles_of(home);
    if (session.json)
        print(Json::object({{"exemption", Json::number(seq)},
                            {"rule", Json::text(rule)},
                            {"title", Json::text(titles.definition(rule))},
                            {"subject", Json::text(subject)},
                            {"until", Json::text(arguments.until)}}));
    else
        std::cout << titles.say(ask::phrase::exemption_added, seq, titles.definition(rule), subject,
                                arguments.until)
                  << "\n";
    return 0;
}

int list_exemptions(const Session& session) {
    home::Home home = session.ask();
    ask::List list;
    list.columns = {{"exemption", ask::List::Kind::number},
                    {"rule"},
                    {"subject"},
                    {"reason"},
                    {"until"},
                    {"by"},
                    {"at"},
                    {"revoked"},
                    {"finding"},
                    {"evidence"}};
    for (const auto& row :
         home.record.query("select seq, rule, subject, reason, until, by, at, revoked_at, finding, "
                           "evidence from exemption order by seq"))
        list.rows.push_back({row.text(0), row.text(1), row.text(2), row.text(3),
                             base::text(base::Month{static_cast<std::int32_t>(row.integer(4))}),
                             row.text(5), row.text(6), row.cells[7], row.cells[8], row.cells[9]});
    list.hide({"evidence"});
    session.print_list(list, titles_of(home));
    return 0;
}

int revoke_exemption(const ResultArguments& arguments, const Session& session) {
    home::Home home = session.open();
    const record::HomeLock lock(home.lock());
    record::Transaction transaction(home.record);
    const auto known = home.record.first(
        "select rule, revoked_at, seq from exemption where seq = :seq", {arguments.id});
    if (!known || !known->is_null(1))
        throw base::Failure(
            base::Fault::input,
            base::said("没有生效的豁免“{}”", "there is no exemption '{}' in force", arguments.id),
            "", base::said("查看：zengshou exemption list", "see: zengshou exemption list"));
    home.record.execute("update exemption set revoked_at = :at, revoked_by = :by where seq = :seq",
                        {session.now(), session.user, arguments.id});
    guard::append_audit(
        home.record, session.now(), session.user, "exemption",
        fmt::format("{} revoked", arguments.id),
        guard::written(home.record, {"revocation"}, std::to_string(known->integer(2))));
    transaction.commit();
    if (session.json)
        print(Json::object({{"exemption", Json::number(known->integer(2))},
                            {"rule", Json::text(known->text(0))},
                            {"revoked", Json::truth(true)}}));
    else
        std::cout << titles_of(home).say(ask::phrase::exemption_revoked, arguments.id) << "\n";
    return 0;
}

}  // namespace

void add_result_commands(CLI::App& app, Session& session, int& status) {
    auto arguments = std::make_shared<ResultArguments>();
    CLI::App* findings = app.add_subcommand(
        "findings", session.say(base::said("规则的发现；缺省：最近一次运行",
                                           "What rules found; default: the latest run")));
    findings->fallthrough();
    findings->add_option("--run", arguments->finding.run,
                         session.say(base::said("运行的编号", "A run's id")));
    findings->add_option("--rule", arguments->finding.rule,
                         session.say(base::said("规则的名字", "A rule's name")));
    findings->add_option(
        "--division", arguments->finding.division,
        session.say(base::said("这个区划和它的下级", "This division and those below it")));
    findings->add_option("--status", arguments->finding.status, "fired, gap, late …");
    findings->add_option("--subject", arguments->finding.subject,
                         session.say(base::said("对象的编号", "A subject's key")));
    answers_with_list(*findings, session);
    findings->callback(
        [arguments, &session, &status] { status = list_findings(*arguments, session); });
    const auto figures = [&](const char* name, const std::string& what,
                             int (*act)(const ResultArguments&, const Session&), bool levels) {
        CLI::App* command = app.add_subcommand(name, what);
        command->fallthrough();
        command->add_option("--run", arguments->figure.run,
                            session.say(base::said("运行的编号；缺省：最近一次",
                                                   "A run's id; default: the latest")));
        command->add_option(
            "--name", arguments->figure.name,
            session.say(base::said("指标或目标的名字", "An indicator's or target's name")));
        if (levels)
            command->add_option("--level", arguments->figure.level, "province, city, county …");
        command->add_option(
            "--division", arguments->figure.division,
            session.say(base::said("这个区划和它的下级", "This division and those below it")));
        answers_with_list(*command, session);
        command->callback(
            [arguments, act, &session, &status] { status = act(*arguments, session); });
    };
    figures("indicators", session.say(base::said("指标的值", "Indicator values")), list_indicators,
            true);
    figures("targets",
            session.say(base::said("目标：达到、未达到、进度内、落后",
                                   "Targets: met, missed, on track, behind")),
            list_targets, false);
    CLI::App* duties = app.add_subcommand(
        "duties",
        session.say(base::said("没有数字的任务：完成、迟做、未到期、没做",
                               "Obligations without a number: done, late, pending, missing")));
    duties->fallthrough();
    duties->add_option(
        "--run", arguments->duty.run,
        session.say(base::said("运行的编号；缺省：最近一次", "A run's id; default: the latest")));
    duties->add_option("--name", arguments->duty.name,
                       session.say(base::said("任务的名字", "A duty's name")));
    duties->add_option(
        "--division", arguments->duty.division,
        session.say(base::said("这个区划和它的下级", "This division and those below it")));
    duties->add_option("--status", arguments->duty.status, "satisfied, late, pending, short, gap");
    answers_with_list(*duties, session);
    duties->callback([arguments, &session, &status] { status = list_duties(*arguments, session); });
    CLI::App* exemption = app.add_subcommand(
        "exemption",
        session.say(base::said("属实而不算问题的发现", "Findings that are true and yet no fault")));
    exemption->require_subcommand(1);
    exemption->fallthrough();
    CLI::App* add = exemption->add_subcommand(
        "add", session.say(base::said("把一条发现除外：写明理由，到某月为止",
                                      "Take a finding out, with its reason, to a month")));
    add->fallthrough();
    add->add_option("FINDING", arguments->id,
                    session.say(base::said("发现的编号", "A finding's id")))
        ->required();
    add->add_option("--reason", arguments->reason, session.say(base::said("理由", "Why")))
        ->required();
    add->add_option("--until", arguments->until,
                    session.say(base::said("最后一个月，如 2024-12", "The last month, 2024-12")))
        ->required();
    add->add_option("--evidence", arguments->evidence,
                    session.say(base::said("文件；留存它的摘要", "A file; its digest is kept")));
    add->callback([arguments, &session, &status] { status = add_exemption(*arguments, session); });
    CLI::App* list =
        exemption->add_subcommand("list", session.say(base::said("全部豁免", "All exemptions")));
    list->fallthrough();
    answers_with_list(*list, session);
    list->callback([&session, &status] { status = list_exemptions(session); });
    CLI::App* revoke = exemption->add_subcommand(
        "revoke", session.say(base::said("撤销一条豁免", "An exemption no longer holds")));
    revoke->fallthrough();
    revoke->add_option("ID", arguments->id, session.say(base::said("豁免号", "Its number")))
        ->required();
    revoke->callback(
        [arguments, &session, &status] { status = revoke_exemption(*arguments, session); });
}

}  // namespace zs::cli
