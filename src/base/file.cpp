#include "base/file.h"

#include <cerrno>
#include <cstring>
#include <fstream>
#include <sstream>

#include <fcntl.h>
#include <unistd.h>

#include "base/failure.h"

namespace zs::base {

namespace {

[[noreturn]] void cannot_write(const std::filesystem::path& file) {
    const std::string reason = std::strerror(errno);
    throw Failure(Fault::system,
                  base::said("文件写不了（{}）", "the file cannot be written ({})", reason),
                  file.string(),
                  base::said("检查磁盘空间和文件夹权限",
                             "check the disk's free space and the folder's permissions"));
}

}  // namespace

Descriptor::~Descriptor() {
    if (number_ >= 0) ::close(number_);
}

std::string read_file(const std::filesystem::path& file) {
    std::ifstream in(file, std::ios::binary);
    std::error_code ignored;
    if (!in || std::filesystem::is_directory(file, ignored))
        throw Failure(
            Fault::input, base::said("文件读不了", "the file cannot be read"), file.string(),
            base::said("检查文件在不在、能不能读", "check that it is there and readable"));
    std::ostringstream bytes;
    bytes << in.rdbuf();
    return std::move(bytes).str();
}

void write_file_whole(const std::filesystem::path& file, std::string_view bytes) {
    std::filesystem::path beside = file;
    beside += ".part";
    {
        const Descriptor out(
            ::open(beside.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644));
        if (!out) cannot_write(file);
        while (!bytes.empty()) {
            const ssize_t written = ::write(out.number(), bytes.data(), bytes.size());
            if (written < 0 && errno == EINTR) continue;
            if (written < 0) cannot_write(file);
            bytes.remove_prefix(static_cast<std::size_t>(written));
        }
        if (::fsync(out.number()) != 0) cannot_write(file);
    }
    if (::rename(beside.c_str(), file.c_str()) != 0) cannot_write(file);
    sync(file.has_parent_path() ? file.parent_path() : std::filesystem::path("."));
}

void sync(const std::filesystem::path& path) {
    const Descriptor opened(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    if (!opened || ::fsync(opened.number()) != 0) cannot_write(path);
}

}  // namespace zs::base
