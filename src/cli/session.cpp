#include "cli/session.h"

#include <chrono>
#include <iostream>

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <unistd.h>

#include "base/failure.h"
#include "guard/audit.h"
#include "intake/staged_file.h"
#include "lake/divisions.h"
#include "plan/diagnostic.h"

namespace zs::cli {

std::atomic<bool> cancelled{false};

void stop_if_cancelled(const base::Said& done) {
    if (cancelled)
        throw base::Failure(base::Fault::system,
                            base::said("命令被停下", "the command was stopped"), done,
                            base::said("再运行一次做完其余的", "run it again for the rest"));
}

Format Session::list_format() const {
    if (json || format == "json") return Format::json;
    if (format == "csv") return Format::csv;
    if (format == "jsonl") return Format::jsonl;
    if (format == "xlsx") return Format::xlsx;
    return Format::table;
}

home::Home Session::open() const {
    home::Home home = home::open(home_folder);
    intake::sweep_staging(home.staging());
    return home;
}

home::Home Session::ask() const {
    home::Home home = home::open(home_folder);
    home.record.only_read();
    return home;
}

void Session::check_undamaged() const {
    if (!std::filesystem::exists(home_folder / "zengshou.toml")) return;
    home::Home home = ask();
    home.check_record();
    if (guard::broken_chain(home.record, home.keys_folder()) ||
        !guard::compare_with_written(home.record).wrong.empty())
        throw base::Failure(
            base::Fault::system,
            base::said("业务库和写下时不一样", "the record is not as it was written"), "record.db",
            base::said("查看：zengshou verify；用备份恢复数据目录",
                       "see: zengshou verify; restore the home from a backup"));
    const std::set<std::string> damaged = home.damaged_files();
    if (damaged.empty()) return;
    throw base::Failure(
        base::Fault::system,
        base::said("数据目录的文件缺失或损坏", "a file of the home is missing or damaged"),
        *damaged.begin(), base::said("用备份恢复数据目录", "restore the home from a backup"));
}

void Session::print_list(const ask::List& list, const ask::Titles& titles) const {
    if (list_format() == Format::xlsx && output.empty())
        throw base::Failure(base::Fault::input,
                            base::said("工作簿要写到文件里", "a workbook needs a file"),
                            "--format xlsx", base::said("加上 -o FILE.xlsx", "add -o FILE.xlsx"));
    const std::int64_t rows =
        print(list, {.format = list_format(), .bom = bom, .file = output}, titles);
    if (!output.empty()) std::cerr << titles.say(ask::phrase::rows_written, rows, output) << "\n";
}

std::string Session::now() const {
    return fmt::format(
        "{:%Y-%m-%d %H:%M:%S}",
        fmt::gmtime(std::chrono::system_clock::to_time_t(std::chrono::system_clock::now())));
}

plan::Model sound_model(const std::filesystem::path& folder) {
    plan::Checked checked = plan::check(folder);
    if (checked.ok()) return std::move(checked.model);
    std::size_t errors = 0;
    for (const plan::Diagnostic& diagnostic : checked.diagnostics) {
        if (diagnostic.severity != plan::Diagnostic::Severity::error) continue;
        std::cerr << plan::rendered(diagnostic);
        ++errors;
    }
    throw base::Failure(
        base::Fault::input, base::said("方案包有 {} 个错误", "the pack has {} errors", errors),
        folder.string(),
        base::said("改好；查看：zengshou plan check", "mend them; see: zengshou plan check"));
}

ask::Titles titles_of(home::Home& home, const plan::Model& model) {
    return {ask::language_of(home::locale(home)), model, lake::divisions(home.record)};
}

ask::Titles titles_of(home::Home& home) {
    plan::Checked checked;
    if (std::filesystem::exists(home.plan / "plan.toml")) checked = plan::check(home.plan);
    if (checked.ok() && !checked.model.ledgers.empty()) return titles_of(home, checked.model);
    if (const auto latest =
            home.record.first("select plan_digest from run order by seq desc limit 1")) {
        const plan::Checked kept = plan::check(home.runs() / "packs" / latest->text(0));
        if (kept.ok()) return titles_of(home, kept.model);
    }
    return titles_of(home, checked.model);
}

void ProgressBar::show(std::size_t done, std::size_t total, const std::string& what) {
    if (::isatty(STDERR_FILENO) == 0 || total == 0) return;
    shown_ = true;
    const std::size_t width = 24, filled = width * done / total;
    std::cerr << "\r\033[K[" << std::string(filled, '=') << std::string(width - filled, ' ') << "] "
              << done << "/" << total << " " << what.substr(0, 60) << std::flush;
}

ProgressBar::~ProgressBar() {
    if (shown_) std::cerr << "\r\033[K" << std::flush;
}

}  // namespace zs::cli
