#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "plan/diagnostic.h"

namespace zs::plan {

/// A file of the pack as text.
struct SourceFile {
    std::string name;  ///< relative to the pack's folder, `/` between folders
    std::string text;
};

/// A piece of a file that is TOML: the body of a fenced block, or the whole of plan.toml.
struct Body {
    std::string file;
    std::string text;
    int line = 1;              ///< of the body's first line in the file
    std::vector<int> indents;  ///< characters that Markdown took from the front of each line

    /// Where a line and column of the body stand in the file.
    Place place(int body_line, int column) const;
};

/// A fenced block whose info string begins with a block kind.
struct Block {
    std::string kind;
    std::string name;  ///< the rest of the info string
    Place place;       ///< of the fence's info string
    Body body;
};

/// The kinds of block, in the order in which the language presents them.
const std::vector<std::string>& block_kinds();

/// All files of the pack: plan.toml and obligations, then every *.md below, sorted by name.
/// @throws Failure (input) when the folder or plan.toml cannot be read.
std::vector<SourceFile> read_pack(const std::filesystem::path& folder);

/// The blocks of a Markdown file; a fence whose first word is within one letter of a kind is a
/// warning.
std::vector<Block> blocks_of(const SourceFile& file, std::vector<Diagnostic>& diagnostics);

/// The line of a file, without its end; empty where there is none.
std::string line_of(const SourceFile& file, int line);

}  // namespace zs::plan
