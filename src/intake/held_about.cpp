#include "intake/held_about.h"

#include <algorithm>

#include "base/identity.h"
#include "base/text.h"
#include "guard/vault.h"
#include "intake/header.h"
#include "intake/quarantine.h"
#include "lake/batch.h"

namespace zs::intake {

namespace {

/// Whose key may stand in a column of a held file.
struct KeyColumn {
    std::size_t column = 0;
    std::string grain;  ///< empty: of any grain that the ledger's keys name
};

/// The columns of a held file that may hold a key: those that the ledger's names tell, else all.
std::vector<KeyColumn> key_columns(const HeldFile& held, const plan::Ledger& ledger) {
    std::vector<KeyColumn> columns;
    for (std::size_t i = 0; held.mapping.empty() && i < held.header.size(); ++i) {
        const std::string name = compared_header(held.header[i]);
        for (const plan::Field& field : ledger.fields) {
            const bool is_named =
                name == compared_header(field.name) || name == compared_header(field.title) ||
                std::any_of(field.header.begin(), field.header.end(),
                            [&](const std::string& h) { return name == compared_header(h); });
            if (!is_named) continue;
            if (field.type.kind == plan::Kind::key) columns.push_back({i, field.type.of});
            if (field.written_type == "id_number") columns.push_back({i, ""});
        }
    }
    if (columns.empty())
        for (std::size_t i = 0; i < held.header.size(); ++i) columns.push_back({i, ""});
    return columns;
}

class Search {
public:
    Search(const guard::Keys& keys, const HeldSubjects& subjects)
        : keys_(keys), subjects_(subjects) {}

    bool finds(const std::string& cell, const KeyColumn& column, const plan::Ledger& ledger) const {
        const std::string text(base::trim(cell));
        if (text.empty()) return false;
        if (base::is_id_number(text))
            return subjects_.tokens.contains(guard::token(keys_, "id_number", text));
        if (!column.grain.empty()) return is_key(column.grain, text);
        return std::any_of(ledger.fields.begin(), ledger.fields.end(), [&](const plan::Field& f) {
            return f.type.kind == plan::Kind::key && is_key(f.type.of, text);
        });
    }

private:
    bool is_key(const std::string& grain, const std::string& text) const {
        const auto found = subjects_.keys.find(grain);
        return found != subjects_.keys.end() && found->second.contains(text);
    }

    const guard::Keys& keys_;
    const HeldSubjects& subjects_;
};

}  // namespace

std::vector<HeldAbout> held_about(record::Connection& record, const guard::Keys& keys,
                                  const plan::Model& model, const HeldSubjects& subjects) {
    const Search search(keys, subjects);
    std::vector<HeldAbout> found;
    for (const lake::Batch& batch : lake::batches(record)) {
        const plan::Ledger* ledger = model.ledger(batch.ledger);
        if (batch.quarantined == 0 || batch.withdrawn_at || ledger == nullptr) continue;
        std::vector<KeyColumn> columns;
        each_open(
            record, keys, batch.id,
            [&](const HeldFile& held) { columns = key_columns(held, *ledger); },
            [&](const HeldRow& row) {
                const bool is_theirs =
                    std::any_of(columns.begin(), columns.end(), [&](const KeyColumn& column) {
                        return column.column < row.raw.cells.size() &&
                               search.finds(row.raw.cells[column.column].text, column, *ledger);
                    });
                if (!is_theirs) return;
                const lake::FileLine place = lake::line_in_file(batch, row.raw.line);
                HeldAbout about{batch.id,
                                batch.ledger,
                                batch.period,
                                batch.file_name + (place.sheet.empty() ? "" : "#" + place.sheet),
                                place.line,
                                {},
                                {}};
                for (const Reason& reason : row.reasons) {
                    about.codes.push_back(reason.code);
                    about.say += (about.say.empty() ? "" : "; ") + reason.say;
                }
                found.push_back(std::move(about));
            });
    }
    return found;
}

}  // namespace zs::intake
