#include "harness/run/diagnosis.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "harness/support/text.hpp"

namespace bootgate {
namespace {

using namespace std::chrono_literals;

/// Drains until the console has been quiet for a moment; a guest that says nothing costs only that moment.
void listen(Guest& guest, Duration quiet, Duration at_most) {
  TimePoint end = Clock::now() + at_most;
  TimePoint start = Clock::now();
  while (guest.alive() && Clock::now() < end) {
    TimePoint quiet_since = std::max(start, guest.console().last_byte());
    if (Clock::now() - quiet_since >= quiet) return;
    guest.pump(std::min(end, quiet_since + quiet));
  }
}

std::string monitor(Guest& guest, const std::string& command) {
  auto answer = guest.machine().execute("human-monitor-command", {{"command-line", command}});
  std::string text = fmt::format("(qemu) {}\n", command);
  if (!answer) return text + one_line(answer.error()) + "\n";
  for (std::string_view line : split(answer->text(), '\n'))
    text += printable(trimmed(line)) + "\n";
  return text;
}

}  // namespace

std::string diagnose(Guest& guest) {
  guest.stop_watching();
  if (guest.qemu_exit()) return {};
  std::string text = monitor(guest, "info status") + monitor(guest, "info registers -a");
  if (!guest.alive()) return text;
  // A break behind one that the kernel has not read yet is lost: the UART has one bit for it (LSR BI).
  const Duration quiet = std::max<Duration>(guest.scaled_by_job(300ms), 300ms),
                 at_most = std::max<Duration>(guest.scaled_by_job(2s), quiet);
  for (const char* key : {"w", "t", "l"}) {
    // The kernel takes the byte behind a break as a sysrq command, within 5 s (drivers/tty/serial: uart_handle_break).
    if (!guest.machine().execute("chardev-send-break", {{"id", "console"}})) break;
    guest.send(key);
    listen(guest, quiet, at_most);
  }
  // Two samples of the registers tell a loop from a halt.
  text += monitor(guest, "info registers -a");
  if (guest.machine().execute("inject-nmi")) listen(guest, quiet, at_most);
  return text;
}

}  // namespace bootgate
