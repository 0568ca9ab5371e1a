// StarvationWatch: during one wait, whether the host keeps QEMU from its work.
#pragma once

#include <sys/types.h>

#include <optional>
#include <string>

#include "harness/support/cpu_share.hpp"

namespace bootgate {

class StarvationWatch {
 public:
  StarvationWatch(pid_t qemu, TimePoint start) : qemu_(qemu), start_(start) {}

  /// Most waits end within milliseconds: /proc is read only when one has lasted for a while.
  void look(TimePoint now);
  /// The time is up: true when the host is to blame, and the wait was not extended before.
  bool extends(TimePoint now);
  /// Why the host is to blame; of an extended wait whose time is up again.
  const std::optional<std::string>& starvation() const { return starvation_; }

 private:
  pid_t qemu_;
  TimePoint start_;
  std::optional<CpuShare> before_;
  TimePoint before_at_{};
  bool extended_ = false;
  std::optional<std::string> starvation_;
};

}  // namespace bootgate
