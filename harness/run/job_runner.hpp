// Runs one job: starts its machine, walks the cases of its suite, and ends the machine.
#pragma once

#include <functional>
#include <memory>
#include <stop_token>

#include "expectations/signatures.hpp"
#include "fixtures/initramfs.hpp"
#include "fixtures/kernel.hpp"
#include "harness/plan/plan.hpp"
#include "harness/run/event.hpp"

namespace bootgate {

/// What a job boots, made ready before it starts.
struct BootFiles {
  KernelImage kernel;
  Initramfs initramfs;
  bool has_control = true;  // false: a root of the user's own
};

using EmitEvent = std::function<void(Event)>;

struct JobInputs {
  const Plan& plan;
  std::size_t index;  // into plan.jobs
  BootFiles files;
  fs::path directory;
  std::shared_ptr<const SignatureSet> signatures;
};

/// All cases of the job with their names, each not_run: what reports start from. The last one is `clean-end`, which
/// every job has: no crash report outside of the cases, and a machine that ended as it should.
JobResult job_outline(const Job& job);

/// Never fails as a whole: a machine that can't be started is an error of the first case.
JobResult run_job(const JobInputs& inputs, const EmitEvent& emit, std::stop_token stop);

}  // namespace bootgate
