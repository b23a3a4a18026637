#include "cli/session.h"

#include <chrono>
#include <iostream>

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <unistd.h>

#include "base/failure.h"
#include "plan/diagnostic.h"

namespace zs::cli {

std::atomic<bool> cancelled{false};

void stop_if_cancelled(const std::string& done) {
    if (cancelled)
        throw base::Failure(base::Fault::system, "the command was stopped", done,
                            "run it again for the rest");
}

Format Session::list_format() const {
    if (json || format == "json") return Format::json;
    if (format == "csv") return bom ? Format::csv_with_bom : Format::csv;
    if (format == "jsonl") return Format::jsonl;
    return Format::table;
}

home::Home Session::ask() const {
    home::Home home = open();
    home.record.only_read();
    return home;
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
    throw base::Failure(base::Fault::input, fmt::format("the pack has {} errors", errors),
                        folder.string(), "mend them; see: zengshou plan check");
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
