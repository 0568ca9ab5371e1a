// vmcore: the memory of a guest as a file that crash and drgn open.
#pragma once

#include "harness/machine/machine.hpp"

namespace bootgate {

/// Saves the guest's memory and registers, compressed (kdump); the guest stands meanwhile. `release` is its kernel's. A
/// machine with the device `vmcoreinfo` adds the kernel's own notes, where that has CONFIG_VMCORE_INFO and
/// CONFIG_FW_CFG_SYSFS: drgn does not do without.
Result<> save_vmcore(Machine& machine, const std::string& release, const fs::path& file);

}  // namespace bootgate
