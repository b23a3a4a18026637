#include "ask/parameters_used.h"

#include <fmt/format.h>

#include "base/text.h"
#include "engine/connection.h"

namespace zs::ask {

namespace {

using plan::Expression;
using plan::ExpressionPtr;

constexpr std::int64_t by_default = -1;

std::string shadow_name(const std::string& parameter) { return parameter + "#entry"; }

/// The same reading of the parameter whose values are places in the list.
std::shared_ptr<Expression> shadow(const Expression& reading) {
    auto made = std::make_shared<Expression>(reading);
    made->name = shadow_name(reading.name);
    made->type = plan::integer_type();
    return made;
}

ExpressionPtr number(std::int64_t value) {
    auto made = std::make_shared<Expression>();
    made->node = Expression::Node::literal;
    made->type = plan::integer_type();
    made->value = value;
    return made;
}

ExpressionPtr nothing() {
    auto made = std::make_shared<Expression>();
    made->node = Expression::Node::literal;
    made->type = plan::integer_type();
    return made;
}

/// `any_of(place = entry)` over the rows that pass.
ExpressionPtr any_is(const ExpressionPtr& place, std::int64_t entry, const ExpressionPtr& filter) {
    auto equal = std::make_shared<Expression>();
    equal->node = Expression::Node::call;
    equal->type = plan::boolean_type();
    equal->name = "=";
    equal->operands = {place, number(entry)};
    auto made = std::make_shared<Expression>();
    made->node = Expression::Node::aggregate;
    made->type = plan::boolean_type();
    made->name = "any_of";
    made->operands = {equal};
    made->filter = filter;
    return made;
}

/// Whether readings in aggregates are wanted, too.
enum class Aggregates { with, without };

std::vector<ParameterRead> readings_in(const Expression& e, Aggregates aggregates) {
    if (e.node == Expression::Node::aggregate && aggregates == Aggregates::without) return {};
    std::vector<ParameterRead> all;
    const auto take = [&](const ExpressionPtr& part) {
        if (!part) return;
        for (ParameterRead& read : readings_in(*part, aggregates)) all.push_back(std::move(read));
    };
    if (e.node == Expression::Node::parameter) all.push_back({e.name, shadow(e)});
    for (const ExpressionPtr* part : {&e.at_month, &e.key, &e.step, &e.filter}) take(*part);
    const bool is_case = e.node == Expression::Node::call && e.name == "case";
    for (std::size_t i = 0; i < e.operands.size(); ++i) {
        const bool is_branch = is_case && (i % 2 == 1 || i + 1 == e.operands.size());
        if (!is_branch) {
            take(e.operands[i]);
            continue;
        }
        for (const ParameterRead& read : readings_in(*e.operands[i], aggregates)) {
            auto taken = std::make_shared<Expression>(e);
            taken->type = plan::integer_type();
            for (std::size_t k = 0; k < taken->operands.size(); ++k)
                if (k % 2 == 1 || k + 1 == taken->operands.size())
                    taken->operands[k] = k == i ? read.place : nothing();
            all.push_back({read.parameter, taken});
        }
    }
    return all;
}

void each_aggregate(const Expression& e, const auto& take) {
    plan::visit(e, [&](const Expression& part) {
        if (part.node == Expression::Node::aggregate) take(part);
    });
}

std::string titled(const std::string& name, const std::vector<std::string>& which) {
    return which.empty() ? name : fmt::format("{}[{}]", name, base::join(which, "@"));
}

std::string title_of(const plan::CodeList* list, const std::string& wanted) {
    if (list != nullptr)
        for (const plan::Code& code : list->codes)
            if (code.code == wanted && !code.title.empty()) return code.title;
    return wanted;
}

/// A value by its place in the list.
ParameterUsed told(const plan::Model& model, const plan::Parameter& parameter, std::int64_t place) {
    const bool is_default = place == by_default;
    ParameterUsed used{parameter.name, parameter.title, "", "", "", "", parameter.source};
    used.value =
        plan::text(is_default ? *parameter.fallback
                              : parameter.values.at(static_cast<std::size_t>(place)).value);
    used.shown = parameter.type.kind == plan::Kind::code
                     ? title_of(model.code_list(parameter.type.of), used.value)
                     : used.value;
    if (is_default) return used;
    const plan::ParameterValue& value = parameter.values[static_cast<std::size_t>(place)];
    std::vector<std::string> which, titles;
    if (!value.item.empty()) {
        which.push_back(value.item);
        titles.push_back(title_of(model.code_list(parameter.by), value.item));
    }
    if (value.at) {
        which.push_back(base::text(*value.at));
        titles.push_back(base::text(*value.at));
    }
    // A code and a step are told as `A01@100`, a step alone as `@100`.
    if (value.at && value.item.empty()) which.front() = titles.front() = "@" + which.front();
    used.name = titled(parameter.name, which);
    used.title = titled(parameter.title, titles);
    used.division = value.division;
    used.from = base::text(value.from);
    if (!value.source.empty()) used.source = value.source;
    return used;
}

/// All of a rule that is computed.
std::vector<ExpressionPtr> parts_of(const plan::Rule& rule) {
    std::vector<ExpressionPtr> parts{rule.where,  rule.severity, rule.risk,    rule.when,
                                     rule.score,  rule.eligible, rule.amount,  rule.received,
                                     rule.due_on, rule.paid_on,  rule.wrongful};
    for (const plan::SayPart& part : rule.say) parts.push_back(part.expression);
    std::erase(parts, nullptr);
    return parts;
}

}  // namespace

ParameterTrace::ParameterTrace(const plan::Model& model, const std::string& rule,
                               const std::set<std::string>& reads, base::Month month)
    : model_(model), traced_(model), month_(month) {
    std::set<std::string> rules{rule};
    for (const std::string& read : reads)
        if (read.starts_with("rule ")) rules.insert(read.substr(5));
    for (const std::string& name : rules)
        if (const plan::Rule* one = model.rule(name))
            for (const ExpressionPtr& part : parts_of(*one))
                add_of_subject(readings_in(*part, Aggregates::with), one->grain, nullptr);
    for (const plan::Feature& feature : model.features)
        if (reads.contains("feature " + feature.grain + "." + feature.name))
            add_of_feature(feature);
    traced_.features.insert(traced_.features.end(), made_.begin(), made_.end());
}

/// A copy of the parameter whose values are their places in its list. It is optional: a reading
/// that the run never asked for must not end this.
const plan::Parameter& ParameterTrace::shadow_of(const plan::Parameter& parameter) {
    const std::string name = shadow_name(parameter.name);
    if (const plan::Parameter* made = traced_.parameter(name)) return *made;
    plan::Parameter made = parameter;
    made.name = name;
    made.type = plan::integer_type();
    made.optional = true;
    if (made.fallback) made.fallback = by_default;
    for (std::size_t i = 0; i < made.values.size(); ++i)
        made.values[i].value = static_cast<std::int64_t>(i);
    traced_.parameters.push_back(std::move(made));
    return traced_.parameters.back();
}

void ParameterTrace::add_reading(plan::Feature made, Reading reading) {
    made.name = fmt::format("#reading {}", readings_.size());
    reading.grain = made.grain;
    reading.feature = made.name;
    readings_.push_back(std::move(reading));
    made_.push_back(std::move(made));
}

/// Read at the subject itself: a column with the place of the value.
void ParameterTrace::add_of_subject(const std::vector<ParameterRead>& reads,
                                    const std::string& grain, const plan::Feature* feature) {
    for (const ParameterRead& read : reads) {
        shadow_of(*model_.parameter(read.parameter));
        plan::Feature made;
        made.grain = grain;
        made.value = read.place;
        made.type = plan::integer_type();
        made.as_of = true;
        if (feature != nullptr) made.over = feature->over;
        add_reading(std::move(made),
                    {read.parameter, "", "", feature == nullptr ? "" : feature->name, {}});
    }
}

/// Read at rows: a column for each value, whether some row read it.
void ParameterTrace::add_of_rows(const Expression& expression, const Part& part) {
    for (const ParameterRead& read : readings_in(expression, Aggregates::with)) {
        const plan::Parameter shadowed = shadow_of(*model_.parameter(read.parameter));
        std::vector<std::int64_t> entries;
        for (std::size_t i = 0; i < shadowed.values.size(); ++i)
            if (shadowed.values[i].from <= month_) entries.push_back(static_cast<std::int64_t>(i));
        if (shadowed.fallback) entries.push_back(by_default);
        for (const std::int64_t entry : entries) {
            plan::Feature made = *part.feature;
            made.value = any_is(read.place, entry, part.filter);
            made.type = plan::boolean_type();
            made.by_code.clear();
            made.code_list.clear();
            made.partial = true;
            made.judged = plan::Feature::Judged::never;
            if (part.is_where) made.where = nullptr;
            add_reading(std::move(made), {read.parameter, "", "", part.feature->name, entry});
        }
    }
}

void ParameterTrace::add_of_feature(const plan::Feature& feature) {
    if (feature.from.empty()) {
        // An aggregate over peers reads at each of them; the subject's own reading is told.
        add_of_subject(readings_in(*feature.value, Aggregates::with), feature.grain, &feature);
        return;
    }
    if (feature.where) add_of_rows(*feature.where, {&feature, nullptr, true});
    add_of_subject(readings_in(*feature.value, Aggregates::without), feature.grain, &feature);
    each_aggregate(*feature.value, [&](const Expression& aggregate) {
        for (const ExpressionPtr& operand : aggregate.operands)
            add_of_rows(*operand, {&feature, aggregate.filter, false});
        if (aggregate.filter) add_of_rows(*aggregate.filter, {&feature, nullptr, false});
    });
}

std::vector<compile::FeatureRead> ParameterTrace::requests(
    const std::vector<compile::WideColumn>& columns) const {
    std::vector<compile::FeatureRead> all;
    for (const Reading& reading : readings_) {
        const plan::Feature* made = traced_.feature(reading.grain, reading.feature);
        if (reading.of.empty() || made->over) {
            all.push_back({reading.grain, reading.feature, std::nullopt, std::nullopt});
            continue;
        }
        std::set<std::string> windows;
        for (const compile::WideColumn& column : columns)
            if (column.grain == reading.grain && column.feature == reading.of)
                windows.insert(column.window);
        for (const std::string& window : windows) {
            const auto parsed = plan::parse_window(window);
            // Of a subject's own period, and of what needs no window, none is asked for; a window
            // that is no fixed one cannot be asked for again.
            if (parsed || window.empty() || window == "own")
                all.push_back({reading.grain, reading.feature, std::nullopt, parsed});
        }
    }
    return all;
}

std::vector<ParameterUsed> ParameterTrace::used(
    engine::Connection& connection, const compile::Program& program,
    const std::map<std::string, std::set<std::string>>& keys, const std::string& subject) const {
    std::map<std::string, std::set<std::int64_t>> found;  // parameter → places
    std::map<std::string, const Reading*> by_feature;
    for (const Reading& reading : readings_) by_feature[reading.feature] = &reading;
    for (const compile::WideColumn& column : program.columns) {
        const auto of = by_feature.find(column.feature);
        const auto known = keys.find(column.grain);
        if (of == by_feature.end() || known == keys.end()) continue;
        const Reading& reading = *of->second;
        std::string list;
        for (const std::string& key : known->second)
            if (!reading.of.empty() || key == subject)
                list += (list.empty() ? "" : ", ") + engine::literal(key);
        if (list.empty()) continue;
        for (const auto& row :
             connection
                 .query(fmt::format("select distinct t.{} from {} t where {} in ({})",
                                    engine::quoted(column.column),
                                    engine::quoted(program.wide_tables.at(column.grain)),
                                    program.subject_text.at(column.grain), list))
                 .cells) {
            if (!row[0]) continue;
            if (!reading.entry)
                found[reading.parameter].insert(std::stoll(*row[0]));
            else if (*row[0] == "true")
                found[reading.parameter].insert(*reading.entry);
        }
    }
    std::vector<ParameterUsed> all;
    for (const plan::Parameter& parameter : model_.parameters) {
        const auto places = found.find(parameter.name);
        if (places == found.end()) continue;
        for (const std::int64_t place : places->second)
            all.push_back(told(model_, parameter, place));
    }
    return all;
}

}  // namespace zs::ask
