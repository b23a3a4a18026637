#pragma once

#include <filesystem>
#include <map>
#include <string>

namespace zs::transcript {

struct Answer {
    std::string output;   ///< standard output and standard error, as they came
    int exit_status = 0;  ///< 128 + the signal's number where a signal ended it
};

/// Runs a command by `bash -c` in a folder, with nothing on standard input, and waits for it.
/// `environment` is laid over that of this process.
/// @throws std::runtime_error when it cannot be started.
Answer run_in_shell(const std::string& command, const std::filesystem::path& folder,
                    const std::map<std::string, std::string>& environment);

/// A new, empty folder of its own, removed with all that is in it at the end.
class TemporaryFolder {
public:
    TemporaryFolder();
    ~TemporaryFolder();
    TemporaryFolder(const TemporaryFolder&) = delete;
    TemporaryFolder& operator=(const TemporaryFolder&) = delete;
    const std::filesystem::path& path() const { return path_; }

private:
    std::filesystem::path path_;
};

}  // namespace zs::transcript
