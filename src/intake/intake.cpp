#include "intake/intake.h"

#include <fmt/format.h>

#include "base/digest.h"
#include "base/text.h"
#include "guard/audit.h"
#include "intake/figures.h"
#include "intake/given_back.h"
#include "intake/import.h"
#include "intake/staging.h"
#include "lake/accept.h"
#include "lake/divisions.h"
#include "lake/standing.h"

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
    throw Failure(
        Fault::input,
        base::said("没有台账“{}”，导入不了", "there is no ledger '{}' to import into", name), "",
        near.empty() ? base::said("台账有：{}", "ledgers are {}", base::join(known, ", "))
                     : base::said("是不是“{}”？", "did you mean '{}'?", near[0]));
}

/// Held rows go back to where they were: read as they were read, of the division and the month that
/// were said then. Rows held of a list that counts are of its division.
void as_before(Order& order, const HeldFile& file, const plan::Model& model) {
    if (order.mapping.text.empty()) {
        order.mapping = parse_mapping(file.mapping, "mapping", model, order.ledger);
        // The header stands first now, wherever it stood in the file.
        order.mapping.header_row.reset();
    }
    order.numbers = file.numbers;
    if (!order.month) order.month = base::parse_month(file.month);
    if (!order.month) order.month = order.mapping.month;
    if (order.division.empty())
        order.division = order.retried->delivers() ? order.retried->division : file.division;
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
                .sheet = options.sheet,
                .arrived = options.arrived};
    refuse_days_to_come(options.arrived, act);
    if (!options.mapping.empty()) order.mapping = read_mapping(options.mapping, model, ledger);
    if (!order.month) order.month = order.mapping.month;
    if (const auto back = given_back(stores.record, stores.keys, source, ledger, order.mapping)) {
        order.retried = back->batch;
        order.lines = back->lines;
        order.given_back = true;
        as_before(order, back->file, model);
    }
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
                    base::Month month, const std::string& division,
                    const std::optional<base::Date>& arrived, const Act& act) {
    const plan::Ledger& ledger = ledger_named(model, ledger_name);
    refuse_days_to_come(arrived, act);
    const auto lock = locked(stores);
    std::optional<KnownDivisions> own;
    if (stores.divisions == nullptr) own = known_divisions(stores.record);
    const KnownDivisions& known = own ? *own : *stores.divisions;
    if (!known.codes.contains(division))
        throw Failure(Fault::input,
                      base::said("没有区划“{}”", "there is no division '{}'", division),
                      "--division", base::said("核对区划代码", "look at the divisions' codes"));
    lake::Batch batch;
    batch.ledger = ledger.name;
    batch.label = label_of(ledger, month, model);
    batch.period = plan::label_text(ledger.period, batch.label);
    batch.division = division;
    batch.file_digest = base::sm3("");
    batch.plan_digest = model.digest;
    batch.empty = true;
    engine::Connection engine = engine::Connection::open(stores.engine);
    const lake::Snapshot snapshot = lake::take(stores.record, stores.lake);
    if (const auto before = answered_before(
            stores.record, batch,
            [&](const lake::Batch& same) {
                return lake::stands(engine, snapshot, model, ledger, known.all, same);
            },
            false))
        return *before;
    batch.entered_by = act.by;
    batch.entered_at = act.at;
    batch.arrived_day = arrived;
    batch.seq = lake::next_seq(stores.record);
    batch.id = lake::batch_id(stores.record, batch, {});
    Staging(engine, model, ledger).close();
    begin_judging(engine);
    lake::seal(engine, {model, ledger, snapshot, known.all, "zs_staged", false}, batch);
    Answer answer;
    answer.batch = batch.id;
    answer.ledger = ledger.name;
    answer.month = batch.period;
    answer.division = division;
    answer.digest = batch.file_digest;
    answer.replaced = batch.replaced;
    answer.replaced_of = batch.replaced_of;
    batch.answer = json(answer);
    record::Transaction transaction(stores.record);
    lake::enter(stores.record, batch);
    guard::append_audit(stores.record, act.at, act.by, "import",
                        fmt::format("batch {} ledger {} period {} division {} empty{}", batch.id,
                                    ledger.name, batch.period, division, arrived_note(batch)),
                        guard::written(stores.record, guard::kinds_of_batch, batch.id));
    transaction.commit();
    return answer;
}

Answer retry(const Stores& stores, const plan::Model& model, const std::string& id,
             const Act& act) {
    const std::optional<lake::Batch> batch = lake::batch(stores.record, id);
    if (!batch)
        throw Failure(Fault::input, base::said("没有批次“{}”", "there is no batch '{}'", id), "",
                      base::said("查看：zengshou batch list", "look at `zengshou batch list`"));
    if (batch->withdrawn_at)
        throw Failure(
            Fault::input, base::said("批次“{}”已经撤回", "the batch '{}' is withdrawn", id),
            *batch->withdrawn_at, base::said("重新导入它的文件", "import its file again"));
    HeldFile file;
    std::vector<sheet::RawRow> rows;
    each_open(
        stores.record, stores.keys, id, [&](const HeldFile& held) { file = held; },
        [&](const HeldRow& row) { rows.push_back(row.raw); });
    if (rows.empty())
        throw Failure(Fault::input,
                      base::said("批次“{}”没有暂存的行", "the batch '{}' holds no rows", id), "",
                      {});
    std::set<std::int64_t> lines;
    for (const sheet::RawRow& row : rows) lines.insert(row.line);
    sheet::RawRow header;
    for (const std::string& name : file.header)
        header.cells.push_back({sheet::Cell::Kind::text, name});
    rows.insert(rows.begin(), std::move(header));
    const std::unique_ptr<Source> source = rows_source(batch->file_name, std::move(rows));
    if (batch->ledger == "figures") {
        const auto lock = locked(stores);
        return take_figures(stores, model, *source, {}, act, batch);
    }
    const plan::Ledger& ledger = ledger_named(model, batch->ledger);
    Order order{.ledger = ledger,
                .source = *source,
                .mapping = {},
                .month = {},
                .division = {},
                .strict = false,
                .retried = batch,
                .lines = std::move(lines)};
    as_before(order, file, model);
    return Import(stores, model, order, act).run();
}

std::vector<std::string> withdraw(const Stores& stores, const std::string& id, const Act& act) {
    const auto lock = locked(stores);
    const std::vector<std::string> added =
        lake::added_to(lake::take(stores.record, stores.lake), id);
    record::Transaction transaction(stores.record);
    lake::withdraw(stores.record, id, act.at, act.by);
    for (const std::string& each : added) lake::withdraw(stores.record, each, act.at, act.by);
    guard::Groups written = guard::written(stores.record, {"withdrawal"}, id);
    for (const std::string& each : added)
        for (guard::Group& group : guard::written(stores.record, {"withdrawal"}, each))
            written.push_back(std::move(group));
    guard::append_audit(
        stores.record, act.at, act.by, "withdraw",
        fmt::format("batch {}{}", id,
                    added.empty() ? "" : ", with what was added to it: " + base::join(added, " ")),
        written);
    transaction.commit();
    return added;
}

}  // namespace zs::intake
