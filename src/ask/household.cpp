#include "ask/household.h"

#include <algorithm>

#include <fmt/format.h>

#include "ask/column_title.h"
#include "ask/tokens.h"
#include "base/failure.h"
#include "base/identity.h"
#include "base/text.h"
#include "compile/program.h"
#include "compile/sql.h"
#include "guard/vault.h"
#include "lake/divisions.h"
#include "run/computation.h"
#include "run/keep.h"

namespace zs::ask {

namespace fs = std::filesystem;

namespace {

using Cells = std::vector<engine::Cell>;

/// A cell of the lake as results print it.
std::optional<std::string> shown(const plan::Field& field, const engine::Cell& cell,
                                 const plan::Model& model) {
    if (!cell) return std::nullopt;
    switch (field.type.kind) {
        case plan::Kind::month:
            return base::text(base::Month{std::stoi(*cell)});
        case plan::Kind::term:
            return base::text(base::Term{std::stoi(*cell)});
        case plan::Kind::codes: {
            const plan::CodeList* list = model.code_list(field.type.of);
            const auto mask = static_cast<std::uint64_t>(std::stoll(*cell));
            std::vector<std::string> codes;
            for (std::size_t bit = 0; list != nullptr && bit < list->codes.size(); ++bit)
                if (((mask >> bit) & 1u) != 0) codes.push_back(list->codes[bit].code);
            return base::join(codes, ";");
        }
        default:
            return cell;
    }
}

/// The first letter and stars for a name; all but the last four figures for the rest.
std::string masked(const plan::Field& field, const std::string& plain) {
    if (field.written_type == "id_number") return base::masked(plain);
    if (field.written_type == "name") return base::masked_name(plain);
    const std::size_t hidden = plain.size() > 4 ? plain.size() - 4 : plain.size();
    return std::string(hidden, '*') + plain.substr(hidden);
}

class HouseholdReader {
public:
    HouseholdReader(const Runs& runs, const fs::path& lake, const plan::Model& model,
                    const Showing& showing)
        : runs_(runs), model_(model), showing_(showing), own_(*model.grain("household")) {
        inputs_.month = model.last;
        if (const auto latest =
                runs.record.first("select run, month from run order by seq desc limit 1")) {
            answer_.run = latest->text(0);
            inputs_.month = {static_cast<std::int32_t>(latest->integer(1))};
        }
        inputs_.lake = lake::take(runs.record, lake);
        inputs_.divisions = lake::divisions(runs.record);
        answer_.month = inputs_.month;
        connection_.emplace(run::open_inputs(model, inputs_, {}));
        for (const plan::Grain& grain : model.grains)
            if (grain.form == plan::Grain::Form::registry && !grain.every &&
                grain.parent_grain == own_.name)
                member_grains_.push_back(&grain);
    }

    Household read(const std::string& asked) {
        answer_.household = key_of(asked);
        add_own();
        for (const plan::Division& division : inputs_.divisions)
            if (division.code == answer_.division) answer_.name = division.name;
        for (const plan::Grain* grain : member_grains_) add_members(*grain);
        for (const plan::Ledger& ledger : model_.ledgers)
            if (!ledger.built_in) add_rows(ledger);
        if (!answer_.run.empty()) add_results();
        add_held();
        return std::move(answer_);
    }

private:
    const plan::Ledger& registry(const plan::Grain& grain) const {
        return *model_.ledger(grain.ledger);
    }

    /// The rows of a register that say how each subject is at the end of the month.
    std::string lasts(const plan::Grain& grain) const {
        const plan::Ledger& ledger = registry(grain);
        return fmt::format(
            "select * from {} where \"since\" <= {} qualify row_number() over (partition by {} "
            "order by \"since\" desc) = 1",
            compile::quoted(compile::input_view(ledger.name)), now(ledger),
            compile::quoted(grain.key[0]));
    }

    std::string in_force(const plan::Grain& grain) const {
        return fmt::format("select * from ({}) r where \"ended\" is null or \"ended\" > {}",
                           lasts(grain), now(registry(grain)));
    }

