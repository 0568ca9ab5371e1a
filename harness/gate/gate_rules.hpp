// GateRules: gate.toml, which says what suites a series is judged by.
#pragma once

#include <string>
#include <vector>

#include "harness/support/error.hpp"
#include "harness/support/files.hpp"

namespace bootgate {

struct GateRules {
  struct Touched {
    std::vector<std::string> paths;   // globs (fnmatch(3), without FNM_PATHNAME)
    std::vector<std::string> suites;  // names or files
  };
  std::vector<std::string> suites;  // always
  std::vector<Touched> touched;     // when one of the paths is
};

struct GateRulesReading {
  GateRules rules;
  std::vector<Error> errors;
};

/// Suites that are files count from the directory of `file`.
GateRulesReading read_gate_rules(const fs::path& file);

/// Each once, in the order of the rules.
std::vector<std::string> suites_for(const GateRules& rules, const std::vector<std::string>& touched);

}  // namespace bootgate
