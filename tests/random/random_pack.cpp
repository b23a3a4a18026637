#include "random_pack.h"

#include <algorithm>
#include <map>
#include <set>

#include <fmt/format.h>

#include "pack_writer.h"

namespace zs::random {

void PackWriter::code_lists() {
    add(R"md(
```codelist kind
title = "类"
[codes]
a = { title = "甲", near = true, weight = 2 }
b = { title = "乙", near = false, weight = 5 }
c = { title = "丙", near = false, weight = 0 }
```
```codelist sex
title = "性别"
[codes]
f = "女"
m = "男"
```
```codelist risk
title = "风险"
[codes]
illness = "病"
job = "业"
```
)md");
}

void PackWriter::registries() {
    const bool by_days = chance_.happens(30);
    const auto owed = [&](const std::string& grain, int percent) {
        if (!owed_chance_.happens(percent)) return std::string();
        owed_.insert(grain);
        return fmt::format("delivery = {{ by = \"{}\", from = \"{}\" }}\n",
                           owed_chance_.word({"village", "county", "village", "household"}),
                           owed_chance_.word({"2021-10", "2023-01", "2024-02"}));
    };
    const std::string households_owed = owed("household", 15), people_owed = owed("person", 30);
    add(fmt::format(R"md(
```ledger households
title = "户"
grain = "household"
period = "span"
{}[fields]
{}category = {{ type = "code:kind" }}
score = {{ type = "int" }}
cap = {{ type = "money" }}
joined = {{ type = "date" }}
poor = {{ type = "bool" }}
```
```grain household
title = "户"
ledger = "households"
```
```ledger people
title = "人"
grain = "person"
period = "span"
{}[fields]
household = {{ type = "key:household" }}
sex = {{ type = "code:sex" }}
birth = {{ type = "date" }}
skills = {{ type = "codes:kind" }}
words = {{ type = "text" }}
level = {{ type = "decimal(9,3)" }}
mentor = {{ type = "key:person" }}
[conditions]
minor = "age(birth) < 18"
skilled = "has(skills, 'a') and not minor or household.poor"
```
```grain person
title = "人"
ledger = "people"
parent = "household"
```
)md",
                    households_owed,
                    by_days ? "since = { type = \"date\" }\nended = { type = \"date\" }\n" : "",
                    people_owed));
    const std::vector<Name> household{{"category", Gives::kind},
                                      {"score"},
                                      {"cap", Gives::money},
                                      {"joined", Gives::date},
                                      {"poor", Gives::truth},
                                      {"category.weight"},
                                      {"category.near", Gives::truth},
                                      {"county.name", Gives::text},
                                      {"first_since", by_days ? Gives::date : Gives::month}};
    names_["household"] = household;
    names_["person"] = {{"sex", Gives::sex},
                        {"birth", Gives::date},
                        {"skills", Gives::skills},
                        {"words", Gives::text},
                        {"level", Gives::decimal},
                        {"household.score"},
                        {"household.category", Gives::kind},
                        {"household.cap", Gives::money},
                        {"household.poor", Gives::truth},
                        {"household.first_since", by_days ? Gives::date : Gives::month},
                        {"first_since", Gives::month},
                        {"minor", Gives::truth},
                        {"skilled", Gives::truth},
                        {"mentor.level", Gives::decimal},
                        {"mentor.skilled", Gives::truth},
                        {"mentor.household.score"}};
    names_["village"] = {{"name", Gives::text}};
    names_["county"] = {{"name", Gives::text}, {"code", Gives::text}};
    sources_.push_back({"household",
                        household,
                        {"village", "county"},
                        false,
                        true,
                        !households_owed.empty(),
                        false,
                        "category"});
    sources_.push_back({"person",
                        names_["person"],
                        {"household", "village", "county", "person"},
                        false,
                        true,
                        !people_owed.empty(),
                        false,
                        ""});
}

