#pragma once

#include <optional>
#include <string>
#include <vector>

namespace zs::ask {

/// An answer that is a list: columns with their kind, and rows of texts; nothing is NULL.
struct List {
    enum class Kind { text, number, boolean };
    struct Column {
        std::string name;
        Kind kind = Kind::text;
    };
    std::vector<Column> columns;
    std::vector<std::vector<std::optional<std::string>>> rows;
};

}  // namespace zs::ask
