#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "interpret/places.h"
#include "interpret/thing.h"
#include "plan/function.h"
#include "plan/number.h"
#include "plan/outcome.h"

namespace zs::interpret {

using plan::as_decimal;
using plan::as_double;
using plan::Calculated;
using plan::calculated;
using plan::called;
using plan::compared;
using plan::day_at;
using plan::fitted;
using plan::label_text;
using plan::months_in;
using plan::rounded_double;

/// Where the figures that an expression over indicators reads are of.
struct FigurePlace {
    std::string division;
    base::Month month;  ///< some month of the label (the last that is read for a month's)
    plan::Period period = plan::Period::month;
    std::string codes;
    std::optional<base::Month> as_of;  ///< figures to date: those of the run of this month only
    bool* all_whole = nullptr;         ///< set to false when something read is to date only
    bool by_year = false;  ///< of a target: of a month's or term's indicator the last of the year
};

/// What the names of an expression mean.
struct Context {
    const Thing* row = nullptr;                  ///< Scope::row
    const Thing* subject = nullptr;              ///< Scope::subject
    Seen row_window, subject_window;             ///< what a name without a window gets
    const std::vector<Context>* many = nullptr;  ///< what aggregates run over
    enum class Over { rows, peers, subjects } over = Over::rows;
    int at_least = 0;  ///< of peers
    const std::string* place =
        nullptr;  ///< where parameters are read, if not at the row or subject
    const FigurePlace* figures = nullptr;
    bool known = false;  ///< features are taken as known: over what was delivered
};

/// The outcome of one rule for one subject, before and after exemption.
struct Judged {
    bool looked_at = false;
    std::string status;  ///< of PACK.md 6; empty where not looked at
    bool exempted = false;
    plan::Value amount, received, score;
};

/// One run over one dataset, value by value. Everything is found when it is asked for; maps only
/// remember what was found. Not shared between threads.
class Evaluation {
public:
    Evaluation(const plan::Model& model, const plan::Dataset& dataset);

    plan::Outcome outcome();
    plan::Value feature_at(const std::string& grain, const std::string& feature,
                           const std::optional<std::string>& code,
                           const std::optional<plan::Window>& window, const std::string& key);
    /// Nothing where there is no such subject.
    std::optional<Judged> judged(const plan::Rule& rule, const std::string& key);
    std::vector<plan::IndicatorValue> indicator_values(const plan::Indicator& indicator);
    std::vector<plan::TargetState> target_states(const plan::Target& target);

private:
    // rows.cpp: which rows there are, and when they hold
    using Rows = std::vector<const plan::Row*>;
    const Rows& rows_of(const plan::Ledger& ledger);
    bool is_registry(const plan::Ledger& ledger) const;
    const std::map<std::string, Rows>& history(const plan::Ledger& registry);
    const plan::Row* last_row(const plan::Ledger& registry, const std::string& key);
    const plan::Row* row_in_force(const plan::Ledger& registry, const std::string& key,
                                  base::Month month);
    bool in_force(const plan::Ledger& ledger, const plan::Row& row, base::Month month);
    plan::Months months_of_row(const plan::Ledger& ledger, const plan::Row& row) const;
    std::int64_t order_of_row(const plan::Ledger& ledger, const plan::Row& row) const;
    bool in_window(const plan::Ledger& ledger, const plan::Row& row, plan::Months months,
                   bool cover_any);
    bool is_before_run_end(const plan::Ledger& ledger, const plan::Row& row) const;
    plan::MonthSet months_in_force(const plan::Ledger& ledger, const plan::Row& row,
                                   plan::Months months);
    Thing thing_of(const plan::Ledger& ledger, const plan::Row& row) const;

    // windows.cpp: windows as months
    base::Month anchor(const Thing& thing) const;
    plan::Months own_period(const Thing& thing) const;
    Seen seen(const plan::Window& window, base::Month from) const;
    /// `['window' at M]`; nothing where M is NULL or after the run's month.
    std::optional<Seen> seen_at(const plan::Expression& e);
    Seen seen_again(const Seen& around, const Thing& from) const;
    Seen own_window(const Thing& thing) const;
    /// With the first month of `ever` filled in for what is read.
    plan::Months months_for(const Seen& seen, const plan::Ledger* ledger) const;

    // subjects.cpp: subjects of grains
    const std::vector<Thing>& subjects(const plan::Grain& grain);
    std::vector<Thing> subjects_in(const plan::Grain& grain, const Seen& seen, bool cover_any);
    std::vector<Thing> registry_subjects(const plan::Grain& grain);
    std::vector<Thing> combinations(const plan::Grain& grain,
                                    const std::vector<plan::Months>& windows, bool cover_any);
    std::vector<Thing> every_subjects(const plan::Grain& grain);
    void every_of_ledger(const plan::Grain& grain, const plan::Ledger& ledger,
                         const plan::Months& period, std::map<std::string, Thing>& into);
    bool is_subject(const plan::Grain& grain, const std::string& key, base::Month month,
                    int depth = 0);
    bool is_subject_by(const plan::Grain& grain, const plan::Row& row, base::Month month,
                       int depth = 0);
    bool is_subject_in(const plan::Grain& registry, const plan::Row& row,
                       const plan::Months& months);
    std::int64_t orphans();
    std::optional<Thing> thing_with_key(const plan::Grain& grain, const std::string& key);
    /// The months of all windows in which a feature of the grain is read.
    std::vector<plan::Months> windows_in_use(const plan::Grain& grain);