std::string PackWriter::delivery() {
    const std::string by = chance_.word({"village", "county", "household", ""});
    if (by.empty()) return "";
    return fmt::format("delivery = {{ by = \"{}\", from = \"{}\" }}\n", by,
                       chance_.word({"2021-10", "2022-01", "2023-01", "2024-02"}));
}

void PackWriter::ledgers() {
    const std::string work = delivery();
    has_payer_ = payer_chance_.happens(30);
    add("\n```ledger work\ntitle = \"工\"\ngrain = \"person\"\nperiod = \"month\"\n" + work +
        R"md([fields]
place = { type = "code:kind" }
wage = { type = "money" }
days = { type = "int" }
rate = { type = "decimal(8,3)" }
note_text = { type = "text" }
started = { type = "date" }
)md" + (has_payer_ ? "payer = { type = \"key:household\" }\n" : "") +
        R"md([conditions]
working = "wage > 0 or place is not null"
busy = "working and days > 10"
grown = "not person.minor"
```
)md");
    const std::vector<Name> work_fields{{"place", Gives::kind},
                                        {"wage", Gives::money},
                                        {"days"},
                                        {"rate", Gives::decimal},
                                        {"note_text", Gives::text},
                                        {"started", Gives::date},
                                        {"month", Gives::month},
                                        {"person.sex", Gives::sex},
                                        {"person.birth", Gives::date},
                                        {"person.household.score"},
                                        {"person.household.poor", Gives::truth},
                                        {"working", Gives::truth},
                                        {"busy", Gives::truth},
                                        {"grown", Gives::truth},
                                        {"person.first_since", Gives::month},
                                        {"person.mentor.level", Gives::decimal}};
    names_["work"] = work_fields;
    if (!work.empty()) owed_.insert("work");
    sources_.push_back({"work",
                        work_fields,
                        {"person", "household", "village", "person_month", "person_term"},
                        false,
                        false,
                        !work.empty(),
                        false,
                        "place"});

    if (chance_.happens(80)) {
        const std::string aid = chance_.happens(50) ? "" : delivery();
        const std::string key =
            chance_.happens(60) ? "key = []\n" : "key = [\"household\", \"kind\", \"date\"]\n";
        add("\n```ledger aid\ntitle = \"助\"\ngrain = \"household\"\nperiod = \"date\"\n" + key +
            aid + R"md([fields]
kind = { type = "code:kind" }
amount = { type = "money" }
for_month = { type = "month" }
done = { type = "bool" }
```
)md");
        if (!aid.empty()) owed_.insert("household_kind");
        sources_.push_back({"aid",
                            {{"kind", Gives::kind},
                             {"amount", Gives::money},
                             {"for_month", Gives::month},
                             {"done", Gives::truth},
                             {"date", Gives::date},
                             {"month", Gives::month},
                             {"household.category", Gives::kind},
                             {"kind.weight"}},
                            {"household", "village", "county", "household_kind", "household_month"},
                            false,
                            false,
                            !aid.empty(),
                            false,
                            "kind"});
    }
    if (chance_.happens(70)) {
        const std::string period = chance_.word({"year", "calendar_year", "school_term"}),
                          yearly = delivery();
        add(
            fmt::format("\n```ledger yearly\ntitle = \"年\"\ngrain = \"household\"\nperiod = "
                        "\"{}\"\n{}[fields]\ntotal = {{ type = \"money\" }}\ngrade = {{ type = "
                        "\"int\" }}\n```\n",
                        period, yearly));
        sources_.push_back({"yearly",
                            {{"total", Gives::money}, {"grade"}, {"household.poor", Gives::truth}},
                            {"household", "village", "county"},
                            false,
                            false,
                            !yearly.empty(),
                            false,
                            "",
                            period});
    }
    if (chance_.happens(70)) {
        const std::string owed = chance_.happens(60) ? "" : delivery(),
                          days = chance_.happens(40)
                                     ? "since = { type = \"date\" }\nended = { type = \"date\" }\n"
                                     : "";
        add("\n```ledger benefits\ntitle = \"保\"\ngrain = \"person\"\nperiod = \"span\"\nkey = "
            "[\"person\", \"benefit\", \"since\"]\n" +
            owed + "[fields]\n" + days +
            "benefit = { type = \"code:kind\" }\namount = { type = \"money\" }\n```\n");
        sources_.push_back(
            {"benefits",
             {{"benefit", Gives::kind}, {"amount", Gives::money}, {"person.household.score"}},
             {"person", "household", "village"},
             true,
             true,
             !owed.empty(),
             false,
             "benefit"});
        if (!owed.empty()) owed_.insert("benefits");
        names_["benefits"] = {{"benefit", Gives::kind},
                              {"amount", Gives::money},
                              {"person.sex", Gives::sex},
                              {"person.household.score"}};
    }
    if (chance_.happens(60)) {
        const std::string owed =
            chance_.happens(50) ? "" : "delivery = { by = \"village\", from = \"2022-01\" }\n";
        add("\n```ledger visits\ntitle = \"访\"\ngrain = \"village\"\nperiod = \"month\"\n" + owed +
            "[fields]\nhours = { type = \"int\" }\nspent = { type = \"money\" }\n```\n");
        sources_.push_back({"visits",
                            {{"hours"}, {"spent", Gives::money}, {"month", Gives::month}},
                            {"village", "county", "village_month"},
                            false,
                            false,
                            !owed.empty(),
                            false,
                            ""});
    }
}

