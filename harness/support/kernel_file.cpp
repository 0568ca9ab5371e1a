#include "harness/support/kernel_file.hpp"

#include <charconv>

#include "harness/support/text.hpp"

namespace bootgate {

std::optional<std::int64_t> number_of(std::string_view word) {
  std::int64_t number = 0;
  auto [end, failure] = std::from_chars(word.data(), word.data() + word.size(), number);
  if (failure != std::errc{} || end != word.data() + word.size()) return std::nullopt;
  return number;
}

std::optional<std::int64_t> read_number(const fs::path& file) {
  const std::string text = read_file(file).value_or("");
  return number_of(trimmed(text));
}

std::optional<std::int64_t> read_number(const fs::path& file, std::string_view key) {
  const std::string text = read_file(file).value_or("");
  for (std::string_view line : split(text, '\n')) {
    if (!line.starts_with(key) || !line.substr(key.size()).starts_with(' ')) continue;
    const std::string_view value = trimmed(line.substr(key.size()));
    return number_of(value.substr(0, value.find(' ')));
  }
  return std::nullopt;
}

}  // namespace bootgate
