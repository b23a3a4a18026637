#include "intake/staging.h"

#include <fmt/format.h>

#include "base/text.h"

namespace zs::intake {

namespace {

std::string create_read(const std::vector<lake::Column>& columns) {
    std::vector<std::string> parts;
    for (const lake::Column& column : columns)
        parts.push_back(engine::quoted(column.name) + " " + column.type);
    parts.push_back("_line bigint");
    return fmt::format("create table zs_read ({})", base::join(parts, ", "));
}

}  // namespace

std::int64_t mask_of(const plan::CodeSet& set, const plan::CodeList& list) {
    std::int64_t mask = 0;
    for (std::size_t bit = 0; bit < list.codes.size(); ++bit)
        if (set.contains(list.codes[bit].code)) mask |= std::int64_t{1} << bit;
    return mask;
}

void begin_judging(engine::Connection& engine) {
    engine.execute("create or replace table zs_staged as select * from zs_read");
    engine.execute("create or replace table zs_faults as select * from zs_read_faults");
}

Staging::Staging(engine::Connection& engine, const plan::Model& model, const plan::Ledger& ledger)
    : model_(model), ledger_(ledger), beside_(engine.beside()) {
    const std::vector<lake::Column> columns = lake::file_columns_of(model, ledger);
    for (const lake::Column& column : columns)
        fields_.push_back(ledger.index_of(column.name).value());
    engine.execute(create_read(columns));
    engine.execute(
        "create table zs_read_faults (_line bigint, field text, code text, say text, warning "
        "boolean)");
    staged_ = std::make_unique<engine::Appender>(engine, "zs_read");
    faults_ = std::make_unique<engine::Appender>(beside_, "zs_read_faults");
}

void Staging::append(const plan::Value& value, std::size_t field, bool by_number) {
    const plan::Type& type = ledger_.fields[field].type;
    std::visit(
        [&](const auto& known) {
            using T = std::decay_t<decltype(known)>;
            if constexpr (std::is_same_v<T, std::monostate>)
                staged_->null();
            else if constexpr (std::is_same_v<T, bool>)
                staged_->boolean(known);
            else if constexpr (std::is_same_v<T, std::int64_t>)
                staged_->integer(known);
            else if constexpr (std::is_same_v<T, base::Decimal>)
                staged_->decimal(known);
            else if constexpr (std::is_same_v<T, double>)
                staged_->floating(known);
            else if constexpr (std::is_same_v<T, std::string>)
                staged_->text(by_number ? "#" + known : known);
            else if constexpr (std::is_same_v<T, base::Date>)
                staged_->date(known);
            else if constexpr (std::is_same_v<T, base::Month> || std::is_same_v<T, base::Term>)
                staged_->integer(known.index);
            else if constexpr (std::is_same_v<T, plan::CodeSet>)
                staged_->integer(mask_of(known, *model_.code_list(type.of)));
            else
                ZS_INVARIANT(false, "a ledger's field holds no set of months");
        },
        value);
}

void Staging::append_fault(std::int64_t line, const Reason& reason, bool warning) {
    faults_->integer(line).text(reason.field).text(reason.code).text(reason.say).boolean(warning);
    faults_->end_row();
}

void Staging::add(const ReadRow& row) {
    for (const std::size_t field : fields_) {
        const bool by_number = row.by_number.contains(field);
        if (by_number) by_number_.insert(ledger_.fields[field].name);
        append(row.values[field], field, by_number);
    }
    for (const std::size_t field : row.stored_keys) numbers_.insert(ledger_.fields[field].name);
    staged_->integer(row.line);
    staged_->end_row();
    for (const Reason& fault : row.faults) append_fault(row.line, fault, false);
    for (const Reason& warning : row.warnings) append_fault(row.line, warning, true);
    ++rows_;
}

void Staging::close() {
    staged_->close();
    faults_->close();
}

}  // namespace zs::intake
