// ConsoleRelay: a guest's console on standard input and output.
#pragma once

#include <string>

#include "harness/machine/machine.hpp"

namespace bootgate {

struct RelayEnd {
  enum class Why { left, powered, exited, stopped };
  Why why = Why::left;
  std::string power;  // QMP's reason: "guest-shutdown", "guest-reset"
};

/// The way out, for the user to read first.
inline constexpr const char* relay_help =
    "Ctrl-A X ends the machine, Ctrl-A B sends a break (sysrq), Ctrl-C reaches the guest";

/// Until the user leaves, the guest has powered off or was reset, QEMU ends, or the stop token is set. A terminal is
/// raw meanwhile, and the guest's escape sequences reach it: what is entered like this must be trusted as with ssh.
/// Without a terminal each line of standard input is typed when the guest stands at a prompt.
RelayEnd relay_console(Machine& machine);

/// "the guest has powered off", for the user.
std::string describe(const RelayEnd& end, const Machine& machine);
/// 0 where the user or the guest has ended it, 3 where QEMU did, 130 when interrupted.
int exit_code(const RelayEnd& end);

}  // namespace bootgate
