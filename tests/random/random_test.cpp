#include <gtest/gtest.h>

#include <map>
#include <set>

#include "interpret/interpret.h"
#include "random_pack.h"

namespace zs::random {
namespace {

constexpr std::uint64_t cases = 300;

TEST(RandomPacks, AreRightAndCanBeInterpreted) {
    std::size_t findings = 0, known = 0;
    std::set<std::string> statuses;
    std::map<std::string, std::size_t> shapes;  ///< in how many packs
    for (std::uint64_t seed = 1; seed <= cases; ++seed) {
        const RandomCase made = make(seed);
        ASSERT_TRUE(made.checked.ok()) << shown(made);
        for (const char* shape : {"reached(", ".known", "min_delivered"})
            for (const auto& [name, text] : made.files)
                if (text.find(shape) != std::string::npos) ++shapes[shape];
        for (const char* registry : {"households", "people"})
            if (made.checked.model.ledger(registry)->delivery) ++shapes["a register that is owed"];
        SCOPED_TRACE(seed);
        const plan::Outcome outcome = interpret::interpret(made.checked.model, made.dataset);
        findings += outcome.findings.size();
        for (const plan::RuleCount& count : outcome.counts)
            for (const auto& [status, number] : count.by_status)
                statuses.insert(count.kind + " " + status);
        for (const plan::IndicatorValue& row : outcome.indicators)
            known += plan::is_null(row.value) ? 0 : 1;
        for (const plan::IndicatorValue& row : outcome.indicators)
            if (row.undelivered.value_or(0) > 0) statuses.insert("undelivered");
        for (const plan::TargetState& state : outcome.targets)
            statuses.insert("target " + state.status);
    }
    EXPECT_GT(findings, cases * 10);
    EXPECT_GT(known, cases * 10);
    for (const char* status :
         {"clue fired",          "clue clear",           "clue unknown",
          "clue exempted",       "check fired",          "entitlement gap",
          "entitlement short",   "entitlement pending",  "entitlement late",
          "entitlement excess",  "entitlement improper", "entitlement satisfied",
          "entitlement unknown", "entitlement none",     "target met",
          "target missed",       "target on_track",      "target behind",
          "target no_data",      "undelivered"})
        EXPECT_TRUE(statuses.contains(status)) << status;
    for (const char* shape : {"reached(", ".known", "min_delivered", "a register that is owed"})
        EXPECT_GT(shapes[shape], cases / 10) << shape;
}

TEST(RandomPacks, AreTheSameForTheSameSeed) {
    EXPECT_EQ(shown(make(7)), shown(make(7)));
    EXPECT_NE(shown(make(7)), shown(make(8)));
}

}  // namespace
}  // namespace zs::random
