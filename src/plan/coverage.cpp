#include <algorithm>
#include <map>
#include <set>

#include <fmt/format.h>

#include "base/text.h"
#include "plan/check.h"

namespace zs::plan {

namespace {

/// What an obligation can ask for and no command of this program does yet.
const std::map<std::string, std::string>& waiting_parts() {
    static const std::map<std::string, std::string> parts{{"workflow", "casework"},
                                                          {"measure", "advice to households"},
                                                          {"match", "matching"},
                                                          {"report", "reports"}};
    return parts;
}

/// Built-in ledgers that no command writes rows into yet.
bool is_never_written(const std::string& ledger) {
    static const std::set<std::string> names{"cases", "case_steps", "occasions", "logins"};
    return names.contains(ledger);
}

/// Collects the ledgers whose rows decide what a definition comes to; what stands beside them, as
/// constants and parameters, is none.
class LedgersRead {
public:
    explicit LedgersRead(const Model& model) : model_(model) {}

    void of(const Rule& rule) {
        if (!seen_.insert("rule " + rule.name).second) return;
        for (const ExpressionPtr& e :
             {rule.where, rule.when, rule.eligible, rule.received, rule.amount})
            of(e, "");
    }
    void of(const Indicator& indicator) {
        if (!seen_.insert("indicator " + indicator.name).second) return;
        if (indicator.given) names.insert("figures");
        for (const ExpressionPtr& e : {indicator.where, indicator.value, indicator.per}) of(e, "");
        bool counts = false;
        for (const ExpressionPtr& side : {indicator.value, indicator.per})
            if (side)
                visit(*side, [&](const Expression& e) {
                    counts = counts ||
                             (e.node == Expression::Node::aggregate && e.name.starts_with("count"));
                });
        if (counts) of_grain(indicator.grain);
    }
    void of(const Target& target) {
        if (!seen_.insert("target " + target.name).second) return;
        if (const Indicator* indicator = model_.indicator(target.indicator)) of(*indicator);
    }
    void of(const Feature& feature) {
        if (!seen_.insert("feature " + feature.grain + "." + feature.name).second) return;
        const std::string source = feature.from_grain ? ledger_of(feature.from) : feature.from;
        if (!source.empty()) names.insert(source);
        for (const ExpressionPtr& e : {feature.where, feature.value}) of(e, source);
        for (const ExpressionPtr& column : feature.peers) of(column, source);
    }

    std::set<std::string> names;

private:
    std::string ledger_of(const std::string& grain_name) const {
        const Grain* grain = model_.grain(grain_name);
        return grain == nullptr ? "" : grain->ledger;
    }
    void of_grain(const std::string& grain) {
        if (const std::string ledger = ledger_of(grain); !ledger.empty()) names.insert(ledger);
    }
    /// `source`: the ledger whose rows bare names are fields of, where it is not the grain's.
    void of(const ExpressionPtr& whole, const std::string& source) {
        if (!whole) return;
        visit(*whole, [&](const Expression& e) {
            switch (e.node) {
                case Expression::Node::field:
                    if (!e.path.empty() || source.empty())
                        of_grain(e.path.empty() ? e.grain : e.path.back().grain);
                    break;
                case Expression::Node::feature:
                case Expression::Node::feature_unknown:
                    if (const Feature* feature = model_.feature(e.grain, e.name)) of(*feature);
                    break;
                case Expression::Node::outcome:
                case Expression::Node::score:
                    if (const Rule* rule = model_.rule(e.name)) of(*rule);
                    break;
                case Expression::Node::target:
                    if (const Target* target = model_.target(e.name)) of(*target);
                    break;
                case Expression::Node::indicator:
                    if (const Indicator* indicator = model_.indicator(e.name)) of(*indicator);
                    break;
                default:
                    break;
            }
        });
    }

    const Model& model_;
    std::set<std::string> seen_;
};

/// Somebody owes it or answers for it; of the built-in ones, the program or an import writes it.
bool is_delivered(const Ledger& ledger) {
    if (ledger.built_in) return !is_never_written(ledger.name);
    return ledger.delivery.has_value() || !ledger.units.empty();
}

/// What keeps a definition from being live; empty where nothing does.
std::string lack_of_ledgers(const Model& model, const std::set<std::string>& names,
                            const std::string& what) {
    if (names.empty()) return what + " reads no ledger";
    std::vector<std::string> unwritten, undelivered;
    for (const std::string& name : names) {
        const Ledger* ledger = model.ledger(name);
        if (ledger != nullptr && is_delivered(*ledger)) return {};
        (is_never_written(name) ? unwritten : undelivered).push_back(name);
    }
    if (undelivered.empty())
        return fmt::format("{} reads only '{}', which waits for casework", what,
                           base::join(unwritten, "', '"));
    return fmt::format("{} reads only '{}', which nobody delivers", what,
                       base::join(undelivered, "', '"));
}

/// The blocks of one obligation, and what they lack.
class Covered {
public:
    Covered(const Model& model, const Obligation& obligation)
        : model_(model),
          obligation_(obligation),
          row_{obligation.id, obligation.title, "missing", {}, {}} {}

