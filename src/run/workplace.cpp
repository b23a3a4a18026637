#include "run/workplace.h"

#include <cerrno>
#include <csignal>
#include <cstdlib>

#include <fmt/format.h>
#include <unistd.h>

#include "base/failure.h"

namespace zs::run {

namespace fs = std::filesystem;

namespace {

/// `.PURPOSE-PID` of a process that is no more.
bool is_abandoned(const std::string& name) {
    const std::size_t dash = name.rfind('-');
    if (!name.starts_with(".") || dash == std::string::npos) return false;
    const int process = std::atoi(name.c_str() + dash + 1);
    return process > 0 && ::kill(process, 0) != 0 && errno == ESRCH;
}

void clear_abandoned(const fs::path& runs) {
    std::error_code ignored;
    for (const fs::directory_entry& entry : fs::directory_iterator(runs, ignored))
        if (is_abandoned(entry.path().filename().string())) fs::remove_all(entry.path(), ignored);
}

}  // namespace

Workplace::Workplace(const fs::path& runs, const std::string& purpose)
    : folder_(runs / fmt::format(".{}-{}", purpose, ::getpid())) {
    clear_abandoned(runs);
    std::error_code error;
    fs::remove_all(folder_, error);
    fs::create_directories(folder_, error);
    if (error)
        throw base::Failure(base::Fault::system,
                            base::said("文件夹建不了", "the folder cannot be made"), runs.string(),
                            base::said("检查磁盘空间和文件夹权限",
                                       "check the disk's free space and the folder's permissions"));
}

Workplace::~Workplace() {
    std::error_code ignored;
    fs::remove_all(folder_, ignored);
}

}  // namespace zs::run
