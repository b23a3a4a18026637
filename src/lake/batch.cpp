#include "lake/batch.h"

#include <map>

#include <boost/json.hpp>
#include <fmt/format.h>

#include "base/digest.h"
#include "base/text.h"

namespace zs::lake {

using base::Failure;
using base::Fault;
using record::cell;
using record::Row;

namespace {

constexpr const char* batch_columns =
    "seq, batch, ledger, period, label, division, file_name, file_digest, plan_digest, rows, "
    "accepted, quarantined, "
    "warned, replaced, empty, entered_by, entered_at, form, answer, withdrawn_at, "
    "arrived, added_to";

Batch batch_of(const Row& row) {
    Batch batch;
    batch.seq = row.integer(0);
    batch.id = row.text(1);
    batch.ledger = row.text(2);
    batch.period = row.text(3);
    batch.label = row.integer(4);
    batch.division = row.text(5);
    batch.file_name = row.text(6);
    batch.file_digest = row.text(7);
    batch.plan_digest = row.text(8);
    batch.rows = row.integer(9);
    batch.accepted = row.integer(10);
    batch.quarantined = row.integer(11);
    batch.warned = row.integer(12);
    batch.replaced = row.integer(13);
    batch.empty = row.boolean(14);
    batch.entered_by = row.text(15);
    batch.entered_at = row.text(16);
    batch.form = row.text(17);
    batch.answer = row.text(18);
    batch.withdrawn_at = row.cells[19];
    if (!row.is_null(20)) batch.arrived_day = base::parse_date(row.text(20));
    batch.added_to = row.cells[21];
    return batch;
}

std::vector<Batch> selected(record::Connection& record, const std::string& condition,
                            const record::Cells& values) {
    const record::Reading of_one_moment(record);
    std::vector<Batch> found;
    std::map<std::string, std::size_t> place;
    record.each(fmt::format("select {} from batch {} order by seq", batch_columns, condition),
                values, [&](const Row& row) {
                    found.push_back(batch_of(row));
                    place[found.back().id] = found.size() - 1;
                });
    const std::string those = fmt::format("where batch in (select batch from batch {})", condition);
    record.each("select batch, kind, file, digest, content, rows from part " + those +
                    " order by batch, kind",
                values, [&](const Row& row) {
                    found[place.at(row.text(0))].parts.push_back({.kind = row.text(1),
                                                                  .file = row.text(2),
                                                                  .digest = row.text(3),
                                                                  .content = row.text(4),
                                                                  .rows = row.integer(5)});
                });
    record.each(
        "select batch, touched from touch " + those + " order by batch, touched", values,
        [&](const Row& row) { found[place.at(row.text(0))].touched.push_back(row.text(1)); });
    return found;
}

}  // namespace

const Part* Batch::part(const std::string& kind) const {
    for (const Part& part : parts)
        if (part.kind == kind) return &part;
    return nullptr;
}

base::Date Batch::arrived() const { return arrived_day ? *arrived_day : day_of(entered_at); }

base::Date day_of(const std::string& moment) {
    const auto day = base::parse_date(moment.substr(0, 10));
    ZS_INVARIANT(day.has_value() && moment.size() >= 13, "a moment begins with its day and hour");
    constexpr int hours_ahead = 8, hours_a_day = 24;
    const int hour = (moment[11] - '0') * 10 + (moment[12] - '0');
    return base::Date{day->days + (hour + hours_ahead >= hours_a_day ? 1 : 0)};
}

std::vector<Batch> batches(record::Connection& record) { return selected(record, "", {}); }

std::optional<Batch> batch(record::Connection& record, const std::string& id) {
    std::vector<Batch> found = selected(record, "where batch = :batch", {id});
    if (found.empty()) return std::nullopt;
    return std::move(found.front());
}

std::int64_t next_seq(record::Connection& record) {
    return record.first("select coalesce(max(seq), 0) + 1 from batch")->integer(0);
}

std::string batch_id(record::Connection& record, const Batch& batch, const std::string& reading) {
    constexpr std::size_t letters = 16;
    constexpr int times_max = 100000;
    for (int time = 0; time < times_max; ++time) {
        const std::string id =
            base::sm3(fmt::format("{}\n{}\n{}\n{}\n{}\n{}", batch.ledger, batch.period,
                                  batch.division, batch.file_digest, reading, time))
                .substr(0, letters);
        if (!record.first("select 1 from batch where batch = :batch", {id})) return id;
    }
    ZS_INVARIANT(false, "nobody delivers the same bytes a hundred thousand times");
    return {};
}

void enter(record::Connection& record, const Batch& batch) {
    ZS_INVARIANT(batch.rows == batch.accepted + batch.quarantined,
                 "rows in = rows accepted + rows quarantined");
    record.execute(fmt::format("insert into batch ({}) values (:seq, :batch, :ledger, :period, "
                               ":label, :division, :file_name, "
                               ":file_digest, :plan_digest, :rows, :accepted, :quarantined, "
                               ":warned, :replaced, :empty, "
                               ":entered_by, :entered_at, :form, :answer, :withdrawn_at, "
                               ":arrived, :added_to)",
                               batch_columns),
                   {cell(batch.seq),
                    batch.id,
                    batch.ledger,
                    batch.period,
                    cell(batch.label),
                    batch.division,
                    batch.file_name,
                    batch.file_digest,
                    batch.plan_digest,
                    cell(batch.rows),
                    cell(batch.accepted),
                    cell(batch.quarantined),
                    cell(batch.warned),
                    cell(batch.replaced),
                    record::flag(batch.empty),
                    batch.entered_by,
                    batch.entered_at,
                    batch.form,
                    batch.answer,
                    std::nullopt,
                    batch.arrived_day ? record::Cell(base::text(*batch.arrived_day)) : std::nullopt,
                    batch.added_to});
    for (const Part& part : batch.parts)
        record.execute(
            "insert into part (batch, kind, file, digest, content, rows) values (:batch, :kind, "
            ":file, :digest, :content, :rows)",
            {batch.id, part.kind, part.file, part.digest, part.content, cell(part.rows)});
    for (const std::string& touched : batch.touched)
        record.execute("insert into touch (batch, touched) values (:batch, :touched)",
                       {batch.id, touched});
}

void withdraw(record::Connection& record, const std::string& id, const std::string& at,
              const std::string& by) {
    const std::optional<Batch> found = batch(record, id);
    if (!found)
        throw Failure(Fault::input, base::said("没有批次“{}”", "there is no batch '{}'", id), "",
                      base::said("查看：zengshou batch list", "look at `zengshou batch list`"));
    if (found->withdrawn_at)
        throw Failure(Fault::input,
                      base::said("批次“{}”已经撤回", "the batch '{}' is withdrawn already", id),
                      *found->withdrawn_at, {});
    record.execute("update batch set withdrawn_at = :at, withdrawn_by = :by where batch = :batch",
                   {at, by, id});
}

FileLine line_in_file(const Batch& batch, std::int64_t line) {
    FileLine place{.sheet = {}, .line = line % lines_a_sheet};
    if (batch.answer.empty()) return place;
    const boost::json::object answer = boost::json::parse(batch.answer).as_object();
    const boost::json::value* sheets = answer.if_contains("sheets");
    const auto at = static_cast<std::size_t>(line / lines_a_sheet);
    if (sheets != nullptr && at < sheets->as_array().size())
        place.sheet = std::string(sheets->as_array()[at].as_string());
    return place;
}

std::vector<Batch> same_deliveries(record::Connection& record, const Batch& batch) {
    return selected(record,
                    "where withdrawn_at is null and ledger = :ledger and label = :label and "
                    "division = :division and file_digest = :digest",
                    {batch.ledger, cell(batch.label), batch.division, batch.file_digest});
}

}  // namespace zs::lake
