#include <algorithm>

#include <fmt/format.h>

#include "base/failure.h"
#include "interpret/evaluation.h"

namespace zs::interpret {

using plan::Feature;
using plan::Grain;
using plan::is_null;
using plan::Ledger;
using plan::Value;

/// A feature named in an expression, by its own window, the written one, or that of the reader.
Value Evaluation::read_feature(const plan::Expression& e, const Context& context) {
    const auto thing = follow(e.path, start(e, context));
    if (!thing) return {};
    const Feature& read = *model_.feature(e.grain, e.name);
    Seen window = e.scope == plan::Scope::row ? context.row_window : context.subject_window;
    if (read.over) window = seen(*read.over, anchor(*thing));
    if (e.window) window = seen(*e.window, anchor(*thing));
    const Felt& found = feature(read, e.code.value_or(""), *thing, window);
    return e.node == plan::Expression::Node::feature_unknown ? Value(found.unknown) : found.value;
}

/// A registry's subject by its row of the run's month (ADR 1, 27); anything else as it is.
Thing Evaluation::as_of_run(Thing thing) {
    if (thing.grain != nullptr && thing.grain->form == Grain::Form::registry)
        thing.row = last_row(*thing.ledger, plan::text(thing.key[0]));
    return thing;
}

const Evaluation::Felt& Evaluation::feature(const Feature& feature, const std::string& code,
                                            const Thing& found_at, const Seen& seen) {
    const Thing subject = as_of_run(found_at);
    const std::string id =
        fmt::format("{}.{}[{}][{}{}..{}]{}", feature.grain, feature.name, code,
                    seen.window ? plan::text(*seen.window) : "", seen.months.first.index,
                    seen.months.last.index, key_identity(subject.key));
    if (const auto found = felt_.find(id); found != felt_.end()) return found->second;
    const Felt felt = computed(feature, code, subject, seen);
    unknown_rows_ += felt.unknown;
    return felt_[id] = felt;
}

Evaluation::Felt Evaluation::computed(const Feature& feature, const std::string& code,
                                      const Thing& subject, const Seen& seen) {
    Felt felt;
    if (!feature.from.empty())
        felt = over_rows(feature, code, subject, seen);
    else if (!feature.peers.empty())
        felt.value = over_peers(feature, subject, seen, felt.unknown);
    else
        felt.value = value(
            *feature.value,
            {.row = &subject, .subject = &subject, .row_window = seen, .subject_window = seen});
    felt.value = exact(fitted(felt.value, feature.type), feature.name.c_str());
    return felt;
}

/// An aggregate over the subjects of the grain that share the columns.
Value Evaluation::over_peers(const Feature& feature, const Thing& subject, const Seen& around,
                             std::int64_t& unknown) {
    const auto columns = [&](const Context& at) {
        std::vector<std::string> texts;
        for (const plan::ExpressionPtr& column : feature.peers) {
            const Value one = value(*column, at);
            if (is_null(one)) return std::vector<std::string>{};
            texts.push_back(plan::text(one));
        }
        return texts;
    };
    const Context own{
        .row = &subject, .subject = &subject, .row_window = around, .subject_window = around};
    const std::vector<std::string> shared = columns(own);
    if (shared.empty()) return {};
    std::vector<Context> peers;
    for (const Thing& other : subjects(*subject.grain)) {
        // Every peer of an every grain is seen at its own period.
        const Seen theirs = !subject.grain->every ? around
                            : around.window       ? seen(*around.window, anchor(other))
                                                  : own_window(other);
        const Context at{
            .row = &other, .subject = &other, .row_window = theirs, .subject_window = theirs};
        if (columns(at) != shared) continue;
        const Value truth = feature.where ? value(*feature.where, at) : Value(true);
        if (is_null(truth))
            ++unknown;
        else if (std::get<bool>(truth))
            peers.push_back(at);
    }
    Context over = own;
    over.many = &peers;
    over.over = Context::Over::peers;
    over.at_least = feature.at_least;
    return value(*feature.value, over);
}

/// What a feature `from` reads: rows of a ledger, or subjects of a grain, in the window.
std::vector<Thing> Evaluation::source_things(const Feature& feature, const Seen& seen) {
    const Ledger* ledger = feature.from_grain ? nullptr : model_.ledger(feature.from);
    if (ledger == nullptr) {
        const Grain& from = *model_.grain(feature.from);
        if (from.every && feature.period_by_given) return subjects(from);
        return subjects_in(from, seen, feature.cover_any);
    }
    std::vector<Thing> things;
    for (const plan::Row* row : rows_of(*ledger)) {
        if (!is_before_run_end(*ledger, *row)) continue;
        if (feature.period_by_given ||
            in_window(*ledger, *row, months_for(seen, ledger), feature.cover_any))
            things.push_back(thing_of(*ledger, *row));
    }
    return things;
}

/// Those of them that land at the subject.
const std::vector<Thing>& Evaluation::landed(const Feature& feature, const Seen& seen,
                                             const Thing& subject) {
    const std::string id = fmt::format("{}.{}[{}{}..{}]", feature.grain, feature.name,
                                       seen.window ? plan::text(*seen.window) : "",
                                       seen.months.first.index, seen.months.last.index);
    const auto [found, is_new] = landed_.try_emplace(id);
    std::map<std::string, std::vector<Thing>>& by_key = found->second;
    const Grain& grain = *model_.grain(feature.grain);
    const std::size_t parts = grain.key.size() - (grain.every && !feature.period_by_given ? 1 : 0);
    if (is_new) {
        for (const Thing& thing : source_things(feature, seen)) {
            // A subject lands where it is in the run's month, whatever its row in the window says.
            const Thing now = as_of_run(thing);
            const Context at{.row = &now, .row_window = seen, .subject_window = seen};
            std::vector<Value> key;
            for (std::size_t i = 0; i < parts; ++i)
                for (const plan::Landing& landing : feature.landing)
                    if (landing.key_field == grain.key[i])
                        key.push_back(value(*landing.from_row, at));
            ZS_INVARIANT(key.size() == parts, "plan finds a way for each key field");
            if (std::none_of(key.begin(), key.end(), is_null))
                by_key[key_identity(key)].push_back(thing);
        }
    }
    const std::vector<Value> key(subject.key.begin(),
                                 subject.key.begin() + static_cast<std::ptrdiff_t>(parts));
    return by_key[key_identity(key)];
}

Evaluation::Felt Evaluation::over_rows(const Feature& feature, const std::string& code,
                                       const Thing& subject, const Seen& seen) {
    Felt felt;
    const Grain* from = feature.from_grain ? model_.grain(feature.from) : nullptr;
    const Ledger* ledger = feature.from_grain ? nullptr : model_.ledger(feature.from);
    std::vector<Context> rows;
    for (const Thing& thing : landed(feature, seen, subject)) {
        if (!feature.by_code.empty() && plan::text(field_at(thing, feature.by_code)) != code)
            continue;
        // The reader's window, seen from each subject's own period.
        const Seen theirs = from == nullptr || !from->every ? seen
                            : seen.window ? this->seen(*seen.window, anchor(thing))
                                          : own_window(thing);
        const Context at{
            .row = &thing, .subject = &subject, .row_window = theirs, .subject_window = seen};
        const Value truth = feature.where ? value(*feature.where, at) : Value(true);
        if (is_null(truth))
            ++felt.unknown;
        else if (std::get<bool>(truth))
            rows.push_back(at);
    }
    if (ledger != nullptr && ledger->delivery && feature.judged != Feature::Judged::never) {
        plan::Months owed = months_for(seen, ledger);
        if (feature.period_by_given) owed.last = month_;
        if (!is_delivered(*ledger, subject, owed)) return felt;
    }
    if (from != nullptr && from->every && from->over.unit != plan::Window::Unit::ever) {
        const plan::Months held =
            plan::months_of(from->over, month_, model_.calendar, model_.first);
        if (seen.months.first < held.first || held.last < seen.months.last) return felt;
    }
    felt.value =
        value(*feature.value,
              {.subject = &subject, .row_window = seen, .subject_window = seen, .many = &rows});
    return felt;
}

}  // namespace zs::interpret
