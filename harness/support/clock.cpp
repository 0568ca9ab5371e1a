#include "harness/support/clock.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>

namespace bootgate {

std::optional<Duration> parse_duration(std::string_view text) {
  double number = 0;
  auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (failure != std::errc{} || !std::isfinite(number) || number <= 0) return std::nullopt;
  std::string_view unit(end, static_cast<std::size_t>(text.data() + text.size() - end));
  double factor = unit == "ms" ? 1 : unit == "s" ? 1000 : unit == "m" ? 60'000 : unit == "h" ? 3'600'000 : 0;
  double ms = std::round(number * factor);
  // A year is beyond every wait, and well inside what steady_clock's nanoseconds can hold.
  if (ms < 1 || ms > 365.0 * 24 * 3'600'000) return std::nullopt;
  return Duration(static_cast<Duration::rep>(ms));
}

std::string format_duration(Duration duration) {
  auto ms = duration.count();
  if (ms >= 60'000 && ms % 60'000 == 0) return fmt::format("{}m", ms / 60'000);
  if (ms < 1000) return fmt::format("{}ms", ms);
  return fmt::format("{}s", static_cast<double>(ms) / 1000.0);
}

Duration scaled(Duration duration, double factor) {
  return std::max(Duration(1), Duration(std::llround(static_cast<double>(duration.count()) * factor)));
}

std::string format_seconds(Duration duration) {
  return fmt::format("{}.{:03}", duration.count() / 1000, duration.count() % 1000);
}

std::string utc_timestamp() {
  return fmt::format("{:%Y-%m-%dT%H:%M:%S}", fmt::gmtime(std::time(nullptr)));
}

}  // namespace bootgate
