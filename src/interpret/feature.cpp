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

namespace {

std::string window_identity(const Seen& seen) {
    return fmt::format("{}{}..{}{}", seen.window ? plan::text(*seen.window) : "",
                       seen.months.first.index, seen.months.last.index,
                       seen.at ? " at " + base::text(*seen.at) : "");
}

}  // namespace

/// Whether a feature is named of the subjects of an `every` grain that a feature `from` it reads:
/// those have their own period, whatever the reader's window.
bool Evaluation::has_own_period(const plan::Expression& e, const Context& context) const {
    return e.scope == plan::Scope::row && e.path.empty() && context.row != context.subject &&
           context.row->grain != nullptr && context.row->grain->every.has_value();
}

/// A feature named in an expression, by its own window, the written one, or that of the reader.
Value Evaluation::read_feature(const plan::Expression& e, const Context& context) {
    const auto thing = follow(e.path, start(e, context));
    if (!thing) return {};
    const Feature& read = *model_.feature(e.grain, e.name);
    const auto window = window_of(e, read, *thing, context);
    if (!window) return {};
    const Felt& found =
        feature(read, e.code.value_or(""), *thing, *window, e.known || context.known);
    return e.node == plan::Expression::Node::feature_unknown ? Value(found.unknown) : found.value;
}

/// Nothing where the month at which it is read is NULL or after the run's.
std::optional<Seen> Evaluation::window_of(const plan::Expression& e, const Feature& read,
                                          const Thing& thing, const Context& context) {
    if (e.window && e.at_month) return seen_at(e);
    if (e.window) return seen(*e.window, anchor(thing));
    if (read.over) return seen(*read.over, anchor(thing));
    if (has_own_period(e, context)) return own_window(thing);
    return e.scope == plan::Scope::row ? context.row_window : context.subject_window;
}

/// A registry's subject by its row of the run's month (ADR 1, 27); anything else as it is.
Thing Evaluation::as_of_run(Thing thing) {
    if (thing.grain != nullptr && thing.grain->form == Grain::Form::registry)
        thing.row = last_row(*thing.ledger, plan::text(thing.key[0]));
    return thing;
}

const Evaluation::Felt& Evaluation::feature(const Feature& feature, const std::string& code,
                                            const Thing& found_at, const Seen& seen, bool known) {
    const Thing subject = as_of_run(found_at);
    const std::string read = fmt::format("{}.{}[{}][{}]{}", feature.grain, feature.name, code,
                                         window_identity(seen), key_identity(subject.key));
    const std::string id = (known ? "known " : "") + read;
    if (const auto found = felt_.find(id); found != felt_.end()) return found->second;
    const Felt felt = computed(feature, code, subject, seen, known);
    if (counted_.insert(read).second) unknown_rows_ += felt.unknown;
    return felt_[id] = felt;
}

Evaluation::Felt Evaluation::computed(const Feature& feature, const std::string& code,
                                      const Thing& subject, const Seen& seen, bool known) {
    Felt felt;
    if (!feature.from.empty())
        felt = over_rows(feature, code, subject, seen, known);
    else if (!feature.peers.empty())
        felt.value = over_peers(feature, subject, seen, known, felt.unknown);
    else
        felt.value = value(*feature.value, {.row = &subject,
                                            .subject = &subject,
                                            .row_window = seen,
                                            .subject_window = seen,
                                            .known = known});
    felt.value = exact(fitted(felt.value, feature.type), feature.name.c_str());
    return felt;
}

/// The subjects of the grain that share the columns, this one included, each as names mean there;
/// none where a column is NULL.
std::vector<Context> Evaluation::sharing(const Feature& feature, const Thing& subject,
                                         const Seen& around) {
    const auto columns = [&](const Context& at) {
        std::vector<std::string> texts;
        for (const plan::ExpressionPtr& column : feature.peers) {
            const Value one = value(*column, at);
            if (is_null(one)) return std::vector<std::string>{};
            texts.push_back(plan::text(one));
        }
        return texts;
    };
    const std::vector<std::string> shared = columns(
        {.row = &subject, .subject = &subject, .row_window = around, .subject_window = around});
    std::vector<Context> peers;
    if (shared.empty()) return peers;
    for (const Thing& other : subjects(*subject.grain)) {
        // Every peer of an every grain is seen at its own period.
        const Seen theirs = subject.grain->every ? seen_again(around, other) : around;
        const Context at{
            .row = &other, .subject = &other, .row_window = theirs, .subject_window = theirs};
        if (columns(at) == shared) peers.push_back(at);
    }
    return peers;
}

