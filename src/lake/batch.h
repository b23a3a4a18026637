#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/month.h"
#include "record/connection.h"

namespace zs::lake {

/// A file of a batch in the lake: immutable, known by its digest.
struct Part {
    std::string
        kind;  ///< rows; ended (rows of others, now with an end); superseded (a list of rows)
    std::string file;     ///< relative to the lake
    std::string digest;   ///< SM3 of the file's bytes
    std::string content;  ///< of a superseded list: SM3 of what it lists; else empty
    std::int64_t rows = 0;
};

/// Rows of the second sheet of a workbook are known by their line and this much more, and so on.
constexpr std::int64_t lines_a_sheet = 100'000'000;

/// One delivery to one ledger. It counts from the moment the manifest names it, in a committed
/// transaction, until it is withdrawn.
struct Batch {
    std::int64_t seq = 0;  ///< order of acceptance
    std::string id;        ///< 16 hex letters, from what was delivered
    std::string ledger;
    std::string period;       ///< as printed: 2024-09, 2024, 2024s; never the day it came
    std::int64_t label = 0;   ///< the same as in the lake
    std::string division;     ///< whose delivery it is
    std::string file_name;    ///< as given, ID numbers masked
    std::string file_digest;  ///< SM3 of the delivered bytes
    std::string plan_digest;
    std::int64_t rows = 0, accepted = 0, quarantined = 0, warned = 0;
    std::int64_t replaced = 0;  ///< rows in force that it superseded
    bool empty = false;         ///< 零报告
    std::string entered_by;
    std::string entered_at;                 ///< moment in UTC, `2024-10-03 08:15:00`
    std::optional<base::Date> arrived_day;  ///< as said; absent: the day it was entered
    std::string form;                       ///< form.h
    std::string answer;                     ///< what the import answered, kept to answer again
    std::optional<std::string> withdrawn_at;
    std::optional<std::string> added_to;  ///< the batch that had held these rows
    std::vector<Part> parts;
    std::vector<std::string> touched;  ///< parts (batches) in which its superseded rows lie
    /// Of `replaced`, how many rows came with which batch; known when it is sealed, not kept.
    std::vector<std::pair<std::string, std::int64_t>> replaced_of;

    const Part* part(const std::string& kind) const;
    /// It delivers its period: rows of it were taken, or there was nothing to hold. A list of which
    /// every row is held is no list: it replaces nothing.
    bool delivers() const { return accepted > 0 || quarantined == 0; }
    /// The day on which it came: what lateness is judged by.
    base::Date arrived() const;
};

/// Where a row stands in what was delivered: of a workbook with several sheets also in which.
struct FileLine {
    std::string sheet;
    std::int64_t line = 0;
};
FileLine line_in_file(const Batch& batch, std::int64_t line);
/// The day, where the plan's people live (UTC+8), of a moment in UTC.
base::Date day_of(const std::string& moment);

/// All batches in the order of acceptance, with their parts; withdrawn ones too.
std::vector<Batch> batches(record::Connection& record);
std::optional<Batch> batch(record::Connection& record, const std::string& id);

/// The next in the order of acceptance. Under the home's lock.
std::int64_t next_seq(record::Connection& record);

/// An id from what was delivered, the same in any home; another if the same was delivered before.
std::string batch_id(record::Connection& record, const Batch& batch, const std::string& reading);

/// Names the batch in the manifest: from the commit on it counts. Within a transaction.
void enter(record::Connection& record, const Batch& batch);

/// The batch stops counting, in runs from now on; what it replaced counts again. Within a
/// transaction.
/// @throws Failure (input) when there is no such batch, or it is withdrawn already.
void withdraw(record::Connection& record, const std::string& id, const std::string& at,
              const std::string& by);

/// The batches that count and brought the same bytes for the same ledger, division and period.
std::vector<Batch> same_deliveries(record::Connection& record, const Batch& batch);

}  // namespace zs::lake
