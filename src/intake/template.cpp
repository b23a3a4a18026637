#include "intake/template.h"

#include <algorithm>
#include <map>

#include <fmt/format.h>

#include "base/identity.h"
#include "base/text.h"
#include "guard/vault.h"
#include "intake/import.h"
#include "lake/divisions.h"
#include "sheet/workbook.h"

namespace zs::intake {

using base::Failure;
using base::Fault;
using Cells = std::vector<std::optional<std::string>>;

namespace {

constexpr const char* name_column = "姓名（仅供核对）";
constexpr const char* village_column = "所在地（仅供核对）";
constexpr const char* choices_sheet = "可选对象";

/// Columns of a template: what people fill in.
std::vector<const plan::Field*> filled_in(const plan::Ledger& ledger) {
    std::vector<const plan::Field*> fields;
    for (const plan::Field& field : ledger.fields) {
        const bool of_batch =
            field.name == "batch" || field.name == "entered_by" || field.name == "entered_at";
        const bool computed = !field.derive.empty() || (ledger.period == plan::Period::date &&
                                                        field.built_in && field.name == "month");
        if (!of_batch && !computed) fields.push_back(&field);
    }
    return fields;
}

std::string heading(const plan::Ledger& ledger, const plan::Field& field) {
    const bool in_key =
        std::find(ledger.key.begin(), ledger.key.end(), field.name) != ledger.key.end();
    return (field.title.empty() ? field.name : field.title) + (field.required || in_key ? "*" : "");
}

/// What a drop-down of a field offers.
std::vector<std::string> choices_of(const plan::Model& model, const plan::Field& field) {
    if (field.type.kind == plan::Kind::boolean) return {"是", "否"};
    std::vector<std::string> choices;
    if (const plan::CodeList* list =
            field.type.kind == plan::Kind::code ? model.code_list(field.type.of) : nullptr)
        for (const plan::Code& code : list->codes) choices.push_back(code.title);
    return choices;
}

/// The sheet lists nobody by itself: a row of a whole list says that its subject is on it, one of a
/// day that there was such a day.
bool starts_empty(const plan::Ledger& ledger) {
    return ledger.whole || ledger.period == plan::Period::date;
}

/// One who may stand in a row.
struct Subject {
    std::string key;
    std::string name;   ///< masked; of a household without one those of its members
    std::string place;  ///< the division's name
};

/// SQL: the rows of a registry in force in the month, or open where none is said; of each key the
/// last.
std::string in_force(const lake::Snapshot& snapshot, const plan::Model& model,
                     const plan::Grain& grain, std::optional<base::Month> month) {
    const plan::Ledger& registry = *model.ledger(grain.ledger);
    const std::string mark = !month ? ""
                             : registry.span_by_days
                                 ? fmt::format("date '{}'", base::text(base::last_day(*month)))
                                 : std::to_string(month->index);
    const std::string open =
        month ? fmt::format("\"since\" <= {0} and (\"ended\" is null or \"ended\" > {0})", mark)
              : "\"ended\" is null";
    return fmt::format(
        "select * from ({}) where {} qualify row_number() over (partition by {} order by \"since\" "
        "desc) = 1",
        lake::relation(snapshot, model, registry), open, engine::quoted(grain.key[0]));
}

const plan::Grain* registry_grain(const plan::Model& model, const std::string& name) {
    const plan::Grain* grain = model.grain(name);
    return grain != nullptr && grain->form == plan::Grain::Form::registry ? grain : nullptr;
}

/// The field with a subject's name; empty without one.
std::string name_field(const plan::Ledger& registry) {
    for (const plan::Field& field : registry.fields)
        if (field.written_type == "name") return field.name;
    return "";
}

class SubjectList {
public:
    SubjectList(const Stores& stores, const plan::Model& model, std::optional<base::Month> month)
        : stores_(stores),
          model_(model),
          month_(month),
          snapshot_(lake::take(stores.record, stores.lake)),
          divisions_(lake::divisions(stores.record)),
          engine_(engine::Connection::open(stores.engine)) {
        for (const plan::Division& division : divisions_) names_[division.code] = division.name;
    }

    /// By village, then key.
    std::vector<Subject> of(const plan::Grain& grain, const std::string& division) {
        std::vector<Subject> subjects;
        const plan::Ledger& registry = *model_.ledger(grain.ledger);
        engine_.stream(
            fmt::format("select {}, _division from ({}) t where {} order by _division, 1",
                        engine::quoted(grain.key[0]),
                        lake::with_division(snapshot_, model_, registry,
                                            in_force(snapshot_, model_, grain, month_)),
                        lake::lies_in("t._division", division, divisions_)),
            [&](const std::vector<engine::Cell>& row) {
                subjects.push_back({row[0].value(), "", names_[row[1].value_or("")]});
            });
        const std::string field = name_field(registry);
        if (field.empty()) {
            name_by_members(grain, subjects);
            return subjects;
        }
        for (Subject& subject : subjects) subject.name = shown(grain.name, subject.key, field);
        return subjects;
    }

private:
    std::string shown(const std::string& grain, const std::string& key, const std::string& field) {
        const auto name = guard::revealed(stores_.record, stores_.keys, {grain, key, field});
        return name ? base::masked_name(*name) : "";
    }