/// An aggregate over the subjects of the grain that share the columns.
Value Evaluation::over_peers(const Feature& feature, const Thing& subject, const Seen& around,
                             bool known, std::int64_t& unknown) {
    const Context own{.row = &subject,
                      .subject = &subject,
                      .row_window = around,
                      .subject_window = around,
                      .known = known};
    for (const plan::ExpressionPtr& column : feature.peers)
        if (is_null(value(*column, {.row = &subject,
                                    .subject = &subject,
                                    .row_window = around,
                                    .subject_window = around})))
            return {};
    std::vector<Context> peers;
    for (Context at : sharing(feature, subject, around)) {
        const Value truth = feature.where ? value(*feature.where, at) : Value(true);
        at.known = known;
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
        if (!feature.period_by_given) return subjects_in(from, seen, feature.cover_any);
        // Matched by the period given, whatever their own.
        if (from.every || from.form == Grain::Form::registry) return subjects(from);
        return subjects_in(from, {std::nullopt, {base::Month{0}, month_}}, true);
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
    const std::string id =
        fmt::format("{}.{}[{}]", feature.grain, feature.name, window_identity(seen));
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

/// The ledger whose rows the feature reads, or whose rows make the subjects that it reads.
const Ledger* Evaluation::source_ledger(const Feature& feature) const {
    if (!feature.from_grain) return model_.ledger(feature.from);
    const Grain& from = *model_.grain(feature.from);
    return from.form == Grain::Form::match ? nullptr : model_.ledger(from.ledger);
}

/// Whether what the feature itself reads of its ledger was delivered; what its rows read is not
/// looked at.
bool Evaluation::own_delivered(const Feature& feature, const Thing& subject, const Seen& seen) {
    const Ledger* ledger = source_ledger(feature);
    if (ledger == nullptr || !ledger->delivery || feature.judged == Feature::Judged::never)
        return true;
    plan::Months owed = months_for(seen, ledger);
    if (feature.period_by_given)
        owed.last = months_for({std::nullopt, {owed.first, month_}}, ledger).last;
    return is_delivered(*ledger, subject, owed);
}

/// What names mean at a row that landed at the subject.
Context Evaluation::at_row(const Thing& row, const Thing& subject, const Seen& seen) {
    return {.row = &row, .subject = &subject, .row_window = seen, .subject_window = seen};
}

Evaluation::Felt Evaluation::over_rows(const Feature& feature, const std::string& code,
                                       const Thing& subject, const Seen& seen, bool known) {
    Felt felt;
    const Grain* from = feature.from_grain ? model_.grain(feature.from) : nullptr;
    std::vector<Context> rows;
    for (const Thing& thing : landed(feature, seen, subject)) {
        if (!feature.by_code.empty() && plan::text(field_at(thing, feature.by_code)) != code)
            continue;
        Context at = at_row(thing, subject, seen);
        const Value truth = feature.where ? value(*feature.where, at) : Value(true);
        at.known = known;
        if (is_null(truth))
            ++felt.unknown;
        else if (std::get<bool>(truth))
            rows.push_back(at);
    }
    if (!known && !own_delivered(feature, subject, seen)) return felt;
    if (from != nullptr && from->every && from->over.unit != plan::Window::Unit::ever) {
        const plan::Months held =
            plan::months_of(from->over, month_, model_.calendar, model_.first);
        if (seen.months.first < held.first || held.last < seen.months.last) return felt;
    }
    felt.value = value(*feature.value, {.subject = &subject,
                                        .row_window = seen,
                                        .subject_window = seen,
                                        .many = &rows,
                                        .known = known});
    return felt;
}

}  // namespace zs::interpret
