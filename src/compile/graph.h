#pragma once

#include <deque>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <tuple>
#include <vector>

#include "plan/model.h"

namespace zs::compile {

/// A table of subjects: those of a grain as of the run's month, or (`spine` is an `every` grain)
/// one for each of that grain's periods too.
struct NodeId {
    std::string grain;
    std::string spine;  ///< name of an `every` grain; empty: as of the run's month

    auto operator<=>(const NodeId&) const = default;
    /// Subjects that have no period of their own, seen in those of another grain.
    bool is_seen_in_periods() const { return !spine.empty() && spine != grain; }
    std::string text() const { return is_seen_in_periods() ? grain + "@" + spine : grain; }
};

/// The months a column speaks of.
struct Seen {
    enum class Form {
        none,  ///< does not depend on a window
        own,   ///< the subject's own period (of a node with a spine)
        window,
    };
    Form form = Form::none;
    plan::Window window = {};
    std::optional<base::Month> at = {};  ///< of a window: seen from this month, whoever reads

    auto operator<=>(const Seen&) const = default;
    std::string text() const;
};

/// A table joined to the one at hand under an alias; `on` speaks of aliases joined before it.
struct Join {
    enum class Target { node, division, spine_delivery, table };
    Target target = Target::node;
    NodeId node;
    std::string table;  ///< of target `table`
    std::string on;
};
/// By alias. Aliases are the text of the path (`/person`, `/person.household`), so that a map's
/// order puts what is named in an `on` before it.
using Joins = std::map<std::string, Join>;

/// When a column can be computed: in which pass over its node's table, and in which step of it.
struct Stage {
    int layer = 0;
    int step = 0;

    auto operator<=>(const Stage&) const = default;
};

/// What an expression needs before it can be computed.
struct Needs {
    Stage stage;
    Joins joins;

    void at_least(Stage other) {
        if (stage < other) stage = other;
    }
    void add(const Needs& other) {
        at_least(other.stage);
        joins.insert(other.joins.begin(), other.joins.end());
    }
};

struct Column {
    std::string name;
    plan::Type type;
    std::string sql;
    Needs needs;          ///< its stage is where it is computed
    std::string feature;  ///< the feature read, if it is one, and how
    std::optional<std::string> code;
    std::string window;
    bool known = false;  ///< of the feature what was delivered (`x.known`)
    std::string lack;    ///< column that says which parameter has no value here; empty: all have
    std::string owner;   ///< the rule or indicator that it is a part of; else empty
};

/// One aggregate computed in a scan.
struct Aggregated {
    std::string name;
    std::string sql;
};

/// One grouped pass over a ledger (or a node's table) that lands at a node.
struct Scan {
    std::string alias;  ///< s1, s2 …
    std::string reads;  ///< ledger or grain, for `why`
    std::string from;   ///< SQL of the source, under alias r
    std::string why;
    NodeId landing;
    int layer = 0;
    std::optional<NodeId> source;  ///< when a node's table is read
    bool by_periods = false;       ///< rows meet the landing node's periods (alias p)
    Joins joins;
    std::vector<std::string> group_sql;    ///< over the source
    std::vector<std::string> group_names;  ///< as columns of the scan
    std::vector<std::string> join_on;      ///< columns of the landing node equal to them
    std::vector<std::string>
        windows;  ///< conditions of all windows in use, one of which a row must pass
    bool all_rows = false;
    std::vector<Aggregated> aggregates;
    std::map<std::string, std::string>
        by_sql;  ///< aggregate's SQL → its name, so that none is computed twice
};

/// A period of an `every` grain.
struct SpinePeriod {
    std::int64_t label = 0;
    base::Month first, anchor;
};

/// A table of subjects with the columns that the run needs of it.
struct Node {
    NodeId id;
    const plan::Grain* grain = nullptr;
    const plan::Grain* spine = nullptr;
    std::vector<std::string> key;  ///< columns; with a spine the period's is last
    std::vector<plan::Type> key_types;
    std::set<std::string> fields;                    ///< of its ledger, in use
    std::deque<Column> columns;                      ///< references to them stay good
    std::map<std::string, std::size_t> by_identity;  ///< what a column is → its place
    std::set<std::string> names;                     ///< lower case, in use
    std::deque<Scan> scans;
    std::vector<SpinePeriod> periods;
    std::vector<std::vector<plan::Months>>
        spine_ranges;                           ///< a range for each period; used by windows
    /// By feature, columns: rows whose `where` was unknown.
    std::map<std::string, std::vector<std::string>> unknown_counters;
    std::set<plan::Months> combination_windows;
    std::vector<std::vector<plan::Months>> combination_spine_windows;
    std::vector<std::pair<int, std::string>> tables;  ///< layer → table, as printed
};

/// How far periods of a ledger within some months were delivered, a column of a small table.
struct DeliveryColumn {
    std::string ledger;
    std::string above;  ///< of those above who owe; else empty
    plan::Months months;
    std::string name;
};

}  // namespace zs::compile
