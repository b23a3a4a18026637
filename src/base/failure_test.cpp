#include "base/failure.h"

#include <gmock/gmock.h>

namespace zs::base {
namespace {

using ::testing::StrEq;

TEST(Failure, SaysWhatWhereAndWhatToDoInOneLine) {
    const Failure failure(Fault::input, "no plan.toml", "plan/henan", "name the pack's folder");
    EXPECT_THAT(failure.what(), StrEq("no plan.toml: plan/henan; name the pack's folder"));
    EXPECT_EQ(failure.exit_status(), 2);
    EXPECT_EQ(Failure(Fault::system, "a", "b", "c").exit_status(), 3);
}

TEST(Failure, MasksAnIdNumberWhereverItComesFrom) {
    const Failure failure(Fault::input, "no batch '110101199003070134'", "110101199003070134.csv",
                          "see 110101199003070134");
    EXPECT_THAT(failure.what(), StrEq("no batch '11**************34': 11**************34.csv; "
                                      "see 11**************34"));
    EXPECT_EQ(failure.place(), "11**************34.csv");
}

TEST(Invariant, EndsTheCommandAsTheSystemsFault) {
    try {
        ZS_INVARIANT(1 + 1 == 3, "sums add up");
        FAIL() << "went on after a broken invariant";
    } catch (const Failure& failure) {
        EXPECT_EQ(failure.fault(), Fault::system);
        EXPECT_THAT(failure.problem(), ::testing::HasSubstr("sums add up"));
    }
}

TEST(Invariant, IsSilentWhileItHolds) { EXPECT_NO_THROW(ZS_INVARIANT(1 + 1 == 2, "sums add up")); }

}  // namespace
}  // namespace zs::base