    /// Those below who have a name, the first few of each.
    void name_by_members(const plan::Grain& grain, std::vector<Subject>& subjects) {
        constexpr int members_max = 4;
        for (const plan::Grain& member : model_.grains) {
            if (member.form != plan::Grain::Form::registry || member.parent.empty() ||
                member.parent_grain != grain.name)
                continue;
            const std::string field = name_field(*model_.ledger(member.ledger));
            if (field.empty()) continue;
            std::map<std::string, std::vector<std::string>> members;
            engine_.stream(
                fmt::format("select {0}, {1} from ({2}) m where {0} is not null order by 1, 2",
                            engine::quoted(member.parent), engine::quoted(member.key[0]),
                            in_force(snapshot_, model_, member, month_)),
                [&](const std::vector<engine::Cell>& row) {
                    auto& keys = members[row[0].value()];
                    if (keys.size() < members_max) keys.push_back(row[1].value());
                });
            for (Subject& subject : subjects) {
                std::vector<std::string> names;
                for (const std::string& key : members[subject.key])
                    if (const std::string name = shown(member.name, key, field); !name.empty())
                        names.push_back(name);
                subject.name = base::join(names, "、");
            }
            return;
        }
    }

    const Stores& stores_;
    const plan::Model& model_;
    std::optional<base::Month> month_;
    lake::Snapshot snapshot_;
    std::vector<plan::Division> divisions_;
    engine::Connection engine_;
    std::map<std::string, std::string> names_;
};

/// Who may stand in the ledger's rows: nobody in a registry of its own.
std::vector<Subject> subjects_of(const Stores& stores, const plan::Model& model,
                                 const plan::Ledger& ledger, const std::string& division,
                                 std::optional<base::Month> month) {
    const record::Reading of_one_moment(stores.record);
    const plan::Grain* grain = registry_grain(model, ledger.grain);
    if (grain == nullptr || is_registry(model, ledger)) return {};
    return SubjectList(stores, model, month).of(*grain, division);
}

std::string title_of(const plan::Ledger& ledger) {
    constexpr int characters_max = 31;  // of a sheet's name
    return ledger.title.empty() || base::characters(ledger.title) > characters_max ? ledger.name
                                                                                   : ledger.title;
}

/// The row of one subject: its key and period, and by what it is found.
Cells row_of(const plan::Model& model, const plan::Ledger& ledger,
             const std::vector<const plan::Field*>& fields, const Subject& subject,
             std::optional<base::Month> month) {
    Cells row;
    for (const plan::Field* field : fields) {
        row.emplace_back();
        if (month && field->name == ledger.period_field())
            row.back() = plan::text(period_value(model, ledger, *month));
        if (field->name != ledger.grain) continue;
        row.back() = subject.key;
        row.emplace_back(subject.name);
        row.emplace_back(subject.place);
    }
    return row;
}

}  // namespace

bool is_finding_column(const std::string& name) {
    return name == name_column || name == village_column;
}

Template write_template(const Stores& stores, const plan::Model& model, const std::string& name,
                        const std::string& division, std::optional<base::Month> month,
                        const std::filesystem::path& file) {
    const plan::Ledger* ledger = model.ledger(name);
    if (ledger == nullptr || ledger->built_in)
        throw Failure(
            Fault::input,
            base::said("没有台账“{}”，做不了填报表", "there is no ledger '{}' to fill in", name),
            "", base::said("查看：zengshou plan check", "look at `zengshou plan check`"));
    const auto known =
        stores.record.first("select 1 from division where code = :code limit 1", {division});
    if (!known)
        throw Failure(Fault::input,
                      base::said("没有区划“{}”", "there is no division '{}'", division),
                      "--division", base::said("核对区划代码", "look at the divisions' codes"));
    const std::vector<const plan::Field*> fields = filled_in(*ledger);
    const std::vector<Subject> subjects = subjects_of(stores, model, *ledger, division, month);
    const bool listed = !subjects.empty() && !starts_empty(*ledger);
    sheet::Workbook book(file);
    book.add_sheet(title_of(*ledger));
    constexpr int spare_rows = 500;
    const int last_row = static_cast<int>(subjects.size()) + spare_rows;
    Cells header;
    for (const plan::Field* field : fields) {
        const int column = static_cast<int>(header.size());
        if (const auto choices = choices_of(model, *field); !choices.empty())
            book.add_choices(column, 1, last_row, choices);
        header.emplace_back(heading(*ledger, *field));
        if (field->name != ledger->grain || subjects.empty()) continue;
        if (listed) {
            header.emplace_back(name_column);
            header.emplace_back(village_column);
            continue;
        }
        std::vector<std::string> keys;
        for (const Subject& subject : subjects) keys.push_back(subject.key);
        book.add_choices(column, 1, last_row, keys);
    }
    book.add_row(header, true);
    if (listed) {
        for (const Subject& subject : subjects)
            book.add_row(row_of(model, *ledger, fields, subject, month));
    } else if (!subjects.empty()) {
        // Its columns are no field's: it is not read when the workbook comes back.
        book.add_sheet(choices_sheet);
        book.add_row({"编号（供选用）", name_column, village_column}, true);
        for (const Subject& subject : subjects)
            book.add_row({subject.key, subject.name, subject.place});
    }
    book.close();
    return {.subjects = static_cast<std::int64_t>(subjects.size()),
            .to_choose = starts_empty(*ledger)};
}

}  // namespace zs::intake
