#pragma once

#include <functional>
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

/// How the file of held rows was read, so that they can be read again.
struct HeldFile {
    std::vector<std::string> header;
    std::string month;     ///< --month as given; empty: not given
    std::string division;  ///< --division as given
    std::string mapping;   ///< text of the --map file
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

/// Forgets the held rows of a batch. Within a transaction.
void clear_held(record::Connection& record, const std::string& batch);

}  // namespace zs::intake
