#include "base/digest.h"

#include <fstream>
#include <vector>

#include <openssl/evp.h>

#include "base/failure.h"

namespace zs::base {

namespace {

using EvpContext = std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)>;

EvpContext begin(const EVP_MD* algorithm) {
    EvpContext context(EVP_MD_CTX_new(), EVP_MD_CTX_free);
    ZS_INVARIANT(context && EVP_DigestInit_ex(context.get(), algorithm, nullptr) == 1,
                 "the digest algorithm is there");
    return context;
}

void update(EVP_MD_CTX* context, std::string_view bytes) {
    ZS_INVARIANT(EVP_DigestUpdate(context, bytes.data(), bytes.size()) == 1,
                 "a digest takes bytes");
}

std::string hex(EVP_MD_CTX* context) {
    unsigned char bytes[EVP_MAX_MD_SIZE];
    unsigned int size = 0;
    ZS_INVARIANT(EVP_DigestFinal_ex(context, bytes, &size) == 1, "a digest ends");
    static constexpr char digits[] = "0123456789abcdef";
    std::string result;
    for (unsigned int i = 0; i < size; ++i) {
        result += digits[bytes[i] >> 4];
        result += digits[bytes[i] & 15];
    }
    return result;
}

}  // namespace

struct Sm3::State {
    EvpContext context = begin(EVP_sm3());
};

Sm3::Sm3() : state_(std::make_unique<State>()) {}
Sm3::~Sm3() = default;
Sm3::Sm3(Sm3&&) noexcept = default;
Sm3& Sm3::operator=(Sm3&&) noexcept = default;
void Sm3::add(std::string_view bytes) { update(state_->context.get(), bytes); }
std::string Sm3::finish() { return hex(state_->context.get()); }

std::string sm3(std::string_view bytes) {
    Sm3 digest;
    digest.add(bytes);
    return digest.finish();
}

std::string sm3_of_file(const std::filesystem::path& file) {
    std::ifstream in(file, std::ios::binary);
    if (!in)
        throw Failure(
            Fault::input, base::said("文件读不了", "the file cannot be read"),
            file.filename().string(),
            base::said("检查文件在不在、能不能读", "check that it is there and readable"));
    Sm3 digest;
    std::vector<char> piece(1 << 20);
    while (in) {
        in.read(piece.data(), static_cast<std::streamsize>(piece.size()));
        digest.add({piece.data(), static_cast<std::size_t>(in.gcount())});
    }
    return digest.finish();
}

std::string md5(std::string_view bytes) {
    const EvpContext context = begin(EVP_md5());
    update(context.get(), bytes);
    return hex(context.get());
}

}  // namespace zs::base
