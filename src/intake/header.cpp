#include "intake/header.h"

#include <algorithm>
#include <iterator>
#include <map>
#include <set>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "base/failure.h"
#include "base/identity.h"
#include "base/text.h"

namespace zs::intake {

using base::Failure;
using base::Fault;

namespace {

/// Names of fields as compared, and how near to the field's own name each is: 0 name, 1 title, 2
/// header, 3 one of these with a unit of money behind it.
struct Known {
    std::size_t field = 0;
    int rank = 0;
    int power = 0;  ///< 4 where the column is in 万元
};

/// Units of money and how many zeros they have.
constexpr std::pair<std::string_view, int> money_units[] = {
    {"亿元", 8}, {"万元", 4}, {"千元", 3}, {"百元", 2}, {"元", 0}};

/// The unit of money at the end of a name as it is compared, in brackets or behind a sign, and the
/// name without it: 月工资(万元), 月工资/万元, 月工资(单位:元).
struct NameWithUnit {
    std::string name;
    int power = 0;
};
std::optional<NameWithUnit> name_with_unit(const std::string& compared) {
    std::string_view rest = compared;
    while (rest.ends_with(')') || rest.ends_with(']')) rest.remove_suffix(1);
    for (const auto& [unit, power] : money_units) {
        if (!rest.ends_with(unit)) continue;
        rest.remove_suffix(unit.size());
        for (bool again = true; again;) {
            again = false;
            for (const std::string_view sign : {"单位", "(", "[", ",", "/", ":", "-", "_", "、"})
                if (rest.ends_with(sign)) {
                    rest.remove_suffix(sign.size());
                    again = true;
                }
        }
        return rest.empty() ? std::nullopt : std::optional(NameWithUnit{std::string(rest), power});
    }
    return std::nullopt;
}

bool comes_from_files(const plan::Field& field) {
    return field.name != "batch" && field.name != "entered_by" && field.name != "entered_at";
}

std::map<std::string, Known> known_names(const plan::Ledger& ledger) {
    std::map<std::string, Known> known;
    const auto put = [&](const std::string& name, std::size_t field, int rank) {
        const auto [at, is_new] = known.emplace(name, Known{.field = field, .rank = rank});
        if (!is_new && rank < at->second.rank) at->second = {.field = field, .rank = rank};
    };
    const auto add = [&](const std::string& name, std::size_t field, int rank) {
        const std::string compared = compared_header(name);
        put(compared, field, rank);
        // 月工资（元） is also called 月工资, and may come as 月工资（万元）.
        const auto unit = name_with_unit(compared);
        if (unit && unit->power == 0 && ledger.fields[field].written_type == "money")
            put(unit->name, field, 3);
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

using KnownNames = std::map<std::string, Known>;

std::optional<Known> found_in(const std::string& name, const KnownNames& known,
                              const plan::Ledger& ledger, const Mapping& mapping) {
    const std::string compared = compared_header(name);
    const auto unit = name_with_unit(compared);
    for (const auto& [header, field] : mapping.columns) {
        const std::string mapped = compared_header(header);
        if (mapped != compared && (!unit || mapped != unit->name)) continue;
        Known found{.field = ledger.index_of(field).value(), .rank = -1};
        if (unit && ledger.fields[found.field].written_type == "money") found.power = unit->power;
        return found;
    }
    if (const auto at = known.find(compared); at != known.end()) {
        Known found = at->second;
        // What a pack names 万元 itself its figures are in; another spelling of it says the file's.
        const bool is_money = ledger.fields[found.field].written_type == "money";
        if (unit && is_money && found.rank == 2) found.power = unit->power;
        return found;
    }
    if (!unit) return std::nullopt;
    const auto at = known.find(unit->name);
    if (at == known.end() || ledger.fields[at->second.field].written_type != "money")
        return std::nullopt;
    return Known{.field = at->second.field, .rank = 3, .power = unit->power};
}

/// The columns that a join or a lookup of the mapping names, which are nothing else.
std::vector<Header::Group> groups_of(const std::map<std::string, std::vector<std::string>>& wanted,
                                     const Header& header, const plan::Ledger& ledger) {
    std::vector<Header::Group> groups;
    for (const auto& [field, columns] : wanted) {
        Header::Group group{ledger.index_of(field).value(), {}};
        for (const std::string& column : columns)
            for (std::size_t i = 0; i < header.names.size(); ++i)
                if (!header.names[i].empty() &&
                    compared_header(header.names[i]) == compared_header(column))
                    group.columns.push_back(i);
        if (!group.columns.empty()) groups.push_back(std::move(group));
    }
    return groups;
}

bool is_grouped(const Header& header, std::size_t column) {
    for (const auto* groups : {&header.joins, &header.lookups})
        for (const Header::Group& group : *groups)
            if (std::find(group.columns.begin(), group.columns.end(), column) !=
                group.columns.end())
                return true;
    return false;
}

/// Gives each column its field; of two for one field the nearer name has it, two as near are a
/// fault.
void assign(Header& header, const plan::Ledger& ledger, const Mapping& mapping) {
    const KnownNames known = known_names(ledger);
    std::map<std::size_t, std::pair<std::size_t, int>> taken;  // field → column, rank
    header.fields.assign(header.names.size(), std::nullopt);
    header.powers.assign(header.names.size(), 0);
    header.joins = groups_of(mapping.joins, header, ledger);
    header.lookups = groups_of(mapping.lookups, header, ledger);
    for (std::size_t column = 0; column < header.names.size(); ++column) {
        if (header.names[column].empty() || is_grouped(header, column)) continue;
        auto found = found_in(header.names[column], known, ledger, mapping);
        // Of columns that only their headings tell apart a mapping may name one.
        if (!found && column < header.plain_names.size())
            found = found_in(header.plain_names[column], known, ledger, mapping);
        if (!found) continue;
        const auto [at, is_new] = taken.emplace(found->field, std::pair(column, found->rank));
        if (!is_new) {
            const auto [other, rank] = at->second;
            if (rank == found->rank)
                throw Failure(
                    Fault::input,
                    base::said("列“{}”和“{}”都是“{}”", "columns '{}' and '{}' are both '{}'",
                               header.names[other], header.names[column],
                               ledger.fields[found->field].name),
                    header.place(),
                    base::said("在 --map 文件里写明用哪一列", "say which one in a --map file"));
            if (rank < found->rank) continue;
            header.fields[other] = std::nullopt;
            at->second = {column, found->rank};
        }
        header.fields[column] = found->field;
        header.powers[column] = found->power;
    }
    header.ignored.clear();
    for (std::size_t column = 0; column < header.names.size(); ++column)
        if (!header.fields[column] && !header.names[column].empty() && !is_grouped(header, column))
            header.ignored.push_back(base::mask_id_numbers(header.names[column]));
}

std::string name_at(const sheet::RawRow& row, std::size_t column) {
    return column < row.cells.size() ? std::string(base::trim(row.cells[column].text))
                                     : std::string();
}

bool is_from_left(const sheet::RawRow& row, std::size_t column) {
    return column < row.cells.size() && row.cells[column].merged == sheet::Cell::Merged::from_left;
}

/// The names of a header's rows, the lower of two for a column; one that is said of several
/// columns, or only with the heading above it, comes with that heading.
class NamesOfRows {
public:
    NamesOfRows(const sheet::RawRow* first, const sheet::RawRow* last, const KnownNames& known,
                const plan::Ledger& ledger, const Mapping& mapping) {
        for (const sheet::RawRow* row = first; row <= last; ++row) add(*row);
        for (std::size_t i = 0; i < names.size(); ++i) {
            if (above_[i].empty() || names[i].empty()) continue;
            const bool twice = std::count(plain_.begin(), plain_.end(), plain_[i]) > 1;
            const bool known_alone = found_in(plain_[i], known, ledger, mapping).has_value();
            const bool known_whole =
                found_in(above_[i] + plain_[i], known, ledger, mapping).has_value();
            if (twice)
                names[i] = above_[i] + "/" + plain_[i];
            else if (!known_alone && known_whole)
                names[i] = above_[i] + plain_[i];
        }
        while (!names.empty() && names.back().empty()) names.pop_back();
    }

    const std::vector<std::string>& plain() const { return plain_; }
    std::vector<std::string> names;

private:
    void add(const sheet::RawRow& row) {
        const std::size_t width = std::max(names.size(), row.cells.size());
        names.resize(width);
        above_.resize(width);
        heading_.resize(width);
        std::string left;  // a heading that stands over several columns, if only by its place
        for (std::size_t i = 0; i < width; ++i) {
            const std::string name = name_at(row, i);
            if (!heading_[i].empty()) left = heading_[i];
            // A heading over several columns names the first, until a row below names each.
            const bool names_it = !name.empty() && !is_from_left(row, i);
            if (names_it && name != names[i]) {
                above_[i] = left;
                names[i] = name;
            }
        }
        for (std::size_t i = 0; i < width; ++i) heading_[i] = name_at(row, i);
        plain_ = names;
    }

    std::vector<std::string> above_, heading_, plain_;
};

/// A word of a row of units, below the names: 元, 人, （亩）.
bool is_unit_word(std::string text) {
    static const std::vector<std::string> words{"元", "万元", "千元",   "百元",  "亿元",   "人",
                                                "户", "个",   "亩",     "%",     "公斤",   "斤",
                                                "头", "只",   "平方米", "千瓦",  "千瓦时", "度",
                                                "岁", "月",   "元/月",  "元/年", "元/人",  "天"};
    text = compared_header(text);
    if (text.starts_with("单位:")) text = text.substr(std::string("单位:").size());
    if (text.starts_with("(") && text.ends_with(")")) text = text.substr(1, text.size() - 2);
    return std::find(words.begin(), words.end(), text) != words.end();
}

bool is_row_of_units(const sheet::RawRow& row) {
    std::size_t filled = 0, own = 0;
    for (std::size_t i = 0; i < row.cells.size(); ++i) {
        if (name_at(row, i).empty()) continue;
        ++filled;
        if (row.cells[i].merged != sheet::Cell::Merged::no) continue;
        if (row.cells[i].kind != sheet::Cell::Kind::text || !is_unit_word(name_at(row, i)))
            return false;
        ++own;
    }
    return own > 0 && filled > 0;
}

/// A row right below a row of the header that belongs to it: a merge reaches down into it, most of
/// what it says are names of fields, or it says their units.
bool goes_on_in(const sheet::RawRow& header, const sheet::RawRow& row, const plan::Ledger& ledger,
                const Mapping& mapping) {
    if (!row.fault_code.empty()) return false;
    for (std::size_t i = 0; i < row.cells.size(); ++i)
        if (row.cells[i].merged == sheet::Cell::Merged::from_above && !name_at(row, i).empty() &&
            name_at(row, i) == name_at(header, i))
            return true;
    const Hits hits = hits_of(row, ledger, mapping);
    return (hits.known > 0 && hits.known * 2 >= hits.filled) || is_row_of_units(row);
}

/// A row right above that names columns which the header leaves without a name.
bool begins_in(const sheet::RawRow& above, const sheet::RawRow& header, const plan::Ledger& ledger,
               const Mapping& mapping) {
    if (!above.fault_code.empty() || hits_of(above, ledger, mapping).known == 0) return false;
    const KnownNames known = known_names(ledger);
    for (std::size_t i = 0; i < above.cells.size(); ++i)
        if (name_at(header, i).empty() && !name_at(above, i).empty() &&
            found_in(name_at(above, i), known, ledger, mapping))
            return true;
    return false;
}

/// A row right above that tells columns of one name apart: 2023年 and 2024年 over 月工资 twice.
bool tells_apart(const sheet::RawRow& above, const sheet::RawRow& header) {
    if (!above.fault_code.empty()) return false;
    std::map<std::string, std::set<std::string>> headings;
    std::string left;
    for (std::size_t i = 0; i < header.cells.size(); ++i) {
        if (!name_at(above, i).empty()) left = name_at(above, i);
        if (!name_at(header, i).empty() && left != name_at(header, i))
            headings[compared_header(name_at(header, i))].insert(left);
    }
    return std::any_of(headings.begin(), headings.end(),
                       [](const auto& name) { return name.second.size() > 1; });
}

/// The place of the header's best row among the first; nothing where no row knows a field.
std::optional<std::size_t> best_row(const std::vector<sheet::RawRow>& rows,
                                    const plan::Ledger& ledger, const Mapping& mapping) {
    std::optional<std::size_t> best;
    std::size_t most = 0;
    for (std::size_t i = 0; i < rows.size(); ++i) {
        if (!rows[i].fault_code.empty()) continue;
        if (mapping.header_row && rows[i].line != *mapping.header_row) continue;
        const Hits hits = hits_of(rows[i], ledger, mapping);
        if (hits.known > most) {
            best = i;
            most = hits.known;
        }
        if (hits.known * 2 > hits.filled) break;
    }
    return best;
}

bool is_money_unit(std::string_view text) {
    return std::any_of(std::begin(money_units), std::end(money_units),
                       [&](const auto& unit) { return text == unit.first; });
}

/// The part of a text, as it is compared, that says a unit; empty where none does: what follows
/// 单位, what stands before 为单位, a unit alone or alone in brackets.
std::string where_unit_is_said(const std::string& text) {
    if (is_money_unit(text)) return text;
    for (const std::string word : {"单位:", "单位为", "单位是"})
        if (const std::size_t at = text.find(word); at != std::string::npos) {
            const std::string rest = text.substr(at + word.size());
            return rest.substr(0, rest.find(')'));
        }
    for (const auto& [unit, power] : money_units) {
        const std::string name(unit);
        if (text.find("单位" + name) != std::string::npos ||
            text.find("单位(" + name) != std::string::npos ||
            text.find(name + "为单位") != std::string::npos)
            return name;
    }
    for (std::size_t open = text.find('('); open != std::string::npos;
         open = text.find('(', open + 1)) {
        const std::string inside = text.substr(open + 1, text.find(')', open) - open - 1);
        if (is_money_unit(inside)) return inside;
    }
    return {};
}

/// Adds the unit that is said above the header, or below the names, to columns of money that do not
/// say their own.
void add_units(Header& header, const std::vector<std::string>& units, const plan::Ledger& ledger,
               const Mapping& mapping) {
    bool changed = false;
    for (std::size_t i = 0; i < header.names.size(); ++i) {
        if (i >= units.size() || units[i].empty() || units[i] == "元" || !header.fields[i] ||
            ledger.fields[*header.fields[i]].written_type != "money" ||
            name_with_unit(compared_header(header.names[i])))
            continue;
        if (units[i].find("、") != std::string::npos)
            throw Failure(
                Fault::input,
                base::said("文件写了金额单位是{}，没有写是哪几列",
                           "the file says its amounts are in {}, and not which of them", units[i]),
                header.place(),
                base::said("把单位写进各列的表头，如 月工资（元）",
                           "write the unit in the header of each column, as 月工资（元）"));
        header.names[i] += fmt::format("（{}）", units[i]);
        changed = true;
    }
    if (!changed) return;
    // A column that a mapping names keeps its field under its new name.
    const std::vector<std::optional<std::size_t>> fields = header.fields;
    assign(header, ledger, mapping);
    for (std::size_t i = 0; i < fields.size(); ++i) {
        if (header.fields[i] == fields[i]) continue;
        throw Failure(Fault::input,
                      base::said("文件写了金额单位不是元，而列“{}”另有含义",
                                 "the file says that its amounts are not in yuan, and column '{}' "
                                 "has a name of its own",
                                 header.names[i]),
                      header.place(), base::said("金额改按元填", "write the amounts in yuan"));
    }
}

}  // namespace

std::string compared_header(const std::string& header) {
    static const std::vector<std::pair<std::string, std::string>> plain{
        {"（", "("},    {"）", ")"},    {"／", "/"},    {"：", ":"},    {"　", ""},
        {"\u00A0", ""}, {"\uFEFF", ""}, {"＊", ""},     {"［", "["},    {"］", "]"},
        {"，", ","},    {"\u200B", ""}, {"\u200C", ""}, {"\u200D", ""}, {"\u200E", ""},
        {"\u200F", ""}, {"\u202A", ""}, {"\u202C", ""}, {"\u2060", ""}, {"\u00AD", ""},
        {"【", "["},    {"】", "]"}};
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

bool Header::is_of_template() const {
    for (std::size_t i = 0; i < plain_names.size(); ++i)
        if (fields[i] && plain_names[i].ends_with('*')) return true;
    return false;
}

bool Header::has(std::size_t field) const {
    const auto makes_it = [&](const Group& group) { return group.field == field; };
    return std::any_of(fields.begin(), fields.end(), [&](const auto& of) { return of == field; }) ||
           std::any_of(joins.begin(), joins.end(), makes_it) ||
           std::any_of(lookups.begin(), lookups.end(), makes_it);
}

base::Said Header::place() const {
    const base::Said table = sheet.empty() ? base::Said::as_is(file)
                                           : base::said("{} 工作表 {}", "{} sheet {}", file, sheet);
    return line == 0 ? table : base::said("{} 第 {} 行", "{} line {}", table, line);
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
    header.line = header.last_line = row.line;
    header.names = NamesOfRows(&row, &row, known_names(ledger), ledger, mapping).names;
    assign(header, ledger, mapping);
    return header;
}

Hits hits_of(const sheet::RawRow& row, const plan::Ledger& ledger, const Mapping& mapping) {
    const KnownNames known = known_names(ledger);
    std::vector<std::string> grouped;
    for (const auto* groups : {&mapping.joins, &mapping.lookups})
        for (const auto& [field, columns] : *groups)
            for (const std::string& column : columns) grouped.push_back(compared_header(column));
    Hits hits;
    for (std::size_t i = 0; i < row.cells.size(); ++i) {
        const std::string name = name_at(row, i);
        if (name.empty()) continue;
        ++hits.filled;
        const bool in_group =
            std::find(grouped.begin(), grouped.end(), compared_header(name)) != grouped.end();
        if (in_group || found_in(name, known, ledger, mapping)) ++hits.known;
    }
    return hits;
}

std::string unit_said(const std::string& text) {
    std::string compared = where_unit_is_said(compared_header(text));
    std::vector<std::string> units;
    for (const auto& [unit, power] : money_units)
        for (std::size_t found = compared.find(unit); found != std::string::npos;
             found = compared.find(unit)) {
            compared.erase(found, unit.size());
            if (units.empty() || units.back() != unit) units.emplace_back(unit);
        }
    return base::join(units, ",");
}

std::optional<Header> header_among(const std::vector<sheet::RawRow>& first_rows,
                                   const plan::Ledger& ledger, const Mapping& mapping,
                                   const std::string& file) {
    const auto best = best_row(first_rows, ledger, mapping);
    if (!best) return std::nullopt;
    std::size_t first = *best, last = *best;
    while (!mapping.header_row && first > 0 &&
           (begins_in(first_rows[first - 1], first_rows[first], ledger, mapping) ||
            tells_apart(first_rows[first - 1], first_rows[first])))
        --first;
    while (last + 1 < first_rows.size() &&
           goes_on_in(first_rows[last], first_rows[last + 1], ledger, mapping))
        ++last;
    std::size_t last_names = last;
    while (last_names > *best && is_row_of_units(first_rows[last_names])) --last_names;
    Header header;
    header.file = file;
    header.line = first_rows[first].line;
    header.last_line = first_rows[last].line;
    const NamesOfRows names(&first_rows[first], &first_rows[last_names], known_names(ledger),
                            ledger, mapping);
    header.names = names.names;
    header.plain_names = names.plain();
    if (first_rows[last].counts_cells) {
        for (std::size_t i = first; i <= last; ++i)
            header.width = std::max(header.width, first_rows[i].cells.size());
        header.names.resize(std::max(header.width, header.names.size()));
    }
    assign(header, ledger, mapping);
    std::set<std::string> above;
    const auto hear = [&](const std::string& text) {
        for (const std::string& unit : base::split(unit_said(text), ','))
            if (!unit.empty()) above.insert(unit);
    };
    hear(file);
    hear(first_rows[first].sheet);
    for (std::size_t i = 0; i < first; ++i)
        for (const sheet::Cell& cell : first_rows[i].cells) hear(cell.text);
    std::vector<std::string> units(
        header.names.size(),
        base::join(std::vector<std::string>(above.begin(), above.end()), "、"));
    for (std::size_t row = last_names + 1; row <= last; ++row)
        for (std::size_t i = 0; i < units.size(); ++i) {
            const std::string said = name_at(first_rows[row], i);
            const std::string alone = unit_said(said);
            const std::string unit = alone.empty() ? unit_said("(" + said + ")") : alone;
            if (!unit.empty()) units[i] = unit;
        }
    add_units(header, units, ledger, mapping);
    return header;
}

Header find_header(const std::vector<sheet::RawRow>& first_rows, const plan::Ledger& ledger,
                   const Mapping& mapping, const std::string& file) {
    if (auto header = header_among(first_rows, ledger, mapping, file)) return std::move(*header);
    if (mapping.header_row)
        throw Failure(
            Fault::input,
            base::said("第 {} 行没有台账“{}”的字段名",
                       "line {} holds no name of a field of ledger '{}'", *mapping.header_row,
                       ledger.name),
            file,
            base::said("核对 --map 文件里的 header_row", "look at header_row in the --map file"));
    throw Failure(
        Fault::input,
        base::said("开头几行没有台账“{}”的字段名",
                   "none of the first rows names a field of ledger '{}'", ledger.name),
        file,
        base::said(
            "写上表头（字段名或标题），或在 --map 文件里写明各列",
            "write a header of its field names or titles, or say the columns in a --map file"));
}

}  // namespace zs::intake
