#include "intake/row.h"

#include <algorithm>
#include <optional>

#include <fmt/format.h>

#include "base/failure.h"
#include "base/identity.h"
#include "base/text.h"
#include "intake/row_expression.h"
#include "plan/window.h"

namespace zs::intake {

using plan::is_null;

namespace {

/// The code that a list has for a sex: by code, title or also.
std::optional<std::string> sex_code(const plan::CodeList& list, char sex) {
    const std::vector<std::string> names = sex == 'm'
                                               ? std::vector<std::string>{"m", "male", "男", "1"}
                                               : std::vector<std::string>{"f", "female", "女", "2"};
    for (const std::string& name : names)
        for (const plan::Code& code : list.codes)
            if (code.code == name || code.title == name ||
                std::find(code.also.begin(), code.also.end(), name) != code.also.end())
                return code.code;
    return std::nullopt;
}

std::string shown(const plan::Field& field) {
    return field.title.empty() ? field.name : field.title;
}

/// A column as messages say it.
std::string column_named(const plan::Field& field) {
    return fmt::format("'{}' ({})", field.name, shown(field));
}

bool is_needed(const plan::Ledger& ledger, const plan::Field& field) {
    const auto& key = ledger.key;
    return field.required || (field.built_in && field.name == "division") ||
           std::find(key.begin(), key.end(), field.name) != key.end() ||
           field.name == ledger.period_field();
}

/// Names as they are compared: without white space.
std::string bare_name(const std::string& name) {
    std::string bare;
    for (std::size_t at = 0; at < name.size();) {
        if (name.compare(at, 3, "\u3000") == 0)
            at += 3;
        else if (name[at] == ' ' || name[at] == '\n' || name[at] == '\t')
            ++at;
        else
            bare += name[at++];
    }
    return bare;
}

bool has_fault(const ReadRow& row, const std::string& field) {
    return std::any_of(row.faults.begin(), row.faults.end(),
                       [&](const Reason& reason) { return reason.field == field; });
}

}  // namespace

bool is_registry(const plan::Model& model, const plan::Ledger& ledger) {
    const plan::Grain* grain = model.grain(ledger.grain);
    return grain != nullptr && grain->form == plan::Grain::Form::registry &&
           grain->ledger == ledger.name;
}

std::optional<std::size_t> id_number_field(const plan::Ledger& ledger) {
    for (std::size_t i = 0; i < ledger.fields.size(); ++i)
        if (ledger.fields[i].written_type == "id_number") return i;
    return std::nullopt;
}

plan::Value period_value(const plan::Model& model, const plan::Ledger& ledger, base::Month month) {
    switch (ledger.period) {
        case plan::Period::month:
            return month;
        case plan::Period::date:
            return base::first_day(month);
        case plan::Period::year:
        case plan::Period::calendar_year:
            return plan::label_of(ledger.period, month, model.calendar);
        case plan::Period::school_term:
            return base::Term::of_month(month);
        case plan::Period::span:
            break;
    }
    if (ledger.span_by_days) return base::first_day(month);
    return month;
}

std::vector<std::string> missing_columns(const Reading& reading, const Header& header) {
    const plan::Ledger& ledger = reading.ledger;
    std::optional<std::size_t> key, id;
    if (is_registry(reading.model, ledger)) {
        key = ledger.index_of(ledger.grain);
        id = id_number_field(ledger);
    }
    const auto period = ledger.index_of(ledger.period_field());
    const auto filled_otherwise = [&](std::size_t field) {
        if (reading.mapping.values.contains(ledger.fields[field].name)) return true;
        if (field == period) return reading.month.has_value();
        if (field == key) return id && header.has(*id);
        if (field == id) return key && header.has(*key);
        return !ledger.fields[field].derive.empty();
    };
    std::vector<std::string> missing;
    for (std::size_t i = 0; i < ledger.fields.size(); ++i) {
        const plan::Field& field = ledger.fields[i];
        if (!is_needed(ledger, field) || header.has(i) || filled_otherwise(i)) continue;
        // Without its period nothing else of a file matters.
        missing.insert(i == period ? missing.begin() : missing.end(), column_named(field));
    }
    return missing;
}

RowReader::RowReader(const Reading& reading, Header header)
    : reading_(reading), header_(std::move(header)) {
    const plan::Ledger& ledger = reading_.ledger;
    if (is_registry(reading_.model, ledger)) {
        key_field_ = ledger.index_of(ledger.grain);
        id_field_ = id_number_field(ledger);
    }
    period_field_ = ledger.index_of(ledger.period_field());
    check_columns();
    if (!reading_.mapping.lookups.empty() && reading_.places != nullptr)
        for (const plan::Division& place : *reading_.places) {
            const std::string name = bare_name(place.name);
            if (names_[place.code].insert(name).second) places_.emplace(name, place.code);
        }
    make_readers();
}

bool RowReader::needed(const plan::Field& field) const { return is_needed(reading_.ledger, field); }

void RowReader::check_columns() const {
    const std::vector<std::string> missing = missing_columns(reading_, header_);
    if (missing.empty()) return;
    if (period_field_ && missing.front() == column_named(reading_.ledger.fields[*period_field_]))
        throw base::Failure(
            base::Fault::input,
            base::said("文件没有列 {}", "the file has no column {}", missing.front()),
            header_.place(), base::said("用 --month 写明月份", "say the month with --month"));
    throw base::Failure(
        base::Fault::input,
        base::said("文件没有列 {}", "the file has no column {}", base::join(missing, ", ")),
        header_.place(),
        base::said("补上，或在 --map 文件里写明是哪一列",
                   "add it, or say in a --map file which column it is"));
}

void RowReader::make_readers() {
    readers_.clear();
    for (std::size_t column = 0; column < header_.fields.size(); ++column)
        readers_.push_back(header_.fields[column] ? std::optional(reader_of(*header_.fields[column],
                                                                            header_.powers[column]))
                                                  : std::nullopt);
    for (const auto* groups : {&header_.joins, &header_.lookups})
        for (const Header::Group& group : *groups)
            group_readers_.emplace(group.field, reader_of(group.field, 0));
    for (const auto& [name, value] : reading_.mapping.values) {
        const std::size_t field = reading_.ledger.index_of(name).value();
        set_readers_.emplace(field, reader_of(field, 0));
    }
}

CellReader RowReader::reader_of(std::size_t field, int power) const {
    CellReader::Context context{
        reading_.model, reading_.ledger, reading_.keys, reading_.divisions, {}, reading_.zone,
        power};
    const plan::Field& of = reading_.ledger.fields[field];
    if (const auto labels = reading_.mapping.codes.find(of.name);
        labels != reading_.mapping.codes.end())
        context.code_labels.insert(labels->second.begin(), labels->second.end());
    return {of, std::move(context)};
}

ReadRow RowReader::read(const sheet::RawRow& raw, const std::vector<std::string>& late_names) {
    if (raw.cells.size() > header_.names.size() && !late_names.empty()) {
        // JSON: keys that the first objects lacked are further columns, from this row on.
        header_.extend(
            {late_names.begin() + static_cast<std::ptrdiff_t>(late_taken_), late_names.end()},
            reading_.ledger, reading_.mapping);
        late_taken_ = late_names.size();
        make_readers();
    }
    ReadRow row;
    row.line = raw.line;
    row.values.resize(reading_.ledger.fields.size());
    if (!raw.fault_code.empty()) {
        // Which cell is of which column nobody knows, or it is no subject's row.
        row.faults.push_back({raw.fault_code, "", told(reading_.model, raw.fault)});
        return row;
    }
    read_cells(raw, row);
    read_groups(raw, row);
    fill_set(row);
    derive(row);
    make_key(row);
    fill_period(row);
    require(row);
    hold_if_empty(row);
    check(row);
    return row;
}

void RowReader::read_cells(const sheet::RawRow& raw, ReadRow& row) const {
    for (std::size_t column = 0; column < raw.cells.size(); ++column) {
        if (column >= readers_.size()) {
            if (base::trim(raw.cells[column].text).empty()) continue;
            row.faults.push_back(
                {"columns", "",
                 told(reading_.model, base::said("这一行比表头多出单元格",
                                                 "the row has more cells than the header"))});
            break;
        }
        if (!readers_[column]) continue;
        keep(header_.fields[column].value(), readers_[column]->read(raw.cells[column]), row);
    }
}

void RowReader::read_groups(const sheet::RawRow& raw, ReadRow& row) const {
    const auto filled = [&](const Header::Group& group) {
        std::vector<std::string> texts;
        for (const std::size_t column : group.columns) {
            if (column >= raw.cells.size()) continue;
            const sheet::Cell& cell = raw.cells[column];
            const std::string text(base::trim(cell.shown.empty() ? cell.text : cell.shown));
            if (!text.empty()) texts.push_back(text);
        }
        return texts;
    };
    for (const Header::Group& join : header_.joins) {
        const std::vector<std::string> texts = filled(join);
        if (texts.empty()) continue;
        keep(join.field,
             group_readers_.at(join.field).read({sheet::Cell::Kind::text, base::join(texts, ";")}),
             row);
    }
    for (const Header::Group& lookup : header_.lookups)
        if (const std::vector<std::string> names = filled(lookup); !names.empty())
            keep(lookup.field, looked_up(lookup.field, names), row);
}

/// The division of the last name, below those of the names before it; of several the one in which
/// the delivery's division lies.
CellResult RowReader::looked_up(std::size_t field, const std::vector<std::string>& names) const {
    const plan::Field& of = reading_.ledger.fields[field];
    const auto against = [&](const base::Said& say) {
        CellResult result;
        result.reason = Reason{"division", of.name, told(reading_.model, of, say)};
        return result;
    };
    std::set<std::string> found, near;
    const auto [first, last] = places_.equal_range(bare_name(names.back()));
    for (auto place = first; place != last; ++place) {
        const std::string& code = place->second;
        std::size_t next = 0;
        for (const plan::Level& level : reading_.model.levels) {
            const auto digits = static_cast<std::size_t>(level.digits);
            if (digits >= code.size() || next + 1 >= names.size()) continue;
            const auto above = names_.find(code.substr(0, digits));
            if (above != names_.end() && above->second.contains(bare_name(names[next]))) ++next;
        }
        if (next + 1 != names.size()) continue;
        found.insert(code);
        if (code.starts_with(reading_.division)) near.insert(code);
    }
    const std::set<std::string>& fit = near.empty() ? found : near;
    if (fit.empty())
        return against(base::said("没有这样名称的地方，请核对省、市、县、乡、村的名称",
                                  "no place has this name; check the names of province, "
                                  "city, county, town and village"));
    if (fit.size() > 1)
        return against(base::said("同名的地方不止一个，请填行政区划代码",
                                  "several places have this name; enter the division's code"));
    return group_readers_.at(field).read({sheet::Cell::Kind::text, *fit.begin()});
}

void RowReader::fill_set(ReadRow& row) const {
    for (const auto& [field, reader] : set_readers_) {
        const std::string& name = reading_.ledger.fields[field].name;
        if (!is_null(row.values[field]) || has_fault(row, name)) continue;
        keep(field, reader.read({sheet::Cell::Kind::text, reading_.mapping.values.at(name)}), row);
    }
}

void RowReader::keep(std::size_t field, CellResult result, ReadRow& row) const {
    const plan::Field& of = reading_.ledger.fields[field];
    if (result.reason) row.faults.push_back(*result.reason);
    if (result.masked)
        row.warnings.push_back(
            {"masked", of.name,
             told(reading_.model, of,
                  base::said("含有身份证号，已遮盖", "contained an ID number, which was masked"))});
    if (result.by_number) row.by_number.insert(field);
    if (result.stored_key) row.stored_keys.insert(field);
    if (!result.identity.empty() && of.is_identity())
        row.identities.push_back({field, result.identity});
    if (!result.identity.empty() && field == key_field_ && id_field_ && !header_.has(*id_field_)) {
        row.values[*id_field_] = result.value;
        row.identities.push_back({*id_field_, result.identity});
    }
    row.values[field] = std::move(result.value);
}

void RowReader::derive(ReadRow& row) const {
    for (std::size_t i = 0; i < reading_.ledger.fields.size(); ++i) {
        const plan::Field& field = reading_.ledger.fields[i];
        if (field.derive.empty()) continue;
        const auto from = reading_.ledger.index_of(field.derive_field);
        const auto identity = std::find_if(row.identities.begin(), row.identities.end(),
                                           [&](const auto& each) { return each.field == from; });
        if (identity == row.identities.end()) continue;
        if (field.derive_function == "id_birth") {
            if (const auto birth = base::birth_of(identity->plain)) row.values[i] = *birth;
        } else if (const auto sex = base::sex_of(identity->plain)) {
            const plan::CodeList* list = reading_.model.code_list(field.type.of);
            const auto code =
                list == nullptr ? std::string(1, *sex) : sex_code(*list, *sex).value_or("");
            if (!code.empty()) row.values[i] = code;
        }
    }
}

void RowReader::make_key(ReadRow& row) const {
    if (!key_field_ || !id_field_ || !is_null(row.values[*key_field_]) ||
        is_null(row.values[*id_field_]))
        return;
    if (has_fault(row, reading_.ledger.fields[*key_field_].name)) return;
    row.values[*key_field_] = row.values[*id_field_];
    row.by_number.insert(*key_field_);
}

void RowReader::fill_period(ReadRow& row) const {
    const std::string& name = reading_.ledger.period_field();
    if (period_field_ && reading_.month && is_null(row.values[*period_field_]) &&
        !has_fault(row, name))
        row.values[*period_field_] = period_value(reading_.model, reading_.ledger, *reading_.month);
    if (reading_.ledger.period != plan::Period::date) return;
    const auto month = reading_.ledger.index_of("month");
    if (!month || !reading_.ledger.fields[*month].built_in) return;
    if (const auto* date = std::get_if<base::Date>(&row.values[*period_field_]))
        row.values[*month] = date->month();
}

/// In a ledger owed by subjects a row of key and period, all else empty, says that there was
/// nothing.
bool RowReader::says_nothing(const ReadRow& row) const {
    const plan::Ledger& ledger = reading_.ledger;
    if (!ledger.delivery || ledger.delivery->by_level || !row.faults.empty()) return false;
    for (std::size_t i = 0; i < row.values.size(); ++i) {
        const std::string& name = ledger.fields[i].name;
        const bool of_key =
            i == period_field_ || ledger.fields[i].built_in ||
            std::find(ledger.key.begin(), ledger.key.end(), name) != ledger.key.end();
        if (!of_key && !is_null(row.values[i])) return false;
    }
    return true;
}

void RowReader::require(ReadRow& row) const {
    const bool nothing = says_nothing(row);
    for (std::size_t i = 0; i < reading_.ledger.fields.size(); ++i) {
        const plan::Field& field = reading_.ledger.fields[i];
        if (nothing && field.required && !field.built_in &&
            std::find(reading_.ledger.key.begin(), reading_.ledger.key.end(), field.name) ==
                reading_.ledger.key.end())
            continue;
        if (!needed(field) || !is_null(row.values[i]) || has_fault(row, field.name)) continue;
        // A part of the key that the pack does not require may be empty (a household's income of no
        // one member).
        if (!field.required && !field.built_in && field.name != reading_.ledger.period_field())
            continue;
        // A name leaves no value: it is there if the vault gets it.
        if (std::any_of(row.identities.begin(), row.identities.end(),
                        [&](const auto& each) { return each.field == i; }))
            continue;
        if (i == id_field_ && key_field_ && !header_.has(i)) continue;
        if (i == key_field_ && id_field_ && has_fault(row, reading_.ledger.fields[*id_field_].name))
            continue;
        row.faults.push_back(
            {"required", field.name,
             told(reading_.model, field, base::said("必填", "must be filled in"))});
    }
    const auto ended = reading_.ledger.index_of("ended");
    if (reading_.ledger.period != plan::Period::span || !ended || is_null(row.values[*ended]) ||
        is_null(row.values[*period_field_]))
        return;
    if (row.values[*ended] < row.values[*period_field_])
        row.faults.push_back(
            {reading_.ledger.span_by_days ? "date" : "month", "ended",
             told(reading_.model, base::said("终止早于起始", "the end is before the start"))});
}

/// A row of a template with key and period and nothing else is one that nobody filled in: it makes
/// no fact. Where the ledger has nothing else to fill in, or such a row says that there was
/// nothing, it stands; so does one of any other file, which somebody wrote.
void RowReader::hold_if_empty(ReadRow& row) const {
    const plan::Ledger& ledger = reading_.ledger;
    if (!header_.is_of_template() || ledger.key.empty() ||
        (ledger.delivery && !ledger.delivery->by_level))
        return;
    const auto is_missing = [](const Reason& fault) { return fault.code == "required"; };
    if (!std::all_of(row.faults.begin(), row.faults.end(), is_missing)) return;
    bool could_be_filled = false;
    for (std::size_t i = 0; i < row.values.size(); ++i) {
        const plan::Field& field = ledger.fields[i];
        const bool of_delivery =
            field.name == "batch" || field.name == "entered_by" || field.name == "entered_at";
        const bool of_key =
            i == period_field_ || i == key_field_ || ledger.is_months_of_dates(field.name) ||
            std::find(ledger.key.begin(), ledger.key.end(), field.name) != ledger.key.end();
        if (of_delivery || of_key || !field.derive.empty()) continue;
        if (!is_null(row.values[i])) return;
        could_be_filled = could_be_filled || field.name != "ended";
    }
    if (!row.identities.empty() || !could_be_filled) return;
    // What is missing is all of it.
    row.faults = {
        {"empty", "",
         told(reading_.model, base::said("除主键和时期外都没有填",
                                         "nothing but the key and the period is filled in"))}};
}

/// The month of the delivery; without one, the last of the row's own period.
std::optional<base::Month> RowReader::month_of(const ReadRow& row) const {
    if (reading_.month || !period_field_) return reading_.month;
    const plan::Value& period = row.values[*period_field_];
    if (const auto* month = std::get_if<base::Month>(&period)) return *month;
    if (const auto* date = std::get_if<base::Date>(&period)) return date->month();
    if (const auto* term = std::get_if<base::Term>(&period))
        return plan::months_of_label(reading_.ledger.period, term->index, reading_.model.calendar)
            .last;
    if (const auto* year = std::get_if<std::int64_t>(&period))
        return plan::months_of_label(reading_.ledger.period, *year, reading_.model.calendar).last;
    return std::nullopt;
}

/// The row's own division, else that of the delivery.
std::string RowReader::division_of(const ReadRow& row) const {
    const auto field = reading_.ledger.index_of("division");
    if (!field || is_null(row.values[*field])) return reading_.division;
    return std::get<std::string>(row.values[*field]);
}

/// A check is judged only where what it reads could be read.
void RowReader::check(ReadRow& row) const {
    if (reading_.ledger.checks.empty()) return;
    const RowValues values{reading_.model, reading_.ledger, row.values, month_of(row),
                           division_of(row)};
    std::set<std::string> unread;
    for (const Reason& fault : row.faults) unread.insert(fault.field);
    for (const plan::RowCheck& check : reading_.ledger.checks) {
        bool can_be_judged = true;
        plan::visit(*check.that, [&](const plan::Expression& part) {
            if (part.node == plan::Expression::Node::field && unread.contains(part.name))
                can_be_judged = false;
        });
        if (!can_be_judged) continue;
        const plan::Value passed = evaluated(*check.that, values);
        const bool* known = std::get_if<bool>(&passed);
        if (known == nullptr || *known) continue;
        (check.reject ? row.faults : row.warnings)
            .push_back({"check", "", base::mask_id_numbers(sentence(check.say, values))});
    }
}

}  // namespace zs::intake
