// DiskCheck: what is left on a guest's disk.
#pragma once

#include <string>

#include "harness/run/guest.hpp"

namespace bootgate {

/// Ends the machine, and looks at the ext4 file system of its first disk with e2fsck, which changes nothing. What it
/// complains of; empty when the file system is clean. An error is the bench's: no e2fsck, no disk, no such file system.
Result<std::string> check_file_system(Guest& guest);

}  // namespace bootgate
