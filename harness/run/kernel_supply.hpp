// KernelSupply: makes the kernels of a plan ready, one after the other, while jobs run on those that are.
#pragma once

#include <future>
#include <thread>
#include <vector>

#include "fixtures/boot/initramfs.hpp"
#include "fixtures/boot/sample_survey.hpp"
#include "fixtures/image/disk_image.hpp"
#include "harness/plan/plan.hpp"
#include "harness/run/event.hpp"

namespace bootgate {

/// A kernel, and what goes with it: the busybox of its initramfs.
struct SuppliedKernel {
  KernelImage image;
  fs::path busybox;
  std::optional<DiskImage> disk;       // whose own kernel it is
  std::optional<Initramfs> initramfs;  // the disk's initrd
  SampleSurvey samples;                // when a job of the plan asks for it
  Duration took{};                     // of the build; 0 where there was none
  std::vector<std::pair<std::string, std::string>> facts;
};

struct SupplyInputs {
  const Plan& plan;
  const Store& store;
  bool refresh = false;  // ask the origins again
};

class KernelSupply {
 public:
  KernelSupply(const SupplyInputs& inputs, EmitEvent emit, std::stop_token stop);
  /// Ends builds that nobody waits for any more.
  ~KernelSupply();

  /// Blocks until the kernel is there, or is known not to come.
  const Result<SuppliedKernel>& wait_for(std::size_t kernel) const { return kernels_.at(kernel).get(); }

 private:
  std::vector<std::shared_future<Result<SuppliedKernel>>> kernels_;
  std::stop_source stop_;
  std::stop_callback<std::function<void()>> on_stop_;
  std::jthread worker_;  // last: it is joined before the rest goes
};

/// For what a run makes: progress is emitted.
FixtureOptions fixture_options(bool refresh, EmitEvent emit, std::stop_token stop);

/// Its lib/modules/RELEASE: what the user names, or else what came with it.
std::optional<fs::path> modules_of(const RunOptions& options, const KernelImage& kernel);

/// One kernel of the plan; may download and build.
Result<SuppliedKernel> supply_kernel(const PlannedKernel& kernel, const SupplyInputs& inputs, const EmitEvent& emit,
                                     std::stop_token stop);

}  // namespace bootgate
