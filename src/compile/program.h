#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "compile/dialect.h"
#include "plan/model.h"

namespace zs::compile {

/// A feature whose values somebody asks for by name (an example, `why`).
struct FeatureRead {
    std::string grain, name;
    std::optional<std::string> code;
    std::optional<plan::Window> window;
};

struct Request {
    base::Month month;
    std::map<std::string, plan::Value> parameters;  ///< replaced everywhere
    std::set<std::string> exempted_rules;           ///< rules with an exemption in force
    std::vector<FeatureRead> features;              ///< read besides what rules and indicators need
    std::optional<std::set<std::string>>
        only;  ///< rules, indicators and targets to compute; absent: all
};

/// One statement of a run. `why` says in words why the pass is needed; `plan show` prints it.
struct Statement {
    std::string name;
    std::string why;
    std::string sql;
};

/// Where a column of a grain's wide table stands, for lineage and examples.
struct WideColumn {
    std::string grain, feature;
    std::optional<std::string> code;
    std::string window;  ///< as in messages; empty: none
    std::string column;
    plan::Type type;
    bool known = false;  ///< what was delivered of the feature (`x.known`)
};

/// What one pass read, row by row, for "why": run after the statements, over their tables.
struct SourceScan {
    std::string reads;      ///< ledger or grain
    bool of_ledger = true;  ///< gives batch and line; else the source subjects' key as text
    std::string landing;    ///< grain
    std::string sql;        ///< select subject, batch, line — or subject, source
};

/// What a pack compiles to for one month: statements to be run in order. They read the views
/// `in_LEDGER`, `in_division`, `in_delivered`, `in_subject_delivered`, `in_exempted`, `in_user`,
/// the table `in_target_status` (target, division, status) where a target's status is read, and
/// leave the tables out_findings, out_counts, out_indicators, out_sums, out_placed, and a wide
/// table a grain.
struct Program {
    std::vector<Statement> statements;
    std::map<std::string, std::string> wide_tables;        ///< grain → last table
    std::map<std::string, std::vector<std::string>> keys;  ///< grain → key columns of that table
    std::map<std::string, std::string> subject_text;  ///< grain → SQL over alias t: the key as text
    std::vector<WideColumn> columns;
    std::vector<SourceScan> sources;
    std::vector<WideColumn> requested;                  ///< of the request's features, in its order
    std::map<std::string, std::string> rule_tables;     ///< rule → table of its outcomes
    std::map<std::string, std::string> status_columns;  ///< rule → column there: its status
    std::map<std::string, std::string> amount_columns;  ///< entitlement with an amount → its column
    std::map<std::string, std::string> eligible_columns;  ///< entitlement → column: who is eligible
};

/// Compiles a checked pack. Pure: reads nothing, runs nothing.
/// @throws Failure (input) for what the language allows and this compiler cannot say; it names it.
Program compile(const plan::Model& model, const Request& request, const Dialect& dialect);

/// Columns of `in_division`: code, name, level, in_force, since, until, then up_LEVEL (the
/// statutory division at that level) and rp_LEVEL (by reporting parents) for every level. One row a
/// division, the one in force or the last that was.
struct DivisionRow {
    std::string code, name, level;
    bool in_force = false;
    std::optional<base::Month> since, until;
    std::vector<std::optional<std::string>> up, reporting;  ///< by level
};
std::vector<DivisionRow> division_rows(const plan::Model& model,
                                       const std::vector<plan::Division>& divisions,
                                       base::Month month);

}  // namespace zs::compile
