#pragma once

#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "plan/model.h"
#include "plan/source.h"
#include "plan/syntax.h"
#include "plan/table.h"

namespace zs::plan {

/// A block with its TOML, while the model is being built.
struct Item {
    Block block;
    toml::table table;
};

/// What names mean where an expression stands.
struct Names {
    enum class Form {
        subject,   ///< a grain's subject
        rows,      ///< rows of a source; the landing grain's own name is the subject
        figures,   ///< indicators and parameters of one place and label
        pair,      ///< a match: seek.x, offer.x
        row_only,  ///< a row check or a condition: the row's own fields
        constant,  ///< the month at which a window is read: the run and parameters
        fields,    ///< a workflow's fields by name, as texts (not bound)
    };
    Form form = Form::subject;
    const Grain* grain = nullptr;      ///< subject, or landing grain
    const Ledger* ledger = nullptr;    ///< rows, row_only
    const Grain* row_grain = nullptr;  ///< rows: the grain whose features the row has
    const Grain* seek = nullptr;
    const Grain* offer = nullptr;
    bool aggregates = false;        ///< aggregates may stand here
    bool over_subjects = false;     ///< aggregates take subjects (indicators, peers)
    bool inside_aggregate = false;  ///< names are those of what is aggregated
    bool indicator = false;
    bool peers = false;
    std::string where;  ///< for messages: `at grain person`
};

/// Builds the model from blocks: definitions first, then what they say, each reporting its own
/// faults.
class Builder {
    std::vector<SourceFile> files_;  // before `report`, which reads them

public:
    Builder(std::vector<SourceFile> files,
            std::vector<std::pair<std::string, std::string>> side_files);
    void build();

    Model model;
    Report report;

private:
    // builder.cpp
    void read_plan_toml();
    void read_blocks();
    void name_blocks();
    bool is_named_well(const Item& item, std::map<std::string, const Item*>& first);
    void read_obligations();
    void common(Table& table, Definition& definition, bool title_needed);
    bool good_name(const std::string& name, const Place& place, const char* what,
                   bool reserved_too);
    std::optional<base::Month> month_at(Table& table, std::string_view key);

    // ledger.cpp
    void read_code_lists();
    void check_labels(const CodeList& list, Table& codes);
    void add_code_list(const std::string& name, const std::string& title,
                       const std::vector<std::string>& codes);
    void add_built_in_lists();
    void title_built_in_lists();
    void read_ledgers();
    void read_ledger(Item& item, Ledger& ledger);
    void read_field(Ledger& ledger, const std::string& name, const toml::node& node,
                    const Body& body);
    void read_delivery(Table& table, Ledger& ledger);
    void add_built_in_fields(Ledger& ledger);
    void add_built_in_ledgers();
    void read_conditions(Table& table, Ledger& ledger);
    void bind_condition(Ledger& ledger, std::size_t index);
    void bind_conditions();
    void read_ledger_checks();
    bool is_keyed_by_one(const std::string& ledger);
    std::optional<Type> type_of(const std::string& written, const Place& place, int length);

    // grain.cpp
    void declare_grains();
    void read_grains();
    void warn_empty_key(const Grain& grain, const Ledger& ledger, const Written& key);
    void read_grain(Item& item, Grain& grain);
    void find_ways();
    bool way_of(const std::string& grain, std::vector<Hop>& way, std::string& field, int depth);
    void way_of_ledger(Ledger& ledger);

    // parameter.cpp
    void read_parameters();
    void read_parameter(Item& item, Parameter& parameter);
    void read_parameter_values(const toml::array& values, const Body& body, Parameter& parameter);
    void check_parameters_have_values();

    // feature.cpp
    void declare_features();
    void bind_feature(std::size_t index);
    void read_feature(Item& item, Feature& feature);
    void read_landing(Table& table, Feature& feature, const Names& rows);
    std::optional<std::vector<Landing>> default_landing(const Feature& feature, const Names& rows,
                                                        const std::set<std::string>& given,
                                                        bool& ambiguous);
    std::vector<std::vector<Hop>> ways_to(const Names& rows, const std::string& grain_name,
                                          const std::string& key_field);
    ExpressionPtr row_path(const Names& rows, const std::vector<Hop>& path, const Type& type,
                           const std::string& key_field, const Place& place);
    ExpressionPtr at_level(const ExpressionPtr& e, const Type& wanted) const;
    Names rows_of(const Feature& feature, const Place& place);

