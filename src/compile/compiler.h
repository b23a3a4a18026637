#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/failure.h"
#include "compile/graph.h"
#include "compile/program.h"
#include "compile/sql.h"
#include "plan/model.h"

namespace zs::compile {

/// The subject of the run's month beside a row of its history. Joins are made in the order of their
/// aliases, so that it comes before those that go on from it.
inline constexpr const char* current_alias = "#c";

/// Where an expression is computed: which names mean which columns, and which window is the
/// reader's.
struct Context {
    NodeId node;             ///< the subject's node (in a row's context: where rows land)
    bool over_rows = false;  ///< `Scope::row` is a row of a source, not the subject
    const plan::Ledger* ledger = nullptr;  ///< the source, if a ledger
    std::optional<NodeId> source;  ///< the source, if a node (`every` grains, combinations), or the
                                   ///< registry's node beside its history
    bool source_is_row = false;    ///< row fields come from the source node itself
    bool landing = false;     ///< the row's own fields too are those of the run's month (ADR 1, 3)
    bool history = false;     ///< the ledger's rows are a registry's history
    Seen seen;                ///< what a feature without a window takes
    std::string owner;        ///< the definition compiled, for failures
    bool keeps_lack = false;  ///< what a parameter lacks is handed on; else it ends the statement
    bool known = false;       ///< features are taken as known: over what was delivered
    std::vector<std::string> subject_on;  ///< row's context: landing key as SQL over the row
    std::string period_label =
        "\"p\".\"label\"";  ///< row's context, at an `every` grain: the period it lands in
};

/// What an expression at a subject sees.
inline Context subject_context(NodeId node, Seen seen, std::string owner) {
    Context context;
    context.node = std::move(node);
    context.seen = std::move(seen);
    context.owner = std::move(owner);
    return context;
}

/// What is read of a feature.
enum class Facet {
    value,
    known,         ///< its value over what was delivered
    delivered,     ///< whether all that it reads was
    unknown_rows,  ///< how many rows had a NULL `where`
};

struct Sql {
    std::string text;
    Needs needs;
    /// A text that says which parameter, read on the way, has no value; NULL where all have one.
    /// Empty: all have, wherever it is read.
    std::string lack = {};

    /// Takes over what a part of it needs and lacks.
    void add(const Sql& part);
};
/// The first of two lacks.
std::string either_lack(const std::string& a, const std::string& b);

/// Compiles one pack for one month. Definitions ask for columns; a column asks for what it reads;
/// when all is asked for, the statements are printed in the order of their layers.
class Compiler {
public:
    Compiler(const plan::Model& model, const Request& request, const Dialect& dialect)
        : model_(model),
          request_(request),
          dialect_(dialect),
          first_bit_(first_bit_month(request.month)) {}

    Program compile();

private:
    // expression.cpp, call.cpp
    Sql expression(const plan::Expression& e, const Context& context);
    Sql call(const plan::Expression& e, const Context& context);
    std::string call_text(const plan::Expression& e, const std::vector<std::string>& args,
                          const std::string& owner) const;
    std::string case_text(const plan::Expression& e, const std::vector<std::string>& args) const;
    std::string text_of_call(const plan::Expression& e, const std::vector<std::string>& args,
                             const std::string& owner) const;
    Sql field(const plan::Expression& e, const Context& context);
    Sql feature_read(const plan::Expression& e, const Context& context, Facet facet);
    /// Where a name's last step stands: its table's alias, and the node it is of; seen in the
    /// subject's own period or as of the run's month.
    struct Standing {
        std::string alias;
        NodeId node;
        Needs needs;
    };
    Standing standing(const plan::Expression& e, const Context& context, bool own_period);
    bool has_own_period(const plan::Expression& e, const Context& context) const;
    Sql outcome_read(const plan::Expression& e, const Context& context);
    Sql attribute(const plan::Expression& e, const Context& context);
    std::vector<std::pair<std::string, std::string>> attribute_rows(
        const plan::Expression& e) const;
    std::string attribute_text(const plan::Expression& e, const std::string& operand) const;
    Sql window_edge(const plan::Expression& e, const Context& context);
    Sql run_value(const plan::Expression& e) const;
    std::string as(const std::string& sql, const plan::Type& from, const plan::Type& to) const;
    std::string day_of_calendar(const std::string& day) const;
    std::string month_of_calendar(const std::string& month) const;
    std::string shown(const std::string& sql, const plan::Type& type, bool percent) const;
    std::string key_text(const std::string& sql, const plan::Type& type) const;
    std::string number_text(const std::string& sql, const plan::Type& type) const;
    Sql say(const std::vector<plan::SayPart>& parts, const Context& context);

