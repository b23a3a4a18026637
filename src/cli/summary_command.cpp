#include <algorithm>
#include <array>
#include <iostream>
#include <map>
#include <memory>

#include <fmt/format.h>

#include "ask/summary.h"
#include "base/text.h"
#include "cli/commands.h"

namespace zs::cli {

namespace {

constexpr std::size_t shown_max = 6, figures_max = 12;

std::string rounded(const std::string& number, int places = 2) {
    const auto exact = base::parse_decimal(number);
    if (!exact) return number.empty() ? "没有数" : number;
    return base::text(exact->scale > places ? base::round(*exact, places) : *exact);
}

std::string title_of_unit(const std::string& unit) {
    if (unit == "persons") return "人";
    if (unit == "households") return "户";
    return unit == "yuan" ? "元" : "";
}

std::string title_of_status(const std::string& status) {
    static const std::map<std::string, std::string> titles = {{"met", "达到"},
                                                              {"on_track", "进度内"},
                                                              {"behind", "落后"},
                                                              {"missed", "未达到"},
                                                              {"no_data", "没有数"}};
    const auto found = titles.find(status);
    return found == titles.end() ? status : found->second;
}

void show_counts(const std::string& heading, const std::vector<ask::Summary::Count>& counts,
                 const char* unit) {
    std::cout << heading << "\n";
    if (counts.empty()) std::cout << "  没有\n";
    for (std::size_t i = 0; i < std::min(shown_max, counts.size()); ++i)
        std::cout << fmt::format("  {}{:>7} {}\n", padded(counts[i].title, 44), counts[i].n, unit);
    if (counts.size() > shown_max)
        std::cout << fmt::format("  另有 {} 项\n", counts.size() - shown_max);
}

void show_below(const ask::Summary& s) {
    std::cout << (s.on_line ? "\n监测范围和收入" : "\n指标");
    if (!s.before.empty())
        std::cout << fmt::format("（括号里是 {} 的运行）", base::text(s.before_month));
    std::cout << "\n";
    if (s.below.empty()) std::cout << "  没有\n";
    for (std::size_t i = 0; i < std::min(figures_max, s.below.size()); ++i) {
        const auto& f = s.below[i];
        const std::string unit = title_of_unit(f.unit);
        std::cout << fmt::format("  {}{:>12}{}", padded(f.title, 44), rounded(f.now),
                                 unit.empty() || f.now.empty() ? "" : " " + unit);
        if (!s.before.empty()) std::cout << fmt::format("（{}）", rounded(f.then));
        if (f.unknown > 0) std::cout << fmt::format("  未知 {} {}", f.unknown, f.subjects);
        std::cout << "\n";
    }
    if (s.below.size() > figures_max)
        std::cout << fmt::format("  另有 {} 项\n", s.below.size() - figures_max);
}

void show_entitlements(const ask::Summary& s) {
    constexpr std::array statuses = {"gap", "short", "late", "excess", "improper", "unknown"};
    std::cout << "\n" << padded("应享的政策", 46);
    for (const char* word : {"未享", "不足", "迟发", "多发", "不应", "未知"})
        std::cout << " " << std::string(2, ' ') << word;
    std::cout << "    欠发（元）\n";
    if (s.entitlements.empty()) std::cout << "  没有\n";
    for (const auto& e : s.entitlements) {
        const std::string title = e.title + "（" + e.grain + "）";
        std::cout << "  " << padded(base::cells(title) <= 44 ? title : e.title, 44);
        for (const char* status : statuses)
            std::cout << fmt::format(" {:>6}",
                                     e.by_status.contains(status) ? e.by_status.at(status) : 0);
        std::cout << fmt::format("  {:>12}\n", e.lacking.empty() ? "-" : e.lacking);
    }
}

void show_targets(const ask::Summary& s) {
    std::cout << fmt::format("\n{} 年目标", s.month.year());
    for (const char* status : {"met", "on_track", "behind", "missed", "no_data"})
        if (s.targets_by_status.contains(status))
            std::cout << fmt::format("  {} {}", title_of_status(status),
                                     s.targets_by_status.at(status));
    std::cout << (s.targets_by_status.empty() ? "\n  这里没有目标\n" : "\n");
    for (std::size_t i = 0; i < std::min(shown_max, s.missed.size()); ++i)
        std::cout << fmt::format("  {}{:>12}，应 {} {}（{}）\n", padded(s.missed[i].title, 44),
                                 rounded(s.missed[i].value, 4), s.missed[i].comparison,
                                 rounded(s.missed[i].bound, 4),
                                 title_of_status(s.missed[i].status));
    if (s.missed.size() > shown_max)
        std::cout << fmt::format("  另有 {} 项\n", s.missed.size() - shown_max);
}

void show(const ask::Summary& s) {
    std::cout << fmt::format("{}（{}） {}\n", s.name, s.division, base::text(s.month));
    show_below(s);
    show_entitlements(s);
    std::int64_t clues = 0;
    for (const auto& c : s.clues) clues += c.n;
    std::cout << "\n";
    show_counts(fmt::format("线索 {} 条，其中高风险 {} 条；按规则", clues, s.severe), s.clues,
                "条");
    show_counts("按风险", s.clues_by_risk, "条");
    show_targets(s);
    std::cout << "\n";
    show_counts("没有交来的（本月，台账）", s.undelivered, "处");
    show_counts("判断不了的（缺数据，全部区划）", s.unknown, "个");
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
    std::vector<Json> missed;
    for (const auto& m : s.missed)
        missed.push_back(
            Json::object({{"target", Json::text(m.target)},
                          {"title", Json::text(m.title)},
                          {"status", Json::text(m.status)},
                          {"value", m.value.empty() ? Json::null() : Json::exact(m.value)},
                          {"bound", m.bound.empty() ? Json::null() : Json::exact(m.bound)}}));
    std::vector<std::pair<std::string, Json>> targets;
    for (const auto& [status, n] : s.targets_by_status)
        targets.emplace_back(status, Json::number(n));
    print(Json::object({{"run", Json::text(s.run)},
                        {"month", Json::text(base::text(s.month))},
                        {"division", Json::text(s.division)},
                        {"below", Json::list(below)},
                        {"entitlements", Json::list(entitlements)},
                        {"clues_by_risk", counts_json(s.clues_by_risk)},
                        {"clues", counts_json(s.clues)},
                        {"severe", Json::number(s.severe)},
                        {"targets", Json::object(targets)},
                        {"missed", Json::list(missed)},
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
        home::Home home = session.ask();
        const ask::Summary s = ask::summary(home.results(), home.lake(), *run, *division);
        if (session.json)
            show_json(s);
        else
            show(s);
        status = 0;
    });
}

}  // namespace zs::cli
