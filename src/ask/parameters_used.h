#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "compile/program.h"
#include "engine/connection.h"
#include "plan/model.h"

namespace zs::ask {

/// One value of a parameter that a finding was judged by.
struct ParameterUsed {
    std::string name;   ///< keyed ones with code and step, as `price[A01]`
    std::string title;  ///< likewise, with the code's
    std::string value;
    std::string shown;     ///< likewise, codes by their titles
    std::string division;  ///< where the value holds; empty: everywhere
    std::string from;      ///< 2024-04; empty: its default
    std::string source;
};

/// A reading of a parameter, and what gives the place of the value read: NULL where the branch of
/// a `case` in which it stands is not taken.
struct ParameterRead {
    std::string parameter;
    plan::ExpressionPtr place;
};

/// Tells which values of its parameters a rule read for a subject. It computes nothing by itself:
/// beside the pack's own columns it asks the compiler for the same readings of parameters whose
/// values are their places in the list, so that what is told is what the run took.
class ParameterTrace {
public:
    /// `reads`: all that the rule reads, as `plan::reads` names it, itself included.
    ParameterTrace(const plan::Model& model, const std::string& rule,
                   const std::set<std::string>& reads, base::Month month);

    /// The pack with those columns beside its own.
    const plan::Model& model() const { return traced_; }
    /// What to ask of the compiler besides the rule: `columns` are those of its own program, whose
    /// windows are read again.
    std::vector<compile::FeatureRead> requests(
        const std::vector<compile::WideColumn>& columns) const;

    /// What was read, after the statements of a program with these requests. `keys`: the subjects
    /// behind the finding, by grain, as their tables name them; of the rule's own readings
    /// `subject` alone.
    std::vector<ParameterUsed> used(engine::Connection& connection, const compile::Program& program,
                                    const std::map<std::string, std::set<std::string>>& keys,
                                    const std::string& subject) const;

private:
    /// A column that holds a reading.
    struct Reading {
        std::string parameter;
        std::string grain, feature;  ///< of the column
        std::string of;              ///< the feature it is a part of; empty: of the rule
        std::optional<std::int64_t>
            entry;  ///< true where this value was read; else it is its place
    };
    /// A part of a feature with `from`: who reads, for which rows.
    struct Part {
        const plan::Feature* feature = nullptr;
        plan::ExpressionPtr filter;
        bool is_where = false;
    };

    void add_of_subject(const std::vector<ParameterRead>& reads, const std::string& grain,
                        const plan::Feature* feature);
    void add_of_rows(const plan::Expression& expression, const Part& part);
    void add_of_feature(const plan::Feature& feature);
    void add_reading(plan::Feature made, Reading reading);
    const plan::Parameter& shadow_of(const plan::Parameter& parameter);

    const plan::Model& model_;
    plan::Model traced_;
    base::Month month_;
    std::vector<Reading> readings_;
    std::vector<plan::Feature> made_;
};

}  // namespace zs::ask
