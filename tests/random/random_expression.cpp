#include "random_expression.h"

#include <algorithm>

#include <fmt/format.h>

namespace zs::random {

std::string ExpressionWriter::window(bool is_short) {
    static const std::vector<std::string> windows{"month",
                                                  "2 months",
                                                  "3 months",
                                                  "12 months",
                                                  "6 months ago 2",
                                                  "3 months ago 12",
                                                  "month ago 1",
                                                  "year",
                                                  "calendar_year",
                                                  "school_term",
                                                  "whole year",
                                                  "whole calendar_year",
                                                  "whole school_term",
                                                  "last year",
                                                  "last school_term",
                                                  "year ago 1",
                                                  "calendar_year ago 1",
                                                  "ever"};
    // Each is held whole by any `every` grain in some month of the plan.
    static const std::vector<std::string> short_windows{
        "month", "2 months", "3 months", "month ago 1", "year", "calendar_year", "school_term"};
    return chance_.one_of(is_short ? short_windows : windows);
}

std::string ExpressionWriter::window_of(const std::string& calendar) {
    return chance_.word({"", "", "whole ", "last "}) + calendar + chance_.word({"", "", " ago 1"});
}

/// Seldom a month at which a window is read: one that may be after the run's, or none.
std::string ExpressionWriter::at_month() {
    if (!chance_.happens(12)) return "";
    return " at " + chance_.word({"param.closed", "param.closed", "add_months(run.month, -3)",
                                  "add_months(param.closed_at('2024-02'), -1)",
                                  "case when run.year > 2023 then param.closed else run.month end",
                                  "add_months(run.month, 1)"});
}

std::string ExpressionWriter::literal(Gives gives) {
    switch (gives) {
        case Gives::truth:
            return chance_.word({"true", "false"});
        case Gives::integer:
            return std::to_string(chance_.number(0, 12));
        case Gives::money:
            return chance_.word({"0", "100", "1234.56", "0.01", "500", "99.9"});
        case Gives::decimal:
            return chance_.word({"0.5", "1.125", "2.0", "0.333"});
        case Gives::quotient:
            return chance_.word({"1 / 3", "7 / 4", "2 / 1"});
        case Gives::text:
            return chance_.word({"'x'", "'好'", "'a b'", "''"});
        case Gives::date:
            return chance_.word({"date_of(2024, 2, 29)", "run.day", "date_of(2023, 12, 31)"});
        case Gives::month:
            return "run.month";
        case Gives::kind:
            return chance_.word({"'a'", "'b'", "'c'"});
        case Gives::sex:
            return chance_.word({"'f'", "'m'"});
        default:
            return "NULL";
    }
}

std::string ExpressionWriter::name(Gives gives, Scope& scope) {
    std::vector<const Name*> fitting;
    for (const Name& one : scope.names)
        if (one.gives == gives) fitting.push_back(&one);
    return fitting.empty() ? std::string() : read(*chance_.one_of(fitting), scope);
}

/// A name as it is read: perhaps what is known of it, with its code and window.
std::string ExpressionWriter::read(const Name& chosen, Scope& scope) {
    scope.falls = scope.falls || chosen.falls;
    std::string text = chosen.text;
    if (chosen.feature && chance_.happens(8)) text += ".known";
    if (chosen.by_code) text += fmt::format("['{}']", chance_.word({"a", "b", "c"}));
    if (chosen.window == Name::Window::none) return text;
    const bool must = chosen.window == Name::Window::must && scope.must_window;
    if (!chosen.calendar.empty())
        return text + fmt::format("['{}'{}]",
                                  chance_.happens(15) ? "ever" : window_of(chosen.calendar),
                                  at_month());
    if (must || chance_.happens(50)) {
        // Read long before the run, a long window begins before what a set of months can hold.
        const std::string at = at_month();
        std::string months = window(chosen.short_window);
        if (!at.empty() && months == "12 months") months = "36 months";
        return text + fmt::format("['{}'{}]", months, at);
    }
    scope.left_open = std::max(scope.left_open, chosen.window);
    scope.left_short = scope.left_short || chosen.short_window;
    return text;
}

std::string ExpressionWriter::expression(Gives gives, Scope& scope, int depth) {
    if (depth <= 0 || chance_.happens(35)) {
        const std::string read = name(gives, scope);
        if (!read.empty() && !chance_.happens(10)) return read;
        if (depth <= 0 && gives != Gives::months && gives != Gives::skills) return literal(gives);
        if (!read.empty()) return read;
    }
    switch (gives) {
        case Gives::truth:
            return truth(scope, depth - 1);
        case Gives::integer:
            return integer(scope, depth - 1);
        case Gives::money:
            return money(scope, depth - 1);
        case Gives::decimal:
            return decimal(scope, depth - 1);
        case Gives::quotient:
            return quotient(scope, depth - 1);
        case Gives::text:
            return text(scope, depth - 1);
        case Gives::date:
            return date(scope, depth - 1);
        case Gives::month:
            return month(scope, depth - 1);
        case Gives::months:
            return months(scope, depth - 1);
        default:
            return literal(gives);
    }
}

/// Whether what only grows reached a figure; empty where nothing that grows can be named.
std::string ExpressionWriter::reached(Scope& scope) {
    std::vector<const Name*> growing, sets;
    for (const Name& one : scope.names) {
        if (!one.feature || one.falls) continue;
        if (one.gives == Gives::integer || one.gives == Gives::money) growing.push_back(&one);
        if (one.gives == Gives::months) sets.push_back(&one);
    }
    const auto part = [&]() -> std::string {
        if (!sets.empty() && (growing.empty() || chance_.happens(40)))
            return fmt::format("count_months({})", read(*chance_.one_of(sets), scope));
        const std::string one = read(*chance_.one_of(growing), scope);
        return chance_.happens(25) ? fmt::format("coalesce({}, 0)", one) : one;
    };
    if (growing.empty() && sets.empty()) return {};
    const std::string e = chance_.happens(30) ? fmt::format("{} + {}", part(), part()) : part();
    return fmt::format("reached({}, {})", e,
                       chance_.happens(20) ? expression(Gives::integer, scope, 0)
                                           : std::to_string(chance_.number(1, 5)));
}

std::string ExpressionWriter::truth(Scope& scope, int depth) {
    const auto sub = [&](Gives gives) { return expression(gives, scope, depth); };
    const std::string sign = chance_.word({"=", "<>", "<", "<=", ">", ">="});
    switch (chance_.number(0, 19)) {
        case 18:
        case 19:
            if (const std::string made = reached(scope); !made.empty()) return made;
            break;
        case 0:
            return fmt::format("({} and {})", sub(Gives::truth), sub(Gives::truth));
        case 1:
            return fmt::format("({} or {})", sub(Gives::truth), sub(Gives::truth));
        case 2:
            return fmt::format("(not {})", sub(Gives::truth));
        case 3:
            return fmt::format("({} {} {})", sub(Gives::integer), sign, sub(Gives::integer));
        case 4:
            return fmt::format("({} {} {})", sub(Gives::money), sign, sub(Gives::money));
        case 5:
            return fmt::format("({} {} {})", sub(Gives::money), sign, sub(Gives::integer));
        case 6:
            return fmt::format("({} {} {})", sub(Gives::quotient), sign, sub(Gives::decimal));
        case 7:
            return fmt::format("({} between {} and {})", sub(Gives::money), sub(Gives::integer),
                               sub(Gives::money));
        case 8:
            return fmt::format("({} {} {})", sub(Gives::month), sign, sub(Gives::month));
        case 9:
            return fmt::format("({} {} {})", sub(Gives::date), sign, sub(Gives::date));
        case 10:
            if (const std::string code = name(Gives::kind, scope); !code.empty())
                return chance_.happens(50) ? fmt::format("({} in ('a', 'c'))", code)
                                           : fmt::format("({} = {})", code, literal(Gives::kind));
            break;
        case 11:
            if (const std::string set = name(Gives::skills, scope); !set.empty())
                return fmt::format("has({}, {})", set, literal(Gives::kind));
            break;
        case 12:
            if (const std::string code = name(Gives::sex, scope); !code.empty())
                return fmt::format("({} <> {})", code, literal(Gives::sex));
            break;
        case 13:
            return fmt::format("({} is {}null)",
                               sub(chance_.happens(50) ? Gives::money : Gives::integer),
                               chance_.word({"", "not "}));
        case 14:
            return fmt::format("has_month({}, {})", sub(Gives::months), sub(Gives::month));
        case 15:
            return fmt::format("({} {}like {})", sub(Gives::text), chance_.word({"", "not "}),
                               chance_.word({"'%a%'", "'_'", "'x%'", "'好%'"}));
        case 16:
            return fmt::format("({} {}in ({}, {}))", sub(Gives::integer),
                               chance_.word({"", "not "}), sub(Gives::integer),
                               sub(Gives::integer));
        default:
            break;
    }
    return fmt::format("(case when {} then {} else {} end)", sub(Gives::truth), sub(Gives::truth),
                       sub(Gives::truth));
}

std::string ExpressionWriter::integer(Scope& scope, int depth) {
    const auto sub = [&](Gives gives) { return expression(gives, scope, depth); };
    switch (chance_.number(0, 19)) {
        case 0:
            return fmt::format("({} + {})", sub(Gives::integer), sub(Gives::integer));
        case 1:
            return fmt::format("({} - {})", sub(Gives::integer), sub(Gives::integer));
        case 2:
            return fmt::format("({} * {})", sub(Gives::integer), literal(Gives::integer));
        case 3:
            return fmt::format("({} % {})", sub(Gives::integer), chance_.number(0, 5));
        case 4:
            return fmt::format("coalesce({}, {})", sub(Gives::integer), sub(Gives::integer));
        case 5:
            return fmt::format("count_months({})", sub(Gives::months));
        case 6:
            return fmt::format("longest_run({})", sub(Gives::months));
        case 7:
            return fmt::format("longest_run({}, {}, {})", sub(Gives::months), sub(Gives::month),
                               sub(Gives::month));
        case 8:
            return fmt::format("age({})", sub(Gives::date));
        case 9:
            return fmt::format("months_between({}, {})", sub(Gives::month), sub(Gives::month));
        case 10:
            return fmt::format("days_between({}, {})", sub(Gives::date), sub(Gives::date));
        case 11:
            return fmt::format("{}({})", chance_.word({"floor", "ceil", "round"}),
                               sub(Gives::money));
        case 12:
            return fmt::format("year_of({})",
                               sub(chance_.happens(50) ? Gives::date : Gives::month));
        case 13:
            return fmt::format("{}({}, {})", chance_.word({"greatest", "least"}),
                               sub(Gives::integer), sub(Gives::integer));
        case 14:
            return fmt::format("length({})", sub(Gives::text));
        case 15:
            return fmt::format("nullif({}, {})", sub(Gives::integer), literal(Gives::integer));
        case 16:
            return fmt::format("abs({})", sub(Gives::integer));
        case 17:
            if (const std::string set = name(Gives::skills, scope); !set.empty())
                return fmt::format("count_codes({})", set);
            break;
        case 18:
            return chance_.word({"run.year", "run.accounting_year", "year_of(run.term)"});
        default:
            break;
    }
    return fmt::format("(case when {} then {} else {} end)", sub(Gives::truth), sub(Gives::integer),
                       sub(Gives::integer));
}

std::string ExpressionWriter::money(Scope& scope, int depth) {
    const auto sub = [&](Gives gives) { return expression(gives, scope, depth); };
    switch (chance_.number(0, 11)) {
        case 0:
            return fmt::format("({} + {})", sub(Gives::money), sub(Gives::money));
        case 1:
            return fmt::format("({} - {})", sub(Gives::money), sub(Gives::money));
        case 2:
            return fmt::format("({} * {})", sub(Gives::money), literal(Gives::integer));
        case 3:
            return fmt::format("coalesce({}, 0)", sub(Gives::money));
        case 4:
            return fmt::format("round({} * {}, 2)", sub(Gives::money), literal(Gives::decimal));
        case 5:
            return fmt::format("{}({}, {})", chance_.word({"greatest", "least"}), sub(Gives::money),
                               sub(Gives::money));
        case 6:
            return "param.line";
        case 7:
            if (const std::string code = name(Gives::kind, scope); !code.empty())
                return fmt::format("param.price[{}]", code);
            break;
        case 8:
            return fmt::format("param.grant[{}]", sub(Gives::money));
        case 9:
            return fmt::format("abs({})", sub(Gives::money));
        case 10:
            return fmt::format("param.line_at(add_months({}, {}))", sub(Gives::month),
                               chance_.number(-3, 0));
        default:
            break;
    }
    return fmt::format("(case when {} then {} end)", sub(Gives::truth), sub(Gives::money));
}

std::string ExpressionWriter::decimal(Scope& scope, int depth) {
    const auto sub = [&](Gives gives) { return expression(gives, scope, depth); };
    switch (chance_.number(0, 4)) {
        case 0:
            return fmt::format("({} + {})", sub(Gives::decimal), sub(Gives::integer));
        case 1:
            return fmt::format("({} * {})", sub(Gives::decimal), literal(Gives::decimal));
        case 2:
            return fmt::format("ratio({})", sub(Gives::quotient));
        case 3:
            return fmt::format("round({}, 3)", sub(Gives::quotient));
        default:
            return fmt::format("coalesce({}, 0)", sub(Gives::decimal));
    }
}

std::string ExpressionWriter::quotient(Scope& scope, int depth) {
    const auto sub = [&](Gives gives) { return expression(gives, scope, depth); };
    switch (chance_.number(0, 3)) {
        case 0:
            return fmt::format("({} / {})", sub(Gives::money), sub(Gives::money));
        case 1:
            return fmt::format("({} / {})", sub(Gives::integer), sub(Gives::integer));
        case 2:
            return fmt::format("({} / {})", sub(Gives::decimal), sub(Gives::integer));
        default:
            return fmt::format("({} - {})", sub(Gives::quotient), sub(Gives::integer));
    }
}

std::string ExpressionWriter::text(Scope& scope, int depth) {
    const auto sub = [&](Gives gives) { return expression(gives, scope, depth); };
    switch (chance_.number(0, 4)) {
        case 0:
            return fmt::format("({} || {})", sub(Gives::text), sub(Gives::text));
        case 1:
            return fmt::format("substr({}, {}, {})", sub(Gives::text), chance_.number(1, 3),
                               chance_.number(0, 3));
        case 2:
            return fmt::format("trim({})", sub(Gives::text));
        case 3:
            return fmt::format("lower({})", sub(Gives::text));
        default:
            return fmt::format("coalesce({}, {})", sub(Gives::text), literal(Gives::text));
    }
}

std::string ExpressionWriter::date(Scope& scope, int depth) {
    const auto sub = [&](Gives gives) { return expression(gives, scope, depth); };
    switch (chance_.number(0, 4)) {
        case 0:
            return fmt::format("month_end({})", sub(Gives::month));
        case 1:
            return fmt::format("({} + {})", sub(Gives::date), chance_.number(0, 40));
        case 2:
            return fmt::format("add_months({}, {})", sub(Gives::date), chance_.number(-14, 14));
        case 3:
            return fmt::format("date_of(2024, {}, {})", chance_.number(1, 12),
                               chance_.number(28, 31));
        default:
            return fmt::format("coalesce({}, run.day)", sub(Gives::date));
    }
}

std::string ExpressionWriter::month(Scope& scope, int depth) {
    const auto sub = [&](Gives gives) { return expression(gives, scope, depth); };
    switch (chance_.number(0, 3)) {
        case 0:
            return fmt::format("add_months({}, {})", sub(Gives::month), chance_.number(-14, 14));
        case 1:
            return fmt::format("month_of({})", sub(Gives::date));
        case 2:
            return fmt::format(
                "{}('{}')", chance_.word({"start_of", "end_of"}),
                chance_.word({"3 months", "year", "school_term", "whole calendar_year"}));
        default:
            return "run.month";
    }
}

std::string ExpressionWriter::months(Scope& scope, int depth) {
    const auto sub = [&](Gives gives) { return expression(gives, scope, depth); };
    if (depth <= 0 || chance_.happens(40))
        return fmt::format("months_of('{}')", chance_.word({"3 months", "year", "school_term",
                                                            "whole calendar_year"}));
    return fmt::format("{}({}, {})", chance_.word({"set_union", "set_minus", "set_intersect"}),
                       sub(Gives::months), sub(Gives::months));
}

std::string ExpressionWriter::corner(Scope& scope) {
    const auto sub = [&](Gives gives) { return expression(gives, scope, 1); };
    const auto number = [&] { return chance_.number(-4, 4); };
    const std::string code = name(Gives::kind, scope);
    const std::string kind = code.empty() ? "'c'" : code;
    const std::string pattern =
        chance_.word({"'%'", "'_'", "'%好_'", "'!%'", "'a|%'", "'%!_%'", "'__%'"});
    switch (chance_.number(0, 27)) {
        case 0:
            return fmt::format("({} in ({}, null, {}))", sub(Gives::money), sub(Gives::integer),
                               sub(Gives::money));
        case 1:
            return fmt::format("({} not in ({}, null))", sub(Gives::integer), sub(Gives::integer));
        case 2:
            return fmt::format("({} not between {} and null)", sub(Gives::money),
                               sub(Gives::integer));
        case 3:
            return fmt::format("({} {}like {})", sub(Gives::text), chance_.word({"", "not "}),
                               pattern);
        case 4:
            return fmt::format("starts_with({}, {})", sub(Gives::text), sub(Gives::text));
        case 5:
            return fmt::format("(case {} when 'a' then {} when 'b' then null else {} end)", kind,
                               sub(Gives::money), sub(Gives::integer));
        case 6:
            return fmt::format("(-{} % {})", sub(Gives::integer), number());
        case 7:
            return fmt::format("(-{} % 7.25)", sub(Gives::money));
        case 8:
            return fmt::format("{}({})", chance_.word({"round", "floor", "ceil"}),
                               sub(Gives::quotient));
        case 9:
            return fmt::format("{}(-{})", chance_.word({"round", "floor", "ceil"}),
                               sub(Gives::decimal));
        case 10:
            return fmt::format("round({} * -{}, 2)", sub(Gives::money), sub(Gives::decimal));
        case 11:
            return fmt::format("nullif({}, {})", sub(Gives::money), sub(Gives::decimal));
        case 12:
            return fmt::format("nullif({}, {})", sub(Gives::integer), sub(Gives::quotient));
        case 13:
            return fmt::format("substr({}, {})", sub(Gives::text), number());
        case 14:
            return fmt::format("substr({}, {}, {})", sub(Gives::text), number(), number());
        case 15:
            return fmt::format("lower(trim(' A' || {} || '好 '))", sub(Gives::text));
        case 16:
            return fmt::format("({} || '|' || {})", kind, sub(Gives::text));
        case 17:
            return fmt::format("length({} || '中文')", kind);
        case 18:
            return fmt::format("date_of({} + 2000, {}, {} + 20)", sub(Gives::integer),
                               sub(Gives::integer), sub(Gives::integer));
        case 19:
            return fmt::format("add_months({}, {})", sub(Gives::date), sub(Gives::integer));
        case 20:
            return fmt::format("year_of(term_of({}))", sub(Gives::month));
        case 21:
            return fmt::format("term_of({})", sub(Gives::date));
        case 22:
            return fmt::format("months_between({}, {})", sub(Gives::date), sub(Gives::month));
        case 23:
            return fmt::format("longest_run({}, '{}', '{}')", sub(Gives::months),
                               chance_.word({"2023-11", "2024-05", "1999-01"}),
                               chance_.word({"2024-06", "2024-01", "2030-01"}));
        case 24:
            return fmt::format("greatest({}, {}, 0.125)", sub(Gives::money), sub(Gives::decimal));
        case 25:
            return fmt::format("ratio(-{})", sub(Gives::quotient));
        case 26:
            return fmt::format("({} * {})", sub(Gives::decimal), sub(Gives::decimal));
        default:
            return fmt::format("least({}, 'x', {})", sub(Gives::text), sub(Gives::text));
    }
}

std::string ExpressionWriter::corner_aggregate(Scope& rows) {
    const auto sub = [&](Gives gives) { return expression(gives, rows, 1); };
    std::string made;
    switch (chance_.number(0, 12)) {
        case 0:
            made = fmt::format("count(distinct {}, {})", sub(Gives::money), sub(Gives::text));
            break;
        case 1:
            made = fmt::format("count(distinct {}, {}, {})", sub(Gives::truth), sub(Gives::month),
                               sub(Gives::integer));
            break;
        case 2:
            made = fmt::format("fingerprint({}, {} || '|2:')", sub(Gives::text), sub(Gives::text));
            break;
        case 3:
            made = fmt::format("quantile({}, {})",
                               sub(chance_.one_of(std::vector<Gives>{Gives::date, Gives::text,
                                                                     Gives::month, Gives::money})),
                               chance_.word({"0", "0.3", "0.55", "0.9", "1"}));
            break;
        case 4:
            made = fmt::format("median({})", sub(chance_.happens(50) ? Gives::text : Gives::date));
            break;
        case 5:
            made = fmt::format("{}({})", chance_.word({"first", "last"}),
                               sub(chance_.one_of(std::vector<Gives>{Gives::date, Gives::text,
                                                                     Gives::truth, Gives::month})));
            break;
        case 6:
            made = fmt::format("avg({})", sub(Gives::decimal));
            break;
        case 7:
            made = fmt::format("{}(ratio({}))", chance_.word({"stddev", "sum", "avg"}),
                               sub(Gives::quotient));
            break;
        case 8:
            made = fmt::format("sum(distinct {})", sub(Gives::money));
            break;
        case 9:
            made = fmt::format("sum({} * {})", sub(Gives::decimal), sub(Gives::decimal));
            break;
        case 10:
            made = fmt::format("month_set({})", sub(Gives::date));
            break;
        case 11:
            made =
                fmt::format("count_if({} in ({}, null))", sub(Gives::integer), sub(Gives::integer));
            break;
        default:
            made = fmt::format("{}({})", chance_.word({"any_of", "all_of"}), sub(Gives::truth));
            break;
    }
    if (chance_.happens(40))
        made += fmt::format(" filter (where {})", expression(Gives::truth, rows, 1));
    return made;
}

std::string ExpressionWriter::one_aggregate(Gives gives, Scope& rows, bool spans, bool indicator) {
    const auto sub = [&](Gives wanted) { return expression(wanted, rows, 1); };
    std::string made;
    switch (gives) {
        case Gives::integer:
            switch (chance_.number(0, 6)) {
                case 0:
                    made = fmt::format("sum({})", sub(Gives::integer));
                    break;
                case 1:
                    made = fmt::format("count({})", sub(Gives::money));
                    break;
                case 2:
                    made = fmt::format("count(distinct {})",
                                       sub(chance_.happens(50) ? Gives::integer : Gives::money));
                    break;
                case 3:
                    made = fmt::format("count_if({})", sub(Gives::truth));
                    break;
                case 4:
                    made = fmt::format("{}({})", chance_.word({"min", "max"}), sub(Gives::integer));
                    break;
                default:
                    made = "count(*)";
                    break;
            }
            break;
        case Gives::money:
            made = fmt::format("{}({})", chance_.word({"sum", "sum", "min", "max", "median"}),
                               sub(Gives::money));
            break;
        case Gives::decimal:
            if (indicator && chance_.happens(30))
                made = fmt::format("gini(greatest({}, 0))", sub(Gives::money));
            else
                made = chance_.happens(50) ? fmt::format("sum({})", sub(Gives::decimal))
                                           : fmt::format("quantile({}, 0.25)", sub(Gives::decimal));
            break;
        case Gives::quotient:
            made = fmt::format("{}({})", chance_.word({"avg", "stddev"}),
                               sub(chance_.happens(50) ? Gives::money : Gives::integer));
            break;
        case Gives::truth:
            made = fmt::format("{}({})", chance_.word({"any_of", "all_of"}), sub(Gives::truth));
            break;
        case Gives::months:
            made = spans ? "month_set()" : fmt::format("month_set({})", sub(Gives::month));
            break;
        case Gives::text:
            made = chance_.happens(50)
                       ? fmt::format("fingerprint({}, {})", sub(Gives::money), sub(Gives::text))
                       : fmt::format("max({})", sub(Gives::text));
            break;
        case Gives::month:
            made = fmt::format("{}({})", chance_.word({"min", "max"}), sub(Gives::month));
            break;
        default:
            made = fmt::format("{}({})", chance_.word({"first", "last"}),
                               gives == Gives::kind ? name(gives, rows) : sub(gives));
            break;
    }
    static const std::vector<std::string> growing{"sum(", "count(", "max(", "month_set(",
                                                  "any_of("};
    rows.falls = rows.falls || std::none_of(growing.begin(), growing.end(), [&](const auto& name) {
                     return made.starts_with(name);
                 });
    if (chance_.happens(25))
        made += fmt::format(" filter (where {})", expression(Gives::truth, rows, 1));
    return made;
}

std::string ExpressionWriter::aggregate(Gives gives, Scope& rows, bool spans, bool indicator) {
    const auto one = [&](Gives wanted) { return one_aggregate(wanted, rows, spans, indicator); };
    if (chance_.happens(75)) return one(gives);
    switch (gives) {
        case Gives::integer:
            return fmt::format("{} + {}", one(Gives::integer), one(Gives::integer));
        case Gives::money:
            return fmt::format("coalesce({}, 0) - {}", one(Gives::money), one(Gives::money));
        case Gives::quotient:
            return fmt::format("{} / {}", one(Gives::money), one(Gives::integer));
        case Gives::truth:
            return fmt::format("{} > {}", one(Gives::integer), chance_.number(0, 3));
        default:
            return one(gives);
    }
}

}  // namespace zs::random
