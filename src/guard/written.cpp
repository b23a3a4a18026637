#include "guard/written.h"

#include <algorithm>
#include <string_view>

#include <fmt/format.h>

#include "base/digest.h"
#include "base/text.h"

namespace zs::guard {

namespace {

/// Columns are named here once for all: one that is added later is signed by a kind of its own, so
/// that what was signed before stays as it is.
struct Kind {
    std::string name;
    const char* table;
    const char* key;  ///< column; the empty text: the whole table is one group
    const char* columns;
    const char* condition;
    base::Said title;
};

const std::vector<Kind>& kinds() {
    using base::said;
    static const std::vector<Kind> all{
        {"batch", "batch", "batch",
         "seq, batch, ledger, period, label, division, file_name, file_digest, plan_digest, rows, "
         "accepted, quarantined, warned, replaced, empty, entered_by, entered_at, form, answer, "
         "arrived, added_to",
         "true", said("批次", "batch")},
        {"withdrawal", "batch", "batch", "batch, withdrawn_at, withdrawn_by",
         "(withdrawn_at is not null or withdrawn_by is not null)",
         said("撤回的批次", "withdrawal of batch")},
        {"part", "part", "batch", "batch, kind, file, digest, content, rows", "true",
         said("批次的文件", "files of batch")},
        {"touch", "touch", "batch", "batch, touched", "true",
         said("批次替换了哪些批次", "what was replaced by batch")},
        {"quarantine", "quarantine", "batch", "batch, piece, sealed", "true",
         said("批次的暂存行", "held rows of batch")},
        {"held_key", "held_key", "batch", "batch, line, key", "true",
         said("批次暂存行的键", "keys of the held rows of batch")},
        {"settled", "settled", "by_batch", "batch, line, by_batch", "true",
         said("批次处理掉的暂存行", "held rows settled by batch")},
        {"figure", "figure", "batch",
         "seq, indicator, division, label, codes, value, source, batch", "true",
         said("批次的数字", "figures of batch")},
        {vault_kind, "vault", "batch", "grain, subject, field, sealed, batch", "true",
         said("批次写入的身份信息", "identity kept by batch")},
        {"run", "run", "run", "run, month, snapshot, digest, engine, plan_digest, batches, answer",
         "true", said("运行", "run")},
        {"publication", "run", "run", "run, seq, at, by", "true",
         said("运行的发布", "publication of run")},
        {"run_file", "run_file", "run", "run, file, digest", "true",
         said("运行的文件", "files of run")},
        {"exemption", "exemption", "seq",
         "seq, rule, subject, finding, reason, evidence, until, by, at", "true",
         said("豁免", "exemption")},
        {"revocation", "exemption", "seq", "seq, revoked_at, revoked_by",
         "(revoked_at is not null or revoked_by is not null)",
         said("撤销的豁免", "revocation of exemption")},
        {"division", "division", "", "code, name, since, until, reporting_parent", "true",
         said("区划", "divisions")},
    };
    return all;
}

const Kind& kind_named(const std::string& name) {
    const auto found = std::find_if(kinds().begin(), kinds().end(),
                                    [&](const Kind& kind) { return kind.name == name; });
    ZS_INVARIANT(found != kinds().end(), "a change writes rows of a kind that is known");
    return *found;
}

/// The rows of a kind, the key first.
std::string select(const Kind& kind) {
    const std::string_view key = kind.key;
    return fmt::format("select {}, {} from {} where {}",
                       key.empty() ? "''" : fmt::format("coalesce({}, '')", key), kind.columns,
                       kind.table, kind.condition);
}

record::Cells without_key(const record::Row& row) {
    return {row.cells.begin() + 1, row.cells.end()};
}

using Place = std::pair<std::string, std::string>;  ///< kind and key

struct Signed {
    std::int64_t seq = 0;
    RowSum sum;
};

base::Said named(const Place& place) {
    const Kind& kind = kind_named(place.first);
    if (place.second.empty()) return kind.title;
    return base::said("{} {}", "{} {}", kind.title, place.second);
}

std::map<std::int64_t, std::string> signed_where(record::Connection& record,
                                                 const std::string& condition,
                                                 const record::Cells& values) {
    std::map<std::int64_t, base::Sm3> digests;
    record.each("select seq, kind, key, rows, digest from written " + condition +
                    " order by seq, kind, key",
                values, [&](const record::Row& row) {
                    digests[row.integer(0)].add(fmt::format("{}|{}|{}|{}\n", row.text(1),
                                                            row.text(2), row.text(3), row.text(4)));
                });
    std::map<std::int64_t, std::string> found;
    for (auto& [seq, digest] : digests) found.emplace(seq, digest.finish());
    return found;
}

base::Said differs(const Place& place, const Signed& wanted, const RowSum& found) {
    const base::Said what = named(place);
    if (found.rows() == wanted.sum.rows())
        return base::said("业务库里“{}”被改过（审计第 {} 条写下 {} 行）",
                          "the record was changed: {} (written by audit entry {}, rows: {})", what,
                          wanted.seq, wanted.sum.rows());
    if (found.rows() < wanted.sum.rows())
        return base::said("业务库里“{}”缺行：审计第 {} 条写下 {} 行，现有 {} 行",
                          "rows of the record are missing: {} (audit entry {} wrote {}, {} are "
                          "there)",
                          what, wanted.seq, wanted.sum.rows(), found.rows());
    return base::said("业务库里“{}”多出行：审计第 {} 条写下 {} 行，现有 {} 行",
                      "the record has rows that no entry wrote: {} (audit entry {} wrote {}, {} "
                      "are there)",
                      what, wanted.seq, wanted.sum.rows(), found.rows());
}

}  // namespace

const std::vector<std::string> kinds_of_batch = {"batch",    "part",    "touch", "quarantine",
                                                 "held_key", "settled", "figure"};

void RowSum::add(const std::string& kind, const record::Cells& row) {
    base::Sm3 digest;
    digest.add(kind + "\n");
    // Each value with its length, so that no two rows give the same bytes.
    for (const record::Cell& cell : row)
        digest.add(cell ? fmt::format("{}:{}\n", cell->size(), *cell) : "-\n");
    add(of(1, digest.finish()));
}

void RowSum::add(const RowSum& other) {
    rows_ += other.rows_;
    unsigned carry = 0;
    for (std::size_t i = sum_.size(); i-- > 0;) {
        carry += static_cast<unsigned>(sum_[i]) + other.sum_[i];
        sum_[i] = static_cast<std::uint8_t>(carry & 0xffU);
        carry >>= 8U;
    }
}

void RowSum::take_out(const RowSum& other) {
    rows_ -= other.rows_;
    int borrow = 0;
    for (std::size_t i = sum_.size(); i-- > 0;) {
        int left = static_cast<int>(sum_[i]) - other.sum_[i] - borrow;
        borrow = left < 0 ? 1 : 0;
        if (left < 0) left += 256;
        sum_[i] = static_cast<std::uint8_t>(left);
    }
}

std::string RowSum::hex() const {
    std::string text;
    for (const std::uint8_t byte : sum_) text += fmt::format("{:02x}", byte);
    return text;
}

RowSum RowSum::of(std::int64_t rows, const std::string& hex) {
    RowSum sum;
    sum.rows_ = rows;
    const auto half = [](char letter) {
        return static_cast<unsigned>(letter <= '9' ? letter - '0' : letter - 'a' + 10) & 15U;
    };
    for (std::size_t i = 0; i < sum.sum_.size() && 2 * i + 1 < hex.size(); ++i)
        sum.sum_[i] = static_cast<std::uint8_t>(half(hex[2 * i]) << 4U | half(hex[2 * i + 1]));
    return sum;
}

Groups written(record::Connection& record, const std::vector<std::string>& kinds,
               const std::string& key) {
    Groups groups;
    for (const std::string& name : kinds) {
        const Kind& kind = kind_named(name);
        Group group{.kind = name, .key = key, .sum = {}};
        const auto add = [&](const record::Row& row) { group.sum.add(name, without_key(row)); };
        if (std::string_view(kind.key).empty())
            record.each(select(kind), {}, add);
        else
            record.each(fmt::format("{} and {} = :key", select(kind), kind.key), {key}, add);
        if (group.sum.rows() > 0) groups.push_back(std::move(group));
    }
    return groups;
}

std::string note_written(record::Connection& record, std::int64_t seq, const Groups& groups) {
    for (const Group& group : groups)
        record.execute(
            "insert into written (seq, kind, key, rows, digest) values (:seq, :kind, :key, :rows, "
            ":digest)",
            {record::cell(seq), group.kind, group.key, record::cell(group.sum.rows()),
             group.sum.hex()});
    if (groups.empty()) return "";
    return signed_where(record, "where seq = :seq", {record::cell(seq)}).at(seq);
}

std::map<std::int64_t, std::string> signed_by_entry(record::Connection& record) {
    return signed_where(record, "", {});
}

Comparison compare_with_written(record::Connection& record) {
    const record::Reading of_one_moment(record);
    Comparison comparison;
    comparison.unsigned_entries =
        record.first("select count(*) from audit where written is null")->integer(0);
    std::map<Place, Signed> signed_last;
    record.each("select seq, kind, key, rows, digest from written order by seq", {},
                [&](const record::Row& row) {
                    signed_last[{row.text(1), row.text(2)}] = {
                        row.integer(0), RowSum::of(row.integer(3), row.text(4))};
                });
    for (const Kind& kind : kinds()) {
        std::map<std::string, RowSum> found;
        record.each(select(kind), {}, [&](const record::Row& row) {
            found[row.text(0)].add(kind.name, without_key(row));
        });
        for (const auto& [key, sum] : found) {
            const Place place{kind.name, key};
            const auto known = signed_last.find(place);
            if (known == signed_last.end()) {
                if (comparison.unsigned_entries == 0)
                    comparison.wrong.push_back(
                        base::said("业务库里“{}”没有审计记录（{} 行）",
                                   "no audit entry tells of what the record has: {} (rows: {})",
                                   named(place), sum.rows()));
            } else if (!(known->second.sum == sum)) {
                comparison.wrong.push_back(differs(place, known->second, sum));
            }
        }
        for (const auto& [place, wanted] : signed_last)
            if (place.first == kind.name && wanted.sum.rows() > 0 && !found.contains(place.second))
                comparison.wrong.push_back(differs(place, wanted, {}));
    }
    return comparison;
}

}  // namespace zs::guard
