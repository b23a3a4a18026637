#pragma once

#include <optional>
#include <string>

#include "engine/connection.h"
#include "plan/model.h"

namespace zs::intake {

/// The ledger that registers a grain's subjects, and the field with their key; nothing for levels
/// and users.
struct Registry {
    const plan::Ledger* ledger = nullptr;
    std::string key;
};
std::optional<Registry> registry_of(const plan::Model& model, const std::string& grain_name);

/// Holds the rows whose `_line` a query gives, with one reason.
void hold(engine::Connection& engine, const std::string& rows, const std::string& field,
          const std::string& code, const std::string& say);

}  // namespace zs::intake
