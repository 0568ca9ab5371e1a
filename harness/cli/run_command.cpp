#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <thread>

#include "fixtures/kernel.hpp"
#include "harness/cli/commands.hpp"
#include "harness/cli/event_queue.hpp"
#include "harness/cli/host.hpp"
#include "harness/cli/request.hpp"
#include "harness/cli/run_directory.hpp"
#include "harness/cli/signals.hpp"
#include "harness/run/run.hpp"
#include "reports/terminal.hpp"

namespace bootgate {
namespace {

/// How often the live line's clock moves while nothing happens.
constexpr Duration display_tick(200);

int give_up(const Error& error) {
  fmt::print(stderr, "{}", render(error));
  return exit_code(error.kind);
}

/// Why this run ends with an exit status that no case tells, if so.
std::string verdict_note(const RunResult& result, const RunArguments& arguments) {
  Tally tally = count(result);
  if (result.error || result.interrupted || tally.fail || tally.error) return {};
  if (tally.pass == 0) return "bootgate: nothing passed, so nothing is proven\n";
  if (arguments.max_skips && tally.skip > *arguments.max_skips)
    return fmt::format("bootgate: {} cases were skipped, and --max-skips is {}\n", tally.skip, *arguments.max_skips);
  return {};
}

}  // namespace

int run_command(const RunArguments& arguments) {
  Request request = read_request(arguments);
  const Definitions& definitions = request.definitions;
  if (!definitions.errors.empty()) return print_errors(definitions.errors);

  std::stop_source stop;
  stop_on_signals(stop);
  auto store = Store::open();
  if (!store) return give_up(store.error());
  auto directory = make_run_directory(arguments.out);
  if (!directory) return give_up(directory.error());

  EventQueue events;
  EmitEvent emit = [&](Event event) { events.push(std::move(event)); };
  TerminalOptions display = terminal_options(STDOUT_FILENO, arguments.quiet);
  display.junit = arguments.out / "latest/junit.xml";
  Terminal terminal(display);
  std::vector<JunitReport> reports{{*directory / "junit.xml", arguments.flavour}};
  if (arguments.junit) reports.emplace_back(*arguments.junit, arguments.flavour);

  RunResult result;
  std::jthread worker([&] {
    auto host = probe_host(arguments, *store, emit, stop.get_token());
    if (host) {
      Plan plan = make_plan(definitions.suites, definitions.profiles, request.options, *host);
      RunInputs inputs{plan, *store, definitions.signatures, definitions.samples, *directory, arguments.refresh};
      result = run_plan(inputs, emit, stop.get_token());
    } else {
      result.timestamp = utc_timestamp();
      result.error = host.error();
      result.interrupted = stop.stop_requested();
      emit(RunDone{result});
    }
    events.close();
  });
  while (!events.at_end()) {
    if (auto event = events.pop(display_tick)) {
      terminal.on(*event);
      for (JunitReport& report : reports)
        report.on(*event);
    } else {
      terminal.tick();
    }
  }
  worker.join();

  for (const JunitReport& report : reports)
    if (report.error() && !result.interrupted) return give_up(*report.error());
  fmt::print(stderr, "{}", verdict_note(result, arguments));
  return exit_code(result, arguments.max_skips);
}

}  // namespace bootgate
