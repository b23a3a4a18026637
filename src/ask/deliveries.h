#pragma once

#include <filesystem>
#include <map>
#include <set>
#include <string>
#include <tuple>
#include <vector>

#include "ask/results.h"
#include "compile/program.h"
#include "plan/model.h"

namespace zs::ask {

/// What had been delivered when a run was made.
class Deliveries {
public:
    Deliveries(const Runs& runs, const std::filesystem::path& lake, const plan::Model& model,
               const std::string& run);

    /// No batch counted: nothing that a run says of such a home is a finding.
    bool nothing() const { return nothing_; }
    /// Registers (ledgers that a grain names) of which no row was delivered.
    std::vector<const plan::Ledger*> missing_registers() const;
    /// Places in `below` that owe the ledger for the period that holds `month` and have not
    /// delivered it, nor one above them; 0 for a ledger that no division owes.
    std::int64_t missing(const plan::Ledger& ledger, base::Month month, const std::string& below);

private:
    const std::set<std::string>& roots(const std::string& below);

    const plan::Model& model_;
    std::vector<plan::Division> divisions_;
    std::map<std::string, std::set<std::string>> roots_;
    std::set<std::tuple<std::string, std::string, std::int64_t>> came_;
    std::set<std::string> with_rows_;  ///< ledgers
    bool nothing_ = true;
    std::vector<compile::DivisionRow> places_;
};

/// The period by which a ledger is owed.
plan::Period owed_by(const plan::Ledger& ledger);

}  // namespace zs::ask
