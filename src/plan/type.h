#pragma once

#include <string>

namespace zs::plan {

/// What kind of thing an expression gives.
enum class Kind {
    null_,  ///< the literal NULL, fits every type
    boolean,
    integer,   ///< 64 bits; a calendar year is one
    decimal,   ///< exact; money is decimal(18,2) with `money` set
    floating,  ///< the quotient of `/`; never summed
    text,      ///< also org_code
    date,      ///< also timestamp
    month,
    term,
    division,  ///< a division's code
    code,      ///< one code of list `of`
    codes,     ///< a set of codes of list `of`
    key,       ///< the key of a subject of grain `of`
    month_set,
    token,  ///< what an identity field leaves in the lake: `of` is id_number, phone or bank_card
};

/// The type of a field or an expression.
struct Type {
    Kind kind = Kind::null_;
    int precision = 0;  ///< decimal only
    int scale = 0;      ///< decimal only
    bool money = false;
    std::string of;    ///< code list, grain, or kind of token
    std::string unit;  ///< empty: none. `+`, `-` and comparisons need equal units

    bool operator==(const Type&) const = default;
};

Type boolean_type();
Type integer_type();
Type money_type();
Type decimal_type(int precision, int scale);
Type floating_type();
Type text_type();
Type date_type();
Type month_type();
Type term_type();
Type division_type();
Type code_type(std::string list);
Type codes_type(std::string list);
Type key_type(std::string grain);
Type month_set_type();
Type token_type(std::string identity);

bool is_number(const Type& type);  ///< integer, decimal, floating

/// As in messages: `money`, `decimal(8,2)`, `code:labour`, `key:person`.
std::string text(const Type& type);

}  // namespace zs::plan
