#include "intake/given_back.h"

#include <algorithm>
#include <charconv>

#include <fmt/format.h>

#include "base/failure.h"
#include "base/text.h"
#include "intake/answer.h"
#include "intake/header.h"

namespace zs::intake {

using base::Failure;
using base::Fault;

namespace {

constexpr const HeldColumns* known_columns[] = {&columns_of_files, &columns_of_english_files,
                                                &columns_of_output};

/// Where the columns stand in the file.
struct Places {
    std::size_t line = 0;
    std::size_t batch = 0;
};

std::string cell_at(const sheet::RawRow& row, std::size_t column) {
    return column < row.cells.size() ? std::string(base::trim(row.cells[column].text)) : "";
}

std::optional<Places> places_in(const sheet::RawRow& header) {
    const auto place = [&](const char* name) {
        std::size_t at = 0;
        while (at < header.cells.size() && cell_at(header, at) != name) ++at;
        return at;
    };
    for (const HeldColumns* columns : known_columns) {
        const Places found{.line = place(columns->line), .batch = place(columns->batch)};
        // The words of the output are common: only all three of them are ours.
        const bool ours =
            columns != &columns_of_output || place(columns->reasons) < header.cells.size();
        if (ours && found.line < header.cells.size() && found.batch < header.cells.size())
            return found;
    }
    return std::nullopt;
}

/// What the columns say, row by row.
struct Said {
    std::set<std::string> batches;
    std::set<std::string> lines;
    std::string batch_column;
};

Said said_in(const Source& source, const plan::Ledger& ledger, const Mapping& mapping) {
    constexpr std::size_t header_rows_max = 10;
    Said said;
    Wanted wanted;
    // The table is found as it is when its rows are read.
    wanted.options.known_names = [&](const sheet::RawRow& row) {
        return hits_of(row, ledger, mapping).known;
    };
    Wanted first = wanted;
    first.rows_max = header_rows_max;
    std::optional<Places> places;
    source.each(first, [&](const sheet::RawRow& row, const std::vector<std::string>&) {
        if (places) return;
        places = places_in(row);
        if (places) said.batch_column = cell_at(row, places->batch);
    });
    if (!places) return said;
    source.each(wanted, [&](const sheet::RawRow& row, const std::vector<std::string>&) {
        const std::string batch = cell_at(row, places->batch);
        if (batch.empty() || is_held_column(batch)) return;
        said.batches.insert(batch);
        said.lines.insert(cell_at(row, places->line));
    });
    return said;
}

/// The line of a held row, from how the export says it: `3`, of several sheets `SHEET 3`.
std::optional<std::int64_t> line_of(const std::string& text,
                                    const std::vector<std::string>& sheets) {
    const std::size_t space = text.find_last_of(' ');
    const std::string digits = space == std::string::npos ? text : text.substr(space + 1);
    std::int64_t line = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), line);
    if (error != std::errc() || end != digits.data() + digits.size()) return std::nullopt;
    if (space == std::string::npos) return line;
    const auto sheet = std::find(sheets.begin(), sheets.end(), text.substr(0, space));
    if (sheet == sheets.end()) return std::nullopt;
    return line + (sheet - sheets.begin()) * lake::lines_a_sheet;
}

}  // namespace

bool is_held_column(const std::string& name) {
    return std::any_of(
        std::begin(known_columns), std::end(known_columns), [&](const HeldColumns* columns) {
            return name == columns->line || name == columns->reasons || name == columns->batch;
        });
}

std::optional<GivenBack> given_back(record::Connection& record, const guard::Keys& keys,
                                    const Source& source, const plan::Ledger& ledger,
                                    const Mapping& mapping) {
    const Said said = said_in(source, ledger, mapping);
    if (said.batches.empty()) return std::nullopt;
    const base::Said remedy = base::said(
        "去掉“{}”列，当作单独的文件交来",
        "leave out the column '{}' to deliver it as a file of its own", said.batch_column);
    if (said.batches.size() > 1)
        throw Failure(Fault::input,
                      base::said("文件里有几个批次的行", "the file holds rows of several batches"),
                      source.name(),
                      base::said("各批次的行分开导入", "import those of each batch by itself"));
    const std::string& id = *said.batches.begin();
    const auto batch = lake::batch(record, id);
    if (!batch)
        throw Failure(Fault::input,
                      base::said("文件里有批次“{}”的行，这里没有这个批次",
                                 "the file holds rows of a batch '{}' that is not here", id),
                      source.name(), remedy);
    if (batch->ledger != ledger.name)
        throw Failure(Fault::input,
                      base::said("文件里是批次“{}”的行，它属于台账“{}”",
                                 "the file holds rows of batch '{}', which is one of ledger '{}'",
                                 id, batch->ledger),
                      source.name(), base::said("导入 {}", "import it into {}", batch->ledger));
    GivenBack back{.batch = *batch, .file = {}, .lines = {}};
    const std::vector<std::string> sheets = parse_answer(batch->answer).sheets;
    for (const std::string& said_line : said.lines)
        if (const auto line = line_of(said_line, sheets)) back.lines.insert(*line);
    each_held(
        record, keys, id, [&](const HeldFile& file) { back.file = file; }, [](const HeldRow&) {});
    return back;
}

}  // namespace zs::intake
