#pragma once

#include <initializer_list>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ask/phrases.h"
#include "plan/model.h"

namespace zs::ask {

/// An answer that is a list: columns with their kind, and rows of texts; nothing is NULL. It holds
/// names and codes; `Titles` says them as people read them.
struct List {
    enum class Kind { text, number, boolean };

    /// A column that every reader knows: its name in JSON and CSV stands in the table of headings,
    /// or it does not compile.
    struct Known {
        consteval Known(const char* column) : heading(&heading_of(column)) {}
        const Heading* heading;
    };

    struct Column {
        Column(Known known, Kind kind_of_cells = Kind::text)
            : name(known.heading->name),
              kind(kind_of_cells),
              heading(known.heading),
              word(known.heading->word) {}
        /// A column of a ledger: named as its field, headed by the field's title.
        Column(const plan::Model& model, const plan::Field& field);

        std::string name;
        Kind kind = Kind::text;
        const Heading* heading = nullptr;  ///< none of a ledger's field
        Word word = Word::plain;
        bool for_people = true;  ///< shown in tables and workbooks; JSON and CSV hold all
        std::string title;       ///< of a ledger's field
        std::map<std::string, std::string> codes;  ///< of a field of codes: their titles
    };
    std::vector<Column> columns;
    std::vector<std::vector<std::optional<std::string>>> rows;

    /// Columns that only JSON and CSV hold.
    void hide(std::initializer_list<std::string_view> names) {
        for (Column& column : columns)
            for (const std::string_view name : names)
                if (column.name == name) column.for_people = false;
    }
    /// The place of a column. @throws Failure (system) where the list has none of that name.
    std::size_t at(std::string_view column) const;
    bool has(std::string_view column) const;
    /// A cell of a row; empty where it is nothing.
    std::string cell(std::size_t row, std::string_view column) const;
};

}  // namespace zs::ask
