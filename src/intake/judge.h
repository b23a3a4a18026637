#pragma once

#include <optional>
#include <set>
#include <string>
#include <vector>

#include "engine/connection.h"
#include "lake/snapshot.h"
#include "plan/model.h"

namespace zs::intake {

/// What staged rows are judged against, in the engine, whole tables at a time.
struct Judging {
    const plan::Model& model;
    const plan::Ledger& ledger;
    const lake::Snapshot& snapshot;  ///< what counts now
    const std::vector<plan::Division>& divisions;
    const std::set<std::string>& by_number;  ///< key fields with ID numbers to look up
};

/// Puts registered keys in the place of ID numbers; of one that is not registered the token stays
/// (in the registry itself it becomes the key).
void look_up_numbers(engine::Connection& engine, const Judging& judging);

/// SQL: `token` (`#` before it) and key of each subject that the registry of a key field knows by
/// an ID number; nothing where it knows none by it.
std::optional<std::string> registered_numbers(const Judging& judging, const std::string& field);

/// Holds rows whose key no registry knows at any month: `reference`.
void judge_references(engine::Connection& engine, const Judging& judging);

/// Holds rows of a registry for a subject that is in force under a parent of another division and
/// has not ended there: `claimed`.
void judge_claims(engine::Connection& engine, const Judging& judging);

/// Holds rows of a registry whose ID number is in force under another key, there or in a row
/// before: `claimed`.
void judge_numbers(engine::Connection& engine, const Judging& judging);

/// The latest period among the rows, as a label; nothing where no row has one.
std::optional<std::int64_t> latest_period(engine::Connection& engine, const plan::Ledger& ledger);
/// The line of the first row that is of it.
std::optional<std::int64_t> latest_row(engine::Connection& engine, const plan::Ledger& ledger);
/// Where the rows of a file lie.
struct Lying {
    std::optional<std::string> above;  ///< the lowest division above all of them
    /// Where nothing lies above all: the divisions, of the widest level, in which they lie; empty
    /// where no row leads to a division.
    std::vector<std::string> apart;
};
Lying lying(engine::Connection& engine, const Judging& judging);

/// In a ledger of whole lists: holds rows of another period (`month`, `date`) or division
/// (`division`).
void judge_whole(engine::Connection& engine, const Judging& judging, std::int64_t label,
                 const std::string& division);

/// Of rows not held so far with one key the first stays, the others are held: `duplicate`, with the
/// line of the first.
void judge_duplicates(engine::Connection& engine, const Judging& judging);

/// Of rows that were held before: holds those whose key a row of these batches has, which were
/// taken of the same delivery: `duplicate`, with the line of that row.
void judge_taken(engine::Connection& engine, const Judging& judging,
                 const std::set<std::string>& batches);

}  // namespace zs::intake
