// Timestamps as reports write them, "2026-11-23T01:20:00", as numbers that can be compared.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace bootgate {

/// The seconds since 1970 of such a time; a fraction and a zone ("Z", "+02:00") may follow, without one it is UTC.
/// Nothing for another text.
std::optional<std::int64_t> utc_seconds(std::string_view timestamp);

/// And back.
std::string utc_timestamp(std::int64_t seconds);

}  // namespace bootgate
