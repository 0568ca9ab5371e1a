// ReadyJob: one job of a request with all that it boots, for a person to enter: what `shell` and `gdb` start.
#pragma once

#include <memory>

#include "harness/cli/request.hpp"
#include "harness/run/job_inputs.hpp"

namespace bootgate {

struct ReadyJob {
  std::unique_ptr<const Plan> plan;  // `inputs` refers to it
  JobInputs inputs;
};

/// What the command line asks for; without a kernel it is the packaged one.
Request read_machine_request(RunArguments arguments);

/// The first job of the request; says so where there are more. May download and build; shows that on standard error.
/// Where its files go is the caller's to say: inputs.directory.
Result<ReadyJob> make_ready(const Request& request, std::stop_token stop);

}  // namespace bootgate
