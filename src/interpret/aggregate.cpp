#include "interpret/aggregate.h"

#include <algorithm>
#include <cmath>

#include "base/digest.h"
#include "base/failure.h"
#include "base/text.h"
#include "plan/month_set.h"

namespace zs::interpret {

using base::Decimal;
using plan::as_decimal;
using plan::as_double;
using plan::Calculated;
using plan::calculated;
using plan::compared;
using plan::fitted;
using plan::is_null;
using plan::Kind;
using plan::MonthSet;
using plan::Value;

namespace {

std::vector<Value> known_of(const std::vector<Passing>& rows) {
    std::vector<Value> known;
    for (const Passing& row : rows)
        if (!is_null(row.arguments.at(0))) known.push_back(row.arguments[0]);
    return known;
}

void sort_values(std::vector<Value>& values) {
    std::sort(values.begin(), values.end(),
              [](const Value& a, const Value& b) { return compared(a, b) < 0; });
}

std::vector<Value> distinct_of(std::vector<Value> values) {
    sort_values(values);
    values.erase(std::unique(values.begin(), values.end(),
                             [](const Value& a, const Value& b) { return compared(a, b) == 0; }),
                 values.end());
    return values;
}

Value zero_of(const plan::Type& type) { return *fitted(Value(std::int64_t{0}), type); }

/// The exact sum, an integer or a decimal. Only the whole must fit its type, not the parts on the
/// way.
Calculated exact_sum(const std::vector<Value>& values, const plan::Type& type) {
    Decimal sum{0, 0};
    for (const Value& value : values) {
        const auto next = base::add(sum, *as_decimal(value));
        if (!next) return std::nullopt;
        sum = *next;
    }
    return fitted(Value(sum), type);
}

plan::Type sum_type_of(const Value& value) {
    return std::holds_alternative<std::int64_t>(value)
               ? plan::integer_type()
               : plan::decimal_type(38, std::get<Decimal>(value).scale);
}

/// `count(distinct a, b)`: the tuples that differ; one with a NULL is none.
std::int64_t distinct_tuples(const std::vector<Passing>& rows) {
    std::vector<std::vector<Value>> tuples;
    const auto same = [](const std::vector<Value>& a, const std::vector<Value>& b) {
        for (std::size_t i = 0; i < a.size(); ++i)
            if (compared(a[i], b[i]) != 0) return false;
        return true;
    };
    for (const Passing& row : rows) {
        if (std::any_of(row.arguments.begin(), row.arguments.end(), is_null)) continue;
        if (std::none_of(tuples.begin(), tuples.end(),
                         [&](const auto& tuple) { return same(tuple, row.arguments); }))
            tuples.push_back(row.arguments);
    }
    return static_cast<std::int64_t>(tuples.size());
}

Value three_valued(const std::string& name, const std::vector<Passing>& rows) {
    std::int64_t yes = 0, no = 0, unknown = 0;
    for (const Passing& row : rows) {
        const Value& truth = row.arguments.at(0);
        if (is_null(truth))
            ++unknown;
        else if (std::get<bool>(truth))
            ++yes;
        else
            ++no;
    }
    if (name == "count_if") return unknown > 0 ? Value() : Value(yes);
    if (name == "any_of") return yes > 0 ? Value(true) : unknown > 0 ? Value() : Value(false);
    return no > 0 ? Value(false) : unknown > 0 ? Value() : Value(true);
}

Value month_set(const Aggregate& aggregate, const std::vector<Passing>& rows) {
    MonthSet set;
    bool any = rows.empty();
    const auto take = [&](base::Month month) {
        if (aggregate.month.plus(1 - plan::set_months_max) <= month && month <= aggregate.month)
            set.insert(month);
    };
    for (const Passing& row : rows) {
        const Value& value = row.arguments.at(0);
        if (is_null(value)) continue;
        any = true;
        if (const auto* month = std::get_if<base::Month>(&value)) take(*month);
        if (const auto* date = std::get_if<base::Date>(&value)) take(date->month());
        if (const auto* months = std::get_if<MonthSet>(&value))
            for (const base::Month month : *months) take(month);
    }
    return any ? Value(set) : Value();
}

/// The x of the earliest or latest row that has one; of several the largest x.
Value first_or_last(const std::string& name, const std::vector<Passing>& rows) {
    const Passing* best = nullptr;
    for (const Passing& row : rows) {
        const Value& x = row.arguments.at(0);
        if (is_null(x)) continue;
        const bool nearer =
            best != nullptr && (name == "last" ? row.order > best->order : row.order < best->order);
        if (best == nullptr || nearer ||
            (row.order == best->order && compared(x, best->arguments[0]) > 0))
            best = &row;
    }
    return best == nullptr ? Value() : best->arguments[0];
}

/// The smallest value with at least `share` of the values at or below it.
Value quantile(std::vector<Value> values, const Decimal& share) {
    sort_values(values);
    for (std::size_t i = 0; i < values.size(); ++i) {
        const auto needed =
            base::multiply(share, Decimal{static_cast<base::Wide>(values.size()), 0});
        if (Decimal{static_cast<base::Wide>(i + 1), 0} >= *needed) return values[i];
    }
    return values.back();
}

/// A text that ends where its length says, whatever stands behind it.
std::string with_length(const std::string& text) {
    return std::to_string(base::characters(text)) + ":" + text;
}

std::string fingerprint(const std::vector<Passing>& rows) {
    std::vector<std::string> texts;
    for (const Passing& row : rows) {
        std::vector<std::string> cells;
        for (const Value& value : row.arguments)
            cells.push_back(is_null(value) ? "-" : with_length(plan::text(value)));
        texts.push_back(base::join(cells, ""));
    }
    std::sort(texts.begin(), texts.end());
    return base::md5(base::join(texts, "\n"));
}

Calculated deviation(const std::vector<Value>& values) {
    const auto n = static_cast<std::int64_t>(values.size());
    if (n < 2) return Value();
    Decimal sum{0, 6}, squares{0, 12};
    for (const Value& value : values) {
        const Calculated ratio = fitted(value, plan::decimal_type(18, 6));
        if (!ratio) return std::nullopt;
        const Decimal x = std::get<Decimal>(*ratio);
        const auto square = base::multiply(x, x);
        const auto next = base::add(sum, x);
        const auto next_squares = square ? base::add(squares, *square) : std::nullopt;
        if (!next || !next_squares) return std::nullopt;
        sum = *next;
        squares = *next_squares;
    }
    const auto scaled = base::multiply(squares, Decimal{n, 0}),
               square_of_sum = base::multiply(sum, sum);
    const auto spread =
        scaled && square_of_sum ? base::subtract(*scaled, *square_of_sum) : std::nullopt;
    if (!spread) return std::nullopt;
    return Value(std::sqrt(base::to_double(*spread) /
                           (static_cast<double>(n) * static_cast<double>(n - 1))));
}

/// `a ÷ b` at six digits, half away from zero, exactly.
std::optional<Decimal> six_digits(base::Wide a, base::Wide b) {
    base::Wide scaled = 0;
    if (__builtin_mul_overflow(a, base::Wide{1'000'000}, &scaled)) return std::nullopt;
    const bool negative = (scaled < 0) != (b < 0);
    const base::Wide top = scaled < 0 ? -scaled : scaled, bottom = b < 0 ? -b : b;
    base::Wide share = top / bottom;
    if (top % bottom >= bottom - top % bottom) ++share;
    return Decimal{negative ? -share : share, 6};
}

Calculated gini(std::vector<Value> values) {
    if (values.empty()) return Value();
    sort_values(values);
    int scale = 0;
    for (const Value& value : values) scale = std::max(scale, as_decimal(value)->scale);
    const auto n = static_cast<base::Wide>(values.size());
    base::Wide total = 0, weighted = 0;
    for (std::size_t i = 0; i < values.size(); ++i) {
        const Calculated x = fitted(values[i], plan::decimal_type(38, scale));
        base::Wide part = 0;
        if (!x) return std::nullopt;
        const base::Wide units = std::get<Decimal>(*x).units;
        if (__builtin_mul_overflow(units, 2 * static_cast<base::Wide>(i + 1) - n - 1, &part) ||
            __builtin_add_overflow(weighted, part, &weighted) ||
            __builtin_add_overflow(total, units, &total))
            return std::nullopt;
    }
    base::Wide whole = 0;
    if (__builtin_mul_overflow(n, total, &whole)) return std::nullopt;
    if (whole == 0) return Value();
    const auto share = six_digits(weighted, whole);
    return share ? Calculated(Value(*share)) : std::nullopt;
}

}  // namespace

Calculated aggregated(const Aggregate& aggregate, const std::vector<Passing>& rows) {
    const std::string& name = aggregate.name;
    if (name == "count" && aggregate.over_rows)
        return Value(static_cast<std::int64_t>(rows.size()));
    if (name == "count" && aggregate.distinct) return Value(distinct_tuples(rows));
    if (name == "any_of" || name == "all_of" || name == "count_if") return three_valued(name, rows);
    if (name == "month_set") return month_set(aggregate, rows);
    if (name == "fingerprint") return Value(fingerprint(rows));
    if (name == "first" || name == "last") return first_or_last(name, rows);

    std::vector<Value> known = known_of(rows);
    if (aggregate.distinct) known = distinct_of(std::move(known));
    if (name == "count") return Value(static_cast<std::int64_t>(known.size()));
    if (name == "sum" && rows.empty()) return zero_of(aggregate.type);
    if (known.empty()) return Value();
    if (name == "sum") return exact_sum(known, aggregate.type);
    if (name == "avg") {
        const Calculated sum = exact_sum(known, sum_type_of(known[0]));
        if (!sum) return std::nullopt;
        return Value(as_double(*sum) / static_cast<double>(known.size()));
    }
    if (name == "stddev") return deviation(known);
    if (name == "gini") return gini(known);
    if (name == "median") return quantile(known, Decimal{5, 1});
    if (name == "quantile") return quantile(known, *as_decimal(rows[0].arguments.at(1)));
    ZS_INVARIANT(name == "min" || name == "max", "every aggregate that plan binds is known here");
    sort_values(known);
    return name == "min" ? known.front() : known.back();
}

}  // namespace zs::interpret