    // names.cpp: dots and fields
    std::optional<Thing> follow(const std::vector<plan::Hop>& path, const Thing& from);
    plan::Value field_at(const Thing& thing, const std::string& name);
    plan::Value first_since(const Thing& subject);
    std::string division_of(const Thing& thing);
    std::string division_of(const Thing& thing, const std::vector<plan::Hop>& way,
                            const std::string& field);

    // delivery.cpp
    bool is_delivered(const plan::Ledger& ledger, const Thing& subject, plan::Months months);
    bool is_covered(const plan::Ledger& ledger, const std::string& division, std::int64_t label);
    /// How many owe a ledger at or below a place, and how many of them have not delivered.
    struct Owing {
        std::int64_t all = 0, late = 0;
    };
    Owing owing_at(const plan::Ledger& ledger, const std::string& place, plan::Months months);
    bool division_delivered(const plan::Ledger& ledger, const std::string& division,
                            std::int64_t label);
    bool subject_delivered(const plan::Ledger& ledger, const Thing& subject, std::int64_t label);
    bool has_delivered(const plan::Ledger& ledger, const std::string& subject, std::int64_t label);
    const std::set<std::pair<std::string, std::int64_t>>& who_delivered(const plan::Ledger& ledger);
    bool is_empty_report(const plan::Ledger& ledger, const plan::Row& row) const;

    // evaluate.cpp: expressions
    plan::Value value(const plan::Expression& e, const Context& context);
    plan::Value call(const plan::Expression& e, const Context& context);
    plan::Value aggregate(const plan::Expression& e, const Context& context);
    plan::Value peer_rank(const plan::Expression& e, const Context& context);
    plan::Value window_edge(const plan::Expression& e, const Context& context);
    plan::Value attribute(const plan::Expression& e, const Context& context);
    plan::Value of_run(const std::string& name) const;
    const Thing& start(const plan::Expression& e, const Context& context) const;
    /// True only where it is; false where NULL.
    bool holds(const plan::ExpressionPtr& e, const Context& context);
    plan::Value exact(const Calculated& calculated, const char* what);
    [[noreturn]] void fail(const std::string& what, const std::string& remedy) const;

    // parameter.cpp
    plan::Value parameter(const plan::Expression& e, const Context& context);
    std::optional<plan::Value> parameter_value(const plan::Parameter& parameter,
                                               const std::string& division, const std::string& item,
                                               const plan::Value& step, base::Month month);

    // feature.cpp
    struct Felt {
        plan::Value value;
        std::int64_t unknown = 0;
    };
    plan::Value read_feature(const plan::Expression& e, const Context& context);
    bool has_own_period(const plan::Expression& e, const Context& context) const;
    Thing as_of_run(Thing thing);
    const Felt& feature(const plan::Feature& feature, const std::string& code, const Thing& subject,
                        const Seen& seen, bool known);
    Felt computed(const plan::Feature& feature, const std::string& code, const Thing& subject,
                  const Seen& seen, bool known);
    plan::Value over_peers(const plan::Feature& feature, const Thing& subject, const Seen& seen,
                           bool known, std::int64_t& unknown);
    std::vector<Context> sharing(const plan::Feature& feature, const Thing& subject,
                                 const Seen& seen);
    Felt over_rows(const plan::Feature& feature, const std::string& code, const Thing& subject,
                   const Seen& seen, bool known);
    const plan::Ledger* source_ledger(const plan::Feature& feature) const;
    bool own_delivered(const plan::Feature& feature, const Thing& subject, const Seen& seen);
    static Context at_row(const Thing& row, const Thing& subject, const Seen& seen);

    // reached.cpp: `reached(e, n)`
    plan::Value reached(const plan::Expression& e, const Context& context);
    /// Whether all that the features of an expression read was delivered.
    bool all_delivered(const plan::Expression& e, const Context& context);
    bool is_all_delivered(const plan::Feature& feature, const std::string& code,
                          const Thing& found_at, const Seen& seen);
    bool outside_delivered(const plan::Expression& e, const Context& context);
    bool row_delivered(const plan::Feature& feature, const Context& row);
    std::optional<Seen> window_of(const plan::Expression& e, const plan::Feature& read,
                                  const Thing& thing, const Context& context);
    const std::vector<Thing>& landed(const plan::Feature& feature, const Seen& seen,
                                     const Thing& subject);
    std::vector<Thing> source_things(const plan::Feature& feature, const Seen& seen);

