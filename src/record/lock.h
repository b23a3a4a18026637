#pragma once

#include <chrono>
#include <filesystem>

#include "base/file.h"

namespace zs::record {

/// The lock of a home: who holds it may change the lake and the record. Freed when it goes, and by
/// the system when the program dies.
class HomeLock {
public:
    /// Waits until the lock is free, at most `patience`.
    /// @throws Failure (system) when another command holds it longer.
    explicit HomeLock(const std::filesystem::path& file,
                      std::chrono::milliseconds patience = std::chrono::seconds(30));

private:
    base::Descriptor file_;
};

}  // namespace zs::record
