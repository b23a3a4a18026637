#pragma once

#include <string>
#include <vector>

#include "plan/number.h"

namespace zs::interpret {

/// One row (or subject) that passes `where` and `filter`, as an aggregate sees it.
struct Passing {
    std::vector<plan::Value> arguments;
    std::int64_t order = 0;  ///< when it is of: for `first` and `last`
};

/// What is asked of the passing rows.
struct Aggregate {
    std::string name;
    bool distinct = false;
    bool over_rows = true;  ///< `count(*)`: no arguments
    plan::Type type;        ///< what it gives
    base::Month month;      ///< the run's: month sets hold it and the 62 months before
};

/// An aggregate over the rows that pass; PACK.md 3 and 4, ADR 1 (13–15).
///
/// No passing rows: counts and sums 0, sets empty, `any_of` false, `all_of` true, all else NULL.
/// NULL arguments are skipped, and where nothing is left the value is NULL (counts are 0); but
/// `any_of`, `all_of` and `count_if` are three-valued.
///
/// `fingerprint` is the MD5 (hex) of the rows' texts, sorted byte by byte and joined by a line
/// feed; a row's text is its values as plan::text prints them, joined by `|`, NULL as the one byte
/// 0x01; nothing is escaped. No rows: the MD5 of no bytes.
///
/// `stddev` is the square root, as a double, of (n Σx² − (Σx)²) ÷ (n (n − 1)), where x are the
/// values as ratios (DECIMAL(18,6)), the numerator is exact and the quotient is of doubles.
///
/// `gini` is Σ (2i − n − 1) x_i ÷ (n Σ x) over x ascending, i from 1, exact and then rounded to six
/// digits, half away from zero; NULL where Σ x is 0.
plan::Calculated aggregated(const Aggregate& aggregate, const std::vector<Passing>& rows);

}  // namespace zs::interpret
