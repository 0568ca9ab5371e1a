#include <fmt/format.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>

#include "harness/cli/commands.hpp"
#include "harness/cli/gdb_session.hpp"
#include "harness/cli/host.hpp"
#include "harness/cli/ready_job.hpp"
#include "harness/cli/run_directory.hpp"
#include "harness/cli/scratch_directory.hpp"
#include "harness/cli/signals.hpp"
#include "harness/cli/terminal_modes.hpp"
#include "harness/machine/gdb_stub.hpp"
#include "harness/run/boot.hpp"

namespace bootgate {
namespace {

using namespace std::chrono_literals;

/// At its first instruction, with gdb's door open.
Result<Machine> start(const ReadyJob& job, const fs::path& socket) {
  auto machine = Boot(job.inputs, EvidenceFiles{job.inputs.directory}).start_machine(false);
  if (!machine) return machine;
  if (auto served = serve_gdb(*machine, socket); !served) return tl::unexpected(served.error());
  return machine;
}

void say_where_things_are(const GdbSession& session, const EvidenceFiles& files) {
  fmt::print(stderr, "bootgate: the console of the guest goes to {}\n", files.console().string());
  if (!session.has_scripts)
    fmt::print(stderr,
               "bootgate: no vmlinux-gdb.py beside {}: lx-dmesg and the like are missing\n"
               "  build the kernel with --fragment gdb\n",
               session.vmlinux.string());
}

/// Lets the user work, and keeps the guest's console flowing meanwhile.
Result<ExitStatus> run_gdb(const GdbSession& session, Machine& machine, const std::stop_token& stop) {
  TerminalModes modes;  // a gdb that is killed leaves the terminal as readline needs it
  ChildHasTerminal theirs;
  SpawnSpec spec;
  spec.argv = gdb_argv(session);
  spec.standard_input = STDIN_FILENO;
  spec.standard_output = STDOUT_FILENO;
  spec.standard_error = STDERR_FILENO;
  spec.own_group = false;
  auto gdb = spawn(spec);
  if (!gdb) return tl::unexpected(gdb.error());
  machine.also_wait_for({{gdb->pidfd(), POLLIN, 0}});
  while (!stop.stop_requested()) {
    // Without QEMU gdb says that the connection is lost, and stays for as long as the user likes.
    if (auto ended = gdb->wait_for(machine.exited() ? 100ms : 0ms)) return *ended;
    machine.poll(Clock::now() + 1h);
  }
  gdb->signal(SIGTERM);
  (void)gdb->wait_for(2s);
  return interrupted_error();
}

}  // namespace

int gdb_command(const GdbArguments& arguments) {
  auto gdb = find_gdb();
  if (!gdb) return print_errors({gdb.error()});
  const Request request = read_machine_request(arguments.run);
  if (!request.definitions.errors.empty()) return print_errors(request.definitions.errors);
  std::stop_source stop;
  stop_on_signals(stop);
  auto job = make_ready(request, stop.get_token());
  if (!job) return print_errors({job.error()});
  auto session = plan_gdb(*gdb, job->inputs.files.kernel);
  if (!session) return print_errors({session.error()});
  session->breakpoints = arguments.breakpoints;
  session->more = arguments.gdb_arguments;

  auto directory = make_stamped_directory(request.arguments.out, "gdb-");
  if (!directory) return print_errors({directory.error()});
  job->inputs.directory = *directory;
  auto scratch = ScratchDirectory::make();
  if (!scratch) return print_errors({scratch.error()});
  session->socket = scratch->path() / "gdb";
  auto machine = start(*job, session->socket);
  if (!machine) return print_errors({machine.error()});
  say_where_things_are(*session, EvidenceFiles{*directory});
  auto ended = run_gdb(*session, *machine, stop.get_token());
  machine->end();
  if (!ended) return print_errors({ended.error()});
  return ended->signal ? exit_code(Error::Kind::bench) : ended->code;
}

}  // namespace bootgate
