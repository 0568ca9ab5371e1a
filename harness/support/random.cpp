#include "harness/support/random.hpp"

#include <fmt/format.h>
#include <sys/random.h>

namespace bootgate {

std::string random_hex(std::size_t bytes) {
  std::string text;
  while (text.size() < 2 * bytes) {
    unsigned char block[32];
    // Never short for so few bytes, once the kernel has seeded (getrandom(2)).
    (void)!::getrandom(block, sizeof block, 0);
    for (unsigned char byte : block)
      text += fmt::format("{:02x}", byte);
  }
  text.resize(2 * bytes);
  return text;
}

}  // namespace bootgate
