#include "lake/accept.h"

#include <fmt/format.h>

#include "base/digest.h"
#include "base/file.h"
#include "base/text.h"
#include "lake/divisions.h"
#include "lake/replace.h"

namespace zs::lake {

using engine::literal;

namespace {

/// Writes a SELECT as one Parquet file: whole and on the disk, or not there.
Part write_part(engine::Connection& engine, const Sealing& sealing, const Batch& batch,
                const std::string& kind, const std::string& select) {
    const std::filesystem::path& lake = sealing.before.folder;
    const std::string name = kind == "rows" ? batch.id : batch.id + "." + kind;
    Part part{.kind = kind,
              .file = fmt::format("{}/{}.parquet", batch.ledger, name),
              .digest = {},
              .content = {},
              .rows = 0};
    const std::filesystem::path file = lake / part.file;
    // The temporary file is in the lake itself: a move within one file system is atomic.
    const std::filesystem::path beside = file.string() + ".part";
    std::filesystem::create_directories(file.parent_path());
    engine.execute(fmt::format("copy ({}) to {} (format parquet, compression zstd)", select,
                               literal(beside.string())));
    base::sync(beside);
    part.digest = base::sm3_of_file(beside);
    part.rows = std::stoll(
        engine.value(fmt::format("select count(*) from read_parquet({})", literal(beside.string())))
            .value());
    std::filesystem::rename(beside, file);
    base::sync(file.parent_path());
    return part;
}

std::string listed_digest(engine::Connection& engine) {
    base::Sm3 digest;
    engine.stream("select _part, batch, _line from zs_superseded order by _part, batch, _line",
                  [&](const std::vector<engine::Cell>& row) {
                      digest.add(fmt::format("{}|{}|{}\n", row[0].value_or(""), row[1].value_or(""),
                                             row[2].value_or("")));
                  });
    return digest.finish();
}

}  // namespace

void seal(engine::Connection& engine, const Sealing& sealing, Batch& batch) {
    const std::vector<Column> columns = columns_of(sealing.model, sealing.ledger);
    batch.form = form_text(columns);
    batch.replaced = 0;
    batch.replaced_of.clear();
    for (const auto& [of, rows] : work_out_replaced(engine, sealing, batch)) {
        batch.replaced += rows;
        batch.replaced_of.emplace_back(of, rows);
    }
    const std::string of_batch = fmt::format(
        "{} as batch, _line, {} as entered_by, date {} as entered_at, cast({} as bigint) as _seq",
        literal(batch.id), literal(batch.entered_by), literal(batch.entered_at.substr(0, 10)),
        batch.seq);
    batch.parts.clear();
    batch.touched.clear();
    if (batch.accepted > 0) {
        const std::string rows = fmt::format("select {}, {} from {} order by _line",
                                             listed(file_columns_of(sealing.model, sealing.ledger)),
                                             of_batch, engine::quoted(sealing.staged));
        batch.parts.push_back(write_part(engine, sealing, batch, "rows", rows));
        ZS_INVARIANT(batch.parts.back().rows == batch.accepted,
                     "a part holds the accepted rows, all of them");
    }
    if (engine.value("select count(*) from zs_ended") != "0")
        batch.parts.push_back(write_part(
            engine, sealing, batch, "ended",
            fmt::format("select {}, case when _piece = 1 then {} else {} end as _part, _part as "
                        "_of_part from zs_ended order by batch, _line, _piece",
                        listed(columns), literal(batch.id), literal(batch.id + second_piece))));
    if (engine.value("select count(*) from zs_superseded") != "0") {
        const std::string rows = fmt::format(
            "select _part, batch, _line, cast({} as bigint) as _by_seq from zs_superseded order by "
            "_part, batch, _line",
            batch.seq);
        batch.parts.push_back(write_part(engine, sealing, batch, "superseded", rows));
        batch.parts.back().content = listed_digest(engine);
        engine.stream(
            fmt::format("select distinct replace(_part, {}, '') from zs_superseded order by 1",
                        literal(second_piece)),
            [&](const std::vector<engine::Cell>& row) { batch.touched.push_back(row[0].value()); });
    }
    base::sync(sealing.before.folder);
}

}  // namespace zs::lake
