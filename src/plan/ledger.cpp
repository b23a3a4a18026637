#include <algorithm>

#include <fmt/format.h>

#include "base/text.h"
#include "plan/builder.h"
#include "plan/figure.h"

namespace zs::plan {

namespace {

Field built_in(std::string name, std::string title, Type type, std::string written) {
    Field field;
    field.name = std::move(name);
    field.title = std::move(title);
    field.type = std::move(type);
    field.written_type = std::move(written);
    field.built_in = true;
    return field;
}

std::optional<Period> period_named(const std::string& text) {
    static const std::map<std::string, Period> periods{{"month", Period::month},
                                                       {"date", Period::date},
                                                       {"year", Period::year},
                                                       {"calendar_year", Period::calendar_year},
                                                       {"school_term", Period::school_term},
                                                       {"span", Period::span}};
    const auto found = periods.find(text);
    return found == periods.end() ? std::nullopt : std::optional(found->second);
}

}  // namespace

/// Whether one field names a row of a ledger, so that a field elsewhere can hold it.
bool Builder::is_keyed_by_one(const std::string& ledger) {
    if (ledger == "cases") return true;
    const Item* item = item_of("ledger", ledger);
    const toml::node* key = item != nullptr ? item->table.get("key") : nullptr;
    return key != nullptr && key->is_array() && key->as_array()->size() == 1;
}

std::optional<Type> Builder::type_of(const std::string& written_type, const Place& at,
                                     int length_of_it) {
    static const std::map<std::string, Type> plain{{"text", text_type()},
                                                   {"bool", boolean_type()},
                                                   {"int", integer_type()},
                                                   {"money", money_type()},
                                                   {"date", date_type()},
                                                   {"month", month_type()},
                                                   {"year", integer_type()},
                                                   {"term", term_type()},
                                                   {"timestamp", date_type()},
                                                   {"division", division_type()},
                                                   {"org_code", text_type()},
                                                   {"id_number", token_type("id_number")},
                                                   {"name", token_type("name")},
                                                   {"phone", token_type("phone")},
                                                   {"bank_card", token_type("bank_card")}};
    if (const auto found = plain.find(written_type); found != plain.end()) return found->second;
    const auto fail = [&](const std::string& message, const std::string& hint = {}) {
        report.error("bad-value", at, length_of_it, message, hint);
        return std::nullopt;
    };
    if (written_type.starts_with("decimal(") && written_type.ends_with(")")) {
        const std::vector<std::string> parts =
            base::split(written_type.substr(8, written_type.size() - 9), ',');
        if (parts.size() == 2) {
            const int precision = std::atoi(std::string(base::trim(parts[0])).c_str()),
                      scale = std::atoi(std::string(base::trim(parts[1])).c_str());
            if (precision >= 1 && precision <= 38 && scale >= 0 && scale <= precision)
                return decimal_type(precision, scale);
        }
        return fail(fmt::format(
            "'{}' is no type: decimal(p,s) has 1 to 38 digits, s of them after the point",
            written_type));
    }
    const std::size_t colon = written_type.find(':');
    const std::string head = written_type.substr(0, colon),
                      of = colon == std::string::npos ? "" : written_type.substr(colon + 1);
    if (head == "code" || head == "codes") {
        const CodeList* list = model.code_list(of);
        static const std::set<std::string> made{"ledger", "rule", "workflow", "state", "indicator"};
        if (list == nullptr && !made.contains(of)) {
            if (faulty_.contains("codelist " + of)) return std::nullopt;
            std::vector<std::string> known;
            for (const CodeList& other : model.code_lists) known.push_back(other.name);
            return fail(fmt::format("there is no code list '{}'", of),
                        base::did_you_mean(of, known));
        }
        if (head == "codes" && list != nullptr && list->codes.size() > 63)
            return fail(fmt::format("a set holds at most 63 codes; the list '{}' has {}", of,
                                    list->codes.size()));
        return head == "code" ? code_type(of) : codes_type(of);
    }
    if (head == "key") {
        if (model.grain(of) != nullptr || model.level_index(of) || of == "user" ||
            is_keyed_by_one(of))
            return key_type(of);
        if (faulty_.contains("ledger " + of)) return std::nullopt;
        if (item_of("ledger", of) != nullptr)
            return fail(fmt::format("a row of '{}' is named by several fields, not by one", of));
        std::vector<std::string> known;
        for (const Grain& grain : model.grains) known.push_back(grain.name);
        return fail(fmt::format("there is no grain '{}'", of), base::did_you_mean(of, known));
    }
    std::vector<std::string> known;
    for (const auto& [name, type] : plain) known.push_back(name);
    return fail(fmt::format("'{}' is no type", written_type),
                base::did_you_mean(written_type, known));
}

void Builder::read_field(Ledger& ledger, const std::string& name, const toml::node& node,
                         const Body& body) {
    const toml::table* parts = node.as_table();
    const auto& begin = node.source().begin;
    const Place at = body.place(static_cast<int>(begin.line), static_cast<int>(begin.column));
    if (parts == nullptr) {
        report.error("bad-value", at, 1,
                     fmt::format("field '{}' is written {{ type = …, title = … }}", name));
        return;
    }
    Table table(*parts, body, report, fmt::format("field '{}'", name));
    Field field;
    field.name = name;
    field.place = at;
    field.title = table.text_or("title", name);
    for (const Written& header : table.texts("header")) field.header.push_back(header.text);
    const auto written_type = table.text("type");
    if (!written_type) {
        report.error("missing-key", at, 1, fmt::format("field '{}' has no type", name));
        return;
    }
    field.written_type = written_type->text;
    const auto type = type_of(written_type->text, written_type->at(0),
                              static_cast<int>(base::characters(written_type->text)));
    field.required = table.boolean("required").value_or(false);
    field.sensitive = table.boolean("sensitive").value_or(false);
    const auto bound_of = [&](const char* key) -> std::optional<base::Decimal> {
        const toml::node* limit = table.node(key);
        if (limit == nullptr) return std::nullopt;
        if (limit->is_integer()) return base::Decimal{*limit->value<std::int64_t>(), 0};
        if (limit->is_floating_point())
            return base::parse_decimal(figure_text(*limit->value<double>()));
        if (limit->is_string()) {
            const std::string text = *limit->value<std::string>();
            if (const auto number = base::parse_decimal(text)) return number;
            if (base::parse_month(text) || base::parse_date(text)) return std::nullopt;
        }
        report.error("bad-value", table.place(key), 1, fmt::format("'{}' must be a figure", key));
        return std::nullopt;
    };
    field.min = bound_of("min");
    field.max = bound_of("max");
    if (field.min && field.max && *field.max < *field.min)
        report.error("bad-value", table.place("max"), table.value_length("max"),
                     fmt::format("no value of '{}' is at least {} and at most {}: 'min' lies above "
                                 "'max'",
                                 name, base::text(*field.min), base::text(*field.max)));
    const std::string unit = table.text_or("unit", "");
    if (const auto derive = table.text("derive")) {
        field.derive = derive->text;
        const std::size_t open = derive->text.find('('), close = derive->text.find(')');
        if (open != std::string::npos && close != std::string::npos && close > open) {
            field.derive_function = std::string(base::trim(derive->text.substr(0, open)));
            field.derive_field =
                std::string(base::trim(derive->text.substr(open + 1, close - open - 1)));
        }
        if (field.derive_function != "id_sex" && field.derive_function != "id_birth")
            report.error("bad-value", derive->at(0),
                         static_cast<int>(base::characters(derive->text)),
                         fmt::format("'{}' derives nothing: write id_sex(field) or id_birth(field)",
                                     derive->text));
    }
    table.report_unknown();
    if (!type) {
        faulty_.insert("field " + ledger.name + "." + name);
        return;
    }
    field.type = *type;
    field.type.unit = unit;
    ledger.fields.push_back(std::move(field));
}

void Builder::read_delivery(Table& table, Ledger& ledger) {
    const toml::node* node = table.node("delivery");
    if (node == nullptr) return;
    const toml::table* parts = node->as_table();
    if (parts == nullptr) {
        report.error("bad-value", table.place("delivery"), 1,
                     "'delivery' is written { by = \"county\", due = 10, from = \"2023-01\" }");
        return;
    }
    Table delivery_table(*parts, table.body(), report, "delivery");
    Delivery delivery;
    delivery.from = model.first;
    const auto by = delivery_table.text("by");
    if (!by) {
        report.error("missing-key", table.place("delivery"), 1,
                     "'delivery' says by whom: by = \"county\"");
        return;
    }
    delivery.by = by->text;
    delivery.by_level = model.level_index(by->text).has_value();
    if (!delivery.by_level && (model.grain(by->text) == nullptr ||
                               model.grain(by->text)->form != Grain::Form::registry)) {
        std::vector<std::string> known;
        for (const Level& level : model.levels) known.push_back(level.name);
        for (const Grain& grain : model.grains)
            if (grain.form == Grain::Form::registry) known.push_back(grain.name);
        report.error("level", by->at(0), static_cast<int>(base::characters(by->text)),
                     fmt::format("'{}' is no level and no registered grain", by->text),
                     base::did_you_mean(by->text, known));
        return;
    }
    delivery.due_days = delivery_table.count("due", 0).value_or(0);
    if (delivery_table.has("from"))
        if (const auto from = month_at(delivery_table, "from")) delivery.from = *from;
    delivery_table.report_unknown();
    ledger.delivery = delivery;
}

void Builder::add_built_in_fields(Ledger& ledger) {
    std::vector<Field> first;
    const auto declared = [&](const std::string& name) {
        return std::any_of(ledger.fields.begin(), ledger.fields.end(),
                           [&](const Field& f) { return f.name == name; });
    };
    const auto add = [&](Field field) {
        if (declared(field.name)) {
            for (const Field& own : ledger.fields)
                if (own.name == field.name && !(ledger.period == Period::span &&
                                                (own.name == "since" || own.name == "ended")))
                    report.error("reserved-name", own.place, 1,
                                 fmt::format("'{}' is built into ledger '{}' and is not declared",
                                             own.name, ledger.name));
            return;
        }
        first.push_back(std::move(field));
    };
    const bool registry = !ledger.grain.empty() && model.grain(ledger.grain) != nullptr &&
                          model.grain(ledger.grain)->form == Grain::Form::registry &&
                          model.grain(ledger.grain)->ledger == ledger.name;
    if (!ledger.grain.empty()) {
        const Grain* grain = model.grain(ledger.grain);
        add(built_in(ledger.grain, grain != nullptr ? grain->title : ledger.grain,
                     key_type(ledger.grain), "key:" + ledger.grain));
        first.back().required = true;
    }
    for (const Field& field : ledger.fields)
        if (field.name == "since" && field.type.kind == Kind::date) ledger.span_by_days = true;
    switch (ledger.period) {
        case Period::month:
            add(built_in("month", "月份", month_type(), "month"));
            break;
        case Period::date:
            add(built_in("date", "日期", date_type(), "date"));
            break;
        case Period::year:
        case Period::calendar_year:
            add(built_in("year", "年度", integer_type(), "year"));
            break;
        case Period::school_term:
            add(built_in("term", "学期", term_type(), "term"));
            break;
        case Period::span: {
            const Type type = ledger.span_by_days ? date_type() : month_type();
            add(built_in("since", "起始", type, plan::text(type)));
            add(built_in("ended", "终止", type, plan::text(type)));
            break;
        }
    }
    if (ledger.grain.empty() || (registry && model.grain(ledger.grain)->parent.empty()))
        add(built_in("division", "行政区划", division_type(), "division"));
    ledger.fields.insert(ledger.fields.begin(), first.begin(), first.end());
    if (ledger.period == Period::date && !declared("month"))
        ledger.fields.push_back(built_in("month", "月份", month_type(), "month"));
    if (const Field* own = registry ? ledger.field("first_since") : nullptr)
        report.error(
            "reserved-name", own->place, 1,
            fmt::format("'{}' is built into every registry and is not declared", own->name));
    for (const char* name : {"batch", "entered_by", "entered_at"})
        if (const Field* own = ledger.field(name))
            report.error("reserved-name", own->place, 1,
                         fmt::format("'{}' is built into every ledger and is not declared", name));
    ledger.fields.push_back(built_in("batch", "批次", text_type(), "text"));
    ledger.fields.push_back(built_in("entered_by", "录入人", key_type("user"), "key:user"));
    ledger.fields.push_back(built_in("entered_at", "录入时间", date_type(), "timestamp"));
}

void Builder::read_ledger(Item& item, Ledger& ledger) {
    Table table(item.table, item.block.body, report, fmt::format("ledger '{}'", ledger.name));
    common(table, ledger, true);
    if (const auto grain = table.text("grain")) {
        const Grain* found = model.grain(grain->text);
        if (found == nullptr || found->form == Grain::Form::rows ||
            found->form == Grain::Form::match) {
            std::vector<std::string> known;
            for (const Grain& other : model.grains)
                if (other.form == Grain::Form::registry || other.form == Grain::Form::level)
                    known.push_back(other.name);
            std::string hint = base::did_you_mean(grain->text, known);
            if (item_of("ledger", grain->text) != nullptr)
                hint = fmt::format("a ledger's rows are named by a field: {{ type = \"key:{}\" }}",
                                   grain->text);
            if (!faulty_.contains("grain " + grain->text))
                report.error(
                    "unknown-name", grain->at(0), static_cast<int>(base::characters(grain->text)),
                    fmt::format("there is no grain '{}' that a ledger can be about", grain->text),
                    hint);
        } else {
            ledger.grain = grain->text;
        }
    }
    if (const auto period = table.text("period")) {
        if (const auto found = period_named(period->text))
            ledger.period = *found;
        else
            report.error(
                "bad-value", period->at(0), static_cast<int>(base::characters(period->text)),
                fmt::format(
                    "'{}' is no period: month, date, year, calendar_year, school_term or span",
                    period->text));
    } else {
        report.error("missing-key", ledger.place, 1,
                     fmt::format("ledger '{}' has no period", ledger.name));
    }
    if (const auto batch = table.text("batch")) {
        ledger.whole = batch->text == "whole";
        if (batch->text != "whole" && batch->text != "rows")
            report.error("bad-value", batch->at(0), static_cast<int>(base::characters(batch->text)),
                         "'batch' is rows or whole");
    }
    read_delivery(table, ledger);
    if (const toml::node* node = table.node("fields"); node != nullptr && node->is_table()) {
        Table fields(*node->as_table(), item.block.body, report, "fields");
        for (const std::string& name : fields.keys()) {
            const Place at = fields.key_place(name);
            if (!good_name(name, at, "a field", true)) {
                faulty_.insert("field " + ledger.name + "." + name);
                continue;
            }
            if (const Grain* grain = model.grain(name);
                grain != nullptr && grain->form != Grain::Form::rows) {
                // A parent's key is declared under the grain's name; nothing else may have it.
                const toml::table* parts = node->as_table()->get(name)->as_table();
                const std::string type = parts != nullptr && parts->get("type") != nullptr
                                             ? parts->get("type")->value_or<std::string>("")
                                             : "";
                if (type != "key:" + name) {
                    report.error(
                        "reserved-name", at, static_cast<int>(name.size()),
                        fmt::format("'{}' is a grain's name: only a field of type key:{} has it",
                                    name, name));
                    faulty_.insert("field " + ledger.name + "." + name);
                    continue;
                }
            }
            read_field(ledger, name, *node->as_table()->get(name), item.block.body);
        }
    }
    add_built_in_fields(ledger);
    if (table.has("key")) {
        const std::vector<Written> keys = table.list("key");
        for (const Written& key : keys) {
            if (ledger.field(key.text) == nullptr) {
                if (faulty_.contains("field " + ledger.name + "." + key.text)) continue;
                std::vector<std::string> known;
                for (const Field& field : ledger.fields) known.push_back(field.name);
                report.error("unknown-name", key.at(0),
                             static_cast<int>(base::characters(key.text)),
                             fmt::format("ledger '{}' has no field '{}'", ledger.name, key.text),
                             base::did_you_mean(key.text, known));
                continue;
            }
            ledger.key.push_back(key.text);
        }
    } else {
        ledger.key.push_back(ledger.grain.empty() ? "division" : ledger.grain);
        ledger.key.push_back(ledger.period_field());
    }
    for (const Field& field : ledger.fields)
        if (!field.derive_field.empty() &&
            (ledger.field(field.derive_field) == nullptr ||
             ledger.field(field.derive_field)->written_type != "id_number"))
            report.error(
                "unknown-name", field.place, 1,
                fmt::format("'{}' is derived from '{}', which is no field of type id_number",
                            field.name, field.derive_field));
    read_conditions(table, ledger);
    table.node("checks");
    table.report_unknown();
}

/// Their names; what they say is bound when it is asked for.
void Builder::read_conditions(Table& table, Ledger& ledger) {
    const toml::node* node = table.node("conditions");
    if (node == nullptr) return;
    if (!node->is_table()) {
        report.error(
            "bad-value", table.place("conditions"), table.value_length("conditions"),
            "conditions are written in a table [conditions], each as name = \"predicate\"");
        return;
    }
    Table conditions(*node->as_table(), table.body(), report, "conditions");
    for (const std::string& name : conditions.keys()) {
        const Place at = conditions.key_place(name);
        const auto text = conditions.text(name);
        const Field* field = ledger.field(name);
        const bool is_good = text && field == nullptr && good_name(name, at, "a condition", true);
        if (field != nullptr) {
            Diagnostic& d = report.error(
                "duplicate", at, static_cast<int>(name.size()),
                fmt::format("'{}' is already a field of ledger '{}'", name, ledger.name));
            d.other = field->place;
        } else if (is_good && model.grain(name) != nullptr) {
            report.error("reserved-name", at, static_cast<int>(name.size()),
                         fmt::format("'{}' is a grain's name (every ledger is a grain) and cannot "
                                     "name a condition",
                                     name));
        } else if (is_good) {
            ledger.conditions.push_back({name, nullptr, at});
            condition_texts_[ledger.name].push_back(*text);
            continue;
        }
        faulty_.insert("field " + ledger.name + "." + name);
    }
}

void Builder::bind_condition(Ledger& ledger, std::size_t index) {
    Condition& condition = ledger.conditions[index];
    const std::string full = ledger.name + "." + condition.name;
    int& state = condition_state_[full];
    if (state == 2) return;
    if (state == 1) {
        report.error(
            "cycle", condition.place, static_cast<int>(condition.name.size()),
            fmt::format("condition '{}' of ledger '{}' needs itself", condition.name, ledger.name),
            "break the ring: one of them must be said without the other");
        failed_ = true;
        return;
    }
    state = 1;
    Names names;
    names.form = Names::Form::row_only;
    names.ledger = &ledger;
    const Type truth = boolean_type();
    const bool failed_before = failed_;
    failed_ = false;
    ExpressionPtr that = bound(condition_texts_[ledger.name][index], names, &truth);
    condition.that = failed_ ? nullptr : std::move(that);
    failed_ = failed_before;
    condition_state_[full] = 2;
}

void Builder::bind_conditions() {
    for (Ledger& ledger : model.ledgers)
        for (std::size_t i = 0; i < ledger.conditions.size(); ++i) bind_condition(ledger, i);
}

void Builder::read_ledgers() {
    model.ledgers.reserve(by_kind_["ledger"].size() + 16);
    for (Item* item : by_kind_["ledger"]) {
        Ledger ledger;
        ledger.name = item->block.name;
        ledger.place = item->block.place;
        read_ledger(*item, ledger);
        model.ledgers.push_back(std::move(ledger));
        ledger_items_[&model.ledgers.back()] = item;
    }
}

void Builder::add_built_in_ledgers() {
    const auto add = [&](const std::string& name, const std::string& title, Period period,
                         std::vector<std::string> key, std::vector<Field> fields,
                         bool by_days = false) {
        if (model.ledger(name) != nullptr) {
            report.error("reserved-name", model.ledger(name)->place, 1,
                         fmt::format("'{}' is a built-in ledger and is not declared", name));
            return;
        }
        Ledger ledger;
        ledger.name = name;
        ledger.title = title;
        ledger.period = period;
        ledger.key = std::move(key);
        ledger.built_in = true;
        ledger.span_by_days = by_days;
        if (by_days) {
            fields.insert(fields.begin(), built_in("ended", "终止", date_type(), "date"));
            fields.insert(fields.begin(), built_in("since", "起始", date_type(), "date"));
        }
        ledger.fields = std::move(fields);
        add_built_in_fields(ledger);
        model.ledgers.push_back(std::move(ledger));
    };
    const Field user = built_in("user", "用户", key_type("user"), "key:user");
    add("deliveries", "数据交付", Period::month, {"ledger", "division", "month"},
        {built_in("ledger", "台账", code_type("ledger"), "code:ledger"),
         built_in("due", "应报日", date_type(), "date"),
         built_in("arrived", "到达", date_type(), "date"),
         built_in("rows", "行数", integer_type(), "int"),
         built_in("accepted", "接收", integer_type(), "int"),
         built_in("quarantined", "隔离", integer_type(), "int"),
         built_in("warned", "警告", integer_type(), "int")});
    std::vector<Field> cases{built_in("case", "事项", text_type(), "text"),
                             built_in("workflow", "流程", code_type("workflow"), "code:workflow"),
                             built_in("rule", "规则", code_type("rule"), "code:rule"),
                             built_in("state", "状态", code_type("state"), "code:state"),
                             built_in("outcome", "结果", text_type(), "text"),
                             built_in("owner", "承办", division_type(), "division")};
    for (const Grain& grain : model.grains)
        if (grain.form == Grain::Form::registry)
            cases.push_back(
                built_in(grain.name, grain.title, key_type(grain.name), "key:" + grain.name));
    add("cases", "事项", Period::span, {"case"}, cases, true);
    add("case_steps", "办理记录", Period::date, {"case", "transition", "date"},
        {built_in("case", "事项", key_type("cases"), "key:cases"),
         built_in("workflow", "流程", code_type("workflow"), "code:workflow"),
         built_in("transition", "环节", text_type(), "text"),
         built_in("entered_on", "进入日", date_type(), "date"),
         built_in("acted_on", "办理日", date_type(), "date"),
         built_in("due_on", "期限", date_type(), "date"),
         built_in("acted_by", "办理人", key_type("user"), "key:user"),
         built_in("outcome", "结果", text_type(), "text"),
         built_in("n", "次序", integer_type(), "int"),
         built_in("recorded_on", "录入日", date_type(), "date"),
         built_in("late_entry", "补录", boolean_type(), "bool"),
         built_in("overrode", "越过条件", boolean_type(), "bool"),
         built_in("corrected", "更正", boolean_type(), "bool")});
    add("exemptions", "豁免", Period::span, {"rule", "subject", "since"},
        {built_in("rule", "规则", code_type("rule"), "code:rule"),
         built_in("subject", "对象", text_type(), "text"),
         built_in("reason", "理由", text_type(), "text"),
         built_in("evidence", "依据", text_type(), "text"),
         built_in("until", "至", month_type(), "month"),
         built_in("approver", "批准人", key_type("user"), "key:user"),
         built_in("by", "批准人", key_type("user"), "key:user")});
    add("figures", "指标值", Period::month, {"indicator", "division", "label", "codes", "month"},
        {built_in("indicator", "指标", code_type("indicator"), "code:indicator"),
         built_in("label", "期", text_type(), "text"),
         built_in("codes", "分组", text_type(), "text"),
         built_in("value", "值", decimal_type(38, 6), "decimal(38,6)"),
         built_in("source", "来源", text_type(), "text")});
    add("occasions", "事由", Period::date, {},
        {built_in("case", "事项", key_type("cases"), "key:cases"),
         built_in("rule", "规则", code_type("rule"), "code:rule"),
         built_in("kind", "种类", text_type(), "text"),
         built_in("live", "仍在", boolean_type(), "bool"),
         built_in("verdict", "认定", text_type(), "text")});
    add("logins", "登录", Period::date, {}, {user, built_in("ok", "成功", boolean_type(), "bool")});
}

}  // namespace zs::plan
