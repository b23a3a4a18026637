#include "intake/registry.h"

#include <fmt/format.h>

namespace zs::intake {

void hold(engine::Connection& engine, const std::string& rows, const std::string& field,
          const std::string& code, const std::string& say) {
    engine.execute(fmt::format("insert into zs_faults select _line, {}, {}, {}, false from ({})",
                               engine::literal(field), engine::literal(code), engine::literal(say),
                               rows));
}

std::optional<Registry> registry_of(const plan::Model& model, const std::string& grain_name) {
    const plan::Grain* grain = model.grain(grain_name);
    if (grain == nullptr || grain->key.size() != 1) return std::nullopt;
    if (grain->form != plan::Grain::Form::registry && grain->form != plan::Grain::Form::rows)
        return std::nullopt;
    const plan::Ledger* ledger = model.ledger(grain->ledger);
    if (ledger == nullptr || ledger->built_in) return std::nullopt;
    return Registry{ledger, grain->key[0]};
}

}  // namespace zs::intake
