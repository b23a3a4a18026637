#include "intake/staged_file.h"

#include <cerrno>
#include <cstring>
#include <vector>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/digest.h"
#include "base/failure.h"
#include "base/identity.h"

namespace zs::intake {

namespace fs = std::filesystem;
using base::Descriptor;
using base::Failure;
using base::Fault;

namespace {

[[noreturn]] void cannot_copy(const fs::path& place) {
    throw Failure(Fault::system,
                  base::said("文件复制不进数据目录：{}",
                             "the file cannot be copied into the home: {}", std::strerror(errno)),
                  place.parent_path().string(),
                  base::said("腾出磁盘空间再试", "make room on the disk, then try again"));
}

[[noreturn]] void cannot_read(const fs::path& file) {
    throw Failure(Fault::input, base::said("文件读不了", "the file cannot be read"),
                  base::mask_id_numbers(file.string()),
                  base::said("检查有没有读它的权限", "check that you may read it"));
}

/// Opened and locked; none where another holds it.
Descriptor locked_folder(const fs::path& folder) {
    Descriptor opened(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!opened || ::flock(opened.number(), LOCK_EX | LOCK_NB) != 0) return Descriptor();
    return opened;
}

/// Removes copies that nobody uses: those of commands that were killed.
void sweep(const fs::path& folder) {
    for (const auto& entry : fs::directory_iterator(folder)) {
        if (!entry.is_directory()) continue;
        const Descriptor unused = locked_folder(entry.path());
        std::error_code ignored;
        if (unused) fs::remove_all(entry.path(), ignored);
    }
}

/// Nobody sweeps between the making of a folder and its lock. None where it cannot be had.
Descriptor sweeping(const fs::path& folder) {
    Descriptor one_at_a_time(
        ::open((folder / "lock").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, S_IRUSR | S_IWUSR));
    if (!one_at_a_time || ::flock(one_at_a_time.number(), LOCK_EX) != 0) return Descriptor();
    return one_at_a_time;
}

}  // namespace

void sweep_staging(const fs::path& folder) {
    if (!fs::exists(folder)) return;
    const Descriptor one_at_a_time = sweeping(folder);
    if (one_at_a_time) sweep(folder);
}

/// Makes a folder of its own and locks it.
void StagedFile::take_folder(const fs::path& folder) {
    ::mkdir(folder.c_str(), S_IRWXU);
    std::string own = (folder / "XXXXXX").string();
    const Descriptor one_at_a_time = sweeping(folder);
    if (!one_at_a_time) cannot_copy(own);
    sweep(folder);
    if (::mkdtemp(own.data()) == nullptr) cannot_copy(own);
    lock_ = locked_folder(own);
    copy_ = fs::path(own) / name_;
    if (!lock_) cannot_copy(copy_);
}

void StagedFile::copy_from(int file, const fs::path& named) {
    const Descriptor out(
        ::open(copy_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, S_IRUSR | S_IWUSR));
    if (!out) cannot_copy(copy_);
    base::Sm3 digest;
    constexpr std::size_t piece_bytes = 1 << 20;
    std::vector<char> piece(piece_bytes);
    while (true) {
        const ssize_t size = ::read(file, piece.data(), piece.size());
        if (size < 0 && errno == EINTR) continue;
        if (size < 0) cannot_read(named);
        if (size == 0) break;
        digest.add({piece.data(), static_cast<std::size_t>(size)});
        for (ssize_t written = 0; written < size;) {
            const ssize_t more = ::write(out.number(), piece.data() + written,
                                         static_cast<std::size_t>(size - written));
            if (more < 0 && errno == EINTR) continue;
            if (more < 0) cannot_copy(copy_);
            written += more;
        }
    }
    digest_ = digest.finish();
}

// Delegated: so that what was begun goes when it cannot be ended.
StagedFile::StagedFile(const fs::path& file, const fs::path& folder) : StagedFile() {
    name_ = base::mask_id_numbers(file.filename().string());
    const Descriptor in(::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
    struct stat found {};
    if (!in && errno != ENOENT) cannot_read(file);
    if (!in || ::fstat(in.number(), &found) != 0 || !S_ISREG(found.st_mode))
        throw Failure(Fault::input, base::said("没有这个文件", "there is no such file"),
                      base::mask_id_numbers(file.string()),
                      base::said("核对文件名", "check the name"));
    take_folder(folder);
    copy_from(in.number(), file);
}

StagedFile::~StagedFile() {
    std::error_code ignored;
    if (lock_) fs::remove_all(copy_.parent_path(), ignored);
}

}  // namespace zs::intake
