#include <fmt/format.h>

#include "random_pack.h"

namespace zs::random {

RandomCase make(std::uint64_t seed) {
    RandomCase made;
    made.seed = seed;
    made.files = write_pack(seed);
    made.checked = plan::check_texts(made.files);
    made.dataset = make_data(made.checked.model, seed + 1'000'003);
    return made;
}

std::string shown(const RandomCase& random_case) {
    std::string text = fmt::format("seed {}, run of {}\n", random_case.seed,
                                   base::text(random_case.dataset.month));
    for (const plan::Diagnostic& diagnostic : random_case.checked.diagnostics)
        if (diagnostic.severity == plan::Diagnostic::Severity::error)
            text += plan::rendered(diagnostic);
    for (const auto& [name, content] : random_case.files)
        text += fmt::format("--- {}\n{}\n", name, content);
    for (const auto& [ledger, rows] : random_case.dataset.rows) {
        text += fmt::format("--- rows of {}\n", ledger);
        for (const plan::Row& row : rows) {
            for (const plan::Value& value : row) text += plan::text(value) + "|";
            text += "\n";
        }
    }
    for (const plan::Delivered& batch : random_case.dataset.delivered)
        text += fmt::format("delivered {} {} {}\n", batch.ledger, batch.division, batch.period);
    return text;
}

}  // namespace zs::random