    Coverage row() {
        for (const Ledger& ledger : model_.ledgers)
            if (take(ledger, "ledger", ledger.name) && !is_delivered(ledger))
                row_.why.push_back(fmt::format("nobody delivers ledger '{}'", ledger.name));
        for (const Parameter& one : model_.parameters) take(one, "parameter", one.name);
        for (const Feature& one : model_.features)
            if (take(one, "feature", one.grain + "." + one.name)) read(one, "feature");
        for (const Rule& rule : model_.rules) {
            const std::string kind = rule.kind == Rule::Kind::clue    ? "clue"
                                     : rule.kind == Rule::Kind::check ? "check"
                                                                      : "entitlement";
            if (take(rule, kind, rule.name)) test(rule, kind, rule.name);
        }
        for (const Indicator& one : model_.indicators)
            if (take(one, "indicator", one.published_name()) && !one.given)
                test(one, "indicator", one.published_name());
        for (const Target& one : model_.targets)
            if (take(one, "target", one.published_name()))
                test(one, "target", one.published_name());
        for (const Workflow& one : model_.workflows) take(one, "workflow", one.name);
        for (const Measure& one : model_.measures) take(one, "measure", one.name);
        for (const Match& one : model_.matches) take(one, "match", one.name);
        for (const Duty& one : model_.duties)
            if (take(one, "duty", one.name))
                note(lack_of_ledgers(model_, {one.evidence}, fmt::format("duty '{}'", one.name)));
        judge();
        return std::move(row_);
    }

private:
    /// Whether the definition is one of the obligation's, seen for the first time.
    bool take(const Definition& definition, const std::string& kind, const std::string& name) {
        const auto& ids = definition.obligations;
        if (std::find(ids.begin(), ids.end(), obligation_.id) == ids.end()) return false;
        kinds_.insert(kind);
        const std::string block = kind + " " + name;
        if (std::find(row_.blocks.begin(), row_.blocks.end(), block) != row_.blocks.end())
            return false;
        row_.blocks.push_back(block);
        return true;
    }
    void note(const std::string& lack) {
        if (!lack.empty()) row_.why.push_back(lack);
    }
    void read(const auto& definition, const std::string& kind) {
        LedgersRead ledgers(model_);
        ledgers.of(definition);
        note(lack_of_ledgers(model_, ledgers.names, fmt::format("{} '{}'", kind, definition.name)));
    }
    void test(const auto& definition, const std::string& kind, const std::string& name) {
        read(definition, kind);
        if (const auto lacking = lacking_examples(model_, name); !lacking.empty())
            row_.why.push_back(fmt::format("{} '{}' has no example {}", kind, name,
                                           base::join(lacking, " and none ")));
    }
    void judge() {
        if (row_.blocks.empty()) {
            row_.why.clear();
            return;
        }
        for (const std::string& kind : obligation_.kinds) {
            const auto waits = waiting_parts().find(kind);
            if (waits != waiting_parts().end())
                row_.why.push_back(
                    fmt::format("it asks for a {}: {} does not run yet", kind, waits->second));
            const auto& known = block_kinds_asked();
            if (!kinds_.contains(kind) && known.contains(kind))
                row_.why.push_back(fmt::format("it asks for a block of kind {}", kind));
        }
        row_.status = row_.why.empty() ? "live" : "partial";
    }
    /// What an obligation asks for besides, as `platform`, is no block.
    static const std::set<std::string>& block_kinds_asked() {
        static const std::set<std::string> kinds{"ledger",      "parameter", "feature",   "clue",
                                                 "entitlement", "check",     "indicator", "target",
                                                 "workflow",    "measure",   "match",     "duty"};
        return kinds;
    }

    const Model& model_;
    const Obligation& obligation_;
    Coverage row_;
    std::set<std::string> kinds_;
};

}  // namespace

std::vector<Coverage> coverage(const Model& model) {
    std::vector<Coverage> rows;
    rows.reserve(model.obligations.size());
    for (const Obligation& obligation : model.obligations)
        rows.push_back(Covered(model, obligation).row());
    return rows;
}

}  // namespace zs::plan
