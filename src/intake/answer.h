#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "intake/reason.h"

namespace zs::intake {

/// What an import answers (INTERFACE.md, Shapes). Always rows = accepted + quarantined.
struct Answer {
    std::string batch, ledger;
    std::string month;  ///< the period: 2024-09, 2024, 2024s; of figures empty
    std::string division;
    std::string digest;  ///< SM3 of the delivered bytes
    std::int64_t rows = 0, accepted = 0, quarantined = 0;
    std::int64_t warned = 0;    ///< accepted rows with a warning
    std::int64_t replaced = 0;  ///< rows in force before that are so no more
    /// Which rows these are: how many of which batch.
    std::vector<std::pair<std::string, std::int64_t>> replaced_of;
    std::string added_to;              ///< the batch whose held rows these are; empty: none
    std::vector<std::string> ignored;  ///< columns of the file that are no field
    std::vector<std::string> unread;   ///< sheets with rows that were not read
    std::vector<std::string> sheets;   ///< those that were, where there are several
    std::string sheet;                 ///< the one that was asked for; empty: all
    bool duplicate = false;            ///< the same bytes had come before; nothing was written
    bool held_whole = false;           ///< --strict: for its faulty rows none was taken
    std::vector<ReasonCount> reasons;  ///< why rows are held, the most frequent first
    std::vector<ReasonCount> warnings;
};

/// As JSON, and back; what the manifest keeps.
std::string json(const Answer& answer);
Answer parse_answer(const std::string& text);

}  // namespace zs::intake
