#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "plan/pack_for_tests.h"

namespace zs::plan {
namespace {

using for_tests::block;
using testing::ElementsAre;
using testing::IsEmpty;

/// Coverage of one obligation that asks for these kinds.
Coverage covered(const std::string& kinds, const std::string& clause) {
    const Checked pack =
        check_texts({{"plan.toml", std::string(for_tests::plan_toml) + "obligations = \"o.tsv\"\n"},
                     {"o.tsv", "id\tclause\ttitle\twhat_it_needs\tkinds\tunits\nT1\t一\t一\t\t" +
                                   kinds + "\t\n"},
                     {"base.md", for_tests::base_md},
                     {"a.md", clause}});
    EXPECT_EQ(for_tests::errors_of(pack), "");
    return coverage(pack.model).at(0);
}

std::string clue(const std::string& when) {
    const std::string example =
        "run = \"2024-09\"\n[rows]\npeople = [{ person = \"p1\" }]\n[expect]\np1 = ";
    return block("clue idle",
                 "title = \"闲\"\ngrain = \"person\"\nobligations = [\"T1\"]\nwhen = \"" + when +
                     "\"") +
           block("example idle: a", example + "\"fired\"") +
           block("example idle: b", example + "\"clear\"") +
           block("example idle: c", example + "\"unknown\"");
}

TEST(Coverage, IsLiveWhereADeliveredLedgerIsReadAndExamplesAreThere) {
    const Coverage row = covered("clue", clue("months_year = 0"));
    EXPECT_EQ(row.status, "live");
    EXPECT_THAT(row.blocks, ElementsAre("clue idle"));
    EXPECT_THAT(row.why, IsEmpty());
}

TEST(Coverage, IsMissingWithoutABlock) { EXPECT_EQ(covered("clue", "").status, "missing"); }

TEST(Coverage, SaysWhyItIsPartial) {
    const auto why = [](const std::string& kinds, const std::string& clause) {
        const Coverage row = covered(kinds, clause);
        EXPECT_EQ(row.status, "partial");
        return row.why;
    };
    EXPECT_THAT(why("clue", clue("param.line > 0")), ElementsAre("clue 'idle' reads no ledger"));
    EXPECT_THAT(why("clue", clue("household.members > 1")),
                ElementsAre("clue 'idle' reads only 'households', which nobody delivers"));
    EXPECT_THAT(why("clue;workflow", clue("months_year = 0")),
                ElementsAre("it asks for a workflow: casework does not run yet",
                            "it asks for a block of kind workflow"));
    EXPECT_THAT(why("indicator", block("indicator two",
                                       "title = \"二\"\nobligations = "
                                       "[\"T1\"]\nvalue = \"param.line * 2\"")),
                ElementsAre("indicator 'two' reads no ledger",
                            "indicator 'two' has no example that fires and none that just does not "
                            "and none with data missing"));
    EXPECT_THAT(why("ledger", block("ledger sites",
                                    "title = \"点\"\nperiod = \"month\"\n"
                                    "obligations = [\"T1\"]\n[fields]\nn = { type "
                                    "= \"int\" }")),
                ElementsAre("nobody delivers ledger 'sites'"));
}

}  // namespace
}  // namespace zs::plan
