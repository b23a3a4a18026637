#include "base/said.h"

#include <cstdlib>

#include <gtest/gtest.h>

namespace zs::base {
namespace {

TEST(Said, FillsBothLanguagesFromOneListOfParts) {
    const Said told = said("第 {} 行有 {} 处", "{1} places in line {0}", 7, 2);
    EXPECT_EQ(told.in(Language::chinese), "第 7 行有 2 处");
    EXPECT_EQ(told.in(Language::english), "2 places in line 7");
}

TEST(Said, TakesAPartThatIsSaidInBothLanguages) {
    const Said told = said("{}：{}", "{}: {}", "a.csv", said("空的", "empty"));
    EXPECT_EQ(told.in(Language::chinese), "a.csv：空的");
    EXPECT_EQ(told.in(Language::english), "a.csv: empty");
}

TEST(Said, HoldsWhatIsTheSameInBoth) {
    EXPECT_EQ(Said::as_is("a.csv").in(Language::chinese), "a.csv");
    EXPECT_EQ(Said::as_is("a.csv").in(Language::english), "a.csv");
    EXPECT_TRUE(Said().empty());
}

// What `said` asks of its formats when it is compiled: each takes every part.
static_assert(places_filled("没有批次“{}”", 1) == 1);
static_assert(places_filled("{1} of {0}", 2) == 2);
static_assert(places_filled("{{}} {:.1f} s", 1) == 1);
static_assert(places_filled("{0} and {0}", 2) == 1, "the second part would be told in one only");
static_assert(places_filled("{} {}", 1) == -1, "there is no second part");

TEST(Language, IsThatOfTheLocale) {
    EXPECT_EQ(language_of("en"), Language::english);
    EXPECT_EQ(language_of("en-GB"), Language::english);
    EXPECT_EQ(language_of("zh-CN"), Language::chinese);
    EXPECT_EQ(language_of(""), Language::chinese);
}

TEST(Language, IsThatOfTheEnvironmentWhereNoHomeSaysIt) {
    ::unsetenv("LC_ALL");
    ::unsetenv("LC_MESSAGES");
    ::setenv("LANG", "zh_CN.UTF-8", 1);
    EXPECT_EQ(language_of_environment(), Language::chinese);
    ::setenv("LC_MESSAGES", "C.UTF-8", 1);
    EXPECT_EQ(language_of_environment(), Language::english);
    ::setenv("LC_ALL", "zh_CN.GB18030", 1);
    EXPECT_EQ(language_of_environment(), Language::chinese);
    ::setenv("LC_ALL", "", 1);
    EXPECT_EQ(language_of_environment(), Language::english);
    ::unsetenv("LANG");
    ::unsetenv("LC_MESSAGES");
    EXPECT_EQ(language_of_environment(), Language::english);
}

}  // namespace
}  // namespace zs::base
