#include "harness/run/exec_files.hpp"

#include <fmt/format.h>

#include "fixtures/boot/guest_program.hpp"
#include "fixtures/boot/initramfs_modules.hpp"
#include "fixtures/boot/unpacked_kernel.hpp"
#include "fixtures/kconfig/settings.hpp"
#include "harness/support/data.hpp"

namespace bootgate {
namespace {

struct Need {
  const char* symbol;
  const char* module;
};

/// In the order in which they are named when they are missing: the first is what most kernels lack.
constexpr Need host_root_needs[] = {
    {"NET_9P_VIRTIO", "9pnet_virtio"}, {"9P_FS", "9p"}, {"OVERLAY_FS", "overlay"}, {"VIRTIO_PCI", "virtio_pci"}};

const char* how_to_have_them =
    "one that has it: --kernel debian:trixie/linux-source-6.12, which is built with it;\n"
    "or your own tree, with --fragment host-root";

/// Those of the needs that this kernel has as modules.
Result<std::vector<std::string>> modules_to_load(const KernelImage& kernel, const std::optional<fs::path>& tree) {
  std::vector<std::string> modules;
  if (!kernel.config) {
    // Nobody knows what is built in: what is there as a module isn't, and the guest tells what it can't mount.
    const std::set<std::string> available = tree ? available_modules(*tree) : std::set<std::string>();
    for (const Need& need : host_root_needs)
      if (available.contains(need.module)) modules.emplace_back(need.module);
    return modules;
  }
  auto config = read_kernel_config(*kernel.config);
  if (!config) return tl::unexpected(config.error());
  for (const Need& need : host_root_needs) {
    const auto symbol = config->find(need.symbol);
    if (symbol == config->end())
      return usage_error(fmt::format("--root host needs CONFIG_{}, which this kernel is without: {}", need.symbol,
                                     kernel.release.empty() ? kernel.image.string() : kernel.release),
                         how_to_have_them);
    if (symbol->second == "m") modules.emplace_back(need.module);
  }
  if (!modules.empty() && !tree)
    return usage_error(
        fmt::format("--root host needs the module {}, and this kernel came without its modules", modules.front()),
        "name their tree: --modules .../lib/modules/RELEASE");
  return modules;
}

/// Nothing but our init, and what it takes to get at the host's files; added files lie above those.
Result<InitramfsSpec> host_root(const RunOptions& options, const KernelImage& kernel,
                                const std::optional<fs::path>& modules) {
  if (!options.modules.empty())
    return usage_error("--module goes with our own root only",
                       "with --root host all modules of the kernel are in /lib/modules/RELEASE");
  InitramfsSpec spec;
  auto loaded = modules_to_load(kernel, modules);
  if (!loaded) return tl::unexpected(loaded.error());
  spec.loaded = std::move(*loaded);
  for (const InitramfsFile& file : options.added) {
    // A directory of ours above a link of the host's (/bin, on most) would hide all that is behind the link.
    const fs::path target(file.target);
    std::error_code none;
    const fs::path parent = fs::weakly_canonical(target.parent_path(), none);
    spec.added.push_back({file.source, "/lib/bootgate/root" + (none ? target : parent / target.filename()).string()});
  }
  return spec;
}

InitramfsSpec own_root(const RunOptions& options, const SuppliedKernel& kernel) {
  InitramfsSpec spec;
  spec.busybox = kernel.busybox;
  spec.skeleton = data_root() / "fixtures/rootfs/busybox";
  spec.modules = options.modules;
  spec.added = options.added;
  return spec;
}

}  // namespace

const std::vector<std::string>& host_root_symbols() {
  static const std::vector<std::string> symbols = [] {
    std::vector<std::string> all;
    for (const Need& need : host_root_needs)
      all.emplace_back(need.symbol);
    return all;
  }();
  return symbols;
}

Result<ExecFiles> make_exec_files(const Plan& plan, const SuppliedKernel& kernel, bool hosts_files, const Store& store,
                                  const fs::path& scratch) {
  const RunOptions& options = plan.options;
  if (auto seen = check_reachable(options.added, {"/dev", "/proc", "/run", "/sys"}); !seen)
    return tl::unexpected(seen.error());
  const std::optional<fs::path> modules = modules_of(options, kernel.image);
  Result<InitramfsSpec> spec = hosts_files ? host_root(options, kernel.image, modules) : own_root(options, kernel);
  if (!spec) return tl::unexpected(spec.error());
  spec->modules_dir = modules;
  spec->added.push_back({guest_program("exec"), "/lib/bootgate/exec"});
  // The host copies what the guest would have to unpack.
  spec->compression = Compression::none;
  auto initramfs = make_initramfs(store, *spec);
  if (!initramfs) return tl::unexpected(initramfs.error());

  const KernelName& name = plan.kernels.front().name;
  const bool changes = name.kind == KernelName::Kind::image || name.kind == KernelName::Kind::build_directory;
  auto unpacked = changes ? unpack_kernel(kernel.image, scratch) : stored_unpacked_kernel(kernel.image, store);
  if (!unpacked) return tl::unexpected(unpacked.error());
  std::error_code none;
  return ExecFiles{unpacked->value_or(kernel.image.image), std::move(*initramfs),
                   modules ? fs::canonical(*modules, none).string() : std::string()};
}

}  // namespace bootgate
