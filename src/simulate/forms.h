#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace zs::simulate {

/// The ledgers that departments' files feed, in the order in which they can be imported:
/// registers before what speaks of their subjects.
enum class Ledger : std::uint8_t {
    enterprises,
    households,
    people,
    monitoring,
    students,
    deaths,
    posts,
    dibao,
    tekun,
    insured,
    employment,
    income,
    payments,
    medical,
    certificates,
    property_checks,
    relief_requests,
    measures_taken,
    projects,
    ties,
    fund_lines,
    support_villages,
    support_grants,
    vehicles,
    public_pay,
    crop_areas,
    pv_output,
    rural_income,
    visits
};
constexpr std::size_t ledger_count = 29;

/// What a column holds, as far as the desk must know it to make a mistake in it.
enum class Holds : std::uint8_t { plain, id_number, code, wage, division };

struct Column {
    std::string_view header;  ///< as the department writes it
    std::string_view field;   ///< the ledger's field; empty: no field of ours
    Holds holds = Holds::plain;
};

/// A department's own word for a code of a ledger's field.
struct Word {
    std::string_view field;
    std::string_view said;
    std::string_view code;
};

enum class Layout : std::uint8_t { utf8_csv, gb18030_csv, xlsx };

/// How a department sends one ledger.
struct Form {
    Ledger ledger;
    std::string_view name;     ///< of the ledger
    std::string_view office;   ///< 人社局
    std::string_view subject;  ///< 务工台账
    Layout layout = Layout::utf8_csv;
    int header_row = 1;            ///< title rows stand above it
    bool owed = false;             ///< sent each month, if need be empty (零报告)
    bool by_town = false;          ///< towns send it; the county merges it when all are in
    bool wrapped_numbers = false;  ///< ID numbers as ="…"
    std::span<const Column> columns;
    std::span<const Word> words;
};

const Form& form_of(Ledger ledger);

/// The form's mapping file for `zengshou import --map`: header row, columns, codes.
std::string mapping_of(const Form& form);

}  // namespace zs::simulate
