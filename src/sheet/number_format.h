#pragma once

#include <string>

namespace zs::sheet {

/// What the number format of a workbook's cell says of its numbers.
class NumberFormat {
public:
    NumberFormat() = default;
    /// From the code: `yyyy-mm-dd`, `000000`, `0.00"万元"`.
    explicit NumberFormat(const std::string& code);
    /// One of those that every workbook has, by number.
    static NumberFormat built_in(int id);

    bool is_date() const { return date_; }
    /// The number as it is shown, where that says more than its digits: with zeros before it, text
    /// around it, or a unit of money behind it; otherwise empty.
    std::string shown(const std::string& digits) const;

private:
    bool date_ = false;
    std::string pattern_;  ///< text with a slot (\x01) for each digit; empty: digits alone
    std::string unit_;     ///< of money: 元, 万元 …
};

}  // namespace zs::sheet
