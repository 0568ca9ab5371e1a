// MachineKeeper: holds the machine of the first case that failed, for a person to enter when the run is over.
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "harness/run/guest.hpp"

namespace bootgate {

struct KeptMachine {
  std::unique_ptr<Guest> guest;     // it stands
  std::string name;                 // JOB/CASE
  std::optional<fs::path> vmlinux;  // of its kernel
};

/// For all jobs of a run, from any thread.
class MachineKeeper {
 public:
  /// `on_keep` is called with the memory of the guest, in MiB, when one is kept: what runs beside it has less.
  void tell(std::function<void(int)> on_keep);
  /// Pauses the guest and takes it, unless one is kept already, or its QEMU has ended. It is left where it was then.
  bool keep(std::unique_ptr<Guest>& guest, std::string name, int memory_mib, std::optional<fs::path> vmlinux);
  /// What was kept, once.
  std::optional<KeptMachine> take();

 private:
  std::mutex mutex_;
  std::optional<KeptMachine> kept_;
  std::function<void(int)> on_keep_;
};

}  // namespace bootgate
