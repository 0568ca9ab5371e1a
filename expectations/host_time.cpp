#include "expectations/host_time.hpp"

#include <algorithm>

#include "harness/support/text.hpp"

namespace bootgate {
namespace {

constexpr auto npos = std::string_view::npos;
constexpr std::size_t most_words = 6;

bool are_digits(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), is_digit);
}

/// "10:00" is in it. PCI's numbers have more digits ahead: "[8086:7010]", "0000:00:03.0".
bool has_clock(std::string_view word) {
  for (std::size_t colon = word.find(':'); colon != npos; colon = word.find(':', colon + 1))
    if (colon >= 2 && are_digits(word.substr(colon - 2, 2)) && (colon == 2 || word[colon - 3] == 'T') &&
        word.size() >= colon + 3 && are_digits(word.substr(colon + 1, 2)))
      return true;
  return false;
}

/// "1795514400.123456" or "+0.000012". A kernel's version has more points or fewer digits.
bool is_seconds(std::string_view word) {
  if (word.starts_with('+')) word.remove_prefix(1);
  const std::size_t point = word.find('.');
  return point != npos && are_digits(word.substr(0, point)) && word.size() >= point + 4 &&
         are_digits(word.substr(point + 1));
}

/// "Mon", "Nov", "Nov23".
bool is_name(std::string_view word) {
  constexpr std::string_view names = "Mon Tue Wed Thu Fri Sat Sun Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec ";
  const std::size_t at = word.size() < 3 ? npos : names.find(word.substr(0, 3));
  return at != npos && at % 4 == 0 && (word.size() == 3 || are_digits(word.substr(3)));
}

bool is_date(std::string_view word) {
  return std::any_of(word.begin(), word.end(), is_digit) && word.find_first_not_of("0123456789-:.,+TZ") == npos;
}

bool is_zone(std::string_view word) {
  return word == "UTC" ||
         (word.size() >= 5 && (word[0] == '+' || word[0] == '-') && are_digits(word.substr(1, 2)) && is_date(word));
}

/// Behind the blanks, up to the next one.
std::string_view next_word(std::string_view text, std::string_view blanks) {
  const std::size_t start = std::min(text.find_first_not_of(blanks), text.size());
  return text.substr(start, text.find_first_of(blanks, start) - start);
}

std::size_t with_blank(std::string_view line, std::size_t end) {
  return end == line.size() ? end : line[end] == ' ' ? end + 1 : 0;
}

std::size_t bracketed_length(std::string_view line) {
  const std::size_t close = line.substr(0, 64).find(']');
  if (close == npos) return 0;
  std::string_view rest = line.substr(1, close - 1);
  bool tells = false;
  // With -d, the time since the last record stands in <>.
  for (std::string_view word; !(word = next_word(rest, " <>")).empty();) {
    if (!is_name(word) && !is_date(word)) return 0;
    tells = tells || has_clock(word) || is_seconds(word);
    rest = {word.end(), rest.end()};
  }
  return tells ? with_blank(line, close + 1) : 0;
}

}  // namespace

std::size_t host_time_length(std::string_view line) {
  if (line.starts_with('[')) return bracketed_length(line);
  if (line.starts_with(' ')) return 0;
  std::string_view rest = line;
  for (std::size_t words = 0; words < most_words; ++words) {
    const std::string_view word = next_word(rest, " ");
    if (!is_name(word) && !is_date(word)) return 0;
    rest = {word.end(), line.end()};
    if (!has_clock(word) && !is_seconds(word)) continue;
    if (const std::string_view zone = next_word(rest, " "); is_zone(zone)) rest = {zone.end(), line.end()};
    return with_blank(line, line.size() - rest.size());
  }
  return 0;
}

}  // namespace bootgate
