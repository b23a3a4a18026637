#include "pack_writer.h"

#include <algorithm>

#include <fmt/format.h>

namespace zs::random {

void PackWriter::indicators() {
    std::vector<std::string> grains{"household", "person", "village", "person_month", "work"};
    for (const char* grain : {"household_kind", "benefits"})
        if (names_.contains(grain)) grains.emplace_back(grain);
    for (int i = 0; i < 4; ++i) {
        const std::string grain = i == 0 ? "person" : chance_.one_of(grains);
        Scope scope = scope_of(grain);
        scope.must_window = false;
        const bool per = chance_.happens(40);
        std::string block = fmt::format(
            "\n```indicator own{}\ntitle = \"指\"\ngrain = \"{}\"\nunit = \"u\"\nvalue = \"{}\"\n",
            i, grain,
            writer_.aggregate(chance_.one_of(std::vector<Gives>{Gives::integer, Gives::money,
                                                                Gives::decimal, Gives::quotient}),
                              scope, false, true));
        if (per)
            block += fmt::format("per = \"{}\"\n",
                                 chance_.happens(50)
                                     ? "count(*)"
                                     : writer_.aggregate(Gives::money, scope, false, true));
        if (chance_.happens(40))
            block += fmt::format("where = \"{}\"\n", writer_.expression(Gives::truth, scope, 2));
        block +=
            fmt::format("period = \"{}\"\n",
                        i < 2 ? "calendar_year"
                              : chance_.word({"month", "year", "calendar_year", "school_term"}));
        if (grain == "person" && chance_.happens(70))
            block +=
                chance_.word({"split = [\"sex\"]\n", "split = [\"sex\", \"household.category\"]\n",
                              "split = [\"household.poor\"]\n"});
        if (grain == "household" && chance_.happens(50)) block += "split = [\"category\"]\n";
        if (chance_.happens(30))
            block += fmt::format("min_known = {}\n", chance_.word({"0.5", "0.25", "0.9"}));
        if (chance_.happens(30)) block += "levels = [\"province\", \"village\"]\n";
        if (owed_.contains(grain) && owed_chance_.happens(40))
            block +=
                fmt::format("min_delivered = {}\n", owed_chance_.word({"0", "0.5", "0.9", "1"}));
        add(block + "```\n");
    }
    add("\n```indicator official\ntitle = \"公布\"\ngiven = true\nunit = \"u\"\nperiod = "
        "\"calendar_year\"\n```\n");
    add(
        fmt::format("\n```indicator growth\ntitle = \"增\"\nunit = \"u\"\nperiod = "
                    "\"calendar_year\"\nvalue = \"{}\"\n```\n",
                    chance_.word({"own0 / prior(own0) - 1", "own0 - prior(own0)",
                                  "coalesce(own0, own1) - own1", "own0 * param.line",
                                  "case when own1 > 1 then own0 when own0 > 1 then prior(own0) "
                                  "else run.year end"})));
    add(
        fmt::format("\n```indicator against\ntitle = \"比\"\nunit = \"u\"\nperiod = "
                    "\"calendar_year\"\nvalue = \"{}\"\n```\n",
                    chance_.word({"own1 - at(official, 'nation')", "official / prior(official) - 1",
                                  "own1 / at(own1, 'province')", "growth - official"})));
    add("\n```indicator further\ntitle = \"再\"\nunit = \"u\"\nperiod = \"calendar_year\"\nvalue = "
        "\"growth - prior(growth)\"\n```\n");
}

void PackWriter::targets() {
    for (int i = 0; i < 3; ++i) {
        const std::string indicator =
            chance_.word({"own0", "own1", "own2", "growth", "against", "official"});
        const auto bound = [&] {
            return chance_.word({">= 2", "> 100", "<= 3.5", "between 1 and 30", "> official",
                                 ">= param.line", "< 0.5"});
        };
        std::string block = fmt::format(
            "\n```target goal{}\ntitle = \"目标\"\nindicator = \"{}\"\nat = \"{}\"\nyears = {{ "
            "2023 = \"{}\", 2024 = \"{}\", 2025 = \"{}\" }}\n",
            i, indicator, chance_.word({"province", "every county", "every village"}), bound(),
            bound(), bound());
        block +=
            chance_.word({"", "pace = \"linear\"\n",
                          "pace = [0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 1]\n"});
        add(block + "```\n");
    }
    target_columns();
}

/// Targets of some villages only, and rules that read what targets came to.
void PackWriter::target_columns() {
    Scope village = scope_of("village");
    for (const char* level : {"village", "county"})
        add(fmt::format(
            "\n```target some_{0}\ntitle = \"目标\"\nindicator = \"own0\"\nat = \"every "
            "{0}\"\nwhere = \"{1}\"\nyears = {{ 2024 = \">= {2}\" }}\n```\n",
            level,
            level == std::string("village") ? writer_.expression(Gives::truth, village, 2)
                                            : chance_.word({"name <> '乙县'", "code < '411600'"}),
            chance_.number(1, 40)));
    if (!chance_.happens(50)) return;
    names_["village"].push_back({"some_village", Gives::text, Window::none, false});
    names_["household"].push_back({"county.some_county", Gives::text, Window::none, false});
    names_["household"].push_back({"village.some_village", Gives::text, Window::none, false});
    feature_expression("household");
    rule("village");
    rule("household");
    rule("person");
}

/// Counts, shares of counts and what is calculated from them, and targets of each: what is unknown
/// is counted against them. From a chance of their own, as the corners.
void PackWriter::counts() {
    const auto word = [&](const std::vector<std::string>& words) {
        return corner_chance_.word(words);
    };
    const auto of_persons = [&] {
        Scope scope = scope_of("person");
        scope.must_window = false;
        return corner_writer_.expression(Gives::truth, scope, 1);
    };
    const auto add_indicator = [&](const std::string& name, const std::string& rest) {
        add(fmt::format("\n```indicator {}\ntitle = \"数\"\nunit = \"u\"\n{}```\n", name, rest));
    };
    const std::string first = of_persons(), second = of_persons();
    const std::string of_people = "grain = \"person\"\nperiod = \"calendar_year\"\n";
    add_indicator("counted",
                  of_people + fmt::format("value = \"count(*) filter (where {})\"\n", first));
    add_indicator(
        "both", of_people + fmt::format("value = \"count_if({}) {} count(*) filter (where {})\"\n",
                                        first, word({"+", "-"}), second));
    add_indicator(
        "share",
        of_people + fmt::format("value = \"count(*) filter (where ({0}) and ({1}))\"\nper "
                                "= \"{2}\"\n",
                                first, second,
                                word({"count(*)", "count(*) filter (where household.poor)"})));
    add_indicator("part", of_people + fmt::format("value = \"count(*) filter (where {})\"\nper = "
                                                  "\"count(*) filter (where {})\"\n",
                                                  first, first));
    add_indicator(
        "known_part",
        of_people + fmt::format("value = \"count(*) filter (where {}) / count(*)\"\n", first));
    // Without `period`: it follows what is read.
    add_indicator(
        "combined",
        fmt::format(
            "value = \"{}\"\n",
            word({"counted + both", "counted / both", "round(share * 100, 1) - part",
                  "counted * 2 - own1", "greatest(share, part)", "coalesce(counted, 0) + 1",
                  "-counted / param.line", "case when counted > 1 then share else part end"})));
    add_indicator("since", fmt::format("value = \"{}\"\n",
                                       word({"counted / prior(counted, else = prior(official)) - 1",
                                             "own0 - prior(own0, else = official)",
                                             "prior(counted, 2, else = 3)",
                                             "share - prior(share, else = param.line / 10000)"})));
    for (int i = 0; i < 6; ++i) {
        const auto bound = [&] {
            return word({">= 2", "> 0", "<= 3", "< 0.5", "= 0", "= 1", "between 0.2 and 0.8",
                         "between 1 and 3", ">= counted", "< both", ">= prior(counted, else = 2)",
                         "<= combined"});
        };
        std::string block = fmt::format(
            "\n```target against_{}\ntitle = \"目标\"\nindicator = \"{}\"\nat = \"{}\"\nyears = {{ "
            "2023 = \"{}\", 2024 = \"{}\", 2025 = \"{}\" }}\n",
            i,
            word({"counted", "both", "share", "part", "known_part", "combined", "since", "own1"}),
            word({"province", "every county", "every village"}), bound(), bound(), bound());
        block += word({"", "pace = \"linear\"\n", "unknown = 0.3\n", "unknown = 1\n"});
        add(block + "```\n");
    }
}

/// Indicators and targets with `each`, and what reads one of them.
void PackWriter::each() {
    const std::string list = "sex";
    add(fmt::format(
        "\n```indicator by_code\ntitle = \"每\"\neach = \"{0}\"\ngrain = \"person\"\nperiod = "
        "\"{1}\"\nvalue = \"count(*) filter (where sex = code)\"\n{2}```\n",
        list, corner_chance_.word({"calendar_year", "month"}),
        corner_chance_.happens(50) ? "split = [\"household.poor\"]\n" : ""));
    add(
        fmt::format("\n```indicator code_share\ntitle = \"每\"\neach = \"{}\"\nvalue = "
                    "\"by_code[code] / (by_code['f'] + by_code['m'])\"\n```\n",
                    list));
    add(fmt::format(
        "\n```target code_goal\ntitle = \"每\"\neach = \"{}\"\nindicator = "
        "\"{}[code]\"\nat = \"every village\"\nyears = {{ 2024 = \">= 0.5\", 2025 = \">= "
        "by_code['f']\" }}\n```\n",
        list, corner_chance_.word({"by_code", "code_share"})));
    add("\n```clue code_behind\ntitle = \"每\"\ngrain = \"village\"\nwhen = \"code_goal['f'] = "
        "'behind' or code_goal['m'] = 'missed'\"\n```\n");
}

}  // namespace zs::random
