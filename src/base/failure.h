#pragma once

#include <exception>
#include <string>

namespace zs::base {

/// What stops a command: the user can mend it (wrong usage or input) or the system failed.
enum class Fault { input, system };

/// A failure that ends the command: what is wrong, where, and what to do. Faults in what people
/// wrote (a pack, a row) are values (`Diagnostic`, `Reason`), not this.
/// ID numbers in it are masked, wherever they come from (a file's name, a word of the command);
/// names and phone numbers nobody puts in.
class Failure : public std::exception {
public:
    Failure(Fault fault, const std::string& what, const std::string& where,
            const std::string& remedy);

    /// One line: `what: where; remedy`.
    const char* what() const noexcept override { return line_.c_str(); }
    Fault fault() const { return fault_; }
    const std::string& problem() const { return problem_; }
    const std::string& place() const { return place_; }
    const std::string& remedy() const { return remedy_; }

    /// Exit status of the command: 2 for input, 3 for the system.
    int exit_status() const { return fault_ == Fault::input ? 2 : 3; }

private:
    Fault fault_;
    std::string problem_;
    std::string place_;
    std::string remedy_;
    std::string line_;
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