    // rule.cpp
    const Judged& judge(const plan::Rule& rule, const Thing& subject);
    std::string entitled(const plan::Rule& rule, const Context& context, Judged& judged);
    bool is_exempted(const plan::Rule& rule, const std::string& key) const;
    bool is_of_run(const Thing& thing);
    plan::Value outcome_column(const plan::Rule& rule, const Thing& subject);
    plan::Value score_column(const plan::Rule& rule, const Thing& subject);
    void find(const plan::Rule& rule, plan::Outcome& outcome);
    plan::Finding finding(const plan::Rule& rule, const Thing& subject, const Judged& judged);
    Context context_of(const Thing& subject) const;

    // say.cpp
    std::string sentence(const std::vector<plan::SayPart>& parts, const Context& context);

    // indicator.cpp
    struct Counted {
        Thing subject;
        Seen window;
        bool known = false;
        std::vector<std::string> places;  ///< where it counts, upwards
        std::optional<std::string>
            codes;  ///< `sex=f`; empty where a split column is NULL, or nothing is split
    };
    std::vector<plan::IndicatorValue> rolled_up(const plan::Indicator& indicator);
    std::vector<Counted> counted(const plan::Indicator& indicator, const Seen& seen);
    plan::IndicatorValue rolled_value(const plan::Indicator& indicator, const std::string& division,
                                      const std::string& codes,
                                      const std::vector<const Counted*>& subjects);
    bool is_known(const plan::Indicator& indicator, const Context& context);
    plan::IndicatorValue blank(const plan::Indicator& indicator, const std::string& division,
                               const std::string& codes, base::Month month) const;
    const std::vector<plan::IndicatorValue>& own_values(const plan::Indicator& indicator);

    // figure.cpp: indicators over indicators
    std::vector<plan::IndicatorValue> derived(const plan::Indicator& indicator);
    bool reads_given(const plan::Indicator& indicator) const;
    std::set<std::string> codes_at(const plan::Indicator& indicator, const std::string& division,
                                   base::Month month, plan::Period period);
    plan::Value read_figure(const plan::Expression& e, const Context& context);
    struct Found {
        plan::Value value;
        bool whole = false;
        std::optional<base::Month> run_month;  ///< empty: given
        bool is_rolled_up = false;             ///< of subjects, which are counted below
        std::int64_t known = 0, unknown = 0;
        plan::Value numerator{}, denominator{};
    };
    FigurePlace moved(const plan::Expression& e, FigurePlace place);
    /// What `prior(x, else = y)` gives where it is not the earlier figure; NULL where y cannot
    /// stand for it.
    std::optional<plan::Value> stand_in(const plan::Expression& e, const FigurePlace& place);

    std::optional<Found> figure(const plan::Indicator& indicator, const FigurePlace& place);
    std::optional<Found> own_figure(const plan::Indicator& indicator, const FigurePlace& place);
    std::optional<Found> derived_figure(const plan::Indicator& indicator, const FigurePlace& place);
    std::optional<Found> published(const plan::Indicator& indicator, const FigurePlace& place);

    // unknown.cpp: how far what is unknown could move a figure
    struct Span {
        plan::Value least, most;
        double outside = 0;  ///< the largest share of unknown subjects not in least and most
        double unknown = 0;  ///< the largest share of unknown subjects read
    };
    Span span(const plan::Indicator& indicator, const FigurePlace& place);
    Span tallied(const plan::Indicator& indicator, const Found& found) const;
    Span span(const plan::Expression& e, const FigurePlace& place);
    Span span_of_call(const plan::Expression& e, const FigurePlace& place);

    // target.cpp
    std::string target_status(const plan::Target& target, const plan::Bound& bound,
                              const FigurePlace& place, int months_gone, bool closed);
    plan::Value placed(const plan::Target& target, const std::string& division);
    plan::Value target_column(const plan::Target& target, const Thing& place);
    plan::TargetState target_state(const plan::Target& target, const plan::Bound& bound, int year,
                                   const std::string& division);

    const plan::Model& model_;
    const plan::Dataset& data_;
    Places places_;
    base::Month month_;
    base::Date day_;
    std::int64_t unknown_rows_ = 0;
    std::map<std::string, std::vector<plan::TargetState>>
        target_states_;        ///< those read as columns
    std::string doing_;        ///< the rule, indicator or target at hand, for failures
    std::string doing_place_;  ///< the division at hand

    std::map<const plan::Ledger*, Rows> rows_;
    std::map<const plan::Ledger*, std::map<std::string, Rows>> history_;
    std::map<const plan::Grain*, std::vector<Thing>> subjects_;
    std::map<const plan::Ledger*, std::set<std::pair<std::string, std::int64_t>>> who_delivered_;
    std::map<std::string, Felt> felt_;
    std::set<std::string> counted_;  ///< features, windows and subjects whose unknown rows count
    std::map<std::string, std::map<std::string, std::vector<Thing>>> landed_;
    std::map<std::string, Judged> judged_;
    std::map<const plan::Indicator*, std::vector<plan::IndicatorValue>> own_;
    std::vector<const plan::Feature*> windows_under_way_;
};

}  // namespace zs::interpret
