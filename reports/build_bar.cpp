#include "reports/build_bar.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "harness/support/text.hpp"

namespace bootgate {

std::string rough_time(Duration duration) {
  auto seconds = std::chrono::round<std::chrono::seconds>(duration).count();
  return seconds < 60 ? fmt::format("{}s", seconds) : fmt::format("{}m {:02}s", seconds / 60, seconds % 60);
}

std::string build_bar(const BuildProgress& progress) {
  const std::string kernel = printable(progress.kernel);
  const int expected = progress.expected;
  // The estimate may fall short: a build is done when make says so.
  if (progress.steps >= expected)
    return fmt::format("building {}  {} done, {}", kernel, progress.steps, rough_time(progress.took));
  constexpr int width = 20;
  const int filled = width * progress.steps / expected;
  std::string line =
      fmt::format("building {}  [{}{}]  {} of {}", kernel, std::string(static_cast<std::size_t>(filled), '#'),
                  std::string(static_cast<std::size_t>(width - filled), '-'), progress.steps, expected);
  // The first steps, scripts and headers, say nothing of how long compiling takes.
  if (progress.steps * 20 > expected)
    line += fmt::format(", {} left", rough_time(progress.took * (expected - progress.steps) / progress.steps));
  return line;
}

}  // namespace bootgate
