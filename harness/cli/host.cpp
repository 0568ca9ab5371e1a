#include "harness/cli/host.hpp"

#include <fmt/format.h>

#include <cstdio>

#include "harness/run/boot_files.hpp"
#include "harness/run/run.hpp"

namespace bootgate {

Result<ProbeFiles> known_good_files(const Store& store, const EmitEvent& emit, std::stop_token stop) {
  Plan plan;
  plan.kernels.push_back({KernelName{}, {}, "host"});
  auto kernel = supply_kernel(plan.kernels.front(), {plan, store, false}, emit, std::move(stop));
  if (!kernel) return tl::unexpected(kernel.error());
  Job job;
  job.rootfs = "busybox";
  auto files = make_boot_files(job, {}, *kernel, store);
  if (!files) return tl::unexpected(files.error());
  return ProbeFiles{files->kernel.image, files->initramfs.file};
}

Result<HostFacts> probe_host(const RunArguments& arguments, const Store& store, const EmitEvent& emit,
                             std::stop_token stop) {
  auto qemu = find_qemu(arguments.qemu, store);
  if (!qemu) return tl::unexpected(qemu.error());
  AcceleratorRequest request;
  request.wanted = arguments.accelerator;
  request.probe_files = [&] { return known_good_files(store, emit, stop); };
  request.progress = [&](const std::string& what) { emit(Progress{what}); };
  request.stop = stop;
  auto accelerator = choose_accelerator(request, *qemu, store);
  if (!accelerator) return tl::unexpected(accelerator.error());
  return HostFacts{*accelerator, qemu->path, qemu->version};
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
