#include <fmt/format.h>

#include <cstdio>

#include "harness/cli/commands.hpp"
#include "harness/cli/console_relay.hpp"
#include "harness/cli/host.hpp"
#include "harness/cli/ready_job.hpp"
#include "harness/cli/scratch_directory.hpp"
#include "harness/cli/signals.hpp"
#include "harness/run/boot.hpp"

namespace bootgate {
namespace {

Result<Machine> start(const ReadyJob& job) {
  auto machine = Boot(job.inputs, EvidenceFiles{job.inputs.directory}).start_machine(false);
  if (!machine) return machine;
  fmt::print(stderr, "bootgate: {}\n", relay_help);
  if (auto resumed = machine->resume(); !resumed) return tl::unexpected(resumed.error());
  return machine;
}

}  // namespace

int shell_command(const ShellArguments& arguments) {
  const Request request = read_machine_request(arguments.run);
  if (!request.definitions.errors.empty()) return print_errors(request.definitions.errors);
  std::stop_source stop;
  stop_on_signals(stop);
  auto job = make_ready(request, stop.get_token());
  if (!job) return print_errors({job.error()});
  auto scratch = ScratchDirectory::make();
  if (!scratch) return print_errors({scratch.error()});
  job->inputs.directory = scratch->path();
  auto machine = start(*job);
  if (!machine) return print_errors({machine.error()});
  const RelayEnd end = relay_console(*machine);
  fmt::print(stderr, "\nbootgate: {}\n", describe(end, *machine));
  machine->end();
  return exit_code(end);
}

}  // namespace bootgate
