#include "base/failure.h"

#include <fmt/format.h>

#include "base/identity.h"
#include "base/text.h"

namespace zs::base {

namespace {

Said masked(const Said& said) {
    return {mask_id_numbers(said.in(Language::chinese)),
            mask_id_numbers(said.in(Language::english))};
}

}  // namespace

Failure::Failure(Fault fault, const Said& what, const Where& where, const Said& remedy)
    : fault_(fault),
      problem_(masked(what)),
      place_(masked(where)),
      remedy_(masked(remedy)),
      english_(line(Language::english)) {}

std::string Failure::line(Language language) const {
    const bool english = language == Language::english;
    std::string line = problem_.in(language);
    if (!place_.empty()) line += (english ? ": " : "：") + place_.in(language);
    if (!remedy_.empty()) line += (english ? "; " : "；") + remedy_.in(language);
    return one_line(line);
}

Unexplained::Unexplained(const Said& what, const Where& where)
    : Failure(Fault::system, what, where,
              said("请把做了什么连同这句话报给开发者", "please report it with what you did")) {}

void broken_invariant(const char* condition, const char* promise, const char* file, int line) {
    std::string_view path = file;
    if (const auto slash = path.rfind("/src/"); slash != std::string_view::npos)
        path.remove_prefix(slash + 1);
    throw Unexplained(base::said("程序自己出了错，没有守住：{}",
                                 "a promise of the program is broken: {}", promise),
                      fmt::format("{}:{} ({})", path, line, condition));
}

}  // namespace zs::base
