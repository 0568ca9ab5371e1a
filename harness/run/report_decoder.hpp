// ReportDecoder: decodes the stacks of a job's crash reports, whichever of its machines they come from.
#pragma once

#include <mutex>
#include <optional>

#include "fixtures/boot/kernel.hpp"
#include "harness/symbols/stack_decoder.hpp"

namespace bootgate {

class ReportDecoder {
 public:
  explicit ReportDecoder(const KernelImage& kernel) : kernel_(kernel) {}

  /// From any thread. The symbols are read for the first report: most jobs have none.
  void decode(CrashReport& report);

 private:
  const KernelImage& kernel_;
  std::mutex mutex_;
  std::optional<Result<StackDecoder>> decoder_;
};

}  // namespace bootgate
