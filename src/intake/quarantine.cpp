#include "intake/quarantine.h"

#include <algorithm>

#include <boost/json.hpp>
#include <fmt/format.h>

#include "guard/seal.h"

namespace zs::intake {

namespace {

namespace js = boost::json;

constexpr std::size_t rows_a_piece = 500;

std::string about(const std::string& batch, std::int64_t piece) {
    return fmt::format("quarantine|{}|{}", batch, piece);
}

js::object to_json(const HeldRow& row) {
    js::array cells, reasons;
    for (const sheet::Cell& cell : row.raw.cells) {
        js::array kept{static_cast<int>(cell.kind), cell.text};
        if (!cell.shown.empty()) kept.push_back(js::string(cell.shown));
        cells.push_back(std::move(kept));
    }
    for (const Reason& reason : row.reasons)
        reasons.push_back(js::array{reason.code, reason.field, reason.say});
    return {{"line", row.raw.line}, {"cells", cells}, {"reasons", reasons}};
}

HeldRow row_from(const js::object& object) {
    HeldRow row;
    row.raw.line = object.at("line").as_int64();
    for (const js::value& cell : object.at("cells").as_array())
        row.raw.cells.push_back(
            {static_cast<sheet::Cell::Kind>(cell.at(0).as_int64()),
             std::string(cell.at(1).as_string()),
             cell.as_array().size() > 2 ? std::string(cell.at(2).as_string()) : ""});
    for (const js::value& reason : object.at("reasons").as_array()) {
        row.reasons.push_back({std::string(reason.at(0).as_string()),
                               std::string(reason.at(1).as_string()),
                               std::string(reason.at(2).as_string())});
        // What is wrong with the row as a whole its cells do not tell when they are read again.
        const Reason& kept = row.reasons.back();
        if (kept.code != "columns" && kept.code != "footer") continue;
        row.raw.fault_code = kept.code;
        row.raw.fault = base::Said::as_is(kept.say);
    }
    return row;
}

HeldFile file_from(const js::object& object) {
    HeldFile file;
    for (const js::value& name : object.at("header").as_array())
        file.header.emplace_back(name.as_string());
    file.month = std::string(object.at("month").as_string());
    file.division = std::string(object.at("division").as_string());
    file.mapping = std::string(object.at("mapping").as_string());
    // What was held before has no word of these.
    if (const js::value* numbers = object.if_contains("numbers"))
        for (const js::value& field : numbers->as_array()) file.numbers.emplace(field.as_string());
    return file;
}

}  // namespace

bool is_footer(const HeldRow& row) {
    return std::all_of(row.reasons.begin(), row.reasons.end(),
                       [](const Reason& reason) { return reason.code == "footer"; });
}

QuarantineSealer::QuarantineSealer(const guard::Keys& keys, std::string batch, const HeldFile& file,
                                   Keep keep)
    : keys_(keys), batch_(std::move(batch)), keep_(std::move(keep)) {
    js::array header, numbers;
    for (const std::string& name : file.header) header.push_back(js::string(name));
    for (const std::string& field : file.numbers) numbers.push_back(js::string(field));
    write(js::serialize(js::object{{"header", header},
                                   {"month", file.month},
                                   {"division", file.division},
                                   {"mapping", file.mapping},
                                   {"numbers", numbers}}));
}

void QuarantineSealer::write(const std::string& plain) {
    keep_(piece_, guard::seal(keys_, about(batch_, piece_), plain));
    ++piece_;
}

void QuarantineSealer::add(HeldRow row) {
    rows_.push_back(std::move(row));
    if (rows_.size() >= rows_a_piece) close();
}

void QuarantineSealer::close() {
    if (rows_.empty()) return;
    js::array rows;
    for (const HeldRow& row : rows_) rows.push_back(to_json(row));
    write(js::serialize(rows));
    rows_.clear();
}

HeldPieces::HeldPieces(record::Connection& record, std::string batch)
    : insert_(record.prepare(
          "insert into quarantine (batch, piece, sealed) values (:batch, :piece, :sealed)", 3)),
      batch_(std::move(batch)) {}

void HeldPieces::put(std::int64_t piece, const std::string& sealed) {
    insert_.run({batch_, record::cell(piece), sealed});
}

void each_held(record::Connection& record, const guard::Keys& keys, const std::string& batch,
               const std::function<void(const HeldFile&)>& file,
               const std::function<void(const HeldRow&)>& row) {
    record.each("select piece, sealed from quarantine where batch = :batch order by piece", {batch},
                [&](const record::Row& piece) {
                    const js::value value = js::parse(
                        guard::unseal(keys, about(batch, piece.integer(0)), piece.text(1)));
                    if (value.is_object()) {
                        file(file_from(value.as_object()));
                        return;
                    }
                    for (const js::value& each : value.as_array()) row(row_from(each.as_object()));
                });
}

std::string key_text(const std::vector<std::optional<std::string>>& parts) {
    js::array array;
    for (const auto& part : parts)
        array.push_back(part ? js::value(js::string(*part)) : js::value(nullptr));
    return js::serialize(array);
}

std::vector<std::optional<std::string>> key_parts(const std::string& text) {
    std::vector<std::optional<std::string>> parts;
    const js::value parsed = js::parse(text);
    for (const js::value& part : parsed.as_array())
        parts.push_back(part.is_null() ? std::nullopt
                                       : std::optional(std::string(part.as_string())));
    return parts;
}

void keep_held_key(record::Connection& record, const std::string& batch, std::int64_t line,
                   const std::string& key) {
    record.execute("insert into held_key (batch, line, key) values (:batch, :line, :key)",
                   {batch, record::cell(line), key});
}

std::vector<OpenKey> open_keys(record::Connection& record, const std::string& ledger,
                               const std::string& but) {
    std::vector<OpenKey> open;
    record.each(
        "select k.batch, k.line, k.key from held_key k join batch b on b.batch = k.batch where "
        "b.ledger = :ledger and b.withdrawn_at is null and k.batch <> :but and not exists (select "
        "1 from settled s join batch l on l.batch = s.by_batch where s.batch = k.batch and s.line "
        "= k.line and l.withdrawn_at is null) order by k.batch, k.line",
        {ledger, but}, [&](const record::Row& row) {
            open.push_back({row.text(0), row.integer(1), row.text(2)});
        });
    return open;
}

void note_settled(record::Connection& record, const std::string& batch, std::int64_t line,
                  const std::string& by) {
    record.execute(
        "insert into settled (batch, line, by_batch) values (:batch, :line, :by) on conflict "
        "(batch, line, by_batch) do nothing",
        {batch, record::cell(line), by});
}

std::map<std::int64_t, std::string> settled_lines(record::Connection& record,
                                                  const std::string& batch) {
    std::map<std::int64_t, std::string> settled;
    record.each(
        "select s.line, s.by_batch from settled s join batch b on b.batch = s.by_batch where "
        "s.batch = :batch and b.withdrawn_at is null order by b.seq desc",
        {batch}, [&](const record::Row& row) { settled[row.integer(0)] = row.text(1); });
    return settled;
}

void each_open(record::Connection& record, const guard::Keys& keys, const std::string& batch,
               const std::function<void(const HeldFile&)>& file,
               const std::function<void(const HeldRow&)>& row) {
    if (!record.first("select 1 from batch where batch = :batch and withdrawn_at is null", {batch}))
        return;
    const std::map<std::int64_t, std::string> settled = settled_lines(record, batch);
    each_held(record, keys, batch, file, [&](const HeldRow& held) {
        if (!settled.contains(held.raw.line)) row(held);
    });
}

std::set<std::int64_t> open_lines(record::Connection& record, const guard::Keys& keys,
                                  const std::string& batch) {
    std::set<std::int64_t> lines;
    each_open(
        record, keys, batch, [](const HeldFile&) {},
        [&](const HeldRow& row) { lines.insert(row.raw.line); });
    return lines;
}

}  // namespace zs::intake
