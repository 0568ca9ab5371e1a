// ConsoleView: a saved console in a page, compressed, with host and guest times, and the lines of one case marked.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "harness/run/result.hpp"

namespace bootgate {

struct ConsoleFile {
  fs::path path;      // empty: the case has none
  std::string lines;  // of console.txt: the host's time in ten columns, a blank, the printable text
};

/// The console that the case has spoken on: that of its own machine, or else its job's. At most so many bytes; of a
/// longer one the head and the tail.
ConsoleFile console_of(const JobResult& job, const CaseResult& the_case);

/// Numbers of lines, from 1; 0: there is none.
struct CaseLines {
  int first = 0;  // what this case has said, as far as its excerpt tells
  int last = 0;
  /// The head of its crash report, or else the last line of its excerpt, unless it failed since no line came.
  int failing = 0;
};

CaseLines lines_of(const CaseResult& the_case, std::string_view console);

/// Markup. Without JavaScript it names the file.
std::string console_view(const ConsoleFile& console, const CaseLines& lines);

}  // namespace bootgate
