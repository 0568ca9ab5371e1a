// What a command line asks for, looked up: kernels by name, suites by file.
#pragma once

#include "harness/cli/arguments.hpp"
#include "harness/cli/definitions.hpp"

namespace bootgate {

/// The kernel that a run without arguments builds.
inline constexpr const char* default_source = "debian:trixie/linux-source-6.12";

struct Request {
  RunOptions options;
  Definitions definitions;
};

/// Names kernels and reads suites. Mistakes are in `definitions.errors`.
Request read_request(const RunArguments& arguments);

}  // namespace bootgate
