// SHA-256 (OpenSSL), for content keys and for naming what was tested.
#pragma once

#include <string>
#include <string_view>

#include "harness/support/files.hpp"

namespace bootgate {

/// 64 lower-case hexadecimal digits.
std::string sha256(std::string_view bytes);

/// The same of a file's content, which is read in pieces.
Result<std::string> sha256_of_file(const fs::path& file);

}  // namespace bootgate
