// Runs one job: boots its machine and saves it, runs each case of the booted system on a clone, and ends the machine.
#pragma once

#include <atomic>
#include <functional>
#include <optional>

#include "harness/run/case_machine.hpp"
#include "harness/run/durations.hpp"
#include "harness/run/report_decoder.hpp"
#include "harness/run/scheduler.hpp"

namespace bootgate {

/// All cases of the job with their names, each not_run: what reports start from. They end with `clean-end`: no crash
/// report outside of the cases, and a machine that ended as it should. A job whose kernel is built from source begins
/// with `build`, which is judged before the job is run.
JobResult job_outline(const Job& job);

/// What the jobs of a run share.
struct JobContext {
  Scheduler& scheduler;
  Durations& durations;
  std::stop_source enough;  // after the first failure under --fail-fast: no other case is begun
};

class JobRunner {
 public:
  JobRunner(JobInputs inputs, JobContext context);

  /// Adds the boot to the scheduler's work, and that adds the rest; this must live until all of it is done. It never
  /// fails as a whole: a machine that can't be started is an error of the first case.
  void start();
  /// Once all work is done.
  const JobResult& result() const { return result_; }

 private:
  using Number = std::size_t;  // of a case in the suite; behind the last one: of clean-end

  void boot(int lane);
  void boot_and_go_on(int lane);
  std::optional<std::string> over() const;
  void note_spans(const BroughtUp& up, int lane) const;
  void note_kernel_config();
  BroughtUp boot_in_attempts(std::optional<Boot>& boot);
  void go_on(BroughtUp up, const Boot& boot, int lane);
  void lose(BroughtUp& up);
  CaseResult end_of(const BroughtUp& up) const;
  void finish_end(std::vector<CaseResult> attempts);
  void look_inside(BroughtUp& up);
  void save_or_say_why(BroughtUp& up, const Boot& boot, int lane);
  std::vector<Number> runnable_cases() const;
  std::optional<CaseResult> known_already(const Case& the_case) const;
  void add_case(Number number);

  void run(Number number, int lane);
  CaseResult attempt(Number number, int attempt, int lane);
  CaseResult run_steps(CaseMachine& machine, Number number) const;
  CaseResult end_cleanly(std::unique_ptr<Guest>& guest, const EvidenceFiles& files, std::size_t first_report) const;

  Number end_number() const { return inputs_.job.suite.cases.size(); }
  std::size_t place(Number number) const { return number + (inputs_.job.builds ? 1 : 0); }
  EvidenceFiles files_of(std::string_view name, int attempt) const;
  Work work(std::string_view name, std::function<void(int)> run) const;
  void remember(std::string_view name, const CaseResult& result) const;
  void finish_case(std::size_t place, CaseResult result);
  void one_is_done();
  void finish();

  const JobInputs inputs_;
  JobContext context_;
  JobResult result_;
  KernelFacts kernel_;
  std::optional<SavedGuest> saved_;
  std::string no_clones_;                  // why each case gets a boot, where clones were wanted
  std::optional<long> taint_;              // of the saved guest
  std::vector<CaseResult> failed_ends_;    // of boots before the last one
  std::vector<CrashReport> boot_reports_;  // known issues that came in no case of the boot
  ReportDecoder decoder_;
  TimePoint started_{};
  std::atomic<std::size_t> left_ = 0;  // works behind the boot that are not done
};

}  // namespace bootgate
