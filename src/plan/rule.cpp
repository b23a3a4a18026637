#include <algorithm>

#include <fmt/format.h>

#include "base/text.h"
#include "plan/builder.h"

namespace zs::plan {

void Builder::declare_rules() {
    for (const auto& [kind, which] :
         std::vector<std::pair<std::string, Rule::Kind>>{{"clue", Rule::Kind::clue},
                                                         {"entitlement", Rule::Kind::entitlement},
                                                         {"check", Rule::Kind::check}})
        for (Item* item : by_kind_[kind]) {
            Rule rule;
            rule.name = item->block.name;
            rule.place = item->block.place;
            rule.kind = which;
            if (const toml::node* grain = item->table.get("grain"))
                rule.grain = grain->value_or<std::string>("");
            model.rules.push_back(std::move(rule));
        }
}

/// A severity is one of three words.
bool Builder::is_severity(const Expression& word) {
    static const std::vector<std::string> words{"low", "medium", "high"};
    const auto* text = std::get_if<std::string>(&word.value);
    if (text == nullptr || std::find(words.begin(), words.end(), *text) != words.end()) return true;
    report.error("unknown-code", word.place, word.length,
                 fmt::format("'{}' is no severity: low, medium or high", *text),
                 base::did_you_mean(*text, words));
    return false;
}

/// A bare word, or an expression that gives one; `codes` is the type of the list that has it, none
/// for a severity. Every literal that may come out is looked at.
ExpressionPtr Builder::word_or_expression(Table& table, const char* key, const Names& names,
                                          const Type* codes) {
    const bool listed = codes != nullptr && model.code_list(codes->of) != nullptr;
    const auto may_come_out = [&](const ExpressionPtr& part) {
        if (codes == nullptr) return part->node != Expression::Node::literal || is_severity(*part);
        return !listed || coerced(part, *codes) != nullptr;
    };
    const auto text = table.text(key);
    if (!text) return nullptr;
    const bool bare = std::all_of(text->text.begin(), text->text.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || c == '_' || (c >= '0' && c <= '9');
    });
    if (bare) {
        auto word = std::make_shared<Expression>();
        word->type = text_type();
        word->value = text->text;
        word->place = text->at(0);
        word->length = static_cast<int>(base::characters(text->text));
        return may_come_out(word) ? word : nullptr;
    }
    ExpressionPtr e = bound(*text, names, nullptr);
    if (!e) return nullptr;
    if (e->type.kind != Kind::text && e->type.kind != Kind::code && e->type.kind != Kind::null_) {
        report.error("type-clash", e->place, e->length,
                     fmt::format("'{}' gives a code, this is {}", key, plan::text(e->type)));
        return nullptr;
    }
    visit(*e, [&](const Expression& part) {
        if (part.node != Expression::Node::call || part.name != "case") return;
        for (std::size_t i = 1; i < part.operands.size(); i += 2) may_come_out(part.operands[i]);
        if (part.operands.size() % 2 == 1) may_come_out(part.operands.back());
    });
    return e;
}

void Builder::read_opens(Table& table, Rule& rule) {
    const auto opens = table.text("opens");
    if (!opens) return;
    rule.opens = opens->text;
    if (item_of("workflow", opens->text) != nullptr || opens->text == "finding") return;
    std::vector<std::string> known;
    for (Item* workflow : by_kind_["workflow"]) known.push_back(workflow->block.name);
    report.error("unknown-name", opens->at(0), static_cast<int>(base::characters(opens->text)),
                 fmt::format("there is no workflow '{}'", opens->text),
                 base::did_you_mean(opens->text, known));
}

void Builder::read_entitlement(Table& table, const Names& names, Rule& rule) {
    const Type truth = boolean_type(), date = date_type();
    rule.eligible = bound(table, "eligible", names, &truth, true);
    rule.amount = bound(table, "amount", names, nullptr, false);
    rule.received = bound(table, "received", names, nullptr, true);
    rule.due_on = bound(table, "due_on", names, &date, false);
    rule.paid_on = bound(table, "paid_on", names, &date, false);
    rule.wrongful = bound(table, "wrongful", names, &truth, false);
    for (const ExpressionPtr& part : {rule.amount, rule.received})
        if (part && !is_number(part->type) && part->type.kind != Kind::null_ &&
            (part == rule.amount || part->type.kind != Kind::boolean))
            report.error("type-clash", part->place, part->length,
                         fmt::format("what is due and what came are money, a number or "
                                     "(received) a truth; this is {}",
                                     text(part->type)));
    if (rule.amount && rule.received && !rule.amount->type.unit.empty() &&
        !rule.received->type.unit.empty() && rule.amount->type.unit != rule.received->type.unit)
        report.error("unit-clash", rule.received->place, rule.received->length,
                     fmt::format("'{}' is compared with '{}'", rule.received->type.unit,
                                 rule.amount->type.unit));
}

