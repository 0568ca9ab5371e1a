// Text as a terminal shows it: cut to columns, coloured, with times that are short.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "harness/run/result.hpp"

namespace bootgate {

namespace ink {
inline constexpr std::string_view bold = "1", dim = "2", red = "1;31", green = "32", yellow = "33", magenta = "1;35";
}

/// A word and its colour.
struct Label {
  std::string_view text;
  std::string_view colour;
};

/// "PASS", "FAIL", ...
Label label(Outcome outcome);

/// The word at the right of the column that holds all of them.
std::string aligned(const Label& word, bool coloured);
/// The width of that column.
inline constexpr std::size_t label_width = 7;

/// What fails a run.
bool is_bad(Outcome outcome);

/// "suite/case", printable.
std::string title(const CaseResult& result);

std::string painted(std::string_view text, std::string_view colour, bool coloured);

/// "0.31s", "12.0s", "3m05s": enough digits to compare, no more.
std::string short_time(Duration duration);

/// "0.3s", "12.0s", "3m05s": of what goes on.
std::string running_time(Duration duration);

/// The first `columns` of printable text, tabs as blanks.
std::string cut(std::string_view text, std::size_t columns);

/// The start of a line of guest bytes, printable.
std::string shortened(std::string_view line);

}  // namespace bootgate
