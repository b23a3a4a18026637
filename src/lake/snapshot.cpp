#include "lake/snapshot.h"

#include <algorithm>
#include <map>
#include <set>

#include <fmt/format.h>

#include "base/digest.h"
#include "base/text.h"
#include "engine/connection.h"

namespace zs::lake {

using engine::literal;

namespace {

std::string digest_of(const std::vector<Batch>& batches) {
    std::vector<std::string> lines;
    for (const Batch& batch : batches) {
        const Part* superseded = batch.part("superseded");
        lines.push_back(fmt::format("{}|{}|{}|{}|{}|{}|{}|{}|{}\n", batch.ledger, batch.id,
                                    batch.division, batch.period, batch.accepted, batch.entered_by,
                                    batch.entered_at.substr(0, 10), base::text(batch.arrived()),
                                    superseded == nullptr ? "" : superseded->content));
    }
    std::sort(lines.begin(), lines.end());
    base::Sm3 digest;
    for (const std::string& line : lines) digest.add(line);
    return digest.finish();
}

std::string parquet(const Snapshot& snapshot, const std::vector<std::string>& files) {
    std::vector<std::string> paths;
    for (const std::string& file : files)
        paths.push_back(literal((snapshot.folder / file).string()));
    return fmt::format("read_parquet([{}], hive_partitioning = false)", base::join(paths, ", "));
}

/// Files of one form that can be read by one scan.
struct Group {
    std::string form;
    std::string kind;
    bool touched = false;
    auto operator<=>(const Group&) const = default;
};

class Reader {
public:
    Reader(const Snapshot& snapshot, const plan::Model& model, const plan::Ledger& ledger)
        : snapshot_(snapshot), columns_(columns_of(model, ledger)) {
        std::set<std::string> touched;
        for (const Batch& batch : snapshot.batches) {
            if (batch.ledger != ledger.name) continue;
            touched.insert(batch.touched.begin(), batch.touched.end());
            if (const Part* list = batch.part("superseded")) lists_.push_back(list->file);
            if (batch.part("ended") == nullptr) continue;
            for (const char* piece : {"", second_piece})
                seqs_.push_back(fmt::format("({}, {})", literal(batch.id + piece), batch.seq));
        }
        for (const Batch& batch : snapshot.batches) {
            if (batch.ledger != ledger.name) continue;
            for (const char* kind : {"rows", "ended"})
                if (const Part* part = batch.part(kind))
                    groups_[{batch.form, kind, touched.contains(batch.id)}].push_back(part->file);
        }
    }

    std::string rows(bool in_force, bool with_part) const {
        std::vector<std::string> selects;
        for (const auto& [group, files] : groups_)
            selects.push_back(in_force ? select_in_force(group, files, with_part)
                                       : select(group, files, with_part));
        if (selects.empty()) return nothing(with_part);
        return base::join(selects, "\nunion all\n");
    }

private:
    std::string select(const Group& group, const std::vector<std::string>& files,
                       bool with_part) const {
        const std::vector<Column> there = parse_form(group.form);
        std::vector<std::string> columns;
        for (const Column& column : columns_) columns.push_back(read_column(column, there));
        const bool ended = group.kind == "ended";
        if (with_part)
            columns.push_back(ended ? "_part, _of_part"
                                    : "batch as _part, cast(null as text) as _of_part");
        std::string sql =
            fmt::format("select {} from {}", base::join(columns, ", "), parquet(snapshot_, files));
        if (ended) sql += fmt::format(" where {}", counts());
        return sql;
    }

    /// Of rows that got an end: the batch they came with still counts.
    std::string counts() const {
        std::vector<std::string> ids;
        for (const Batch& batch : snapshot_.batches) ids.push_back(literal(batch.id));
        return fmt::format("batch in ({})", base::join(ids, ", "));
    }

    std::string select_in_force(const Group& group, const std::vector<std::string>& files,
                                bool with_part) const {
        if (group.kind == "rows" && !group.touched) return select(group, files, with_part);
        if (lists_.empty()) return select(group, files, with_part);
        const std::string lists = parquet(snapshot_, lists_);
        std::string sql = fmt::format(
            "select {} from ({}) t where not exists (select 1 from {} s where s._part = t._part "
            "and "
            "s.batch = t.batch and s._line = t._line)",
            listed(columns_, "t") + (with_part ? ", t._part, t._of_part" : ""),
            select(group, files, true), lists);
        // A row that got an end stands for another; if something accepted before had superseded
        // that one, it stands for nothing.
        if (group.kind == "ended")
            sql += fmt::format(
                " and not exists (select 1 from {} s join (values {}) p(part, part_seq) on "
                "s._by_seq < p.part_seq "
                "where p.part = t._part and s._part = t._of_part and s.batch = t.batch and s._line "
                "= "
                "t._line)",
                lists, base::join(seqs_, ", "));
        return sql;
    }