namespace {

/// From where to where a number lies; an end that is not known is left open.
struct Reach {
    std::optional<double> low, high;
};

Reach reach_of(const Model& model, const Expression& e);

/// Of values one of which comes out: the widest of both.
Reach either(const Reach& a, const Reach& b) {
    Reach both;
    if (a.low && b.low) both.low = std::min(*a.low, *b.low);
    if (a.high && b.high) both.high = std::max(*a.high, *b.high);
    return both;
}

/// Of `greatest` or `least`: one operand that has a low end gives the greatest one.
Reach furthest(const Model& model, const Expression& e) {
    Reach all = reach_of(model, *e.operands[0]);
    for (std::size_t i = 1; i < e.operands.size(); ++i) {
        const Reach next = reach_of(model, *e.operands[i]);
        const bool greatest = e.name == "greatest";
        std::optional<double>& sure = greatest ? all.low : all.high;
        std::optional<double>& open = greatest ? all.high : all.low;
        const auto& next_sure = greatest ? next.low : next.high;
        const auto& next_open = greatest ? next.high : next.low;
        if (sure && next_sure)
            sure = greatest ? std::max(*sure, *next_sure) : std::min(*sure, *next_sure);
        else if (!sure)
            sure = next_sure;
        if (!next_open) open.reset();
        if (open) open = greatest ? std::max(*open, *next_open) : std::min(*open, *next_open);
    }
    return all;
}

std::optional<double> number_of(const Value& value) {
    if (const auto* whole = std::get_if<std::int64_t>(&value)) return static_cast<double>(*whole);
    if (const auto* exact = std::get_if<base::Decimal>(&value)) return base::to_double(*exact);
    return std::nullopt;
}

/// The reach of a parameter: its values and its default.
Reach reach_of(const Parameter& parameter) {
    std::optional<Reach> all;
    const auto take = [&](const Value& value) {
        const Reach one{number_of(value), number_of(value)};
        all = all ? either(*all, one) : one;
    };
    for (const ParameterValue& value : parameter.values) take(value.value);
    if (parameter.fallback) take(*parameter.fallback);
    return all.value_or(Reach{});
}

Reach reach_of(const Model& model, const Expression& e) {
    if (const auto number = number_of(e.value); e.node == Expression::Node::literal)
        return {number, number};
    if (e.node == Expression::Node::aggregate && (e.name == "peer_rank" || e.name == "gini"))
        return {0.0, 1.0};
    if (e.node == Expression::Node::score) return {0.0, 1.0};
    if (e.node == Expression::Node::parameter)
        if (const Parameter* parameter = model.parameter(e.name)) return reach_of(*parameter);
    if (e.node == Expression::Node::feature)
        if (const Feature* feature = model.feature(e.grain, e.name);
            feature != nullptr && feature->value)
            return reach_of(model, *feature->value);
    if (e.node != Expression::Node::call) return {};
    if (e.name == "greatest" || e.name == "least") return furthest(model, e);
    if (e.name == "coalesce")
        return either(reach_of(model, *e.operands[0]), reach_of(model, *e.operands.back()));
    if (e.name == "ratio" || e.name == "round") return reach_of(model, *e.operands[0]);
    if (e.name != "case") return {};
    std::optional<Reach> all;
    for (std::size_t i = 1; i <= e.operands.size(); i += 2) {
        const Expression& branch = *e.operands[std::min(i, e.operands.size() - 1)];
        if (is_null(branch.value) && branch.node == Expression::Node::literal) continue;
        all = all ? either(*all, reach_of(model, branch)) : reach_of(model, branch);
    }
    return all.value_or(Reach{});
}

}  // namespace

/// What surely lies outside 0..1 is an error; what may is cut to it in findings, and said so.
void Builder::check_score(const Expression& score) {
    const Reach reach = reach_of(model, score);
    if ((reach.low && *reach.low > 1) || (reach.high && *reach.high < 0))
        report.error("bad-value", score.place, score.length,
                     "a score is a number from 0 to 1, this never is");
    else if (!reach.low || *reach.low < 0 || !reach.high || *reach.high > 1)
        report.warning("score-range", score.place, score.length,
                       "a score is a number from 0 to 1, this may lie outside: findings show it "
                       "cut to 0 or 1",
                       "say it so that it cannot, as greatest(0, least(1, x))");
}

