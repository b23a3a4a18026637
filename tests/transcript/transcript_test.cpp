#include "transcript.h"

#include "matching.h"

#include <gmock/gmock.h>

namespace zs::transcript {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

TEST(MatchesLine, TakesTheSameTextOnly) {
    EXPECT_TRUE(matches_line("3 rows", "3 rows"));
    EXPECT_FALSE(matches_line("3 rows", "3 rows "));
    EXPECT_FALSE(matches_line("", "x"));
}

TEST(MatchesLine, TakesAnyTextForAny) {
    EXPECT_TRUE(matches_line("<any>,17,wage", "b-1f,17,wage"));
    EXPECT_TRUE(matches_line("batch <any>", "batch "));
    EXPECT_TRUE(matches_line("<any>", ""));
    EXPECT_FALSE(matches_line("<any>,17,wage", "b-1f,18,wage"));
}

TEST(MatchesLine, TakesSeveralAnyInOneLine) {
    EXPECT_TRUE(matches_line("run <any> of <any>: done", "run 8 of 2024-09: done"));
    EXPECT_TRUE(matches_line("<any>a<any>a", "aa"));
    EXPECT_FALSE(matches_line("<any>a<any>a", "a"));
    EXPECT_FALSE(matches_line("run <any> of <any>: done", "run 8 of 2024-09: failed"));
}

TEST(MatchesLine, DoesNotUseOneTextForTwoPieces) {
    EXPECT_FALSE(matches_line("ab<any>ba", "aba"));
    EXPECT_TRUE(matches_line("ab<any>ba", "abba"));
}

TEST(Matches, WantsAsManyLines) {
    EXPECT_TRUE(matches({"a", "<any>"}, {"a", "b"}));
    EXPECT_FALSE(matches({"a"}, {"a", "b"}));
    EXPECT_FALSE(matches({"a", "<any>"}, {"a"}));
}

TEST(Updated, KeepsLinesWithAnyThatStillMatch) {
    EXPECT_THAT(updated({"run <any>", "3 rows", "gone"}, {"run 17", "4 rows"}),
                ElementsAre("run <any>", "4 rows"));
}

TEST(Difference, ShowsWhatWasExpectedBeforeWhatCame) {
    EXPECT_THAT(difference({"a", "b", "c"}, {"a", "x", "c"}), ElementsAre(" a", "-b", "+x", " c"));
}

TEST(AnswerLines, SayTheExitStatusUnlessItIsZero) {
    EXPECT_THAT(answer_lines("a\n\nb\n", 0), ElementsAre("a", "", "b"));
    EXPECT_THAT(answer_lines("a", 2), ElementsAre("a", "[exit 2]"));
    EXPECT_THAT(answer_lines("", 0), IsEmpty());
}

TEST(StepsOf, FindsCommandsInConsoleBlocksOnly) {
    const auto steps = steps_of(
        "# Title\n"
        "```console\n"
        "$ one\n"
        "first\n"
        "\n"
        "second\n"
        "$ two\n"
        "```\n"
        "```sh\n"
        "$ three\n"
        "```\n");
    ASSERT_EQ(steps.size(), 2u);
    EXPECT_EQ(steps[0].command, "one");
    EXPECT_THAT(steps[0].expected, ElementsAre("first", "", "second"));
    EXPECT_EQ(steps[0].line, 3);
    EXPECT_EQ(steps[1].command, "two");
    EXPECT_THAT(steps[1].expected, IsEmpty());
}

TEST(StepsOf, ReadsACommandOfSeveralLines) {
    const auto steps = steps_of("```console\n$ cat <<END\n> a\n>\n> END\na\n\n```\n");
    ASSERT_EQ(steps.size(), 1u);
    EXPECT_EQ(steps[0].command, "cat <<END\na\n\nEND");
    EXPECT_THAT(steps[0].expected, ElementsAre("a", ""));
}

TEST(Run, KeepsTheFolderFromStepToStep) {
    const auto result = run("t.md", "```console\n$ echo x > file\n$ cat file\nx\n```\n", {});
    EXPECT_EQ(result.passed, 2);
    EXPECT_EQ(result.failed, 0);
}

TEST(Run, HasItsHomeInTheFolder) {
    const auto result = run("t.md",
                            "```console\n$ test \"$PWD\" = \"$HOME\" && echo "
                            "${ZENGSHOU_HOME#$HOME/}\nzengshou-home\n```\n",
                            {});
    EXPECT_EQ(result.report, "");
}

TEST(Run, JoinsBothStreamsAndTheExitStatus) {
    const auto result =
        run("t.md", "```console\n$ echo a; echo b >&2; exit 3\na\nb\n[exit 3]\n```\n", {});
    EXPECT_EQ(result.report, "");
}

TEST(Run, GoesOnAfterAFailure) {
    const auto result = run("t.md", "```console\n$ echo a\nb\n$ echo c\nc\n```\n", {});
    EXPECT_EQ(result.passed, 1);
    EXPECT_EQ(result.failed, 1);
    EXPECT_THAT(result.report, HasSubstr("t.md:2: $ echo a\n-b\n+a\n"));
}

TEST(Run, GivesTheTextWithWhatCameBack) {
    const auto result = run(
        "t.md", "Prose.\n```console\n$ echo a; echo 17\nb\n<any>\n$ cat <<E\n> c\n> E\n```\nEnd.\n",
        {});
    EXPECT_EQ(
        result.updated,
        "Prose.\n```console\n$ echo a; echo 17\na\n<any>\n$ cat <<E\n> c\n> E\nc\n```\nEnd.\n");
}

}  // namespace
}  // namespace zs::transcript