    // parameter.cpp
    Sql parameter(const plan::Expression& e, const Context& context);
    std::string ended_by(const std::string& lack, const plan::Type& type) const;
    std::string unless_lacking(const std::string& lack, const std::string& value,
                               const plan::Type& type) const;
    std::string lack_column(Node& n, const std::string& of, Sql sql, const std::string& owner = {});

    // constant.cpp: what is one for all subjects of a run
    struct Constant {
        plan::Value value;
        std::string lack = {};   ///< which parameter has no value; empty: none is lacking
        bool too_large = false;  ///< it cannot be calculated
    };
    Constant constant(const plan::Expression& e) const;
    Sql read_at_no_month(const plan::Expression& e, const Context& context,
                         const Constant& month) const;
    Constant constant_parameter(const plan::Expression& e) const;
    Constant constant_call(const plan::Expression& e) const;
    std::string division_of(const Context& context, Needs& needs, bool subject);

    // path.cpp
    /// Joins what a path leads to; gives the alias and the node it ends at.
    struct End {
        std::string alias;
        std::optional<NodeId> node;  ///< none: a division of whatever level, or the row itself
        Needs needs;
    };
    End walk(const std::vector<plan::Hop>& path, plan::Scope scope, const Context& context,
             bool spined);
    std::string root_alias(plan::Scope scope, const Context& context, Needs& needs);
    std::string field_column(const std::string& alias, Node& n, const std::string& name);
    std::string row_field(const std::string& name, const Context& context, Needs& needs,
                          bool as_hop);
    std::string division_at(const std::string& alias, const std::optional<NodeId>& node,
                            const Context& context, Needs& needs);

    // node.cpp
    base::Month first_period_month(const plan::Grain& every) const;
    Node& node(const NodeId& id);
    std::string base_select(Node& n);
    std::string registry_base(Node& n);
    std::string rows_base(Node& n);
    std::string combination_base(Node& n);
    std::string in_combination_windows(const Node& n);
    std::string keyless_rows(const Node& n);
    std::string level_base(Node& n);
    std::string user_base(Node& n);
    std::string with_division(Node& n, const std::string& select, bool parent_check);
    const plan::Grain* registered_by(const plan::Grain& every, const plan::Ledger& registry) const;
    std::string spine_values(Node& n);
    std::string spined(Node& n, const std::string& base);
    std::string every_base(Node& n);
    bool is_registry(const plan::Ledger& ledger) const;
    std::string history(const plan::Ledger& ledger) const;
    std::string spans_of(const plan::Ledger& ledger) const;
    std::string table_before(const NodeId& id, int layer);
    std::string unique_name(Node& n, const std::string& wanted);

    // feature.cpp
    /// The column of a feature at a node; made when first asked for. Gives its place in columns.
    const Column& feature_column(const NodeId& id, const plan::Feature& feature,
                                 const std::optional<std::string>& code, Seen seen,
                                 Facet facet = Facet::value);
    Seen effective(const plan::Feature& feature, const Seen& reader, bool spined) const;
    Column from_column(Node& n, const plan::Feature& feature,
                       const std::optional<std::string>& code, const Seen& seen, Facet facet);
    Column peers_column(Node& n, const plan::Feature& feature, const Seen& seen, Facet facet);
    const Column& add_column(Node& n, const std::string& identity, Column column);