void PackWriter::grains() {
    add(
        fmt::format("\n```grain person_month\ntitle = \"人月\"\nledger = \"people\"\nevery = "
                    "\"month\"\nover = \"{}\"\n```\n",
                    chance_.word({"3 months", "year", "calendar_year", "12 months"})));
    add(
        fmt::format("\n```grain person_term\ntitle = \"人学期\"\nledger = \"work\"\nevery = "
                    "\"school_term\"\nover = \"{}\"\n```\n",
                    chance_.word({"12 months", "calendar_year", "whole year"})));
    add(
        fmt::format("\n```grain village_month\ntitle = \"村月\"\nlevel = \"village\"\nevery = "
                    "\"month\"\nover = \"{}\"\n```\n",
                    chance_.word({"4 months", "calendar_year"})));
    every_ = {"person_month", "person_term", "village_month"};
    names_["person_month"] = {{"month", Gives::month},
                              {"person.sex", Gives::sex},
                              {"person.birth", Gives::date},
                              {"person.household.score"}};
    names_["person_term"] = {{"person.level", Gives::decimal},
                             {"person.household.cap", Gives::money}};
    names_["village_month"] = {{"month", Gives::month}, {"village.name", Gives::text}};
    const bool aid = std::any_of(sources_.begin(), sources_.end(),
                                 [](const Source& s) { return s.name == "aid"; });
    if (!aid) return;
    // Over a ledger of dates a key may hold the month that follows from them.
    const bool by_month = month_chance_.happens(30);
    add(
        fmt::format("\n```grain household_kind\ntitle = \"户类\"\nledger = \"aid\"\nkey = "
                    "[\"household\", \"kind\"{}]\n```\n",
                    by_month ? ", \"month\"" : ""));
    add("\n```grain household_month\ntitle = \"户月\"\nledger = \"households\"\nevery = "
        "\"month\"\n```\n");
    every_.insert("household_month");
    names_["household_kind"] = {{"kind", Gives::kind},
                                {"kind.weight"},
                                {"household.score"},
                                {"household.cap", Gives::money}};
    if (by_month) names_["household_kind"].push_back({"month", Gives::month});
    names_["household_month"] = {{"month", Gives::month}, {"household.poor", Gives::truth}};
}

