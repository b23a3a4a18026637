#pragma once

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "plan/expression.h"

namespace zs::plan {

/// What every block has (PACK.md, 6).
struct Definition {
    std::string name;
    std::string title;
    std::string note;
    std::string source;
    std::vector<std::string> obligations;
    std::vector<std::string> units;
    Place place;  ///< of the block's fence
};

struct Code {
    std::string code;
    std::string title;
    std::vector<std::string> also;
    std::map<std::string, Value> attributes;
};

struct CodeList : Definition {
    std::string standard;
    std::vector<Code> codes;  ///< in the order written; a set's bit is the place here
    std::map<std::string, Type> attributes;  ///< the type that all codes' values of it share
    bool built_in = false;
};

struct Field {
    std::string name;
    std::string title;
    std::vector<std::string> header;
    Type type;
    std::string written_type;  ///< as in the pack: `money`, `id_number`, `timestamp`
    bool required = false;
    bool sensitive = false;
    bool built_in = false;
    std::optional<base::Decimal> min;
    std::optional<base::Decimal> max;
    std::string derive;  ///< `id_sex(id)` as written: function and field; empty: none
    std::string derive_function, derive_field;
    Place place;

    /// Goes to the vault; only a token (or, of a name, nothing) stays in the lake.
    bool is_identity() const {
        return written_type == "id_number" || written_type == "name" || written_type == "phone" ||
               written_type == "bank_card";
    }
};

struct RowCheck {
    ExpressionPtr that;
    std::vector<struct SayPart> say;
    bool reject = false;
};

/// A piece of a sentence shown: text, or an expression in braces.
struct SayPart {
    std::string text;  ///< when `expression` is empty
    ExpressionPtr expression;
    bool percent = false;  ///< `{x:%}`
};

/// A named predicate over a ledger's row. Where it is named its expression stands (PACK.md, 3).
struct Condition {
    std::string name;
    ExpressionPtr that;
    Place place;
};

struct Delivery {
    std::string by;  ///< a level or a grain
    bool by_level = true;
    int due_days = 0;
    base::Month from;  ///< first period owed (its first month)
};

struct Ledger : Definition {
    std::string grain;  ///< what a row is about; empty: none, then there is a field `division`
    Period period = Period::month;
    bool span_by_days = false;     ///< since / ended are dates (else months)
    std::vector<std::string> key;  ///< fields; empty: every row is kept (a heap)
    bool whole = false;            ///< batch = "whole"
    std::optional<Delivery> delivery;
    std::vector<Field> fields;  ///< built-in ones too: grain's key, period, division …
    std::vector<Condition> conditions;
    std::vector<RowCheck> checks;
    bool built_in = false;  ///< deliveries, cases, figures …
    /// Some expression reads `first_since` of the subjects of this registry.
    bool first_since_is_read = false;
    /// From a row to what holds its division, then the field (or level grain's key) that names it;
    /// nothing where a row leads to no division.
    std::optional<std::vector<Hop>> way_to_division;
    std::string division_field;  ///< at the end of that way

    const Field* field(const std::string& field_name) const;
    /// month, date, year, term, or since.
    std::string period_field() const;
    /// Its rows are of years, accounting or calendar, or of school terms.
    bool is_of_years_or_terms() const {
        return period == Period::year || period == Period::calendar_year ||
               period == Period::school_term;
    }
    /// The built-in `month` of a date ledger: no column, it follows from `date`.
    bool is_months_of_dates(const std::string& field_name) const;
    /// Position in `fields`.
    std::optional<std::size_t> index_of(const std::string& field_name) const;
};

struct Grain : Definition {
    enum class Form {
        registry,     ///< subjects of a span ledger that this grain names
        rows,         ///< each row of a ledger, under the ledger's name
        combination,  ///< `key = […]` over a ledger
        level,        ///< divisions of one level
        user,
        match,  ///< parsed and checked, not run
    };
    Form form = Form::registry;
    std::string ledger;            ///< registry, rows, combination
    std::string level;             ///< level
    std::vector<std::string> key;  ///< fields; with `every` the period's field is last
    std::string parent;            ///< registry: the key field that is the default way up
    std::string parent_grain;
    std::optional<Period> every;  ///< month, school_term, calendar_year, year
    Window over;  ///< of `every` (default calendar_year), or of a span ledger's rows
    bool has_over = false;
    std::optional<std::vector<Hop>> way_to_division;
    std::string division_field;

