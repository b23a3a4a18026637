#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/said.h"

namespace zs::plan {
struct Field;
struct Model;
}  // namespace zs::plan

namespace zs::intake {

/// Why a row is held, in INTERFACE.md's words: columns required type scale min max code date month
/// division id_number key duplicate reference claimed check held empty footer. Never holds what the
/// cell says of a person.
struct Reason {
    std::string code;
    std::string field;  ///< empty: the row as a whole
    std::string say;    ///< one sentence for the sender
};

/// A sentence for the sender, in the language of a home over `model`. What is held keeps it as it
/// was said then: a home whose language changes says nothing anew.
std::string told(const plan::Model& model, const base::Said& say);
/// The same of one column, named before it by its title: a field's own, which is the pack's. In
/// English a field that no pack writes (`division`) is known by its name: its title is Chinese.
std::string told(const plan::Model& model, const plan::Field& field, const base::Said& say);

/// What is said of the sound rows of a file that `--strict` held whole.
base::Said held_whole();

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
