// Text helpers that more than one room needs: nearest names for "did you mean", and bytes made safe to print.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace bootgate {

/// The candidate that a typing error most likely meant, or nothing when none is near.
std::optional<std::string> nearest(std::string_view word, std::span<const std::string> candidates);

/// Of ASCII alone, and the same in every locale. An object rather than a function, so that algorithms inline it.
inline constexpr auto is_digit = [](char c) { return c >= '0' && c <= '9'; };

/// string_view::contains of C++23.
constexpr bool contains(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

/// "did you mean 'X'?" or an empty string.
std::string did_you_mean(std::string_view word, std::span<const std::string> candidates);

/// Printable text from guest bytes: valid UTF-8 kept, everything that could steer a terminal or break XML (control
/// characters but tab, C1 controls, invalid bytes, non-characters) as \xNN. Newlines are escaped too: give it lines.
std::string printable(std::string_view bytes);

/// The same for several lines, each with its end.
std::string printable_lines(std::string_view text);

/// POSIX shell quoting: the word itself when it is plain, else in single quotes.
std::string shell_quoted(std::string_view word);

/// All of argv, shell-quoted, joined by blanks.
std::string shell_command(std::span<const std::string> argv);

/// `text` broken at blanks into lines of `width` columns (bytes); every line but the first begins with `indent` blanks,
/// which don't count.
std::string wrapped(std::string_view text, std::size_t width, std::size_t indent);

/// Parts of `text` between `separator`s; an empty text has none.
std::vector<std::string_view> split(std::string_view text, char separator);

/// `text` without white space at both ends.
std::string_view trimmed(std::string_view text);

}  // namespace bootgate
