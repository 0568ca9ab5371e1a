// Random numbers that nobody can guess, from the kernel.
#pragma once

#include <cstddef>
#include <string>

namespace bootgate {

/// So many random bytes as lower-case hexadecimal digits, two for each.
std::string random_hex(std::size_t bytes);

}  // namespace bootgate
