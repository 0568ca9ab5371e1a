#include "harness/run/kernel_supply.hpp"

#include <fmt/format.h>

#include "fixtures/busybox.hpp"

namespace bootgate {
namespace {

Result<SuppliedKernel> from_image(Result<KernelImage> image) {
  if (!image) return tl::unexpected(image.error());
  SuppliedKernel kernel;
  kernel.image = std::move(*image);
  return kernel;
}

Result<SuppliedKernel> build(const PlannedKernel& planned, const SupplyInputs& inputs, const FixtureOptions& fixture,
                             const EmitEvent& emit) {
  auto built = build_kernel(planned.name, inputs.plan.options.kernel_org, planned.request, inputs.store, fixture,
                            [&](const BuildProgress& progress) { emit(BuildRunning{progress}); });
  if (!built) return tl::unexpected(built.error());
  SuppliedKernel kernel;
  kernel.facts = {{"build.toolchain", built->toolchain},
                  {"build.reused", built->reused ? "yes" : "no"},
                  {"build.warnings", std::to_string(built->warnings.size())},
                  {"build.log", built->log.string()}};
  kernel.took = built->took;
  kernel.image = std::move(built->image);
  return kernel;
}

Result<SuppliedKernel> obtain(const PlannedKernel& planned, const SupplyInputs& inputs, const FixtureOptions& fixture,
                              const EmitEvent& emit) {
  switch (planned.name.kind) {
    case KernelName::Kind::packaged: return from_image(debian_kernel(inputs.store, fixture));
    case KernelName::Kind::image: return from_image(read_kernel_image(planned.name.value));
    case KernelName::Kind::build_directory: return from_image(read_build_directory(planned.name.value, inputs.store));
    default: return build(planned, inputs, fixture, emit);
  }
}

}  // namespace

Result<SuppliedKernel> supply_kernel(const PlannedKernel& planned, const SupplyInputs& inputs, const EmitEvent& emit,
                                     std::stop_token stop) {
  FixtureOptions fixture;
  fixture.refresh = inputs.refresh;
  fixture.progress = [&](const std::string& what) { emit(Progress{what}); };
  fixture.stop = std::move(stop);
  auto kernel = obtain(planned, inputs, fixture, emit);
  if (!kernel) return kernel;
  auto busybox = obtain_busybox(planned.busybox, inputs.store, fixture);
  if (!busybox) return tl::unexpected(busybox.error());
  kernel->busybox = *busybox;
  return kernel;
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
        for (std::size_t i = 0; i < promises.size(); ++i) {
          if (stop.stop_requested())
            promises[i].set_value(interrupted_error());
          else
            promises[i].set_value(supply_kernel(inputs.plan.kernels[i], inputs, emit, stop));
        }
      });
}

}  // namespace bootgate
