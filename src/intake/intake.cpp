#include "intake/intake.h"

#include <fmt/format.h>

#include "base/digest.h"
#include "base/text.h"
#include "guard/audit.h"
#include "intake/figures.h"
#include "intake/import.h"
#include "intake/staging.h"
#include "lake/accept.h"
#include "lake/divisions.h"

namespace zs::intake {

using base::Failure;
using base::Fault;

namespace {

const plan::Ledger& ledger_named(const plan::Model& model, const std::string& name) {
    const plan::Ledger* found = model.ledger(name);
    if (found != nullptr && !found->built_in) return *found;
    std::vector<std::string> known;
    for (const plan::Ledger& ledger : model.ledgers)
        if (!ledger.built_in) known.push_back(ledger.name);
    const auto near = base::nearest_names(name, known);
    throw Failure(Fault::input, fmt::format("there is no ledger '{}' to import into", name), "",
                  near.empty() ? fmt::format("ledgers are {}", base::join(known, ", "))
                               : fmt::format("did you mean '{}'?", near[0]));
}

/// Rows held of a list are part of it no more once a newer list has taken its place.
void refuse_where_replaced(record::Connection& record, const lake::Batch& list) {
    for (const lake::Batch& later : lake::batches(record))
        if (!later.withdrawn_at && later.seq > list.seq &&
            std::find(later.touched.begin(), later.touched.end(), list.id) != later.touched.end())
            throw Failure(Fault::input,
                          fmt::format("a newer list, batch '{}', has replaced that of batch '{}'",
                                      later.id, list.id),
                          "", "send the rows that are missing with a list of now");
}

}  // namespace

KnownDivisions known_divisions(record::Connection& record) {
    KnownDivisions known{lake::divisions(record), {}};
    for (const plan::Division& division : known.all) known.codes.insert(division.code);
    return known;
}

std::optional<record::HomeLock> locked(const Stores& stores) {
    if (stores.lock.empty()) return std::nullopt;
    return record::HomeLock(stores.lock);
}

Answer import_rows(const Stores& stores, const plan::Model& model, const std::string& ledger_name,
                   const Source& source, const ImportOptions& options, const Act& act) {
    const plan::Ledger& ledger = ledger_named(model, ledger_name);
    Order order{.ledger = ledger,
                .source = source,
                .mapping = {},
                .month = options.month,
                .division = options.division,
                .strict = options.strict,
                .retried = {},
                .sheet = options.sheet};
    if (!options.mapping.empty()) order.mapping = read_mapping(options.mapping, model, ledger);
    if (!order.month) order.month = order.mapping.month;
    return Import(stores, model, order, act).run();
}

Answer import_file(const Stores& stores, const plan::Model& model, const std::string& ledger,
                   const std::filesystem::path& file, const ImportOptions& options,
                   const Act& act) {
    if (ledger == "figures") return import_figures(stores, model, file, options, act);
    ledger_named(model, ledger);
    const std::unique_ptr<Source> source = open_source(file, stores.staging(), stores.engine);
    return import_rows(stores, model, ledger, *source, options, act);
}

Answer import_empty(const Stores& stores, const plan::Model& model, const std::string& ledger_name,
                    base::Month month, const std::string& division, const Act& act) {
    const plan::Ledger& ledger = ledger_named(model, ledger_name);
    const auto lock = locked(stores);
    std::optional<KnownDivisions> own;
    if (stores.divisions == nullptr) own = known_divisions(stores.record);
    const KnownDivisions& known = own ? *own : *stores.divisions;
    if (!known.codes.contains(division))
        throw Failure(Fault::input, fmt::format("there is no division '{}'", division),
                      "--division", "look at the divisions' codes");
    const bool by_month = ledger.period == plan::Period::month ||
                          ledger.period == plan::Period::date ||
                          ledger.period == plan::Period::span;
    lake::Batch batch;
    batch.ledger = ledger.name;
    batch.label = by_month ? month.index : plan::label_of(ledger.period, month, model.calendar);
    batch.period = plan::label_text(ledger.period, batch.label);
    batch.division = division;
    batch.file_digest = base::sm3("");
    batch.plan_digest = model.digest;
    batch.empty = true;
    if (const auto before = answered_before(stores.record, batch, false)) return *before;
    batch.entered_by = act.by;
    batch.entered_at = act.at;
    batch.seq = lake::next_seq(stores.record);
    batch.id = lake::batch_id(stores.record, batch, "");
    engine::Connection engine = engine::Connection::open(stores.engine);
    Staging(engine, model, ledger).close();
    begin_judging(engine);
    const lake::Snapshot snapshot = lake::take(stores.record, stores.lake);
    lake::seal(engine, {model, ledger, snapshot, known.all, "zs_staged", false}, batch);
    Answer answer;
    answer.batch = batch.id;
    answer.ledger = ledger.name;
    answer.month = batch.period;
    answer.division = division;
    answer.digest = batch.file_digest;
    answer.replaced = batch.replaced;
    batch.answer = json(answer);
    record::Transaction transaction(stores.record);
    lake::enter(stores.record, batch);
    guard::append_audit(stores.record, act.at, act.by, "import",
                        fmt::format("batch {} ledger {} period {} division {} empty", batch.id,
                                    ledger.name, batch.period, division));
    transaction.commit();
    return answer;
}

Answer retry(const Stores& stores, const plan::Model& model, const std::string& id,
             const Act& act) {
    const auto lock = locked(stores);
    const Stores inside{.record = stores.record,
                        .lake = stores.lake,
                        .lock = {},
                        .keys = stores.keys,
                        .engine = stores.engine,
                        .divisions = stores.divisions};
    const std::optional<lake::Batch> batch = lake::batch(stores.record, id);
    if (!batch)
        throw Failure(Fault::input, fmt::format("there is no batch '{}'", id), "",
                      "look at `zengshou batch list`");
    if (batch->withdrawn_at)
        throw Failure(Fault::input, fmt::format("the batch '{}' is withdrawn", id),
                      *batch->withdrawn_at, "import its file again");
    HeldFile file;
    std::vector<sheet::RawRow> rows;
    each_held(
        stores.record, stores.keys, id, [&](const HeldFile& held) { file = held; },
        [&](const HeldRow& row) { rows.push_back(row.raw); });
    if (rows.empty())
        throw Failure(Fault::input, fmt::format("the batch '{}' holds no rows", id), "", "");
    sheet::RawRow header;
    for (const std::string& name : file.header)
        header.cells.push_back({sheet::Cell::Kind::text, name});
    rows.insert(rows.begin(), std::move(header));
    if (batch->ledger == "figures")
        return take_figures(stores, model, *rows_source(batch->file_name, std::move(rows)), false,
                            act, batch);
    const plan::Ledger& ledger = ledger_named(model, batch->ledger);
    if (ledger.whole) refuse_where_replaced(stores.record, *batch);
    const std::unique_ptr<Source> source = rows_source(batch->file_name, std::move(rows));
    Order order{.ledger = ledger,
                .source = *source,
                .mapping = parse_mapping(file.mapping, "mapping", model, ledger),
                .month = base::parse_month(file.month),
                .division = file.division,
                .strict = false,
                .retried = batch};
    // The header stands first now, wherever it stood in the file.
    order.mapping.header_row.reset();
    if (!order.month) order.month = order.mapping.month;
    return Import(inside, model, order, act).run();
}

void withdraw(const Stores& stores, const std::string& id, const Act& act) {
    const auto lock = locked(stores);
    record::Transaction transaction(stores.record);
    lake::withdraw(stores.record, id, act.at, act.by);
    guard::append_audit(stores.record, act.at, act.by, "withdraw", fmt::format("batch {}", id));
    transaction.commit();
}

}  // namespace zs::intake
