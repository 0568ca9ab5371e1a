// The machine that a job's boots are started on.
#pragma once

#include "harness/machine/machine_spec.hpp"
#include "harness/run/boot_files.hpp"

namespace bootgate {

/// Without its disks and its console's log, which each boot has for itself.
MachineSpec job_machine(const Plan& plan, const Job& job, const BootFiles& files, const std::string& nonce);

/// QEMU's command line for such a machine before there is anything to boot, as a person would start it: what a run has
/// still to make stands there in capitals (KERNEL, INITRAMFS, IMAGE, DISK, NONCE).
std::vector<std::string> planned_command(const Plan& plan, const Job& job);

}  // namespace bootgate
