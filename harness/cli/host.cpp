#include "harness/cli/host.hpp"

#include <fmt/format.h>

#include <cstdio>

#include "harness/run/boot_files.hpp"
#include "harness/run/run.hpp"

namespace bootgate {

namespace {

/// All that any job may ask for.
std::set<std::string> accelerators_of(const Matrix& matrix) {
  std::set<std::string> wanted(matrix.axes.accelerators.begin(), matrix.axes.accelerators.end());
  if (wanted.empty()) wanted.insert("auto");
  for (const AxisValues& row : matrix.included)
    wanted.insert(row.accelerators.begin(), row.accelerators.end());
  return wanted;
}

}  // namespace

Result<ProbeFiles> known_good_files(const Store& store, const EmitEvent& emit, std::stop_token stop) {
  Plan plan;
  plan.kernels.push_back({KernelName{}, {}, "host", {}});
  auto kernel = supply_kernel(plan.kernels.front(), {plan, store, false}, emit, std::move(stop));
  if (!kernel) return tl::unexpected(kernel.error());
  Job job;
  auto files = make_boot_files(job, {}, *kernel, store, {});
  if (!files) return tl::unexpected(files.error());
  return ProbeFiles{files->kernel.image, files->initramfs->file};
}

Result<HostFacts> probe_host(const RunArguments& arguments, const Store& store, const EmitEvent& emit,
                             std::stop_token stop) {
  auto qemu = find_qemu(arguments.qemu, store);
  if (!qemu) return tl::unexpected(qemu.error());
  HostFacts host{{}, qemu->path, qemu->version, {}, {}};
  const std::set<std::string> wanted = accelerators_of(arguments.options.matrix);
  if (wanted == std::set<std::string>{"tcg"}) {
    host.accelerator = {Accelerator::Kind::tcg, "asked for"};
    return host;
  }
  bool tried = true;
  AcceleratorRequest request;
  request.probe_files = [&] {
    auto files = known_good_files(store, emit, stop);
    tried = files.has_value();
    return files;
  };
  request.progress = [&](const std::string& what) { emit(Progress{what}); };
  request.stop = stop;
  auto automatic = choose_accelerator(request, *qemu, store);
  if (!automatic) return tl::unexpected(automatic.error());
  // Who asks for KVM gets it where it could not be tried: a failure is then the bench's, and in plain sight.
  if (automatic->kind != Accelerator::Kind::kvm && tried) host.no_kvm = automatic->reason;
  host.accelerator = *automatic;
  if (!wanted.contains("auto"))
    host.accelerator = {wanted.contains("kvm") ? Accelerator::Kind::kvm : Accelerator::Kind::tcg, "asked for"};
  return host;
}

void print_warnings(const std::vector<Error>& warnings) {
  for (Error warning : warnings) {
    warning.what = "warning: " + warning.what;
    fmt::print(stderr, "{}\n", one_line(warning));
  }
}

int print_errors(const std::vector<Error>& errors) {
  int status = 0;
  for (const Error& error : errors) {
    fmt::print(stderr, "{}", render(error));
    status = std::max(status, exit_code(error.kind));
  }
  return status;
}

}  // namespace bootgate
