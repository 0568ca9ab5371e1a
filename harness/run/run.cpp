#include "harness/run/run.hpp"

#include <fmt/format.h>

#include "harness/support/data.hpp"

namespace bootgate {
namespace {

Result<KernelImage> make_kernel(const std::string& kernel, const Store& store, bool refresh, const EmitEvent& emit,
                                std::stop_token stop) {
  if (kernel != "debian") return read_kernel_image(kernel);
  DebianKernelOptions options;
  options.refresh = refresh;
  options.progress = [&](const std::string& what) { emit(Progress{what}); };
  options.stop = std::move(stop);
  return debian_kernel(store, options);
}

RunResult outline(const RunInputs& inputs) {
  RunResult result;
  result.timestamp = utc_timestamp();
  for (const Job& job : inputs.plan.jobs) {
    JobResult outlined = job_outline(job);
    outlined.directory = inputs.directory / job.name;
    outlined.timestamp = result.timestamp;
    result.jobs.push_back(std::move(outlined));
  }
  return result;
}

std::string accelerator_line(const Accelerator& accelerator) {
  return fmt::format("{}: {}", to_string(accelerator.kind), accelerator.reason);
}

}  // namespace

Result<BootFiles> make_boot_files(const Job& job, const RunOptions& options, const Store& store, bool refresh,
                                  const EmitEvent& emit, std::stop_token stop) {
  auto kernel = make_kernel(job.kernel, store, refresh, emit, std::move(stop));
  if (!kernel) return tl::unexpected(kernel.error());
  if (job.rootfs != "busybox") {
    if (!options.modules.empty() || !options.added.empty())
      return usage_error("--module and --add need our own initramfs", "leave out --rootfs");
    auto initramfs = read_initramfs(job.rootfs);
    if (!initramfs) return tl::unexpected(initramfs.error());
    return BootFiles{std::move(*kernel), std::move(*initramfs), false};
  }
  auto busybox = host_busybox();
  if (!busybox) return tl::unexpected(busybox.error());
  InitramfsSpec spec;
  spec.busybox = *busybox;
  spec.skeleton = data_root() / "fixtures/rootfs/busybox";
  spec.modules_dir = options.modules_dir ? options.modules_dir : kernel->modules;
  spec.modules = options.modules;
  for (const AddedFile& file : options.added)
    spec.added.push_back({file.source, file.target});
  auto initramfs = make_initramfs(store, spec);
  if (!initramfs) return tl::unexpected(initramfs.error());
  return BootFiles{std::move(*kernel), std::move(*initramfs), true};
}

RunResult run_plan(const RunInputs& inputs, const EmitEvent& emit, std::stop_token stop) {
  RunResult result = outline(inputs);
  emit(RunStarted{result, inputs.plan.options.kernel, accelerator_line(inputs.plan.host.accelerator)});
  for (std::size_t i = 0; i < inputs.plan.jobs.size() && !stop.stop_requested() && !result.error; ++i) {
    const Job& job = inputs.plan.jobs[i];
    auto files = make_boot_files(job, inputs.plan.options, inputs.store, inputs.refresh, emit, stop);
    if (!files) {
      result.error = files.error();
      break;
    }
    JobInputs job_inputs{inputs.plan, i, std::move(*files), result.jobs[i].directory, inputs.signatures};
    result.jobs[i] = run_job(job_inputs, emit, stop);
  }
  result.interrupted = stop.stop_requested();
  emit(RunDone{result});
  return result;
}

}  // namespace bootgate
