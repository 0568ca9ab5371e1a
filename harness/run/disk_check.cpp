#include "harness/run/disk_check.hpp"

#include <fmt/format.h>

#include "harness/support/text.hpp"

namespace bootgate {

Result<std::string> check_file_system(Guest& guest) {
  const auto e2fsck = find_program("e2fsck");
  if (!e2fsck) return bench_error("no e2fsck to look at the disk with", "apt-get install e2fsprogs");
  if (guest.machine().disks().empty()) return bench_error("this machine has no disk to look at");
  const Disk disk = guest.machine().disks().front();
  guest.machine().end();
  auto place = make_temp_dir(guest.setup().directory, "disk-");
  if (!place) return tl::unexpected(place.error());
  const fs::path raw = *place / "disk.raw";
  auto written = write_raw(disk, raw);
  auto checked = written ? run_command({e2fsck->string(), "-f", "-n", raw.string()}) : tl::unexpected(written.error());
  std::error_code ignored;
  fs::remove_all(*place, ignored);
  if (!checked) return tl::unexpected(checked.error());
  if (checked->status.ok()) return std::string();
  // Bits of its status: 1 to 4 are what is wrong with the file system, and the others that it could not look
  // (e2fsck(8)).
  if (checked->status.signal || checked->status.code >= 8)
    return bench_error(fmt::format("e2fsck can't look at the disk: {}", printable(trimmed(checked->errors))));
  return checked->output;
}

}  // namespace bootgate
