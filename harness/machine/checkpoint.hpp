// Checkpoint: a machine at one moment, from which clones go on. Any number of them may, side by side; none changes it.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "harness/machine/disk.hpp"
#include "harness/machine/guest_memory.hpp"

namespace bootgate {

struct Checkpoint {
  std::shared_ptr<const GuestMemory> memory;  // sealed
  std::string devices;                        // QEMU's migration stream, without the memory
  std::vector<Disk> disks;                    // nobody writes to them any more
};

}  // namespace bootgate
