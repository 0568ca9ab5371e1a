// A program that has the terminal while a machine of ours runs.
#pragma once

#include <functional>
#include <stop_token>
#include <string>
#include <vector>

#include "harness/machine/machine.hpp"

namespace bootgate {

/// Starts it on our standard streams, and calls `drain` whenever the machine may have something to say: with the time
/// until which it may wait for that. When that returns false there is nothing left to do for the program, which is
/// ended if it doesn't end by itself. The terminal's modes are restored behind it.
Result<ExitStatus> run_at_terminal(std::vector<std::string> argv, Machine& machine,
                                   const std::function<bool(TimePoint)>& drain, const std::stop_token& stop);

}  // namespace bootgate
