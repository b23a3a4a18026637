#include <algorithm>
#include <map>
#include <set>

#include "chance.h"
#include "random_pack.h"

namespace zs::random {

using base::Month;
using plan::Kind;
using plan::Value;

namespace {

const Month data_first = Month::of(2022, 1);

class DataMaker {
public:
    DataMaker(const plan::Model& model, std::uint64_t seed)
        : model_(model),
          chance_(seed),
          counts_chance_(seed + 3'000'017),
          payer_chance_(seed + 5'000'011) {}
    plan::Dataset made();

private:
    void divisions();
    void households();
    void people();
    void facts(const plan::Ledger& ledger);
    void deliveries(const plan::Ledger& ledger);
    void figures();
    void count_subjects(const plan::Indicator& indicator, plan::Figure& figure);
    void exemptions();

    Month month() {
        return data_first.plus(chance_.number(0, data_.month.index - data_first.index + 2));
    }
    Value value(const plan::Type& type);
    Value period_value(const plan::Ledger& ledger, Month month) const;
    void set(const plan::Ledger& ledger, plan::Row& row, const std::string& field,
             Value value) const;
    plan::Row blank(const plan::Ledger& ledger) { return plan::Row(ledger.fields.size()); }
    plan::Row filled(const plan::Ledger& ledger, int null_percent);
    /// Keeps the row unless its key is taken, or lacks a part that must be there.
    void keep(const plan::Ledger& ledger, const plan::Row& row);
    void span(const plan::Ledger& ledger, plan::Row& row, Month since, bool ends);

