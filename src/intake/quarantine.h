#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "guard/keys.h"
#include "intake/reason.h"
#include "record/connection.h"
#include "sheet/table.h"

namespace zs::intake {

/// A row that was not taken, as it came: it holds identity, so it is kept sealed.
struct HeldRow {
    sheet::RawRow raw;
    std::vector<Reason> reasons;
};

/// The line is no row of data but a total, a signature, a header once more: it was not taken, and
/// nobody need mend it.
bool is_footer(const HeldRow& row);

/// How the file of held rows was read, so that they can be read again.
struct HeldFile {
    std::vector<std::string> header;
    std::string month;     ///< --month as given; empty: not given
    std::string division;  ///< --division as given
    std::string mapping;   ///< text of the --map file
    std::set<std::string> numbers = {};  ///< key fields that a program had as numbers
};

/// Seals the held rows of a batch, piece by piece, and hands each piece over.
class QuarantineSealer {
public:
    using Keep = std::function<void(std::int64_t piece, const std::string& sealed)>;
    QuarantineSealer(const guard::Keys& keys, std::string batch, const HeldFile& file, Keep keep);
    void add(HeldRow row);
    void close();

private:
    void write(const std::string& plain);
    const guard::Keys& keys_;
    std::string batch_;
    Keep keep_;
    std::int64_t piece_ = 0;
    std::vector<HeldRow> rows_;
};

/// Keeps the sealed pieces of a batch. Within the batch's transaction.
class HeldPieces {
public:
    HeldPieces(record::Connection& record, std::string batch);
    void put(std::int64_t piece, const std::string& sealed);

private:
    record::Statement insert_;
    std::string batch_;
};

/// Held rows of a batch, in order; `file` first. Nothing where none are held.
void each_held(record::Connection& record, const guard::Keys& keys, const std::string& batch,
               const std::function<void(const HeldFile&)>& file,
               const std::function<void(const HeldRow&)>& row);

/// As `each_held`, but only rows that are still open (see `note_settled`).
void each_open(record::Connection& record, const guard::Keys& keys, const std::string& batch,
               const std::function<void(const HeldFile&)>& file,
               const std::function<void(const HeldRow&)>& row);

/// The key of a held row as text: its parts as the lake has them, a NULL as itself, in their order.
std::string key_text(const std::vector<std::optional<std::string>>& parts);
std::vector<std::optional<std::string>> key_parts(const std::string& text);

/// Keeps the key of a held row, by which a later delivery settles it. Within a transaction.
void keep_held_key(record::Connection& record, const std::string& batch, std::int64_t line,
                   const std::string& key);

/// A held row that no later batch has brought yet.
struct OpenKey {
    std::string batch;
    std::int64_t line = 0;
    std::string key;
};
/// Those of a ledger, but for batches that are withdrawn and the batch `but`.
std::vector<OpenKey> open_keys(record::Connection& record, const std::string& ledger,
                               const std::string& but);

/// Notes that a later batch brought a held row, or its key: it is settled for as long as that batch
/// counts. Within a transaction.
void note_settled(record::Connection& record, const std::string& batch, std::int64_t line,
                  const std::string& by);

/// By line, the batch that settled a held row.
std::map<std::int64_t, std::string> settled_lines(record::Connection& record,
                                                  const std::string& batch);

/// Lines of held rows that are still open; of a batch that is withdrawn none is.
std::set<std::int64_t> open_lines(record::Connection& record, const guard::Keys& keys,
                                  const std::string& batch);

}  // namespace zs::intake
