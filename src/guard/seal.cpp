#include "guard/seal.h"

#include <memory>

#include <openssl/evp.h>
#include <openssl/rand.h>

#include "base/failure.h"

namespace zs::guard {

namespace {

constexpr int nonce_bytes = 12;
constexpr int tag_bytes = 16;

struct FreeContext {
    void operator()(EVP_CIPHER_CTX* context) const { EVP_CIPHER_CTX_free(context); }
};
using Context = std::unique_ptr<EVP_CIPHER_CTX, FreeContext>;

const unsigned char* bytes(std::string_view text) {
    return reinterpret_cast<const unsigned char*>(text.data());
}
unsigned char* bytes(std::string& text) { return reinterpret_cast<unsigned char*>(text.data()); }

std::string to_base64(const std::string& raw) {
    std::string text((raw.size() + 2) / 3 * 4 + 1, '\0');
    const int length =
        EVP_EncodeBlock(bytes(text), bytes(std::string_view(raw)), static_cast<int>(raw.size()));
    text.resize(static_cast<std::size_t>(length));
    return text;
}

std::string from_base64(std::string_view text) {
    std::string raw(text.size() / 4 * 3, '\0');
    const int length = EVP_DecodeBlock(bytes(raw), bytes(text), static_cast<int>(text.size()));
    if (length < 0) return {};
    std::size_t padding = 0;
    while (padding < 2 && padding < text.size() && text[text.size() - 1 - padding] == '=')
        ++padding;
    raw.resize(static_cast<std::size_t>(length) - padding);
    return raw;
}

[[noreturn]] void damaged() {
    throw base::Failure(
        base::Fault::system,
        base::said("有段加密内容打不开：被改过，或用的是别的密钥",
                   "a sealed text does not open: it was changed, or sealed under another key"),
        "record.db",
        base::said("从同一份备份取回密钥和业务库", "bring keys and record back from one backup"));
}

}  // namespace

std::string seal(const Keys& keys, std::string_view about, std::string_view plain) {
    std::string raw(nonce_bytes + plain.size() + tag_bytes, '\0');
    bool good = RAND_bytes(bytes(raw), nonce_bytes) == 1;
    const Context context(EVP_CIPHER_CTX_new());
    int length = 0;
    good = good && EVP_EncryptInit_ex(context.get(), EVP_aes_256_gcm(), nullptr,
                                      bytes(std::string_view(keys.vault)), bytes(raw)) == 1;
    good = good && EVP_EncryptUpdate(context.get(), nullptr, &length, bytes(about),
                                     static_cast<int>(about.size())) == 1;
    good = good && EVP_EncryptUpdate(context.get(), bytes(raw) + nonce_bytes, &length, bytes(plain),
                                     static_cast<int>(plain.size())) == 1;
    int rest = 0;
    good =
        good && EVP_EncryptFinal_ex(context.get(), bytes(raw) + nonce_bytes + length, &rest) == 1;
    good = good && EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_GCM_GET_TAG, tag_bytes,
                                       bytes(raw) + nonce_bytes + plain.size()) == 1;
    ZS_INVARIANT(good, "the library seals with AES-256-GCM");
    return to_base64(raw);
}

std::string unseal(const Keys& keys, std::string_view about, std::string_view sealed) {
    std::string raw = from_base64(sealed);
    if (raw.size() < nonce_bytes + tag_bytes) damaged();
    const std::size_t size = raw.size() - nonce_bytes - tag_bytes;
    std::string plain(size, '\0');
    const Context context(EVP_CIPHER_CTX_new());
    int length = 0;
    bool good = EVP_DecryptInit_ex(context.get(), EVP_aes_256_gcm(), nullptr,
                                   bytes(std::string_view(keys.vault)), bytes(raw)) == 1;
    good = good && EVP_DecryptUpdate(context.get(), nullptr, &length, bytes(about),
                                     static_cast<int>(about.size())) == 1;
    good = good && EVP_DecryptUpdate(context.get(), bytes(plain), &length, bytes(raw) + nonce_bytes,
                                     static_cast<int>(size)) == 1;
    good = good && EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_GCM_SET_TAG, tag_bytes,
                                       bytes(raw) + nonce_bytes + size) == 1;
    int rest = 0;
    good = good && EVP_DecryptFinal_ex(context.get(), bytes(plain) + length, &rest) == 1;
    if (!good) damaged();
    return plain;
}

}  // namespace zs::guard
