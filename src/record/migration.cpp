#include "record/migration.h"

#include <fmt/format.h>

#include "base/text.h"

namespace zs::record {

namespace {

/// A statement ends with `;` at a line's end; so a `;` inside a text or a comment ends nothing.
std::vector<std::string> statements(const std::string& sql) {
    std::vector<std::string> found;
    std::string statement;
    for (const std::string& line : base::split(sql, '\n')) {
        if (line.starts_with("--")) continue;
        statement += line + '\n';
        if (!base::trim(line).ends_with(';')) continue;
        found.push_back(statement);
        statement.clear();
    }
    ZS_INVARIANT(base::trim(statement).empty(), "the last statement of a migration ends with ';'");
    return found;
}

/// The form that the record has; 0 where it is new. @throws Failure (input) when it is a newer one.
std::int64_t form_of(Connection& connection, std::int64_t known) {
    if (!connection.first(
            "select 1 from sqlite_master where type = 'table' and name = 'migration'"))
        return 0;
    const auto row = connection.first("select coalesce(max(number), 0) from migration");
    const std::int64_t applied = row->integer(0);
    if (applied > known)
        throw base::Failure(
            base::Fault::input,
            base::said(
                "这个数据目录是更新版本的 zengshou 写的（业务库是第 {} 版，本程序只认到第 {} 版）",
                "this home was written by a newer zengshou (its record has form {}, this program "
                "knows {})",
                applied, known),
            "record.db",
            base::said("换用新程序，或用以前的备份",
                       "use the newer program, or a backup from before"));
    return applied;
}

}  // namespace

void migrate(Connection& connection) {
    const int known = migrations().empty() ? 0 : migrations().back().number;
    if (form_of(connection, known) == known) return;
    Transaction transaction(connection);
    connection.execute(
        "create table if not exists migration (number bigint primary key, name text not null)");
    // Another command may have been first.
    const std::int64_t applied = form_of(connection, known);
    for (const Migration& migration : migrations()) {
        if (migration.number <= applied) continue;
        for (const std::string& statement : statements(migration.sql))
            connection.execute(statement);
        connection.execute("insert into migration (number, name) values (:number, :name)",
                           {cell(migration.number), migration.name});
    }
    transaction.commit();
}

}  // namespace zs::record
