#include "plan/figure.h"

#include <array>
#include <charconv>

namespace zs::plan {

std::string figure_text(double figure) {
    std::array<char, 400> digits{};  // the largest double has 309
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), figure,
                                   std::chars_format::fixed);
    return {digits.data(), end.ptr};
}

}  // namespace zs::plan
