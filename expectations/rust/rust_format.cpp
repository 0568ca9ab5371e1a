#include "expectations/rust/rust_format.hpp"

#include <algorithm>

namespace bootgate {
namespace {

/// {:#?} and {:#x?}: pretty-printed.
bool is_pretty(std::string_view argument) {
  std::size_t colon = argument.find(':');
  if (colon == std::string_view::npos) return false;
  std::string_view spec = argument.substr(colon);
  return spec.find('#') != std::string_view::npos && spec.ends_with('?');
}

constexpr std::string_view anything = ".*";

void append_anything(std::string& pattern) {
  // ".*.*" means the same, and takes a match time that grows with the square of the line.
  if (!pattern.ends_with(anything)) pattern += anything;
}

}  // namespace

std::string regex_escaped(std::string_view text) {
  constexpr std::string_view special = "\\^$.[]|()?*+{}#";
  std::string escaped;
  for (char c : text) {
    if (special.find(c) != std::string_view::npos) escaped += '\\';
    escaped += c;
  }
  return escaped;
}

std::vector<FormatLine> format_lines(std::string_view format) {
  std::vector<FormatLine> lines;
  FormatLine line;
  bool started = false;
  for (std::size_t i = 0; i < format.size(); ++i) {
    const char c = format[i];
    started = true;
    if (c == '\n') {
      lines.push_back(std::move(line));
      line = {};
      started = false;
    } else if (line.open_end) {
      continue;
    } else if ((c == '{' || c == '}') && i + 1 < format.size() && format[i + 1] == c) {
      line.pattern += regex_escaped(format.substr(i++, 1));
    } else if (c == '{') {
      std::size_t end = std::min(format.find('}', i), format.size());
      line.open_end = is_pretty(format.substr(i + 1, end - i - 1));
      append_anything(line.pattern);
      i = end;
    } else {
      line.pattern += regex_escaped(format.substr(i, 1));
    }
  }
  line.complete = false;
  if (started) lines.push_back(std::move(line));
  return lines;
}

}  // namespace bootgate
