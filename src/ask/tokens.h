#pragma once

#include "engine/connection.h"
#include "intake/held_about.h"
#include "plan/model.h"

namespace zs::ask {

/// Adds to `subjects` the tokens of the ID numbers that a grain's register, opened by
/// `run::open_inputs`, has for those of its keys.
void add_tokens(engine::Connection& connection, const plan::Model& model, const plan::Grain& grain,
                intake::HeldSubjects& subjects);

}  // namespace zs::ask