    std::string nothing(bool with_part) const {
        std::vector<std::string> columns;
        for (const Column& column : columns_) columns.push_back(read_column(column, {}));
        if (with_part)
            columns.push_back("cast(null as text) as _part, cast(null as text) as _of_part");
        return fmt::format("select {} where false", base::join(columns, ", "));
    }

    const Snapshot& snapshot_;
    std::vector<Column> columns_;
    std::map<Group, std::vector<std::string>> groups_;
    std::vector<std::string> lists_;
    std::vector<std::string> seqs_;
};

Snapshot snapshot_of(std::vector<Batch> batches, const std::filesystem::path& lake) {
    Snapshot snapshot{.folder = lake, .batches = std::move(batches), .digest = {}};
    snapshot.digest = digest_of(snapshot.batches);
    return snapshot;
}

}  // namespace

bool Snapshot::has(const std::string& batch) const {
    return std::any_of(batches.begin(), batches.end(),
                       [&](const Batch& b) { return b.id == batch; });
}

std::vector<std::string> Snapshot::ids() const {
    std::vector<std::string> ids;
    for (const Batch& batch : batches) ids.push_back(batch.id);
    return ids;
}

Snapshot take(record::Connection& record, const std::filesystem::path& lake) {
    std::vector<Batch> counting = batches(record);
    std::erase_if(counting, [](const Batch& batch) { return batch.withdrawn_at.has_value(); });
    return snapshot_of(std::move(counting), lake);
}

Snapshot of_batches(record::Connection& record, const std::filesystem::path& lake,
                    const std::vector<std::string>& ids) {
    const std::set<std::string> wanted(ids.begin(), ids.end());
    std::vector<Batch> found = batches(record);
    std::erase_if(found, [&](const Batch& batch) { return !wanted.contains(batch.id); });
    if (found.size() != wanted.size())
        throw base::Failure(base::Fault::system,
                            base::said("这次运行用的一个批次不在业务库里",
                                       "a batch of this run is not in the record"),
                            "record.db",
                            base::said("从备份取回业务库", "bring the record back from a backup"));
    return snapshot_of(std::move(found), lake);
}

std::string relation(const Snapshot& snapshot, const plan::Model& model,
                     const plan::Ledger& ledger) {
    return Reader(snapshot, model, ledger).rows(true, false);
}

std::string rows_in_force(const Snapshot& snapshot, const plan::Model& model,
                          const plan::Ledger& ledger) {
    return Reader(snapshot, model, ledger).rows(true, true);
}

std::string all_rows(const Snapshot& snapshot, const plan::Model& model,
                     const plan::Ledger& ledger) {
    return Reader(snapshot, model, ledger).rows(false, true);
}

std::vector<plan::Delivered> delivered(const Snapshot& snapshot) {
    std::vector<plan::Delivered> found;
    for (const Batch& batch : snapshot.batches)
        if (batch.ledger != "figures" && batch.delivers())
            found.push_back({batch.ledger, batch.division, batch.label});
    return found;
}

std::vector<std::string> stray_files(record::Connection& record,
                                     const std::filesystem::path& lake) {
    std::set<std::string> named;
    for (const Batch& batch : batches(record))
        for (const Part& part : batch.parts) named.insert(part.file);
    std::vector<std::string> stray;
    if (!std::filesystem::exists(lake)) return stray;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(lake)) {
        const std::string file = std::filesystem::relative(entry.path(), lake).generic_string();
        if (entry.is_regular_file() && !named.contains(file)) stray.push_back(file);
    }
    std::sort(stray.begin(), stray.end());
    return stray;
}

bool is_as_written(const Snapshot& snapshot, const Part& part) {
    const std::filesystem::path file = snapshot.folder / part.file;
    return std::filesystem::exists(file) && base::sm3_of_file(file) == part.digest;
}

std::vector<std::string> damaged_parts(const Snapshot& snapshot) {
    std::vector<std::string> damaged;
    for (const Batch& batch : snapshot.batches)
        for (const Part& part : batch.parts)
            if (!is_as_written(snapshot, part)) damaged.push_back(part.file);
    return damaged;
}

}  // namespace zs::lake
