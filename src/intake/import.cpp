#include "intake/import.h"

#include <algorithm>
#include <map>

#include <fmt/format.h>

#include "base/digest.h"
#include "base/text.h"
#include "engine/appender.h"
#include "guard/audit.h"
#include "guard/vault.h"
#include "intake/given_back.h"
#include "intake/judge_keys.h"
#include "intake/staging.h"
#include "intake/template.h"
#include "lake/accept.h"
#include "lake/standing.h"

namespace zs::intake {

using base::Failure;
using base::Fault;

namespace {

constexpr const char* held_rows = "(select distinct _line from zs_faults where not warning)";

std::int64_t count_of(engine::Connection& engine, const std::string& sql) {
    return std::stoll(engine.value(sql).value());
}

/// The first of many codes, and how many more there are.
base::Said few_of(const std::vector<std::string>& codes) {
    constexpr std::size_t shown_max = 5;
    std::string text;
    for (std::size_t i = 0; i < std::min(codes.size(), shown_max); ++i)
        text += (i == 0 ? "" : ", ") + codes[i];
    if (codes.size() <= shown_max) return base::Said::as_is(text);
    return base::said("{} 等，另有 {} 个", "{} and {} more", text, codes.size() - shown_max);
}

std::vector<ReasonCount> counted(engine::Connection& engine, const std::string& condition) {
    std::vector<ReasonCount> counts;
    engine.stream(
        fmt::format(
            "select code, field, count(distinct _line) as n, min(_line), arg_min(say, _line) from "
            "zs_faults where {} group by code, field order by n desc, code, field",
            condition),
        [&](const std::vector<engine::Cell>& row) {
            counts.push_back({.code = row[0].value(),
                              .field = row[1].value_or(""),
                              .count = std::stoll(row[2].value()),
                              .example_row = std::stoll(row[3].value()),
                              .say = row[4].value_or("")});
        });
    return counts;
}

}  // namespace

/// Seals the identity of accepted rows into `zs_vault`, from where it goes to the vault.
class RowVault {
public:
    RowVault(engine::Connection& engine, const guard::Keys& keys, const plan::Model& model,
             const plan::Ledger& ledger, std::string batch)
        : keys_(keys),
          ledger_(ledger),
          batch_(std::move(batch)),
          registry_(is_registry(model, ledger)),
          into_(engine, "zs_vault") {}

    void put(const ReadRow& row, const std::string& subject) {
        for (const ReadRow::Identity& identity : row.identities) {
            const std::string& field = ledger_.fields[identity.field].name;
            if (ledger_.grain.empty())
                put(row.line,
                    {"ledger " + ledger_.name, fmt::format("{}/{}", batch_, row.line), field},
                    identity.plain);
            else
                put(row.line,
                    {ledger_.grain, subject, registry_ ? field : ledger_.name + "." + field},
                    identity.plain);
        }
    }
    void close() { into_.close(); }

private:
    void put(std::int64_t line, const guard::VaultEntry& entry, const std::string& plain) {
        into_.integer(line).text(entry.grain).text(entry.subject).text(entry.field);
        into_.text(guard::sealed_for(keys_, entry, plain));
        into_.end_row();
    }

