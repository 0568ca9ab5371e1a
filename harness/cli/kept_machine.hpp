// The end of a run with --keep-failed: a machine that failed, offered to the user.
#pragma once

#include <stop_token>

#include "harness/run/machine_keeper.hpp"

namespace bootgate {

/// Whether there is a terminal to hold a machine on: nobody can enter one in a CI job, which must end.
bool can_hold_machines();

/// Says how to enter the machine, and holds it until the user has done so and leaves, or does not want to.
void hold_machine(KeptMachine kept, const std::stop_token& stop);

}  // namespace bootgate
