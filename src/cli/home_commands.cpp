#include <iostream>
#include <memory>
#include <set>

#include <fmt/format.h>

#include "base/failure.h"
#include "base/text.h"
#include "cli/commands.h"
#include "guard/audit.h"
#include "intake/intake.h"
#include "intake/staged_file.h"
#include "lake/batch.h"
#include "record/lock.h"

namespace zs::cli {

namespace {

namespace phrase = ask::phrase;

int init(const std::string& plan, const std::string& division, Session& session) {
    const plan::Model model = sound_model(plan);
    session.language = base::language_of(model.locale);
    home::Home home =
        home::init(session.home_folder, plan, model, division, session.user, session.now());
    const auto divisions = home.record.first("select count(*) from division");
    if (session.json)
        print(Json::object({{"home", Json::text(session.home_folder.string())},
                            {"plan", Json::text(model.name)},
                            {"divisions", Json::number(divisions->integer(0))}}));
    else
        std::cout << session.say(base::said(
                         "数据目录 {}：{}（区划 {} 个）", "home {} over {} ({} divisions)",
                         session.home_folder.string(), model.title, divisions->integer(0)))
                  << "\n";
    return 0;
}

int import_divisions(const std::string& file, const Session& session) {
    home::Home home = session.open();
    const plan::Model model = sound_model(home.plan);
    const intake::StagedFile staged(file, home.staging());
    const record::HomeLock lock(home.lock());
    const home::DivisionsAnswer answer =
        home::import_divisions(home.record, model, staged.copy(), "", session.user, session.now());
    if (session.json)
        print(Json::object({{"rows", Json::number(answer.rows)},
                            {"added", Json::number(answer.added)},
                            {"replaced", Json::number(answer.replaced)}}));
    else
        std::cout << session.say(base::said("{} 行：新增 {}，替换 {}",
                                            "{} rows: {} added, {} replaced", answer.rows,
                                            answer.added, answer.replaced))
                  << "\n";
    return 0;
}

ask::List batch_list(home::Home& home) {
    using Kind = ask::List::Kind;
    ask::List list;
    list.columns = {{"batch"},
                    {"ledger"},
                    {"month"},
                    {"division"},
                    {"rows", Kind::number},
                    {"accepted", Kind::number},
                    {"quarantined", Kind::number},
                    {"digest"},
                    {"by"},
                    {"at"},
                    {"withdrawn", Kind::boolean},
                    {"file"},
                    {"arrived"}};
    for (const lake::Batch& b : lake::batches(home.record))
        list.rows.push_back({b.id, b.ledger, b.period, b.division, std::to_string(b.rows),
                             std::to_string(b.accepted), std::to_string(b.quarantined),
                             b.file_digest, b.entered_by, b.entered_at,
                             b.withdrawn_at ? "true" : "false", b.file_name,
                             base::text(b.arrived())});
    list.hide({"digest", "arrived"});
    return list;
}

int show_batch(const std::string& id, const Session& session) {
    home::Home home = session.ask();
    const auto b = lake::batch(home.record, id);
    if (!b)
        throw base::Failure(base::Fault::input,
                            base::said("没有批次“{}”", "there is no batch '{}'", id), "",
                            base::said("查看：zengshou batch list", "see: zengshou batch list"));
    if (!session.json) {
        const ask::Titles titles = titles_of(home);
        const auto say = [&](const auto&... parts) { return titles.say(parts...); };
        std::cout << say(phrase::batch_shown, b->id, titles.ledger(b->ledger), b->period,
                         b->division.empty() ? say(phrase::no_division) : titles.place(b->division),
                         b->empty ? say(phrase::empty_delivery)
                                  : say(phrase::from_file, base::one_line(b->file_name)))
                  << "\n    "
                  << say(phrase::batch_rows, b->rows, b->accepted, b->quarantined, b->warned,
                         b->replaced)
                  << "\n    "
                  << say(phrase::batch_by, b->entered_by, b->entered_at,
                         b->withdrawn_at ? say(phrase::withdrawn_at, *b->withdrawn_at)
                                         : say(phrase::counts))
                  << "\n";
        return 0;
    }
    print(Json::object(
        {{"batch", Json::text(b->id)},
         {"ledger", Json::text(b->ledger)},
         {"month", Json::text(b->period)},
         {"division", Json::text(b->division)},
         {"file", Json::text(b->file_name)},
         {"digest", Json::text(b->file_digest)},
         {"rows", Json::number(b->rows)},
         {"accepted", Json::number(b->accepted)},
         {"quarantined", Json::number(b->quarantined)},
         {"warned", Json::number(b->warned)},
         {"replaced", Json::number(b->replaced)},
         {"empty", Json::truth(b->empty)},
         {"by", Json::text(b->entered_by)},
         {"at", Json::text(b->entered_at)},
         {"arrived", Json::text(base::text(b->arrived()))},
         {"withdrawn", b->withdrawn_at ? Json::text(*b->withdrawn_at) : Json::null()}}));
    return 0;
}

int withdraw(const std::string& id, const Session& session) {
    home::Home home = session.open();
    const intake::Stores stores{home.record, home.lake(), home.lock(), home.keys,
                                {},          nullptr,     home.zone};
    const std::vector<std::string> added =
        intake::withdraw(stores, id, {session.user, session.now()});
    if (session.json) {
        std::vector<Json> with;
        for (const std::string& each : added) with.push_back(Json::text(each));
        print(Json::object({{"batch", Json::text(id)},
                            {"withdrawn", Json::truth(true)},
                            {"with", Json::list(with)}}));
        return 0;
    }
    std::cout << session.say(base::said("批次 {} 不再算数", "batch {} no longer counts", id))
              << "\n";
    for (const std::string& each : added)
        std::cout << "    "
                  << session.say(base::said("连同补进它的批次 {}",
                                            "and with it batch {}, which was added to it", each))
                  << "\n";
    return 0;
}

ask::List audit_entries(home::Home& home) {
    ask::List list;
    list.columns = {{"seq", ask::List::Kind::number},
                    {"at"},
                    {"by"},
                    {"action"},
                    {"detail"},
                    {"previous"},
                    {"digest"},
                    {"written"}};
    list.hide({"previous", "digest", "written"});
    guard::each_audit(home.record, [&](const guard::AuditEntry& e) {
        list.rows.push_back({std::to_string(e.seq), e.at, e.by, e.action, e.detail, e.previous,
                             e.digest, e.written});
    });
    return list;
}

int audit_list(const Session& session) {
    home::Home home = session.ask();
    session.print_list(audit_entries(home), titles_of(home));
    return 0;
}

/// What another can check the chain by, without the home.
int audit_export(const Session& session) {
    home::Home home = session.ask();
    const bool chosen = session.json || !session.format.empty();
    Session asked = session;
    if (!chosen) asked.format = "jsonl";
    asked.print_list(audit_entries(home), titles_of(home));
    return 0;
}

base::Said broken_at(const guard::BrokenChain& broken) {
    return base::said("审计链断在第 {} 条：{}", "the audit chain is broken at entry {}: {}",
                      broken.seq, broken.why);
}

int audit_verify(const Session& session) {
    home::Home home = session.ask();
    const auto broken = guard::broken_chain(home.record, home.keys_folder());
    if (session.json) {
        print(
            Json::object({{"ok", Json::truth(!broken)},
                          {"seq", broken ? Json::number(broken->seq) : Json::null()},
                          {"why", broken ? Json::text(session.say(broken->why)) : Json::null()}}));
    } else if (broken) {
        std::cout << session.say(broken_at(*broken)) << "\n";
    } else {
        std::cout << session.say(base::said("审计链完整", "the audit chain is whole")) << "\n";
    }
    return broken ? 1 : 0;
}

int verify(const Session& session) {
    home::Home home = session.ask();
    intake::sweep_staging(home.staging());
    home.check_record();
    const auto broken = guard::broken_chain(home.record, home.keys_folder());
    const guard::Comparison record = guard::compare_with_written(home.record);
    const std::set<std::string> damaged = home.damaged_files();
    const bool whole = damaged.empty() && !broken && record.wrong.empty();
    if (session.json) {
        std::vector<Json> files, wrong;
        for (const std::string& file : damaged) files.push_back(Json::text(file));
        for (const base::Said& what : record.wrong) wrong.push_back(Json::text(session.say(what)));
        print(
            Json::object({{"ok", Json::truth(whole)},
                          {"damaged", Json::list(files)},
                          {"record", Json::list(wrong)},
                          {"unsigned", Json::number(record.unsigned_entries)},
                          {"audit", Json::truth(!broken)},
                          {"seq", broken ? Json::number(broken->seq) : Json::null()},
                          {"why", broken ? Json::text(session.say(broken->why)) : Json::null()}}));
        return whole ? 0 : 1;
    }
    for (const std::string& file : damaged)
        std::cout << session.say(base::said("损坏或缺失：{}", "damaged or missing: {}", file))
                  << "\n";
    for (const base::Said& what : record.wrong) std::cout << session.say(what) << "\n";
    if (broken) std::cout << session.say(broken_at(*broken)) << "\n";
    if (record.unsigned_entries > 0)
        std::cout << session.say(base::said(
                         "审计有 {} 条是旧版本写的，没有签下业务库的内容，它们写下的没有核对",
                         "{} audit entries are of an earlier version that signed nothing of the "
                         "record: what they wrote is not checked",
                         record.unsigned_entries))
                  << "\n";
    if (whole)
        std::cout << session.say(base::said("一切和写下时一样", "all is as it was written"))
                  << "\n";
    return whole ? 0 : 1;
}

}  // namespace

void add_home_commands(CLI::App& app, Session& session, int& status) {
    auto plan = std::make_shared<std::string>();
    auto record_url = std::make_shared<std::string>();
    CLI::App* init_command = app.add_subcommand(
        "init", session.say(base::said("在方案包上新建数据目录", "Make a home over a plan pack")));
    init_command->fallthrough();
    init_command
        ->add_option("--plan", *plan,
                     session.say(base::said("方案包的文件夹", "The pack's folder")))
        ->required();
    init_command->add_option(
        "--record", *record_url,
        session.say(base::said("业务库；缺省：数据目录里的 SQLite",
                               "The record store; default: SQLite in the home")));
    auto only = std::make_shared<std::string>();
    init_command->add_option(
        "--division", *only,
        session.say(base::said("只要这个区划和它的上级、下级",
                               "Only this division, those below and those above it")));
    init_command->callback([plan, record_url, only, &session, &status] {
        if (!record_url->empty())
            throw base::Failure(base::Fault::input,
                                base::said("这个版本的业务库只用 SQLite",
                                           "this build keeps its record in SQLite only"),
                                *record_url, base::said("去掉 --record", "leave out --record"));
        status = init(*plan, *only, session);
    });

    CLI::App* division = app.add_subcommand(
        "division", session.say(base::said("方案的区划", "Divisions of the plan")));
    division->require_subcommand(1);
    division->fallthrough();
    auto file = std::make_shared<std::string>();
    CLI::App* take = division->add_subcommand(
        "import", session.say(base::said("从 CSV 文件新增或替换区划",
                                         "Add or replace divisions from a CSV file")));
    take->fallthrough();
    take->add_option("FILE", *file, "code,name[,since,until,reporting_parent]")->required();
    take->callback([file, &session, &status] { status = import_divisions(*file, session); });

    CLI::App* batch =
        app.add_subcommand("batch", session.say(base::said("收到的报送", "What was delivered")));
    batch->require_subcommand(1);
    batch->fallthrough();
    auto id = std::make_shared<std::string>();
    CLI::App* list = batch->add_subcommand(
        "list", session.say(base::said("全部批次，谁在何时收的", "All batches, by whom and when")));
    list->fallthrough();
    answers_with_list(*list, session);
    list->callback([&session, &status] {
        home::Home home = session.ask();
        session.print_list(batch_list(home), titles_of(home));
        status = 0;
    });
    for (const auto& [name, what, act] : std::vector<
             std::tuple<const char*, std::string, int (*)(const std::string&, const Session&)>>{
             {"show", session.say(base::said("一个批次", "One batch")), show_batch},
             {"withdraw",
              session.say(
                  base::said("一个批次从现在起不再算数", "A batch stops counting from now on")),
              withdraw}}) {
        CLI::App* command = batch->add_subcommand(name, what);
        command->fallthrough();
        command->add_option("BATCH", *id, session.say(base::said("编号", "Its id")))->required();
        command->callback([id, act = act, &session, &status] { status = act(*id, session); });
    }

    CLI::App* audit =
        app.add_subcommand("audit", session.say(base::said("审计链", "The audit chain")));
    audit->require_subcommand(1);
    audit->fallthrough();
    CLI::App* entries =
        audit->add_subcommand("list", session.say(base::said("审计链的各条", "Its entries")));
    entries->fallthrough();
    answers_with_list(*entries, session);
    entries->callback([&session, &status] { status = audit_list(session); });
    CLI::App* all = audit->add_subcommand(
        "export", session.say(base::said("全部各条，每行一个 JSON 对象",
                                         "All entries, one JSON object a line")));
    all->fallthrough();
    answers_with_list(*all, session);
    all->callback([&session, &status] { status = audit_export(session); });
    CLI::App* chain = audit->add_subcommand(
        "verify", session.say(base::said("从头核对审计链", "Walk the chain")));
    chain->fallthrough();
    chain->callback([&session, &status] { status = audit_verify(session); });

    CLI::App* whole = app.add_subcommand(
        "verify", session.say(base::said("按摘要核对数据目录里的一切",
                                         "Check everything in the home by its digests")));
    whole->fallthrough();
    whole->callback([&session, &status] { status = verify(session); });
}

}  // namespace zs::cli
