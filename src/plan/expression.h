#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "plan/diagnostic.h"
#include "plan/value.h"
#include "plan/window.h"

namespace zs::plan {

/// One step up (many to one): along a key field to the registry (or ledger) of a grain, or from
/// what leads to a division to the division of a level above (or the same).
struct Hop {
    enum class Kind {
        key,       ///< `field` of the thing at hand is of type key:`grain`
        level,     ///< from the thing at hand, whose division is `field`, to its ancestor at level
                   ///< `grain`
        division,  ///< `field` is of type division: to that division, of whatever level (`grain` is
                   ///< empty)
    };
    Kind kind = Kind::key;
    std::string field;
    std::string grain;

    bool operator==(const Hop&) const = default;
};

/// Where a name starts from.
enum class Scope {
    row,      ///< the row read (in a feature with `from` or `peers`), else the subject itself
    subject,  ///< the landing grain's subject, named inside a feature with `from`
};

struct Expression;
/// Shared, immutable: a bound tree is held by definitions and by what is compiled from them.
using ExpressionPtr = std::shared_ptr<const Expression>;

/// A bound, typed expression. `node` says which members count.
struct Expression {
    enum class Node {
        literal,    ///< value
        field,      ///< scope, path, name: a ledger's field, or `code` / `name` of a division
        attribute,  ///< operands[0] (of type code:LIST), name: an attribute of that list
        feature,    ///< scope, path, grain, name, code (operand of by_code), window (if read with
                    ///< one), at_month (the month at which that window is read, if not the run's:
                    ///< it reads `run` and parameters only)
        feature_unknown,  ///< likewise: how many rows of a feature with `from` had a NULL `where`
        outcome,          ///< scope, path, grain, name: a rule's outcome as a column (PACK.md, 6)
        score,            ///< likewise: a check's score
        target,  ///< scope, path, grain, name: a target's status at its place, of the latest year
                 ///< judged
        parameter,  ///< name; at_month, key, step; scope and path lead to the division it is read
                    ///< at
        run,        ///< name: month, year, accounting_year, term, day
        window_start,
        window_end,
        window_months,  ///< window; absent window: never
        call,           ///< name (operators by their sign, `case`, functions), operands
        aggregate,      ///< name, operands, distinct, filter; `count(*)` has no operands
        indicator,  ///< name, prior (labels before), at (level, `nation`, or empty); operands:
                    ///< what `else` gives where there is no earlier figure
    };

    Node node = Node::literal;
    Type type;
    Place place;
    int length = 1;

    Value value;
    Scope scope = Scope::row;
    std::vector<Hop> path;
    std::string grain;
    std::string name;
    std::optional<std::string> code;
    std::optional<Window> window;
    bool known = false;  ///< feature: `x.known`, its value over what was delivered
    ExpressionPtr at_month;
    ExpressionPtr key;
    ExpressionPtr step;
    std::vector<ExpressionPtr> operands;
    ExpressionPtr filter;
    bool distinct = false;
    int prior = 0;
    std::string at;
    std::int64_t calls = 0;  ///< calls in it, one that stands in two places counted twice
};

/// Names of calls, as bound (the parser's sugar is gone):
///   + - * / % negate  = <> < <= > >=  and or not  is_null is_not_null  in not_in  like not_like ||
///   (`between` becomes two comparisons with `and`; `a not between` its negation)
///   case: condition, value, condition, value, …, else (always there; NULL literal if not written).
///         `case x when 1` is bound to comparisons x = 1. A condition that is NULL before one that
///         is true makes it NULL.
///   in / not_in: operands[0] against operands[1..]
///   functions of PACK.md 4 by their names.
/// Operand types fit: numbers of mixed kinds compare and add as they stand; a text literal where a
/// month, date, term, code, division or key is expected has become a literal of that type.

/// Everything below `expression`, itself first.
void visit(const Expression& expression, const auto& visitor) {
    visitor(expression);
    for (const auto* part :
         {&expression.at_month, &expression.key, &expression.step, &expression.filter})
        if (*part) visit(**part, visitor);
    for (const auto& operand : expression.operands) visit(*operand, visitor);
}

}  // namespace zs::plan
