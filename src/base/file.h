#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <utility>

namespace zs::base {

/// An open file of the operating system, closed at its end. Negative: none.
class Descriptor {
public:
    explicit Descriptor(int number = -1) : number_(number) {}
    Descriptor(Descriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
    Descriptor& operator=(Descriptor&& other) noexcept {
        std::swap(number_, other.number_);
        return *this;
    }
    ~Descriptor();

    int number() const { return number_; }
    explicit operator bool() const { return number_ >= 0; }

private:
    int number_;
};

/// The whole file. @throws Failure (input) when it cannot be read.
std::string read_file(const std::filesystem::path& file);

/// Writes the file beside its place, syncs it, and moves it there, so that it is wholly there or
/// not.
/// @throws Failure (system) when the disk is full or the folder cannot be written.
void write_file_whole(const std::filesystem::path& file, std::string_view bytes);

/// Flushes a file, or a folder's entries, to the disk. @throws Failure (system).
void sync(const std::filesystem::path& path);

}  // namespace zs::base