    // reached.cpp: what was delivered of what an expression reads
    Sql reached(const plan::Expression& e, const Context& context);
    bool may_lack_delivery(const plan::Feature& feature);
    Sql all_delivered(const plan::Expression& e, const Context& context);
    Sql outside_delivered(const plan::Expression& e, const Context& context);
    std::string row_undelivered(const plan::Feature& feature, const Context& row, Needs& needs);

    // scan.cpp
    struct Range {
        std::string first, last;             ///< months, as SQL
        std::optional<plan::Months> months;  ///< when constant
    };
    std::string rows_of(const plan::Ledger& ledger) const;
    Range range_of(Node& n, const Seen& seen, const std::optional<plan::Months>& ever,
                   const plan::Ledger* ledger);
    /// The months in which subjects read: `window`, or where there is none one for each of the
    /// node's periods.
    std::vector<plan::Months> windows_read(const Node& n, const Seen& seen,
                                           const std::optional<plan::Months>& window,
                                           const plan::Ledger* ledger) const;
    plan::Months months_held(plan::Months months, const plan::Ledger* ledger,
                             base::Month now) const;
    plan::Months months_seen(const Seen& seen, base::Month anchor, base::Month ever_from,
                             const plan::Ledger* ledger) const;
    Scan& scan_for(Node& n, const plan::Feature& feature, const Context& context, int layer,
                   const Joins& joins);
    Context row_context(Node& n, const plan::Feature& feature, const Seen& seen);
    std::string in_window(const plan::Ledger& ledger, const Range& range, bool cover_any,
                          const std::string& alias) const;
    std::string subject_spells(const plan::Grain& grain, bool cover_any, int depth = 0) const;
    static std::string in_spell(const Range& range, bool cover_any);
    std::string row_period(const plan::Ledger& ledger, const std::string& alias) const;
    std::string row_order(const plan::Ledger& ledger, const std::string& alias) const;
    std::string source_condition(Node& n, const plan::Feature& feature, const Context& context,
                                 const Seen& seen, const Range& range, Needs& needs);
    std::string aggregate_name(Scan& scan, const std::string& sql);
    std::string spine_month(Node& n, const std::vector<plan::Months>& ranges, bool last);
    base::Month ever_first(const plan::Ledger& ledger) const;

    // aggregate.cpp
    /// SQL of a feature's value over a scan's columns: aggregates by name, all else as it stands.
    struct Filtered {
        std::string condition;   ///< a row passes the window and `where`
        std::string unfiltered;  ///< the same before the aggregate's own `filter`, if it has one
        std::string order;       ///< a number ascending in time, for first and last
        const plan::Ledger* ledger = nullptr;
        bool history = false;
        std::optional<Range> range;
        bool cut = false;  ///< the window begins before the months that a set can hold
        int at_least = 0;  ///< peers
        std::vector<std::string>* lacks = nullptr;  ///< takes what its rows lack, as aggregates
    };
    using AddAggregate = std::function<std::string(const std::string& sql)>;
    Sql aggregated(const plan::Expression& e, const Context& rows, const Context& subject,
                   const Filtered& filtered, const AddAggregate& add, Needs& row_needs);
    std::string aggregate(const plan::Expression& e, const Context& rows, const Filtered& filtered,
                          const AddAggregate& add, Needs& row_needs);
    std::string aggregate_text(const plan::Expression& e, const std::vector<std::string>& args,
                               const Filtered& filtered, const AddAggregate& add,
                               const std::string& owner) const;

