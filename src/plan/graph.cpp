#include <algorithm>

#include <fmt/format.h>

#include "plan/builder.h"
#include "plan/nulls.h"

namespace zs::plan {

namespace {

using Node = Expression::Node;

const Feature* feature_of(const Model& model, const Expression& e) {
    return model.feature(e.grain, e.name);
}

std::vector<const Expression*> parts_of(const Feature& feature) {
    std::vector<const Expression*> parts;
    for (const ExpressionPtr& e : {feature.where, feature.value})
        if (e) parts.push_back(e.get());
    for (const ExpressionPtr& e : feature.peers) parts.push_back(e.get());
    return parts;
}

std::vector<ExpressionPtr> parts_of(const Rule& rule) {
    std::vector<ExpressionPtr> parts;
    for (const ExpressionPtr& e :
         {rule.where, rule.when, rule.eligible, rule.amount, rule.received, rule.due_on,
          rule.paid_on, rule.wrongful, rule.score, rule.severity, rule.risk})
        if (e) parts.push_back(e);
    for (const SayPart& part : rule.say)
        if (part.expression) parts.push_back(part.expression);
    return parts;
}

}  // namespace

/// A feature is timeless if it reads no window at all; as of the month if, without one, it stands
/// for the state on run.day. Both spread along expressions (PACK.md, 2).
void Builder::settle_windows() {
    const auto is_span_state = [&](const Feature& feature) {
        if (feature.from.empty() || feature.cover_any) return false;
        const Grain* grain = model.grain(feature.from);
        if (feature.from_grain && grain != nullptr) {
            if (grain->form == Grain::Form::registry && !grain->every) return true;
            if (grain->form == Grain::Form::level && !grain->every) return true;
            if (grain->form == Grain::Form::rows) {
                const Ledger* ledger = model.ledger(grain->ledger);
                return ledger != nullptr && ledger->period == Period::span;
            }
            return false;
        }
        const Ledger* ledger = model.ledger(feature.from);
        return ledger != nullptr && ledger->period == Period::span;
    };
    // From the widest assumption down to what holds: each round takes away what does not.
    for (Feature& feature : model.features) {
        feature.timeless = feature.from.empty() && !feature.over;
        feature.as_of = feature.from.empty() || is_span_state(feature);
    }
    for (bool again = true; again;) {
        again = false;
        for (Feature& feature : model.features) {
            if (!feature.timeless && !feature.as_of) continue;
            bool timeless_still = feature.timeless, as_of_still = feature.as_of;
            for (const Expression* part : parts_of(feature))
                visit(*part, [&](const Expression& e) {
                    if (e.node != Node::feature && e.node != Node::feature_unknown) return;
                    const Feature* read = feature_of(model, e);
                    if (read == nullptr || e.window || read->over || read->timeless) return;
                    timeless_still = false;
                    if (!read->as_of) as_of_still = false;
                });
            if (timeless_still != feature.timeless || as_of_still != feature.as_of) {
                feature.timeless = timeless_still;
                feature.as_of = as_of_still;
                again = true;
            }
        }
    }
    for (Rule& rule : model.rules) {
        const Grain* grain = model.grain(rule.grain);
        if (grain == nullptr) continue;
        for (const ExpressionPtr& e : parts_of(rule))
            check_windows(*e, rule.name, grain->every.has_value(), grain);
    }
    for (const Indicator& indicator : model.indicators) {
        const Grain* grain = model.grain(indicator.grain);
        if (grain == nullptr) continue;
        for (const ExpressionPtr& e : {indicator.where, indicator.value, indicator.per})
            if (e) check_windows(*e, indicator.name, true, grain);
    }
    for (const Target& target : model.targets)
        if (target.where)
            check_windows(*target.where, target.name, false, model.grain(target.grain()));
    check_windows_are_held();
    check_calendars();
}

/// The feature `from` an every grain, this one or one it passes the window on to, whose grain never
/// holds the window whole.
const Feature* Builder::not_held(const Feature& feature, const Window& window, int depth) const {
    if (depth > 100) return nullptr;
    const Grain* source = feature.from_grain ? model.grain(feature.from) : nullptr;
    const Grain* landing = model.grain(feature.grain);
    if (landing != nullptr && landing->every) return nullptr;
    if (source != nullptr && source->every) {
        const auto is_held = [&](base::Month month) {
            const base::Month earliest = month.plus(-1200);
            return !(months_of(window, month, model.calendar, earliest).first <
                     months_of(source->over, month, model.calendar, earliest).first);
        };
        for (base::Month month = model.first; month <= model.last; month = month.plus(1))
            if (is_held(month)) return nullptr;
        return &feature;
    }
    const Feature* found = nullptr;
    for (const Expression* part : parts_of(feature))
        visit(*part, [&](const Expression& e) {
            if (found != nullptr || e.node != Node::feature || e.window) return;
            const Feature* read = feature_of(model, e);
            if (read != nullptr && !read->over) found = not_held(*read, window, depth + 1);
        });
    return found;
}

/// What is read from an every grain must be held by its `over` in one of the plan's months at
/// least.
void Builder::check_windows_are_held() {
    const auto check = [&](const Feature& feature, const Window& window, const Place& place,
                           int length) {
        const Feature* found = not_held(feature, window, 0);
        if (found == nullptr) return;
        const Grain* source = model.grain(found->from);
        report.error(
            "window-not-held", place, length,
            fmt::format("'{}.{}' reads '{}' over '{}', but that grain holds '{}' only",
                        found->grain, found->name, found->from, text(window), text(source->over)),
            "widen the grain's over");
    };
    const auto check_reads = [&](const Expression& whole) {
        visit(whole, [&](const Expression& e) {
            const Feature* read = e.node == Node::feature ? feature_of(model, e) : nullptr;
            if (read != nullptr && e.window && !e.at_month && !read->over)
                check(*read, *e.window, e.place, e.length);
        });
    };
    for (const Feature& feature : model.features) {
        if (feature.over) check(feature, *feature.over, feature.place, 7);
        for (const Expression* part : parts_of(feature)) check_reads(*part);
    }
    for (const Rule& rule : model.rules)
        for (const ExpressionPtr& part : parts_of(rule)) check_reads(*part);
    for (const Indicator& indicator : model.indicators)
        for (const ExpressionPtr& part : {indicator.where, indicator.value, indicator.per})
            if (part) check_reads(*part);
}

namespace {

/// Whether rows of a year or term ledger can be in windows of that kind.
bool holds_rows_of(const Window& window, const Ledger& ledger) {
    return window.unit == Window::Unit::ever || window.unit == to_date(ledger.period).unit;
}

/// The year or term ledger whose rows a feature reads; nothing where it reads none.
const Ledger* years_read(const Model& model, const Feature& feature) {
    const Ledger* ledger = feature.from_grain ? nullptr : model.ledger(feature.from);
    const Grain* grain = feature.from_grain ? model.grain(feature.from) : nullptr;
    if (grain != nullptr && !grain->every && !grain->ledger.empty())
        ledger = model.ledger(grain->ledger);
    return ledger != nullptr && ledger->is_of_years_or_terms() ? ledger : nullptr;
}

/// The window in which a feature's part reads a feature of the rows it is over: subjects of an
/// `every` grain have their own period.
std::optional<Window> own_period_read(const Model& model, const Feature& feature,
                                      const Expression& read) {
    const Grain* source = feature.from_grain ? model.grain(feature.from) : nullptr;
    if (source == nullptr || !source->every || read.scope != Scope::row || !read.path.empty())
        return std::nullopt;
    return to_date(*source->every);
}

}  // namespace

/// The feature over a year or term ledger, this one or one it passes the window on to, of whose
/// calendar the window is not (PACK.md, 2).
const Feature* Builder::off_calendar(const Feature& feature, const Window& window,
                                     int depth) const {
    if (depth > 100) return nullptr;
    const Ledger* ledger = years_read(model, feature);
    if (ledger != nullptr) return holds_rows_of(window, *ledger) ? nullptr : &feature;
    const Feature* found = nullptr;
    for (const Expression* part : parts_of(feature))
        visit(*part, [&](const Expression& e) {
            const bool reads = e.node == Node::feature || e.node == Node::feature_unknown;
            if (found != nullptr || !reads || e.window) return;
            const Feature* read = feature_of(model, e);
            if (read != nullptr && !read->over)
                found = off_calendar(*read, own_period_read(model, feature, e).value_or(window),
                                     depth + 1);
        });
    return found;
}

void Builder::check_calendar(const Feature& feature, const Window& window, const Expression& read) {
    const Feature* found = off_calendar(feature, window, 0);
    if (found == nullptr) return;
    const Ledger& ledger = *years_read(model, *found);
    const std::string calendar = text(ledger.period);
    report.error("window", read.place, read.length,
                 fmt::format("'{}.{}' reads '{}' over '{}', but a row there is of a whole {}",
                             found->grain, found->name, ledger.name, text(window), calendar),
                 fmt::format("as '{0}', 'whole {0}', 'last {0}' or 'ever'", calendar));
}

/// What an expression reads with a window, and, where one is `given` by who reads, without.
void Builder::check_calendars_of(const Expression& whole, const std::optional<Window>& given) {
    visit(whole, [&](const Expression& e) {
        if (e.node != Node::feature && e.node != Node::feature_unknown) return;
        const Feature* read = feature_of(model, e);
        if (read == nullptr || read->over) return;
        if (e.window)
            check_calendar(*read, *e.window, e);
        else if (given)
            check_calendar(*read, *given, e);
    });
}

/// Grains and indicators over rows of years or terms: their periods and windows are of that
/// calendar too.
void Builder::check_calendars_of_grains() {
    const auto clash = [&](const Definition& definition, const Ledger& ledger,
                           const std::string& of) {
        report.error("window", definition.place, 1,
                     fmt::format("'{}' is over '{}' of '{}', but a row there is of a whole {}",
                                 definition.name, of, ledger.name, text(ledger.period)),
                     fmt::format("say it by the {}", text(ledger.period)));
    };
    const auto years_of = [&](const Grain& grain) -> const Ledger* {
        const Ledger* ledger = grain.ledger.empty() ? nullptr : model.ledger(grain.ledger);
        return ledger != nullptr && ledger->is_of_years_or_terms() ? ledger : nullptr;
    };
    for (const Grain& grain : model.grains) {
        const Ledger* ledger = years_of(grain);
        if (ledger == nullptr) continue;
        if (grain.every && *grain.every != ledger->period)
            clash(grain, *ledger, text(*grain.every));
        else if (!grain.every && grain.has_over && !holds_rows_of(grain.over, *ledger))
            clash(grain, *ledger, text(grain.over));
    }
    for (const Indicator& indicator : model.indicators) {
        const Grain* grain = model.grain(indicator.grain);
        const Ledger* ledger = grain != nullptr ? years_of(*grain) : nullptr;
        if (ledger != nullptr && !grain->every && indicator.period != ledger->period)
            clash(indicator, *ledger, text(indicator.period));
    }
}

/// Over a ledger of years or terms windows of months, or of another calendar, are an error
/// (PACK.md, 2).
void Builder::check_calendars() {
    for (const Feature& feature : model.features) {
        if (feature.over && feature.value) check_calendar(feature, *feature.over, *feature.value);
        for (const Expression* part : parts_of(feature))
            visit(*part, [&](const Expression& e) {
                if (e.node == Node::feature || e.node == Node::feature_unknown)
                    if (const Feature* read = feature_of(model, e); read != nullptr && !read->over)
                        if (const auto window =
                                e.window ? e.window : own_period_read(model, feature, e))
                            check_calendar(*read, *window, e);
            });
    }
    const auto own = [&](const std::string& name) -> std::optional<Window> {
        const Grain* grain = model.grain(name);
        if (grain == nullptr || !grain->every) return std::nullopt;
        return to_date(*grain->every);
    };
    for (const Rule& rule : model.rules)
        for (const ExpressionPtr& part : parts_of(rule)) check_calendars_of(*part, own(rule.grain));
    for (const Indicator& indicator : model.indicators) {
        if (indicator.grain.empty()) continue;
        const Window given = own(indicator.grain).value_or(to_date(indicator.period));
        for (const ExpressionPtr& part : {indicator.where, indicator.value, indicator.per})
            if (part) check_calendars_of(*part, given);
        for (const ExpressionPtr& column : indicator.split) check_calendars_of(*column, given);
    }
    for (const Target& target : model.targets)
        if (target.where) check_calendars_of(*target.where, own(target.grain()));
    check_calendars_of_grains();
}

void Builder::check_windows(const Expression& expression, const std::string& owner,
                            bool window_given, const Grain*) {
    if (window_given) return;
    visit(expression, [&](const Expression& e) {
        if (e.node != Node::feature && e.node != Node::feature_unknown) return;
        const Feature* read = feature_of(model, e);
        if (read == nullptr || !read->value || e.window || read->over || read->timeless ||
            read->as_of)
            return;
        report.error("no-window", e.place, e.length,
                     fmt::format("'{}' says no window in '{}': over which months is '{}'?", owner,
                                 read->name, read->name),
                     fmt::format("as {}['12 months'], or over = \"…\" in the feature", read->name));
    });
}

/// Aggregates skip NULL arguments: where one can be NULL and nothing deals with it, rows go missing
/// without a word (PACK.md, 4). Indicators leave out whole subjects and peers features need
/// `at_least`; those deal with it.
void Builder::warn_null_arguments() {
    static const std::set<std::string> skipping{"sum",    "avg",      "min",   "max",
                                                "median", "quantile", "stddev"};
    Nulls nulls(model);
    for (const Feature& feature : model.features) {
        if (feature.from.empty() || !feature.value) continue;
        visit(*feature.value, [&](const Expression& e) {
            if (e.node != Node::aggregate || !skipping.contains(e.name) || e.operands.empty() ||
                !nulls.in_argument(feature, e, *e.operands[0]))
                return;
            report.warning("null-argument", e.operands[0]->place, e.operands[0]->length,
                           fmt::format("'{}' skips the rows where this is NULL", e.name),
                           "say what they stand for: coalesce(x, 0), or filter (where x is not "
                           "null)");
        });
    }
}

/// Every ring of features, rules, indicators and targets, once, with all its members.
void Builder::check_cycles() {
    struct Member {
        std::string name;
        Place place;
        std::vector<std::string> reads;
    };
    std::map<std::string, Member> members;
    const auto reads_of = [&](const Expression& whole, std::vector<std::string>& into) {
        visit(whole, [&](const Expression& e) {
            if (e.node == Node::feature || e.node == Node::feature_unknown)
                into.push_back("feature " + e.grain + "." + e.name);
            if (e.node == Node::outcome || e.node == Node::score) into.push_back("rule " + e.name);
            if (e.node == Node::target) into.push_back("target " + e.name);
            if (e.node == Node::indicator && e.prior == 0) into.push_back("indicator " + e.name);
        });
    };
    for (const Feature& feature : model.features) {
        Member member{feature.grain + "." + feature.name, feature.place, {}};
        for (const Expression* part : parts_of(feature)) reads_of(*part, member.reads);
        members["feature " + member.name] = member;
    }
    for (const Rule& rule : model.rules) {
        Member member{rule.name, rule.place, {}};
        // Words shown are computed after the outcome: they close no ring.
        for (const ExpressionPtr& e :
             {rule.where, rule.when, rule.eligible, rule.amount, rule.received, rule.due_on,
              rule.paid_on, rule.wrongful, rule.score})
            if (e) reads_of(*e, member.reads);
        members["rule " + rule.name] = member;
    }
    for (const Indicator& indicator : model.indicators) {
        Member member{indicator.name, indicator.Definition::place, {}};
        for (const ExpressionPtr& e : {indicator.where, indicator.value, indicator.per})
            if (e) reads_of(*e, member.reads);
        members["indicator " + indicator.name] = member;
    }
    for (const Target& target : model.targets) {
        Member member{target.name, target.place, {"indicator " + target.indicator}};
        for (const auto& [year, limit] : target.years)
            for (const ExpressionPtr& e : {limit.low, limit.high})
                if (e) reads_of(*e, member.reads);
        if (target.where) reads_of(*target.where, member.reads);
        members["target " + target.name] = member;
    }
    std::map<std::string, int> state;
    std::vector<std::string> path;
    const std::function<void(const std::string&)> go = [&](const std::string& id) {
        const auto found = members.find(id);
        if (found == members.end() || state[id] == 2) return;
        if (state[id] == 1) {
            std::string ring;
            for (auto it = std::find(path.begin(), path.end(), id); it != path.end(); ++it)
                ring += members[*it].name + " → ";
            report.error("cycle", found->second.place, 1,
                         fmt::format("these need each other: {}{}", ring, found->second.name),
                         "break the ring: one of them must be said without the other");
            return;
        }
        state[id] = 1;
        path.push_back(id);
        for (const std::string& read : found->second.reads) go(read);
        path.pop_back();
        state[id] = 2;
    };
    for (const auto& [id, member] : members) go(id);
}

}  // namespace zs::plan
