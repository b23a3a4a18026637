#pragma once

#include <atomic>
#include <filesystem>
#include <string>

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

    Format list_format() const;
    home::Home open() const { return home::open(home_folder); }
    /// The home for a command that only asks: it changes nothing and waits for no change.
    home::Home ask() const;
    /// The moment, in UTC: `2024-10-03 08:15:00`.
    std::string now() const;
};

/// The pack of a home, which must have no errors: else they are printed on standard error.
/// @throws Failure (input) when it has.
plan::Model sound_model(const std::filesystem::path& folder);

/// Set by Ctrl-C; commands that take long end early and leave nothing.
extern std::atomic<bool> cancelled;
/// @throws Failure (system) after Ctrl-C, saying what was done before: a part is never told as the
/// whole.
void stop_if_cancelled(const std::string& done);

/// A bar on a terminal, nothing elsewhere.
class ProgressBar {
public:
    void show(std::size_t done, std::size_t total, const std::string& what);
    ~ProgressBar();

private:
    bool shown_ = false;
};

}  // namespace zs::cli
