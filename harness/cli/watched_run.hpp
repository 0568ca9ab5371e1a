// A plan that is run while somebody watches: on the terminal, and in a JUnit file of its own.
#pragma once

#include <functional>
#include <stop_token>

#include "harness/run/run.hpp"

namespace bootgate {

/// A run that never came to its first job; RunDone is emitted.
RunResult failed_run(Error error, bool interrupted, const EmitEvent& emit);

/// Runs it in a thread of its own, and hands its events to `on` in the caller's; `tick` is called when none came for a
/// while. What no part of ours expects, such as memory that is short, becomes the error of a run that has failed: the
/// reports are still written.
RunResult watch(const std::function<RunResult(const EmitEvent&)>& run, const std::function<void(const Event&)>& on,
                const std::function<void()>& tick, const std::stop_token& stop);

struct WatchedRun {
  RunInputs inputs;
  bool quiet = false;
};

/// Its report is inputs.directory/junit.xml. A report that can't be written is the run's error.
RunResult run_watched(const WatchedRun& watched, std::stop_token stop);

}  // namespace bootgate
