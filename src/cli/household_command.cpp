#include <iostream>
#include <memory>

#include <fmt/format.h>

#include "ask/household.h"
#include "base/failure.h"
#include "base/identity.h"
#include "base/text.h"
#include "cli/commands.h"
#include "guard/audit.h"

namespace zs::cli {

namespace {

Json cell_json(const ask::Household::Cell& cell) {
    if (!cell.value) return Json::null();
    if (cell.kind == ask::List::Kind::number) return Json::exact(*cell.value);
    if (cell.kind == ask::List::Kind::boolean) return Json::truth(*cell.value == "true");
    return Json::text(*cell.value);
}

Json cells_json(const std::vector<ask::Household::Cell>& cells) {
    std::vector<std::pair<std::string, Json>> members;
    for (const auto& cell : cells) members.emplace_back(cell.field, cell_json(cell));
    return Json::object(std::move(members));
}

void show_json(const ask::Household& h) {
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
                        {"findings", list_json(h.findings)}}));
}

std::string sentence(const std::vector<ask::Household::Cell>& cells) {
    std::string text;
    for (const auto& cell : cells)
        if (cell.value)
            text += fmt::format("{}{} {}", text.empty() ? "" : ", ",
                                cell.title.empty() ? cell.field : cell.title, *cell.value);
    return base::one_line(text);
}

void show(const ask::Household& h) {
    std::cout << fmt::format("household {}  {} {}  as of {}\n  {}\n", h.household, h.division,
                             h.name, base::text(h.month), sentence(h.cells));
    for (const auto& member : h.members)
        std::cout << fmt::format("{} {}\n  {}\n", member.grain, member.key, sentence(member.cells));
    for (const auto& ledger : h.ledgers) {
        std::cout << fmt::format("\nledger {} ({})\n", ledger.ledger, ledger.title);
        print(ledger.rows, Format::table);
    }
    if (!h.features.empty()) std::cout << "\nfeatures\n";
    for (const auto& feature : h.features)
        std::cout << fmt::format("  {} {}  {}{} = {}\n", feature.grain, feature.subject,
                                 feature.name,
                                 feature.window.empty() ? "" : "  [" + feature.window + "]",
                                 base::one_line(feature.value.value_or("unknown")));
    std::cout << fmt::format("\nfindings of run {}\n", h.run.empty() ? "(none yet)" : h.run);
    for (const auto& row : h.findings.rows)
        std::cout << fmt::format("  {}  {} {}  {}  {}\n", row[0].value_or(""), row[2].value_or(""),
                                 row[4].value_or(""), row[7].value_or(""),
                                 base::one_line(row[13].value_or("")));
}

}  // namespace

void add_household_command(CLI::App& app, Session& session, int& status) {
    struct Arguments {
        std::string asked, purpose;
        bool reveal = false;
    };
    auto arguments = std::make_shared<Arguments>();
    CLI::App* command =
        app.add_subcommand("household", "One household whole: members, rows, features, findings");
    command->fallthrough();
    command
        ->add_option("KEY|ID", arguments->asked,
                     "A household's key, a member's, or the ID number of either")
        ->required();
    command->add_flag("--reveal", arguments->reveal,
                      "Show ID numbers and names; it is written down");
    command->add_option("--purpose", arguments->purpose, "What they are looked at for");
    command->callback([arguments, &session, &status] {
        if (arguments->reveal && arguments->purpose.empty())
            throw base::Failure(base::Fault::input, "who reveals identity says what for",
                                "--reveal", "add --purpose \"…\"");
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
        if (session.json)
            show_json(found);
        else
            show(found);
        status = 0;
    });
}

}  // namespace zs::cli
