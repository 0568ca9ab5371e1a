// QemuProbe: sees when each QEMU of a command starts, lets its guest run, and ends. The command is told to use the
// benchmark itself for QEMU; that notes the time, and becomes QEMU with a second QMP monitor, which the probe reads.
#pragma once

#include <sys/types.h>

#include <optional>
#include <string>
#include <vector>

#include "harness/support/process.hpp"

namespace bootgate {

/// Wall-clock times in ms, the only clock that QMP's events tell.
struct QemuTimes {
  double exec = 0;                    // the program was started
  std::optional<double> ready;        // it does what monitors ask
  std::optional<double> running;      // the guest was let run
  std::optional<double> guest_ended;  // it powered off, or whatever else stopped it
  std::optional<double> quitting;     // QEMU was told to quit, or began to by itself
  double ended = 0;                   // there is no process any more
};

struct ProbedRun {
  double start = 0, end = 0;  // of the command
  ExitStatus status;
  std::string output;
  std::vector<QemuTimes> machines;  // in the order of their start
};

/// Now, on the clock of QemuTimes.
double wall_clock_ms();

/// Runs the command, which has to start `stand_in` for QEMU; `qemu` is what that becomes.
Result<ProbedRun> run_probed(const std::vector<std::string>& argv, const std::string& qemu);

/// True when this program was started as QEMU: then `become_qemu` is what its main has to call.
bool started_as_qemu();
int become_qemu(int argc, char** argv);

}  // namespace bootgate
