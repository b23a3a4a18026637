#include "intake/header.h"

#include <algorithm>
#include <map>

#include <fmt/format.h>

#include "base/failure.h"
#include "base/identity.h"
#include "base/text.h"

namespace zs::intake {

using base::Failure;
using base::Fault;

namespace {

/// Names of fields as compared, and how near to the field's own name each is: 0 name, 1 title, 2
/// header.
struct Known {
    std::size_t field = 0;
    int rank = 0;
};

bool comes_from_files(const plan::Field& field) {
    return field.name != "batch" && field.name != "entered_by" && field.name != "entered_at";
}

std::map<std::string, Known> known_names(const plan::Ledger& ledger) {
    std::map<std::string, Known> known;
    const auto add = [&](const std::string& name, std::size_t field, int rank) {
        const auto [at, is_new] = known.emplace(compared_header(name), Known{field, rank});
        if (!is_new && rank < at->second.rank) at->second = {field, rank};
    };
    for (std::size_t i = 0; i < ledger.fields.size(); ++i) {
        const plan::Field& field = ledger.fields[i];
        if (!comes_from_files(field)) continue;
        add(field.name, i, 0);
        if (!field.title.empty()) add(field.title, i, 1);
        for (const std::string& header : field.header) add(header, i, 2);
    }
    return known;
}

std::optional<Known> found_in(const std::string& name, const std::map<std::string, Known>& known,
                              const plan::Ledger& ledger, const Mapping& mapping) {
    for (const auto& [header, field] : mapping.columns)
        if (compared_header(header) == compared_header(name))
            return Known{ledger.index_of(field).value(), -1};
    const auto at = known.find(compared_header(name));
    if (at == known.end()) return std::nullopt;
    return at->second;
}

/// Gives each column its field; of two for one field the nearer name has it, two as near are a
/// fault.
void assign(Header& header, const plan::Ledger& ledger, const Mapping& mapping) {
    const std::map<std::string, Known> known = known_names(ledger);
    std::map<std::size_t, std::pair<std::size_t, int>> taken;  // field → column, rank
    header.fields.assign(header.names.size(), std::nullopt);
    for (std::size_t column = 0; column < header.names.size(); ++column) {
        if (header.names[column].empty()) continue;
        const auto found = found_in(header.names[column], known, ledger, mapping);
        if (!found) continue;
        const auto [at, is_new] = taken.emplace(found->field, std::pair(column, found->rank));
        if (!is_new) {
            const auto [other, rank] = at->second;
            if (rank == found->rank)
                throw Failure(
                    Fault::input,
                    fmt::format("columns '{}' and '{}' are both '{}'", header.names[other],
                                header.names[column], ledger.fields[found->field].name),
                    header.place(), "say which one in a --map file");
            if (rank < found->rank) continue;
            header.fields[other] = std::nullopt;
            at->second = {column, found->rank};
        }
        header.fields[column] = found->field;
    }
    header.ignored.clear();
    for (std::size_t column = 0; column < header.names.size(); ++column)
        if (!header.fields[column] && !header.names[column].empty())
            header.ignored.push_back(base::mask_id_numbers(header.names[column]));
}

std::vector<std::string> names_of(const sheet::RawRow& row) {
    std::vector<std::string> names;
    for (const sheet::Cell& cell : row.cells) names.emplace_back(base::trim(cell.text));
    while (!names.empty() && names.back().empty()) names.pop_back();
    return names;
}

}  // namespace

std::string compared_header(const std::string& header) {
    static const std::vector<std::pair<std::string, std::string>> plain{
        {"（", "("},    {"）", ")"}, {"／", "/"}, {"：", ":"}, {"　", ""}, {"\u00A0", ""},
        {"\uFEFF", ""}, {"＊", ""},  {"［", "["}, {"］", "]"}, {"，", ","}};
    std::string result = header;
    for (const auto& [from, to] : plain)
        for (std::size_t at = result.find(from); at != std::string::npos;
             at = result.find(from, at))
            result.replace(at, from.size(), to);
    std::erase_if(result, [](char letter) {
        return letter == ' ' || letter == '\n' || letter == '\r' || letter == '\t' || letter == '*';
    });
    for (char& letter : result)
        if (letter >= 'A' && letter <= 'Z') letter = static_cast<char>(letter - 'A' + 'a');
    return result;
}

bool Header::has(std::size_t field) const {
    return std::any_of(fields.begin(), fields.end(), [&](const auto& of) { return of == field; });
}

std::string Header::place() const {
    return line == 0 ? file : fmt::format("{} line {}", file, line);
}

void Header::extend(const std::vector<std::string>& more, const plan::Ledger& ledger,
                    const Mapping& mapping) {
    for (const std::string& name : more) names.emplace_back(base::trim(name));
    assign(*this, ledger, mapping);
}

Header matched(const sheet::RawRow& row, const plan::Ledger& ledger, const Mapping& mapping,
               const std::string& file) {
    Header header;
    header.file = file;
    header.line = row.line;
    header.names = names_of(row);
    assign(header, ledger, mapping);
    return header;
}

Header find_header(const std::vector<sheet::RawRow>& first_rows, const plan::Ledger& ledger,
                   const Mapping& mapping, const std::string& file) {
    const std::map<std::string, Known> known = known_names(ledger);
    const sheet::RawRow* best = nullptr;
    std::size_t best_count = 0;
    for (const sheet::RawRow& row : first_rows) {
        if (mapping.header_row && row.line != *mapping.header_row) continue;
        std::size_t filled = 0, hits = 0;
        for (const std::string& name : names_of(row)) {
            filled += name.empty() ? 0 : 1;
            hits += !name.empty() && found_in(name, known, ledger, mapping) ? 1 : 0;
        }
        if (hits > best_count) {
            best = &row;
            best_count = hits;
        }
        if (hits * 2 > filled) break;
    }
    if (best == nullptr) {
        if (mapping.header_row)
            throw Failure(Fault::input,
                          fmt::format("line {} holds no name of a field of ledger '{}'",
                                      *mapping.header_row, ledger.name),
                          file, "look at header_row in the --map file");
        throw Failure(
            Fault::input,
            fmt::format("none of the first rows names a field of ledger '{}'", ledger.name), file,
            "write a header of its field names or titles, or say the columns in a --map file; of a "
            "workbook the first sheet is read");
    }
    return matched(*best, ledger, mapping, file);
}

}  // namespace zs::intake
