#pragma once

#include <string>
#include <vector>

#include "chance.h"

namespace zs::random {

/// What an expression gives, as far as made-up packs go.
enum class Gives {
    truth,
    integer,
    money,
    decimal,
    quotient,
    text,
    date,
    month,
    kind,
    sex,
    skills,
    months
};

/// A name that can be read, and what must follow it.
struct Name {
    std::string text;
    Gives gives = Gives::integer;
    enum class Window { none, may, must } window = Window::none;  ///< `['12 months']` behind it
    bool by_code = false;                                         ///< `['a']` behind it
    /// It comes from an `every` grain, which holds none but short windows.
    bool short_window = false;
    /// A feature, of which `.known` can be read; and whether it may fall when rows are added.
    bool feature = false, falls = false;
    /// It comes from a ledger of years or terms: its windows are of that calendar.
    std::string calendar = {};
};

/// A source of rows: a ledger or grain, what its rows name, and where they land.
struct Source {
    std::string name;
    std::vector<Name> fields;
    std::vector<std::string> lands;  ///< grains that a way leads to
    bool spans = false;
    bool state = false;  ///< as of the day where no window is given
    bool owed = false;
    bool every = false;
    std::string code_field;     ///< for by_code
    std::string calendar = {};  ///< of a ledger of years or terms
};

/// What may be named where an expression stands, and whether names must carry their windows.
struct Scope {
    std::vector<Name> names;
    bool must_window = true;  ///< a rule: a name that needs a window is given one
    /// Set by writing: some name was left without the window that it may or must have.
    Name::Window left_open = Name::Window::none;
    bool left_short = false;  ///< one of them takes short windows only
    bool falls = false;       ///< it reads or holds what may fall when rows are added
};

/// Writes expressions of a wanted kind over a scope, at most `depth` operations deep.
class ExpressionWriter {
public:
    explicit ExpressionWriter(Chance& chance) : chance_(chance) {}

    std::string expression(Gives gives, Scope& scope, int depth);
    /// An aggregate, or a calculation with aggregates, over rows that the scope names. `spans`: the
    /// rows are of a span ledger; `indicator`: aggregates take subjects.
    std::string aggregate(Gives gives, Scope& rows, bool spans, bool indicator);
    std::string window(bool is_short = false);
    /// One that holds rows of a ledger of years or terms.
    std::string window_of(const std::string& calendar);
    std::string literal(Gives gives);
    /// What is seldom written: edges of functions and operators, over what the scope names.
    std::string corner(Scope& scope);
    std::string corner_aggregate(Scope& rows);

private:
    std::string name(Gives gives, Scope& scope);
    std::string read(const Name& chosen, Scope& scope);
    std::string reached(Scope& scope);
    std::string at_month();
    std::string truth(Scope& scope, int depth);
    std::string integer(Scope& scope, int depth);
    std::string money(Scope& scope, int depth);
    std::string decimal(Scope& scope, int depth);
    std::string quotient(Scope& scope, int depth);
    std::string text(Scope& scope, int depth);
    std::string date(Scope& scope, int depth);
    std::string month(Scope& scope, int depth);
    std::string months(Scope& scope, int depth);
    std::string one_aggregate(Gives gives, Scope& rows, bool spans, bool indicator);

    Chance& chance_;
};

}  // namespace zs::random
