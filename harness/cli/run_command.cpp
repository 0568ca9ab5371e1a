#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>

#include "fixtures/boot/kernel.hpp"
#include "harness/cli/commands.hpp"
#include "harness/cli/host.hpp"
#include "harness/cli/kept_machine.hpp"
#include "harness/cli/request.hpp"
#include "harness/cli/run_directory.hpp"
#include "harness/cli/saved_request.hpp"
#include "harness/cli/signals.hpp"
#include "harness/cli/watched_run.hpp"
#include "harness/run/run.hpp"
#include "reports/result_files.hpp"
#include "reports/terminal.hpp"
#include "reports/trace.hpp"

namespace bootgate {
namespace {

/// Why this run ends with an exit status that no case tells, if so.
std::string verdict_note(const RunResult& result, const RunArguments& arguments) {
  Tally tally = count(result);
  if (result.error || result.interrupted || tally.fail || tally.error) return {};
  if (arguments.fail_on_flaky && tally.flaky > 0)
    return fmt::format("bootgate: {} flaky, and --fail-on-flaky was given\n", tally.flaky);
  if (tally.pass + tally.flaky == 0) return "bootgate: nothing passed, so nothing is proven\n";
  if (arguments.max_skips && tally.skip > *arguments.max_skips)
    return fmt::format("bootgate: {} cases were skipped, and --max-skips is {}\n", tally.skip, *arguments.max_skips);
  return {};
}

/// Emits RunDone last, whatever happens.
RunResult probe_and_run(const Request& request, const Store& store, const fs::path& directory, MachineKeeper* keeper,
                        const EmitEvent& emit, const std::stop_token& stop) {
  const Definitions& definitions = request.definitions;
  const RunArguments& arguments = request.arguments;
  auto host = probe_host(arguments, store, emit, stop);
  if (!host) return failed_run(host.error(), stop.stop_requested(), emit);
  auto plan = plan_request(request, *host);
  if (!plan) return failed_run(plan.error(), stop.stop_requested(), emit);
  return run_plan({*plan, store, definitions.signatures, definitions.samples, directory, arguments.refresh, keeper},
                  emit, stop);
}

/// All that looks at a run while it goes on.
struct Displays {
  Terminal terminal;
  std::vector<JunitReport> reports;
  ResultFiles results;
  std::optional<Trace> trace;

  void on(const Event& event) {
    terminal.on(event);
    for (JunitReport& report : reports)
      report.on(event);
    results.on(event);
    if (trace) trace->on(event);
  }

  void tick() {
    terminal.tick();
    for (JunitReport& report : reports)
      report.tick();
  }

  /// Why what the user asked for isn't there.
  std::optional<Error> error() const {
    for (const JunitReport& report : reports)
      if (report.error()) return report.error();
    if (results.error()) return results.error();
    return trace ? trace->error() : std::nullopt;
  }
};

/// Whether a machine that fails is to be kept, and can be.
bool keeps_machine(const RunArguments& arguments) {
  if (arguments.keep_failed && !can_hold_machines())
    fmt::print(stderr,
               "bootgate: --keep-failed keeps no machine: there is no terminal to enter it from\n"
               "  --vmcore saves the memory of one that crashes\n");
  return arguments.keep_failed && can_hold_machines();
}

}  // namespace

int run_command(const RunArguments& given) {
  const Request request = read_request(given);
  const RunArguments& arguments = request.arguments;
  if (!request.definitions.errors.empty()) return print_errors(request.definitions.errors);
  print_warnings(request.warnings);

  std::stop_source stop;
  stop_on_signals(stop);
  auto store = Store::open();
  if (!store) return print_errors({store.error()});
  auto directory = make_run_directory(arguments.out);
  if (!directory) return print_errors({directory.error()});

  if (auto saved = save_request(*directory, {fs::current_path(), given.words, given.commits}); !saved)
    return print_errors({saved.error()});
  MachineKeeper keeper;
  MachineKeeper* const kept = keeps_machine(arguments) ? &keeper : nullptr;

  TerminalOptions display = terminal_options(STDOUT_FILENO, arguments.quiet);
  display.junit = arguments.out / "latest/junit.xml";
  Displays displays{
      Terminal(display), {{*directory / "junit.xml", arguments.flavour}}, ResultFiles(*directory), std::nullopt};
  if (arguments.junit) displays.reports.emplace_back(*arguments.junit, arguments.flavour);
  if (arguments.trace) displays.trace.emplace(*arguments.trace);

  const RunResult result = watch(
      [&](const EmitEvent& emit) { return probe_and_run(request, *store, *directory, kept, emit, stop.get_token()); },
      [&](const Event& event) { displays.on(event); }, [&] { displays.tick(); }, stop.get_token());

  if (auto error = displays.error(); error && !result.interrupted) return print_errors({*error});
  fmt::print(stderr, "{}", verdict_note(result, arguments));
  if (auto machine = keeper.take(); machine && !result.interrupted) hold_machine(std::move(*machine), stop.get_token());
  return exit_code(result, arguments.max_skips, arguments.fail_on_flaky);
}

}  // namespace bootgate
