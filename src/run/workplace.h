#pragma once

#include <filesystem>
#include <string>

namespace zs::run {

/// A folder below `runs` for one computation, gone with it. A process that was killed leaves its
/// own behind: whoever comes next clears it away.
class Workplace {
public:
    /// @throws Failure (system) where the folder cannot be made.
    Workplace(const std::filesystem::path& runs, const std::string& purpose);
    ~Workplace();
    Workplace(const Workplace&) = delete;
    Workplace& operator=(const Workplace&) = delete;
    const std::filesystem::path& folder() const { return folder_; }

private:
    std::filesystem::path folder_;
};

}  // namespace zs::run
