#include "harness/run/run.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <climits>
#include <memory>

#include "harness/plan/selection.hpp"
#include "harness/run/durations.hpp"
#include "harness/run/host_budget.hpp"
#include "harness/run/job_runner.hpp"
#include "harness/run/sample_job.hpp"
#include "harness/run/scheduler.hpp"

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
      result.cause = error.kind == Error::Kind::kernel        ? Cause::mismatch
                     : error.kind == Error::Kind::interrupted ? Cause::stopped
                                                              : Cause::bench;
      result.reason = error.what;
      result.details = error.hint;
    }
    emit(CaseDone{index, i, result});
  }
  emit(JobDone{index, job});
  return job;
}

/// The host can't run it, whatever its kernel.
JobResult skipped_job(JobResult job, std::size_t index, const std::string& reason, const EmitEvent& emit) {
  emit(JobStarted{index, job});
  for (CaseResult& result : job.cases) {
    result.outcome = Outcome::skip;
    result.reason = reason;
  }
  emit(JobDone{index, job});
  return job;
}

/// None of the samples that came late is among the selected cases.
JobResult empty_job(JobResult job, std::size_t index, const EmitEvent& emit) {
  job.cases.clear();
  emit(JobStarted{index, job});
  emit(JobDone{index, job});
  return job;
}

/// What the machines of this run may take of the host, all together.
Capacity capacity_for(const Plan& plan) {
  const Execution& execution = plan.options.execution;
  const HostBudget host = read_host_budget();
  Capacity capacity;
  capacity.load = 2 * host.cpus;
  capacity.machines = execution.machines.value_or(capacity.load);
  capacity.memory_mib =
      execution.memory_mib.value_or(static_cast<int>(std::min<std::int64_t>(host.memory_mib, INT_MAX)));
  return capacity;
}

/// The jobs of a plan, each begun as soon as its kernel is there.
class JobStarter {
 public:
  JobStarter(const RunInputs& inputs, RunResult& result, const EmitEvent& emit, std::stop_token stop)
      : inputs_(inputs),
        result_(result),
        emit_(emit),
        stop_(std::move(stop)),
        durations_(inputs.store),
        scheduler_(capacity_for(inputs.plan), [this](Backlog backlog) {
          emit_(Estimate{backlog.left, backlog.running});
        }) {}

  void run_all() {
    const Plan& plan = inputs_.plan;
    for (std::size_t i = 0; i < plan.jobs.size(); ++i)
      if (!plan.jobs[i].skip_reason.empty())
        result_.jobs[i] = skipped_job(result_.jobs[i], i, plan.jobs[i].skip_reason, emit_);
    if (inputs_.keeper) inputs_.keeper->tell([this](int mib) { scheduler_.hold(mib); });
    KernelSupply supply({plan, inputs_.store, inputs_.refresh}, emit_, stop_);
    for (std::size_t i = 0; i < plan.jobs.size() && !stop_.stop_requested() && !result_.error; ++i)
      if (plan.jobs[i].skip_reason.empty()) start(i, supply.wait_for(plan.jobs[i].kernel_index));
    scheduler_.wait();
    if (inputs_.keeper) inputs_.keeper->tell({});
    durations_.save();
    for (const auto& [index, runner] : runners_)
      result_.jobs[index] = runner->result();
  }

 private:
  void start(std::size_t index, const Result<SuppliedKernel>& kernel) {
    Job job = inputs_.plan.jobs[index];
    if (!kernel) {
      refuse(index, kernel.error(), job.builds && !is_users(kernel.error()));
      return;
    }
    if (job.suite.samples) {
      job.suite = with_samples(job.suite, kernel->samples, inputs_.samples);
      select_samples(job, inputs_.plan.options.execution.selection);
      if (job.suite.cases.empty()) {
        result_.jobs[index] = empty_job(result_.jobs[index], index, emit_);
        return;
      }
    }
    auto files = make_boot_files(job, inputs_.plan.options, *kernel, inputs_.store,
                                 fixture_options(inputs_.refresh, emit_, stop_));
    if (!files) {
      refuse(index, files.error(), false);
      return;
    }
    JobInputs job_inputs{inputs_.plan,       std::move(job), index, std::move(*files), result_.jobs[index].directory,
                         inputs_.signatures, emit_,          stop_, inputs_.keeper};
    runners_.emplace_back(
        index, std::make_unique<JobRunner>(std::move(job_inputs), JobContext{scheduler_, durations_, enough_}));
    runners_.back().second->start();
  }

  /// What the job lacks is its own affair, or ends the run.
  void refuse(std::size_t index, const Error& error, bool is_its_own) {
    if (is_its_own || (inputs_.keep_going && error.kind != Error::Kind::interrupted))
      result_.jobs[index] = unbuilt(result_.jobs[index], index, error, emit_);
    else
      result_.error = error;
  }

  const RunInputs& inputs_;
  RunResult& result_;
  EmitEvent emit_;
  std::stop_token stop_;
  std::stop_source enough_;
  Durations durations_;
  std::vector<std::pair<std::size_t, std::unique_ptr<JobRunner>>> runners_;
  Scheduler scheduler_;  // last: its threads end before what they work on goes
};

}  // namespace

RunResult run_plan(const RunInputs& inputs, const EmitEvent& emit, std::stop_token stop) {
  RunResult result = outline(inputs);
  emit(RunStarted{result, kernels_text(inputs.plan), accelerators_text(inputs.plan)});
  JobStarter(inputs, result, emit, stop).run_all();
  result.interrupted = stop.stop_requested();
  emit(RunDone{result});
  return result;
}

}  // namespace bootgate
