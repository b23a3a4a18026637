#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace zs::plan {

/// An expression as written, before any name means anything. Offsets are bytes into its text.
struct Syntax {
    enum class Form {
        number,   ///< text
        string,   ///< text, unquoted
        boolean,  ///< text is `true` or `false`
        null_,
        name,       ///< parts; arguments if `called`; indexes
        operation,  ///< text: + - * / % = <> < <= > >= and or not negate || is_null is_not_null;
                    ///< operands
        in,         ///< operands[0] in the others; `negated`
        between,    ///< operands: x, low, high; `negated`
        like,       ///< operands; `negated`
        case_,  ///< operands: [subject], then condition, value …, [else]; `has_subject`, `has_else`
    };
    struct Part {
        std::string text;
        std::size_t begin = 0, end = 0;
    };
    Form form = Form::null_;
    std::string text;
    std::vector<Part> parts;
    bool called = false, star = false, distinct = false;
    /// Of a name: its arguments. Of a string in brackets, `['month' at M]`: M.
    std::vector<Syntax> operands;
    std::vector<Syntax> indexes;
    std::vector<Syntax> filter;  ///< none or one
    bool negated = false, has_subject = false, has_else = false;
    int height = 1;  ///< of the tree below, so that walking it is safe
    std::size_t begin = 0, end = 0;
};

/// Where reading stopped, and what was expected.
struct SyntaxFault {
    std::size_t at = 0, length = 1;
    std::string message;
};

struct Parsed {
    Syntax syntax;
    std::vector<SyntaxFault> faults;  ///< empty: read whole
};

/// Longest expression read, in bytes; deepest nesting; highest tree (a chain of operators counts
/// too, for who walks the tree walks it by recursion).
constexpr std::size_t expression_bytes_max = 100'000;
constexpr int expression_depth_max = 200;
constexpr int expression_height_max = 1000;

Parsed parse_expression(std::string_view text);

}  // namespace zs::plan
