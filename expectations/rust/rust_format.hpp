// FormatLine: the console lines that a format string of Rust makes, as PCRE2.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace bootgate {

struct FormatLine {
  std::string pattern;    // not anchored
  bool complete = true;   // a newline follows
  bool open_end = false;  // more may stand behind it, on this line or on others: {:#?} breaks lines where it likes
};

/// The lines of a format string whose escapes are resolved: text stands for itself, {} {name} {:?} for anything. An
/// empty string has none. {:#?} ends its line, since what follows may stand on another one.
std::vector<FormatLine> format_lines(std::string_view format);

/// `text` with a backslash before what means something in a regex.
std::string regex_escaped(std::string_view text);

}  // namespace bootgate
