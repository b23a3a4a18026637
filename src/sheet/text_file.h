#pragma once

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <string>

namespace zs::sheet {

/// The text of a file as UTF-8, in pieces: by its BOM (UTF-8, UTF-16), else valid UTF-8 as it is,
/// else read as GB18030.
class TextFile {
public:
    static constexpr std::size_t piece_bytes = 1u << 18;

    /// @throws Failure (input), with the line, when the file is plainly UTF-8 but for some bytes.
    explicit TextFile(const std::filesystem::path& file);
    ~TextFile();
    TextFile(const TextFile&) = delete;
    TextFile& operator=(const TextFile&) = delete;

    /// Appends the next piece; false at the end. @throws Failure (input), with the line, for bytes
    /// that are none of its encoding.
    bool more(std::string& into);

private:
    void convert_from(const char* encoding);

    std::string name_;
    std::string encoding_;  ///< what is converted; empty where the file is UTF-8
    std::ifstream in_;
    void* converter_ = nullptr;  ///< iconv's; none where the file is UTF-8
    std::string rest_;
    std::int64_t lines_ = 0;  ///< line ends handed over
};

}  // namespace zs::sheet
