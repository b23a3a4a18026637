#include "ask/tokens.h"

#include <algorithm>

#include <fmt/format.h>

#include "compile/sql.h"

namespace zs::ask {

void add_tokens(engine::Connection& connection, const plan::Model& model, const plan::Grain& grain,
                intake::HeldSubjects& subjects) {
    const plan::Ledger* ledger = model.ledger(grain.ledger);
    const auto keys = subjects.keys.find(grain.name);
    if (ledger == nullptr || keys == subjects.keys.end() || keys->second.empty()) return;
    const auto id =
        std::find_if(ledger->fields.begin(), ledger->fields.end(),
                     [](const plan::Field& f) { return f.written_type == "id_number"; });
    if (id == ledger->fields.end()) return;
    std::string list;
    for (const std::string& key : keys->second)
        list += (list.empty() ? "" : ", ") + engine::literal(key);
    for (const auto& row :
         connection
             .query(fmt::format("select distinct {} from {} t where {} in ({})",
                                compile::quoted(id->name),
                                compile::quoted(compile::input_view(ledger->name)),
                                compile::quoted(grain.key[0]), list))
             .cells)
        if (row[0]) subjects.tokens.insert(*row[0]);
}

}  // namespace zs::ask
