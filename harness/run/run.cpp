#include "harness/run/run.hpp"

#include <fmt/format.h>

#include "harness/run/sample_job.hpp"

namespace bootgate {
namespace {

RunResult outline(const RunInputs& inputs) {
  RunResult result;
  result.timestamp = utc_timestamp();
  for (const Job& job : inputs.plan.jobs) {
    JobResult outlined = job_outline(job);
    outlined.directory = inputs.directory / job.name;
    outlined.timestamp = result.timestamp;
    result.jobs.push_back(std::move(outlined));
  }
  return result;
}

/// A job whose kernel did not come: the build is to blame, and nothing else was tried.
JobResult unbuilt(JobResult job, std::size_t index, const Error& error, const EmitEvent& emit) {
  emit(JobStarted{index, job});
  for (std::size_t i = 0; i < job.cases.size(); ++i) {
    CaseResult& result = job.cases[i];
    result.reason = "no kernel to boot";
    if (i == 0) {
      result.outcome = error.kind == Error::Kind::kernel ? Outcome::fail : Outcome::error;
      result.cause = error.kind == Error::Kind::kernel ? Cause::mismatch : Cause::bench;
      result.reason = error.what;
      result.details = error.hint;
    }
    emit(CaseDone{index, i, result});
  }
  emit(JobDone{index, job});
  return job;
}

bool is_users(const Error& error) {
  return error.kind == Error::Kind::usage || error.kind == Error::Kind::definition;
}

}  // namespace

RunResult run_plan(const RunInputs& inputs, const EmitEvent& emit, std::stop_token stop) {
  const Plan& plan = inputs.plan;
  RunResult result = outline(inputs);
  emit(RunStarted{result, kernels_text(plan), accelerators_text(plan)});
  KernelSupply supply({plan, inputs.store, inputs.refresh}, emit, stop);
  for (std::size_t i = 0; i < plan.jobs.size() && !stop.stop_requested() && !result.error; ++i) {
    Job job = plan.jobs[i];
    const Result<SuppliedKernel>& kernel = supply.wait_for(job.kernel_index);
    if (!kernel) {
      if (job.builds && !is_users(kernel.error()))
        result.jobs[i] = unbuilt(result.jobs[i], i, kernel.error(), emit);
      else
        result.error = kernel.error();
      continue;
    }
    if (job.suite.samples) job.suite = with_samples(job.suite, kernel->samples, inputs.samples);
    auto files = make_boot_files(job, plan.options, *kernel, inputs.store);
    if (!files) {
      result.error = files.error();
      break;
    }
    JobInputs job_inputs{plan, std::move(job), i, std::move(*files), result.jobs[i].directory, inputs.signatures};
    result.jobs[i] = run_job(job_inputs, emit, stop);
  }
  result.interrupted = stop.stop_requested();
  emit(RunDone{result});
  return result;
}

}  // namespace bootgate
