#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace zs::base {

/// Lower-case hex of SM3 (GB/T 32905) over some bytes: 64 characters.
std::string sm3(std::string_view bytes);

/// SM3 of a file's bytes, read in pieces.
/// @throws Failure (input) when it cannot be read.
std::string sm3_of_file(const std::filesystem::path& file);

/// Lower-case hex of MD5, for fingerprints that both engines can compute; no security rests on it.
std::string md5(std::string_view bytes);

/// SM3 over bytes that come in pieces.
class Sm3 {
public:
    Sm3();
    ~Sm3();
    Sm3(Sm3&&) noexcept;
    Sm3& operator=(Sm3&&) noexcept;
    void add(std::string_view bytes);
    /// Lower-case hex; the object is spent after it.
    std::string finish();

private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace zs::base
