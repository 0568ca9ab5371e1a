#include "harness/run/boot_files.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "fixtures/boot/acpi_table.hpp"
#include "fixtures/boot/disk_initramfs.hpp"
#include "fixtures/boot/guest_program.hpp"
#include "fixtures/boot/initramfs_modules.hpp"
#include "harness/support/data.hpp"

namespace bootgate {

namespace {

/// What a case needs and this kernel came without is left out: the case is skipped.
void add_modules(const Case& the_case, const std::set<std::string>& available, std::vector<std::string>& modules) {
  modules.insert(modules.end(), the_case.modules.begin(), the_case.modules.end());
  for (const Requirement& need : the_case.needs)
    if (need.subject == Requirement::Subject::module && available.contains(need.name)) modules.push_back(need.name);
}

/// Their list is long, and few suites ask.
bool asks_for_modules(const Suite& suite) {
  return std::any_of(suite.cases.begin(), suite.cases.end(), [](const Case& the_case) {
    return std::any_of(the_case.needs.begin(), the_case.needs.end(),
                       [](const Requirement& need) { return need.subject == Requirement::Subject::module; });
  });
}

Result<> add_acpi_tables(const Profile& profile, const Store& store, BootFiles& files) {
  for (const std::string& source : profile.acpi_tables) {
    auto table = compile_acpi_table(data_root() / "fixtures" / source, store);
    if (!table) return tl::unexpected(table.error());
    files.acpi_tables.push_back(*table);
  }
  return {};
}

Result<> add_our_root(const Job& job, const RunOptions& options, const SuppliedKernel& kernel, const Store& store,
                      BootFiles& files) {
  // fixtures/rootfs/busybox/etc/fstab
  if (auto seen = check_reachable(options.added, {"/dev", "/proc", "/sys", "/tmp"}); !seen) return seen;
  InitramfsSpec spec;
  spec.busybox = kernel.busybox;
  spec.skeleton = data_root() / "fixtures/rootfs/busybox";
  spec.modules_dir = modules_of(options, kernel.image);
  spec.modules = options.modules;
  if (spec.modules_dir && asks_for_modules(job.suite)) files.modules = available_modules(*spec.modules_dir);
  for (const Case& the_case : job.suite.cases)
    add_modules(the_case, files.modules, spec.modules);
  spec.added = options.added;
  spec.added.push_back({guest_program("newborn"), "/lib/bootgate/newborn"});
  if (job.suite.samples) spec.added.push_back({guest_program("ioctl"), "/lib/bootgate/ioctl"});
  auto initramfs = make_initramfs(store, spec);
  if (!initramfs) return tl::unexpected(initramfs.error());
  files.initramfs = std::move(*initramfs);
  return {};
}

/// What goes with another root only.
Result<> check_options(const RootfsName& rootfs, const RunOptions& options) {
  if (options.no_initramfs && !is_image(rootfs))
    return usage_error(fmt::format("--no-initramfs is for a root on a disk, and {} is an initramfs", rootfs.text),
                       "name an image: --rootfs debian:trixie");
  if (rootfs.kind == RootfsName::Kind::busybox || (options.modules.empty() && options.added.empty())) return {};
  return usage_error(fmt::format("--module and --add need our own initramfs, and {} is another root", rootfs.text),
                     "boot that: --rootfs busybox");
}

Result<> add_archive(const Job& job, BootFiles& files) {
  files.has_control = false;
  auto initramfs = read_initramfs(job.rootfs.value);
  if (!initramfs) return tl::unexpected(initramfs.error());
  files.initramfs = std::move(*initramfs);
  return {};
}

/// Nothing could load a module before the root is there.
Result<> check_drivers(const KernelImage& kernel, const DiskPlace& place) {
  const std::string obstacles = root_obstacles(kernel, std::nullopt, place);
  if (obstacles.empty()) return {};
  return usage_error("without an initramfs this kernel can't find its root: " + obstacles,
                     "leave out --no-initramfs, or build the drivers in");
}

/// The image's own initrd goes with its own kernel only: it has that kernel's modules.
Result<> add_initramfs_of_disk(const Job& job, const RunOptions& options, const SuppliedKernel& kernel,
                               const Store& store, BootFiles& files) {
  const auto modules = modules_of(options, kernel.image);
  if (modules) files.modules = available_modules(*modules);
  const DiskPlace place{job.profile.machine, job.profile.drive};
  if (options.no_initramfs) return check_drivers(kernel.image, place);
  files.initramfs = kernel.initramfs;
  if (files.initramfs) return {};
  auto initramfs = make_disk_initramfs(store, {kernel.busybox, kernel.image, modules, place});
  if (!initramfs) return tl::unexpected(initramfs.error());
  files.initramfs = std::move(*initramfs);
  return {};
}

Result<> add_disk_image(const Job& job, const RunOptions& options, const SuppliedKernel& kernel, const Store& store,
                        const FixtureOptions& fixture, BootFiles& files) {
  files.has_control = false;
  // Its own kernel has brought it along.
  auto image = kernel.disk ? Result<DiskImage>(*kernel.disk) : obtain_disk_image(job.rootfs, store, fixture);
  if (!image) return tl::unexpected(image.error());
  files.facts.emplace_back("image", image->file.string());
  files.image = std::move(*image);
  return add_initramfs_of_disk(job, options, kernel, store, files);
}

}  // namespace

std::vector<std::string> root_parameters(const Job& job, const RunOptions& options) {
  if (!is_image(job.rootfs)) return {};
  if (!options.no_initramfs) return {fmt::format("root=LABEL={}", image_label)};
  return {"root=" + disk_node({job.profile.machine, job.profile.drive}), "rw"};
}

Result<BootFiles> make_boot_files(const Job& job, const RunOptions& options, const SuppliedKernel& kernel,
                                  const Store& store, const FixtureOptions& fixture) {
  BootFiles files;
  files.kernel = kernel.image;
  files.parameters = root_parameters(job, options);
  files.facts = kernel.facts;
  files.build_took = kernel.took;
  auto made = add_acpi_tables(job.profile, store, files);
  if (made) made = check_options(job.rootfs, options);
  if (!made) return tl::unexpected(made.error());
  switch (job.rootfs.kind) {
    case RootfsName::Kind::busybox: made = add_our_root(job, options, kernel, store, files); break;
    case RootfsName::Kind::archive: made = add_archive(job, files); break;
    case RootfsName::Kind::image:
    case RootfsName::Kind::debian_image: made = add_disk_image(job, options, kernel, store, fixture, files); break;
  }
  if (!made) return tl::unexpected(made.error());
  return files;
}

}  // namespace bootgate
