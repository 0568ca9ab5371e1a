// Time: one clock (monotonic), one duration type, one place where durations are scaled.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace bootgate {

using Clock = std::chrono::steady_clock;
using TimePoint = Clock::time_point;
using Duration = std::chrono::milliseconds;

/// Reads "250ms", "30s", "1.5s", "10m" or "2h"; nothing else, and nothing without a unit. Negative and zero are
/// refused.
std::optional<Duration> parse_duration(std::string_view text);

/// The shortest of those forms: "250ms", "30s", "1.5s".
std::string format_duration(Duration duration);

/// `duration` times `factor`, at least 1 ms.
Duration scaled(Duration duration, double factor);

/// Seconds with three decimals, as reports write them: "0.731".
std::string format_seconds(Duration duration);

/// The wall clock's UTC time as "2026-11-23T01:20:00".
std::string utc_timestamp();

}  // namespace bootgate
