#pragma once

#include <set>
#include <string>

#include "intake/judge.h"

namespace zs::intake {

/// Keys that stand in `zs_staged` as programs left them are put right where nothing can be lost by
/// it, and held where it might (ADR 7). What is registered is always itself; of a registry so is
/// what one text column tells apart.

/// Fields that hold keys, or text that is part of one, in which every value is a whole number with
/// the same zeros behind its point: a program had them as numbers.
std::set<std::string> columns_of_floats(engine::Connection& engine, const plan::Model& model,
                                        const plan::Ledger& ledger);

/// Takes `.0` off the keys of `floats`, and off a key whose registry knows it without only. In a
/// registry a subject that is new by it is warned of: `key`.
void clean_keys(engine::Connection& engine, const Judging& judging,
                const std::set<std::string>& floats);

/// Holds rows whose key no registry knows and which differs from a registered one, or in a column
/// of `numbers` from another of the file, by what programs take away or nobody sees: zeros before
/// it, blanks within it. `key`; in a registry itself such a row would be a subject anew.
/// @param numbers fields whose cells a program had as numbers
void judge_damaged_keys(engine::Connection& engine, const Judging& judging,
                        const std::set<std::string>& numbers);

}  // namespace zs::intake
