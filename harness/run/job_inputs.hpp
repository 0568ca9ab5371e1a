// JobInputs: what a job is run with, and on.
#pragma once

#include <memory>
#include <stop_token>

#include "expectations/signatures.hpp"
#include "harness/plan/plan.hpp"
#include "harness/run/boot_files.hpp"
#include "harness/run/event.hpp"

namespace bootgate {

class MachineKeeper;

struct JobInputs {
  const Plan& plan;
  Job job;            // with all of its cases
  std::size_t index;  // into plan.jobs
  BootFiles files;
  fs::path directory;
  std::shared_ptr<const SignatureSet> signatures;
  EmitEvent emit;
  std::stop_token stop;             // Ctrl-C
  MachineKeeper* keeper = nullptr;  // none: no machine is kept
};

}  // namespace bootgate
