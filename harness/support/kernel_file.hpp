// Text files in which the kernel says numbers: /proc, control groups.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "harness/support/files.hpp"

namespace bootgate {

/// The number that `word` is, whole; nothing for "max", and for everything else that is none.
std::optional<std::int64_t> number_of(std::string_view word);

/// The number that the file is; nothing also when it can't be read.
std::optional<std::int64_t> read_number(const fs::path& file);

/// The first number behind `key` in a file of lines like "inactive_file 4096" or "MemAvailable:   4096 kB".
std::optional<std::int64_t> read_number(const fs::path& file, std::string_view key);

}  // namespace bootgate
