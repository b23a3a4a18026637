#include "intake/layout.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "base/failure.h"
#include "base/text.h"
#include "intake/footer.h"
#include "lake/batch.h"

namespace zs::intake {

using base::Failure;
using base::Fault;

namespace {

constexpr std::size_t header_rows_max = 10;
/// A header may have rows below, and one row must be seen of those under it.
constexpr std::size_t rows_surveyed = 16;

std::string letters_of(std::size_t column) {
    constexpr std::size_t letters = 26;
    std::string text;
    for (std::size_t rest = column + 1; rest > 0; rest = (rest - 1) / letters)
        text.insert(text.begin(), static_cast<char>('A' + (rest - 1) % letters));
    return text;
}

bool is_filled(const sheet::Cell& cell) { return !base::trim(cell.text).empty(); }

/// Fields that say something of a subject: not its key, its period, its place.
std::size_t beyond_key(const Header& header, const plan::Ledger& ledger) {
    std::set<std::size_t> fields;
    const auto take = [&](std::size_t field) {
        const plan::Field& of = ledger.fields[field];
        const bool in_key =
            std::find(ledger.key.begin(), ledger.key.end(), of.name) != ledger.key.end();
        if (!in_key && !of.built_in && of.name != ledger.period_field() &&
            of.type.kind != plan::Kind::division)
            fields.insert(field);
    };
    for (const auto& field : header.fields)
        if (field) take(*field);
    for (const auto* groups : {&header.joins, &header.lookups})
        for (const Header::Group& group : *groups) take(group.field);
    return fields.size();
}

}  // namespace

Wanted Layout::wanted() const {
    Wanted wanted;
    wanted.options.sheet = order_.sheet;
    wanted.options.known_names = [this](const sheet::RawRow& row) {
        return hits_of(row, order_.ledger, order_.mapping).known;
    };
    return wanted;
}

std::size_t Layout::rows_looked_at() const {
    return static_cast<std::size_t>(order_.mapping.header_row.value_or(0)) + rows_surveyed;
}

void Layout::look_at(Seen& seen, const std::string& file) const {
    std::vector<sheet::RawRow> top = seen.rows;
    top.resize(std::min(top.size(), order_.mapping.header_row ? top.size() : header_rows_max));
    seen.header = header_among(top, order_.ledger, order_.mapping, file);
    if (!seen.header) return;
    seen.header->sheet = seen.sheet;
    if (order_.missing) seen.missing = order_.missing(*seen.header);
    seen.beyond_key = beyond_key(*seen.header, order_.ledger);
    for (const sheet::RawRow& row : top) {
        if (row.line < seen.header->line || row.line > seen.header->last_line) continue;
        const Hits hits = hits_of(row, order_.ledger, order_.mapping);
        seen.most_known = seen.most_known || hits.known * 2 > hits.filled;
    }
}

/// Looks at the first rows of every sheet and says which are read.
void Layout::survey(const Source& source) {
    surveyed_ = true;
    std::vector<Seen> seen;
    Wanted first = wanted();
    first.rows_max = rows_looked_at();
    first.options.hidden = true;
    source.each(first, [&](const sheet::RawRow& row, const std::vector<std::string>&) {
        if (seen.empty() || seen.back().sheet != row.sheet) seen.emplace_back().sheet = row.sheet;
        seen.back().hidden = row.hidden;
        seen.back().rows.push_back(row);
    });
    for (Seen& each : seen) look_at(each, source.name());
    choose(seen, source.name());
}

void Layout::choose(std::vector<Seen>& seen, const std::string& file) {
    std::size_t most_beyond = 0;
    bool one_is_whole = false;
    for (const Seen& each : seen) {
        if (each.hidden || !each.header || !each.missing.empty()) continue;
        one_is_whole = true;
        most_beyond = std::max(most_beyond, each.beyond_key);
    }
    for (Seen& each : seen) {
        const bool has_rows = each.header && each.rows.back().line > each.header->last_line;
        const bool whole = each.header && each.missing.empty();
        // A list of keys alone beside the table is there to choose from.
        const bool only_keys = whole && each.beyond_key == 0 && most_beyond > 0;
        if (each.sheet == sheet_of_choices && !whole) continue;
        if (each.hidden) {
            // A list to choose from is no table; a table that nobody sees is named.
            if (whole && has_rows && !only_keys) unread_.push_back(each.sheet);
        } else if (whole && !only_keys) {
            add_table(std::move(*each.header), each.sheet);
        } else if (each.header && each.most_known && !each.missing.empty() && one_is_whole) {
            throw Failure(
                Fault::input,
                base::said("工作表没有列 {}", "the sheet has no column {}",
                           base::join(each.missing, ", ")),
                each.header->place(),
                base::said("照别的工作表补上，或用 --sheet 选一张",
                           "add it as in the other sheets, or choose one sheet with --sheet"));
        } else if (!one_is_whole && each.header && tables_.empty() && each.most_known) {
            // What it lacks is said when its rows are read.
            add_table(std::move(*each.header), each.sheet);
        } else {
            if (unknown_sheet_.empty() && !only_keys) unknown_sheet_ = each.sheet;
            unread_.push_back(each.sheet);
        }
    }
    if (!tables_.empty() || seen.empty()) return;
    unread_.clear();
    std::vector<std::string> names;
    for (const Seen& each : seen)
        if (!each.hidden) names.push_back(fmt::format("'{}'", each.sheet));
    throw Failure(Fault::input,
                  base::said("没有一张工作表有台账“{}”的列",
                             "no sheet names the columns of ledger '{}'", order_.ledger.name),
                  base::said("{} 工作表 {}", "{} sheets {}", file, base::join(names, ", ")),
                  base::said("在行的上面写表头（字段名或标题），或在 --map 文件里写明各列",
                             "write a header of its field names or titles above the rows, or say "
                             "the columns in a --map file"));
}

/// Puts a sheet's columns under the common header, which grows by those it does not have.
void Layout::add_table(Header header, const std::string& sheet) {
    Table table{.sheet = sheet, .header = std::move(header), .to = {}, .said = {}};
    table.said.insert(table.header.names.begin(), table.header.names.end());
    table.said.insert(table.header.plain_names.begin(), table.header.plain_names.end());
    const bool first = tables_.empty();
    if (first) {
        common_ = table.header;
        if (!surveyed_) common_.sheet.clear();
    }
    std::vector<std::string> more;
    for (std::size_t i = 0; i < table.header.names.size(); ++i) {
        if (first) {
            table.to.push_back(i);
            continue;
        }
        const auto same = [&](std::size_t column) {
            if (!table.header.fields[i] || !common_.fields[column])
                return !common_.fields[column] && !table.header.fields[i] &&
                       !table.header.names[i].empty() &&
                       compared_header(common_.names[column]) ==
                           compared_header(table.header.names[i]);
            return common_.fields[column] == table.header.fields[i];
        };
        std::size_t at = 0;
        while (at < common_.fields.size() && !same(at)) ++at;
        if (at < common_.fields.size() && common_.powers[at] != table.header.powers[i])
            throw Failure(
                Fault::input,
                base::said("列“{}”在各工作表里单位不一样",
                           "sheets say column '{}' in different units",
                           order_.ledger.fields[*common_.fields[at]].name),
                table.header.place(),
                base::said("用 --sheet 一张一张导入", "take them one by one with --sheet"));
        if (at == common_.fields.size()) {
            at += more.size();
            more.push_back(table.header.names[i]);
        }
        table.to.push_back(at);
    }
    if (!more.empty()) common_.extend(more, order_.ledger, order_.mapping);
    tables_.push_back(std::move(table));
}

void Layout::each(const Source& source, const Begin& begin, const Source::Take& take) {
    begin_ = begin;
    tables_.clear();
    unread_.clear();
    unknown_sheet_.clear();
    unnamed_.clear();
    first_.clear();
    surveyed_ = begun_ = reading_ = false;
    sheet::Options all = wanted().options;
    all.hidden = true;
    if (source.sheets(all) > 1) survey(source);
    std::optional<std::string> sheet;
    source.each(wanted(), [&](const sheet::RawRow& row, const std::vector<std::string>& late) {
        if (sheet != row.sheet) {
            if (!reading_ && !first_.empty()) begin_table(source.name(), take);
            sheet = row.sheet;
            open(row.sheet);
        }
        if (reading_) {
            hand_over(row, late, take);
            return;
        }
        // Later names of JSON come with the row that has them: from then on the header stands.
        if (!late.empty()) {
            begin_table(source.name(), take);
            hand_over(row, late, take);
            return;
        }
        first_.push_back(row);
        const std::int64_t header_row = order_.mapping.header_row.value_or(0);
        if (first_.size() >= header_rows_max && row.line >= header_row)
            begin_table(source.name(), take);
    });
    if (!reading_ && !first_.empty()) begin_table(source.name(), take);
}

/// A new sheet's rows begin.
void Layout::open(const std::string& sheet) {
    first_.clear();
    table_ = nullptr;
    reading_ = surveyed_;
    if (!surveyed_) return;
    for (at_ = 0; at_ < tables_.size(); ++at_)
        if (tables_[at_].sheet == sheet) {
            table_ = &tables_[at_];
            break;
        }
    if (table_ == nullptr || begun_) return;
    begun_ = true;
    Header header = common_;
    header.unread = unread_;
    if (tables_.size() > 1)
        for (const Table& table : tables_) header.sheets.push_back(table.sheet);
    begin_(std::move(header));
}

/// The header of the only table is looked for among its first rows, which are then handed over.
void Layout::begin_table(const std::string& file, const Source::Take& take) {
    Header header = find_header(first_, order_.ledger, order_.mapping, file);
    add_table(std::move(header), first_.front().sheet);
    table_ = &tables_.back();
    at_ = tables_.size() - 1;
    reading_ = begun_ = true;
    begin_(common_);
    const std::vector<sheet::RawRow> rows = std::move(first_);
    first_.clear();
    for (const sheet::RawRow& row : rows) hand_over(row, {}, take);
}

void Layout::hand_over(const sheet::RawRow& raw, const std::vector<std::string>& late_names,
                       const Source::Take& take) {
    if (table_ == nullptr || raw.line <= table_->header.last_line) return;
    const Table& table = *table_;
    const bool sound = raw.fault_code.empty();
    const bool footer = sound && is_footer(table, raw);
    const bool columns = sound && !footer && has_other_cells(table, raw);
    if (sound && !footer && !columns) note_unnamed(table, raw);
    // What a workbook has beside its table is named by its letter.
    const std::size_t names = table.header.names.size(), cells = raw.cells.size();
    const bool beside =
        late_names.empty() && !raw.counts_cells && !raw.sheet.empty() && cells > names;
    if (at_ == 0 && !footer && !columns && !beside) {
        take(raw, late_names);
        return;
    }
    sheet::RawRow row = at_ == 0 ? raw : in_common_columns(table, raw);
    if (footer) {
        refuse_unit_below(table, raw);
        row.fault_code = "footer";
        row.fault = base::said("这一行是合计、落款或重复的表头，不是数据",
                               "the row is a total, a signature or a repeated header, not data");
    }
    if (columns) {
        row.fault_code = "columns";
        row.fault =
            cells < table.header.width
                ? base::said("这一行比表头少{}个单元格，请补齐",
                             "fewer cells than the header: {} missing; add them",
                             table.header.width - cells)
                : base::said("这一行比表头多出{}个单元格，请核对逗号和引号",
                             "more cells than the header: {} too many; check commas and quotes",
                             cells - table.header.width);
    }
    if (at_ == 0 && beside) row.cells.resize(names);
    take(row, late_names);
}

/// The row of a further sheet, its cells under the common header.
sheet::RawRow Layout::in_common_columns(const Table& table, const sheet::RawRow& row) const {
    sheet::RawRow moved = row;
    moved.cells.assign(common_.names.size(), {});
    for (std::size_t i = 0; i < table.to.size() && i < row.cells.size(); ++i)
        moved.cells[table.to[i]] = row.cells[i];
    moved.line += static_cast<std::int64_t>(at_) * lake::lines_a_sheet;
    return moved;
}

bool Layout::has_other_cells(const Table& table, const sheet::RawRow& row) const {
    return row.counts_cells && table.header.width > 0 && row.cells.size() != table.header.width;
}

void Layout::note_unnamed(const Table& table, const sheet::RawRow& row) {
    for (std::size_t i = 0; i < row.cells.size(); ++i) {
        const bool named = i < table.header.names.size() && !table.header.names[i].empty();
        const bool beside =
            i >= table.header.names.size() && row.sheet.empty() && !row.counts_cells;
        if (named || beside || !is_filled(row.cells[i]) ||
            row.cells[i].merged == sheet::Cell::Merged::from_left)
            continue;
        unnamed_.emplace(at_, i);
    }
}

std::vector<std::string> Layout::unnamed() const {
    std::vector<std::string> letters;
    for (const auto& [table, column] : unnamed_)
        letters.push_back(table == 0 ? letters_of(column)
                                     : tables_[table].sheet + "!" + letters_of(column));
    return letters;
}

bool Layout::repeats_header(const Table& table, const sheet::RawRow& row) const {
    std::size_t filled = 0, same = 0;
    for (const sheet::Cell& cell : row.cells) {
        const std::string_view text = base::trim(cell.text);
        if (text.empty()) continue;
        ++filled;
        // The first cell of data is no name of a column.
        if (filled > 2 && same == 0) return false;
        same += table.said.contains(text) ? 1 : 0;
    }
    return same >= 2 && same * 2 > filled;
}

bool Layout::is_footer(const Table& table, const sheet::RawRow& row) const {
    return repeats_header(table, row) || is_total_or_signature(row, table.header, order_.ledger);
}

/// Amounts whose unit is said below them were read as yuan: that is too late.
void Layout::refuse_unit_below(const Table& table, const sheet::RawRow& row) const {
    for (const sheet::Cell& cell : row.cells) {
        const std::string unit = unit_said(cell.text);
        if (unit.empty() || unit == "元") continue;
        for (std::size_t i = 0; i < table.header.fields.size(); ++i)
            if (table.header.fields[i] && table.header.powers[i] == 0 &&
                order_.ledger.fields[*table.header.fields[i]].written_type == "money")
                throw Failure(
                    Fault::input,
                    base::said("表下面有一行写着金额单位是{}",
                               "a line below the table says its amounts are in {}", unit),
                    base::said("{} 第 {} 行", "{} line {}", table.header.file, row.line),
                    base::said("把单位写在表头上面，或写进那一列的表头",
                               "write the unit above the header, or in the header of its column"));
    }
}

}  // namespace zs::intake
