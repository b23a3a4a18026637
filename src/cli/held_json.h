#pragma once

#include <vector>

#include "cli/answer.h"
#include "intake/held_about.h"

namespace zs::cli {

/// Held rows about a subject: batch, ledger, month, file, line, reasons, says.
Json held_json(const std::vector<intake::HeldAbout>& held);

}  // namespace zs::cli
