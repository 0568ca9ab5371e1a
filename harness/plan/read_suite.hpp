// From a TOML file to a Suite, with every mistake found at once.
#pragma once

#include <string>
#include <vector>

#include "harness/plan/suite.hpp"

namespace bootgate {

/// Names a suite may refer to: unknown ones are errors with the nearest known name.
struct KnownNames {
  std::vector<std::string> signatures;
  std::vector<std::string> profiles;
};

/// What `check` found in one file. `suite` is complete only when there are no errors; warnings don't keep it from
/// running.
struct SuiteReading {
  Suite suite;
  std::vector<Error> errors;
  std::vector<Error> warnings;
};

/// Reads and validates a suite; patterns are compiled to find their mistakes.
SuiteReading read_suite(const fs::path& file, const KnownNames& known);

/// The file of a suite given by name ("boot": suites/boot.toml of the project) or by path (it holds a / or ends in
/// .toml).
Result<fs::path> find_suite(const std::string& name_or_path);

}  // namespace bootgate