    /// The end of the month, as spans of the ledger are written.
    std::string now(const plan::Ledger& ledger) const {
        return ledger.span_by_days
                   ? fmt::format("date '{}'", base::text(base::last_day(inputs_.month)))
                   : std::to_string(inputs_.month.index);
    }

    /// The one cell of the first row, or nothing.
    std::optional<std::string> one(const std::string& sql) {
        const engine::Rows rows = connection_->query(sql);
        return rows.cells.empty() ? std::nullopt : rows.cells[0][0];
    }

    std::optional<std::string> found_in(const plan::Grain& grain, const std::string& wanted,
                                        const std::string& value, bool by_number) {
        const plan::Ledger& ledger = registry(grain);
        std::string field = grain.key[0];
        if (by_number) {
            const auto id =
                std::find_if(ledger.fields.begin(), ledger.fields.end(),
                             [](const plan::Field& f) { return f.written_type == "id_number"; });
            if (id == ledger.fields.end()) return std::nullopt;
            field = id->name;
        }
        return one(fmt::format("select {} from ({}) r where {} = {} limit 1",
                               compile::quoted(wanted), lasts(grain), compile::quoted(field),
                               engine::literal(value)));
    }

    std::string key_of(const std::string& asked) {
        const bool by_number = base::is_id_number(asked);
        const std::string value =
            by_number ? guard::token(showing_.keys, "id_number", asked) : asked;
        if (const auto key = found_in(own_, own_.key[0], value, by_number)) return *key;
        for (const plan::Grain* grain : member_grains_)
            if (const auto key = found_in(*grain, grain->parent, value, by_number)) return *key;
        throw base::Failure(
            base::Fault::input,
            by_number
                ? base::said("登记里没有哪一户有这个身份证号的人",
                             "no household is registered that has somebody with this ID number")
                : base::said("没有哪一户、哪个人用这个编号",
                             "no household and no member has this key"),
            "",
            base::said("写户编号，或家里人的编号、身份证号",
                       "write its key, or a member's key or ID number"));
    }

    Household::Cell cell_of(const plan::Ledger& ledger, const plan::Field& field,
                            const std::string& subject, const engine::Cell& cell) {
        Household::Cell made{{model_, field}, std::nullopt};
        if (!field.is_identity()) {
            made.value = shown(field, cell, model_);
            return made;
        }
        const std::string grain = ledger.grain.empty() ? "ledger " + ledger.name : ledger.grain;
        if (const auto plain =
                guard::revealed(runs_.record, showing_.keys, {grain, subject, field.name}))
            made.value = showing_.reveal ? *plain : masked(field, *plain);
        return made;
    }

    /// The cells of a subject's row, `columns` naming them.
    std::vector<Household::Cell> cells_of(const plan::Ledger& ledger,
                                          const std::vector<std::string>& columns, const Cells& row,
                                          const std::string& subject) {
        std::vector<Household::Cell> cells;
        for (const plan::Field& field : ledger.fields) {
            if (is_of_the_batch(field)) continue;
            const auto at = std::find(columns.begin(), columns.end(), field.name);
            const engine::Cell cell = at == columns.end()
                                          ? engine::Cell{}
                                          : row[static_cast<std::size_t>(at - columns.begin())];
            cells.push_back(cell_of(ledger, field, subject, cell));
        }
        return cells;
    }

    static bool is_of_the_batch(const plan::Field& field) {
        return field.built_in &&
               (field.name == "entered_by" || field.name == "entered_at" || field.name == "batch");
    }

    void add_own() {
        const engine::Rows rows = connection_->query(
            fmt::format("select * from ({}) r where {} = {}", lasts(own_),
                        compile::quoted(own_.key[0]), engine::literal(answer_.household)));
        if (rows.cells.empty()) return;
        answer_.cells = cells_of(registry(own_), rows.names, rows.cells[0], answer_.household);
        for (const Household::Cell& cell : answer_.cells)
            if (cell.column.name == own_.division_field) answer_.division = cell.value.value_or("");
    }

