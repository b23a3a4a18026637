#pragma once

#include <string>
#include <vector>

namespace zs::plan {

/// Where something stands in the pack: file relative to its folder; line and column from 1, the
/// column in characters.
struct Place {
    std::string file;
    int line = 0;
    int column = 0;
};

/// A fault in what people wrote in the pack, or a warning. All of a pack are reported at once.
struct Diagnostic {
    enum class Severity { error, warning };

    std::string id;  ///< stable: `unknown-name`, `cycle`, `type-clash` …
    Severity severity = Severity::error;
    Place place;
    int length = 1;       ///< characters at fault, for the caret line
    std::string message;  ///< one sentence, values quoted, no full stop
    std::string hint;     ///< "did you mean 'months_out'?"; may be empty
    std::string source;   ///< the line of the file
    Place other;          ///< a second place that matters (the first definition); file empty: none
};

/// `file:line:column: error: message`, the source line, carets under the words at fault (a Chinese
/// character is two cells wide), the hint, the other place. Ends with a line break.
std::string rendered(const Diagnostic& diagnostic);

/// By file, line, column; errors before warnings of the same place.
void sort(std::vector<Diagnostic>& diagnostics);

}  // namespace zs::plan