    const guard::Keys& keys_;
    const plan::Ledger& ledger_;
    std::string batch_;
    bool registry_;
    engine::Appender into_;
};

namespace {

/// Staging may spill: beside the lake, where there is room for it. It holds no identity but tokens
/// and what is sealed.
engine::Settings staging_settings(const Stores& stores) {
    engine::Settings settings = stores.engine;
    settings.database.clear();
    settings.keep_order = false;
    if (settings.temporary.empty()) settings.temporary = stores.lake / ".staging";
    return settings;
}

/// Over the identity of all rows, in their order: two readings of one file must give the same.
class IdentityDigest {
public:
    void add(const ReadRow& row) {
        for (const ReadRow::Identity& identity : row.identities)
            digest_.add(fmt::format("{} {} {} {}\n", row.line, identity.field,
                                    identity.plain.size(), identity.plain));
    }
    std::string finish() { return digest_.finish(); }

private:
    base::Sm3 digest_;
};

/// Ledgers by which rows are judged, and which rows of this one can replace: the registries, and
/// itself.
std::set<std::string> judged_by(const plan::Model& model, const plan::Ledger& ledger) {
    std::set<std::string> names{ledger.name};
    for (const plan::Grain& grain : model.grains)
        if (grain.form == plan::Grain::Form::registry || grain.form == plan::Grain::Form::rows)
            names.insert(grain.ledger);
    return names;
}

std::vector<std::string> ids_of(const lake::Snapshot& snapshot,
                                const std::set<std::string>& ledgers) {
    std::vector<std::string> ids;
    for (const lake::Batch& batch : snapshot.batches)
        if (ledgers.contains(batch.ledger)) ids.push_back(batch.id);
    return ids;
}

}  // namespace

std::int64_t label_of(const plan::Ledger& ledger, base::Month month, const plan::Model& model) {
    const bool by_month = ledger.period == plan::Period::month ||
                          ledger.period == plan::Period::date ||
                          ledger.period == plan::Period::span;
    return by_month ? month.index : plan::label_of(ledger.period, month, model.calendar);
}

void refuse_days_to_come(const std::optional<base::Date>& arrived, const Act& act) {
    if (arrived && *arrived > lake::day_of(act.at))
        throw Failure(
            Fault::input,
            base::said("{} 还没有到", "the day {} is still to come", base::text(*arrived)),
            "--arrived",
            base::said("写实际收到的那一天", "say the day on which the delivery really came"));
}

std::string arrived_note(const lake::Batch& batch) {
    return batch.arrived_day ? " arrived " + base::text(*batch.arrived_day) : "";
}

std::optional<Answer> answered_before(record::Connection& record, const lake::Batch& batch,
                                      const std::function<bool(const lake::Batch&)>& stands,
                                      bool strict, const std::string& sheet) {
    std::optional<Answer> held;
    for (const lake::Batch& same : lake::same_deliveries(record, batch)) {
        Answer answer = parse_answer(same.answer);
        // Another sheet of the same bytes is another delivery.
        if (answer.sheet != sheet || !stands(same)) continue;
        answer.duplicate = true;
        if (!answer.held_whole) return answer;
        held = std::move(answer);
    }
    return strict ? held : std::nullopt;
}

Import::Import(const Stores& stores, const plan::Model& model, const Order& order, const Act& act)
    : stores_(stores),
      model_(model),
      order_(order),
      act_(act),
      engine_(engine::Connection::open(staging_settings(stores))),
      own_divisions_(stores.divisions != nullptr ? std::nullopt
                                                 : std::optional(known_divisions(stores.record))),
      divisions_(own_divisions_ ? *own_divisions_ : *stores.divisions) {
    for (const plan::Field& field : order.ledger.fields)
        has_identity_ = has_identity_ || field.is_identity();
    if (!order.division.empty() && !divisions_.codes.contains(order.division))
        throw Failure(Fault::input,
                      base::said("没有区划“{}”", "there is no division '{}'", order.division),
                      "--division", base::said("核对区划代码", "look at the divisions' codes"));
}

Reading Import::reading() const {
    return {.model = model_,
            .ledger = order_.ledger,
            .keys = stores_.keys,
            .divisions = divisions_.codes,
            .mapping = order_.mapping,
            .month = order_.month,
            .division = order_.division,
            .places = &divisions_.all,
            .zone = stores_.zone,
            .sheet = order_.sheet};
}

Judging Import::judging() const {
    return {model_, order_.ledger, snapshot_, divisions_.all, by_number_};
}

Answer Import::run() {
    stage();
    const std::int64_t seen = stores_.record.changes_of_others();
    if (auto before = decide()) return *before;
    const auto lock = locked(stores_);
    if (stores_.record.changes_of_others() != seen && !still_holds())
        if (auto before = decide()) return *before;
    if (order_.retried && batch_.accepted == 0) return answer_;
    write();
    return answer_;
}

void Import::stage() {
    Staging staging(engine_, model_, order_.ledger);
    IdentityDigest identity;
    RowStream stream(reading());
    stream.read(order_.source, [&](const ReadRow& row, const sheet::RawRow&) {
        staging.add(row);
        identity.add(row);
    });
    staging.close();
    header_ = stream.header();
    by_number_ = staging.by_number();
    staged_numbers_ = staging.numbers();
    rows_ = staging.rows();
    identity_digest_ = identity.finish();
}

/// Judges the rows by what counts now and seals what the lake must not hold; gives the answer of
/// before where the same bytes have come.
std::optional<Answer> Import::decide() {
    snapshot_ = lake::take(stores_.record, stores_.lake);
    batch_ = {};
    answer_ = {};
    batch_.rows = rows_;
    begin_judging(engine_);
    look_up_numbers(engine_, judging());
    put_keys_right();
    settle_period();
    settle_division();
    batch_.ledger = order_.ledger.name;
    batch_.file_name = order_.source.name();
    batch_.file_digest = order_.source.digest();
    if (!order_.retried || order_.given_back)
        if (auto before = answered_before(
                stores_.record, batch_,
                [&](const lake::Batch& same) {
                    return lake::stands(engine_, snapshot_, model_, order_.ledger, divisions_.all,
                                        same);
                },
                order_.strict, order_.sheet))
            return before;
    if (order_.retried) refuse_what_is_settled();
    batch_.id = batch_id();
    judge();
    count();
    seal_rows();
    return std::nullopt;
}

/// Keys of a column that a program had as numbers, as their sender wrote them. Of rows that were
/// held before, the file in which they stood tells what it was.
void Import::put_keys_right() {
    std::set<std::string> floats = columns_of_floats(engine_, model_, order_.ledger);
    if (order_.retried)
        std::erase_if(floats,
                      [&](const std::string& field) { return !order_.numbers.contains(field); });
    numbers_ = staged_numbers_;
    numbers_.insert(order_.numbers.begin(), order_.numbers.end());
    numbers_.insert(floats.begin(), floats.end());
    clean_keys(engine_, judging(), floats);
}

std::string Import::batch_id() const {
    return lake::batch_id(
        stores_.record, batch_,
        base::sm3(fmt::format("{}\n{}\n{}{}", order_.mapping.text,
                              order_.month ? base::text(*order_.month) : "", order_.strict,
                              order_.sheet.empty() ? "" : "\n" + order_.sheet)));
}

/// Nothing that others have changed since is what the rows were judged by.
bool Import::still_holds() {
    lake::Snapshot now = lake::take(stores_.record, stores_.lake);
    const std::set<std::string> ledgers = judged_by(model_, order_.ledger);
    const bool same = ids_of(now, ledgers) == ids_of(snapshot_, ledgers) && batch_id() == batch_.id;
    snapshot_ = std::move(now);
    return same;
}

/// Held rows that somebody else took, or whose batch counts no more, are nobody's to take.
void Import::refuse_what_is_settled() {
    const std::string& id = order_.retried->id;
    const auto batch = lake::batch(stores_.record, id);
    ZS_INVARIANT(batch.has_value(), "a batch stays in the record");
    if (batch->withdrawn_at)
        throw Failure(
            Fault::input, base::said("批次“{}”已经撤回", "the batch '{}' is withdrawn", id),
            *batch->withdrawn_at, base::said("重新导入它的文件", "import its file again"));
    if (order_.ledger.whole)
        for (const lake::Batch& later : snapshot_.batches)
            if (later.seq > batch->seq &&
                std::find(later.touched.begin(), later.touched.end(), id) != later.touched.end())
                throw Failure(
                    Fault::input,
                    base::said("更新的名单（批次“{}”）已经替换批次“{}”的名单",
                               "a newer list, batch '{}', has replaced that of batch '{}'",
                               later.id, id),
                    "",
                    base::said("把缺的行并进现在的名单交来",
                               "send the rows that are missing with a list of now"));
    const std::set<std::int64_t> open = open_lines(stores_.record, stores_.keys, id);
    for (const std::int64_t line : order_.lines)
        if (!open.contains(line))
            throw Failure(
                Fault::input,
                base::said("批次“{1}”第 {0} 行已经不在暂存里",
                           "the row of line {} of batch '{}' is held no more", line, id),
                order_.source.name(),
                base::said("查看：zengshou quarantine list --all；去掉已经收下的行",
                           "see: zengshou quarantine list --all; leave out what was taken"));
}

void Import::settle_period() {
    const plan::Ledger& ledger = order_.ledger;
    if (order_.retried) {
        // They belong to the delivery that brought them, whatever months they are of.
        batch_.label = order_.retried->label;
        batch_.period = order_.retried->period;
        if (order_.month && label_of(ledger, *order_.month, model_) != batch_.label)
            throw Failure(Fault::input,
                          base::said("这些行是 {} 暂存的，不是 {} 的",
                                     "these rows were held of {}, not of {}", batch_.period,
                                     base::text(*order_.month)),
                          order_.source.name(), base::said("去掉 --month", "leave out --month"));
        return;
    }
    const std::optional<std::int64_t> label =
        order_.month ? std::optional(label_of(ledger, *order_.month, model_))
                     : latest_period(engine_, ledger);
    if (!label)
        throw Failure(Fault::input,
                      base::said("没有一行写明 {}", "no row says its {}", ledger.period_field()),
                      order_.source.name(),
                      base::said("用 --month 写明月份", "say the month with --month"));
    batch_.label = *label;
    batch_.period = plan::label_text(ledger.period, *label);
    if (!order_.month && *label > label_of(ledger, model_.last, model_)) refuse_late_period();
}

/// One mistyped year would make the whole file a delivery of a time that nobody asks for.
void Import::refuse_late_period() {
    const std::int64_t line = latest_row(engine_, order_.ledger).value();
    const auto sheet = static_cast<std::size_t>(line / lake::lines_a_sheet);
    const base::Said file =
        sheet < header_.sheets.size()
            ? base::said("{} 工作表 {}", "{} sheet {}", order_.source.name(), header_.sheets[sheet])
            : base::Said::as_is(order_.source.name());
    throw Failure(
        Fault::input,
        base::said("最晚的一行写着 {}，晚于方案的末月 {}，不知道这份文件是哪个时期的",
                   "the latest row is of {}, after the plan's last month {}: nobody knows of which "
                   "period the file is",
                   batch_.period, base::text(model_.last)),
        base::said("{} 第 {} 行", "{} line {}", file, line % lake::lines_a_sheet),
        base::said("改正这一行，或用 --month 写明是哪个月的",
                   "mend that row, or say the month with --month"));
}

void Import::settle_division() {
    batch_.division = order_.division;
    if (!batch_.division.empty()) return;
    const Lying found = lying(engine_, judging());
    if (found.above) {
        batch_.division = *found.above;
        return;
    }
    // Where nobody owes it, it need not be anybody's.
    if (!order_.ledger.delivery && !order_.ledger.whole) return;
    if (!found.apart.empty())
        throw Failure(
            Fault::input,
            base::said("这些行分在 {} 个区划，本数据目录里没有它们共同的上级：{}",
                       "the rows lie in {} divisions, and none of this home lies above them: {}",
                       found.apart.size(), few_of(found.apart)),
            order_.source.name(),
            base::said(
                "各区划分开交文件，或用 --division 写明是谁报送的",
                "deliver a file for each of them, or say whose delivery it is with --division"));
    // What is held now would later be the delivery of whoever it is found to be of.
    throw Failure(Fault::input,
                  base::said("没有一行能对上区划，不知道是谁报送的",
                             "no row leads to a division, so nobody knows whose delivery this is"),
                  order_.source.name(), base::said("用 --division 写明", "say it with --division"));
}

void Import::judge() {
    judge_damaged_keys(engine_, judging(), numbers_);
    judge_references(engine_, judging());
    judge_claims(engine_, judging());
    judge_numbers(engine_, judging());
    judge_whole(engine_, judging(), batch_.label, batch_.division);
    judge_duplicates(engine_, judging());
    // Who mends a row may replace another with it; read once more as it is, it is still one too
    // many.
    if (order_.retried && !order_.given_back)
        judge_taken(engine_, judging(), lake::delivery_of(snapshot_, order_.retried->id));
    answer_.held_whole =
        order_.strict && count_of(engine_,
                                  "select count(*) from zs_faults where not warning and "
                                  "code <> 'footer'") > 0;
    if (answer_.held_whole)
        engine_.execute(
            fmt::format("insert into zs_faults select _line, '', 'held', "
                        "{}, false from zs_staged where _line not in {}",
                        engine::literal(told(model_, held_whole())), held_rows));
}

void Import::count() {
    answer_.reasons = counted(engine_, "not warning");
    answer_.warnings = counted(engine_, fmt::format("warning and _line not in {}", held_rows));
    batch_.quarantined = count_of(engine_, fmt::format("select count(*) from {}", held_rows));
    batch_.warned = count_of(
        engine_,
        fmt::format("select count(distinct _line) from zs_faults where warning and _line not in {}",
                    held_rows));
    note_held_keys();
    if (batch_.quarantined > 0)
        engine_.execute(fmt::format(
            "create or replace table zs_staged as select * from zs_staged where _line not in {}",
            held_rows));
    batch_.accepted = count_of(engine_, "select count(*) from zs_staged");
    ZS_INVARIANT(batch_.rows == batch_.accepted + batch_.quarantined,
                 "rows in = rows accepted + rows quarantined");
    answer_.batch = order_.retried ? order_.retried->id : "";
    answer_.ledger = batch_.ledger;
    answer_.month = batch_.period;
    answer_.division = batch_.division;
    answer_.digest = batch_.file_digest;
    answer_.rows = batch_.rows;
    answer_.accepted = batch_.accepted;
    answer_.quarantined = batch_.quarantined;
    answer_.warned = batch_.warned;
    answer_.ignored = header_.ignored;
    answer_.unread = header_.unread;
    answer_.sheets = header_.sheets;
    answer_.sheet = order_.sheet;
    for (auto* counts : {&answer_.reasons, &answer_.warnings})
        for (ReasonCount& count : *counts) {
            const auto sheet = static_cast<std::size_t>(count.example_row / lake::lines_a_sheet);
            count.example_row %= lake::lines_a_sheet;
            if (sheet < header_.sheets.size()) count.sheet = header_.sheets[sheet];
        }
    std::erase_if(answer_.ignored, is_finding_column);
    if (!order_.given_back) return;
    answer_.added_to = order_.retried->id;
    std::erase_if(answer_.ignored, is_held_column);
}

/// The parts of the ledger's key as the record keeps those of held rows.
std::vector<std::string> Import::key_columns(const std::string& alias) const {
    std::vector<std::string> columns;
    for (const std::string& name : order_.ledger.key)
        columns.push_back(fmt::format("cast({}.{} as varchar)", alias, engine::quoted(name)));
    return columns;
}

/// Keys of rows that are held, into `zs_held_keys`, where each part of the key could be read.
void Import::note_held_keys() {
    engine_.execute("drop table if exists zs_held_keys");
    if (order_.ledger.key.empty() || batch_.quarantined == 0) return;
    std::vector<std::string> readable;
    for (const std::string& name : order_.ledger.key)
        readable.push_back(
            fmt::format("(s.{} is not null or not exists (select 1 from zs_faults f where f._line "
                        "= s._line and not f.warning and f.field = {}))",
                        engine::quoted(name), engine::literal(name)));
    engine_.execute(
        fmt::format("create table zs_held_keys as select s._line, {} from zs_staged s where "
                    "s._line in {} and {}",
                    base::join(key_columns("s"), ", "), held_rows, base::join(readable, " and ")));
}

void Import::write() {
    batch_.plan_digest = model_.digest;
    batch_.entered_by = act_.by;
    batch_.entered_at = act_.at;
    batch_.arrived_day = order_.arrived;
    if (order_.retried) batch_.added_to = order_.retried->id;
    batch_.seq = lake::next_seq(stores_.record);
    // Rows held of a list that counts are added to it; of a list that brought none they are the
    // list.
    const bool adds = order_.retried && order_.retried->delivers();
    const lake::Sealing sealing{model_,         order_.ledger, snapshot_,
                                divisions_.all, "zs_staged",   adds};
    lake::seal(engine_, sealing, batch_);
    answer_.batch = batch_.id;
    answer_.replaced = batch_.replaced;
    answer_.replaced_of = batch_.replaced_of;
    batch_.answer = json(answer_);
    record::Transaction transaction(stores_.record);
    lake::enter(stores_.record, batch_);
    const guard::Groups identity = keep_sealed();
    for (const std::int64_t line : order_.lines)
        note_settled(stores_.record, order_.retried->id, line, batch_.id);
    settle_held();
    guard::Groups written = guard::written(stores_.record, guard::kinds_of_batch, batch_.id);
    written.insert(written.end(), identity.begin(), identity.end());
    guard::append_audit(
        stores_.record, act_.at, act_.by, order_.retried ? "retry" : "import",
        fmt::format("batch {} ledger {} period {} division {} rows {} accepted {} quarantined {}{}",
                    batch_.id, batch_.ledger, batch_.period, batch_.division, batch_.rows,
                    batch_.accepted, batch_.quarantined, arrived_note(batch_)),
        written);
    transaction.commit();
}

std::string Import::subject_column() const {
    if (order_.ledger.grain.empty()) return "''";
    return engine::quoted(order_.ledger.grain);
}

/// Reads the copy once more for what the lake must not hold, and seals it: identity for the vault
/// into `zs_vault`, held rows into `zs_held`.
void Import::seal_rows() {
    engine_.execute(
        "create or replace table zs_vault (_line bigint, grain text, subject text, field text, "
        "sealed text)");
    engine_.execute("create or replace table zs_held (piece bigint, sealed text)");
    const bool holds = batch_.quarantined > 0;
    if (!holds && !has_identity_) return;
    constexpr std::size_t chunk_rows = 20000;
    engine::Connection beside = engine_.beside(), beside_held = engine_.beside();
    RowVault vault(beside, stores_.keys, model_, order_.ledger, batch_.id);
    engine::Appender pieces(beside_held, "zs_held");
    QuarantineSealer held(stores_.keys, batch_.id,
                          HeldFile{header_.names, order_.month ? base::text(*order_.month) : "",
                                   order_.division, order_.mapping.text, numbers_},
                          [&](std::int64_t piece, const std::string& sealed) {
                              pieces.integer(piece).text(sealed);
                              pieces.end_row();
                          });
    IdentityDigest identity;
    std::vector<std::pair<ReadRow, sheet::RawRow>> chunk;
    const auto take = [&](const ReadRow& row, const sheet::RawRow& raw) {
        identity.add(row);
        chunk.emplace_back(row, raw);
        if (chunk.size() >= chunk_rows) seal_chunk(chunk, holds ? &held : nullptr, vault);
    };
    if (has_identity_) {
        RowStream(reading()).read(order_.source, take);
    } else {
        // Only the rows as they came are needed: their cells are not read a second time.
        ReadRow only_line;
        RowStream(reading()).read_raw(order_.source, [&](const sheet::RawRow& raw) {
            only_line.line = raw.line;
            take(only_line, raw);
        });
    }
    seal_chunk(chunk, holds ? &held : nullptr, vault);
    held.close();
    vault.close();
    pieces.close();
    // A token of one reading beside a name of another would be another person's.
    if (identity.finish() != identity_digest_)
        throw Failure(
            Fault::system,
            base::said("读的时候文件副本被改动",
                       "the copy of the file was changed while it was read"),
            order_.source.name(),
            base::said("什么也没有收下；请重新导入", "nothing was taken; import the file again"));
}

/// Moves what was sealed into the record. @return what it wrote to the vault.
guard::Groups Import::keep_sealed() {
    guard::VaultWriter vault(stores_.record, stores_.keys, batch_.id);
    // The order of the vault's key, so that it grows at its end; of one entry the last row counts.
    engine_.stream(
        "select grain, subject, field, sealed from zs_vault order by grain, subject, field, _line",
        [&](const std::vector<engine::Cell>& row) {
            vault.put_sealed({row[0].value(), row[1].value(), row[2].value()}, row[3].value());
        });
    if (batch_.quarantined == 0) return vault.written();
    if (!order_.ledger.key.empty())
        engine_.stream("from zs_held_keys order by _line",
                       [&](const std::vector<engine::Cell>& row) {
                           keep_held_key(stores_.record, batch_.id, std::stoll(row[0].value()),
                                         key_text({row.begin() + 1, row.end()}));
                       });
    HeldPieces held(stores_.record, batch_.id);
    engine_.stream("select piece, sealed from zs_held order by piece",
                   [&](const std::vector<engine::Cell>& row) {
                       held.put(std::stoll(row[0].value()), row[1].value());
                   });
    return vault.written();
}

/// Held rows of batches before whose key is among the rows taken now are settled. A key that was an
/// ID number which nobody knew is looked up once more.
void Import::settle_held() {
    const std::vector<std::string>& key = order_.ledger.key;
    if (key.empty() || batch_.accepted == 0) return;
    const std::vector<OpenKey> open = open_keys(stores_.record, batch_.ledger, batch_.id);
    if (open.empty()) return;
    std::vector<std::string> parts, same;
    for (std::size_t i = 0; i < key.size(); ++i) parts.push_back(fmt::format("k{} text", i));
    engine_.execute(fmt::format("create or replace table zs_held_before (batch text, line bigint, {})",
                                base::join(parts, ", ")));
    engine::Appender into(engine_, "zs_held_before");
    for (const OpenKey& row : open) {
        const auto cells = key_parts(row.key);
        if (cells.size() != key.size()) continue;  // the pack has another key since
        into.text(row.batch).integer(row.line);
        for (const auto& cell : cells) {
            if (cell)
                into.text(*cell);
            else
                into.null();
        }
        into.end_row();
    }
    into.close();
    const std::vector<std::string> taken = key_columns("s");
    for (std::size_t i = 0; i < key.size(); ++i) {
        same.push_back(fmt::format("o.k{} is not distinct from {}", i, taken[i]));
        if (const auto known = registered_numbers(judging(), key[i]))
            engine_.execute(fmt::format(
                "create or replace table zs_held_before as select o.* replace (coalesce(r.k, o.k{0}) as "
                "k{0}) from zs_held_before o left join ({1}) r on o.k{0} = r.token",
                i, *known));
    }
    engine_.stream(fmt::format("select o.batch, o.line from zs_held_before o where exists (select 1 from "
                               "zs_staged s where {}) order by all",
                               base::join(same, " and ")),
                   [&](const std::vector<engine::Cell>& row) {
                       note_settled(stores_.record, row[0].value(), std::stoll(row[1].value()),
                                    batch_.id);
                   });
}

void Import::seal_chunk(std::vector<std::pair<ReadRow, sheet::RawRow>>& chunk,
                        QuarantineSealer* held, RowVault& vault) {
    if (chunk.empty()) return;
    const std::string between =
        fmt::format("_line between {} and {}", chunk.front().first.line, chunk.back().first.line);
    std::map<std::int64_t, std::string> subjects;
    engine_.stream(
        fmt::format("select _line, {} from zs_staged where {}", subject_column(), between),
        [&](const std::vector<engine::Cell>& row) {
            subjects.emplace(std::stoll(row[0].value()), row[1].value_or(""));
        });
    std::map<std::int64_t, std::vector<Reason>> reasons;
    if (held != nullptr)
        engine_.stream(fmt::format("select _line, code, field, say from zs_faults where not "
                                   "warning and {} order by _line, field, code",
                                   between),
                       [&](const std::vector<engine::Cell>& row) {
                           reasons[std::stoll(row[0].value())].push_back(
                               {row[1].value(), row[2].value_or(""), row[3].value_or("")});
                       });
    for (auto& [row, raw] : chunk) {
        if (const auto subject = subjects.find(row.line); subject != subjects.end()) {
            vault.put(row, subject->second);
            continue;
        }
        ZS_INVARIANT(held != nullptr && reasons.contains(row.line),
                     "a row that is not taken is held, with its reasons");
        held->add({std::move(raw), reasons.at(row.line)});
    }
    chunk.clear();
}

}  // namespace zs::intake