    // judged.cpp: whether delivery is judged by the way on which rows come
    /// A way as the fields by which it goes from a ledger's row: `hand`, `vessel`, `division`.
    using Steps = std::vector<std::string>;
    void judge_delivery(Feature& feature, const Place& place);
    const Ledger* source_ledger(const Feature& feature) const;
    Steps steps_of(const std::vector<Hop>& way, const std::string& last,
                   bool at_division = false) const;
    Steps from_row(const Ledger& ledger, Steps steps) const;
    std::optional<Steps> landing_steps(const Ledger& ledger, const Landing& landing) const;
    std::optional<Steps> steps_through(const Feature& feature, const Ledger& ledger,
                                       const std::vector<Hop>& way, const std::string& last) const;
    bool comes_by_division(const Feature& feature, const Ledger& ledger) const;
    std::optional<Steps> steps_to_owing(const Ledger& ledger) const;
    bool comes_by_owing(const Feature& feature, const Ledger& ledger) const;

    // rule.cpp
    void declare_rules();
    void read_rule(Item& item, Rule& rule);
    bool may_be_shown(const Grain& grain, const Written& name);
    bool is_severity(const Expression& word);
    ExpressionPtr word_or_expression(Table& table, const char* key, const Names& names,
                                     const Type* codes);
    void read_opens(Table& table, Rule& rule);
    void read_entitlement(Table& table, const Names& names, Rule& rule);
    void read_check(Table& table, const Names& names, Rule& rule);
    void check_score(const Expression& score);

    // indicator.cpp
    void declare_indicators();
    void bind_indicator(std::size_t index);
    void report_indicator_ring(std::size_t index);
    void read_indicator(Item& item, Indicator& indicator);
    void read_indicator_period(Table& table, Indicator& indicator);
    std::optional<base::Decimal> read_share(Table& table, const char* key);
    void read_delivered(Table& table, const Grain& grain, Indicator& indicator);
    void settle_min_delivered();
    void read_figures_of_figures(Table& table, Indicator& indicator);
    void settle_period(Table& table, Indicator& indicator);
    std::vector<std::string> each_codes(const Item& item, std::string& list);
    void read_sides(Table& table, const Names& names, Indicator& indicator);
    void read_split(Table& table, const Names& names, Indicator& indicator);
    void read_place(const Written& text_of_place, const Names& names, Indicator& indicator);
    void declare_targets();
    void read_targets();
    void check_year(const Target& target, int year, const Place& at);
    void read_pace(Table& table, const toml::array& shares, Target& target);
    void read_target(Item& item, Target& target);

    // rest.cpp, workflow.cpp
    class WorkflowReader;
    void read_rest();
    void read_workflow(Item& item);
    void read_measure(Item& item);
    void read_match(Item& item);
    void read_duty(Item& item);

    // graph.cpp
    void settle_windows();
    bool timeless(const Expression& e);
    bool as_of(const Expression& e);
    void check_windows(const Expression& e, const std::string& owner, bool window_given,
                       const Grain* grain);
    void check_windows_are_held();
    const Feature* off_calendar(const Feature& feature, const Window& window, int depth) const;
    void check_calendars();
    void check_calendar(const Feature& feature, const Window& window, const Expression& read);
    void check_calendars_of(const Expression& whole, const std::optional<Window>& given);
    void check_calendars_of_grains();
    const Feature* not_held(const Feature& feature, const Window& window, int depth) const;
    void check_month_sets();
    const Feature* cut_set(const Feature& feature, const Window& window, const Grain* seen_at,
                           int depth) const;
    bool is_cut(const Window& window, const Grain* seen_at, const Ledger* ledger) const;
    void check_cycles();

    // example.cpp
    void read_examples();
    void read_example(Item& item);
    bool example_target(Example& example, const Written& tested, const Place& place);
    /// What lies under and in an example: shared rows, the example, a case of it.
    struct ExampleLayer {
        const toml::table* table = nullptr;
        const Body* body = nullptr;
        bool rows_only = false;  ///< a block `rows`: the table is rows by ledger
    };
    std::vector<ExampleLayer> shared_rows(Table& table);
    void read_cases(const toml::array& cases, const Item& item,
                    const std::vector<ExampleLayer>& below, const Example& shared);
    void lay_example(const std::vector<ExampleLayer>& layers, Example example);
    void lay_parameters(const toml::table& params, const Body& body, Example& example);
    void lay_expectations(const toml::table& lines, const Body& body, Example& example);
    void warn_missing_examples();
    std::optional<Value> value_of(const toml::node& node, const Type& type, const Body& body,
                                  bool quiet = false);

