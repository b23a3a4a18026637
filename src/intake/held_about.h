#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "guard/keys.h"
#include "plan/model.h"
#include "record/connection.h"

namespace zs::intake {

/// Who is asked about: keys by grain, and the tokens of their ID numbers.
struct HeldSubjects {
    std::map<std::string, std::set<std::string>> keys;
    std::set<std::string> tokens;
};

/// A row that was not taken and that speaks of one of them: where it stands and why it is held.
/// What its cells hold stays sealed.
struct HeldAbout {
    std::string batch, ledger, month, file;
    std::int64_t line = 0;
    std::vector<std::string> codes;  ///< of its reasons
    std::string say;                 ///< its reasons in words
};

/// The rows still held, of batches that count, in which a key or an ID number is that of one of
/// the subjects.
std::vector<HeldAbout> held_about(record::Connection& record, const guard::Keys& keys,
                                  const plan::Model& model, const HeldSubjects& subjects);

}  // namespace zs::intake
