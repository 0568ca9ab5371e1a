#include "harness/run/kernel_supply.hpp"

#include <fmt/format.h>

#include "fixtures/build/busybox.hpp"
#include "fixtures/build/kernel_entry.hpp"
#include "fixtures/image/disk_image.hpp"

namespace bootgate {
namespace {

Result<SuppliedKernel> from_image(Result<KernelImage> image, const PlannedKernel& planned) {
  if (!image) return tl::unexpected(image.error());
  SuppliedKernel kernel;
  if (planned.request.rust_samples) kernel.samples = survey_samples(*image);
  kernel.image = std::move(*image);
  return kernel;
}

Result<SuppliedKernel> of_image(const PlannedKernel& planned, const Store& store, const FixtureOptions& fixture) {
  if (!is_image(planned.image))
    return usage_error(fmt::format("'own' is the kernel of an image, and '{}' is none", planned.image.text),
                       "name one: --rootfs debian:trixie, or dqib:DIR; or another kernel: --kernel debian");
  auto image = obtain_disk_image(planned.image, store, fixture);
  if (!image) return tl::unexpected(image.error());
  if (!image->kernel)
    return usage_error(fmt::format("no kernel in {}", image->directory.string()), "name one: --kernel PATH");
  SuppliedKernel kernel;
  kernel.image = *image->kernel;
  if (image->initrd) {
    auto initramfs = read_initramfs(*image->initrd);
    if (!initramfs) return tl::unexpected(initramfs.error());
    kernel.initramfs = std::move(*initramfs);
  }
  kernel.disk = std::move(*image);
  return kernel;
}

Result<SuppliedKernel> build(const PlannedKernel& planned, const SupplyInputs& inputs, const FixtureOptions& fixture,
                             const EmitEvent& emit) {
  auto built = build_kernel(planned.name, inputs.plan.options.kernel_org, planned.request, inputs.store, fixture,
                            [&](const BuildProgress& progress) { emit(BuildRunning{progress}); });
  if (!built) return tl::unexpected(built.error());
  auto supplied = from_image(built->image, planned);
  SuppliedKernel& kernel = *supplied;
  kernel.facts = {{"build.toolchain", built->toolchain},
                  {"build.toolchain_identity", built->toolchain_identity},
                  {"build.reused", built->reused ? "yes" : "no"},
                  {"build.warnings", std::to_string(built->warnings.size())},
                  {"build.log", built->log.string()}};
  if (!planned.name.commit.empty()) kernel.facts.emplace_back("kernel.commit", planned.name.commit);
  kernel.took = built->took;
  return supplied;
}

Result<SuppliedKernel> obtain(const PlannedKernel& planned, const SupplyInputs& inputs, const FixtureOptions& fixture,
                              const EmitEvent& emit) {
  switch (planned.name.kind) {
    case KernelName::Kind::packaged: return from_image(debian_kernel(inputs.store, fixture), planned);
    case KernelName::Kind::own: return of_image(planned, inputs.store, fixture);
    case KernelName::Kind::image: return from_image(read_kernel_image(planned.name.value), planned);
    case KernelName::Kind::build_directory:
      return from_image(read_build_directory(planned.name.value, inputs.store, fixture), planned);
    default: return build(planned, inputs, fixture, emit);
  }
}

}  // namespace

FixtureOptions fixture_options(bool refresh, EmitEvent emit, std::stop_token stop) {
  FixtureOptions options;
  options.refresh = refresh;
  options.progress = [emit = std::move(emit)](const std::string& what) { emit(Progress{what}); };
  options.stop = std::move(stop);
  return options;
}

std::optional<fs::path> modules_of(const RunOptions& options, const KernelImage& kernel) {
  return options.modules_dir ? options.modules_dir : kernel.modules;
}

Result<SuppliedKernel> supply_kernel(const PlannedKernel& planned, const SupplyInputs& inputs, const EmitEvent& emit,
                                     std::stop_token stop) try {
  const FixtureOptions fixture = fixture_options(inputs.refresh, emit, std::move(stop));
  auto kernel = obtain(planned, inputs, fixture, emit);
  if (!kernel) return kernel;
  auto busybox = obtain_busybox(planned.busybox, inputs.store, fixture);
  if (!busybox) return tl::unexpected(busybox.error());
  kernel->busybox = *busybox;
  return kernel;
  // What no part of ours expects, such as memory that is short, must not end the program without a report.
} catch (const std::exception& unexpected) {
  return bench_error(fmt::format("can't supply {}: {}", planned.name.text, unexpected.what()));
}

KernelSupply::~KernelSupply() {
  stop_.request_stop();
}

KernelSupply::KernelSupply(const SupplyInputs& inputs, EmitEvent emit, std::stop_token stop)
    : on_stop_(std::move(stop), [this] { stop_.request_stop(); }) {
  std::vector<std::promise<Result<SuppliedKernel>>> promises(inputs.plan.kernels.size());
  for (auto& promise : promises)
    kernels_.push_back(promise.get_future().share());
  worker_ = std::jthread(
      [inputs, emit = std::move(emit), stop = stop_.get_token(), promises = std::move(promises)]() mutable {
        for (std::size_t i = 0; i < promises.size(); ++i)
          promises[i].set_value(stop.stop_requested() ? Result<SuppliedKernel>(interrupted_error())
                                                      : supply_kernel(inputs.plan.kernels[i], inputs, emit, stop));
      });
}

}  // namespace bootgate