    // delivery.cpp
    /// A boolean (never NULL) over alias t of node n: everything that is owed in the months has
    /// come. Empty text: always delivered. Nothing: never (the months begin before what is owed).
    std::optional<Sql> delivered(Node& n, const plan::Feature& feature, const Seen& seen);
    const plan::Ledger* source_ledger(const plan::Feature& feature) const;
    struct Owing {
        std::string
            code;  ///< over alias t: of the division or subject that owes; or of the one above them
        std::string above;  ///< the grain of the one above; else empty
        Needs needs;
    };
    struct SpineDelivery {
        std::string table, spine, ledger, above;
        std::string below;  ///< the table that says it of each that owes
        std::vector<plan::Months> ranges;
        std::vector<std::int64_t> labels;
    };
    Owing owing_of(Node& n, const plan::Ledger& ledger, const plan::Feature& feature);
    std::optional<std::vector<plan::Hop>> way_to(const plan::Grain& from,
                                                 const std::string& grain) const;
    Sql owing_key(const plan::Ledger& ledger);
    std::string delivery_column(const plan::Ledger& ledger, const std::string& above,
                                const plan::Months& months);
    std::string spine_delivery(Node& n, const plan::Ledger& ledger, const std::string& above,
                               const std::vector<plan::Months>& ranges);
    std::string periods_of_subjects(const plan::Ledger& ledger);
    std::string delivered_below(const std::string& by, const std::string& above,
                                const std::string& columns, const std::string& from,
                                const std::string& group);
    void print_window_deliveries(Program& program, const plan::Ledger& ledger);
    void print_spine_delivery(Program& program, const SpineDelivery& wanted);
    std::string owing_table(const plan::Ledger& ledger, const plan::Months& months);
    std::string owing_divisions(const plan::Ledger& ledger, const plan::Months& months) const;
    std::string owing_subjects(const plan::Ledger& ledger, const plan::Months& months);
    void print_owing(Program& program);
    void print_delivery(Program& program);

    // rule.cpp
    /// A rule on its way to columns.
    struct RuleParts {
        const plan::Rule& rule;
        Node& node;
        Context context;
        Needs needs = {};                               ///< of its outcome
        std::map<std::string, std::string> lacks = {};  ///< what its parts lack, by facet
        std::string looked = {};    ///< condition: the subject is looked at, or may be
        std::string in_doubt = {};  ///< condition: not known whether it is looked at
        std::string exempt = {};    ///< condition: it has an exemption
    };
    struct RuleOutcome {
        std::string status;   ///< what is counted and found
        std::string outcome;  ///< the column that others read
        plan::Type type;      ///< of the outcome
        std::string lack;
    };
    Context rule_context(const plan::Rule& rule);
    std::string subject_text(const Node& n) const;
    void rule_columns(const plan::Rule& rule);
    const Column& rule_column(const NodeId& id, const std::string& rule_name,
                              const std::string& facet);
    const Column& add_rule_column(Node& n, const std::string& rule, const std::string& facet,
                                  Column made);
    std::string rule_part(RuleParts& parts, const plan::ExpressionPtr& written,
                          const std::string& facet);
    std::string exempted(RuleParts& parts);
    void score_columns(RuleParts& parts);
    RuleOutcome truth_outcome(RuleParts& parts);
    RuleOutcome entitlement_outcome(RuleParts& parts);
    std::string status_cases(RuleParts& parts);
    std::string open_period(const Node& n) const;
    void rule_words(const plan::Rule& rule);

    // outcome.cpp
    bool stands_apart(const Column& made) const;
    std::string with_columns_of(const Node& n, const std::set<std::string>& owners);
    void print_outcomes(Program& program, Node& n, const std::string& name,
                        const std::vector<const plan::Rule*>& rules);
    std::string finding_select(const plan::Rule& rule, const std::string& table);
    std::string count_select(const plan::Rule& rule, const std::string& table);
    void print_findings(Program& program);
    void print_sums(Program& program);

