#include "sheet/zip.h"

#include <algorithm>
#include <cstdint>
#include <memory>

#include <fmt/format.h>

#include "base/failure.h"

namespace zs::sheet {

namespace {

constexpr std::uint64_t entry_bytes_max = 4ull << 30;
constexpr std::uint64_t bomb_bytes = 200ull << 20;
constexpr std::uint64_t bomb_ratio = 200;
constexpr std::size_t piece_bytes = 1u << 16;

std::string compared(std::string name) {
    for (char& letter : name) {
        if (letter >= 'A' && letter <= 'Z') letter = static_cast<char>(letter - 'A' + 'a');
        if (letter == '\\') letter = '/';
    }
    return name.starts_with('/') ? name.substr(1) : name;
}

}  // namespace

Zip::Zip(const std::filesystem::path& file) : name_(file.filename().string()) {
    int fault = 0;
    zip_ = zip_open(file.c_str(), ZIP_RDONLY, &fault);
    if (zip_ == nullptr)
        refuse(base::said("工作簿坏了或不完整", "the workbook is damaged or cut short"));
    const zip_int64_t count = zip_get_num_entries(zip_, 0);
    for (zip_int64_t i = 0; i < count; ++i)
        if (const char* entry = zip_get_name(zip_, static_cast<zip_uint64_t>(i), 0))
            entries_.emplace(compared(entry), static_cast<zip_uint64_t>(i));
}

Zip::~Zip() {
    if (zip_ != nullptr) zip_discard(zip_);
}

bool Zip::has(const std::string& entry) const { return entries_.contains(compared(entry)); }

zip_file_t* Zip::open(const std::string& entry) const {
    const auto at = entries_.find(compared(entry));
    zip_stat_t found;
    zip_stat_init(&found);
    if (at == entries_.end() || zip_stat_index(zip_, at->second, 0, &found) != 0)
        refuse(base::said("工作簿缺“{}”这一部分", "the workbook has no part '{}'", entry));
    if (found.encryption_method != ZIP_EM_NONE)
        refuse(base::said("工作簿加了密码", "the workbook is encrypted"));
    const std::uint64_t packed = std::max<std::uint64_t>(1, found.comp_size);
    if (found.size > entry_bytes_max ||
        (found.size > bomb_bytes && found.size / packed > bomb_ratio))
        throw base::Failure(base::Fault::input,
                            base::said("工作簿解开后远比一张表大",
                                       "the workbook unpacks to far more than a table holds"),
                            name_, base::said("把这些行存成 CSV 交来", "send the rows as CSV"));
    zip_file_t* opened = zip_fopen_index(zip_, at->second, 0);
    if (opened == nullptr)
        refuse(base::said("工作簿坏了或不完整", "the workbook is damaged or cut short"));
    return opened;
}

bool Zip::read(zip_file_t* entry, std::string& piece) const {
    piece.resize(piece_bytes);
    const zip_int64_t read = zip_fread(entry, piece.data(), piece.size());
    if (read < 0) refuse(base::said("工作簿坏了或不完整", "the workbook is damaged or cut short"));
    piece.resize(static_cast<std::size_t>(read));
    return read > 0;
}

void Zip::read_all(const std::string& entry, XmlEvents events) const {
    const std::unique_ptr<zip_file_t, int (*)(zip_file_t*)> file(open(entry), zip_fclose);
    XmlReader reader(name_, std::move(events));
    std::string piece;
    while (read(file.get(), piece)) reader.feed(piece, false);
    reader.feed("", true);
}

bool Zip::holds(const std::string& entry, std::string_view text) const {
    const std::unique_ptr<zip_file_t, int (*)(zip_file_t*)> file(open(entry), zip_fclose);
    std::string window, piece;
    while (read(file.get(), piece)) {
        window += piece;
        if (window.find(text) != std::string::npos) return true;
        if (window.size() > text.size()) window.erase(0, window.size() - text.size());
    }
    return false;
}

void Zip::refuse(const base::Said& what) const {
    throw base::Failure(
        base::Fault::input, what, name_,
        base::said("去掉密码，重新存成 .xlsx", "save it again as .xlsx without a password"));
}

}  // namespace zs::sheet
