// Reads suites that stand in the tests themselves.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "harness/plan/read_suite.hpp"
#include "tests/support/temp_dir.hpp"

namespace bootgate {

inline const KnownNames& known_names() {
  static const KnownNames known = {{"oops", "warning", "kasan"}, {"initrd-only", "smp", "rust-samples"}};
  return known;
}

inline SuiteReading read_text(std::string_view text) {
  TempDir dir;
  return read_suite(dir.file("s.toml", text), known_names());
}

/// The errors of a suite as "line:column: what (hint)".
inline std::vector<std::string> errors_of(const SuiteReading& reading) {
  std::vector<std::string> lines;
  for (Error error : reading.errors) {
    if (error.at) error.at->file.clear();
    lines.push_back(one_line(error).substr(1));
  }
  return lines;
}

/// A suite of one case, which has these lines.
inline std::string with_case(std::string_view lines) {
  return "name = \"s\"\n[[case]]\nname = \"c\"\n" + std::string(lines) + "\n";
}

/// A suite of one case of these steps, which stand in line 4 from column 10 on.
inline std::string with_steps(std::string_view steps) {
  return with_case("steps = [" + std::string(steps) + "]");
}

}  // namespace bootgate
