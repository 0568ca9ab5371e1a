#include "harness/support/sha256.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <openssl/evp.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <memory>
#include <new>

#include "harness/support/fd.hpp"

namespace bootgate {
namespace {

/// OpenSSL's digest functions fail only when memory is short or the library was built without SHA-256.
void check(int status) {
  if (status != 1) throw std::bad_alloc();
}

class Digest {
 public:
  Digest() {
    if (!context_) throw std::bad_alloc();
    check(EVP_DigestInit_ex(context_.get(), EVP_sha256(), nullptr));
  }

  void add(std::string_view bytes) { check(EVP_DigestUpdate(context_.get(), bytes.data(), bytes.size())); }

  std::string hex() {
    unsigned char digest[EVP_MAX_MD_SIZE];
    unsigned size = 0;
    check(EVP_DigestFinal_ex(context_.get(), digest, &size));
    std::string text;
    for (unsigned i = 0; i < size; ++i)
      text += fmt::format("{:02x}", digest[i]);
    return text;
  }

 private:
  std::unique_ptr<EVP_MD_CTX, void (*)(EVP_MD_CTX*)> context_{EVP_MD_CTX_new(), EVP_MD_CTX_free};
};

}  // namespace

std::string sha256(std::string_view bytes) {
  Digest digest;
  digest.add(bytes);
  return digest.hex();
}

Result<std::string> sha256_of_file(const fs::path& file) {
  Digest digest;
  std::string block(64 * 1024, '\0');
  const UniqueFd fd(::open(file.c_str(), O_RDONLY | O_CLOEXEC));
  for (;;) {
    const ssize_t got = fd ? ::read(fd.get(), block.data(), block.size()) : -1;
    if (got == 0) return digest.hex();
    if (got > 0)
      digest.add({block.data(), static_cast<std::size_t>(got)});
    else if (!fd || errno != EINTR)
      return bench_error(fmt::format("can't read {}: {}", file.string(), std::strerror(errno)));
  }
}

}  // namespace bootgate