void PackWriter::parameters() {
    add(fmt::format(R"md(
```parameter line
title = "线"
type = "money"
{}values = [ {{ from = "1990-01", value = 300 }}, {{ from = "2024-04", division = "41", value = 800.5 }}, {{ from = "2023-06", division = "411625", value = {} }} ]
```
```parameter price
title = "价"
type = "money"
by = "code:kind"
{}
values = [ {{ from = "2021-01", item = "a", value = 1.5 }}, {{ from = "2024-01", item = "a", value = 2.25 }}, {{ from = "2022-01", item = "b", division = "41", value = 3 }} ]
```
```parameter closed
title = "截止月"
type = "month"
optional = true
values = [ {{ from = "2023-09", value = "2023-06" }}, {{ from = "2024-03", value = "2024-05" }} ]
```
```parameter grant
title = "档"
type = "money"
steps = "money"
optional = true
values = [ {{ from = "2021-01", at = 0, value = 10 }}, {{ from = "2021-01", at = 500, value = 20 }}, {{ from = "2024-06", at = 500, value = 25.5 }}, {{ from = "2023-01", division = "411625", at = 100, value = 7 }} ]
```
)md",
                    chance_.happens(50) ? "default = 250\n" : "", chance_.number(100, 900),
                    chance_.happens(50) ? "optional = true" : "default = 9.99"));
}

Scope PackWriter::scope_of(const std::string& grain) {
    Scope scope;
    scope.names = names_[grain];
    scope.must_window = !is_every(grain);
    return scope;
}

/// A feature over rows: an aggregate, perhaps by code, of part of the rows, over a window of its
/// own.
void PackWriter::feature_from(const Source& source, const std::string& grain) {
    const std::string name = next("f");
    Gives gives = any_kind();
    const bool has_kind = std::any_of(source.fields.begin(), source.fields.end(),
                                      [](const Name& field) { return field.gives == Gives::kind; });
    if ((source.every && gives == Gives::months) || (gives == Gives::kind && !has_kind))
        gives = Gives::integer;
    if ((source.name == "household" || source.name == "person" ||
         source.name == "household_kind") &&
        gives == Gives::months)
        gives = Gives::truth;
    const bool registry = source.name == "household" || source.name == "person";
    const bool cover_any = (source.spans && (gives == Gives::months || chance_.happens(30))) ||
                           (registry && owed_chance_.happens(20));
    Scope rows;
    rows.names = source.fields;
    rows.must_window = false;
    const std::string value = writer_.aggregate(gives, rows, source.spans, false);
    const std::string where =
        chance_.happens(50)
            ? fmt::format("where = \"{}\"\n", writer_.expression(Gives::truth, rows, 2))
            : "";
    const bool by_code =
        !source.code_field.empty() && chance_.happens(20) && grain != "household_kind";
    const bool over = !source.every && chance_.happens(30);
    // A person's mentor is of the same grain: rows land at another subject of it.
    const bool by_mentor =
        grain == "person" &&
        (source.name == "person" || source.name == "work" || source.name == "benefits") &&
        (source.name == "person" || chance_.happens(30));
    std::string block = fmt::format("\n```feature {}.{}\nfrom = \"{}\"\n{}value = \"{}\"\n", grain,
                                    name, source.name, where, value);
    if (grain == "household_month" && source.name == "aid" && chance_.happens(50))
        block += "by = { month = \"for_month\" }\n";
    if (over)
        block += fmt::format("over = \"{}\"\n", source.calendar.empty()
                                                    ? writer_.window(rows.left_short)
                                                    : writer_.window_of(source.calendar));
    if (by_mentor)
        block += fmt::format("by = \"{}\"\n", source.name == "person" ? "mentor" : "person.mentor");
    if (by_code) block += fmt::format("by_code = \"{}\"\n", source.code_field);
    if (source.owed && (by_mentor || lands_by_payer(source, grain) || chance_.happens(25)))
        block += "partial = true\n";
    if (cover_any) block += "cover = \"any\"\n";
    add(block + "```\n");
    const bool state = source.state && !cover_any && rows.left_open != Window::must;
    names_[grain].push_back({name, gives,
                             over    ? Window::none
                             : state ? Window::may
                                     : Window::must,
                             by_code, source.every || rows.left_short, true, rows.falls,
                             over ? "" : source.calendar});
    if (!where.empty() && chance_.happens(30))
        names_[grain].push_back({name + ".unknown", Gives::integer, Window::none, false});
    if (!where.empty() && names_[grain].back().text.ends_with(".unknown") && (by_code || !over))
        names_[grain].pop_back();
}

