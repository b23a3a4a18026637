#include "base/file.h"

#include <iterator>
#include <string>
#include <gmock/gmock.h>

#include "base/failure.h"
#include "base/temporary_folder_for_tests.h"

namespace zs::base {
namespace {

namespace fs = std::filesystem;

/// An empty folder for one test.
class File : public ::testing::Test {
protected:
    TemporaryFolder folder;
};

TEST_F(File, ComesBackAsWritten) {
    const std::string bytes("务工\0\r\n", 9);
    write_file_whole(folder / "a", bytes);
    EXPECT_EQ(read_file(folder / "a"), bytes);
}

TEST_F(File, ReplacesWhatWasThereAndLeavesNothingBeside) {
    write_file_whole(folder / "a", "first and longer");
    write_file_whole(folder / "a", "second");
    EXPECT_EQ(read_file(folder / "a"), "second");
    EXPECT_EQ(std::distance(fs::directory_iterator(folder), fs::directory_iterator()), 1);
}

TEST_F(File, ThatIsMissingIsTheUsersFault) {
    try {
        read_file(folder / "none");
        FAIL() << "read a file that is not there";
    } catch (const Failure& failure) {
        EXPECT_EQ(failure.fault(), Fault::input);
        EXPECT_THAT(failure.what(), ::testing::HasSubstr("none"));
    }
}

TEST_F(File, ThatCannotBeWrittenIsTheSystemsFault) {
    try {
        write_file_whole(folder / "missing" / "a", "x");
        FAIL() << "wrote into a folder that is not there";
    } catch (const Failure& failure) {
        EXPECT_EQ(failure.fault(), Fault::system);
    }
    EXPECT_FALSE(fs::exists(folder / "missing"));
}

}  // namespace
}  // namespace zs::base
