#pragma once

#include <functional>
#include <string>

#include "compile/program.h"
#include "engine/connection.h"
#include "plan/outcome.h"

namespace zs::run {

/// Called before each statement: its place, how many there are, and why it is needed.
using Progress = std::function<void(std::size_t done, std::size_t total, const std::string& why)>;

/// Runs a program's statements in order over a connection that holds its inputs.
/// @throws Overflow; Failure (input) naming parameter, month and division where a parameter has no
/// value; else what the engine throws.
void execute(engine::Connection& connection, const compile::Program& program,
             const Progress& progress = {});

/// Hands over what the rules found, by rule, division and subject; one at a time, since of a
/// province there are millions.
void each_finding(engine::Connection& connection,
                  const std::function<void(const plan::Finding&)>& take);

/// What the other tables out_… hold, in a fixed order; indicator values typed, not yet labelled.
plan::Outcome outcome_of(engine::Connection& connection, const plan::Model& model);

/// A value read back from its column's text.
plan::Value value_of(const engine::Cell& cell, const plan::Type& type, base::Month first_bit_month,
                     const plan::Model& model);

}  // namespace zs::run
