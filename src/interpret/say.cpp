#include "plan/say.h"

#include "interpret/evaluation.h"

namespace zs::interpret {

std::string Evaluation::sentence(const std::vector<plan::SayPart>& parts, const Context& context) {
    return plan::sentence(model_, parts,
                          [&](const plan::Expression& e) { return value(e, context); });
}

}  // namespace zs::interpret
