#include "base/division.h"

#include <gmock/gmock.h>

namespace zs::base {
namespace {

using ::testing::ElementsAre;

TEST(Division, HoldsWhatLiesBelowAndWhatReportsToIt) {
    const ReportingParents reporting{{"419001", "4101"}, {"410199", "4199"}, {"4108", "419001"}};
    const std::set<std::string> roots = division_roots("4101", reporting);
    EXPECT_THAT(roots, ElementsAre("4101", "4108", "419001"));
    EXPECT_TRUE(lies_under(roots, "410199001"));
    EXPECT_TRUE(lies_under(roots, "419001002003"));
    EXPECT_TRUE(lies_under(roots, "410802"));
    EXPECT_FALSE(lies_under(roots, "41"));
    EXPECT_FALSE(lies_under(roots, "4102"));
    EXPECT_THAT(division_roots("410199", reporting), ElementsAre("410199"));
}

}  // namespace
}  // namespace zs::base
