#pragma once

#include <filesystem>
#include <fstream>
#include <string>

namespace zs::sheet {

/// The text of a file as UTF-8, in pieces: with a BOM or valid UTF-8 as it is, else read as
/// GB18030.
class TextFile {
public:
    static constexpr std::size_t piece_bytes = 1u << 18;

    explicit TextFile(const std::filesystem::path& file);
    ~TextFile();
    TextFile(const TextFile&) = delete;
    TextFile& operator=(const TextFile&) = delete;

    /// Appends the next piece; false at the end.
    bool more(std::string& into);

private:
    std::string name_;
    std::ifstream in_;
    void* converter_ = nullptr;  ///< iconv's; none where the file is UTF-8
    std::string rest_;
};

}  // namespace zs::sheet
