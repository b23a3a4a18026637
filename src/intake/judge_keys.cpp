#include "intake/judge_keys.h"

#include <algorithm>
#include <functional>
#include <optional>
#include <vector>

#include <fmt/format.h>

#include "engine/connection.h"
#include "intake/reason.h"
#include "intake/registry.h"
#include "lake/divisions.h"

namespace zs::intake {

namespace {

/// SQL: whether a column holds a whole number with zeros behind a point, and that number.
std::string is_float(const std::string& column) {
    return fmt::format("regexp_full_match({}, '[0-9]+[.]0+')", column);
}
std::string whole_of(const std::string& column) {
    return fmt::format("split_part({}, '.', 1)", column);
}

/// SQL: a number without the zeros before it.
std::string without_zeros_before(const std::string& column) {
    return fmt::format("coalesce(nullif(ltrim({}, '0'), ''), '0')", column);
}

/// SQL: without blanks, the wide one of Chinese texts too.
std::string without_blanks(const std::string& column) {
    return fmt::format("replace(replace({}, ' ', ''), '\u3000', '')", column);
}

/// A field of the ledger that holds a key, and what registers it; nothing where nobody does.
struct KeyField {
    std::reference_wrapper<const plan::Field> of;
    std::optional<Registry> registry;
    bool is_own = false;  ///< the ledger is the registry, and the field its subject

