#pragma once

#include <map>
#include <set>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "base/zone.h"
#include "guard/keys.h"
#include "intake/cell.h"
#include "intake/header.h"
#include "intake/reason.h"
#include "plan/example.h"
#include "plan/model.h"

namespace zs::intake {

/// One row, read: values in the order of the ledger's fields, and all that is wrong with it.
struct ReadRow {
    std::int64_t line = 0;
    std::vector<plan::Value> values;
    std::vector<Reason> faults;
    std::vector<Reason> warnings;
    struct Identity {
        std::size_t field = 0;
        std::string plain;  ///< for the vault
    };
    std::vector<Identity> identities;
    std::set<std::size_t> by_number;    ///< key fields whose value is the token of an ID number
    std::set<std::size_t> stored_keys;  ///< those whose cell is stored as a number
};

/// What rows of one file are read with.
struct Reading {
    const plan::Model& model;
    const plan::Ledger& ledger;
    const guard::Keys& keys;
    const std::unordered_set<std::string>& divisions;  ///< codes known at any month
    const Mapping& mapping;
    std::optional<base::Month> month;  ///< fills a missing month, year, date or since
    std::string division = {};         ///< of the delivery, if it is told
    const std::vector<plan::Division>* places = nullptr;  ///< by whose names --map looks up
    base::Zone zone = {};    ///< the home's: of a moment with a zone its day there
    std::string sheet = {};  ///< --sheet; empty: all that are visible
};

/// The ledger is the registry of its own grain; then its key may be made from an ID number.
bool is_registry(const plan::Model& model, const plan::Ledger& ledger);
/// The field with the ID number of a registry's subject; nothing without one.
std::optional<std::size_t> id_number_field(const plan::Ledger& ledger);
/// The month's period of the ledger as its field holds it: a month, a year, a term, its first day.
plan::Value period_value(const plan::Model& model, const plan::Ledger& ledger, base::Month month);

/// Required and key columns that a header lacks and nothing else fills, as messages say them.
std::vector<std::string> missing_columns(const Reading& reading, const Header& header);

/// Reads rows under a header: cells to values, derived fields, keys from ID numbers, what is
/// required, the row checks. What needs other rows (duplicates, references) comes after.
class RowReader {
public:
    /// @throws Failure (input) when a required or key column is missing.
    RowReader(const Reading& reading, Header header);
    ReadRow read(const sheet::RawRow& raw, const std::vector<std::string>& late_names);
    const Header& header() const { return header_; }

private:
    void check_columns() const;
    void make_readers();
    bool needed(const plan::Field& field) const;
    CellReader reader_of(std::size_t field, int power) const;
    void read_cells(const sheet::RawRow& raw, ReadRow& row) const;
    void read_groups(const sheet::RawRow& raw, ReadRow& row) const;
    CellResult looked_up(std::size_t field, const std::vector<std::string>& names) const;
    void fill_set(ReadRow& row) const;
    void keep(std::size_t field, CellResult result, ReadRow& row) const;
    void derive(ReadRow& row) const;
    void make_key(ReadRow& row) const;
    void fill_period(ReadRow& row) const;
    bool says_nothing(const ReadRow& row) const;
    void require(ReadRow& row) const;
    void hold_if_empty(ReadRow& row) const;
    std::optional<base::Month> month_of(const ReadRow& row) const;
    std::string division_of(const ReadRow& row) const;
    void check(ReadRow& row) const;

    Reading reading_;
    Header header_;
    std::size_t late_taken_ = 0;  ///< names that came late and are in the header
    std::vector<std::optional<CellReader>> readers_;  ///< by column
    std::map<std::size_t, CellReader> set_readers_;   ///< of fields that the mapping sets
    std::map<std::size_t, CellReader>
        group_readers_;  ///< of fields that the mapping joins, looks up
    std::unordered_multimap<std::string, std::string> places_;      ///< name of a division → code
    std::unordered_map<std::string, std::set<std::string>> names_;  ///< code → its names
    std::optional<std::size_t> key_field_;                          ///< of a registry
    std::optional<std::size_t> id_field_;
    std::optional<std::size_t> period_field_;
};

}  // namespace zs::intake
