#include "base/failure.h"

#include <gmock/gmock.h>

namespace zs::base {
namespace {

using ::testing::StrEq;

const Said no_plan = said("没有 plan.toml", "no plan.toml");
const Said name_folder = said("指明方案包的文件夹", "name the pack's folder");

TEST(Failure, SaysWhatWhereAndWhatToDoInOneLine) {
    const Failure failure(Fault::input, no_plan, "plan/henan", name_folder);
    EXPECT_THAT(failure.what(), StrEq("no plan.toml: plan/henan; name the pack's folder"));
    EXPECT_EQ(failure.exit_status(), 2);
    EXPECT_EQ(Failure(Fault::system, no_plan, "", {}).exit_status(), 3);
}

TEST(Failure, SaysALineInOneLanguage) {
    const Failure failure(Fault::input, no_plan, "plan/henan", name_folder);
    EXPECT_EQ(failure.line(Language::chinese), "没有 plan.toml：plan/henan；指明方案包的文件夹");
    EXPECT_EQ(failure.line(Language::english), "no plan.toml: plan/henan; name the pack's folder");
    const Failure told(Fault::input, no_plan, said("第 {} 行", "line {}", 7), {});
    EXPECT_EQ(told.line(Language::chinese), "没有 plan.toml：第 7 行");
    EXPECT_EQ(told.line(Language::english), "no plan.toml: line 7");
}

TEST(Failure, MasksAnIdNumberWhereverItComesFrom) {
    const Failure failure(Fault::input, said("没有批次“{}”", "no batch '{}'", "110101199003070134"),
                          "110101199003070134.csv",
                          said("查看 {}", "see {}", "110101199003070134"));
    EXPECT_THAT(failure.what(), StrEq("no batch '11**************34': 11**************34.csv; "
                                      "see 11**************34"));
    EXPECT_EQ(failure.line(Language::chinese),
              "没有批次“11**************34”：11**************34.csv；查看 11**************34");
}

TEST(Invariant, EndsTheCommandAsTheSystemsFault) {
    try {
        ZS_INVARIANT(1 + 1 == 3, "sums add up");
        FAIL() << "went on after a broken invariant";
    } catch (const Failure& failure) {
        EXPECT_EQ(failure.fault(), Fault::system);
        EXPECT_THAT(failure.problem().in(Language::english), ::testing::HasSubstr("sums add up"));
    }
}

TEST(Invariant, IsSilentWhileItHolds) { EXPECT_NO_THROW(ZS_INVARIANT(1 + 1 == 2, "sums add up")); }

}  // namespace
}  // namespace zs::base