    void add_members(const plan::Grain& grain) {
        const engine::Rows rows = connection_->query(
            fmt::format("select * from ({}) r where {} = {} order by {}", in_force(grain),
                        compile::quoted(grain.parent), engine::literal(answer_.household),
                        compile::quoted(grain.key[0])));
        const auto key = std::find(rows.names.begin(), rows.names.end(), grain.key[0]);
        for (const Cells& row : rows.cells) {
            const std::string subject =
                row[static_cast<std::size_t>(key - rows.names.begin())].value_or("");
            keys_[grain.name].push_back(subject);
            answer_.members.push_back(
                {grain.name, subject, cells_of(registry(grain), rows.names, row, subject)});
        }
    }

    /// Whether a row speaks of the household or of one of its members: by any of its keys.
    std::string about(const plan::Ledger& ledger) const {
        std::string condition;
        for (const plan::Field& field : ledger.fields) {
            if (field.type.kind != plan::Kind::key) continue;
            std::string keys;
            if (field.type.of == own_.name) keys = engine::literal(answer_.household);
            if (const auto members = keys_.find(field.type.of); members != keys_.end())
                for (const std::string& key : members->second)
                    keys += (keys.empty() ? "" : ", ") + engine::literal(key);
            if (keys.empty()) continue;
            condition += fmt::format("{}{} in ({})", condition.empty() ? "" : " or ",
                                     compile::quoted(field.name), keys);
        }
        return condition;
    }

    void add_rows(const plan::Ledger& ledger) {
        const std::string condition = about(ledger);
        if (condition.empty()) return;
        const engine::Rows rows = connection_->query(
            fmt::format("select * from {} where {} order by {}, \"batch\", \"#line\"",
                        compile::quoted(compile::input_view(ledger.name)), condition,
                        compile::quoted(ledger.period_field())));
        if (rows.cells.empty()) return;
        Household::Rows made{ledger.name, ledger.title, {}};
        const auto column = [&](const std::string& name) {
            return static_cast<std::size_t>(std::find(rows.names.begin(), rows.names.end(), name) -
                                            rows.names.begin());
        };
        for (const Cells& row : rows.cells) {
            const std::string batch = row[column("batch")].value_or(""),
                              line = row[column("#line")].value_or("");
            const std::string subject =
                ledger.grain.empty() ? batch + "/" + line : row[column(ledger.grain)].value_or("");
            const std::vector<Household::Cell> cells = cells_of(ledger, rows.names, row, subject);
            std::vector<std::optional<std::string>> values;
            for (const Household::Cell& cell : cells) values.push_back(cell.value);
            values.emplace_back(batch);
            values.emplace_back(line);
            if (made.rows.columns.empty()) {
                for (const Household::Cell& cell : cells) made.rows.columns.push_back(cell.column);
                made.rows.columns.push_back({"batch"});
                made.rows.columns.push_back({"line", List::Kind::number});
                // A ledger's own field may be called so, too.
                if (ledger.field("line") != nullptr) made.rows.columns.back().name = "_line";
            }
            made.rows.rows.push_back(std::move(values));
        }
        answer_.ledgers.push_back(std::move(made));
    }

    /// Rows about them that wait in quarantine.
    void add_held() {
        intake::HeldSubjects subjects;
        subjects.keys = {{own_.name, {answer_.household}}};
        for (const auto& [grain, keys] : keys_)
            subjects.keys[grain].insert(keys.begin(), keys.end());
        std::vector<const plan::Grain*> grains = member_grains_;
        grains.push_back(&own_);
        for (const plan::Grain* grain : grains) add_tokens(*connection_, model_, *grain, subjects);
        answer_.held = intake::held_about(runs_.record, showing_.keys, model_, subjects);
    }

