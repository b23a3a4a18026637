#include <algorithm>
#include <array>
#include <iostream>
#include <memory>

#include <fmt/format.h>

#include "ask/summary.h"
#include "base/text.h"
#include "cli/commands.h"
#include "run/keep.h"

namespace zs::cli {

namespace {

namespace phrase = ask::phrase;
using ask::Summary;

constexpr std::size_t shown_max = 6, figures_max = 12;
constexpr std::size_t title_width = 44;

/// The one screen, written line by line.
class Screen {
public:
    Screen(const Summary& summary, const ask::Titles& titles) : s_(summary), titles_(titles) {}

    void show() const {
        std::cout << fmt::format("{}{} {}\n", s_.name, say(phrase::in_brackets, s_.division),
                                 base::text(s_.month));
        if (s_.nothing_delivered) std::cout << say(phrase::nothing_delivered) << "\n";
        show_below();
        show_entitlements();
        std::int64_t clues = 0;
        for (const auto& c : s_.clues) clues += c.n;
        std::cout << "\n";
        show_counts(say(phrase::clues, clues, s_.severe), s_.clues, phrase::piece);
        show_counts(say(phrase::by_risk), s_.clues_by_risk, phrase::piece);
        show_targets();
        std::cout << "\n";
        show_counts(say(phrase::undelivered), s_.undelivered, phrase::places);
        show_unknown();
        std::cout << "\n";
        show_counts(say(phrase::doubts), s_.doubts, phrase::doubt);
    }

private:
    template <typename... Parts>
    std::string say(const ask::Phrase& phrase, const Parts&... parts) const {
        return titles_.say(phrase, parts...);
    }

    /// What is said where there is nothing to tell: that there is none, or that nobody knows.
    std::string nothing() const {
        return say(s_.nothing_delivered ? phrase::not_known_yet : phrase::none);
    }

    void show_more(std::size_t all, std::size_t shown) const {
        if (all > shown) std::cout << "  " << say(phrase::more, all - shown) << "\n";
    }

    void show_counts(const std::string& heading, const std::vector<Summary::Count>& counts,
                     const ask::Phrase& unit) const {
        std::cout << heading << "\n";
        if (counts.empty()) std::cout << "  " << nothing() << "\n";
        for (std::size_t i = 0; i < std::min(shown_max, counts.size()); ++i)
            std::cout << fmt::format("  {}{:>7} {}\n", padded(counts[i].title, title_width),
                                     counts[i].n, say(unit));
        show_more(counts.size(), shown_max);
    }

    std::string figure(const std::string& indicator, const std::string& digits) const {
        return digits.empty() ? say(phrase::no_figure) : titles_.figure(indicator, digits);
    }

    void show_below() const {
        std::cout << "\n" << say(s_.on_line ? phrase::line_and_income : phrase::indicators);
        if (!s_.before.empty())
            std::cout << say(phrase::of_run_before, base::text(s_.before_month));
        std::cout << "\n";
        if (s_.below.empty()) std::cout << "  " << nothing() << "\n";
        for (std::size_t i = 0; i < std::min(figures_max, s_.below.size()); ++i) {
            const auto& f = s_.below[i];
            const std::string unit = titles_.unit(f.indicator), now = figure(f.indicator, f.now);
            const std::size_t cells = base::cells(now);
            std::cout << fmt::format("  {}{}{}{}", padded(f.title, title_width),
                                     std::string(cells < 12 ? 12 - cells : 0, ' '), now,
                                     unit.empty() || f.now.empty() ? "" : " " + unit);
            if (!s_.before.empty())
                std::cout << say(phrase::in_brackets, figure(f.indicator, f.then));
            if (f.unknown > 0)
                std::cout << "  " << say(phrase::unknown_subjects, f.unknown, f.subjects);
            std::cout << "\n";
        }
        show_more(s_.below.size(), figures_max);
    }

    void show_entitlements() const {
        constexpr std::array statuses = {"gap", "short", "late", "excess", "improper", "unknown"};
        std::cout << "\n" << padded(say(phrase::entitlements), title_width + 2);
        for (const auto* word : {&phrase::gap, &phrase::short_of, &phrase::late, &phrase::excess,
                                 &phrase::improper, &phrase::unknown}) {
            const std::string text = say(*word);
            std::cout << " " << std::string(base::cells(text) < 8 ? 8 - base::cells(text) : 0, ' ')
                      << text;
        }
        std::cout << "  " << say(phrase::lacking) << "\n";
        if (s_.entitlements.empty()) std::cout << "  " << nothing() << "\n";
        for (const auto& e : s_.entitlements) {
            const std::string title = e.title + say(phrase::in_brackets, e.grain);
            std::cout << "  "
                      << padded(base::cells(title) <= title_width ? title : e.title, title_width);
            for (const char* status : statuses)
                std::cout << fmt::format(" {:>8}",
                                         e.by_status.contains(status) ? e.by_status.at(status) : 0);
            std::cout << fmt::format("  {:>10}\n", e.lacking.empty() ? "-" : e.lacking);
        }
    }

