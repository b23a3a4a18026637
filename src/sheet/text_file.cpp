#include "sheet/text_file.h"

#include <algorithm>
#include <cerrno>
#include <string_view>

#include <fmt/format.h>
#include <iconv.h>

#include "base/failure.h"
#include "base/text.h"

namespace zs::sheet {

namespace {

[[noreturn]] void refuse(const base::Said& what, const std::string& file, std::int64_t line,
                         const base::Said& remedy) {
    throw base::Failure(base::Fault::input, what,
                        base::said("{} 第 {} 行", "{} line {}", file, line), remedy);
}

/// What a file's bytes say as UTF-8; read once, in pieces.
class Utf8Survey {
public:
    explicit Utf8Survey(const std::filesystem::path& file) {
        std::ifstream in(file, std::ios::binary);
        std::string piece(TextFile::piece_bytes, '\0'), rest;
        while (in) {
            in.read(piece.data(), static_cast<std::streamsize>(piece.size()));
            rest.append(piece.data(), static_cast<std::size_t>(in.gcount()));
            // A code point may be cut at the piece's end: keep its beginning for the next.
            const std::size_t keep = in ? cut_at_end(rest) : 0;
            look_at(std::string_view(rest).substr(0, rest.size() - keep));
            rest.erase(0, rest.size() - keep);
        }
    }

    bool valid() const { return first_bad_line_ == 0; }
    std::int64_t first_bad_line() const { return first_bad_line_; }
    /// Chinese letters are of three bytes, which GB18030 makes by chance only: here nearly all are.
    bool mostly_valid() const { return letters_ > 4 * bad_; }

private:
    static std::size_t cut_at_end(const std::string& text) {
        std::size_t keep = 0;
        while (keep < 4 && keep < text.size() &&
               (static_cast<unsigned char>(text[text.size() - 1 - keep]) & 0xC0) == 0x80)
            ++keep;
        return keep < text.size() ? keep + 1 : keep;
    }

    void look_at(std::string_view text) {
        if (base::is_valid_utf8(text)) {
            lines_ += std::count(text.begin(), text.end(), '\n');
            letters_ += std::count_if(text.begin(), text.end(), [](char byte) {
                return static_cast<unsigned char>(byte) >= 0xE0;
            });
            return;
        }
        for (std::size_t at = 0; at < text.size();) {
            const auto lead = static_cast<unsigned char>(text[at]);
            const std::size_t length = lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
            if (lead == '\n') ++lines_;
            if (base::is_valid_utf8(text.substr(at, length)) && at + length <= text.size()) {
                letters_ += length > 2 ? 1 : 0;
                at += length;
                continue;
            }
            if (first_bad_line_ == 0) first_bad_line_ = lines_ + 1;
            ++bad_;
            ++at;
            // What was cut off the letter is one fault with it.
            while (at < text.size() && (static_cast<unsigned char>(text[at]) & 0xC0) == 0x80) ++at;
        }
    }