    /// What the latest run found about them, and the features of those found.
    void add_results() {
        FindingFilter filter;
        filter.run = answer_.run;
        filter.first_keys = {answer_.household};
        for (const auto& [grain, keys] : keys_)
            filter.first_keys.insert(filter.first_keys.end(), keys.begin(), keys.end());
        const plan::Model model = run::model_of_run(runs_.record, runs_.folder, answer_.run);
        answer_.findings = findings(runs_, filter);
        std::erase_if(answer_.findings.rows, [&](const auto& row) {
            const plan::Grain* grain = model.grain(row[5].value_or(""));
            return grain == nullptr || !is_theirs(*grain, row[4].value_or(""));
        });
        compile::Request request;
        request.month = inputs_.month;
        const compile::Program program = compile::compile(model, request, compile::DuckDbDialect());
        add_features(model, program, own_.name, {answer_.household});
        for (const auto& [grain, keys] : keys_) add_features(model, program, grain, keys);
    }

    /// A key of one grain may be a key of another too.
    bool is_theirs(const plan::Grain& grain, const std::string& subject) const {
        const std::string of = grain.form == plan::Grain::Form::registry && !grain.every
                                   ? grain.name
                               : grain.key_types.empty() ? ""
                                                         : grain.key_types[0].of;
        const std::string key = subject.substr(0, subject.find('/'));
        if (of == own_.name) return key == answer_.household;
        const auto members = keys_.find(of);
        return members != keys_.end() && std::find(members->second.begin(), members->second.end(),
                                                   key) != members->second.end();
    }

    void add_features(const plan::Model& model, const compile::Program& program,
                      const std::string& grain, const std::vector<std::string>& keys) {
        const std::string kept = "wide_" + grain + ".parquet";
        if (!fs::exists(runs_.folder / answer_.run / kept)) return;
        const fs::path file = run::kept_file(runs_.record, runs_.folder, answer_.run, kept);
        std::string list;
        for (const std::string& key : keys)
            list += (list.empty() ? "" : ", ") + engine::literal(key);
        const engine::Rows wide = connection_->query(
            fmt::format("select * from read_parquet({}) where \"#key\" in ({}) order by \"#key\"",
                        engine::literal(file.string()), list));
        for (const Cells& row : wide.cells)
            for (const compile::WideColumn& column : program.columns) {
                const auto at = std::find(wide.names.begin(), wide.names.end(), column.column);
                // An identity token is never printed.
                if (column.grain != grain || column.type.kind == plan::Kind::token ||
                    at == wide.names.end())
                    continue;
                const plan::Value value =
                    run::value_of(row[static_cast<std::size_t>(at - wide.names.begin())],
                                  column.type, compile::first_bit_month(inputs_.month), model);
                std::string name = column.feature;
                if (column.known) name += ".known";
                if (column.code) name += "['" + *column.code + "']";
                answer_.features.push_back(
                    {grain, row[0].value_or(""), name, title_of(model, column), column.window,
                     plan::is_null(value) ? std::nullopt : std::optional(plan::text(value)),
                     column.type.kind == plan::Kind::boolean ? List::Kind::boolean
                                                             : List::Kind::text});
            }
    }

    const Runs& runs_;
    const plan::Model& model_;
    const Showing& showing_;
    const plan::Grain& own_;
    run::Inputs inputs_;
    std::optional<engine::Connection> connection_;
    std::vector<const plan::Grain*> member_grains_;
    std::map<std::string, std::vector<std::string>> keys_;  ///< of members, by grain
    Household answer_;
};

}  // namespace

Household household(const Runs& runs, const fs::path& lake, const plan::Model& model,
                    const std::string& asked, const Showing& showing) {
    const plan::Grain* grain = model.grain("household");
    if (grain == nullptr || grain->form != plan::Grain::Form::registry)
        throw base::Failure(base::Fault::input,
                            base::said("方案包没有 household 这个粒度的登记",
                                       "the pack has no register of the grain 'household'"),
                            model.name,
                            base::said("在方案包里写明：一个按起止登记的台账，和用它的粒度",
                                       "declare it: a span ledger and a grain that names it"));
    return HouseholdReader(runs, lake, model, showing).read(asked);
}

}  // namespace zs::ask
