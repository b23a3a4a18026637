#include "run/inputs.h"

#include <fmt/format.h>

#include "base/failure.h"
#include "compile/program.h"
#include "compile/sql.h"
#include "engine/appender.h"

namespace zs::run {

namespace {

using plan::Kind;

/// A field has a column unless it is a name, or the month of a dated ledger (made from its date).
bool has_column(const plan::Ledger& ledger, const plan::Field& field) {
    return field.written_type != "name" && !ledger.is_months_of_dates(field.name);
}

std::int64_t mask_of(const plan::CodeSet& set, const plan::CodeList& list) {
    std::int64_t mask = 0;
    for (std::size_t bit = 0; bit < list.codes.size(); ++bit)
        if (set.contains(list.codes[bit].code)) mask |= std::int64_t{1} << bit;
    return mask;
}

void append(engine::Appender& into, const plan::Value& value, const plan::Type& type,
            const plan::Model& model) {
    struct Printer {
        engine::Appender& into;
        const plan::Type& type;
        const plan::Model& model;

        void operator()(std::monostate) const { into.null(); }
        void operator()(bool truth) const { into.boolean(truth); }
        void operator()(std::int64_t number) const { into.integer(number); }
        void operator()(const base::Decimal& number) const {
            into.decimal(base::round(number, type.scale));
        }
        void operator()(double number) const { into.floating(number); }
        void operator()(const std::string& text) const { into.text(text); }
        void operator()(base::Date date) const { into.date(date); }
        void operator()(base::Month month) const { into.integer(month.index); }
        void operator()(base::Term term) const { into.integer(term.index); }
        void operator()(const plan::MonthSet&) const {
            ZS_INVARIANT(false, "a ledger holds no set of months");
        }
        void operator()(const plan::CodeSet& set) const {
            into.integer(mask_of(set, *model.code_list(type.of)));
        }
    };
    std::visit(Printer{into, type, model}, value);
}

void optional_text(engine::Appender& into, const std::optional<std::string>& text) {
    if (text)
        into.text(*text);
    else
        into.null();
}

void optional_month(engine::Appender& into, const std::optional<base::Month>& month) {
    if (month)
        into.integer(month->index);
    else
        into.null();
}

}  // namespace

std::string ledger_columns(const plan::Ledger& ledger) {
    std::string columns;
    for (const plan::Field& field : ledger.fields)
        if (has_column(ledger, field))
            columns +=
                fmt::format("{} {}, ", compile::quoted(field.name), compile::sql_type(field.type));
    return columns + "\"#line\" bigint";
}

void load_divisions(engine::Connection& connection, const plan::Model& model,
                    const std::vector<plan::Division>& divisions, base::Month month) {
    std::string levels;
    for (const char* way : {"up_", "rp_"})
        for (const plan::Level& level : model.levels)
            levels += fmt::format(", {} string", compile::quoted(way + level.name));
    connection.execute(
        fmt::format("create table in_division (code string, name string, level string, in_force "
                    "boolean, since int, until int{})",
                    levels));
    engine::Appender into(connection, "in_division");
    for (const compile::DivisionRow& row : compile::division_rows(model, divisions, month)) {
        into.text(row.code).text(row.name).text(row.level).boolean(row.in_force);
        optional_month(into, row.since);
        optional_month(into, row.until);
        for (const auto& code : row.up) optional_text(into, code);
        for (const auto& code : row.reporting) optional_text(into, code);
        into.end_row();
    }
    into.close();
}

void load_deliveries(engine::Connection& connection, const std::vector<plan::Delivered>& delivered,
                     const std::vector<plan::SubjectDelivered>& subject_delivered) {
    connection.execute(
        "create table in_delivered (ledger string, division string, period bigint);"
        "create table in_subject_delivered (ledger string, subject string, period bigint)");
    engine::Appender divisions(connection, "in_delivered");
    for (const plan::Delivered& came : delivered) {
        divisions.text(came.ledger).text(came.division).integer(came.period);
        divisions.end_row();
    }
    divisions.close();
    engine::Appender subjects(connection, "in_subject_delivered");
    for (const plan::SubjectDelivered& came : subject_delivered) {
        subjects.text(came.ledger).text(came.subject).integer(came.period);
        subjects.end_row();
    }
    subjects.close();
}

void load_exemptions(engine::Connection& connection, const std::vector<plan::Exempted>& exempted) {
    connection.execute("create table in_exempted (rule string, subject string, until int)");
    engine::Appender into(connection, "in_exempted");
    for (const plan::Exempted& exemption : exempted) {
        into.text(exemption.rule).text(exemption.subject).integer(exemption.until.index);
        into.end_row();
    }
    into.close();
}

void load(engine::Connection& connection, const plan::Model& model, const plan::Dataset& dataset) {
    load_divisions(connection, model, dataset.divisions, dataset.month);
    load_deliveries(connection, dataset.delivered, dataset.subject_delivered);
    load_exemptions(connection, dataset.exempted);
    std::set<std::string> users;
    for (const plan::Ledger& ledger : model.ledgers) {
        const std::string table = compile::input_view(ledger.name);
        connection.execute(
            fmt::format("create table {} ({})", compile::quoted(table), ledger_columns(ledger)));
        const auto rows = dataset.rows.find(ledger.name);
        if (rows == dataset.rows.end()) continue;
        engine::Appender into(connection, table);
        std::int64_t line = 0;
        for (const plan::Row& row : rows->second) {
            for (std::size_t i = 0; i < ledger.fields.size(); ++i) {
                if (!has_column(ledger, ledger.fields[i])) continue;
                append(into, row.at(i), ledger.fields[i].type, model);
                if (ledger.fields[i].type.kind == Kind::key && ledger.fields[i].type.of == "user" &&
                    !plan::is_null(row[i]))
                    users.insert(plan::text(row[i]));
            }
            into.integer(++line);
            into.end_row();
        }
        into.close();
    }
    connection.execute("create table in_user (\"user\" string, division string)");
    engine::Appender into(connection, "in_user");
    for (const std::string& user : users) {
        into.text(user).null();
        into.end_row();
    }
    into.close();
}

}  // namespace zs::run
