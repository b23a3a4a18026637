#include "shell.h"

#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <stdexcept>
#include <sys/wait.h>
#include <system_error>
#include <unistd.h>

namespace zs::transcript {
namespace {

[[noreturn]] void fail(const char* act) {
    throw std::runtime_error(std::string(act) + ": " + std::strerror(errno));
}

/// In the child: never comes back.
[[noreturn]] void become_shell(const std::string& command, const std::filesystem::path& folder,
                               const std::map<std::string, std::string>& environment, int output) {
    const int nothing = open("/dev/null", O_RDONLY);
    dup2(nothing, STDIN_FILENO);
    dup2(output, STDOUT_FILENO);
    dup2(output, STDERR_FILENO);
    for (const auto& [name, value] : environment) setenv(name.c_str(), value.c_str(), 1);
    if (chdir(folder.c_str()) == 0)
        execlp("bash", "bash", "--noprofile", "--norc", "-c", command.c_str(),
               static_cast<char*>(nullptr));
    _exit(127);
}

std::string all_of(int input) {
    std::string text;
    std::array<char, 65536> piece;
    for (;;) {
        const auto size = read(input, piece.data(), piece.size());
        if (size > 0) text.append(piece.data(), static_cast<std::size_t>(size));
        if (size == 0) return text;
        if (size < 0 && errno != EINTR) fail("cannot read what the command said");
    }
}

}  // namespace

Answer run_in_shell(const std::string& command, const std::filesystem::path& folder,
                    const std::map<std::string, std::string>& environment) {
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0) fail("cannot make a pipe");
    const pid_t child = fork();
    if (child < 0) fail("cannot start a process");
    if (child == 0) become_shell(command, folder, environment, ends[1]);
    close(ends[1]);
    Answer answer;
    answer.output = all_of(ends[0]);
    close(ends[0]);
    int status = 0;
    while (waitpid(child, &status, 0) < 0)
        if (errno != EINTR) fail("cannot wait for the command");
    answer.exit_status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    return answer;
}

TemporaryFolder::TemporaryFolder() {
    auto pattern = (std::filesystem::temp_directory_path() / "zs_transcript_XXXXXX").string();
    if (mkdtemp(pattern.data()) == nullptr) fail("cannot make a temporary folder");
    path_ = pattern;
}

TemporaryFolder::~TemporaryFolder() {
    std::error_code ignored;  // A folder that stays behind must not fail a test that passed.
    std::filesystem::remove_all(path_, ignored);
}

}  // namespace zs::transcript
