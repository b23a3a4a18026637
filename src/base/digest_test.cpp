#include "base/digest.h"

#include <filesystem>
#include <fstream>
#include <utility>

#include <gmock/gmock.h>

#include "base/temporary_folder_for_tests.h"

namespace zs::base {
namespace {

// GB/T 32905-2016, appendix A.
constexpr auto sm3_of_abc = "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0";
constexpr auto sm3_of_abcd_16_times =
    "debe9ff92275b8a138604889c18e5a4d6fdb70e5387e5765293dcba39c0c5732";

std::string abcd_16_times() {
    std::string bytes;
    for (int i = 0; i < 16; ++i) bytes += "abcd";
    return bytes;
}

TEST(Sm3, GivesTheStandardsExamples) {
    EXPECT_EQ(sm3("abc"), sm3_of_abc);
    EXPECT_EQ(sm3(abcd_16_times()), sm3_of_abcd_16_times);
}

TEST(Sm3, DoesNotDependOnThePieces) {
    Sm3 digest;
    for (const char letter : abcd_16_times()) digest.add(std::string_view(&letter, 1));
    EXPECT_EQ(digest.finish(), sm3_of_abcd_16_times);
}

TEST(Sm3, GoesOnAfterItWasMoved) {
    Sm3 first;
    first.add("ab");
    Sm3 second = std::move(first);
    second.add("c");
    EXPECT_EQ(second.finish(), sm3_of_abc);
}

TEST(Sm3, ReadsAFileInPieces) {
    const TemporaryFolder folder;
    const auto file = folder / "file";
    const std::string bytes(3'000'000, 'a');
    std::ofstream(file, std::ios::binary) << bytes;
    EXPECT_EQ(sm3_of_file(file), sm3(bytes));
}

TEST(Md5, GivesTheExampleOfRfc1321) { EXPECT_EQ(md5("abc"), "900150983cd24fb0d6963f7d28e17f72"); }

}  // namespace
}  // namespace zs::base
