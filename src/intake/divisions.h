#pragma once

#include <filesystem>

#include "intake/intake.h"

namespace zs::intake {

struct DivisionsAnswer {
    std::int64_t rows = 0, added = 0, replaced = 0;
};

/// Takes divisions from a file with `code,name[,since,until,reporting_parent]`, months as 2024-09:
/// adds them, or replaces those of the same (code, since). All or nothing.
/// @throws Failure (input) naming the first faulty line: a code of a wrong length, or without its parent
/// in the file or the record; a reporting parent that is none; a month that is none; a (code, since) twice.
DivisionsAnswer import_divisions(const Stores& stores, const plan::Model& model, const std::filesystem::path& file, const Act& act);

}  // namespace zs::intake
