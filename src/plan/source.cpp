#include "plan/source.h"

#include <algorithm>
#include <memory>

#include <cmark.h>
#include <fmt/format.h>

#include "base/failure.h"
#include "base/file.h"
#include "base/text.h"

namespace zs::plan {

namespace {

constexpr std::size_t pack_bytes_max = 64u << 20;

std::vector<std::string_view> lines_of(std::string_view text) {
    std::vector<std::string_view> lines;
    while (!text.empty()) {
        const std::size_t end = text.find('\n');
        std::string_view line = text.substr(0, end);
        if (line.ends_with('\r')) line.remove_suffix(1);
        lines.push_back(line);
        if (end == std::string_view::npos) break;
        text.remove_prefix(end + 1);
    }
    return lines;
}

/// What Markdown took from the front of each line of a block: list and quote marks, indentation.
std::vector<int> indents_of(const std::vector<std::string_view>& file_lines, std::string_view body,
                            int first_line) {
    std::vector<int> indents;
    int line = first_line;
    for (const std::string_view part : lines_of(body)) {
        int indent = 0;
        if (line >= 1 && line <= static_cast<int>(file_lines.size())) {
            const std::string_view whole = file_lines[static_cast<std::size_t>(line - 1)];
            if (whole.ends_with(part))
                indent =
                    static_cast<int>(base::characters(whole.substr(0, whole.size() - part.size())));
        }
        indents.push_back(indent);
        ++line;
    }
    return indents;
}

void warn_near_kind(const std::string& word, const SourceFile& file, int line,
                    std::vector<Diagnostic>& diagnostics) {
    for (const std::string& kind : block_kinds()) {
        const auto near = base::nearest_names(word, {kind});
        if (near.empty() || word.size() + 1 < kind.size() || kind.size() + 1 < word.size())
            continue;
        Diagnostic d;
        d.id = "near-kind";
        d.severity = Diagnostic::Severity::warning;
        d.source = line_of(file, line);
        const std::size_t at = d.source.find(word);
        d.place = {
            file.name, line,
            at == std::string::npos
                ? 1
                : static_cast<int>(base::characters(std::string_view(d.source).substr(0, at))) + 1};
        d.length = static_cast<int>(base::characters(word));
        d.message = fmt::format("'{}' is no kind of block: this fence is read as prose", word);
        d.hint = fmt::format("did you mean '{}'?", kind);
        diagnostics.push_back(d);
        return;
    }
}

}  // namespace

Place Body::place(int body_line, int column) const {
    const auto index = static_cast<std::size_t>(body_line - 1);
    return {file, line + body_line - 1, column + (index < indents.size() ? indents[index] : 0)};
}

const std::vector<std::string>& block_kinds() {
    static const std::vector<std::string> kinds{"codelist",  "ledger", "grain",       "parameter",
                                                "feature",   "clue",   "entitlement", "check",
                                                "indicator", "target", "workflow",    "measure",
                                                "match",     "duty",   "rows",        "example"};
    return kinds;
}

std::vector<SourceFile> read_pack(const std::filesystem::path& folder) {
    std::error_code error;
    if (!std::filesystem::is_directory(folder, error))
        throw base::Failure(
            base::Fault::input, base::said("没有这个方案包文件夹", "there is no such pack folder"),
            folder.string(),
            base::said("指明放着 plan.toml 的文件夹", "name the folder that holds plan.toml"));
    std::vector<SourceFile> files{{"plan.toml", base::read_file(folder / "plan.toml")}};
    std::vector<std::string> names;
    for (auto it = std::filesystem::recursive_directory_iterator(folder, error);
         it != std::filesystem::recursive_directory_iterator(); it.increment(error)) {
        if (error) break;
        if (it->is_regular_file(error) && it->path().extension() == ".md")
            names.push_back(it->path().lexically_relative(folder).generic_string());
    }
    std::sort(names.begin(), names.end());
    std::size_t bytes = 0;
    for (const std::string& name : names) {
        files.push_back({name, base::read_file(folder / name)});
        bytes += files.back().text.size();
        if (bytes > pack_bytes_max)
            throw base::Failure(
                base::Fault::input,
                base::said("方案包的文件超过 64 MB", "the pack's files are larger than 64 MB"),
                folder.string(),
                base::said("别把数据放进方案包文件夹", "keep data out of the pack's folder"));
    }
    return files;
}

/// Its last line is a fence, whatever quotes or list it stands in.
static bool is_closed(const SourceFile& file, cmark_node* block) {
    const int first = cmark_node_get_start_line(block), last = cmark_node_get_end_line(block);
    const std::string line = line_of(file, last);
    const std::string_view text = base::trim(line);
    const std::size_t signs = text.size() - (text.find_last_not_of("`~") == std::string_view::npos
                                                 ? 0
                                                 : text.find_last_not_of("`~") + 1);
    return last > first && signs >= 3;
}

std::vector<Block> blocks_of(const SourceFile& file, std::vector<Diagnostic>& diagnostics) {
    std::vector<Block> blocks;
    const std::vector<std::string_view> lines = lines_of(file.text);
    const std::unique_ptr<cmark_node, decltype(&cmark_node_free)> document(
        cmark_parse_document(file.text.data(), file.text.size(), CMARK_OPT_DEFAULT),
        cmark_node_free);
    const std::unique_ptr<cmark_iter, decltype(&cmark_iter_free)> walk(
        cmark_iter_new(document.get()), cmark_iter_free);
    for (cmark_event_type event; (event = cmark_iter_next(walk.get())) != CMARK_EVENT_DONE;) {
        cmark_node* node = cmark_iter_get_node(walk.get());
        if (event != CMARK_EVENT_ENTER || cmark_node_get_type(node) != CMARK_NODE_CODE_BLOCK)
            continue;
        const char* info_text = cmark_node_get_fence_info(node);
        const std::string_view info = base::trim(info_text != nullptr ? info_text : "");
        if (info.empty()) continue;
        const std::string word(info.substr(0, info.find_first_of(" \t")));
        const int line = cmark_node_get_start_line(node);
        if (std::find(block_kinds().begin(), block_kinds().end(), word) == block_kinds().end()) {
            warn_near_kind(word, file, line, diagnostics);
            continue;
        }
        Block block;
        block.kind = word;
        block.name = std::string(base::trim(info.substr(word.size())));
        const std::string fence = line_of(file, line);
        const std::size_t at = fence.find(word);
        block.place = {
            file.name, line,
            at == std::string::npos
                ? 1
                : static_cast<int>(base::characters(std::string_view(fence).substr(0, at))) + 1};
        block.body.file = file.name;
        block.body.text = cmark_node_get_literal(node);
        block.body.line = line + 1;
        block.body.indents = indents_of(lines, block.body.text, line + 1);
        if (!is_closed(file, node)) {
            Diagnostic open;
            open.id = "syntax";
            open.place = block.place;
            open.length = static_cast<int>(base::characters(word));
            open.message = "this block is not closed: it runs to the end of the file";
            open.source = fence;
            open.hint = "end it with a line of three backquotes";
            diagnostics.push_back(std::move(open));
        }
        blocks.push_back(std::move(block));
    }
    return blocks;
}

std::string line_of(const SourceFile& file, int line) {
    // Asked for once a block: the lines before are passed over, not kept.
    std::string_view text = file.text;
    for (int at = 1; at < line && !text.empty(); ++at) {
        const std::size_t end = text.find('\n');
        text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    }
    const std::vector<std::string_view> lines = lines_of(text.substr(0, text.find('\n')));
    if (line < 1 || lines.empty()) return {};
    return std::string(lines.front().substr(0, 2000));
}

}  // namespace zs::plan
