#pragma once

#include <exception>
#include <string>

#include "base/said.h"

namespace zs::base {

/// What stops a command: the user can mend it (wrong usage or input) or the system failed.
enum class Fault { input, system };

/// Where a failure is: a name, the same in both languages (a file, an option), or words in each.
class Where : public Said {
public:
    Where(const char* name) : Said(as_is(name)) {}         // NOLINT(google-explicit-constructor)
    Where(const std::string& name) : Said(as_is(name)) {}  // NOLINT(google-explicit-constructor)
    Where(Said words) : Said(std::move(words)) {}          // NOLINT(google-explicit-constructor)
};

/// A failure that ends the command: what is wrong, where, and what to do, in both languages. Faults
/// in what people wrote (a pack, a row) are values (`Diagnostic`, `Reason`), not this.
/// ID numbers in it are masked, wherever they come from (a file's name, a word of the command);
/// names and phone numbers nobody puts in.
class Failure : public std::exception {
public:
    /// An empty `remedy` where there is nothing to do.
    Failure(Fault fault, const Said& what, const Where& where, const Said& remedy);

    /// The line in English, for logs and tests.
    const char* what() const noexcept override { return english_.c_str(); }
    /// One line: `what: where; remedy`.
    std::string line(Language language) const;
    Fault fault() const { return fault_; }
    const Said& problem() const { return problem_; }
    const Said& place() const { return place_; }
    const Said& remedy() const { return remedy_; }

    /// Exit status of the command: 2 for input, 3 for the system.
    int exit_status() const { return fault_ == Fault::input ? 2 : 3; }

private:
    Fault fault_;
    Said problem_;
    Said place_;
    Said remedy_;
    std::string english_;
};

/// A failure whose cause is not known where it is told: our own mistake, or a file of the home that
/// is damaged. Who has the home looks for one before reporting it.
class Unexplained : public Failure {
public:
    /// Asks to report it.
    Unexplained(const Said& what, const Where& where);
};

/// Ends the program's command with a system failure that says which of our own promises broke.
[[noreturn]] void broken_invariant(const char* condition, const char* promise, const char* file,
                                   int line);

}  // namespace zs::base

/// Our own mistake: always checked, in every build.
#define ZS_INVARIANT(condition, promise)                                                       \
    do {                                                                                       \
        if (!(condition)) zs::base::broken_invariant(#condition, promise, __FILE__, __LINE__); \
    } while (false)
