#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace zs::intake {

/// Why a row is held, in INTERFACE.md's words: columns required type scale min max code date month
/// division id_number key duplicate reference claimed check held empty footer. Never holds what the
/// cell says of a person.
struct Reason {
    std::string code;
    std::string field;  ///< empty: the row as a whole
    std::string say;    ///< one sentence for the sender
};

/// Why rows are held (or warned of), counted.
struct ReasonCount {
    std::string code;
    std::string field;
    std::int64_t count = 0;
    std::int64_t example_row = 0;  ///< the physical line where the first such row begins
    std::string sheet = {};        ///< in which sheet, where several were read
    std::string say;
};

}  // namespace zs::intake
