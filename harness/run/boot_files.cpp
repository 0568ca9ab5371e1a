#include "harness/run/boot_files.hpp"

#include <algorithm>

#include "fixtures/boot/acpi_table.hpp"
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

}  // namespace

Result<BootFiles> make_boot_files(const Job& job, const RunOptions& options, const SuppliedKernel& kernel,
                                  const Store& store) {
  BootFiles files;
  files.kernel = kernel.image;
  files.facts = kernel.facts;
  files.build_took = kernel.took;
  for (const std::string& source : job.profile.acpi_tables) {
    auto table = compile_acpi_table(data_root() / "fixtures" / source, store);
    if (!table) return tl::unexpected(table.error());
    files.acpi_tables.push_back(*table);
  }
  if (job.rootfs != "busybox") {
    if (!options.modules.empty() || !options.added.empty())
      return usage_error("--module and --add need our own initramfs", "leave out --rootfs");
    auto initramfs = read_initramfs(job.rootfs);
    if (!initramfs) return tl::unexpected(initramfs.error());
    files.initramfs = std::move(*initramfs);
    files.has_control = false;
    return files;
  }
  InitramfsSpec spec;
  spec.busybox = kernel.busybox;
  spec.skeleton = data_root() / "fixtures/rootfs/busybox";
  spec.modules_dir = options.modules_dir ? options.modules_dir : kernel.image.modules;
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
  return files;
}

}  // namespace bootgate
