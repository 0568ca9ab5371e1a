#include "harness/cli/watched_run.hpp"

#include <unistd.h>

#include <thread>

#include "harness/cli/event_queue.hpp"
#include "reports/junit.hpp"
#include "reports/terminal.hpp"

namespace bootgate {
namespace {

/// How often live lines move on while nothing happens.
constexpr Duration display_tick(200);

}  // namespace

RunResult failed_run(Error error, bool interrupted, const EmitEvent& emit) {
  RunResult result;
  result.timestamp = utc_timestamp();
  result.error = std::move(error);
  result.interrupted = interrupted;
  emit(RunDone{result});
  return result;
}

RunResult watch(const std::function<RunResult(const EmitEvent&)>& run, const std::function<void(const Event&)>& on,
                const std::function<void()>& tick, const std::stop_token& stop) {
  EventQueue events;
  const EmitEvent emit = [&](Event event) { events.push(std::move(event)); };
  RunResult result;
  std::jthread worker([&] {
    try {
      result = run(emit);
    } catch (const std::exception& unexpected) {
      result = failed_run(bench_error(unexpected.what()).value(), stop.stop_requested(), emit);
    }
    events.close();
  });
  while (!events.at_end()) {
    if (const std::optional<Event> event = events.pop(display_tick))
      on(*event);
    else
      tick();
  }
  worker.join();
  return result;
}

RunResult run_watched(const WatchedRun& watched, std::stop_token stop) {
  if (auto made = make_directories(watched.inputs.directory); !made) {
    RunResult result;
    result.error = made.error();
    return result;
  }
  TerminalOptions display = terminal_options(STDOUT_FILENO, watched.quiet);
  display.junit = watched.inputs.directory / "junit.xml";
  Terminal terminal(display);
  JunitReport report(display.junit, JunitFlavour::rich);
  RunResult result = watch([&](const EmitEvent& emit) { return run_plan(watched.inputs, emit, stop); },
                           [&](const Event& event) { terminal.on(event), report.on(event); },
                           [&] { terminal.tick(), report.tick(); }, stop);
  if (report.error() && !result.error && !result.interrupted) result.error = report.error();
  return result;
}

}  // namespace bootgate
