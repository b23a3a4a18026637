#include "intake/quarantine.h"

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
        row.raw.fault = kept.say;
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
    return file;
}

}  // namespace

QuarantineSealer::QuarantineSealer(const guard::Keys& keys, std::string batch,
                                   const HeldFile& file, Keep keep)
    : keys_(keys), batch_(std::move(batch)), keep_(std::move(keep)) {
    js::array header;
    for (const std::string& name : file.header) header.push_back(js::string(name));
    write(js::serialize(js::object{{"header", header},
                                   {"month", file.month},
                                   {"division", file.division},
                                   {"mapping", file.mapping}}));
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

void clear_held(record::Connection& record, const std::string& batch) {
    record.execute("delete from quarantine where batch = :batch", {batch});
}

}  // namespace zs::intake
