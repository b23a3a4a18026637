#include <iostream>
#include <memory>

#include <fmt/format.h>

#include "ask/household.h"
#include "base/failure.h"
#include "base/identity.h"
#include "base/text.h"
#include "cli/commands.h"
#include "cli/held_json.h"
#include "guard/audit.h"

namespace zs::cli {

namespace {

namespace phrase = ask::phrase;

Json cell_json(const ask::Household::Cell& cell) {
    if (!cell.value) return Json::null();
    if (cell.column.kind == ask::List::Kind::number) return Json::exact(*cell.value);
    if (cell.column.kind == ask::List::Kind::boolean) return Json::truth(*cell.value == "true");
    return Json::text(*cell.value);
}

Json cells_json(const std::vector<ask::Household::Cell>& cells) {
    std::vector<std::pair<std::string, Json>> members;
    for (const auto& cell : cells) members.emplace_back(cell.column.name, cell_json(cell));
    return Json::object(std::move(members));
}

void show_json(const ask::Household& h, const ask::Titles& titles) {
    std::vector<Json> people, ledgers, features;
    for (const auto& member : h.members)
        people.push_back(Json::object({{"grain", Json::text(member.grain)},
                                       {"key", Json::text(member.key)},
                                       {"fields", cells_json(member.cells)}}));
    for (const auto& ledger : h.ledgers)
        ledgers.push_back(Json::object({{"ledger", Json::text(ledger.ledger)},
                                        {"title", Json::text(ledger.title)},
                                        {"rows", list_json(ledger.rows)}}));
    for (const auto& feature : h.features)
        features.push_back(
            Json::object({{"grain", Json::text(feature.grain)},
                          {"subject", Json::text(feature.subject)},
                          {"name", Json::text(feature.name)},
                          {"title", Json::text(feature.title)},
                          {"window", Json::text(feature.window)},
                          {"value", feature.value ? Json::text(*feature.value) : Json::null()}}));
    print(Json::object({{"household", Json::text(h.household)},
                        {"division", Json::text(h.division)},
                        {"name", Json::text(h.name)},
                        {"run", Json::text(h.run)},
                        {"month", Json::text(base::text(h.month))},
                        {"fields", cells_json(h.cells)},
                        {"members", Json::list(people)},
                        {"ledgers", Json::list(ledgers)},
                        {"features", Json::list(features)},
                        {"findings", list_json(titles.beside(h.findings))},
                        {"held", held_json(h.held)}}));
}

std::string sentence(const std::vector<ask::Household::Cell>& cells, const ask::Titles& titles) {
    std::vector<std::string> parts;
    for (const auto& cell : cells)
        if (cell.value)
            parts.push_back(fmt::format("{} {}", titles.heading(cell.column),
                                        titles.shown(cell.column, cell.value)));
    return base::one_line(base::join(parts, titles.say(phrase::comma)));
}

void show_features(const ask::Household& h, const ask::Titles& titles) {
    if (h.features.empty()) return;
    std::cout << "\n" << titles.say(phrase::features) << "\n";
    for (const auto& feature : h.features) {
        const std::string value =
            !feature.value ? titles.say(phrase::unknown)
            : feature.kind == ask::List::Kind::boolean
                ? titles.say(*feature.value == "true" ? phrase::yes : phrase::no)
                : base::one_line(*feature.value);
        std::cout << fmt::format(
            "  {} {}  {}{} = {}\n", titles.grain(feature.grain), feature.subject,
            feature.title.empty() ? feature.name : feature.title,
            feature.window.empty() ? "" : "  [" + titles.window(feature.window) + "]", value);
    }
}

void show(const ask::Household& h, const ask::Titles& titles) {
    std::cout << titles.say(phrase::household, h.household, h.division, titles.place(h.division),
                            base::text(h.month))
              << fmt::format("\n  {}\n", sentence(h.cells, titles));
    for (const auto& member : h.members)
        std::cout << fmt::format("{} {}\n  {}\n", titles.grain(member.grain), member.key,
                                 sentence(member.cells, titles));
    for (const auto& ledger : h.ledgers) {
        std::cout << "\n" << titles.say(phrase::ledger, titles.ledger(ledger.ledger)) << "\n";
        print(ledger.rows, {}, titles);
    }
    if (!h.held.empty()) std::cout << "\n" << titles.say(phrase::held) << "\n";
    for (const auto& held : h.held)
        std::cout << "  "
                  << base::one_line(titles.say(phrase::held_line, held.month,
                                               titles.ledger(held.ledger), held.file, held.line,
                                               held.say, held.batch))
                  << "\n";
    show_features(h, titles);
    std::cout << "\n"
              << (h.run.empty() ? titles.say(phrase::no_run_yet)
                                : titles.say(phrase::findings_of, h.run))
              << "\n";
    for (std::size_t row = 0; row < h.findings.rows.size(); ++row)
        std::cout << fmt::format("  {}  {}  {}  {}  {}\n", h.findings.cell(row, "finding"),
                                 titles.definition(h.findings.cell(row, "rule")),
                                 h.findings.cell(row, "subject"),
                                 titles.word(h.findings.cell(row, "status")),
                                 base::one_line(h.findings.cell(row, "say")));
}

}  // namespace

void add_household_command(CLI::App& app, Session& session, int& status) {
    struct Arguments {
        std::string asked, purpose;
        bool reveal = false;
    };
    auto arguments = std::make_shared<Arguments>();
    CLI::App* command = app.add_subcommand(
        "household",
        session.say(base::said("一户的全部：人、行、数据、发现",
                               "One household whole: members, rows, features, findings")));
    command->fallthrough();
    command
        ->add_option(
            "KEY|ID", arguments->asked,
            session.say(base::said("户编号、人编号，或身份证号",
                                   "A household's key, a member's, or the ID number of either")))
        ->required();
    command->add_flag("--reveal", arguments->reveal,
                      session.say(base::said("显示证号和姓名；会记入审计",
                                             "Show ID numbers and names; it is written down")));
    command->add_option("--purpose", arguments->purpose,
                        session.say(base::said("查看的用途", "What they are looked at for")));
    command->callback([arguments, &session, &status] {
        if (arguments->reveal && arguments->purpose.empty())
            throw base::Failure(
                base::Fault::input,
                base::said("查看明文要写明用途", "who reveals identity says what for"), "--reveal",
                base::said("加上 --purpose \"…\"", "add --purpose \"…\""));
        home::Home home = arguments->reveal ? session.open() : session.ask();
        const plan::Model model = sound_model(home.plan);
        const ask::Household found =
            ask::household(home.results(), home.lake(), model, arguments->asked,
                           {.keys = home.keys, .reveal = arguments->reveal});
        if (arguments->reveal) {
            record::Transaction transaction(home.record);
            guard::append_audit(home.record, session.now(), session.user, "reveal",
                                fmt::format("household {}: {}", found.household,
                                            base::mask_id_numbers(arguments->purpose)));
            transaction.commit();
        }
        const ask::Titles titles = titles_of(home, model);
        if (session.json)
            show_json(found, titles);
        else
            show(found, titles);
        status = 0;
    });
}

}  // namespace zs::cli
