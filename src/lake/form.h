#pragma once

#include <string>
#include <vector>

#include "plan/model.h"

namespace zs::lake {

/// A column as it lies in the lake. A set of codes is a mask: bit n is the n-th of `codes`.
struct Column {
    std::string name;
    std::string type;                ///< text, boolean, bigint, int, date, decimal(18,2)
    std::vector<std::string> codes;  ///< of a set of codes only
    bool operator==(const Column&) const = default;
};

/// The columns of every batch of a ledger, and of what `relation` gives: its fields (a `name` has
/// none; an ID number, phone or card is its token), then batch, _line, entered_by, entered_at,
/// _seq. Months and terms are int (their index), years bigint, money decimal(18,2).
std::vector<Column> columns_of(const plan::Model& model, const plan::Ledger& ledger);

/// Fields of the ledger that come from its files: all of `columns_of` but the five at the end.
std::vector<Column> file_columns_of(const plan::Model& model, const plan::Ledger& ledger);

/// The form of a part, kept with its batch: a pack that changes later still reads it rightly.
std::string form_text(const std::vector<Column>& columns);
std::vector<Column> parse_form(const std::string& text);

/// SQL that gives `wanted` from a file of the form `there`: NULL where the file has no such column,
/// the mask put in today's order where the code list has changed.
std::string read_column(const Column& wanted, const std::vector<Column>& there);

/// Columns as a statement lists them, in quotes.
std::string listed(const std::vector<Column>& columns, const std::string& alias = "");

}  // namespace zs::lake
