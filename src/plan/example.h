#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "plan/diagnostic.h"
#include "plan/value.h"
#include "plan/window.h"

namespace zs::plan {

struct Division {
    std::string code;
    std::string name;
    std::string reporting_parent;  ///< empty: the statutory one
    std::optional<base::Month> since,
        until;  ///< in force from `since`, until (not included) `until`
};

/// A batch that counts, of a ledger owed by divisions: `period` is a label (window.h, label_of).
struct Delivered {
    std::string ledger;
    std::string division;
    std::int64_t period = 0;
};

/// A subject that counts as having delivered though it has no row (examples only).
struct SubjectDelivered {
    std::string ledger;
    std::string subject;  ///< key of the grain `delivery.by`
    std::int64_t period = 0;
};

struct Exempted {
    std::string rule;
    std::string subject;  ///< several key fields as `p1/2024-05`
    base::Month until;    ///< included
};

/// A published or given figure, as the built-in ledger `figures` holds it.
struct Figure {
    std::string indicator, division, label, codes;
    Value value;  ///< decimal, integer or double
    bool whole = true;
    base::Month run_month;   ///< of a published one: the month of its run
    std::int64_t order = 0;  ///< later counts
    bool given = false;
    /// Of a published one, as it was published (outcome.h, IndicatorValue).
    std::optional<std::int64_t> known{}, unknown{};
    Value numerator{}, denominator{};
};

/// Values of one row, in the order of the ledger's `fields`.
using Row = std::vector<Value>;

/// All that a run reads, settled: in each ledger with a key the key is unique. What examples, tests
/// and the interpreter speak; a run over the lake has the same in views.
struct Dataset {
    base::Month month;
    std::vector<Division> divisions;               ///< with all ancestors
    std::map<std::string, std::vector<Row>> rows;  ///< by ledger
    std::vector<Delivered> delivered;
    std::vector<SubjectDelivered> subject_delivered;
    std::vector<Exempted> exempted;
    std::vector<Figure> figures;
    std::map<std::string, Value> parameters;  ///< replaced everywhere (what-if, [params])
    std::string home;  ///< the division for which the home was made; empty: all of the plan
};

/// One line of [expect].
struct Expectation {
    std::string subject;  ///< key, `p1/2024-05`; division, `41/sex=f`, `41/2023`
    bool null_expected = false;
    Value value;  ///< typed as what is tested; statuses are text
    Place place;
};

struct Example {
    std::string tested;  ///< as written before the colon
    std::string says;    ///< after it
    Place place;  ///< of its fence; of a case, of that case
    enum class What { clue, check, entitlement, feature, indicator, target, faulty_pack };
    What what = What::clue;
    std::string name;   ///< rule, indicator, target; or the feature's
    std::string grain;  ///< feature
    std::optional<std::string> code;
    std::optional<Window> window;
    Dataset dataset;
    std::vector<Expectation> expected;
    std::vector<std::string> errors;  ///< messages (or ids) that the pack itself must give
    /// Values that [params] gives by month, division, code and step instead of the parameter's own.
    std::map<std::string, std::vector<struct ParameterValue>> parameter_values;
};

}  // namespace zs::plan
