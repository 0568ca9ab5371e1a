// QEMU's gdb stub, opened on a machine that already stands.
#pragma once

#include "harness/machine/machine.hpp"

namespace bootgate {

/// From here on gdb can enter the machine through this socket: `target remote SOCKET`. A machine that stands goes on
/// standing; one that runs stops when gdb comes.
Result<> serve_gdb(Machine& machine, const fs::path& socket);

}  // namespace bootgate
