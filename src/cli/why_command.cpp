#include <functional>
#include <iostream>
#include <memory>

#include <fmt/format.h>

#include "ask/why.h"
#include "base/text.h"
#include "cli/commands.h"
#include "cli/held_json.h"
#include "run/keep.h"

namespace zs::cli {

namespace {

namespace phrase = ask::phrase;

void show_json(const ask::Why& answer, const ask::Titles& titles) {
    std::vector<Json> parameters, features, sources;
    for (const auto& p : answer.parameters)
        parameters.push_back(Json::object({{"name", Json::text(p.name)},
                                           {"title", Json::text(p.title)},
                                           {"value", Json::text(p.value)},
                                           {"division", Json::text(p.division)},
                                           {"from", Json::text(p.from)},
                                           {"source", Json::text(p.source)}}));
    for (const auto& f : answer.features)
        features.push_back(
            Json::object({{"name", Json::text(f.name)},
                          {"title", Json::text(f.title)},
                          {"window", Json::text(f.window)},
                          {"value", f.value ? Json::text(*f.value) : Json::null()}}));
    for (const auto& s : answer.sources)
        sources.push_back(Json::object({{"batch", Json::text(s.batch)},
                                        {"ledger", Json::text(s.ledger)},
                                        {"month", Json::text(s.month)},
                                        {"file", Json::text(s.file)},
                                        {"line", Json::number(s.line)}}));
    print(
        Json::object({{"finding", Json::text(answer.finding)},
                      {"run", Json::text(answer.run)},
                      {"rule", Json::text(answer.rule)},
                      {"title", Json::text(titles.definition(answer.rule))},
                      {"kind", Json::text(answer.kind)},
                      {"clause", Json::object({{"file", Json::text(answer.file)},
                                               {"line", Json::number(std::int64_t{answer.line})}})},
                      {"subject", Json::text(answer.subject)},
                      {"division", Json::text(answer.division)},
                      {"status", Json::text(answer.status)},
                      {"say", Json::text(answer.say)},
                      {"parameters", Json::list(parameters)},
                      {"features", Json::list(features)},
                      {"sources", Json::list(sources)},
                      {"held", held_json(answer.held)}}));
}

void show_parameters(const ask::Why& answer, const ask::Titles& titles,
                     const std::function<void(const ask::Phrase&, const std::string&)>& line) {
    for (const auto& p : answer.parameters) {
        std::string about =
            p.division.empty() ? titles.say(phrase::everywhere) : titles.place(p.division);
        about += titles.say(phrase::comma) + (p.from.empty() ? titles.say(phrase::by_default)
                                                             : titles.say(phrase::from, p.from));
        if (!p.source.empty()) about += titles.say(phrase::semicolon) + p.source;
        line(phrase::parameter,
             fmt::format("{} = {}{}", p.title, p.shown, titles.say(phrase::in_brackets, about)));
    }
}

void show(const ask::Why& answer, const ask::Titles& titles) {
    std::cout << fmt::format("{}  {} {}  {}  {}\n{}\n", titles.definition(answer.rule),
                             titles.grain(answer.grain), answer.subject,
                             titles.place(answer.division), titles.word(answer.status),
                             base::one_line(answer.say));
    const auto line = [&](const ask::Phrase& what, const std::string& text) {
        std::cout << padded(what.in(titles.language()), 11) << base::one_line(text) << "\n";
    };
    line(phrase::clause, fmt::format("{}:{}", answer.file, answer.line));
    show_parameters(answer, titles, line);
    for (const auto& f : answer.features) {
        const std::string value = !f.value ? titles.say(phrase::unknown)
                                  : f.kind == ask::List::Kind::boolean
                                      ? titles.say(*f.value == "true" ? phrase::yes : phrase::no)
                                      : *f.value;
        line(phrase::feature,
             fmt::format("{}{} = {}", f.title.empty() ? f.name : f.title,
                         f.window.empty() ? "" : " [" + titles.window(f.window) + "]", value));
    }
    for (const auto& s : answer.sources)
        line(phrase::source, titles.say(phrase::source_line, s.month, titles.ledger(s.ledger),
                                        s.file, s.line, s.batch));
    for (const auto& h : answer.held)
        line(phrase::held, titles.say(phrase::held_line, h.month, titles.ledger(h.ledger), h.file,
                                      h.line, h.say, h.batch));
}

int why(const std::string& finding, const Session& session) {
    home::Home home = session.ask();
    const ask::Why answer = ask::why(home.results(), home.lake(), home.keys, finding);
    const ask::Titles titles =
        titles_of(home, run::model_of_run(home.record, home.runs(), answer.run));
    if (session.json)
        show_json(answer, titles);
    else
        show(answer, titles);
    return 0;
}

}  // namespace

void add_why_command(CLI::App& app, Session& session, int& status) {
    auto finding = std::make_shared<std::string>();
    CLI::App* command = app.add_subcommand(
        "why", session.say(base::said(
                   "一条发现背后的条款、规则、参数、数据和来源行",
                   "Clause, rule, parameters, features and source lines behind a finding")));
    command->fallthrough();
    command
        ->add_option("FINDING", *finding, session.say(base::said("发现的编号", "A finding's id")))
        ->required();
    command->callback([finding, &session, &status] { status = why(*finding, session); });
}

}  // namespace zs::cli
