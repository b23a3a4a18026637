#include "sheet/text_file.h"

#include <cerrno>
#include <string_view>

#include <iconv.h>

#include "base/failure.h"
#include "base/text.h"

namespace zs::sheet {

namespace {

[[noreturn]] void refuse(const std::string& what, const std::string& file,
                         const std::string& remedy) {
    throw base::Failure(base::Fault::input, what, file, remedy);
}

/// The whole file is valid UTF-8; read once, in pieces.
bool is_utf8_file(const std::filesystem::path& file) {
    std::ifstream in(file, std::ios::binary);
    std::string piece(TextFile::piece_bytes, '\0'), rest;
    while (in) {
        in.read(piece.data(), static_cast<std::streamsize>(piece.size()));
        rest.append(piece.data(), static_cast<std::size_t>(in.gcount()));
        // A code point may be cut at the piece's end: keep its beginning for the next.
        std::size_t keep = 0;
        if (in)
            while (keep < 4 && keep < rest.size() &&
                   (static_cast<unsigned char>(rest[rest.size() - 1 - keep]) & 0xC0) == 0x80)
                ++keep;
        if (in && keep < rest.size()) ++keep;
        if (!base::is_valid_utf8(std::string_view(rest).substr(0, rest.size() - keep)))
            return false;
        rest.erase(0, rest.size() - keep);
    }
    return base::is_valid_utf8(rest);
}

}  // namespace

TextFile::TextFile(const std::filesystem::path& file)
    : name_(file.filename().string()), in_(file, std::ios::binary) {
    char mark[3] = {0, 0, 0};
    in_.read(mark, 3);
    if (const std::string_view start(mark, 2); start == "\xFF\xFE" || start == "\xFE\xFF")
        refuse("the file is UTF-16 text", name_, "save it as UTF-8 (CSV UTF-8 in Excel)");
    const bool bom = in_.gcount() == 3 && std::string_view(mark, 3) == "\xEF\xBB\xBF";
    in_.clear();
    in_.seekg(bom ? 3 : 0);
    if (is_utf8_file(file)) return;
    if (bom)
        refuse("the file begins as UTF-8 and goes on with bytes that are none", name_,
               "save it again as UTF-8 (CSV UTF-8 in Excel)");
    const iconv_t opened = iconv_open("UTF-8", "GB18030");
    // iconv's own way to say none
    ZS_INVARIANT(opened != reinterpret_cast<iconv_t>(-1), "the system converts GB18030");
    converter_ = opened;
}

TextFile::~TextFile() {
    if (converter_ != nullptr) iconv_close(converter_);
}

bool TextFile::more(std::string& into) {
    std::string piece(piece_bytes, '\0');
    in_.read(piece.data(), static_cast<std::streamsize>(piece.size()));
    piece.resize(static_cast<std::size_t>(in_.gcount()));
    if (converter_ == nullptr) {
        into += piece;
        return !piece.empty();
    }
    rest_ += piece;
    if (rest_.empty()) return false;
    std::string out(rest_.size() * 4, '\0');
    char* from = rest_.data();
    std::size_t from_left = rest_.size();
    char* to = out.data();
    std::size_t to_left = out.size();
    const std::size_t result = iconv(converter_, &from, &from_left, &to, &to_left);
    if (result == static_cast<std::size_t>(-1) && (errno != EINVAL || piece.empty()))
        refuse("the file is neither UTF-8 nor GB18030", name_,
               "save it as UTF-8 or as GB18030 (ANSI in Chinese Windows)");
    into.append(out.data(), out.size() - to_left);
    rest_.erase(0, rest_.size() - from_left);
    return true;
}

}  // namespace zs::sheet
