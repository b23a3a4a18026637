#pragma once

#include <set>
#include <string>

#include "intake/intake.h"
#include "intake/judge.h"
#include "intake/row_stream.h"
#include "lake/divisions.h"

namespace zs::intake {

/// What was answered when the same bytes came before, as a duplicate; nothing where they did not. A
/// file that `--strict` held whole counts as come only for who asks for `--strict` again.
std::optional<Answer> answered_before(record::Connection& record, const lake::Batch& batch,
                                      bool strict);

/// What one import is asked to do.
struct Order {
    const plan::Ledger& ledger;
    const Source& source;
    Mapping mapping;
    std::optional<base::Month> month;
    std::string division;
    bool strict = false;
    std::optional<lake::Batch> retried;  ///< the batch whose held rows these are
};

/// One import from its rows to its answer. Used once.
class Import {
public:
    Import(const Stores& stores, const plan::Model& model, const Order& order, const Act& act);
    Answer run();

private:
    Reading reading() const;
    void stage();
    void settle_period();
    void settle_division();
    void judge();
    void count();
    void write();
    void keep_rows();
    void keep_chunk(std::vector<std::pair<ReadRow, sheet::RawRow>>& chunk,
                    class QuarantineWriter* held, class RowVault& vault);
    std::string subject_column() const;

    const Stores& stores_;
    const plan::Model& model_;
    const Order& order_;
    const Act& act_;
    engine::Connection engine_;
    lake::Snapshot snapshot_;
    std::optional<KnownDivisions> own_divisions_;
    const std::vector<plan::Division>& divisions_;
    const std::unordered_set<std::string>& codes_;
    std::set<std::string> by_number_;
    bool has_identity_ = false;
    Header header_;
    lake::Batch batch_;
    Answer answer_;
};

}  // namespace zs::intake