    // example_rows.cpp
    struct Missing {
        std::string ledger, division, subject;
        Months months;
    };
    void lay_rows(const toml::table& rows, const Body& body, Example& example);
    void example_row(const Ledger& ledger, const toml::table& parts, const Body& body,
                     Dataset& dataset, std::vector<Row>& into);
    void example_figures(const toml::array& list, const Body& body, Example& example);
    void lay_missing(const toml::array& list, const Body& body, Example& example,
                     std::vector<Missing>& missing);
    void lay_exempted(const toml::array& list, const Body& body, Example& example);
    void example_deliveries(const std::vector<ExampleLayer>& layers, Example& example);
    void add_divisions(Dataset& dataset, const std::string& code);
    void check_division(const std::string& code, const Type& type, const Place& at, int length);

    // nulls.cpp decides; graph.cpp says so
    void warn_null_arguments();

    // bind.cpp
    ExpressionPtr bound(Table& table, std::string_view key, const Names& names, const Type* wanted,
                        bool needed);
    ExpressionPtr bound(const Written& text, const Names& names, const Type* wanted);
    std::vector<SayPart> say(const Written& text, const Names& names);
    ExpressionPtr bind(const Syntax& s, const Names& names);
    ExpressionPtr bind_form(const Syntax& s, const Names& names);
    ExpressionPtr bind_name(const Syntax& s, const Names& names);
    ExpressionPtr bind_operation(const Syntax& s, const Names& names);
    ExpressionPtr bind_case(const Syntax& s, const Names& names);
    ExpressionPtr bind_literal(const Syntax& s);
    ExpressionPtr bind_call(const Syntax& s, const Names& names);
    ExpressionPtr bind_aggregate(const Syntax& s, const Names& names);
    bool may_aggregate(const Syntax& s, const Names& names);
    bool aggregates_well(const Expression& made);
    ExpressionPtr bind_parameter(const Syntax& s, const Names& names);
    bool has_value_for(const Parameter& parameter, const Expression& key);
    void report_no_parameter(const Syntax& s, const std::string& name,
                             const std::vector<std::string>& known);
    ExpressionPtr bind_figure(const Syntax& s, const Names& names);
    ExpressionPtr bind_window_edge(const Syntax& s);
    ExpressionPtr bind_each_code(const Syntax& s);
    ExpressionPtr bind_prior(const Syntax& s, const Names& names, const ExpressionPtr& figure);
    ExpressionPtr apply_indexes(const Syntax& s, std::shared_ptr<Expression> e,
                                const Feature* feature);
    bool is_literal_index(const Syntax& index);
    bool apply_window(const Syntax& index, Expression& e, const Feature& feature);
    bool apply_month(const Syntax& written_month, Expression& e);
    ExpressionPtr bind_run(const Syntax& s);

    // names.cpp: walking dots
    struct Position {
        Scope scope = Scope::row;
        std::vector<Hop> path;
        const Grain* grain = nullptr;  ///< at a subject of this grain
        const Ledger* row = nullptr;   ///< at a row of this ledger
        bool division = false;         ///< at a division of whatever level
    };
    struct Found {
        enum class Kind {
            none,
            field,
            condition,
            feature,
            rule,
            target,
            level,
            built_in
        } kind = Kind::none;
        const Field* field = nullptr;
        Ledger* ledger = nullptr;  ///< whose condition it is
        std::size_t condition = 0;
        Type type;
        std::string field_name;
        std::size_t feature = 0;
        const Rule* rule = nullptr;
        const Grain* grain = nullptr;
    };
    Found look_up(const Position& at, const std::string& name);
    bool look_up_field(const Position& at, const std::string& name, Found& found);
    bool find_condition(const std::string& ledger_name, const std::string& name, Found& found);
    std::vector<std::string> known_names(const Position& at);
    ExpressionPtr walk(const Syntax& s, Position at, std::size_t part);
    ExpressionPtr walk_to_condition(const Syntax& s, const Position& at, const Found& found,
                                    std::size_t part);
    ExpressionPtr walk_to_feature(const Syntax& s, const std::shared_ptr<Expression>& made,
                                  std::size_t index, std::size_t part);
    ExpressionPtr walk_to_rule(const Syntax& s, std::shared_ptr<Expression> made, const Rule& rule,
                               std::size_t part);
    ExpressionPtr walk_to_target(const Syntax& s, const std::shared_ptr<Expression>& made,
                                 std::size_t part);
    ExpressionPtr walk_to_field(const Syntax& s, std::shared_ptr<Expression> made,
                                const Found& found, std::size_t part);
    std::shared_ptr<Expression> attribute_of(const Syntax& s, const ExpressionPtr& value,
                                             std::size_t part);
    ExpressionPtr fail_unknown(const Position& at, const Syntax::Part& word);
    ExpressionPtr fail_at(const Syntax::Part& word, const char* id, const std::string& message,
                          const std::string& hint = {});
    bool hop_to(Position& at, const Found& found, const std::string& name);
    bool is_each_code(const Syntax& s) const;
    std::optional<std::string> member_named(const Syntax& s, const std::string& family,
                                            const std::string& list_name);
    const Grain* key_scope_grain(const Grain& grain) const;
    std::vector<std::pair<std::string, Type>> fields_of(const Grain& grain);
    Ledger* rows_in_scope(const Grain& grain);
    bool is_of_row(const Grain& grain, const std::string& name);

