#pragma once

#include <optional>
#include <string>
#include <unordered_map>
#include <unordered_set>

#include "guard/keys.h"
#include "intake/reason.h"
#include "plan/model.h"
#include "sheet/table.h"

namespace zs::intake {

/// What came of one cell: a value (NULL for an empty cell), or a reason against it.
struct CellResult {
    plan::Value value;
    std::optional<Reason> reason;
    bool masked = false;     ///< free text held an ID number, masked now
    std::string identity;    ///< what the vault keeps: the ID number, name, phone or card
    bool by_number = false;  ///< of a key: the value is the token of an ID number, to be looked up
};

/// What people write in files (INTERFACE.md, Intake). Nothing where the text is none.
std::optional<base::Month> read_month(std::string_view text);
std::optional<base::Date> read_date(std::string_view text);
std::optional<base::Term> read_term(std::string_view text);
std::optional<bool> read_boolean(std::string_view text);
/// Digits, one point, a sign, thousands commas; of a cell stored as a number an exponent too.
std::optional<base::Decimal> read_number(std::string_view text, bool stored);
/// A number of so many digits that a spreadsheet has lost some of them: `4.10526E+17`.
bool has_lost_digits(std::string_view text, bool stored);

/// Reads the cells of one field.
class CellReader {
public:
    struct Context {
        const plan::Model& model;
        const plan::Ledger& ledger;
        const guard::Keys& keys;
        const std::unordered_set<std::string>& divisions;  ///< codes known at any month
        std::unordered_map<std::string, std::string>
            code_labels;  ///< label in the file → code (--map)
    };
    CellReader(const plan::Field& field, Context context);

    CellResult read(const sheet::Cell& cell) const;

private:
    CellResult number(const std::string& text, bool stored) const;
    CellResult time(const std::string& text, bool stored) const;
    CellResult one_code(const std::string& text) const;
    CellResult code_set(const std::string& text) const;
    CellResult key(const std::string& text, bool stored) const;
    CellResult identity(const std::string& text, bool stored) const;
    CellResult text_of(const std::string& text) const;
    CellResult against(const std::string& code, const std::string& say) const;
    std::optional<std::string> code_of(const std::string& label) const;

    const plan::Field& field_;
    Context context_;
    std::unordered_map<std::string, std::string> codes_;  ///< code, title and also → code
    bool by_number_ = false;                              ///< the key's registry has an ID number
    bool level_key_ = false;                              ///< the key is a division's code
};

}  // namespace zs::intake
