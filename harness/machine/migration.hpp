// Migration: QEMU's way to save a machine and to load it again, through a socket; the memory stays where it is.
//
// A socket and no file: QEMU 11 refuses `fd:` to a plain file. x-ignore-shared leaves the guest's RAM out of the
// stream: it is a file that both machines have (https://www.qemu.org/docs/master/devel/migration/features.html).
#pragma once

#include <string>

#include "harness/machine/machine.hpp"

namespace bootgate {

/// The state of a stopped machine, all but its memory. An error quotes QEMU: a device that can't be migrated, ...
Result<std::string> save_state(Machine& machine);

/// Puts a machine that was started to be a clone into this state. QEMU ends when it can't make sense of it.
Result<> load_state(Machine& machine, std::string_view state);

}  // namespace bootgate
