#pragma once

#include <set>
#include <string>
#include <vector>

#include "lake/snapshot.h"
#include "plan/example.h"
#include "record/connection.h"

namespace zs::lake {

/// All divisions of the record, by code and since; several of one code are its history.
std::vector<plan::Division> divisions(record::Connection& record);

/// Adds or replaces by (code, since). Within a transaction; `replaced` were there before.
struct DivisionsTaken {
    std::int64_t added = 0, replaced = 0;
};
DivisionsTaken take_divisions(record::Connection& record,
                              const std::vector<plan::Division>& divisions);

/// `inside` and the divisions that report to it, or to one in it (base::division_roots): a division
/// lies in it if its code begins with one.
std::set<std::string> roots(const std::string& inside, const std::vector<plan::Division>& all);

/// SQL: the division lies in `inside`, or is it: by its code, or by reporting parents.
std::string lies_in(const std::string& division, const std::string& inside,
                    const std::vector<plan::Division>& all);
bool lies_in_division(const std::string& division, const std::string& inside,
                      const std::vector<plan::Division>& all);

/// A SELECT of all columns of `source` and, as "_division", the division to which a row leads: by
/// the latest row of each registry on its way; NULL where it leads to none.
std::string with_division(const Snapshot& snapshot, const plan::Model& model,
                          const plan::Ledger& ledger, const std::string& source);

/// A SELECT of `subject`, `division`: where each subject of a registry's grain lies by its latest
/// row.
std::string subject_divisions(const Snapshot& snapshot, const plan::Model& model,
                              const plan::Grain& grain);

}  // namespace zs::lake
