#pragma once

#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "intake/header.h"
#include "intake/source.h"

namespace zs::intake {

/// The sheet of a template from which subjects are chosen: no part of what is delivered.
constexpr const char* sheet_of_choices = "可选对象";

/// Where the table lies in a source: which sheets hold it, under which header, and which rows are
/// none of it. Rows come out as if they had stood in one table under one header.
class Layout {
public:
    struct Order {
        const plan::Ledger& ledger;
        const Mapping& mapping;
        std::string sheet = {};  ///< --sheet; empty: all that are visible
        /// The columns that a header lacks and must have, as messages say them; absent: none.
        std::function<std::vector<std::string>(const Header&)> missing = {};
    };
    using Begin = std::function<void(Header header)>;

    explicit Layout(Order order) : order_(std::move(order)) {}

    /// Hands over the header once, then each row below it, in the header's order of columns. The
    /// line of a row in the second sheet that is read is its line there and
    /// lake::lines_a_sheet more, and so on. Without any row nothing is handed over.
    /// @throws Failure (input) when no sheet has a header, or one lacks a column that another has.
    void each(const Source& source, const Begin& begin, const Source::Take& take);

    /// Sheets with rows that were not read: nothing names their columns, or they are hidden.
    const std::vector<std::string>& unread() const { return unread_; }
    /// The first of these in which something else than keys to choose from stands; empty: none.
    const std::string& unknown_sheet() const { return unknown_sheet_; }
    /// Filled columns without a name, by their letters; known once all rows are read.
    std::vector<std::string> unnamed() const;

private:
    /// One sheet's table.
    struct Table {
        std::string sheet;
        Header header;
        std::vector<std::size_t> to;  ///< its columns' places in the common header
        /// Its header's texts, as a second header has them.
        std::set<std::string, std::less<>> said;
    };
    struct Seen {
        std::string sheet;
        std::vector<sheet::RawRow> rows;
        std::optional<Header> header;
        std::vector<std::string> missing;
        std::size_t beyond_key = 0;
        bool most_known = false, hidden = false;
    };
    Wanted wanted() const;
    std::size_t rows_looked_at() const;
    void survey(const Source& source);
    void look_at(Seen& seen, const std::string& file) const;
    void choose(std::vector<Seen>& seen, const std::string& file);
    void add_table(Header header, const std::string& sheet);
    void open(const std::string& sheet);
    void begin_table(const std::string& file, const Source::Take& take);
    void hand_over(const sheet::RawRow& raw, const std::vector<std::string>& late_names,
                   const Source::Take& take);
    void note_unnamed(const Table& table, const sheet::RawRow& row);
    sheet::RawRow in_common_columns(const Table& table, const sheet::RawRow& row) const;
    bool repeats_header(const Table& table, const sheet::RawRow& row) const;
    bool is_footer(const Table& table, const sheet::RawRow& row) const;
    bool has_other_cells(const Table& table, const sheet::RawRow& row) const;
    void refuse_unit_below(const Table& table, const sheet::RawRow& row) const;

    Order order_;
    Begin begin_;
    bool surveyed_ = false, begun_ = false;
    std::vector<Table> tables_;
    Header common_;
    std::vector<std::string> unread_;
    std::string unknown_sheet_;
    std::set<std::pair<std::size_t, std::size_t>> unnamed_;  ///< table, column
    const Table* table_ = nullptr;                           ///< the one whose rows come
    std::size_t at_ = 0;                                     ///< its place among the tables
    bool reading_ = false;                                   ///< its header is found
    std::vector<sheet::RawRow> first_;
};

}  // namespace zs::intake
