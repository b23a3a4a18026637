#include <gtest/gtest.h>

#include "plan/pack_for_tests.h"

namespace zs::plan {

using for_tests::block;
using for_tests::checked;
using for_tests::errors;
using for_tests::warnings;

namespace {

std::string one_indicator(const std::string& value) {
    return block("indicator given", "title = \"官方\"\ngiven = true\nperiod = \"year\"") +
           block("indicator gap",
                 "title = \"差距\"\nperiod = \"year\"\nvalue = '''" + value + "'''");
}

}  // namespace

TEST(Faults, AnIndicatorNeedsNoUnit) {
    EXPECT_EQ(errors(block("indicator heads",
                           "title = \"户数\"\ngrain = \"household\"\nvalue = \"count(*)\"")),
              "");
}

TEST(Faults, ATextMayStandInEitherQuotes) {
    EXPECT_EQ(errors(one_indicator("given - at(given, \"nation\") + at(given, 'province')")), "");
    EXPECT_EQ(errors(block("feature person.lately", "value = 'wages[\"3 months\"]'")), "");
}

TEST(Faults, IndicatorsThatNeedEachOtherAreARing) {
    const std::string ring = block("indicator one", "title = \"一\"\nvalue = \"two + 1\"") +
                             block("indicator two", "title = \"二\"\nvalue = \"one + 1\"");
    EXPECT_EQ(errors(ring),
              "条款.md:1:4: error: an indicator needs itself: one → two → one\n"
              "    ```indicator one\n"
              "       ^^^^^^^^^\n"
              "    break the ring: one of them must be said without the other\n");
    EXPECT_NE(errors(block("indicator past", "title = \"前\"\nvalue = \"prior(past) + 1\"")), "");
}

TEST(Faults, APeriodThatFitsNothingThatIsReadIsAnError) {
    const std::string given =
        block("indicator given", "title = \"官方\"\ngiven = true\nperiod = \"year\"");
    const auto reading = [&](const std::string& period) {
        return errors(
            given + block("indicator half", "title = \"半\"\n" + period + "value = \"given / 2\""));
    };
    EXPECT_EQ(reading(""), "");
    EXPECT_EQ(reading("period = \"calendar_year\"\n"), "");
    EXPECT_EQ(reading("period = \"month\"\n"),
              "条款.md:8:10: error: 'given' has figures by year: by month it has none\n"
              "    period = \"month\"\n"
              "             ^^^^^^^\n"
              "    leave 'period' out: it follows what the indicator reads\n");
    EXPECT_NE(warnings(given +
                       block("indicator heads",
                             "title = \"户\"\ngrain = \"household\"\n"
                             "value = \"count(*)\"") +
                       block("indicator mixed", "title = \"混\"\nvalue = \"heads + given\"")),
              "");
}

TEST(Faults, ElseBelongsToPriorAlone) {
    EXPECT_EQ(
        errors(one_indicator("prior(given, else = 3) + prior(given, 2, else = prior(given))")), "");
    EXPECT_NE(errors(one_indicator("coalesce(given, else = 3)")), "");
    EXPECT_NE(errors(one_indicator("prior(prior(given, else = 3))")), "");
    EXPECT_NE(errors(one_indicator("prior(given, else = 3, 2)")), "");
}

TEST(Faults, AnUnknownLevelGetsItsNearestName) {
    const auto hint = [](const std::string& clause, const std::string& near) {
        EXPECT_NE(errors(clause).find("did you mean '" + near + "'?"), std::string::npos)
            << errors(clause);
    };
    const std::string heads = "title = \"户\"\ngrain = \"household\"\nvalue = \"count(*)\"\n";
    hint(block("indicator heads", heads + "levels = [\"vilage\"]"), "village");
    hint(block("indicator heads", heads) +
             block("target goal",
                   "title = \"目标\"\nindicator = \"heads\"\nat = \"every conty\"\n"
                   "years = { 2024 = \"> 1\" }"),
         "county");
    hint(block("indicator heads", heads) +
             block("indicator above", "title = \"上\"\nvalue = \"at(heads, 'provnce')\""),
         "province");
    hint(block("grain town_month", "title = \"乡\"\nlevel = \"twn\"\nevery = \"month\""), "town");
    hint(block("duty visit", "title = \"走访\"\nat = \"couny\"\nevidence = \"employment\""),
         "county");
    hint(block("clue poor",
               "title = \"穷\"\ngrain = \"household\"\nwhen = \"members > 1\"\n"
               "verify = { by = \"vilage\", days = 5 }"),
         "village");
    hint(block("feature household.alike", "peers = [\"vilage\"]\nvalue = \"count(*)\""), "village");
    hint(block("workflow visit",
               "title = \"走访\"\nsubject = \"household\"\nstates = [\"a\", \"b\"]\n"
               "[[transitions]]\nfrom = \"a\"\nto = \"b\"\nby = \"vilage worker\""),
         "village worker");
}

TEST(Faults, FunctionsMayBeWrittenInCapitals) {
    EXPECT_EQ(errors(block("feature person.total",
                           "from = \"employment\"\nvalue = \"SUM(COALESCE(wage, 0))\"")),
              "");
}

TEST(Faults, ADivisionIsAWayToAnyLevel) {
    const std::string ledger =
        block("ledger sites",
              "title = \"点\"\ngrain = \"person\"\nperiod = \"month\"\n[fields]\n"
              "built_in = { type = \"division\" }");
    for (const char* by : {"built_in", "built_in.town"})
        EXPECT_EQ(errors(ledger +
                         block("feature town.sites_here", std::string("from = \"sites\"\nby = \"") +
                                                              by + "\"\nvalue = \"count(*)\"")),
                  "")
            << by;
}

TEST(Faults, AFieldMayHoldTheKeyOfALedgersRow) {
    const std::string contracts =
        block("ledger contracts",
              "title = \"合同\"\nperiod = \"span\"\nkey = [\"no\"]\n[fields]\n"
              "no = { type = \"text\" }\nworth = { type = \"money\" }");
    const auto visits = [&](const std::string& type) {
        return errors(contracts +
                      block("ledger visits",
                            "title = \"查看\"\nperiod = \"month\"\nkey = [\"contract\", "
                            "\"month\"]\n[fields]\ncontract = { type = \"" +
                                type + "\" }") +
                      block("feature contracts.seen",
                            "from = \"visits\"\nwhere = \"contract.worth > 3\"\n"
                            "value = \"count(*)\""));
    };
    EXPECT_EQ(visits("key:contracts"), "");
    EXPECT_NE(visits("key:employment").find("named by several fields"), std::string::npos);
}

TEST(Faults, ACodeWrittenOutNeedsAValue) {
    const auto price = [](const std::string& code, const std::string& more) {
        return errors(block("parameter price",
                            "title = \"价\"\ntype = \"money\"\nby = "
                            "\"code:place\"\n" +
                                more +
                                "values = [{ from = \"2024-01\", item = "
                                "\"out\", value = 3 }]") +
                      block("feature person.price", "value = \"param.price['" + code + "']\""));
    };
    EXPECT_EQ(price("out", ""), "");
    EXPECT_EQ(price("in", "default = 1\n"), "");
    EXPECT_NE(price("in", ""), "");
}

TEST(Faults, ObligationsAreKnownByTheirColumns) {
    const Checked found = check_texts({{"plan.toml", for_tests::plan_toml},
                                       {"base.md", for_tests::base_md},
                                       {"o.tsv", "title\tid\n第一条\tA.1\n\n第二条\tA.2\n"}});
    ASSERT_EQ(found.model.obligations.size(), 2u);
    EXPECT_EQ(found.model.obligations[1].id, "A.2");
    EXPECT_EQ(found.model.obligations[1].title, "第二条");
}

TEST(Faults, ABrokenBlockMakesNoFaultsInOthers) {
    const std::string readers =
        block("feature person.second", "value = \"first_one + 1\"") +
        block("clue late", "title = \"晚\"\ngrain = \"person\"\nwhen = \"early and second > 1\"") +
        block("feature shop.size", "value = \"area\"");
    const std::string broken = block("feature person.first_one", "value = ") +
                               block("clue early", "title = ") + block("ledger shops", "title = ") +
                               block("grain shop", "title = \"店\"\nledger = \"shops\"");
    const Checked found = checked(broken + readers);
    for (const Diagnostic& d : found.diagnostics)
        if (d.severity == Diagnostic::Severity::error) {
            EXPECT_EQ(d.id, "syntax") << rendered(d);
        }
}

TEST(Faults, AFieldOfNoTypeIsReportedOnce) {
    const std::string clause =
        block("ledger loans",
              "title = \"贷款\"\ngrain = \"household\"\nperiod = \"month\"\n[fields]\n"
              "owed = { type = \"mony\" }") +
        block("feature household.owes", "from = \"loans\"\nvalue = \"sum(owed)\"");
    EXPECT_EQ(errors(clause),
              "条款.md:6:18: error: 'mony' is no type\n"
              "    owed = { type = \"mony\" }\n"
              "                     ^^^^\n"
              "    did you mean 'money'?\n");
}

TEST(Faults, WhatEveryLedgerHasIsNotDeclared) {
    const std::string fault = errors(
        block("ledger loans",
              "title = \"贷款\"\nperiod = \"month\"\n[fields]\nbatch = { type = \"text\" }"));
    EXPECT_NE(fault.find("'batch' is built into every ledger"), std::string::npos) << fault;
}

TEST(Faults, AnEveryGrainMustHoldTheWindowReadOfIt) {
    const std::string grain =
        block("grain month_of_person",
              "title = \"人月\"\nledger = \"people\"\nevery = \"month\"\nover = \"3 months\"") +
        block("feature person.periods", "from = \"month_of_person\"\nvalue = \"count(*)\"") +
        block("feature person.twice", "value = \"periods * 2\"");
    const auto clue = [&](const std::string& when) {
        return errors(grain + block("clue long",
                                    "title = \"长\"\ngrain = \"person\"\nwhen = \"" + when + "\""));
    };
    EXPECT_EQ(clue("periods['3 months'] > 2"), "");
    EXPECT_NE(clue("periods['12 months'] > 2"), "");
    EXPECT_NE(clue("twice['12 months'] > 2"), "");
}

TEST(Faults, RowsOfYearsAreInWindowsOfTheirCalendar) {
    const std::string blocks =
        block("ledger incomes",
              "title = \"收入\"\ngrain = \"household\"\nperiod = \"calendar_year\"\n[fields]\n"
              "total = { type = \"money\", required = true }") +
        block("feature household.total", "from = \"incomes\"\nvalue = \"sum(total)\"") +
        block("feature household.twice", "value = \"total * 2\"") +
        block("grain household_month",
              "title = \"户月\"\nledger = \"households\"\nevery = \"month\"") +
        block("grain household_year",
              "title = \"户年\"\nledger = \"households\"\nevery = \"calendar_year\"");
    const auto clue = [&](const std::string& grain, const std::string& when) {
        return errors(blocks + block("clue rich", "title = \"富\"\ngrain = \"" + grain +
                                                      "\"\nwhen = \"" + when + "\""));
    };
    for (const char* window :
         {"calendar_year", "last calendar_year", "calendar_year ago 1", "ever"})
        EXPECT_EQ(clue("household", std::string("twice['") + window + "'] > 1"), "") << window;
    for (const char* window : {"month", "12 months", "year", "last school_term"})
        EXPECT_NE(clue("household", std::string("twice['") + window + "'] > 1"), "") << window;
    EXPECT_EQ(clue("household_year", "household.total > 1"), "");
    EXPECT_EQ(clue("household_month", "household.total > 1"),
              "条款.md:28:9: error: 'household.total' reads 'incomes' over 'month', but a row "
              "there is of "
              "a whole calendar_year\n"
              "    when = \"household.total > 1\"\n"
              "            ^^^^^^^^^^^^^^^\n"
              "    as 'calendar_year', 'whole calendar_year', 'last calendar_year' or 'ever'\n");
    EXPECT_NE(errors(blocks + block("grain income_month",
                                    "title = \"月\"\nledger = \"incomes\"\nevery = \"month\"")),
              "");
    EXPECT_NE(errors(blocks + block("indicator rows_of_month",
                                    "title = \"数\"\ngrain = \"incomes\"\nvalue = \"count(*)\"")),
              "");
}

TEST(Faults, EvidenceOfYearsIsForDutiesOfYears) {
    const auto duty = [](const std::string& every) {
        return errors(
            block("ledger plans",
                  "title = \"年度计划\"\nperiod = \"year\"\n[fields]\nfor_what = { type = "
                  "\"text\" }") +
            block("duty plan_shown", "title = \"报计划\"\nat = \"county\"\nevery = \"" + every +
                                         "\"\nevidence = \"plans\""));
    };
    EXPECT_EQ(duty("year"), "");
    EXPECT_NE(duty("month").find("a row of 'plans' is of a whole year"), std::string::npos);
}

TEST(Faults, TheMonthOfAWindowIsOneForAllSubjects) {
    const std::string closed =
        block("parameter closed",
              "title = \"截止\"\ntype = \"month\"\nvalues = [{ from = \"2024-01\", value = "
              "\"2024-03\" }]") +
        block("parameter local",
              "title = \"各地\"\ntype = \"month\"\nvalues = [{ from = \"2024-01\", value = "
              "\"2024-03\" }, { from = \"2024-01\", division = \"41\", value = \"2024-04\" }]");
    const auto read = [&](const std::string& at) {
        return errors(closed + block("feature person.at_closing",
                                     "value = \"wages['month' at " + at + "]\""));
    };
    for (const char* at :
         {"param.closed", "'2024-02'", "add_months(param.closed, -1)", "run.month"})
        EXPECT_EQ(read(at), "") << at;
    EXPECT_EQ(
        read("param.local"),
        "条款.md:12:27: error: the month at which a window is read is one for all subjects, but "
        "'param.local' has values by division\n"
        "    value = \"wages['month' at param.local]\"\n"
        "                              ^^^^^^^^^^^\n"
        "    see 条款.md:6:4\n");
    for (const char* at : {"month_of(birth)", "end_of('year')", "run.year", "max(run.month)", "3"})
        EXPECT_NE(read(at), "") << at;
    EXPECT_NE(errors(block("feature person.odd", "value = \"param.line['month' at run.month]\"")),
              "");
}

TEST(Faults, ConditionsHaveNamesOfTheirOwnAndNoRings) {
    const auto ledger = [](const std::string& conditions, const std::string& where) {
        return errors(block("ledger jobs",
                            "title = \"工\"\ngrain = \"person\"\nperiod = \"month\"\n[fields]\n"
                            "wage = { type = \"money\" }\n[conditions]\n" +
                                conditions) +
                      block("feature person.jobs_had",
                            "from = \"jobs\"\nwhere = \"" + where + "\"\nvalue = \"count(*)\""));
    };
    EXPECT_EQ(ledger("working = \"wage > 0\"", "working"), "");
    EXPECT_EQ(
        ledger("working = \"wage > 0\"", "workin"),
        "条款.md:12:10: error: no field, feature or parameter named 'workin' in a row of 'jobs'\n"
        "    where = \"workin\"\n"
        "             ^^^^^^\n"
        "    did you mean 'working'?\n");
    EXPECT_EQ(ledger("a = \"b and wage > 1\"\nb = \"a or wage > 2\"", "a"),
              "条款.md:8:1: error: condition 'a' of ledger 'jobs' needs itself\n"
              "    a = \"b and wage > 1\"\n"
              "    ^\n"
              "    break the ring: one of them must be said without the other\n");
    EXPECT_NE(ledger("wage = \"wage > 0\"", "true"), "");
    EXPECT_NE(ledger("person = \"wage > 0\"", "true"), "");
    EXPECT_NE(ledger("rich = \"wage\"", "true"), "");
    EXPECT_NE(ledger("rich = \"wage > 3\"", "rich.code = 1"), "");
    EXPECT_NE(ledger("rich = \"sum(wage) > 3\"", "true"), "");
    EXPECT_NE(
        ledger("rich = \"wage > 3\"", "true") +
            errors(block("ledger posts",
                         "title = \"岗\"\ngrain = \"person\"\nperiod = \"month\"\n[conditions]\n"
                         "paid = \"true\"") +
                   block("feature posts.paid", "value = \"true\"")),
        "");
}

TEST(Faults, RowsThatLandAtAnotherOfTheirGrainCannotBeJudged) {
    const std::string mentors =
        block("ledger lessons",
              "title = \"带徒\"\ngrain = \"person\"\nperiod = \"month\"\ndelivery = { by = "
              "\"village\" }\n[fields]\nmentor = { type = \"key:person\" }");
    const auto taught = [&](const std::string& more) {
        return errors(mentors + block("feature person.taught",
                                      "from = \"lessons\"\nby = "
                                      "\"mentor\"\nvalue = \"count(*)\"" +
                                          more));
    };
    EXPECT_NE(taught("").find("whether 'lessons' was delivered cannot be judged"),
              std::string::npos);
    EXPECT_EQ(taught("\npartial = true"), "");
}

TEST(Faults, ARunsValuesAreGuessed) {
    EXPECT_EQ(
        errors(block("feature person.year", "value = \"run.yaer\"")),
        "条款.md:2:14: error: a run has run.month, run.year, run.accounting_year, run.term and "
        "run.day\n"
        "    value = \"run.yaer\"\n"
        "                 ^^^^\n"
        "    did you mean 'year'?\n");
}

TEST(Faults, WhatARegistryKnowsOfItselfIsNotDeclared) {
    EXPECT_EQ(errors(block("feature person.begun", "value = \"first_since\"")), "");
    EXPECT_NE(errors(block("feature person.first_since", "value = \"1\"")), "");
    EXPECT_NE(errors(block("feature person.begun",
                           "from = \"employment\"\nvalue = \"max(first_since)\"")),
              "");
    EXPECT_NE(errors(block("ledger shops",
                           "title = \"店\"\ngrain = \"shop\"\nperiod = \"span\"\n[fields]\n"
                           "first_since = { type = \"month\" }") +
                     block("grain shop", "title = \"店\"\nledger = \"shops\"")),
              "");
}

TEST(Faults, AMatchMayAskMoreThanItsEqualities) {
    const auto match = [](const std::string& on) {
        return errors(block("match pair",
                            "title = \"对\"\nseek = \"person\"\noffer = "
                            "\"household\"\non = [" +
                                on + "]"));
    };
    EXPECT_EQ(match("\"seek.county = offer.county\", \"offer.members > 2\""), "");
    EXPECT_EQ(match("\"seek.county = offer.county and offer.members > 2\""), "");
    EXPECT_NE(match("\"offer.members > 2\""), "");
    EXPECT_NE(match("\"seek.county = seek.town\""), "");
}

TEST(Faults, NothingReadsAMatchWhileMatchesAreNotComputed) {
    const std::string match = block("match pair",
                                    "title = \"对\"\nseek = \"person\"\noffer = "
                                    "\"household\"\non = [\"seek.county = offer.county\"]");
    const std::string says = "the pairs of match 'pair' cannot be read in this version";
    const std::string of_feature =
        errors(match + block("feature person.offers",
                             "from = \"pair\"\nvalue = \"count(*)\"\nover = \"month\""));
    EXPECT_NE(of_feature.find(says), std::string::npos) << of_feature;
    const std::string of_indicator = errors(
        match + block("indicator pairs", "title = \"对\"\ngrain = \"pair\"\nvalue = \"count(*)\""));
    EXPECT_NE(of_indicator.find(says), std::string::npos) << of_indicator;
    const std::string of_rule =
        errors(match + block("clue paired", "title = \"对\"\ngrain = \"pair\"\nwhen = \"true\""));
    EXPECT_NE(of_rule.find(says), std::string::npos) << of_rule;
}

TEST(Faults, AggregatesThatSkipNullsAreWarnedOf) {
    const auto sum = [](const std::string& value, const std::string& where = "true") {
        return warnings(block("feature person.extra", "from = \"employment\"\nwhere = \"" + where +
                                                          "\"\nvalue = \"" + value + "\""));
    };
    EXPECT_EQ(sum("sum(bonus)"),
              "条款.md:4:14: warning: 'sum' skips the rows where this is NULL\n"
              "    value = \"sum(bonus)\"\n"
              "                 ^^^^^\n"
              "    say what they stand for: coalesce(x, 0), or filter (where x is not null)\n");
    EXPECT_NE(sum("max(wage + bonus)"), "");
    EXPECT_NE(sum("sum(case when bonus > 3 then wage end)"), "");
    EXPECT_EQ(sum("sum(wage)"), "");
    EXPECT_EQ(sum("max(month)"), "");
    EXPECT_EQ(sum("sum(coalesce(bonus, 0))"), "");
    EXPECT_EQ(sum("sum(bonus) filter (where bonus is not null)"), "");
    EXPECT_EQ(sum("sum(bonus)", "bonus > 100 and place = 'out'"), "");
    EXPECT_EQ(sum("sum(case when bonus is null then 0 else bonus end)"), "");
    EXPECT_NE(sum("sum(case when bonus > 3 then 1 else 0 end)"), "");
    EXPECT_EQ(sum("sum(case when wage > 3 then 1 else 0 end)"), "");
    EXPECT_EQ(sum("count(bonus) + count(distinct bonus)"), "");
    EXPECT_EQ(sum("last(bonus)"), "");
    EXPECT_NE(sum("sum(bonus)", "bonus > 100 or place = 'out'"), "");
}

TEST(Faults, EachOfTheThreeExamplesIsAskedFor) {
    const auto clue = [](const std::string& outcome) {
        return block("example poor: one",
                     "run = \"2024-09\"\n[rows]\nhouseholds = [{ household = \"h1\", division = "
                     "\"411625001001\", members = 1 }]\n[expect]\nh1 = \"" +
                         outcome + "\"");
    };
    const std::string rule =
        block("clue poor", "title = \"穷\"\ngrain = \"household\"\nwhen = \"members > 1\"");
    const auto lacking = [&](const std::string& examples) {
        return lacking_examples(checked(rule + examples).model, "poor");
    };
    EXPECT_EQ(lacking("").size(), 3u);
    EXPECT_EQ(lacking(clue("fired") + clue("clear")),
              std::vector<std::string>{"with data missing"});
    EXPECT_TRUE(lacking(clue("fired") + clue("clear") + clue("unknown")).empty());
}

TEST(Faults, AWorkflowNamesItsFieldsRolesAndStatuses) {
    const auto workflow = [](const std::string& keys, const std::string& start = "clue.*") {
        return errors(block("workflow visit",
                            "title = \"走访\"\nsubject = \"household\"\nstates = [\"a\", "
                            "\"b\"]\nstarts_on = [\"" +
                                start +
                                "\"]\n[fields]\npay = { type = \"money\" }\n"
                                "[[transitions]]\nfrom = \"a\"\nto = \"b\"\n"
                                "by = \"village worker\"\n" +
                                keys));
    };
    const std::string write =
        "writes = { ledger = \"employment\", row = { person = \"subject\", month = "
        "\"run.month\", wage = \"";
    EXPECT_EQ(workflow("needs = [\"pay\", \"attach:照片\"]\nmay_override = \"bureau\"\n" + write +
                       "coalesce(pay, 0) * 2\" } }"),
              "");
    EXPECT_NE(workflow("needs = [\"pey\"]"), "");
    EXPECT_EQ(workflow("needs = [\"reason_given\"]"), "");
    EXPECT_NE(workflow("may_override = \"boss\""), "");
    EXPECT_NE(workflow(write + "pey * 2\" } }"), "");
    EXPECT_NE(workflow("", "entitlement.* = gapp"), "");
}

TEST(Faults, NobodyWhoseKeyHoldsIdentityIsListed) {
    const std::string grain =
        block("ledger sightings",
              "title = \"见\"\ngrain = \"household\"\nperiod = \"date\"\nkey = []\n[fields]\n"
              "seen = { type = \"id_number\", title = \"人\" }") +
        block("grain sight",
              "title = \"见到的人\"\nledger = \"sightings\"\nkey = [\"household\", \"seen\"]") +
        block("feature sight.times",
              "from = \"sightings\"\nover = \"month\"\nvalue = \"count(*)\"");
    EXPECT_EQ(errors(grain +
                     block("feature household.strangers",
                           "from = \"sight\"\nover = \"month\"\nvalue = \"count(*)\"") +
                     block("indicator often",
                           "title = \"常见\"\ngrain = \"sight\"\nvalue = \"sum(times)\"")),
              "");
    const std::string rule = block("clue often",
                                   "title = \"常见\"\ngrain = \"sight\"\n"
                                   "when = \"times > 1\"");
    EXPECT_EQ(
        errors(grain + rule),
        "条款.md:21:10: error: the key of grain 'sight' holds the identity field 'seen', whose "
        "token is never printed: no subject of it can be listed\n"
        "    grain = \"sight\"\n"
        "             ^^^^^\n"
        "    let it feed features and indicators, and put this at a grain above it\n"
        "    see 条款.md:9:4\n");
    EXPECT_NE(
        errors(grain + block("workflow visit",
                             "title = \"走访\"\nsubject = \"sight\"\nstates = [\"a\", \"b\"]\n"
                             "[[transitions]]\nfrom = \"a\"\nto = \"b\"\n"
                             "by = \"village worker\"")),
        "");
}

TEST(Faults, OnlyWhatGrowsIsReached) {
    const auto reached = [](const std::string& when, const std::string& more = "") {
        return errors(more + block("clue enough",
                                   "title = \"够\"\ngrain = \"person\"\nwhen = \"" + when + "\""));
    };
    const std::string last =
        block("feature person.last_wage", "from = \"employment\"\nvalue = \"last(wage)\"") +
        block("feature person.twice", "value = \"last_wage * 2\"");
    EXPECT_EQ(reached("reached(months_year, 6)"), "");
    EXPECT_EQ(reached("reached(wages['3 months'], param.line)"), "");
    EXPECT_EQ(reached("wages.known['3 months'] > 0 and months_year.known > 1"), "");
    EXPECT_EQ(reached("reached(twice['year'], 6)", last),
              "条款.md:11:9: error: 'reached' needs what only grows when rows are added, but "
              "'person.last_wage' is made by 'last'\n"
              "    when = \"reached(twice['year'], 6)\"\n"
              "            ^^^^^^^^^^^^^^^^^^^^^^^^^\n"
              "    only count, sum, max, month_set and any_of grow\n");
    const auto warned = [](const std::string& e) {
        return warnings(block("clue enough",
                              "title = \"够\"\ngrain = \"person\"\nwhen = "
                              "\"reached(" +
                                  e + ", 6)\""));
    };
    EXPECT_EQ(warned("months_year - 3"), "");
    EXPECT_NE(warned("30 - months_year").find("but '-' takes away what may still come"),
              std::string::npos);
    EXPECT_NE(reached("reached(months_year)"), "");
    EXPECT_NE(reached("reached(months_out['year'], 6)"), "");
    EXPECT_NE(errors(block("feature person.many",
                           "from = \"employment\"\nvalue = \"reached(count(*), 3)\"")),
              "");
}

TEST(Faults, DeliveryOfAGrainsLedgerIsJudgedToo) {
    const std::string firms =
        block("ledger firms", "title = \"企业\"\ngrain = \"firm\"\nperiod = \"span\"") +
        block("grain firm", "title = \"企业\"\nledger = \"firms\"") +
        block("ledger hires",
              "title = \"雇\"\ngrain = \"person\"\nperiod = \"month\"\nkey = [\"person\", "
              "\"month\"]\ndelivery = { by = \"village\" }\n[fields]\n"
              "mentor = { type = \"key:person\" }\nfirm = { type = \"key:firm\" }\n"
              "payer = { type = \"key:household\" }");
    const auto feature = [&](const std::string& name, const std::string& from,
                             const std::string& more) {
        return errors(firms +
                      block("feature " + name, "from = \"" + from + "\"\nover = \"month\"\n" +
                                                   "value = \"count(*)\"\n" + more));
    };
    EXPECT_EQ(feature("household.hired", "hires", "by = \"person.household\""), "");
    EXPECT_EQ(feature("person.hired", "hires", "by = \"person\""), "");
    // A row's own field may name a household of another village than the one that delivers it.
    for (const char* unjudged :
         {"firm.hired|by = \"firm\"", "person.taught|by = \"mentor\"", "household.paid|"}) {
        const std::string text = unjudged;
        const std::string name = text.substr(0, text.find('|')),
                          by = text.substr(text.find('|') + 1);
        EXPECT_NE(feature(name, "hires", by).find("whether 'hires' was delivered cannot be judged"),
                  std::string::npos)
            << name;
        EXPECT_EQ(feature(name, "hires", by + "\npartial = true"), "") << name;
    }
}

TEST(Faults, WhatDoublesWithEveryLevelIsAnErrorOnce) {
    const auto nested = [](int levels, const std::string& before, const std::string& after) {
        std::string text = "members";
        for (int i = 0; i < levels; ++i) text = before + text + after;
        return errors(block("feature household.deep", "value = \"" + text + "\""));
    };
    const std::string asks_each = " when 1 then 1 when 2 then 2 else 3 end";
    EXPECT_EQ(nested(5, "case ", asks_each), "");
    const std::string too_long = nested(40, "case ", asks_each);
    EXPECT_NE(too_long.find("the expression grows to more than 10000 operations"),
              std::string::npos);
    EXPECT_EQ(too_long.find("error:"), too_long.rfind("error:"));
    // What the compiler evaluates once may be nested.
    EXPECT_EQ(nested(40, "greatest(", ", 1)"), "");
    EXPECT_EQ(nested(40, "case when ", " > 0 then 1 else 2 end"), "");
}

TEST(Faults, ShareOfWhatWasDeliveredNeedsALedgerThatIsOwed) {
    const auto indicator = [](const std::string& grain, const std::string& share) {
        return errors(
            block("indicator heads", "title = \"数\"\ngrain = \"" + grain +
                                         "\"\nvalue = \"count(*)\"\nmin_delivered = " + share));
    };
    EXPECT_EQ(indicator("employment", "0.8"), "");
    EXPECT_NE(indicator("employment", "1.5"), "");
    EXPECT_EQ(
        indicator("household", "0.8"),
        "条款.md:5:1: error: grain 'household' has no ledger that is owed, so nothing of it can "
        "be undelivered\n"
        "    min_delivered = 0.8\n"
        "    ^^^^^^^^^^^^^\n"
        "    take 'min_delivered' away, or give its ledger a delivery\n");
}

}  // namespace zs::plan
