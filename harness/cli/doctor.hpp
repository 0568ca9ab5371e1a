// Doctor: what this host has and lacks for each of bootgate's jobs, and the command that mends it.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "harness/plan/plan.hpp"

namespace bootgate {

/// One line of the diagnosis.
struct Check {
  /// `warn`: it works, with a loss that `found` names. `missing`: what needs it can't work.
  enum class State { ok, warn, missing };
  std::string area;  // the job that needs it: "run", "build kernels", ...
  std::string name;
  State state = State::ok;
  std::string found;  // one line: a version, a size, or why not
  std::string mend;   // a command for the shell; empty when there is nothing to mend
};

std::string_view to_string(Check::State state);

/// The area whose checks decide the exit status.
inline constexpr std::string_view run_area = "run";

struct DoctorQuestions {
  std::optional<Accelerator> accelerator;  // what a probe with a real guest found; nothing: not probed
  fs::path store;                          // where things are kept; need not exist yet
};

/// Looks at the host, in the order of the report. Starts small programs (versions, a sandbox), changes nothing.
std::vector<Check> examine_host(const DoctorQuestions& questions);

/// The report, aligned, at 80 columns; only the commands to type may be wider.
std::string describe(const std::vector<Check>& checks);

/// 0 when nothing that `bootgate run` needs is missing, else 3.
int exit_code(const std::vector<Check>& checks);

}  // namespace bootgate
