#include <gtest/gtest.h>

#include "plan/pack_for_tests.h"

namespace zs::plan {

using for_tests::block;
using for_tests::errors;

TEST(Names, TheSmallPackHasNoFault) { EXPECT_EQ(errors(""), ""); }

TEST(Names, CodesOfLedgersHaveTheLedgersTitles) {
    const Checked checked = for_tests::checked("");
    std::string title;
    for (const Code& code : checked.model.code_list("ledger")->codes)
        if (code.code == "employment") title = code.title;
    EXPECT_EQ(title, "务工");
}

TEST(Names, AnUnknownOneIsShownWithItsNearest) {
    EXPECT_EQ(
        errors(block("feature person.busy", "value = \"month_out > 3\"")),
        "条款.md:2:10: error: no field, feature or parameter named 'month_out' at grain person\n"
        "    value = \"month_out > 3\"\n"
        "             ^^^^^^^^^\n"
        "    did you mean 'months_out'?\n");
}

TEST(Names, NoneIsGuessedWhenNoneIsNear) {
    EXPECT_EQ(errors(block("feature person.busy", "value = \"xyzzy > 3\"")),
              "条款.md:2:10: error: no field, feature or parameter named 'xyzzy' at grain person\n"
              "    value = \"xyzzy > 3\"\n"
              "             ^^^^^\n");
}

TEST(Names, AnUnknownOneBehindDotsIsMarkedAlone) {
    EXPECT_EQ(
        errors(block("feature person.scope", "value = \"household.in_scop\"")),
        "条款.md:2:20: error: no field, feature or parameter named 'in_scop' at grain household\n"
        "    value = \"household.in_scop\"\n"
        "                       ^^^^^^^\n"
        "    did you mean 'in_scope'?\n");
}

TEST(Names, AnUnknownParameterIsShownWithItsNearest) {
    EXPECT_EQ(errors(block("feature person.poor", "value = \"wages['12 months'] < param.lime\"")),
              "条款.md:2:37: error: there is no parameter 'lime'\n"
              "    value = \"wages['12 months'] < param.lime\"\n"
              "                                        ^^^^\n"
              "    did you mean 'line'?\n");
}

TEST(Names, AnUnknownFunctionIsShownWithItsNearest) {
    EXPECT_EQ(errors(block("feature person.years", "value = \"agee(birth)\"")),
              "条款.md:2:10: error: there is no function 'agee'\n"
              "    value = \"agee(birth)\"\n"
              "             ^^^^\n"
              "    did you mean 'age'?\n");
}

TEST(Names, AnUnknownCodeIsShownWithItsNearest) {
    EXPECT_EQ(
        errors(block("feature person.away",
                     "from = \"employment\"\nvalue = \"count(*) filter (where place = 'ou')\"")),
        "条款.md:3:41: error: 'ou' is no code of the list 'place'\n"
        "    value = \"count(*) filter (where place = 'ou')\"\n"
        "                                            ^^^^\n"
        "    did you mean 'out'?\n");
}

TEST(Names, WordsOfTheGrammarAreRefused) {
    EXPECT_EQ(errors(block("feature person.between", "value = \"1 = 1\"")),
              "条款.md:1:19: error: 'between' is a word of the language and cannot name a feature\n"
              "    ```feature person.between\n"
              "                      ^^^^^^^\n");
}

TEST(Names, ALevelNamesNoFeature) {
    EXPECT_EQ(errors(block("feature person.county", "value = \"1 = 1\"")),
              "条款.md:1:19: error: 'county' is a level of plan.toml and cannot name a feature\n"
              "    ```feature person.county\n"
              "                      ^^^^^^\n");
}

TEST(Names, ALedgerIsAGrainAndNamesNoFeature) {
    EXPECT_EQ(errors(block("feature person.employment", "value = \"1 = 1\"")),
              "条款.md:1:19: error: 'employment' is a grain's name (every ledger is a grain) and "
              "cannot name a feature\n"
              "    ```feature person.employment\n"
              "                      ^^^^^^^^^^\n"
              "    see base.md:39:4\n");
}

TEST(Names, ParamAndRunNameNoField) {
    EXPECT_EQ(errors(block("ledger events",
                           "title = \"事\"\nperiod = \"date\"\nkey = []\n[fields]\nrun = { type = "
                           "\"int\", title = \"次\" }")),
              "条款.md:6:1: error: 'run' is a word of the language and cannot name a field\n"
              "    run = { type = \"int\", title = \"次\" }\n"
              "    ^^^\n");
}

TEST(Names, WhateverAnEngineReservesIsAllowed) {
    EXPECT_EQ(
        errors(block("ledger events",
                     "title = \"事\"\nperiod = \"date\"\ngrain = \"person\"\nkey = []\n[fields]\n"
                     "from = { type = \"money\", title = \"起\" }\nselect = { type = \"int\", "
                     "title = \"选\" }\norder = { type = \"int\", title = \"序\" }") +
               block("feature person.moved",
                     "from = \"events\"\nwhere = \"from > 3 and select = 1\"\nvalue = "
                     "\"sum(order)\"\nover = \"12 months\"")),
        "");
}

TEST(Names, TheBuiltInFieldCaseCanBeRead) {
    EXPECT_EQ(errors(block("feature person.open_cases",
                           "from = \"cases\"\nby = \"person\"\nvalue = \"count(distinct case)\"") +
                     block("feature person.named_cases",
                           "from = \"cases\"\nby = \"person\"\nwhere = \"case = 'c1' and not case "
                           "like 'x%'\"\nvalue = \"count(*)\"")),
              "");
}

TEST(Names, TwoWaysToOneGrainAreAmbiguous) {
    EXPECT_EQ(errors(block("ledger deals",
                           "title = \"买卖\"\nperiod = \"date\"\nkey = []\n[fields]\n"
                           "seller = { type = \"key:household\", title = \"卖方\" }\nbuyer = { "
                           "type = \"key:household\", title = \"买方\" }\nyuan = { type = "
                           "\"money\", title = \"金额\", required = true }") +
                     block("feature household.sold",
                           "from = \"deals\"\nvalue = \"sum(yuan)\"\nover = \"12 months\"")),
              "条款.md:11:8: error: several ways lead from 'deals' to 'household'\n"
              "    from = \"deals\"\n"
              "           ^^^^^^^\n"
              "    say which: by = \"seller\" or by = \"buyer\"\n");
}

TEST(Names, TwoDefinitionsOfOneAreShownBoth) {
    EXPECT_EQ(errors(block("feature person.months_out", "value = \"1 = 1\"")),
              "条款.md:1:12: error: 'person.months_out' is defined twice\n"
              "    ```feature person.months_out\n"
              "               ^^^^^^^^^^^^^^^^^\n"
              "    see base.md:72:4\n");
}

TEST(Names, AFaultOfADefinitionMakesNoneElsewhere) {
    EXPECT_EQ(
        errors(block("feature person.broken", "value = \"nothing_here + 1\"") +
               block("feature person.reads_it", "value = \"broken + 1\"") +
               block("clue uses_it",
                     "title = \"线索\"\ngrain = \"person\"\nwhen = \"broken > 3 or reads_it > "
                     "3\"\nsay = \"{broken}\"")),
        "条款.md:2:10: error: no field, feature or parameter named 'nothing_here' at grain person\n"
        "    value = \"nothing_here + 1\"\n"
        "             ^^^^^^^^^^^^\n");
}

}  // namespace zs::plan
