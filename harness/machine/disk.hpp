// Disk: a chain of files, of which only the last is written to. Each machine has a last one of its own, so that none
// sees what another has written, and what is below never changes.
//
// The files that are ours have no name (O_TMPFILE): they go with their last descriptor, however we end.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "harness/support/fd.hpp"
#include "harness/support/files.hpp"

namespace bootgate {

struct DiskLayer {
  std::shared_ptr<const UniqueFd> file;
  std::string format;  // QEMU's: "raw", "qcow2"
};

struct Disk {
  std::vector<DiskLayer> layers;  // the last one is written to
  int mib = 0;
  std::string device = "virtio-blk-pci";  // what the guest sees: QEMU's name
};

/// An empty disk. Its file is made in `directory`.
Result<Disk> blank_disk(int mib, const fs::path& directory);

/// A disk that begins as this qcow2 image of `mib` MiB is, which nobody may write to any more.
Result<Disk> disk_on_image(const fs::path& image, int mib, const std::string& device, const fs::path& directory);

/// What is on the disk, as a raw file, once no machine has it. Needs qemu-img.
Result<> write_raw(const Disk& disk, const fs::path& file);

/// A disk that begins as this one is now; from here on nobody writes to `below` any more. Needs qemu-img.
Result<Disk> overlay_of(const Disk& below, const fs::path& directory);

/// QEMU's -blockdev for it, as JSON; QEMU inherits the files under their own numbers.
std::string blockdev(const Disk& disk, const std::string& node_name);

}  // namespace bootgate