    /// Type of each key field, in order.
    std::vector<Type> key_types;
};

struct ParameterValue {
    base::Month from;
    std::string division;             ///< empty: everywhere
    std::string item;                 ///< with `by`: the code
    std::optional<base::Decimal> at;  ///< with `steps`
    Value value;
    std::string source;
    Place place;
};

struct Parameter : Definition {
    Type type;
    std::optional<Value> fallback;  ///< `default`
    bool optional = false;
    std::string by;  ///< code list; empty: none
    std::optional<Type> steps;
    std::vector<ParameterValue> values;
};

/// How one key field of the landing grain is got from a row.
struct Landing {
    std::string key_field;
    ExpressionPtr from_row;
};

struct Feature : Definition {
    std::string grain;
    std::string from;         ///< empty: an expression (or peers)
    bool from_grain = false;  ///< `from` names a grain (not a ledger)
    ExpressionPtr where;
    ExpressionPtr value;
    std::optional<Window> over;
    std::string by_code;               ///< the row's field that makes the code; empty: none
    std::string code_list;             ///< the list of that field's codes
    std::vector<ExpressionPtr> peers;  ///< columns shared; empty: no peers feature
    int at_least = 5;
    bool partial = false;
    bool cover_any = false;
    Type type;
    std::vector<Landing> landing;  ///< of a feature with `from`, in the order of the grain's key
    bool period_by_given = false;  ///< `by` gives the period's field of an `every` grain

    /// How delivery is judged for a feature with `from` (not where partial or nothing is owed).
    enum class Judged { never, by_division, by_subject };
    Judged judged = Judged::never;

    /// Needs no window: as of run.day where none is given (PACK.md, 2).
    bool as_of = false;
    /// Reads no ledger and no windowed feature: its value does not depend on a window at all.
    bool timeless = false;
};

struct Rule : Definition {
    enum class Kind { clue, entitlement, check };
    Kind kind = Kind::clue;
    std::string grain;
    ExpressionPtr where;
    std::vector<SayPart> say;
    ExpressionPtr severity;  ///< text literal or expression; may be empty
    ExpressionPtr risk;
    std::string opens;
    int quiet_months = 0;
    std::string verify_by;
    int verify_days = 0;
    // clue, check
    ExpressionPtr when;
    // check
    std::string check_kind;  ///< logic, physical, statistical
    ExpressionPtr score;
    // entitlement
    ExpressionPtr eligible, amount, received, due_on, paid_on, wrongful;
};

struct Indicator : Definition {
    bool given = false;
    std::string grain;  ///< empty: given, or an expression over indicators
    ExpressionPtr where;
    ExpressionPtr value;
    ExpressionPtr per;
    std::string unit;
    std::string better;                ///< up, down, none
    Period period = Period::month;     ///< month, year, calendar_year, school_term
    std::vector<ExpressionPtr> split;  ///< coded columns
    std::vector<std::string> split_names;
    std::string place;              ///< as written; empty: the grain's division
    std::vector<Hop> way_to_place;  ///< from the subject to what holds the division
    std::string place_field;
    std::vector<std::string> levels;
    std::optional<base::Decimal> min_known;
    std::string owed;  ///< the ledger whose rows make its subjects, where it is owed; else empty
    /// Share of those who owe that must have delivered; where none is written 1 for what a target
    /// reads, else 0.
    std::optional<base::Decimal> min_delivered;
    Type type;  ///< of `value`, or of value / per (floating)

    /// Of `each`, which makes one indicator for each code of a list: the name in the pack, under
    /// which its rows stand (its own is `family[code]`), the list and the code.
    std::string family, each_list, each_code;
    const std::string& published_name() const { return family.empty() ? name : family; }
    /// The codes of its rows: `income_kind=wage` of `each`, then those of the split.
    std::string published_codes(const std::string& split_codes) const;
    /// What of published codes is its split; nothing where they are not this one's.
    std::optional<std::string> split_of(const std::string& published) const;

