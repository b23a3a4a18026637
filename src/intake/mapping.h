#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/month.h"
#include "plan/model.h"

namespace zs::intake {

/// What `--map FILE.toml` says about a file's columns and labels.
struct Mapping {
    std::map<std::string, std::string> columns;  ///< header in the file → field
    std::map<std::string, std::map<std::string, std::string>>
        codes;  ///< field → label in the file → code
    /// Field → columns whose cells, joined by `;`, are its value.
    std::map<std::string, std::vector<std::string>> joins;
    /// Field → columns with the names of divisions, from the top down, that lead to its code.
    std::map<std::string, std::vector<std::string>> lookups;
    std::optional<std::int64_t> header_row;     ///< line of the header, from 1
    std::optional<base::Month> month;           ///< as --month
    std::map<std::string, std::string> values;  ///< field → what a row has that says nothing
    std::string text;                           ///< as read
};

/// Reads a mapping and checks its fields and codes against the ledger.
/// @throws Failure (input) for a file that is no TOML, an unknown key, field or code, with the
/// nearest.
Mapping read_mapping(const std::filesystem::path& file, const plan::Model& model,
                     const plan::Ledger& ledger);
Mapping parse_mapping(const std::string& text, const std::string& name, const plan::Model& model,
                      const plan::Ledger& ledger);

}  // namespace zs::intake
