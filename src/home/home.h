#pragma once

#include <filesystem>
#include <optional>
#include <set>
#include <string>

#include "ask/results.h"
#include "base/zone.h"
#include "guard/keys.h"
#include "plan/check.h"
#include "record/connection.h"

namespace zs::home {

/// A home: one folder that holds everything (`zengshou.toml`, `record.db`, `lake/`, `keys/`,
/// `runs/`).
struct Home {
    std::filesystem::path folder;
    std::filesystem::path plan;  ///< the pack's folder
    record::Connection record;
    guard::Keys keys;
    base::Zone zone = {};  ///< `zone` of zengshou.toml: where a moment's day is told
    std::string division;  ///< for which it was made (`init --division`); empty: all of the plan

    std::filesystem::path lake() const { return folder / "lake"; }
    std::filesystem::path runs() const { return folder / "runs"; }
    std::filesystem::path lock() const { return folder / "lock"; }
    std::filesystem::path keys_folder() const { return folder / "keys"; }
    std::filesystem::path staging() const { return folder / "staging"; }
    /// @throws Failure (system) where the record's file is damaged.
    void check_record();
    /// Files of the lake and of runs that are missing or not as they were written, as they lie in
    /// the home.
    std::set<std::string> damaged_files();
    ask::Runs results() { return {record, runs()}; }
};

/// Makes a home over a pack: record, keys, lake, the pack's divisions (of `division`, if named,
/// only those in it and above). Wholly, or nothing.
/// @throws Failure (input) when there is a home already, or the pack has errors.
Home init(const std::filesystem::path& folder, const std::filesystem::path& plan,
          const plan::Model& model, const std::string& division, const std::string& by,
          const std::string& at);

/// @throws Failure (input) when there is no home, or a newer program has written it.
Home open(const std::filesystem::path& folder);

/// The `locale` of the home's pack as it stands in its plan.toml; empty where it says none or
/// cannot be read.
std::string locale(const Home& home);
/// Likewise of the home in a folder; nothing where there is none.
std::optional<std::string> locale(const std::filesystem::path& folder);

/// Divisions from `code,name[,since,until,reporting_parent]`; months in the forms that intake
/// takes. A code that is not digits, of a wrong length or without its parent: nothing is taken.
/// `only`: a division; others than those in it (by code, or reporting to it) and above are passed
/// over.
struct DivisionsAnswer {
    std::int64_t rows = 0, added = 0, replaced = 0;
};
DivisionsAnswer import_divisions(record::Connection& record, const plan::Model& model,
                                 const std::filesystem::path& file, const std::string& only,
                                 const std::string& by, const std::string& at);

}  // namespace zs::home
