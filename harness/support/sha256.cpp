#include "harness/support/sha256.hpp"

#include <fmt/format.h>
#include <sha256.h>
#include <sys/types.h>  // libmd's header needs its types

#include <cerrno>
#include <cstring>

namespace bootgate {

std::string sha256(std::string_view bytes) {
  char digest[SHA256_DIGEST_STRING_LENGTH];
  ::SHA256Data(reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size(), digest);
  return digest;
}

Result<std::string> sha256_of_file(const fs::path& file) {
  char digest[SHA256_DIGEST_STRING_LENGTH];
  if (!::SHA256File(file.c_str(), digest))
    return bench_error(fmt::format("can't read {}: {}", file.string(), std::strerror(errno)));
  return std::string(digest);
}

}  // namespace bootgate
