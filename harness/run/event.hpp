// Events: the only thing that displays and reports see of a run while it goes on.
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <variant>

#include "fixtures/build/kernel_build.hpp"
#include "harness/run/result.hpp"

namespace bootgate {

/// All jobs and cases that will run, each still not_run: what a report of a killed run consists of.
struct RunStarted {
  RunResult outline;
  std::string kernel;       // as asked for
  std::string accelerator;  // "tcg", and why
};
/// Something is prepared that may take a while: "downloading linux-image-...".
struct Progress {
  std::string what;
};
struct JobStarted {
  std::size_t job = 0;  // index into RunResult::jobs
  JobResult outline;    // with the cases that its kernel's tree has added
};
/// A kernel is built beside the jobs that run.
struct BuildRunning {
  BuildProgress progress;
};
struct ConsoleLine {
  std::size_t job = 0;
  std::string text;  // guest bytes: escape before showing
};
struct CaseStarted {
  std::size_t job = 0;
  std::size_t index = 0;  // into JobResult::cases
};
struct CaseDone {
  std::size_t job = 0;
  std::size_t index = 0;
  CaseResult result;
};
/// The whole result of the job, facts included.
struct JobDone {
  std::size_t job = 0;
  JobResult result;
};
struct RunDone {
  RunResult result;
};

using Event =
    std::variant<RunStarted, Progress, BuildRunning, JobStarted, ConsoleLine, CaseStarted, CaseDone, JobDone, RunDone>;

using EmitEvent = std::function<void(Event)>;

/// A consumer of events. Called from one thread, in order.
class EventSink {
 public:
  virtual ~EventSink() = default;
  virtual void on(const Event& event) = 0;
};

}  // namespace bootgate