    void show_targets() const {
        std::cout << "\n" << say(phrase::targets, s_.month.year());
        for (const char* status : {"met", "on_track", "behind", "missed", "no_data"})
            if (s_.targets_by_status.contains(status))
                std::cout << fmt::format("  {} {}", titles_.word(status),
                                         s_.targets_by_status.at(status));
        std::cout << "\n";
        if (s_.targets_by_status.empty()) std::cout << "  " << say(phrase::no_targets) << "\n";
        for (std::size_t i = 0; i < std::min(shown_max, s_.missed.size()); ++i) {
            const auto& m = s_.missed[i];
            const std::string value = figure(m.target, m.value);
            const std::size_t cells = base::cells(value);
            std::cout << "  " << padded(m.title, title_width)
                      << std::string(cells < 12 ? 12 - cells : 0, ' ')
                      << say(phrase::should_be, value, m.comparison, figure(m.target, m.bound),
                             titles_.word(m.status))
                      << "\n";
        }
        show_more(s_.missed.size(), shown_max);
        for (const auto& target : s_.without_figure)
            std::cout << "  " << padded(target.title, title_width) << "  "
                      << (target.why.empty() ? say(phrase::no_figure)
                                             : say(phrase::target_without_figure, target.why))
                      << "\n";
    }

    void show_unknown() const {
        if (s_.nothing_delivered || !s_.unknown.empty() || s_.missing_registers.empty())
            show_counts(say(phrase::cannot_judge), s_.unknown, phrase::subjects);
        else
            std::cout << say(phrase::cannot_judge) << "\n";
        if (s_.nothing_delivered) return;
        for (const std::string& title : s_.missing_registers)
            std::cout << "  " << say(phrase::register_missing, title) << "\n";
    }

    const Summary& s_;
    const ask::Titles& titles_;
};

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
    std::vector<Json> without, registers;
    for (const auto& target : s.without_figure)
        without.push_back(Json::object({{"target", Json::text(target.target)},
                                        {"title", Json::text(target.title)},
                                        {"why", Json::text(target.why)}}));
    for (const std::string& title : s.missing_registers) registers.push_back(Json::text(title));
    std::vector<std::pair<std::string, Json>> targets;
    for (const auto& [status, n] : s.targets_by_status)
        targets.emplace_back(status, Json::number(n));
    print(Json::object({{"run", Json::text(s.run)},
                        {"month", Json::text(base::text(s.month))},
                        {"division", Json::text(s.division)},
                        {"nothing_delivered", Json::truth(s.nothing_delivered)},
                        {"below", Json::list(below)},
                        {"entitlements", Json::list(entitlements)},
                        {"clues_by_risk", counts_json(s.clues_by_risk)},
                        {"clues", counts_json(s.clues)},
                        {"severe", Json::number(s.severe)},
                        {"targets", Json::object(targets)},
                        {"missed", Json::list(missed)},
                        {"without_figure", Json::list(without)},
                        {"undelivered", counts_json(s.undelivered)},
                        {"unknown", counts_json(s.unknown)},
                        {"missing_registers", Json::list(registers)},
                        {"doubts", counts_json(s.doubts)}}));
}

}  // namespace

void add_summary_command(CLI::App& app, Session& session, int& status) {
    auto run = std::make_shared<std::string>(), division = std::make_shared<std::string>();
    CLI::App* command = app.add_subcommand(
        "summary",
        session.say(base::said("一屏摘要：县里对一次运行先问的事",
                               "One screen: what a county officer asks first of a run")));
    command->fallthrough();
    command->add_option(
        "--run", *run,
        session.say(base::said("运行的编号；缺省：最近一次", "A run's id; default: the latest")));
    command->add_option("--division", *division,
                        session.say(base::said("哪个地方；缺省：数据目录自己的",
                                               "Of which place; default: the home's own")));
    command->callback([run, division, &session, &status] {
        home::Home home = session.ask();
        const std::string asked = ask::chosen_run(home.results(), *run);
        ask::known_division(home.record, *division);
        const plan::Model model = run::model_of_run(home.record, home.runs(), asked);
        const ask::Titles titles = titles_of(home, model);
        const ask::Summary s =
            ask::summary(home.results(), home.lake(), model, titles, asked, *division);
        if (session.json)
            show_json(s);
        else
            Screen(s, titles).show();
        status = 0;
    });
}

}  // namespace zs::cli