    std::int64_t lines_ = 0, bad_ = 0, first_bad_line_ = 0;
    std::int64_t letters_ = 0;  ///< of three bytes and more
};

/// In one order of bytes each two are a letter or half of one, and most line ends are such a two.
bool is_utf16(std::string_view bytes, bool little) {
    bool in_pair = false;
    std::int64_t line_ends = 0;
    for (std::size_t i = 0; i + 1 < bytes.size(); i += 2) {
        const auto high = static_cast<unsigned char>(bytes[little ? i + 1 : i]);
        const auto low = static_cast<unsigned char>(bytes[little ? i : i + 1]);
        const bool first = high >= 0xD8 && high <= 0xDB, second = high >= 0xDC && high <= 0xDF;
        if (second != in_pair || (high == 0 && low == 0)) return false;
        in_pair = first;
        line_ends += high == 0 && low == '\n' ? 1 : 0;
    }
    return 2 * line_ends > std::count(bytes.begin(), bytes.end(), '\n');
}

/// UTF-16 that does not begin by saying so. Other texts have no zeros.
bool is_utf16_without_mark(std::ifstream& in) {
    std::string piece(TextFile::piece_bytes, '\0');
    in.read(piece.data(), static_cast<std::streamsize>(piece.size()));
    piece.resize(static_cast<std::size_t>(in.gcount()));
    in.clear();
    in.seekg(0);
    return piece.find('\0') != std::string::npos &&
           (is_utf16(piece, true) || is_utf16(piece, false));
}

}  // namespace

TextFile::TextFile(const std::filesystem::path& file)
    : name_(file.filename().string()), in_(file, std::ios::binary) {
    char mark[3] = {0, 0, 0};
    in_.read(mark, 3);
    const std::string_view start(mark, static_cast<std::size_t>(in_.gcount()));
    in_.clear();
    if (start.starts_with("\xFF\xFE") || start.starts_with("\xFE\xFF")) {
        in_.seekg(2);
        convert_from(start[0] == '\xFF' ? "UTF-16LE" : "UTF-16BE");
        return;
    }
    in_.seekg(0);
    if (is_utf16_without_mark(in_))
        refuse(
            base::said("文件是 UTF-16，但缺认出它的标记（BOM）",
                       "the file is UTF-16 and lacks the mark (BOM) by which it is known as that"),
            name_, 1,
            base::said("重新存成 UTF-8（Excel 里选 CSV UTF-8）",
                       "save it again as UTF-8 (CSV UTF-8 in Excel)"));
    const bool bom = start == "\xEF\xBB\xBF";
    in_.seekg(bom ? 3 : 0);
    const Utf8Survey survey(file);
    if (survey.valid()) return;
    if (bom)
        refuse(base::said("文件开头是 UTF-8，后面有不是 UTF-8 的字节",
                          "the file begins as UTF-8 and goes on with bytes that are none"),
               name_, survey.first_bad_line(),
               base::said("重新存成 UTF-8（Excel 里选 CSV UTF-8）",
                          "save it again as UTF-8 (CSV UTF-8 in Excel)"));
    if (survey.mostly_valid())
        refuse(base::said("文件是 UTF-8，但有些字节不是文字",
                          "the file is UTF-8 but for some bytes that are no text"),
               name_, survey.first_bad_line(),
               base::said(
                   "重写那里的格子，把文件存成 UTF-8（Excel 里选 CSV UTF-8）",
                   "write the cell there again, and save the file as UTF-8 (CSV UTF-8 in Excel)"));
    convert_from("GB18030");
}

TextFile::~TextFile() {
    if (converter_ != nullptr) iconv_close(converter_);
}

void TextFile::convert_from(const char* encoding) {
    const iconv_t opened = iconv_open("UTF-8", encoding);
    // iconv's own way to say none
    ZS_INVARIANT(opened != reinterpret_cast<iconv_t>(-1), "the system converts what files are in");
    converter_ = opened;
    encoding_ = encoding;
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
    out.resize(out.size() - to_left);
    lines_ += std::count(out.begin(), out.end(), '\n');
    if (result == static_cast<std::size_t>(-1) && (errno != EINVAL || piece.empty()))
        refuse(encoding_ == "GB18030"
                   ? base::said("文件既不是 UTF-8 也不是 GB18030",
                                "the file is neither UTF-8 nor GB18030")
                   : base::said("文件是 UTF-16，但有些字节不是文字",
                                "the file is UTF-16 with bytes that are no text"),
               name_, lines_ + 1,
               base::said(
                   "重写那里的格子，把文件存成 UTF-8（Excel 里选 CSV UTF-8）",
                   "write the cell there again, and save the file as UTF-8 (CSV UTF-8 in Excel)"));
    into += out;
    rest_.erase(0, rest_.size() - from_left);
    return true;
}

}  // namespace zs::sheet