void PackWriter::feature_expression(const std::string& grain) {
    const std::string name = next("e");
    const Gives gives = chance_.one_of(
        std::vector<Gives>{Gives::truth, Gives::truth, Gives::integer, Gives::money, Gives::decimal,
                           Gives::quotient, Gives::text, Gives::months, Gives::date});
    Scope scope = scope_of(grain);
    scope.must_window = false;
    const std::string value = writer_.expression(gives, scope, 3);
    if (value == "NULL") return;
    add(fmt::format("\n```feature {}.{}\nvalue = \"{}\"\n```\n", grain, name, value));
    names_[grain].push_back(
        {name, gives, scope.left_open, false, scope.left_short, true, scope.falls});
}

void PackWriter::feature_peers(const std::string& grain) {
    const std::string name = next("p");
    const Gives gives = chance_.one_of(
        std::vector<Gives>{Gives::integer, Gives::money, Gives::truth, Gives::quotient});
    Scope scope = scope_of(grain);
    scope.must_window = false;
    const std::string value =
        gives == Gives::quotient
            ? fmt::format("peer_rank({})", writer_.expression(Gives::money, scope, 1))
            : writer_.aggregate(gives, scope, false, false);
    scope.falls = scope.falls || gives == Gives::quotient;
    const std::string columns =
        grain == "household"
            ? chance_.word({"\"village\"", "\"county\", \"category\"", "\"category\""})
            : "\"village\"";
    add(fmt::format("\n```feature {}.{}\npeers = [{}]\nvalue = \"{}\"\nat_least = {}\n```\n", grain,
                    name, columns, value, chance_.number(1, 3)));
    names_[grain].push_back(
        {name, gives, scope.left_open, false, scope.left_short, true, scope.falls});
}

/// Grains as sources of features of those above them.
void PackWriter::source_grains() {
    for (Source& source : sources_)
        if (source.name == "household" || source.name == "person")
            source.fields = names_[source.name];
    // What makes the subjects of an `every` grain: people, households, or work.
    const auto is_owed = [&](const std::string& grain) {
        const std::string made_by = grain == "person_term"       ? "work"
                                    : grain == "person_month"    ? "person"
                                    : grain == "household_month" ? "household"
                                                                 : "";
        return owed_.contains(made_by);
    };
    for (const std::string& grain : every_) {
        if (is_owed(grain)) owed_.insert(grain);
        Source source{
            grain,
            names_[grain],
            grain == "village_month"
                ? std::vector<std::string>{"village", "county"}
                : std::vector<std::string>{grain.starts_with("person") ? "person" : "household",
                                           "village"},
            false,
            false,
            is_owed(grain),
            true,
            ""};
        sources_.push_back(source);
    }
    if (names_.contains("household_kind"))
        sources_.push_back({"household_kind",
                            names_["household_kind"],
                            {"household", "village"},
                            false,
                            false,
                            owed_.contains("household_kind"),
                            false,
                            ""});
}

void PackWriter::features() {
    const auto land = [&](int count) {
        for (int i = 0; i < count; ++i) {
            const Source source = chance_.one_of(sources_);
            std::vector<std::string> lands;
            for (const std::string& grain : source.lands)
                if (names_.contains(grain)) lands.push_back(grain);
            feature_from(source, chance_.one_of(lands));
        }
    };
    const std::vector<std::string> grains{"household",    "person",      "village",
                                          "person_month", "person_term", "village_month"};
    land(8);
    for (int i = 0; i < 6; ++i) feature_expression(chance_.one_of(grains));
    feature_peers("household");
    if (chance_.happens(50)) feature_peers("person");
    see_from_periods();
    for (int i = 0; i < 2; ++i)
        feature_expression(chance_.word({"person_month", "person_term", "village_month"}));
    source_grains();
    land(5);
    for (int i = 0; i < 3; ++i) feature_expression(chance_.one_of(grains));
    see_from_periods();
}

