#include <iostream>
#include <memory>

#include <fmt/format.h>

#include "base/failure.h"
#include "cli/commands.h"
#include "simulate/simulate.h"

namespace zs::cli {

namespace {

struct SimulateArguments {
    std::string division, months, output, truth, divisions;
    std::int64_t households = 0;
    std::uint64_t seed = 1;
};

simulate::Request request_of(const SimulateArguments& arguments, const Session& session) {
    simulate::Request request;
    const std::size_t dots = arguments.months.find("..");
    const auto first = base::parse_month(arguments.months.substr(0, dots));
    const auto last =
        dots == std::string::npos ? first : base::parse_month(arguments.months.substr(dots + 2));
    if (!first || !last)
        throw base::Failure(
            base::Fault::input,
            base::said("“{}”不是月份范围", "'{}' is no range of months", arguments.months),
            "--months", base::said("写成 2024-01..2024-12", "write it as 2024-01..2024-12"));
    request.first = *first;
    request.last = *last;
    request.division = arguments.division;
    if (arguments.households > 0) request.households = arguments.households;
    request.seed = arguments.seed;
    request.output = arguments.output;
    if (!arguments.truth.empty()) request.truth = arguments.truth;
    if (!arguments.divisions.empty()) {
        request.divisions = arguments.divisions;
    } else {
        // The divisions of the home's pack.
        const home::Home home = session.ask();
        const plan::Model model = sound_model(home.plan);
        request.divisions = home.plan / model.divisions_file;
    }
    return request;
}

}  // namespace

void add_simulate_command(CLI::App& app, Session& session, int& status) {
    auto arguments = std::make_shared<SimulateArguments>();
    CLI::App* command = app.add_subcommand(
        "simulate", session.say(base::said(
                        "真实区划上编造的人口，和各部门的文件",
                        "A made-up population on real divisions, and its departments' files")));
    command->fallthrough();
    command
        ->add_option(
            "--division", arguments->division,
            session.say(base::said("哪个区划的人口：区划代码", "Whose people: a division's code")))
        ->required();
    command->add_option("--households", arguments->households,
                        session.say(base::said("一共多少户；缺省：照这样的村通常的户数",
                                               "In all; default: as many as such villages have")));
    command->add_option("--months", arguments->months, "2024-01..2024-12")->required();
    command->add_option(
        "--seed", arguments->seed,
        session.say(base::said("种子相同，文件逐字节相同", "The same seed gives the same bytes")));
    command
        ->add_option("-o,--output", arguments->output,
                     session.say(base::said("放文件的新文件夹", "A new folder for the files")))
        ->required();
    command->add_option(
        "--truth", arguments->truth,
        session.say(base::said("放真实情况的新文件夹", "A new folder for what is true")));
    command->add_option(
        "--divisions", arguments->divisions,
        session.say(base::said("区划文件；缺省：数据目录里方案包的",
                               "A divisions file; default: that of the home's pack")));
    command->callback([arguments, &session, &status] {
        ProgressBar bar;
        const simulate::Report report = simulate::simulate(
            request_of(*arguments, session), [&](std::int64_t done, std::int64_t all) {
                bar.show(static_cast<std::size_t>(done), static_cast<std::size_t>(all),
                         session.say(base::said("村", "villages")));
            });
        if (session.json)
            print(Json::object({{"villages", Json::number(report.villages)},
                                {"households", Json::number(report.households)},
                                {"persons", Json::number(report.persons)},
                                {"files", Json::number(report.files)},
                                {"rows", Json::number(report.rows)},
                                {"history", Json::text(base::text(report.history))}}));
        else
            std::cout << session.say(base::said(
                             "{} 个村，{} 户，{} 人：{} 个文件，{} 行，自 {} 起",
                             "{} villages, {} households, {} persons: {} files with {} rows from "
                             "{} on",
                             report.villages, report.households, report.persons, report.files,
                             report.rows, base::text(report.history)))
                      << "\n";
        status = 0;
    });
}

}  // namespace zs::cli
