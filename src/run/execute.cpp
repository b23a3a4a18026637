#include "run/execute.h"

#include <cstdlib>
#include <map>

#include <fmt/format.h>

#include "base/failure.h"
#include "compile/sql.h"
#include "run/overflow.h"

namespace zs::run {

namespace {

std::string text_of(const engine::Cell& cell) { return cell.value_or(""); }

std::optional<base::Decimal> number_of(const engine::Cell& cell) {
    return cell ? base::parse_decimal(*cell) : std::nullopt;
}

/// What the engine was made to say of a parameter without a value, behind `compile::lack_words`:
/// `'name' of CODE in 2024-09 at division 4115`, the code and the division where there is one.
base::Said lacking(std::string words) {
    const std::string english = compile::lack_words + words;
    const auto cut = [&](std::string_view before) {
        const std::size_t at = words.rfind(before);
        if (at == std::string::npos) return std::string();
        std::string part = words.substr(at + before.size());
        words.resize(at);
        return part;
    };
    const std::string division = cut(" at division "), month = cut(" in "), code = cut(" of ");
    if (words.size() >= 2) words = words.substr(1, words.size() - 2);
    std::string chinese = fmt::format("参数“{}”", words);
    if (!code.empty()) chinese += fmt::format("（{}）", code);
    if (!division.empty()) chinese += fmt::format("（区划 {}）", division);
    return {chinese + fmt::format("在 {} 没有值", month), english};
}

[[noreturn]] void explain(const engine::EngineFailure& failure,
                          const compile::Statement& statement) {
    const std::string line = failure.what();
    if (const std::size_t at = line.find(compile::lack_words); at != std::string::npos) {
        const std::size_t begin = at + std::string_view(compile::lack_words).size();
        throw base::Failure(
            base::Fault::input, lacking(line.substr(begin, line.find(';', begin) - begin)), "",
            base::said("给它写上这个区划、这个月的值，或缺省值",
                       "give it a value for this division and month, or a default"));
    }
    if (failure.cause() == engine::EngineFailure::Cause::overflow ||
        line.find(compile::overflow_words) != std::string::npos)
        throw Overflow(base::said("方案包编译出的“{}”", "{}", statement.why));
    throw failure;
}

}  // namespace

Overflow::Overflow(const base::Where& where)
    : Failure(base::Fault::input,
              base::said("有个数大得放不下", "a figure is larger than its type can hold"), where,
              base::said("在它读的行里找不可能的金额",
                         "look for an impossible amount in the rows it reads")) {}

void execute(engine::Connection& connection, const compile::Program& program,
             const Progress& progress) {
    std::size_t done = 0;
    for (const compile::Statement& statement : program.statements) {
        if (progress) progress(done, program.statements.size(), statement.why);
        ++done;
        try {
            connection.execute(statement.sql);
        } catch (const engine::EngineFailure& failure) {
            explain(failure, statement);
        }
    }
}

plan::Value value_of(const engine::Cell& cell, const plan::Type& type, base::Month first_bit,
                     const plan::Model& model) {
    if (!cell) return {};
    const std::string& text = *cell;
    switch (type.kind) {
        case plan::Kind::boolean:
            return text == "true";
        case plan::Kind::integer:
            return static_cast<std::int64_t>(std::stoll(text));
        case plan::Kind::decimal:
            if (const auto number = base::parse_decimal(text))
                return base::round(*number, type.scale);
            ZS_INVARIANT(false, "the engine gives decimals of at most 38 digits");
            return {};
        case plan::Kind::floating:
            return std::strtod(text.c_str(), nullptr);
        case plan::Kind::date:
            return *base::parse_date(text);
        case plan::Kind::month:
            return base::Month{std::stoi(text)};
        case plan::Kind::term:
            return base::Term{std::stoi(text)};
        case plan::Kind::month_set: {
            plan::MonthSet set;
            const auto mask = static_cast<std::uint64_t>(std::stoll(text));
            for (int bit = 0; bit < 63; ++bit)
                if (((mask >> bit) & 1u) != 0) set.insert(first_bit.plus(bit));
            return set;
        }
        case plan::Kind::codes: {
            plan::CodeSet set;
            const auto mask = static_cast<std::uint64_t>(std::stoll(text));
            const plan::CodeList* list = model.code_list(type.of);
            for (std::size_t bit = 0; list != nullptr && bit < list->codes.size(); ++bit)
                if (((mask >> bit) & 1u) != 0) set.insert(list->codes[bit].code);
            return set;
        }
        default:
            return text;
    }
}

void each_finding(engine::Connection& connection,
                  const std::function<void(const plan::Finding&)>& take) {
    plan::Finding finding;
    connection.stream(
        "select \"rule\", \"kind\", \"grain\", \"subject\", \"division\", \"status\", \"amount\", "
        "\"received\", \"score\", \"severity\", \"risk\", \"say\" from out_findings "
        "order by \"rule\", \"division\" nulls first, \"subject\"",
        [&](const std::vector<engine::Cell>& row) {
            finding.rule = text_of(row[0]);
            finding.kind = text_of(row[1]);
            finding.grain = text_of(row[2]);
            finding.subject = text_of(row[3]);
            finding.division = text_of(row[4]);
            finding.status = text_of(row[5]);
            finding.amount = number_of(row[6]);
            finding.received = number_of(row[7]);
            finding.score = number_of(row[8]);
            finding.severity = text_of(row[9]);
            finding.risk = text_of(row[10]);
            finding.say = text_of(row[11]);
            take(finding);
        });
}

plan::Outcome outcome_of(engine::Connection& connection, const plan::Model& model) {
    plan::Outcome outcome;
    std::map<std::string, std::map<std::string, std::int64_t>> counts;
    for (const auto& row :
         connection.query("select \"rule\", \"status\", \"n\" from out_counts").cells)
        counts[text_of(row[0])][text_of(row[1])] += std::stoll(*row[2]);
    for (const plan::Rule& rule : model.rules) {
        plan::RuleCount count;
        count.rule = rule.name;
        count.kind = rule.kind == plan::Rule::Kind::clue    ? "clue"
                     : rule.kind == plan::Rule::Kind::check ? "check"
                                                            : "entitlement";
        static const std::vector<std::string> fired{"fired", "clear", "unknown", "exempted"};
        static const std::vector<std::string> statuses{
            "satisfied", "late",     "pending", "short", "gap",
            "excess",    "improper", "unknown", "none",  "exempted"};
        for (const std::string& status :
             rule.kind == plan::Rule::Kind::entitlement ? statuses : fired)
            count.by_status[status] = counts[rule.name][status];
        outcome.counts.push_back(std::move(count));
    }
    connection.stream(
        "select \"indicator\", \"level\", \"division\", \"name\", \"codes\", \"value\", "
        "\"numerator\", \"denominator\", \"known\", \"unknown\", \"undelivered\", \"no_data\" "
        "from out_indicators order by \"indicator\", \"division\", \"codes\"",
        [&](const std::vector<engine::Cell>& row) {
            const plan::Indicator& indicator = *model.indicator(text_of(row[0]));
            plan::IndicatorValue value;
            value.indicator = indicator.name;
            value.level = text_of(row[1]);
            value.division = text_of(row[2]);
            value.name = text_of(row[3]);
            value.codes = text_of(row[4]);
            value.value = value_of(row[5], indicator.type, {}, model);
            if (indicator.per) {
                value.numerator = value_of(row[6], indicator.value->type, {}, model);
                value.denominator = value_of(row[7], indicator.per->type, {}, model);
            }
            value.known = std::stoll(*row[8]);
            value.unknown = std::stoll(*row[9]);
            if (row[10]) value.undelivered = std::stoll(*row[10]);
            value.no_data = row[11] && *row[11] == "true";
            value.unit = indicator.unit;
            outcome.indicators.push_back(std::move(value));
        });
    for (const auto& row :
         connection
             .query("select \"name\", \"of\", cast(sum(\"n\") as bigint), max(\"most\") from "
                    "out_sums group by \"name\", \"of\" order by \"name\", \"of\"")
             .cells) {
        if (text_of(row[0]) == "orphans") outcome.orphans = std::stoll(*row[2]);
        if (const std::int64_t rows = std::stoll(*row[2]);
            text_of(row[0]) == "keyless rows" && rows > 0)
            outcome.left_out[text_of(row[1])] = rows;
        if (text_of(row[0]) != "unknown rows") continue;
        outcome.unknown_rows += std::stoll(*row[2]);
        if (const std::int64_t most = std::stoll(*row[3]); most > 0)
            outcome.left_out[text_of(row[1])] = most;
    }
    return outcome;
}

}  // namespace zs::run
