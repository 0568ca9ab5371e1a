// Runs a plan: fixtures, and machines side by side.
#pragma once

#include "expectations/signatures.hpp"
#include "harness/plan/read_sample.hpp"
#include "harness/run/event.hpp"
#include "harness/run/kernel_supply.hpp"
#include "harness/run/machine_keeper.hpp"

namespace bootgate {

struct RunInputs {
  const Plan& plan;
  const Store& store;
  std::shared_ptr<const SignatureSet> signatures;
  const std::vector<SampleExpectation>& samples;
  fs::path directory;               // of this run: each job gets one in it
  bool refresh = false;             // ask the origins of kernels again
  MachineKeeper* keeper = nullptr;  // gets the machine of the first case that fails; none: it is ended
  bool keep_going = false;          // a job that lacks its kernel or another file is in error, and the others are run
};

/// Emits RunStarted first and RunDone last, whatever happens between.
RunResult run_plan(const RunInputs& inputs, const EmitEvent& emit, std::stop_token stop);

}  // namespace bootgate
