#include "record/lock.h"

#include <cerrno>
#include <cstring>
#include <thread>

#include <fcntl.h>
#include <sys/file.h>

#include "base/failure.h"

namespace zs::record {

using base::Failure;
using base::Fault;

HomeLock::HomeLock(const std::filesystem::path& file, std::chrono::milliseconds patience)
    : file_(::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600)) {
    if (!file_)
        throw Failure(Fault::system,
                      base::said("数据目录的锁打不开", "the home's lock cannot be opened"),
                      file.string() + ": " + std::strerror(errno),
                      base::said("检查文件夹权限", "check the folder's permissions"));
    constexpr std::chrono::milliseconds step(100);
    const auto until = std::chrono::steady_clock::now() + patience;
    while (::flock(file_.number(), LOCK_EX | LOCK_NB) != 0) {
        const bool held = errno == EWOULDBLOCK || errno == EINTR;
        if (held && std::chrono::steady_clock::now() < until) {
            std::this_thread::sleep_for(step);
            continue;
        }
        throw Failure(
            Fault::system,
            base::said("另一条命令正在改这个数据目录", "another command is changing this home"),
            file.parent_path().string(),
            base::said("等它做完，再运行这一条",
                       "wait until it has ended, then run this one again"));
    }
}

}  // namespace zs::record
