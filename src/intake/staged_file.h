#pragma once

#include <filesystem>
#include <string>

#include "base/file.h"

namespace zs::intake {

/// A file that somebody handed over, copied into a private folder while it was hashed: what is read
/// afterwards is what was hashed, whatever becomes of the file. The copy may hold identity: only
/// its owner may read it, and it goes with this object. What a command that was killed has left is
/// removed by `sweep_staging`, and when the next copy is made.
class StagedFile {
public:
    /// `folder`: where copies lie, of this home alone; made if it is not there.
    /// @throws Failure (input) when there is no such file, (system) when it cannot be copied.
    StagedFile(const std::filesystem::path& file, const std::filesystem::path& folder);
    ~StagedFile();
    StagedFile(StagedFile&&) noexcept = default;
    StagedFile& operator=(StagedFile&&) = delete;

    const std::filesystem::path& copy() const { return copy_; }
    const std::string& name() const { return name_; }      ///< of the file, ID numbers masked
    const std::string& digest() const { return digest_; }  ///< SM3 of the bytes

private:
    StagedFile() = default;
    void take_folder(const std::filesystem::path& folder);
    void copy_from(int file, const std::filesystem::path& named);

    std::filesystem::path copy_;
    std::string name_;
    std::string digest_;
    base::Descriptor lock_;  ///< held while the copy is in use
};

/// Removes copies in a folder that nobody uses any more: those of commands that were killed.
void sweep_staging(const std::filesystem::path& folder);

}  // namespace zs::intake
