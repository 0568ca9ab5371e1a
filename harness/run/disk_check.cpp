#include "harness/run/disk_check.hpp"

#include <fmt/format.h>

#include "fixtures/image/disk_image.hpp"
#include "harness/support/kernel_file.hpp"
#include "harness/support/text.hpp"

namespace bootgate {
namespace {

/// What dumpe2fs says of its superblock.
Result<std::string> header_of(const std::string& place) {
  CommandOptions options;
  options.environment = {{"LC_ALL", "C"}};
  return run_checked({find_program("dumpe2fs").value_or("dumpe2fs").string(), "-h", place}, options);
}

/// What e2fsprogs take for the file system of the guest: the disk itself, or "FILE?offset=BYTES" where it lies in a
/// partition.
std::string file_system_on(const fs::path& raw) {
  auto table = run_command({"partx", "--raw", "--noheadings", "--output", "START", raw.string()});
  if (!table || !table->status.ok()) return raw.string();
  std::string first;
  for (std::string_view line : split(trimmed(table->output), '\n')) {
    const auto sector = number_of(trimmed(line));
    if (!sector) continue;
    const std::string place = fmt::format("{}?offset={}", raw.string(), *sector * 512);
    auto header = header_of(place);
    if (!header) continue;
    if (contains(*header, fmt::format("Filesystem volume name:   {}\n", image_label))) return place;
    if (first.empty()) first = place;
  }
  return first.empty() ? raw.string() : first;
}

}  // namespace

Result<std::string> check_file_system(const fs::path& raw) {
  const auto e2fsck = find_program("e2fsck");
  if (!e2fsck) return bench_error("no e2fsck to look at the disk with", "apt-get install e2fsprogs");
  const std::string place = file_system_on(raw);
  auto checked = run_command({e2fsck->string(), "-f", "-n", place});
  if (!checked) return tl::unexpected(checked.error());
  // Bits of its status: 1 to 4 are what is wrong with the file system, and the others that it could not look
  // (e2fsck(8)).
  if (checked->status.signal || checked->status.code >= 8)
    return bench_error("e2fsck can't look at the disk", complaints(*checked));
  if (!checked->status.ok()) return checked->output;
  // Where the metadata is consistent, e2fsck -n has nothing against a journal that has still to be replayed.
  auto header = header_of(place);
  if (!header) return tl::unexpected(header.error());
  if (contains(*header, " needs_recovery")) return "it was not unmounted: its journal has still to be replayed\n";
  if (!contains(*header, "state:         clean\n")) return "it was not unmounted: its state is not clean\n";
  return std::string();
}

Result<std::string> check_file_system(Guest& guest) {
  if (guest.machine().disks().empty()) return bench_error("this machine has no disk to look at");
  const Disk disk = guest.machine().disks().front();
  if (const ExitStatus qemu = guest.machine().end(); !qemu.ok())
    return bench_error(fmt::format("QEMU ended with {}: what is on its disk is not certain", describe(qemu)));
  auto place = make_temp_dir(guest.setup().directory, "disk-");
  if (!place) return tl::unexpected(place.error());
  const fs::path raw = *place / "disk.raw";
  auto checked = write_raw(disk, raw).and_then([&] { return check_file_system(raw); });
  std::error_code ignored;
  fs::remove_all(*place, ignored);
  return checked;
}

}  // namespace bootgate
