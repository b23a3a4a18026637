#include "base/failure.h"

#include <fmt/format.h>

#include "base/identity.h"
#include "base/text.h"

namespace zs::base {

namespace {

std::string line_of(const std::string& what, const std::string& where, const std::string& remedy) {
    std::string line = what;
    if (!where.empty()) line += ": " + where;
    if (!remedy.empty()) line += "; " + remedy;
    return one_line(line);
}

}  // namespace

Failure::Failure(Fault fault, const std::string& what, const std::string& where,
                 const std::string& remedy)
    : fault_(fault),
      problem_(mask_id_numbers(what)),
      place_(mask_id_numbers(where)),
      remedy_(mask_id_numbers(remedy)),
      line_(line_of(problem_, place_, remedy_)) {}

void broken_invariant(const char* condition, const char* promise, const char* file, int line) {
    std::string_view path = file;
    if (const auto slash = path.rfind("/src/"); slash != std::string_view::npos)
        path.remove_prefix(slash + 1);
    throw Failure(Fault::system, fmt::format("a promise of the program is broken: {}", promise),
                  fmt::format("{}:{} ({})", path, line, condition),
                  "please report it with what you did");
}

}  // namespace zs::base