    /// How its value moves with one subject more, for what is unknown (PACK.md, 6 target).
    enum class Tally {
        other,        ///< a sum, a median …
        count,        ///< counts added and taken away
        share,        ///< a count `per` a count
        known_share,  ///< a count divided by `count(*)` in `value`
    };
    Tally tally = Tally::other;
    int counts_added = 0, counts_taken = 0;  ///< of a count
    bool share_of_same = false;  ///< who counts above the line of a share counts below it too
};

struct Bound {
    std::string comparison;  ///< >= > <= < = between
    ExpressionPtr low;       ///< the right side; of `between` its two ends
    ExpressionPtr high;
    bool constant = false;  ///< reads no indicator and no parameter
    std::string written;
};

struct Target : Definition {
    std::string indicator;
    std::string at_level;  ///< "province", "every city"
    bool every = false;
    std::string at_grain;  ///< where `at` names a grain of the level
    const std::string& grain() const { return at_grain.empty() ? at_level : at_grain; }
    ExpressionPtr where;
    std::map<int, Bound> years;
    std::vector<base::Decimal> pace;  ///< twelve shares; empty: as is
    bool linear = false;
    /// The share of unknown subjects up to which a figure that is no count can be judged.
    base::Decimal unknown_max{5, 2};
    std::string family, each_list, each_code;  ///< of `each`, as of an indicator
    const std::string& published_name() const { return family.empty() ? name : family; }
    std::string published_codes() const { return family.empty() ? "" : each_list + "=" + each_code; }
};

/// Parsed and checked here; run by `casework`, `advise` and `ask`.
struct Transition {
    std::string from, to, by_level, by_role, may_override, closes;
    ExpressionPtr when;
    std::string after, within;
    std::vector<std::string> needs;
    bool urgent = false;
    std::string writes_ledger;
    std::map<std::string, std::string> writes_row;
    Place place;
};

struct Workflow : Definition {
    std::string subject;
    std::vector<std::string> states;
    std::vector<Field> fields;
    std::vector<std::string> starts_on;
    bool auto_close = false;
    std::vector<Transition> transitions;
};

struct Measure : Definition {
    std::string grain;
    ExpressionPtr for_whom, gain, sure, cost, capacity, in_force;
    std::vector<std::string> fits, excludes;
};

struct Match : Definition {
    std::string seek, offer;
    std::vector<std::pair<ExpressionPtr, ExpressionPtr>> on;  ///< seek side, offer side
    ExpressionPtr where, score,
        places;  ///< in `where` and `score`: Scope::subject is seek, row is offer
    int top = 0;
};

struct Duty : Definition {
    std::string at;
    std::string every;
    std::optional<std::int32_t> due_days;  ///< after the period's end; none: no due day
    std::string evidence;
    int least = 1;
};

struct Obligation {
    std::string id, clause, title, what_it_needs;
    std::vector<std::string> kinds, units;
};

struct Level {
    std::string name;
    int digits = 0;
};

/// A plan pack, parsed, resolved, typed and bound. Definitions keep the order of files and blocks.
struct Model {
    std::string name, title, locale, folder, divisions_file;
    base::Month first, last;  ///< months a run may be of
    Calendar calendar;
    std::vector<Level> levels;  ///< from the widest
    std::vector<Obligation> obligations;
    std::string digest;  ///< SM3 over the pack's files

    std::vector<CodeList> code_lists;
    std::vector<Ledger> ledgers;
    std::vector<Grain> grains;
    std::vector<Parameter> parameters;
    std::vector<Feature> features;
    std::vector<Rule> rules;  ///< clues, entitlements, checks
    std::vector<Indicator> indicators;
    std::vector<Target> targets;
    std::vector<Workflow> workflows;
    std::vector<Measure> measures;
    std::vector<Match> matches;
    std::vector<Duty> duties;
    std::vector<struct Example> examples;
    /// Names of all grains, so that rules of one grain keep together: ledgers count as grains of
    /// form rows.

    const CodeList* code_list(const std::string& name) const;
    const Ledger* ledger(const std::string& name) const;
    const Grain* grain(const std::string& name) const;
    const Parameter* parameter(const std::string& name) const;
    const Feature* feature(const std::string& grain, const std::string& name) const;
    const Rule* rule(const std::string& name) const;
    /// By its own name; by the name of a family its first.
    const Indicator* indicator(const std::string& name) const;
    /// The one whose figures stand under this name and these codes.
    const Indicator* published_indicator(const std::string& name, const std::string& codes) const;
    /// By its own name; by the name of a family its first.
    const Target* target(const std::string& name) const;
    /// The names of all that a name of the pack stands for: of `each` every one, else itself.
    std::vector<std::string> family(const std::string& name) const;
    /// 0 for the widest; nothing where it is no level.
    std::optional<int> level_index(const std::string& name) const;
    /// The level whose codes have this many digits.
    const Level* level_of_code(const std::string& code) const;
    /// The code of the division above `code` at a level, by its digits; nothing where there is
    /// none.
    std::optional<std::string> ancestor(const std::string& code, const std::string& level) const;
};

}  // namespace zs::plan

#include "plan/example.h"
