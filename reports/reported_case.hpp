// ReportedCase: a case as our own JUnit file tells of it.
#pragma once

#include <string>
#include <vector>

#include "harness/support/files.hpp"

namespace bootgate {

struct ReportedCase {
  std::string job;
  std::string suite;
  std::string name;
  bool failed = false;  // or an error
};

/// The cases of a run, from the file in its directory, which holds all of them from its start on.
Result<std::vector<ReportedCase>> read_reported_cases(const fs::path& junit);

}  // namespace bootgate
