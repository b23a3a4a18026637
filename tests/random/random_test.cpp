#include <gtest/gtest.h>

#include <set>

#include "interpret/interpret.h"
#include "random_pack.h"

namespace zs::random {
namespace {

constexpr std::uint64_t cases = 300;

TEST(RandomPacks, AreRightAndCanBeInterpreted) {
    std::size_t findings = 0, known = 0;
    std::set<std::string> statuses;
    for (std::uint64_t seed = 1; seed <= cases; ++seed) {
        const RandomCase made = make(seed);
        ASSERT_TRUE(made.checked.ok()) << shown(made);
        SCOPED_TRACE(seed);
        const plan::Outcome outcome = interpret::interpret(made.checked.model, made.dataset);
        findings += outcome.findings.size();
        for (const plan::RuleCount& count : outcome.counts)
            for (const auto& [status, number] : count.by_status)
                statuses.insert(count.kind + " " + status);
        for (const plan::IndicatorValue& row : outcome.indicators)
            known += plan::is_null(row.value) ? 0 : 1;
        for (const plan::TargetState& state : outcome.targets)
            statuses.insert("target " + state.status);
    }
    EXPECT_GT(findings, cases * 10);
    EXPECT_GT(known, cases * 10);
    for (const char* status :
         {"clue fired", "clue clear", "clue unknown", "clue exempted", "check fired",
          "entitlement gap", "entitlement short", "entitlement pending", "entitlement late",
          "entitlement excess", "entitlement improper", "entitlement satisfied",
          "entitlement unknown", "entitlement none", "target met", "target missed",
          "target on_track", "target behind", "target no_data"})
        EXPECT_TRUE(statuses.contains(status)) << status;
}

TEST(RandomPacks, AreTheSameForTheSameSeed) {
    EXPECT_EQ(shown(make(7)), shown(make(7)));
    EXPECT_NE(shown(make(7)), shown(make(8)));
}

}  // namespace
}  // namespace zs::random
