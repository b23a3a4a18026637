#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>

#include "guard/keys.h"
#include "intake/mapping.h"
#include "intake/quarantine.h"
#include "intake/source.h"
#include "lake/batch.h"
#include "plan/model.h"

namespace zs::intake {

/// Held rows that come back mended: a file as `quarantine export` wrote it, in which each row names
/// the batch that holds it and its line there.
struct GivenBack {
    lake::Batch batch;
    HeldFile file;  ///< how the rows were read before
    std::set<std::int64_t> lines;
};

/// What an exported row says of itself, beside its own columns, in files and on standard output.
struct HeldColumns {
    const char* line;
    const char* reasons;
    const char* batch;
};
inline constexpr HeldColumns columns_of_files{"原行号", "未接收的原因", "原批次"};
inline constexpr HeldColumns columns_of_english_files{"original line", "why it was not taken",
                                                      "original batch"};
inline constexpr HeldColumns columns_of_output{"line", "reasons", "batch"};

/// The name of a column that an export adds.
bool is_held_column(const std::string& name);

/// Nothing where the file has no such columns, or names no batch in them.
/// @throws Failure (input) when it names several, one that is not there, or one of another ledger.
std::optional<GivenBack> given_back(record::Connection& record, const guard::Keys& keys,
                                    const Source& source, const plan::Ledger& ledger,
                                    const Mapping& mapping);

}  // namespace zs::intake
