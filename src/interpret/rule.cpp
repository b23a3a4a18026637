#include <algorithm>

#include <fmt/format.h>

#include "base/failure.h"
#include "interpret/evaluation.h"

namespace zs::interpret {

using plan::is_null;
using plan::Rule;
using plan::Value;

namespace {

bool is_true(const Value& v) { return !is_null(v) && std::get<bool>(v); }

/// Received at all: true, or more than 0. NULL is not.
bool is_received(const Value& v) {
    if (is_null(v)) return false;
    if (const auto* truth = std::get_if<bool>(&v)) return *truth;
    return compared(v, Value(std::int64_t{0})) > 0;
}

const char* kind_of(const Rule& rule) {
    return rule.kind == Rule::Kind::clue    ? "clue"
           : rule.kind == Rule::Kind::check ? "check"
                                            : "entitlement";
}

/// What is listed: what fired, and entitlements other than those in order.
bool is_listed(const Rule& rule, const std::string& status) {
    if (rule.kind != Rule::Kind::entitlement) return status == "fired";
    return status != "satisfied" && status != "pending" && status != "none";
}

std::optional<base::Decimal> as_figure(const Value& value) {
    if (is_null(value) || std::holds_alternative<bool>(value)) return std::nullopt;
    return as_decimal(value);
}

}  // namespace

Context Evaluation::context_of(const Thing& subject) const {
    const Seen window = own_window(subject);
    return {.row = &subject, .subject = &subject, .row_window = window, .subject_window = window};
}

bool Evaluation::is_exempted(const Rule& rule, const std::string& key) const {
    return std::any_of(data_.exempted.begin(), data_.exempted.end(), [&](const plan::Exempted& e) {
        return e.rule == rule.name && e.subject == key && month_ <= e.until;
    });
}

/// The first status of PACK.md 6 that holds.
std::string Evaluation::entitled(const Rule& rule, const Context& context, Judged& judged) {
    const Value eligible = value(*rule.eligible, context);
    judged.received = value(*rule.received, context);
    const bool received = is_received(judged.received);
    const bool improper = rule.wrongful && is_true(value(*rule.wrongful, context)) && received;
    // What is due is asked for nobody who surely has no claim.
    const bool in_doubt = rule.where && is_null(value(*rule.where, context));
    if (!in_doubt && !improper && !is_null(eligible) && !is_true(eligible)) return "none";
    const Value due_on = rule.due_on ? value(*rule.due_on, context) : Value();
    const Value paid_on = rule.paid_on ? value(*rule.paid_on, context) : Value();
    judged.amount = rule.amount ? value(*rule.amount, context) : Value();
    if (improper) return "improper";
    if (is_null(eligible)) return "unknown";
    if (!is_true(eligible)) return "none";
    if (is_null(judged.received) || (rule.amount && is_null(judged.amount))) return "unknown";
    // A truth tells that all of it came, or nothing.
    const bool by_amount = rule.amount && !std::holds_alternative<bool>(judged.received);
    const bool in_full = by_amount ? compared(judged.received, judged.amount) >= 0 : received;
    if (!in_full && rule.due_on && is_null(due_on)) return "unknown";
    if (by_amount && compared(judged.received, judged.amount) > 0) return "excess";
    if (in_full)
        return !is_null(paid_on) && !is_null(due_on) && compared(paid_on, due_on) > 0 ? "late"
                                                                                      : "satisfied";
    if (rule.due_on && day_ <= std::get<base::Date>(due_on)) return "pending";
    const bool has_period = context.row->grain->every.has_value();
    if (!rule.due_on && has_period && month_ < own_period(*context.row).last) return "pending";
    return received ? "short" : "gap";
}

const Judged& Evaluation::judge(const Rule& rule, const Thing& subject) {
    const std::string key = key_text(subject.key), id = rule.name + " " + key_identity(subject.key);
    if (const auto found = judged_.find(id); found != judged_.end()) return found->second;
    const Context context = context_of(subject);
    Judged judged;
    const Value where = rule.where ? value(*rule.where, context) : Value(true);
    judged.looked_at = is_null(where) || std::get<bool>(where);
    if (judged.looked_at) {
        if (rule.kind == Rule::Kind::entitlement) {
            const std::string status = entitled(rule, context, judged);
            judged.status = is_null(where) ? "unknown" : status;
        } else {
            const Value when = is_null(where) ? Value() : value(*rule.when, context);
            judged.status = is_null(when) ? "unknown" : std::get<bool>(when) ? "fired" : "clear";
        }
    }
    if (rule.score && judged.looked_at && !is_null(where)) {
        const Value score =
            exact(fitted(value(*rule.score, context), plan::decimal_type(38, 6)), "a score");
        if (!is_null(score))
            judged.score = std::clamp(std::get<base::Decimal>(score), base::Decimal{0, 6},
                                      base::Decimal{1'000'000, 6});
    }
    judged.exempted = is_exempted(rule, key);
    return judged_[id] = judged;
}

/// Dots also reach who is no subject of the run: who is gone.
bool Evaluation::is_of_run(const Thing& thing) {
    const plan::Grain& grain = *thing.grain;
    const bool of_the_day =
        grain.form == plan::Grain::Form::registry || grain.form == plan::Grain::Form::level;
    if (of_the_day && !grain.every) return is_subject(grain, plan::text(thing.key[0]), month_);
    const std::vector<Thing>& all = subjects(grain);
    return std::any_of(all.begin(), all.end(), [&](const Thing& one) {
        return key_identity(one.key) == key_identity(thing.key);
    });
}

/// The rule as a column: after exemption, NULL where it is unknown.
Value Evaluation::outcome_column(const Rule& rule, const Thing& subject) {
    const bool entitlement = rule.kind == Rule::Kind::entitlement;
    const Value outside = entitlement ? Value(std::string("none")) : Value(false);
    if (!is_of_run(subject)) return outside;
    const Judged& judged = judge(rule, subject);
    if (!judged.looked_at || judged.exempted) return outside;
    if (judged.status == "unknown") return {};
    return entitlement ? Value(judged.status) : Value(judged.status == "fired");
}

/// How strongly the check speaks against the figure, fired or not; 0 where it is not looked at, or
/// exempted.
Value Evaluation::score_column(const Rule& rule, const Thing& subject) {
    if (!is_of_run(subject)) return base::Decimal{0, 6};
    const Judged& judged = judge(rule, subject);
    return judged.looked_at && !judged.exempted ? judged.score : Value(base::Decimal{0, 6});
}

plan::Finding Evaluation::finding(const Rule& rule, const Thing& subject, const Judged& judged) {
    const Context context = context_of(subject);
    plan::Finding found;
    found.rule = rule.name;
    found.kind = kind_of(rule);
    found.grain = rule.grain;
    found.subject = key_text(subject.key);
    found.division = division_of(subject);
    found.status = judged.exempted ? "exempted" : judged.status;
    found.amount = as_figure(judged.amount);
    found.received = as_figure(judged.received);
    found.score = as_figure(judged.score);
    if (rule.severity) found.severity = plan::text(value(*rule.severity, context));
    if (rule.risk) found.risk = plan::text(value(*rule.risk, context));
    found.say = sentence(rule.say, context);
    return found;
}

void Evaluation::find(const Rule& rule, plan::Outcome& outcome) {
    doing_ = fmt::format("{} '{}'", kind_of(rule), rule.name);
    plan::RuleCount count{rule.name, kind_of(rule), {}};
    for (const Thing& subject : subjects(*model_.grain(rule.grain))) {
        doing_place_ = division_of(subject);
        const Judged& judged = judge(rule, subject);
        if (!judged.looked_at) continue;
        const bool listed = is_listed(rule, judged.status);
        ++count.by_status[listed && judged.exempted ? "exempted" : judged.status];
        if (listed) outcome.findings.push_back(finding(rule, subject, judged));
    }
    doing_place_.clear();
    outcome.counts.push_back(std::move(count));
}

std::optional<Judged> Evaluation::judged(const Rule& rule, const std::string& key) {
    doing_ = fmt::format("{} '{}'", kind_of(rule), rule.name);
    for (const Thing& subject : subjects(*model_.grain(rule.grain))) {
        if (key_text(subject.key) != key) continue;
        doing_place_ = division_of(subject);
        return judge(rule, subject);
    }
    return std::nullopt;
}

}  // namespace zs::interpret
