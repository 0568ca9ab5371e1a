#include "harness/support/size.hpp"

#include <charconv>

namespace bootgate {

std::optional<int> parse_mib(std::string_view text) {
  constexpr std::size_t most_digits = 6;
  int value = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), value);
  const auto digits = static_cast<std::size_t>(end - text.data());
  const std::string_view unit = text.substr(digits);
  if (failure != std::errc{} || digits > most_digits || value <= 0) return std::nullopt;
  if (unit == "G" || unit == "g") return value * 1024;
  if (unit.empty() || unit == "M" || unit == "m") return value;
  return std::nullopt;
}

}  // namespace bootgate
