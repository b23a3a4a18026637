#pragma once

#include <optional>
#include <string>
#include <unordered_map>
#include <unordered_set>

#include "base/zone.h"
#include "guard/keys.h"
#include "intake/reason.h"
#include "plan/model.h"
#include "sheet/table.h"

namespace zs::intake {

/// What came of one cell: a value (NULL for an empty cell), or a reason against it.
struct CellResult {
    plan::Value value;
    std::optional<Reason> reason;
    bool masked = false;      ///< free text held an ID number, masked now
    std::string identity;     ///< what the vault keeps: the ID number, name, phone or card
    bool by_number = false;   ///< of a key: the value is the token of an ID number, to be looked up
    bool stored_key = false;  ///< a key, or text in one, that a program stored as a number
};

/// What people write in files (INTERFACE.md, Intake). Nothing where the text is none.
std::optional<base::Month> read_month(std::string_view text);
/// A moment with a zone behind it (`…T16:00:00Z`) is the day that it is in `zone`.
std::optional<base::Date> read_date(std::string_view text, const base::Zone& zone = {});
/// Four digits, and no slip of the hand (0202); 9999 says without end.
bool is_year(std::int64_t year);
std::optional<base::Term> read_term(std::string_view text);
std::optional<bool> read_boolean(std::string_view text);
/// Digits, one point, a sign, thousands commas; of a cell stored as a number an exponent too.
std::optional<base::Decimal> read_number(std::string_view text, bool stored);
/// A number of so many digits that a spreadsheet has lost some of them: `4.10526E+17`.
bool has_lost_digits(std::string_view text, bool stored);
/// A key as its sender wrote it, from what a program made of it: `4.11527001001E+11`, of a cell
/// stored as a number `17.0` too. Nothing where figures are lost: `4.11527E+11`. In a text `17.0`
/// stays: what it is its whole column tells (judge_keys.h).
std::optional<std::string> read_key(std::string_view text, bool stored);
/// A text that a program made of a key, as it took it for a date: 1月2日, 2-Jan, 2024/1/2.
bool is_date_of_key(std::string_view text);
/// Without letters that cannot be seen (zero-width, direction marks); `joiners`: also those that
/// join letters of other scripts.
std::string without_invisible(const std::string& text, bool joiners);

/// Reads the cells of one field.
class CellReader {
public:
    struct Context {
        const plan::Model& model;
        const plan::Ledger& ledger;
        const guard::Keys& keys;
        const std::unordered_set<std::string>& divisions;  ///< codes known at any month
        std::unordered_map<std::string, std::string>
            code_labels;       ///< label in the file → code (--map)
        base::Zone zone = {};  ///< the home's
        int power = 0;         ///< of a column of money: 4 where it is in 万元
    };
    CellReader(const plan::Field& field, Context context);

    CellResult read(const sheet::Cell& cell) const;

private:
    CellResult read_written(const sheet::Cell& cell, const std::string& text) const;
    CellResult truth(const std::string& text) const;
    CellResult number(const std::string& text, bool stored) const;
    CellResult time(const std::string& text, bool stored) const;
    CellResult one_code(const std::string& text) const;
    CellResult code_set(const std::string& text) const;
    CellResult key(const sheet::Cell& cell, const std::string& text) const;
    CellResult division(const std::string& text, bool stored) const;
    std::optional<CellResult> spoilt_key(const sheet::Cell& cell, const std::string& text) const;
    CellResult identity(const std::string& text, bool stored) const;
    CellResult text_of(const sheet::Cell& cell, const std::string& text) const;
    CellResult against(const std::string& code, const base::Said& say) const;
    std::optional<std::string> code_of(const std::string& label) const;

    const plan::Field& field_;
    Context context_;
    std::unordered_map<std::string, std::string> codes_;  ///< code, title and also → code
    bool by_number_ = false;                              ///< the key's registry has an ID number
    bool level_key_ = false;                              ///< the key is a division's code
    bool in_key_ = false;                                 ///< the field is of the ledger's key
};

}  // namespace zs::intake
