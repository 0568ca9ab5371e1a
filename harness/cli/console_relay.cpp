#include "harness/cli/console_relay.hpp"

#include <fmt/format.h>
#include <poll.h>
#include <unistd.h>

#include <cerrno>

#include "harness/cli/console_keys.hpp"
#include "harness/cli/terminal_modes.hpp"
#include "harness/support/text.hpp"

namespace bootgate {
namespace {

using namespace std::chrono_literals;

class Relay {
 public:
  explicit Relay(Machine& machine) : machine_(machine), is_terminal_(::isatty(STDIN_FILENO) != 0) {}

  RelayEnd run() {
    TerminalModes modes;
    modes.make_raw();
    for (;;) {
      const bool reading = is_open_ && (is_terminal_ || lines_.wants_more());
      const Duration patience = is_terminal_ ? 1h : 50ms;  // a prompt is told by the time it stands
      machine_.also_wait_for({{reading ? STDIN_FILENO : -1, POLLIN, 0}});
      MachineOutput output = machine_.poll(Clock::now() + patience);
      show(output.console);
      if (auto end = ended(output)) return *end;
      if (reading && has_input() && read_input()) return {RelayEnd::Why::left, {}};
      if (!is_terminal_)
        if (auto line = lines_.next(Clock::now())) machine_.send_console(*line);
    }
  }

 private:
  void show(std::string_view bytes) {
    lines_.console(bytes, Clock::now());
    // Where nobody reads it any more, the guest goes on.
    (void)write_all(STDOUT_FILENO, bytes);
  }

  std::optional<RelayEnd> ended(const MachineOutput& output) {
    for (const QmpMessage& event : output.events) {
      if (event.name != "SHUTDOWN") continue;
      const Json* reason = event.data.find("reason");
      show_last_words();
      return RelayEnd{RelayEnd::Why::powered, std::string(reason ? reason->text() : "")};
    }
    if (output.stopped) return RelayEnd{RelayEnd::Why::stopped, {}};
    if (!machine_.exited()) return std::nullopt;
    show_last_words();
    return RelayEnd{RelayEnd::Why::exited, {}};
  }

  /// They are in the pipe: QEMU wrote them before it said that it was over.
  void show_last_words() {
    for (MachineOutput last = machine_.poll(Clock::now()); !last.console.empty(); last = machine_.poll(Clock::now()))
      show(last.console);
  }

  static bool has_input() {
    pollfd input{STDIN_FILENO, POLLIN, 0};
    return ::poll(&input, 1, 0) > 0;
  }

  /// True when the user leaves.
  bool read_input() {
    char buffer[4096];
    const ssize_t n = ::read(STDIN_FILENO, buffer, sizeof buffer);
    if (n < 0 && (errno == EINTR || errno == EAGAIN)) return false;
    if (n <= 0) {
      is_open_ = false;
      lines_.end_of_input();
      return is_terminal_;  // it has hung up
    }
    const std::string_view bytes(buffer, static_cast<std::size_t>(n));
    if (is_terminal_) return press(bytes);
    lines_.feed(bytes);
    return false;
  }

  bool press(std::string_view keys) {
    while (!keys.empty()) {
      const ConsoleKeys::Taken taken = keys_.take(keys);
      machine_.send_console(taken.bytes);
      if (taken.leaves) return true;
      if (taken.is_break) (void)machine_.execute("chardev-send-break", {{"id", "console"}});
      keys = taken.rest;
    }
    return false;
  }

  Machine& machine_;
  const bool is_terminal_;
  bool is_open_ = true;
  ConsoleKeys keys_;
  PacedLines lines_;
};

}  // namespace

RelayEnd relay_console(Machine& machine) {
  return Relay(machine).run();
}

std::string describe(const RelayEnd& end, const Machine& machine) {
  switch (end.why) {
    case RelayEnd::Why::left: return "the machine is ended";
    case RelayEnd::Why::stopped: return "interrupted; the machine is ended";
    case RelayEnd::Why::powered:
      if (end.power == "guest-shutdown") return "the guest has powered off";
      if (end.power == "guest-reset") return "the guest was reset: it rebooted, or its kernel panicked";
      return fmt::format("the machine was ended: {}", printable(end.power));
    case RelayEnd::Why::exited: break;
  }
  std::string text = fmt::format("QEMU ended by itself: {}", describe(machine.exited().value_or(ExitStatus{})));
  for (std::string_view line : split(trimmed(machine.errors()), '\n'))
    text += "\n  " + printable(line);
  return text;
}

int exit_code(const RelayEnd& end) {
  if (end.why == RelayEnd::Why::stopped) return exit_code(Error::Kind::interrupted);
  return end.why == RelayEnd::Why::exited ? exit_code(Error::Kind::bench) : 0;
}

}  // namespace bootgate