    // target.cpp
    Sql target_read(const plan::Expression& e, const Context& context);
    const Column& placed_column(const plan::Target& target);
    void print_placed(Program& program);

    // indicator.cpp
    struct IndicatorPart {
        const plan::Indicator* indicator = nullptr;
        NodeId node;
        Context context;
    };
    /// A grouped pass over a node's table, for indicators with equal place and split.
    struct RollUp {
        std::string table;
        NodeId node;
        std::string by;                   ///< equal for those that share it
        std::string place;                ///< where a subject counts
        std::vector<std::string> splits;  ///< columns
        std::vector<const IndicatorPart*> parts;
        std::vector<std::string> columns;               ///< the aggregates, named
        std::map<std::string, std::string> aggregates;  ///< SQL → column
    };
    void indicator_columns(const plan::Indicator& indicator);
    const Column& indicator_column(const plan::Indicator& indicator, const Node& n,
                                   const std::string& facet) const;
    std::vector<RollUp> roll_ups();
    std::string roll_up_select(const RollUp& pass);
    std::vector<std::string> indicator_selects(const plan::Indicator& indicator, RollUp& pass);
    void print_indicators(Program& program);
    plan::Months months_to_date(const plan::Indicator& indicator) const;
    std::string subjects_in(Node& n, const Seen& seen);
    std::string rolled_up(const plan::Expression& e, const plan::Indicator& indicator, Node& n,
                          const std::string& known, const std::string& known_count, std::size_t& at,
                          const AddAggregate& add, const std::string& table);
    std::string gini(const std::string& x, const std::string& condition, Node& n,
                     const AddAggregate& add);

    // stage.cpp
    void ask();
    void take_combination_windows();
    void print_tables(Program& program);
    /// A result that unites many SELECTs; `none` is the one that gives no row, but the types.
    void print_parts(Program& program, const std::string& name, const std::string& why,
                     const std::string& none, const std::vector<std::string>& selects);
    std::string table_name(const Node& n, int layer) const;
    std::vector<const Column*> columns_of(const Node& n, int layer) const;
    std::string stage_select(const Node& n, int layer);
    std::string stacked(std::string table, const std::vector<const Column*>& columns, int layer,
                        const std::vector<const Scan*>& scans);
    std::string joins_text(const Joins& joins, int layer);
    std::string scan_select(const Scan& scan);
    std::optional<SourceScan> source_scan(const Scan& scan);
    const std::string& last_table(const NodeId& id);
    int last_layer() const;

    bool wanted(const std::string& name) const {
        return !request_.only || request_.only->contains(name);
    }
    const plan::Ledger& ledger_of(const Node& n) const;
    [[noreturn]] void cannot(const base::Said& what, const base::Where& where) const;

    const plan::Model& model_;
    const Request& request_;
    const Dialect& dialect_;
    base::Month first_bit_;
    std::map<NodeId, std::unique_ptr<Node>> nodes_;
    std::map<std::string, std::set<plan::Months>>
        combination_windows_;  ///< of the whole pack, where a part is computed
    std::set<std::string> in_progress_;
    int scans_ = 0;
    std::vector<DeliveryColumn> delivery_columns_;
    std::vector<SpineDelivery> spine_deliveries_;
    std::vector<std::pair<std::string, plan::Months>> owing_;  ///< ledger, months: who owes it
    std::map<const plan::Feature*, bool> may_lack_;
    std::map<std::string, Sql> subject_keys_;  ///< ledger → who owes a row
    std::map<std::pair<std::string, std::string>, Sql>
        above_keys_;                    ///< who owes, grain above → its key
    std::set<std::string> read_rules_;  ///< whose outcome another rule, a feature or a target reads
    std::map<std::string, std::set<std::string>>
        rules_counted_;  ///< indicator → rules whose outcome it reads of its own subjects

    std::vector<IndicatorPart> indicators_;
};

}  // namespace zs::compile