void Builder::read_check(Table& table, const Names& names, Rule& rule) {
    rule.score = bound(table, "score", names, nullptr, false);
    if (rule.score && !is_number(rule.score->type))
        report.error(
            "type-clash", rule.score->place, rule.score->length,
            fmt::format("a score is a number from 0 to 1, this is {}", text(rule.score->type)));
    else if (rule.score)
        check_score(*rule.score);
    const auto kind = table.text("kind");
    rule.check_kind = kind ? kind->text : "";
    if (!kind)
        report.error(
            "missing-key", rule.place, 1,
            fmt::format("check '{}' has no kind: logic, physical or statistical", rule.name));
    else if (kind->text != "logic" && kind->text != "physical" && kind->text != "statistical")
        report.error(
            "bad-value", kind->at(0), static_cast<int>(base::characters(kind->text)),
            fmt::format("'{}' is no kind of check: logic, physical or statistical", kind->text));
}

/// Whether the subjects of a grain may be printed: a key with an identity field would show its
/// token.
bool Builder::may_be_shown(const Grain& grain, const Written& name) {
    for (std::size_t i = 0; i < grain.key_types.size(); ++i) {
        if (grain.key_types[i].kind != Kind::token) continue;
        Diagnostic& d = report.error(
            "identity", name.at(0), static_cast<int>(base::characters(name.text)),
            fmt::format("the key of grain '{}' holds the identity field '{}', whose token is never "
                        "printed: no subject of it can be listed",
                        grain.name, grain.key[i]),
            "let it feed features and indicators, and put this at a grain above it");
        d.other = grain.place;
        return false;
    }
    return true;
}

void Builder::read_rule(Item& item, Rule& rule) {
    static const char* const kinds[] = {"clue", "entitlement", "check"};
    Table table(item.table, item.block.body, report,
                fmt::format("{} '{}'", kinds[static_cast<int>(rule.kind)], rule.name));
    common(table, rule, true);
    failed_ = false;
    const auto grain_text = table.text("grain");
    const Grain* grain = model.grain(rule.grain);
    if (grain == nullptr || grain->form == Grain::Form::match) {
        if (!grain_text)
            report.error("missing-key", rule.place, 1, fmt::format("'{}' has no grain", rule.name));
        else
            report_no_grain(rule.grain, grain_text->at(0));
        return;
    }
    may_be_shown(*grain, *grain_text);
    if (is_of_row(*grain, rule.name)) {
        Diagnostic& d = report.error(
            "duplicate", rule.place, 1,
            fmt::format("'{}' is already a field at grain {}", rule.name, grain->name));
        if (const Ledger* ledger = model.ledger(grain->ledger)) d.other = ledger->place;
    }
    Names names;
    names.form = Names::Form::subject;
    names.grain = grain;
    const Type truth = boolean_type();
    rule.where = bound(table, "where", names, &truth, false);
    if (const auto text = table.text("say")) rule.say = say(*text, names);
    rule.severity = word_or_expression(table, "severity", names, nullptr);
    const Type risk = code_type("risk");
    rule.risk = word_or_expression(table, "risk", names, &risk);
    read_opens(table, rule);
    rule.quiet_months = table.count("quiet", 0).value_or(0);
    if (rule.kind == Rule::Kind::entitlement)
        read_entitlement(table, names, rule);
    else
        rule.when = bound(table, "when", names, &truth, true);
    if (rule.kind == Rule::Kind::check) read_check(table, names, rule);
    if (rule.kind == Rule::Kind::clue) {
        if (const toml::node* verify = table.node("verify");
            verify != nullptr && verify->is_table()) {
            Table parts(*verify->as_table(), item.block.body, report, "verify");
            if (const auto by = parts.text("by")) {
                rule.verify_by = by->text;
                if (!model.level_index(by->text))
                    report.error("level", by->at(0), static_cast<int>(base::characters(by->text)),
                                 fmt::format("'{}' is no level of plan.toml", by->text),
                                 nearest_level(by->text));
            }
            rule.verify_days = parts.count("days", 1).value_or(0);
            parts.report_unknown();
        }
    }
    table.report_unknown();
}

}  // namespace zs::plan
