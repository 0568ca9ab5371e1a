// Runs one job: starts its machine, walks the cases of its suite, and ends the machine.
#pragma once

#include <memory>
#include <stop_token>

#include "expectations/signatures.hpp"
#include "harness/plan/plan.hpp"
#include "harness/run/boot_files.hpp"
#include "harness/run/event.hpp"

namespace bootgate {

struct JobInputs {
  const Plan& plan;
  Job job;            // with all of its cases
  std::size_t index;  // into plan.jobs
  BootFiles files;
  fs::path directory;
  std::shared_ptr<const SignatureSet> signatures;
};

/// All cases of the job with their names, each not_run: what reports start from. Cases that share a machine end with
/// `clean-end`: no crash report outside of them, and a machine that ended as it should. A job whose kernel is built
/// from source begins with `build`, which is judged before the job is run.
JobResult job_outline(const Job& job);

/// Never fails as a whole: a machine that can't be started is an error of the first case.
JobResult run_job(const JobInputs& inputs, const EmitEvent& emit, std::stop_token stop);

}  // namespace bootgate
