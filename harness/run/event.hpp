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
  std::optional<std::size_t> index;  // of the case whose own machine said it; nothing: the booting machine did
  std::string text;                  // guest bytes: escape before showing
};
/// Cases of the booted system run side by side, each on a machine of its own: they start and end in any order.
struct CaseStarted {
  std::size_t job = 0;
  std::size_t index = 0;  // into JobResult::cases
  int attempt = 1;
};
struct CaseDone {
  std::size_t job = 0;
  std::size_t index = 0;
  CaseResult result;
};
/// Something took its time: for a timeline. Spans of one lane don't overlap, unless one is within the other.
struct Span {
  enum class Kind { fixture, boot, phase, checkpoint, clone, one_case };
  Kind kind = Kind::one_case;
  std::string name;  // "boot", "kernel", "mine/loop-device"
  std::string job;   // its name; empty: of no job
  int lane = 0;      // the place of its machine among those that run at once, from 1; 0: no machine
  TimePoint start;
  TimePoint end;
};
/// How much is left, by what took how long in earlier runs.
struct Estimate {
  std::optional<Duration> left;  // nothing: not known
  int running = 0;               // machines
};
/// The whole result of the job, facts included.
struct JobDone {
  std::size_t job = 0;
  JobResult result;
};
struct RunDone {
  RunResult result;
};

using Event = std::variant<RunStarted, Progress, BuildRunning, JobStarted, ConsoleLine, CaseStarted, CaseDone, Span,
                           Estimate, JobDone, RunDone>;

using EmitEvent = std::function<void(Event)>;

/// A consumer of events. Called from one thread, in order.
class EventSink {
 public:
  virtual ~EventSink() = default;
  virtual void on(const Event& event) = 0;
};

}  // namespace bootgate
