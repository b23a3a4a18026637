#include "plan/diagnostic.h"

#include <algorithm>
#include <tuple>

#include <fmt/format.h>

#include "base/text.h"

namespace zs::plan {

namespace {

/// The first `count` characters of a UTF-8 text.
std::string_view first_characters(std::string_view text, std::size_t count) {
    std::size_t at = 0;
    for (; at < text.size(); ++at) {
        if ((static_cast<unsigned char>(text[at]) & 0xC0) == 0x80) continue;
        if (count == 0) break;
        --count;
    }
    return text.substr(0, at);
}

}  // namespace

std::string rendered(const Diagnostic& diagnostic) {
    std::string result = fmt::format(
        "{}:{}:{}: {}: {}\n", diagnostic.place.file, diagnostic.place.line, diagnostic.place.column,
        diagnostic.severity == Diagnostic::Severity::error ? "error" : "warning",
        diagnostic.message);
    if (!diagnostic.source.empty() && diagnostic.place.column > 0) {
        const auto before = static_cast<std::size_t>(diagnostic.place.column - 1);
        const std::string_view lead = first_characters(diagnostic.source, before);
        const std::string_view marked =
            first_characters(std::string_view(diagnostic.source).substr(lead.size()),
                             static_cast<std::size_t>(std::max(1, diagnostic.length)));
        result += fmt::format("    {}\n    {}{}\n", diagnostic.source,
                              std::string(base::cells(lead), ' '),
                              std::string(std::max<std::size_t>(1, base::cells(marked)), '^'));
    }
    if (!diagnostic.hint.empty()) result += fmt::format("    {}\n", diagnostic.hint);
    if (!diagnostic.other.file.empty())
        result += fmt::format("    see {}:{}:{}\n", diagnostic.other.file, diagnostic.other.line,
                              diagnostic.other.column);
    return result;
}

void sort(std::vector<Diagnostic>& diagnostics) {
    std::stable_sort(diagnostics.begin(), diagnostics.end(),
                     [](const Diagnostic& a, const Diagnostic& b) {
                         return std::tie(a.place.file, a.place.line, a.place.column, a.severity) <
                                std::tie(b.place.file, b.place.line, b.place.column, b.severity);
                     });
}

}  // namespace zs::plan