/// What subjects of periods reach by dots: features and outcomes of those they are of, and of the
/// places where those lie.
void PackWriter::see_from_periods() {
    const auto see = [&](const std::string& grain, const std::string& dots, const std::string& of) {
        if (!names_.contains(grain)) return;
        for (const Name& name : std::vector<Name>(names_[of])) {
            const bool is_outcome =
                name.gives == Gives::truth &&
                (name.text.starts_with("clue") || name.text.starts_with("check")) &&
                name.text.find('.') == std::string::npos;
            if (name.window == Window::none && !is_outcome) continue;
            Name seen = name;
            seen.text = dots + name.text;
            const auto is_same = [&](const Name& known) { return known.text == seen.text; };
            std::vector<Name>& known = names_[grain];
            if (std::none_of(known.begin(), known.end(), is_same)) known.push_back(seen);
        }
    };
    see("person_month", "person.", "person");
    see("person_month", "person.household.", "household");
    see("person_month", "village.", "village");
    see("person_term", "person.", "person");
    see("person_term", "county.", "county");
    see("village_month", "village.", "village");
    see("household_month", "household.", "household");
    see("household_month", "village.", "village");
}

void PackWriter::rule(const std::string& grain) {
    const bool check = chance_.happens(40);
    const std::string name = next(check ? "check" : "clue");
    Scope scope = scope_of(grain);
    std::string block = fmt::format("\n```{} {}\ntitle = \"{}\"\ngrain = \"{}\"\nwhen = \"{}\"\n",
                                    check ? "check" : "clue", name, name, grain,
                                    writer_.expression(Gives::truth, scope, 3));
    if (chance_.happens(40))
        block += fmt::format("where = \"{}\"\n", writer_.expression(Gives::truth, scope, 2));
    if (check) {
        block += fmt::format("kind = \"{}\"\n", chance_.word({"logic", "physical", "statistical"}));
        if (chance_.happens(70))
            block +=
                fmt::format("score = \"{}\"\n",
                            writer_.expression(
                                chance_.happens(50) ? Gives::decimal : Gives::quotient, scope, 2));
    } else {
        block += chance_.happens(50)
                     ? "severity = \"high\"\nrisk = \"illness\"\n"
                     : fmt::format("severity = \"case when {} then 'low' else 'medium' end\"\n",
                                   writer_.expression(Gives::truth, scope, 1));
    }
    block += fmt::format(
        "say = \"说{{{}}}，{{{}}}，{{{}:%}}，{{{}}}，{{{}}}\"\n",
        writer_.expression(Gives::money, scope, 1), writer_.expression(Gives::integer, scope, 1),
        writer_.expression(Gives::quotient, scope, 1), writer_.expression(Gives::truth, scope, 0),
        writer_.expression(Gives::month, scope, 1));
    add(block + "```\n");
    names_[grain].push_back({name, Gives::truth, Window::none, false});
    if (check) names_[grain].push_back({name + ".score", Gives::decimal, Window::none, false});
}

void PackWriter::entitlement(const std::string& grain) {
    const std::string name = next("right");
    Scope scope = scope_of(grain);
    const auto e = [&](Gives gives) { return writer_.expression(gives, scope, 2); };
    std::string block =
        fmt::format("\n```entitlement {}\ntitle = \"{}\"\ngrain = \"{}\"\neligible = \"{}\"\n",
                    name, name, grain, e(Gives::truth));
    const bool amount = chance_.happens(60);
    if (amount) block += fmt::format("amount = \"{}\"\n", e(Gives::money));
    block += fmt::format("received = \"{}\"\n",
                         e(amount || chance_.happens(50) ? Gives::money : Gives::truth));
    if (chance_.happens(50)) block += fmt::format("due_on = \"{}\"\n", e(Gives::date));
    if (chance_.happens(40)) block += fmt::format("paid_on = \"{}\"\n", e(Gives::date));
    if (chance_.happens(30)) block += fmt::format("wrongful = \"{}\"\n", e(Gives::truth));
    if (chance_.happens(40)) block += fmt::format("where = \"{}\"\n", e(Gives::truth));
    add(block + "```\n");
    names_[grain].push_back({name, Gives::text, Window::none, false});
}

