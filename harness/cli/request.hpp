// What a command line and its run file ask for, looked up: kernels by name, suites by file.
#pragma once

#include "harness/cli/arguments.hpp"
#include "harness/cli/definitions.hpp"

namespace bootgate {

/// The kernel that a run without arguments builds.
inline constexpr const char* default_source = "debian:trixie/linux-source-6.12";

struct Request {
  RunArguments arguments;  // with what the run file says, and all names looked up
  Definitions definitions;
  std::vector<Error> warnings;   // of the run file
  std::size_t combinations = 0;  // of a run file: jobs, where `auto` means one accelerator
};

/// Reads the run file, names kernels and reads suites. Mistakes are in `definitions`.
Request read_request(RunArguments arguments);

/// The same for one command: no suite, and a job that has no cases.
Request read_exec_request(const ExecArguments& arguments);

/// The jobs that are asked for, on this host.
Result<Plan> plan_request(const Request& request, HostFacts host);

}  // namespace bootgate
