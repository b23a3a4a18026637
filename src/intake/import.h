#pragma once

#include <functional>
#include <set>
#include <string>

#include "guard/written.h"
#include "intake/intake.h"
#include "intake/judge.h"
#include "intake/row_stream.h"
#include "lake/divisions.h"

namespace zs::intake {

/// What was answered when the same bytes came before, as a duplicate; nothing where they did not,
/// or where what came after them has replaced of it. A file that `--strict` held whole counts as
/// come only for who asks for `--strict` again, and one sheet only for who asks for it.
std::optional<Answer> answered_before(record::Connection& record, const lake::Batch& batch,
                                      const std::function<bool(const lake::Batch&)>& stands,
                                      bool strict, const std::string& sheet = {});

/// A batch's period for a month: the month, or the label of the ledger's period that holds it.
std::int64_t label_of(const plan::Ledger& ledger, base::Month month, const plan::Model& model);

/// @throws Failure (input) when the day is after that of the act.
void refuse_days_to_come(const std::optional<base::Date>& arrived, const Act& act);

/// For the audit: the day on which a batch came, where that was said.
std::string arrived_note(const lake::Batch& batch);

/// What one import is asked to do.
struct Order {
    const plan::Ledger& ledger;
    const Source& source;
    Mapping mapping;
    std::optional<base::Month> month;
    std::string division;
    bool strict = false;
    std::string sheet = {};                  ///< --sheet; empty: all that are visible
    std::optional<base::Date> arrived = {};  ///< the day it came, if that was said
    /// The batch whose held rows these are, and their lines there. The rows are added to it.
    std::optional<lake::Batch> retried = {};
    std::set<std::int64_t> lines = {};
    std::set<std::string> numbers = {};  ///< key fields that a program had as numbers there
    bool given_back = false;             ///< they came mended, in a file
};

/// One import from its rows to its answer. Used once.
///
/// All that takes long is done before the home's lock is taken: rows are read, judged by what
/// counts then, identity is sealed. Under the lock it is looked whether what they were judged by
/// still counts (else they are judged again), what the batch replaces is worked out, and the batch
/// enters the manifest.
class Import {
public:
    Import(const Stores& stores, const plan::Model& model, const Order& order, const Act& act);
    Answer run();

private:
    Reading reading() const;
    Judging judging() const;
    void stage();
    std::optional<Answer> decide();
    void put_keys_right();
    void settle_period();
    [[noreturn]] void refuse_late_period();
    void settle_division();
    void judge();
    void count();
    bool still_holds();
    void write();
    void seal_rows();
    void seal_chunk(std::vector<std::pair<ReadRow, sheet::RawRow>>& chunk,
                    class QuarantineSealer* held, class RowVault& vault);
    guard::Groups keep_sealed();
    void refuse_what_is_settled();
    void note_held_keys();
    void settle_held();
    std::vector<std::string> key_columns(const std::string& alias) const;
    std::string batch_id() const;
    std::string subject_column() const;

    const Stores& stores_;
    const plan::Model& model_;
    const Order& order_;
    const Act& act_;
    engine::Connection engine_;
    lake::Snapshot snapshot_;
    std::optional<KnownDivisions> own_divisions_;
    const KnownDivisions& divisions_;
    std::set<std::string> by_number_;
    std::set<std::string> staged_numbers_;  ///< key fields with cells stored as numbers
    std::set<std::string> numbers_;         ///< and those whose texts show that they were
    bool has_identity_ = false;
    Header header_;
    std::int64_t rows_ = 0;
    std::string identity_digest_;  ///< of all identity, as it was read first
    lake::Batch batch_;
    Answer answer_;
};

}  // namespace zs::intake
