#include "cli/means.h"

#include <algorithm>
#include <thread>

#include <fmt/format.h>

#include "base/failure.h"

namespace zs::cli {

base::Month month_asked(const std::string& text) {
    const auto month = base::parse_month(text);
    if (!month)
        throw base::Failure(base::Fault::input,
                            base::said("“{}”不是月份", "'{}' is no month", text), "--month",
                            base::said("写成 2024-09", "write it as 2024-09"));
    return *month;
}

run::Means means_of(const MeansAsked& asked, ProgressBar& bar) {
    if (asked.engine != "duckdb")
        throw base::Failure(
            base::Fault::input,
            base::said("这里没有引擎“{}”", "there is no engine '{}' here", asked.engine),
            "--engine", base::said("写成 --engine duckdb", "use --engine duckdb"));
    run::Means means;
    means.memory = asked.memory;
    means.threads =
        asked.threads.value_or(static_cast<int>(std::max(1u, std::thread::hardware_concurrency())));
    if (means.threads < 1)
        throw base::Failure(
            base::Fault::input, base::said("运行至少要一个线程", "a run takes at least one thread"),
            fmt::format("--threads {}", means.threads),
            base::said("写 1 以上的数，或不写", "write a number from 1, or leave it out"));
    means.progress = [&bar](std::size_t done, std::size_t total, const std::string&) {
        bar.show(done, total, "");
    };
    means.cancelled = &cancelled;
    return means;
}

}  // namespace zs::cli