    // typing.cpp
    ExpressionPtr call(std::string name, Type type, std::vector<ExpressionPtr> operands,
                       const Syntax& s);
    ExpressionPtr coerced(const ExpressionPtr& e, const Type& wanted, bool report_it = true);
    bool make_comparable(ExpressionPtr& a, ExpressionPtr& b, const Syntax& s,
                         const std::string& sign);
    std::optional<Type> unified(std::vector<ExpressionPtr>& parts, const Syntax& s,
                                const char* what);
    ExpressionPtr arithmetic(const std::string& sign, ExpressionPtr a, ExpressionPtr b,
                             const Syntax& s);
    ExpressionPtr function(const std::string& name, std::vector<ExpressionPtr> args,
                           const Syntax& s);
    ExpressionPtr reached(std::vector<ExpressionPtr> args, const Syntax& s);
    bool reads_owed(const Expression& e, int depth = 0) const;
    const Expression* taking_away(const Expression& e, int depth = 0) const;
    const Expression* falling_in(const Expression& e, std::string& feature, int depth = 0) const;
    void clash_at(const Expression& e, const std::string& message);
    bool expect(const ExpressionPtr& e, const Type& wanted, const char* role);
    bool expect_text(ExpressionPtr& e, const char* role);
    void clash(const Syntax& s, const std::string& message, const std::string& hint = {});

    Place place(const Syntax& s) const { return text_->at(s.begin); }
    int length(const Syntax& s) const;
    int length(std::size_t begin, std::size_t end) const;

    /// Whether a definition of one of these kinds has that name but a fault, which is reported
    /// there: whoever names it makes no second one.
    /// The hint that offers the level nearest to what was written, or one of `besides`.
    std::string nearest_level(const std::string& written,
                              std::vector<std::string> besides = {}) const;
    bool is_faulty(std::initializer_list<const char*> kinds, const std::string& name) const;
    /// Whether a name that was not found may be one whose definition has a fault.
    bool may_be_faulty(const Position& at, const std::string& name) const;
    /// Whether a grain, its ledger or one that its keys lead to has a fault.
    bool leans_on_fault(const std::string& grain, int depth = 0) const;
    bool leans_on_fault(const Feature& feature) const;
    Feature* feature_named(const std::string& grain, const std::string& name);
    Item* item_of(const std::string& kind, const std::string& name);
    void report_no_grain(const std::string& name, const Place& at);
    bool report_match(const std::string& name, const Place& at);

    std::vector<std::pair<std::string, std::string>> side_files_;
    std::deque<Body> plan_bodies_;
    std::deque<Item> items_;
    std::map<std::string, std::vector<Item*>> by_kind_;
    std::map<std::string, std::size_t> feature_index_;  ///< `grain.name`
    std::map<std::string, std::size_t> indicator_index_;
    std::vector<int> feature_state_, indicator_state_;  ///< 0 not yet, 1 under way, 2 done
    std::vector<Item*> feature_items_, indicator_items_;
    std::map<const Ledger*, Item*> ledger_items_;
    std::map<std::string, std::vector<Written>>
        condition_texts_;                         ///< by ledger, in the order of its conditions
    std::map<std::string, int> condition_state_;  ///< `ledger.name`: 1 under way, 2 done
    std::set<std::string> used_parameters_;
    std::set<std::string> faulty_;            ///< `kind name` of definitions with an error
    const Written* text_ = nullptr;           ///< of the expression being bound
    bool failed_ = false;                     ///< something in it was reported
    const std::string* each_list_ = nullptr;  ///< of the block being bound, if it has `each`
    const std::string* each_code_ = nullptr;  ///< what `code` is in it
    std::vector<std::string> under_way_;      ///< features being bound, for cycles
    std::vector<std::size_t> indicators_under_way_;
    int depth_ = 0;  ///< of binding, over all features under way
};

}  // namespace zs::plan
