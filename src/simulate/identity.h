#pragma once

#include <string>
#include <unordered_set>

#include "base/month.h"
#include "simulate/dice.h"

namespace zs::simulate {

/// Makes identities that no living person need have: numbers of GB 11643 with a right check digit,
/// names that have rare characters now and then, telephone numbers. One for each county, so that
/// no number is given twice.
class Identities {
public:
    /// `county`: the six digits that the numbers begin with.
    explicit Identities(std::string county) : county_(std::move(county)) {}

    std::string id_number(base::Date birth, char sex, Dice& dice);

private:
    std::string county_;
    std::unordered_set<std::string> given_;
};

std::string surname(Dice& dice);
std::string given_name(char sex, Dice& dice);
std::string phone(Dice& dice);

/// A code of GB 32100 with right check characters, for an enterprise of `county`.
/// `kind`: '1' for a firm, '3' for a farmers' cooperative.
std::string org_code(const std::string& county, char kind, Dice& dice);

}  // namespace zs::simulate
