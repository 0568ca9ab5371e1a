#include "harness/run/machine_keeper.hpp"

namespace bootgate {

void MachineKeeper::tell(std::function<void(int)> on_keep) {
  std::lock_guard lock(mutex_);
  on_keep_ = std::move(on_keep);
}

bool MachineKeeper::keep(std::unique_ptr<Guest>& guest, std::string name, int memory_mib,
                         std::optional<fs::path> vmlinux) {
  std::lock_guard lock(mutex_);
  if (kept_ || guest->qemu_exit()) return false;
  // One that has powered off or was reset stands already.
  if (guest->alive() && !guest->machine().execute("stop")) return false;
  kept_ = KeptMachine{std::move(guest), std::move(name), std::move(vmlinux)};
  if (on_keep_) on_keep_(memory_mib);
  return true;
}

std::optional<KeptMachine> MachineKeeper::take() {
  std::lock_guard lock(mutex_);
  return std::exchange(kept_, std::nullopt);
}

}  // namespace bootgate
