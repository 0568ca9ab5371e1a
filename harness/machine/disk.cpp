#include "harness/machine/disk.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <map>
#include <mutex>

#include "harness/support/json.hpp"
#include "harness/support/process.hpp"

namespace bootgate {
namespace {

Result<std::shared_ptr<const UniqueFd>> nameless_file(const fs::path& directory) {
  int fd = ::open(directory.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
  if (fd < 0 && (errno == EOPNOTSUPP || errno == EISDIR)) {
    // Not every file system has O_TMPFILE (overlayfs learned it in Linux 6.3).
    std::string name = directory / "disk-XXXXXX";
    fd = ::mkostemp(name.data(), O_CLOEXEC);
    if (fd >= 0) ::unlink(name.c_str());
  }
  if (fd < 0) return bench_error(fmt::format("can't make a disk in {}: {}", directory.string(), std::strerror(errno)));
  return std::make_shared<const UniqueFd>(fd);
}

std::string path_of(const UniqueFd& file) {
  return fmt::format("/proc/self/fd/{}", file.get());
}

/// The bytes of an empty qcow2 image, some 200 kB. Made once for each size: qemu-img takes longer than a clone.
Result<std::string> empty_qcow2(int mib, const fs::path& directory) {
  static std::mutex mutex;
  static std::map<int, std::string> known;
  std::lock_guard lock(mutex);
  if (auto found = known.find(mib); found != known.end()) return found->second;
  auto scratch = make_temp_dir(directory, "disk-");
  if (!scratch) return tl::unexpected(scratch.error());
  const fs::path image = *scratch / "empty.qcow2";
  CommandOptions options;
  options.timeout = std::chrono::seconds(30);
  auto made =
      run_checked({"qemu-img", "create", "-q", "-f", "qcow2", image.string(), fmt::format("{}M", mib)}, options);
  auto bytes = made ? read_file(image) : tl::unexpected(made.error());
  std::error_code ignored;
  fs::remove_all(*scratch, ignored);
  if (bytes) known.emplace(mib, *bytes);
  return bytes;
}

Json node(const std::vector<DiskLayer>& layers, std::size_t top, const std::string& name) {
  const DiskLayer& layer = layers[top];
  const bool written = top + 1 == layers.size();
  // What a guest has on its disk need not survive this host's power cut.
  Json::Object cache{{"no-flush", true}};
  Json::Object file{{"driver", "file"}, {"filename", path_of(*layer.file)}, {"cache", cache}};
  Json::Object description{{"driver", layer.format}, {"file", std::move(file)}, {"cache", cache}};
  if (!name.empty()) description.emplace_back("node-name", name);
  if (!written) description.emplace_back("read-only", true);
  if (top > 0) description.emplace_back("backing", node(layers, top - 1, {}));
  return description;
}

}  // namespace

Result<Disk> blank_disk(int mib, const fs::path& directory) {
  auto file = nameless_file(directory);
  if (!file) return tl::unexpected(file.error());
  if (::ftruncate((*file)->get(), static_cast<off_t>(mib) * 1024 * 1024) != 0)
    return bench_error(fmt::format("can't make a disk of {} MiB: {}", mib, std::strerror(errno)));
  return Disk{{{std::move(*file), "raw"}}, mib, "virtio-blk-pci"};
}

Result<Disk> overlay_of(const Disk& below, const fs::path& directory) {
  auto empty = empty_qcow2(below.mib, directory);
  if (!empty) return tl::unexpected(empty.error());
  auto file = nameless_file(directory);
  if (!file) return tl::unexpected(file.error());
  if (auto written = write_all((*file)->get(), *empty); !written) return tl::unexpected(written.error());
  Disk overlay = below;
  overlay.layers.push_back({std::move(*file), "qcow2"});
  return overlay;
}

Result<Disk> disk_on_image(const fs::path& image, int mib, const std::string& device, const fs::path& directory) {
  const int fd = ::open(image.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) return bench_error(fmt::format("can't open {}: {}", image.string(), std::strerror(errno)));
  return overlay_of(Disk{{{std::make_shared<const UniqueFd>(fd), "qcow2"}}, mib, device}, directory);
}

Result<> write_raw(const Disk& disk, const fs::path& file) {
  CommandOptions options;
  for (const DiskLayer& layer : disk.layers)
    options.inherited.push_back(layer.file->get());
  auto written =
      run_checked({"qemu-img", "convert", "-O", "raw", "json:" + blockdev(disk, {}), file.string()}, options);
  if (!written) return tl::unexpected(written.error());
  return {};
}

std::string blockdev(const Disk& disk, const std::string& node_name) {
  return dump_json(node(disk.layers, disk.layers.size() - 1, node_name));
}

}  // namespace bootgate
