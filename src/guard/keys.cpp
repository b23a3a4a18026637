#include "guard/keys.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fmt/format.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>

#include "base/failure.h"
#include "base/file.h"

namespace zs::guard {

using base::Failure;
using base::Fault;

namespace {

constexpr std::size_t key_bytes = 32;
constexpr const char* person_file = "person.key";
constexpr const char* vault_file = "vault.key";

std::string random_key() {
    std::string key(key_bytes, '\0');
    if (RAND_bytes(reinterpret_cast<unsigned char*>(key.data()), static_cast<int>(key.size())) != 1)
        throw Failure(Fault::system,
                      base::said("系统没有给出随机数", "the system gave no random bytes"), "",
                      base::said("再试一次", "try again"));
    return key;
}

void write_key(const std::filesystem::path& file, const std::string& key) {
    // Made with its rights from the start: at no moment can anybody else read it.
    const int out =
        ::open(file.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, S_IRUSR | S_IWUSR);
    const bool written = out >= 0 &&
                         ::write(out, key.data(), key.size()) == static_cast<ssize_t>(key.size()) &&
                         ::fsync(out) == 0;
    if (out >= 0) ::close(out);
    if (!written)
        throw Failure(Fault::system, base::said("密钥写不进去", "a key cannot be written"),
                      file.string(),
                      base::said("检查文件夹权限和磁盘空间",
                                 "check the folder's permissions and free space"));
}

std::string read_key(const std::filesystem::path& file) {
    const std::string key = base::read_file(file);
    if (key.size() != key_bytes)
        throw Failure(Fault::input,
                      base::said("这个数据目录的密钥坏了", "a key of this home is damaged"),
                      file.string(), base::said("从备份里取回", "bring it back from a backup"));
    return key;
}

}  // namespace

Keys make_keys(const std::filesystem::path& folder) {
    std::filesystem::create_directories(folder);
    std::filesystem::permissions(folder, std::filesystem::perms::owner_all);
    for (const char* name : {person_file, vault_file})
        if (std::filesystem::exists(folder / name))
            throw Failure(Fault::input,
                          base::said("数据目录里已经有密钥", "the home has keys already"),
                          (folder / name).string(),
                          base::said("另建数据目录，或保留原来的密钥",
                                     "make another home, or keep this one's keys"));
    Keys keys{.person = random_key(), .vault = random_key()};
    write_key(folder / person_file, keys.person);
    write_key(folder / vault_file, keys.vault);
    base::sync(folder);
    return keys;
}

Keys open_keys(const std::filesystem::path& folder) {
    return {.person = read_key(folder / person_file), .vault = read_key(folder / vault_file)};
}

std::string hmac_sm3(std::string_view key, std::string_view bytes) {
    unsigned char digest[EVP_MAX_MD_SIZE];
    unsigned int length = 0;
    const bool made = HMAC(EVP_sm3(), key.data(), static_cast<int>(key.size()),
                           reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size(),
                           digest, &length) != nullptr;
    ZS_INVARIANT(made && length == 32, "the library computes HMAC-SM3");
    std::string hex;
    hex.reserve(64);
    constexpr char digits[] = "0123456789abcdef";
    for (unsigned int i = 0; i < length; ++i) {
        hex += digits[digest[i] >> 4];
        hex += digits[digest[i] & 15];
    }
    return hex;
}

std::string person_key(const Keys& keys, std::string_view id_number) {
    std::string number(id_number);
    if (!number.empty() && number.back() == 'x') number.back() = 'X';
    return hmac_sm3(keys.person, number);
}

std::string token(const Keys& keys, std::string_view kind, std::string_view value) {
    if (kind == "id_number") return person_key(keys, value);
    return hmac_sm3(keys.person, fmt::format("{}:{}", kind, value));
}

}  // namespace zs::guard
