// DiskCheck: what is left on a guest's disk.
#pragma once

#include <string>

#include "harness/run/guest.hpp"

namespace bootgate {

/// Looks at the ext4 file system on a disk, or on the partition of it that has the image's label, with e2fsck, which
/// changes nothing. What it complains of, or that it was not unmounted; empty when the file system is clean. An error
/// is the bench's: no e2fsck, no such file system.
Result<std::string> check_file_system(const fs::path& raw);

/// Ends the machine, and does so with its first disk.
Result<std::string> check_file_system(Guest& guest);

}  // namespace bootgate
