#include "harness/cli/terminal_child.hpp"

#include <unistd.h>

#include <csignal>

#include "harness/cli/signals.hpp"
#include "harness/cli/terminal_modes.hpp"

namespace bootgate {

using namespace std::chrono_literals;

Result<ExitStatus> run_at_terminal(std::vector<std::string> argv, Machine& machine,
                                   const std::function<bool(TimePoint)>& drain, const std::stop_token& stop) {
  TerminalModes modes;  // a gdb that is killed leaves the terminal as readline needs it
  ChildHasTerminal theirs;
  SpawnSpec spec;
  spec.argv = std::move(argv);
  spec.standard_input = STDIN_FILENO;
  spec.standard_output = STDOUT_FILENO;
  spec.standard_error = STDERR_FILENO;
  spec.own_group = false;
  auto child = spawn(spec);
  if (!child) return tl::unexpected(child.error());
  machine.also_wait_for({{child->pidfd(), POLLIN, 0}});
  while (!stop.stop_requested()) {
    // Without QEMU gdb says that the connection is lost, and stays for as long as the user likes.
    if (auto ended = child->wait_for(machine.exited() ? 100ms : 0ms)) return *ended;
    if (drain(Clock::now() + 1h)) continue;
    if (auto ended = child->wait_for(2s)) return *ended;
    break;
  }
  child->signal(SIGTERM);
  const auto ended = child->wait_for(2s);
  if (stop.stop_requested()) return interrupted_error();
  return ended.value_or(ExitStatus{0, SIGKILL});
}

}  // namespace bootgate
