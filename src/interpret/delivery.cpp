#include <algorithm>

#include "base/failure.h"
#include "interpret/evaluation.h"

namespace zs::interpret {

using base::Month;
using plan::Grain;
using plan::Hop;
using plan::is_null;
using plan::Kind;
using plan::Ledger;
using plan::Months;
using plan::Period;
using plan::Row;
using plan::Value;

namespace {

/// The period in which a ledger is delivered: of date and span ledgers the month.
Period delivered_by(const Ledger& ledger) {
    return ledger.period == Period::date || ledger.period == Period::span ? Period::month
                                                                          : ledger.period;
}

/// The steps of a way up to the first that reaches a grain; nothing where none does.
std::optional<std::vector<Hop>> way_until(const std::optional<std::vector<Hop>>& way,
                                          const std::string& grain) {
    if (!way) return std::nullopt;
    for (std::size_t i = 0; i < way->size(); ++i)
        if ((*way)[i].grain == grain)
            return std::vector<Hop>(way->begin(),
                                    way->begin() + static_cast<std::ptrdiff_t>(i) + 1);
    return std::nullopt;
}

bool is_key_of(const plan::Type& type, const std::string& grain) {
    return type.kind == Kind::key && type.of == grain;
}

}  // namespace

/// In a ledger owed subject by subject: a row of key and period with every other field empty, which
/// says that there was nothing.
bool Evaluation::is_empty_report(const Ledger& ledger, const Row& row) const {
    if (!ledger.delivery || ledger.delivery->by_level) return false;
    bool any = false;
    for (const plan::Field& field : ledger.fields) {
        const bool is_key =
            std::find(ledger.key.begin(), ledger.key.end(), field.name) != ledger.key.end();
        if (is_key || field.built_in || field.name == ledger.grain ||
            field.name == ledger.period_field())
            continue;
        any = true;
        if (!is_null(field_of(ledger, row, field.name))) return false;
    }
    return any;
}

/// Subjects of the grain `delivery.by` and the periods of which they have a row.
const std::set<std::pair<std::string, std::int64_t>>& Evaluation::who_delivered(
    const Ledger& ledger) {
    const auto [found, is_new] = who_delivered_.try_emplace(&ledger);
    if (!is_new) return found->second;
    auto& who = found->second;
    for (const plan::SubjectDelivered& said : data_.subject_delivered)
        if (said.ledger == ledger.name) who.insert({said.subject, said.period});
    const std::string& by = ledger.delivery->by;
    auto way = ledger.grain == by ? std::optional(std::vector<Hop>{{Hop::Kind::key, by, by}})
                                  : way_until(ledger.way_to_division, by);
    for (const plan::Field& field : ledger.fields)
        if (!way && is_key_of(field.type, by))
            way = std::vector<Hop>{{Hop::Kind::key, field.name, by}};
    const auto there = data_.rows.find(ledger.name);
    if (!way || there == data_.rows.end()) return who;
    for (const Row& row : there->second) {
        const std::vector<Hop> before(way->begin(), way->end() - 1);
        const auto at = follow(before, thing_of(ledger, row));
        const Value key = at ? field_at(*at, way->back().field) : Value();
        const Months own = months_of_row(ledger, row);
        if (is_null(key) || own.count() == 0) continue;
        if (ledger.period != Period::span) {
            who.insert({plan::text(key),
                        plan::label_of(delivered_by(ledger), own.first, model_.calendar)});
            continue;
        }
        for (const Month month : months_in_force(ledger, row, {own.first, month_}))
            who.insert({plan::text(key), month.index});
    }
    return who;
}

bool Evaluation::has_delivered(const Ledger& ledger, const std::string& subject,
                               std::int64_t label) {
    return who_delivered(ledger).contains({subject, label});
}

/// A batch of the division or of one above it.
bool Evaluation::is_covered(const Ledger& ledger, const std::string& division, std::int64_t label) {
    const std::set<std::string> above = places_.above(division);
    return std::any_of(data_.delivered.begin(), data_.delivered.end(),
                       [&](const plan::Delivered& batch) {
                           return batch.ledger == ledger.name && batch.period == label &&
                                  above.contains(batch.division);
                       });
}

/// A batch that covers the division; above the level `by`, one for each division of that level that
/// was in force below it in the period.
bool Evaluation::division_delivered(const Ledger& ledger, const std::string& division,
                                    std::int64_t label) {
    if (division.empty()) return false;
    if (is_covered(ledger, division, label)) return true;
    bool any = false;
    const Month end =
        std::min(plan::months_of_label(delivered_by(ledger), label, model_.calendar).last, month_);
    for (const std::string& code : places_.of_level(ledger.delivery->by, end)) {
        const std::vector<std::string> up = places_.statutory(code);
        if (code == division || std::find(up.begin(), up.end(), division) == up.end()) continue;
        any = true;
        if (!is_covered(ledger, code, label)) return false;
    }
    return any;
}

/// The subject that owes and to which this one leads; or, of one above, all that owe below it.
bool Evaluation::subject_delivered(const Ledger& ledger, const Thing& subject, std::int64_t label) {
    const Grain& by = *model_.grain(ledger.delivery->by);
    ZS_INVARIANT(subject.grain != nullptr, "features are of subjects of a grain");
    const auto led_to = [&](const Thing& from, const std::vector<Hop>& way) {
        return follow(way, from);
    };
    if (subject.grain == &by) return has_delivered(ledger, key_text(subject.key), label);
    for (std::size_t i = 0; i < subject.grain->key.size(); ++i) {
        const plan::Type& type = subject.grain->key_types[i];
        if (is_key_of(type, by.name))
            return has_delivered(ledger, plan::text(subject.key[i]), label);
    }
    auto way = way_until(subject.grain->way_to_division, by.name);
    for (std::size_t i = 0; i < subject.grain->key.size() && !way; ++i) {
        if (subject.grain->key_types[i].kind != Kind::key) continue;
        const Grain* next = model_.grain(subject.grain->key_types[i].of);
        auto rest = next == nullptr ? std::nullopt : way_until(next->way_to_division, by.name);
        if (!rest) continue;
        rest->insert(rest->begin(), {Hop::Kind::key, subject.grain->key[i], next->name});
        way = rest;
    }
    if (way) {
        const auto owing = led_to(subject, *way);
        return owing && has_delivered(ledger, key_text(owing->key), label);
    }
    const auto lies_below = [&](const Thing& owing) {
        bool any = false;
        for (std::size_t i = 0; i < subject.grain->key.size(); ++i) {
            const plan::Type& type = subject.grain->key_types[i];
            std::string above;
            const std::string division = division_of(owing);
            if (type.kind == Kind::key && model_.level_index(type.of))
                above = model_.ancestor(division, type.of).value_or("");
            else if (type.kind == Kind::division)
                above = division.starts_with(plan::text(subject.key[i]))
                            ? plan::text(subject.key[i])
                            : "";
            else if (type.kind == Kind::key) {
                const auto up = way_until(by.way_to_division, type.of);
                const auto end = up ? follow(*up, owing) : std::nullopt;
                above = end ? key_text(end->key) : "";
            } else
                continue;
            if (above != plan::text(subject.key[i])) return false;
            any = true;
        }
        return any;
    };
    bool any = false;
    for (const Thing& owing : subjects(by)) {
        if (!lies_below(owing)) continue;
        any = true;
        if (!has_delivered(ledger, key_text(owing.key), label)) return false;
    }
    return any;
}

/// Whether every period of the ledger that the months hold (whose last month they do) is delivered
/// for the subject; months that hold none are not.
bool Evaluation::is_delivered(const Ledger& ledger, const Thing& subject, Months months) {
    const Period period = delivered_by(ledger);
    const std::int64_t first_owed = plan::label_of(period, ledger.delivery->from, model_.calendar);
    const std::string division = ledger.delivery->by_level ? division_of(subject) : "";
    bool any = false;
    for (Month month = months.first; month <= months.last; month = month.plus(1)) {
        if (plan::period_of(period, month, model_.calendar).last != month) continue;
        const std::int64_t label = plan::label_of(period, month, model_.calendar);
        any = true;
        if (label < first_owed) return false;
        if (ledger.delivery->by_level ? !division_delivered(ledger, division, label)
                                      : !subject_delivered(ledger, subject, label))
            return false;
    }
    return any;
}

/// Of a level's divisions those whose figures roll up to the place, of places below that level the
/// place itself; of a grain's subjects those of the run. Each owes the periods from the first owed
/// on; a division those in which it was in force.
Evaluation::Owing Evaluation::owing_at(const Ledger& ledger, const std::string& place,
                                       Months months) {
    const Period period = delivered_by(ledger);
    std::set<std::int64_t> labels;
    for (Month month = std::max(months.first, ledger.delivery->from); month <= months.last;
         month = month.plus(1))
        labels.insert(plan::label_of(period, month, model_.calendar));
    const auto counts_at_place = [&](const std::string& division) {
        const std::vector<std::string> up = places_.roll_up(division);
        return std::find(up.begin(), up.end(), place) != up.end();
    };
    std::map<std::string, bool> late;  // who owes: whether something has not come
    if (!ledger.delivery->by_level) {
        for (const Thing& subject : subjects(*model_.grain(ledger.delivery->by)))
            if (const std::string division = division_of(subject);
                !division.empty() && counts_at_place(division))
                for (const std::int64_t label : labels)
                    late[key_text(subject.key)] |=
                        !has_delivered(ledger, key_text(subject.key), label);
    } else {
        const plan::Level* own = model_.level_of_code(place);
        const bool is_below = own != nullptr && *model_.level_index(own->name) >
                                                    *model_.level_index(ledger.delivery->by);
        for (const std::int64_t label : labels) {
            const Month end =
                std::min(plan::months_of_label(period, label, model_.calendar).last, month_);
            for (const std::string& code :
                 places_.of_level(is_below ? own->name : ledger.delivery->by, end))
                if (is_below ? code == place : counts_at_place(code))
                    late[code] |= !is_covered(ledger, code, label);
        }
    }
    Owing owing;
    for (const auto& [who, is_late] : late) {
        ++owing.all;
        owing.late += is_late ? 1 : 0;
    }
    return owing;
}

}  // namespace zs::interpret
