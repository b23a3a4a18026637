#include "sheet/csv_writer.h"

#include "sheet/mark.h"

namespace zs::sheet {

void write_csv_row(std::ostream& out, const std::vector<std::optional<std::string>>& cells) {
    for (std::size_t i = 0; i < cells.size(); ++i) {
        if (i > 0) out << ',';
        const std::string text = with_mark(cells[i].value_or(""));
        if (text.find_first_of(",\"\r\n") == std::string::npos) {
            out << text;
            continue;
        }
        out << '"';
        for (const char letter : text) {
            if (letter == '"') out << '"';
            out << letter;
        }
        out << '"';
    }
    out << '\n';
}

}  // namespace zs::sheet
