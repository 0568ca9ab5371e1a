#include "harness/cli/kept_machine.hpp"

#include <fmt/format.h>
#include <poll.h>
#include <termios.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>

#include "harness/cli/console_relay.hpp"
#include "harness/cli/gdb_session.hpp"
#include "harness/cli/host.hpp"
#include "harness/cli/scratch_directory.hpp"
#include "harness/machine/gdb_stub.hpp"
#include "harness/support/text.hpp"

namespace bootgate {
namespace {

using namespace std::chrono_literals;

void say_how_to_enter(const KeptMachine& kept, const fs::path& socket) {
  GdbSession gdb;
  gdb.gdb = "gdb";
  gdb.vmlinux = kept.vmlinux.value_or("");
  gdb.has_scripts = kept.vmlinux && has_gdb_scripts(*kept.vmlinux);
  gdb.socket = socket;
  fmt::print("kept      {}: its machine stands\nprocess   {}\ndebugger  {}\n", kept.name, kept.guest->machine().pid(),
             shell_command(gdb_argv(gdb)));
  if (kept.guest->alive())
    fmt::print("terminal  Enter lets it go on here, Ctrl-C ends it\n");
  else
    fmt::print("terminal  none: it has ended ({}), and can only be looked at; Ctrl-C ends it\n",
               printable(kept.guest->power().value_or("QEMU")));
  std::fflush(stdout);
}

/// Nobody has entered yet, and so nothing may steer the terminal.
void show(std::string_view console) {
  const auto lines = split(console, '\n');
  for (std::size_t i = 0; i < lines.size(); ++i) {
    std::string_view line = lines[i];
    if (line.ends_with('\r')) line.remove_suffix(1);
    fmt::print("{}{}", i == 0 ? "" : "\n", printable(line));
  }
  std::fflush(stdout);
}

/// False when the user wants no more of it, or QEMU is gone. What a debugger makes the guest say is shown.
bool await_enter(KeptMachine& kept, const std::stop_token& stop) {
  Machine& machine = kept.guest->machine();
  machine.also_wait_for({{STDIN_FILENO, POLLIN, 0}});
  while (!stop.stop_requested() && !machine.exited()) {
    show(machine.poll(Clock::now() + 1h).console);
    pollfd input{STDIN_FILENO, POLLIN, 0};
    if (::poll(&input, 1, 0) <= 0) continue;
    std::array<char, 1024> line;
    const ssize_t n = ::read(STDIN_FILENO, line.data(), line.size());
    if (n == 0 || (n < 0 && errno != EINTR && errno != EAGAIN)) return false;
    if (n > 0 && kept.guest->alive()) return true;
  }
  return false;
}

void enter(Machine& machine) {
  fmt::print("bootgate: {}\n", relay_help);
  std::fflush(stdout);
  if (auto resumed = machine.resume(); !resumed) {
    print_errors({resumed.error()});
    return;
  }
  fmt::print("\nbootgate: {}\n", describe(relay_console(machine), machine));
}

}  // namespace

bool can_hold_machines() {
  return ::isatty(STDIN_FILENO) && ::isatty(STDOUT_FILENO);
}

void hold_machine(KeptMachine kept, const std::stop_token& stop) {
  Machine& machine = kept.guest->machine();
  auto scratch = ScratchDirectory::make();
  if (!scratch) {
    print_errors({scratch.error()});
    return;
  }
  const fs::path socket = scratch->path() / "gdb";
  if (auto served = serve_gdb(machine, socket); !served) print_errors({served.error()});
  // What was typed while the run went on was not meant for this.
  ::tcflush(STDIN_FILENO, TCIFLUSH);
  say_how_to_enter(kept, socket);
  if (await_enter(kept, stop)) enter(machine);
  machine.end();
}

}  // namespace bootgate
