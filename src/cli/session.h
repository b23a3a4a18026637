#pragma once

#include <atomic>
#include <filesystem>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "ask/titles.h"
#include "base/said.h"
#include "cli/answer.h"
#include "home/home.h"

namespace zs::cli {

/// What every command is given: the home, who acts, how to answer.
struct Session {
    std::filesystem::path home_folder;
    std::string user;
    bool json = false;
    bool bom = false;  ///< CSV begins with what Excel knows UTF-8 by
    std::string format;
    /// What people are answered in: the home's language; without a home that of the environment.
    base::Language language = base::language_of_environment();
    std::string output;  ///< the file a list is written to; empty: standard output
    /// Commands that answer with a list, as they are called: `zengshou batch list`.
    std::set<std::string> lists;
    /// With `--json`: what was done before a command failed; it stands beside the error.
    std::vector<std::pair<std::string, Json>> done;

    Format list_format() const;
    /// The home for a command that changes it: what killed commands have left of delivered files
    /// is removed.
    home::Home open() const;
    /// The home for a command that only asks: it changes nothing and waits for no change.
    home::Home ask() const;
    /// Where there is a home. @throws Failure (system) that names what of it is damaged.
    void check_undamaged() const;
    /// Prints a list as was asked for.
    /// @throws Failure (input) for a workbook without a file.
    void print_list(const ask::List& list, const ask::Titles& titles) const;
    std::string say(const base::Said& said) const { return said.in(language); }
    /// The moment, in UTC: `2024-10-03 08:15:00`.
    std::string now() const;
};

/// The pack of a home, which must have no errors: else they are printed on standard error.
/// @throws Failure (input) when it has.
plan::Model sound_model(const std::filesystem::path& folder);

/// How people read what stands in the home, by its pack as it is now; where that has errors, by
/// the copy of it that the latest run kept; where there is none, by what can be read of the pack.
ask::Titles titles_of(home::Home& home);
/// By the pack's copy of a run, in the home's language.
ask::Titles titles_of(home::Home& home, const plan::Model& model);

/// Set by Ctrl-C; commands that take long end early and leave nothing.
extern std::atomic<bool> cancelled;
/// @throws Failure (system) after Ctrl-C, saying what was done before: a part is never told as the
/// whole.
void stop_if_cancelled(const base::Said& done);

/// A bar on a terminal, nothing elsewhere.
class ProgressBar {
public:
    void show(std::size_t done, std::size_t total, const std::string& what);
    ~ProgressBar();

private:
    bool shown_ = false;
};

}  // namespace zs::cli