    const plan::Model& model_;
    Chance chance_;
    Chance counts_chance_;
    Chance payer_chance_;  ///< which household a row of a person names
    plan::Dataset data_;
    std::vector<std::string> villages_, households_, people_;
    std::map<std::string, std::set<std::string>> keys_;
};

void DataMaker::set(const plan::Ledger& ledger, plan::Row& row, const std::string& field,
                    Value value) const {
    if (const auto index = ledger.index_of(field)) row[*index] = std::move(value);
}

Value DataMaker::value(const plan::Type& type) {
    switch (type.kind) {
        case Kind::boolean:
            return chance_.happens(50);
        case Kind::integer:
            return std::int64_t{chance_.number(-3, 25)};
        case Kind::decimal: {
            const int cents = chance_.happens(20) ? 0 : chance_.number(-2000, 120000);
            return base::Decimal{type.money ? cents : cents % 5000, type.scale};
        }
        case Kind::text:
            return chance_.word({"xa", "好人", " b ", "A", "x", "", "a%b"});
        case Kind::date:
            return base::Date{chance_.number(17000, 20100)};
        case Kind::month:
            return month();
        case Kind::code:
            return type.of == "sex" ? chance_.word({"f", "m"}) : chance_.word({"a", "b", "c"});
        case Kind::codes: {
            plan::CodeSet codes;
            for (const char* code : {"a", "b", "c"})
                if (chance_.happens(40)) codes.insert(code);
            return codes;
        }
        default:
            return {};
    }
}

plan::Row DataMaker::filled(const plan::Ledger& ledger, int null_percent) {
    plan::Row row = blank(ledger);
    for (std::size_t i = 0; i < row.size(); ++i)
        if (!ledger.fields[i].built_in && !chance_.happens(null_percent))
            row[i] = value(ledger.fields[i].type);
    return row;
}

void DataMaker::keep(const plan::Ledger& ledger, const plan::Row& row) {
    if (!ledger.key.empty()) {
        std::string key;
        for (const std::string& field : ledger.key) {
            const std::size_t index = ledger.index_of(field).value();
            const plan::Field& of = ledger.fields[index];
            const Value& part = row[index];
            // What the pack does not require of a key a row may leave open, as files do.
            const bool needed = of.required || of.built_in || field == ledger.grain ||
                                field == ledger.period_field();
            if (plan::is_null(part) && needed) return;
            key += (plan::is_null(part) ? "" : plan::text(part)) + "/";
        }
        if (!keys_[ledger.name].insert(key).second) return;
    }
    data_.rows[ledger.name].push_back(row);
}

void DataMaker::divisions() {
    const auto add = [&](const std::string& code, const std::string& name) {
        data_.divisions.push_back({code, name, "", std::nullopt, std::nullopt});
    };
    add("41", "省");
    for (const char* county : {"411625", "411700"}) {
        add(county, std::string("县") + county);
        for (int i = 1; i <= 3; ++i) {
            villages_.push_back(std::string(county) + "00100" + std::to_string(i));
            add(villages_.back(), "村" + villages_.back());
        }
    }
    if (chance_.happens(40)) data_.divisions[3].reporting_parent = "411700";
    if (chance_.happens(30)) data_.divisions[4].until = month();
    if (chance_.happens(30)) data_.divisions.back().since = month();
}

void DataMaker::span(const plan::Ledger& ledger, plan::Row& row, Month since, bool ends) {
    const Month ended = since.plus(chance_.number(0, 14));
    const auto at = [&](Month time, bool first) {
        return ledger.span_by_days
                   ? Value(base::Date{base::first_day(time).days +
                                      (first && !chance_.happens(50) ? 0 : chance_.number(0, 27))})
                   : Value(time);
    };
    set(ledger, row, "since", at(since, true));
    set(ledger, row, "ended", ends ? at(ended, false) : Value());
}

void DataMaker::households() {
    const plan::Ledger& ledger = *model_.ledger("households");
    const int count = chance_.number(5, 9);
    for (int i = 1; i <= count; ++i) {
        const std::string key = "h" + std::to_string(i);
        households_.push_back(key);
        Month since = data_first.plus(chance_.number(-6, 10));
        const int rows = chance_.happens(60) ? 1 : chance_.number(2, 3);
        for (int j = 0; j < rows; ++j) {
            plan::Row row = filled(ledger, 15);
            set(ledger, row, "household", key);
            set(ledger, row, "division", chance_.one_of(villages_));
            span(ledger, row, since, chance_.happens(j + 1 == rows ? 20 : 10));
            keep(ledger, row);
            since = since.plus(chance_.number(1, 12));
        }
    }
}

void DataMaker::people() {
    const plan::Ledger& ledger = *model_.ledger("people");
    const int count = chance_.number(8, 14);
    for (int i = 1; i <= count; ++i) {
        const std::string key = "p" + std::to_string(i);
        people_.push_back(key);
        Month since = data_first.plus(chance_.number(-3, 12));
        const int rows = chance_.happens(60) ? 1 : chance_.number(2, 3);
        for (int j = 0; j < rows; ++j) {
            plan::Row row = filled(ledger, 15);
            set(ledger, row, "person", key);
            if (chance_.happens(60))
                set(ledger, row, "mentor", "p" + std::to_string(chance_.number(1, count)));
            if (!chance_.happens(4))
                set(ledger, row, "household",
                    chance_.happens(3) ? std::string("h99") : chance_.one_of(households_));
            else
                set(ledger, row, "household", Value());
            span(ledger, row, since, chance_.happens(j + 1 == rows ? 20 : 10));
            keep(ledger, row);
            since = since.plus(chance_.number(1, 12));
        }
    }
}

Value DataMaker::period_value(const plan::Ledger& ledger, Month month) const {
    const std::int64_t label = plan::label_of(ledger.period, month, model_.calendar);
    if (ledger.period == plan::Period::school_term)
        return base::Term{static_cast<std::int32_t>(label)};
    if (ledger.period == plan::Period::month) return month;
    return label;
}

/// Rows of a ledger about people, households or villages; a few of later months, a few that say
/// nothing.
void DataMaker::facts(const plan::Ledger& ledger) {
    const std::vector<std::string>& about = ledger.grain == "person"      ? people_
                                            : ledger.grain == "household" ? households_
                                                                          : villages_;
    const int count = chance_.number(20, 90);
    for (int i = 0; i < count; ++i) {
        const bool empty = ledger.delivery && !ledger.delivery->by_level && chance_.happens(15);
        plan::Row row = empty ? blank(ledger) : filled(ledger, 15);
        if (ledger.index_of("payer") && !payer_chance_.happens(25))
            set(ledger, row, "payer",
                payer_chance_.happens(5) ? std::string("unknown")
                                         : payer_chance_.one_of(households_));
        set(ledger, row, ledger.grain,
            chance_.happens(2) ? std::string("unknown") : chance_.one_of(about));
        const Month when = month();
        if (ledger.period == plan::Period::span) {
            span(ledger, row, when, chance_.happens(50));
        } else if (ledger.period == plan::Period::date) {
            const base::Date day{base::first_day(when).days + chance_.number(0, 27)};
            set(ledger, row, "date", day);
            set(ledger, row, "month", day.month());
        } else {
            set(ledger, row, ledger.period_field(), period_value(ledger, when));
        }
        keep(ledger, row);
    }
}

void DataMaker::deliveries(const plan::Ledger& ledger) {
    if (!ledger.delivery) return;
    const plan::Period period =
        ledger.period == plan::Period::date || ledger.period == plan::Period::span
            ? plan::Period::month
            : ledger.period;
    const int percent = chance_.one_of(std::vector<int>{70, 96, 100});
    std::set<std::int64_t> labels;
    for (Month at = ledger.delivery->from; at <= data_.month; at = at.plus(1))
        labels.insert(plan::label_of(period, at, model_.calendar));
    for (const std::int64_t label : labels) {
        if (ledger.delivery->by_level) {
            for (const plan::Division& division : data_.divisions) {
                const plan::Level* level = model_.level_of_code(division.code);
                const bool owing = level != nullptr && level->name == ledger.delivery->by;
                if (chance_.happens(owing ? percent : 3))
                    data_.delivered.push_back({ledger.name, division.code, label});
            }
        } else {
            for (const std::string& household : households_) {
                if (!chance_.happens(percent)) continue;
                // Said by a row that says nothing, so that a run over rows alone finds the same.
                if (ledger.grain != ledger.delivery->by || ledger.period == plan::Period::span ||
                    ledger.key.empty()) {
                    data_.subject_delivered.push_back({ledger.name, household, label});
                    continue;
                }
                plan::Row row = blank(ledger);
                set(ledger, row, ledger.grain, household);
                const Month first = plan::months_of_label(period, label, model_.calendar).first;
                if (ledger.period == plan::Period::date)
                    data_.subject_delivered.push_back({ledger.name, household, label});
                else {
                    set(ledger, row, ledger.period_field(), period_value(ledger, first));
                    keep(ledger, row);
                }
            }
        }
    }
}

void DataMaker::figures() {
    std::int64_t order = 0;
    for (const plan::Indicator& indicator : model_.indicators) {
        if (!indicator.given && indicator.grain.empty()) continue;
        if (!chance_.happens(70)) continue;
        std::vector<std::string> places{"41", "411625", "411700", villages_[0], villages_[1]};
        if (indicator.given) places.emplace_back("00");
        // What a run published: at the indicator's levels, by runs of earlier months.
        std::erase_if(places, [&](const std::string& place) {
            const std::vector<std::string>& levels = indicator.levels;
            return place != "00" && !levels.empty() &&
                   std::find(levels.begin(), levels.end(), model_.level_of_code(place)->name) ==
                       levels.end();
        });
        for (const std::string& place : places)
            for (int year = 2021; year <= data_.month.year(); ++year) {
                if (chance_.happens(20)) continue;
                plan::Figure figure;
                figure.indicator = indicator.published_name();
                figure.division = place;
                figure.value = base::Decimal{chance_.number(1, 9000), 2};
                figure.order = ++order;
                figure.given = indicator.given;
                figure.run_month =
                    indicator.given
                        ? data_.month
                        : Month::of(year, chance_.happens(50) ? 12 : data_.month.month_of_year());
                if (!indicator.given && data_.month <= figure.run_month) continue;
                const plan::Months months =
                    plan::period_of(indicator.period, figure.run_month, model_.calendar);
                const std::int64_t label =
                    plan::label_of(indicator.period, figure.run_month, model_.calendar);
                figure.label = indicator.given ? std::to_string(year)
                               : indicator.period == plan::Period::month
                                   ? base::text(figure.run_month)
                               : indicator.period == plan::Period::school_term
                                   ? base::text(base::Term{static_cast<std::int32_t>(label)})
                                   : std::to_string(label);
                figure.whole = indicator.given || months.last == figure.run_month;
                count_subjects(indicator, figure);
                figure.codes = indicator.published_codes("");
                data_.figures.push_back(figure);
            }
    }
}

/// Of a published figure how many subjects were known and unknown, from a chance of their own.
void DataMaker::count_subjects(const plan::Indicator& indicator, plan::Figure& figure) {
    if (indicator.given || counts_chance_.happens(20)) return;
    figure.known = counts_chance_.number(1, 40);
    figure.unknown = counts_chance_.happens(50) ? 0 : counts_chance_.number(0, 4);
    if (indicator.tally == plan::Indicator::Tally::count ||
        indicator.tally == plan::Indicator::Tally::known_share)
        figure.value = base::Decimal{counts_chance_.number(0, 9), 0};
    if (!indicator.per) return;
    const int below = counts_chance_.number(1, 30), above = counts_chance_.number(0, below);
    figure.numerator = base::Decimal{above, 0};
    figure.denominator = base::Decimal{below, 0};
    figure.value = static_cast<double>(above) / below;
}

void DataMaker::exemptions() {
    for (const plan::Rule& rule : model_.rules) {
        if (!chance_.happens(50)) continue;
        std::string subject = chance_.one_of(
            rule.grain == "household" || rule.grain.starts_with("household_") ? households_
            : rule.grain.starts_with("village")                               ? villages_
                                                                              : people_);
        if (rule.grain.ends_with("_month")) subject += "/" + base::text(data_.month);
        data_.exempted.push_back({rule.name, subject, data_.month.plus(chance_.number(-1, 2))});
    }
}

plan::Dataset DataMaker::made() {
    data_.month = chance_.happens(30) ? Month::of(chance_.number(2023, 2025),
                                                  chance_.one_of(std::vector<int>{1, 7, 9, 12}))
                                      : Month::of(2023, 4).plus(chance_.number(0, 31));
    divisions();
    households();
    people();
    for (const plan::Ledger& ledger : model_.ledgers) {
        if (ledger.built_in) continue;
        if (ledger.name != "households" && ledger.name != "people") facts(ledger);
        deliveries(ledger);
    }
    figures();
    exemptions();
    return data_;
}

}  // namespace

plan::Dataset make_data(const plan::Model& model, std::uint64_t seed) {
    return DataMaker(model, seed).made();
}

}  // namespace zs::random
