#include "harness/machine/gdb_stub.hpp"

#include <fmt/format.h>

#include "harness/machine/machine_spec.hpp"
#include "harness/support/text.hpp"

namespace bootgate {

Result<> serve_gdb(Machine& machine, const fs::path& socket) {
  // Only the human monitor has this command; it tells success from failure by its words (QEMU: hmp_gdbserver).
  auto answer =
      machine.execute("human-monitor-command",
                      {{"command-line", fmt::format("gdbserver unix:{},server=on,wait=off", option_value(socket))}});
  if (!answer) return tl::unexpected(answer.error());
  if (answer->text().starts_with("Waiting for gdb connection")) return {};
  return bench_error(fmt::format("QEMU does not listen for gdb on {}", socket.string()),
                     printable(trimmed(answer->text())));
}

}  // namespace bootgate