    const plan::Field& field() const { return of; }
};

/// The subject of a registry comes first: others of its fields may name those that the file brings.
std::vector<KeyField> key_fields(const plan::Model& model, const plan::Ledger& ledger) {
    std::vector<KeyField> found;
    for (const plan::Field& field : ledger.fields) {
        if (field.name == "entered_by") continue;
        if (field.type.kind == plan::Kind::key) {
            auto registry = registry_of(model, field.type.of);
            if (!registry) continue;
            const bool own = registry->ledger == &ledger && field.name == registry->key;
            found.insert(own ? found.begin() : found.end(), {field, std::move(registry), own});
        } else if (field.written_type == "text" && std::find(ledger.key.begin(), ledger.key.end(),
                                                             field.name) != ledger.key.end()) {
            found.push_back({field, std::nullopt, false});
        }
    }
    return found;
}

/// The keys that a registry knows, into `zs_known`; to other fields of the registry itself also
/// those that the file brings.
void note_known(engine::Connection& engine, const Judging& judging, const KeyField& key) {
    std::string known = "select cast(null as text) as k where false";
    if (key.registry) {
        const std::string subject = engine::quoted(key.registry->key);
        known = fmt::format("select {0} as k from ({1}) where {0} is not null", subject,
                            lake::relation(judging.snapshot, judging.model, *key.registry->ledger));
        if (!key.is_own && key.registry->ledger == &judging.ledger)
            known +=
                fmt::format(" union all select {0} from zs_staged where {0} is not null", subject);
    }
    engine.execute(fmt::format(
        "create or replace temporary table zs_known as select distinct k from ({})", known));
}

/// Rows of a query for `_line` and key that no registry knows, into `zs_suspects`: few, so that
/// what else stands in the file need not be looked up for every row.
void note_suspects(engine::Connection& engine, const std::string& own, const std::string& such) {
    engine.execute(
        fmt::format("create or replace temporary table zs_suspects as select s._line, {0} as k "
                    "from zs_staged s where {1} and {0} not in (select k from zs_known)",
                    own, such));
}

/// SQL: of the suspects those that the file itself does not tell apart from `same`.
std::string not_told_apart(const std::string& field, const std::string& same) {
    return fmt::format(
        "select u._line from zs_suspects u where not exists (select 1 from zs_staged o where o.{} "
        "<> u.k and {})",
        field, same);
}

void judge_zeros(engine::Connection& engine, const plan::Model& model, const KeyField& key,
                 bool of_numbers) {
    const std::string field = engine::quoted(key.field().name), own = "s." + field;
    const std::string other = "o." + field;
    const std::string suspects =
        of_numbers || !key.is_own
            ? "select _line from zs_suspects"
            : not_told_apart(field, fmt::format("regexp_full_match({0}, '[0-9]+([.]0+)?') and {1} "
                                                "= {2}",
                                                other, without_zeros_before(whole_of(other)),
                                                without_zeros_before(whole_of("u.k"))));
    std::string longer = "select k from zs_known";
    if (of_numbers && key.is_own) longer += " union all select " + field + " from zs_staged";
    // `17.0` beside texts may be 000017 as well.
    note_suspects(
        engine, own,
        fmt::format("regexp_full_match({0}, '[0-9]+([.]0+)?') and {1} in (select {2} from ({3}) z "
                    "where z.k like '0_%') and {1} not in (select k from zs_known)",
                    own, whole_of(own), without_zeros_before("z.k"), longer));
    hold(
        engine, suspects, key.field().name, "key",
        told(model, key.field(),
             base::said("前面的零丢了，有一个编号除此之外与它相同；请把这一列设为“文本”后重新填写",
                        "leading zeros are lost (another key differs from it only in them); format "
                        "the column as text and enter it again")));
    // A register that was taken without its zeros would have every subject twice.
    note_suspects(engine, own,
                  fmt::format("regexp_full_match({0}, '0[0-9]+') and {1} in (select {2} from "
                              "zs_known where regexp_full_match(k, '[0-9]+'))",
                              own, without_zeros_before(own), without_zeros_before("k")));
    hold(engine, suspects, key.field().name, "key",
         told(model, key.field(),
              base::said(
                  "有一个登记过的编号前面的零比它多或少，除此之外与它相同；请核对是否同一个",
                  "a registered key differs from it only in leading zeros; check whether they "
                  "are the same")));
}

void judge_blanks(engine::Connection& engine, const plan::Model& model, const KeyField& key) {
    const std::string field = engine::quoted(key.field().name), own = "s." + field;
    note_suspects(
        engine, own,
        fmt::format("(({1} <> {0} and {1} in (select {2} from zs_known)) or {0} in (select {2} "
                    "from zs_known where {2} <> k))",
                    own, without_blanks(own), without_blanks("k")));
    const std::string same =
        fmt::format("{} = {}", without_blanks("o." + field), without_blanks("u.k"));
    hold(engine, key.is_own ? not_told_apart(field, same) : "select _line from zs_suspects",
         key.field().name, "key",
         told(model, key.field(),
              base::said("有一个登记过的编号除空格之外与它相同；请照登记的写法填写",
                         "a registered key differs from it only in spaces; write it "
                         "as it is registered")));
}

}  // namespace

std::set<std::string> columns_of_floats(engine::Connection& engine, const plan::Model& model,
                                        const plan::Ledger& ledger) {
    std::set<std::string> floats;
    for (const KeyField& key : key_fields(model, ledger)) {
        const std::string all =
            engine
                .value(fmt::format(
                    "select coalesce(bool_and({1}) and count(distinct length({0}) - strpos({0}, "
                    "'.')) = 1, false) from zs_staged where {0} is not null",
                    engine::quoted(key.field().name), is_float(engine::quoted(key.field().name))))
                .value();
        if (all == "true") floats.insert(key.field().name);
    }
    return floats;
}

void clean_keys(engine::Connection& engine, const Judging& judging,
                const std::set<std::string>& floats) {
    for (const KeyField& key : key_fields(judging.model, judging.ledger)) {
        const std::string field = engine::quoted(key.field().name), own = "s." + field;
        const std::string some =
            fmt::format("select count(*) from zs_staged s where {}", is_float(own));
        if (engine.value(some).value() == "0") continue;
        note_known(engine, judging, key);
        const std::string known_without = fmt::format(
            "({0} in (select k from zs_known) and {0} not in (select {1} from zs_staged where {1} "
            "is not null))",
            whole_of(own), field);
        engine.execute(fmt::format(
            "create or replace temporary table zs_cleaned as select s._line, {0} as k from "
            "zs_staged s where {1} and {2} not in (select k from zs_known) and {3}",
            whole_of(own), is_float(own), own,
            floats.contains(key.field().name) ? "true" : known_without));
        // Made anew, not updated: an update keeps what it undoes in memory.
        engine.execute(fmt::format(
            "create or replace table zs_staged as select s.* replace (coalesce(c.k, {0}) as {1}) "
            "from zs_staged s left join zs_cleaned c on c._line = s._line",
            own, field));
        if (key.is_own)
            engine.execute(fmt::format(
                "insert into zs_faults select _line, {}, 'key', {}, true from zs_cleaned where k "
                "not in (select k from zs_known)",
                engine::literal(key.field().name),
                engine::literal(
                    told(judging.model, key.field(),
                         base::said("编号后面的“.0”已去掉，请核对",
                                    "the '.0' after the key was taken off; check it")))));
    }
}

void judge_damaged_keys(engine::Connection& engine, const Judging& judging,
                        const std::set<std::string>& numbers) {
    for (const KeyField& key : key_fields(judging.model, judging.ledger)) {
        if (!key.registry) continue;
        note_known(engine, judging, key);
        judge_zeros(engine, judging.model, key, numbers.contains(key.field().name));
        judge_blanks(engine, judging.model, key);
    }
}

}  // namespace zs::intake
