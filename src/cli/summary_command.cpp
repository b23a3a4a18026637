#include <algorithm>
#include <iostream>
#include <memory>

#include <fmt/format.h>

#include "ask/summary.h"
#include "base/text.h"
#include "cli/commands.h"

namespace zs::cli {

namespace {

constexpr std::size_t shown_max = 6;

std::string rounded(const std::string& number) {
    const auto exact = base::parse_decimal(number);
    if (!exact) return number.empty() ? "没有数" : number;
    return base::text(exact->scale > 2 ? base::round(*exact, 2) : *exact);
}

void show_counts(const char* heading, const std::vector<ask::Summary::Count>& counts,
                 const char* unit) {
    std::cout << heading << "\n";
    if (counts.empty()) std::cout << "  没有\n";
    for (std::size_t i = 0; i < std::min(shown_max, counts.size()); ++i)
        std::cout << fmt::format("  {}{:>7} {}\n", padded(counts[i].title, 44), counts[i].n, unit);
    if (counts.size() > shown_max)
        std::cout << fmt::format("  另有 {} 项\n", counts.size() - shown_max);
}

void show(const ask::Summary& s) {
    std::cout << fmt::format("{}（{}） {}\n", s.name, s.division, base::text(s.month));
    std::cout << (s.before.empty() ? std::string("\n监测范围以内\n")
                                   : fmt::format("\n监测范围以内（{} → {}）\n",
                                                 base::text(s.before_month), base::text(s.month)));
    for (const auto& f : s.below) {
        std::cout << fmt::format("  {}{:>12}", padded(f.title, 44), rounded(f.now));
        if (!s.before.empty()) std::cout << fmt::format("  （上次 {}）", rounded(f.then));
        if (f.unknown > 0) std::cout << fmt::format("  未知 {} 户", f.unknown);
        std::cout << "\n";
    }
    std::cout << "\n应享未享                                        未享   不足   迟发   未知   "
                 "欠发（元）\n";
    for (const auto& e : s.entitlements) {
        const auto n = [&](const char* status) {
            return e.by_status.contains(status) ? e.by_status.at(status) : 0;
        };
        std::cout << fmt::format("  {}{:>6} {:>6} {:>6} {:>6}   {:>10}\n", padded(e.title, 44),
                                 n("gap"), n("short"), n("late"), n("unknown"),
                                 e.lacking.empty() ? "-" : e.lacking);
    }
    std::cout << "\n";
    show_counts("线索，按风险", s.clues_by_risk, "条");
    std::cout << "\n目标：";
    for (const auto& [status, title] :
         std::vector<std::pair<std::string, std::string>>{{"met", "达到"},
                                                          {"on_track", "进度内"},
                                                          {"behind", "落后"},
                                                          {"missed", "未达到"},
                                                          {"no_data", "没有数"}})
        if (s.targets_by_status.contains(status))
            std::cout << fmt::format("{} {}  ", title, s.targets_by_status.at(status));
    std::cout << "\n";
    for (std::size_t i = 0; i < std::min<std::size_t>(4, s.missed.size()); ++i)
        std::cout << "  " << s.missed[i] << "\n";
    std::cout << "\n";
    show_counts("本次无法知道：本月未交付", s.undelivered, "处");
    show_counts("本次无法知道：判断不了的对象", s.unknown, "个");
    std::cout << "\n";
    show_counts("存疑的数字", s.doubts, "条");
}

Json counts_json(const std::vector<ask::Summary::Count>& counts) {
    std::vector<Json> rows;
    for (const auto& c : counts)
        rows.push_back(Json::object({{"name", Json::text(c.name)},
                                     {"title", Json::text(c.title)},
                                     {"n", Json::number(c.n)}}));
    return Json::list(rows);
}

void show_json(const ask::Summary& s) {
    std::vector<Json> below, entitlements;
    for (const auto& f : s.below)
        below.push_back(
            Json::object({{"indicator", Json::text(f.indicator)},
                          {"title", Json::text(f.title)},
                          {"unit", Json::text(f.unit)},
                          {"value", f.now.empty() ? Json::null() : Json::exact(f.now)},
                          {"before", f.then.empty() ? Json::null() : Json::exact(f.then)},
                          {"unknown", Json::number(f.unknown)}}));
    for (const auto& e : s.entitlements) {
        std::vector<std::pair<std::string, Json>> members{{"rule", Json::text(e.rule)},
                                                          {"title", Json::text(e.title)}};
        for (const auto& [status, n] : e.by_status) members.emplace_back(status, Json::number(n));
        members.emplace_back("lacking", e.lacking.empty() ? Json::null() : Json::exact(e.lacking));
        entitlements.push_back(Json::object(members));
    }
    std::vector<std::pair<std::string, Json>> targets;
    for (const auto& [status, n] : s.targets_by_status)
        targets.emplace_back(status, Json::number(n));
    print(Json::object({{"run", Json::text(s.run)},
                        {"month", Json::text(base::text(s.month))},
                        {"division", Json::text(s.division)},
                        {"below", Json::list(below)},
                        {"entitlements", Json::list(entitlements)},
                        {"clues_by_risk", counts_json(s.clues_by_risk)},
                        {"targets", Json::object(targets)},
                        {"undelivered", counts_json(s.undelivered)},
                        {"unknown", counts_json(s.unknown)},
                        {"doubts", counts_json(s.doubts)}}));
}

}  // namespace

void add_summary_command(CLI::App& app, Session& session, int& status) {
    auto run = std::make_shared<std::string>(), division = std::make_shared<std::string>();
    CLI::App* command =
        app.add_subcommand("summary", "One screen: what a county officer asks first of a run");
    command->fallthrough();
    command->add_option("--run", *run, "A run's id; default: the latest");
    command->add_option("--division", *division, "Of which place; default: the home's own");
    command->callback([run, division, &session, &status] {
        home::Home home = session.open();
        const ask::Summary s = ask::summary(home.results(), home.lake(), *run, *division);
        if (session.json)
            show_json(s);
        else
            show(s);
        status = 0;
    });
}

}  // namespace zs::cli
