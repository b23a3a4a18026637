#include <algorithm>

#include <fmt/format.h>

#include "base/text.h"
#include "plan/builder.h"
#include "plan/figure.h"

namespace zs::plan {

namespace {

bool reads_other_rows(const Expression& expression) {
    using Node = Expression::Node;
    bool others = false;
    visit(expression, [&](const Expression& part) {
        const bool of_row = part.node == Node::literal || part.node == Node::attribute ||
                            part.node == Node::call || part.node == Node::parameter ||
                            part.node == Node::run ||
                            (part.node == Node::field && part.path.empty());
        others = others || !of_row;
    });
    return others;
}

}  // namespace

void Builder::read_ledger_checks() {
    for (Ledger& ledger : model.ledgers) {
        const auto found = ledger_items_.find(&ledger);
        if (found == ledger_items_.end()) continue;
        Item& item = *found->second;
        const toml::node* node = item.table.get("checks");
        if (node == nullptr) continue;
        const toml::array* list = node->as_array();
        if (list == nullptr) {
            report.error("bad-value", ledger.place, 1, "row checks are written [[checks]]");
            continue;
        }
        Names names;
        names.form = Names::Form::row_only;
        names.ledger = &ledger;
        for (const toml::node& entry : *list) {
            const toml::table* parts = entry.as_table();
            if (parts == nullptr) continue;
            Table table(*parts, item.block.body, report, "a row check");
            RowCheck check;
            const Type truth = boolean_type();
            check.that = bound(table, "that", names, &truth, true);
            if (const auto say_text = table.text("say")) check.say = say(*say_text, names);
            const std::string level = table.text_or("level", "warn");
            check.reject = level == "reject";
            if (level != "reject" && level != "warn")
                report.error("bad-value", table.place("level"), table.value_length("level"),
                             "'level' is warn or reject");
            table.report_unknown();
            if (check.that && reads_other_rows(*check.that))
                report.warning("row-check", table.place("that"), table.value_length("that"),
                               "a row check sees no other row: what dots would give is NULL here, "
                               "so that it passes",
                               "compare the row's own fields, or write a check block");
            if (check.that) ledger.checks.push_back(std::move(check));
        }
    }
}

}  // namespace zs::plan
