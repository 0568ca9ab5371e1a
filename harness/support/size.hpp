// Sizes of memory and disks as people write them.
#pragma once

#include <optional>
#include <string_view>

namespace bootgate {

/// Mebibytes of "512M" or "2G"; a number without a unit counts mebibytes. Nothing for anything else, and for none.
std::optional<int> parse_mib(std::string_view text);

}  // namespace bootgate
