#include <fmt/format.h>

#include <cstdio>

#include "harness/cli/commands.hpp"
#include "harness/cli/gdb_session.hpp"
#include "harness/cli/host.hpp"
#include "harness/cli/ready_job.hpp"
#include "harness/cli/run_directory.hpp"
#include "harness/cli/scratch_directory.hpp"
#include "harness/cli/signals.hpp"
#include "harness/cli/terminal_child.hpp"
#include "harness/machine/gdb_stub.hpp"
#include "harness/run/boot.hpp"

namespace bootgate {
namespace {

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
  auto ended = run_at_terminal(
      gdb_argv(*session), *machine,
      [&](TimePoint deadline) {
        machine->poll(deadline);
        return true;
      },
      stop.get_token());
  machine->end();
  if (!ended) return print_errors({ended.error()});
  return ended->signal ? exit_code(Error::Kind::bench) : ended->code;
}

}  // namespace bootgate