void PackWriter::rules() {
    std::vector<std::string> grains{"household",    "person",      "village",
                                    "person_month", "person_term", "village_month",
                                    "household",    "person",      "work"};
    for (const char* grain : {"household_kind", "household_month", "benefits"})
        if (names_.contains(grain)) grains.emplace_back(grain);
    for (int i = 0; i < 5; ++i) rule(chance_.one_of(grains));
    see_from_periods();
    for (int i = 0; i < 3; ++i) entitlement(chance_.one_of(grains));
}

/// A clue that shows what is seldom written, of everybody. It draws from a chance of its own, so
/// that the rest of a pack stays what it was.
void PackWriter::corners(const std::string& grain) {
    std::string say;
    for (int i = 0; i < 6; ++i) {
        Scope scope = scope_of(grain);
        say += fmt::format("{{{}}}；", corner_writer_.corner(scope));
    }
    for (const Source& source : sources_) {
        const bool lands =
            std::find(source.lands.begin(), source.lands.end(), grain) != source.lands.end();
        const bool is_own = source.name == grain;
        if (!lands || source.every || is_own || !corner_chance_.happens(40)) continue;
        const std::string name = next("corner");
        Scope rows;
        rows.names = source.fields;
        rows.must_window = false;
        add(fmt::format("\n```feature {}.{}\nfrom = \"{}\"\nvalue = \"{}\"\nover = \"{}\"\n{}```\n",
                        grain, name, source.name, corner_writer_.corner_aggregate(rows),
                        source.calendar.empty() ? corner_writer_.window()
                                                : corner_writer_.window_of(source.calendar),
                        source.owed && lands_by_payer(source, grain) ? "partial = true\n" : ""));
        say += fmt::format("{{{}}}；", name);
    }
    Scope scope = scope_of(grain);
    const std::string peers = next("corner");
    add(
        fmt::format("\n```feature {}.{}\npeers = [\"village\"]\nvalue = \"count(*) filter (where "
                    "{})\"\nat_least = 2\nover = \"3 months\"\n```\n",
                    grain, peers, corner_writer_.expression(Gives::truth, scope, 1)));
    add(
        fmt::format("\n```clue {}\ntitle = \"角\"\ngrain = \"{}\"\nwhen = \"true\"\nsay = "
                    "\"{}{{{}}}\"\n```\n",
                    next("seldom"), grain, say, peers));
}

std::vector<std::pair<std::string, std::string>> PackWriter::written() {
    const std::string plan = fmt::format(
        "language = 1\nname = \"random\"\ntitle = \"随机\"\nmonths = "
        "\"2023-01..2025-12\"\nyear_ends = {}\nlevels = [\"province\", \"county\", "
        "\"village\"]\ndigits = [2, 6, 12]\n",
        chance_.word({"9", "12", "6"}));
    code_lists();
    registries();
    ledgers();
    grains();
    parameters();
    features();
    rules();
    for (int i = 0; i < 2; ++i) feature_expression(chance_.word({"household", "person"}));
    rule("household");
    indicators();
    targets();
    // They cost as much time as all the rest of a pack.
    if (corner_chance_.happens(30))
        for (const char* grain : {"person", "household"}) corners(grain);
    counts();
    each();
    return {{"plan.toml", plan}, {"pack.md", text_}};
}

std::vector<std::pair<std::string, std::string>> write_pack(std::uint64_t seed) {
    return PackWriter(seed).written();
}

}  // namespace zs::random
