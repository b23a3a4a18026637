#pragma once

#include <string>
#include <vector>

#include "plan/model.h"

namespace zs::interpret {

/// What a name can be said of: a subject of a grain, a row of a ledger, a division.
struct Thing {
    const plan::Grain* grain =
        nullptr;  ///< empty: a row of a heap, or a division of whatever level
    const plan::Ledger* ledger = nullptr;  ///< whose row `row` is
    const plan::Row* row = nullptr;        ///< empty: only the key's fields are in scope
    std::vector<plan::Value> key;          ///< of the grain; of a division its code
    bool division = false;                 ///< a division of whatever level
};

/// The key's fields as people read them: `p1/2024-05`.
std::string key_text(const std::vector<plan::Value>& key);

/// The key as one text that no other key has.
std::string key_identity(const std::vector<plan::Value>& key);

/// A field of the ledger in one of its rows; NULL where it has no such field.
plan::Value field_of(const plan::Ledger& ledger, const plan::Row& row, const std::string& field);

/// The months that a name without a window is about: a window seen from some month, or (of a
/// subject of an `every` grain) its own period.
struct Seen {
    std::optional<plan::Window>
        window;           ///< empty: the subject's own period, or as of the run's month
    plan::Months months;  ///< of `ever` only the last counts; the ledger says the first
    std::optional<base::Month> at =
        {};  ///< `['month' at M]`: seen from this month by every subject
    bool ever() const { return window && window->unit == plan::Window::Unit::ever; }
};

}  // namespace zs::interpret
